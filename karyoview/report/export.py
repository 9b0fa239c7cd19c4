"""The case in other forms than the report: JSON, CSV, pictures for proficiency tests, HL7."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
import tifffile

from karyoview.case.case import Case
from karyoview.core.chromosome import CLASSES
from karyoview.core.errors import KaryoViewError
from karyoview.imaging.chromosome_greys import map_greys
from karyoview.imaging.cutout import masks_of
from karyoview.imaging.karyogram_look import USUAL_STRENGTH
from karyoview.io.atomic import explain, write_atomic
from karyoview.io.tables import safe_cell
from karyoview.report.content import ReportContent, ReportError, collect_report, load_template
from karyoview.report.pictures import KARYOGRAM_SUFFIXES, PRINT_WIDTH, export_karyogram, karyogram_picture

MAX_PROFICIENCY_CELLS: Final = 10


def report_json(content: ReportContent) -> str:
    """The report's facts as JSON: counts of each cell, clones, karyotype, signatures, provenance."""
    tally = content.tally
    labels = [c.label for c in CLASSES if not (content.sex_withheld and c.label in "XY")]
    cells = [
        {
            "image": cell.image,
            "total": cell.total,
            "counts": {c.label: cell.counts[c.index] for c in CLASSES if c.label in labels},
            "markers": cell.markers,
            "without_class": cell.unclassed,
            "structural": list(cell.structural),
            "analysed": cell.analysed,
            "karyotyped": cell.karyotyped,
            "culture": cell.culture,
            "slide": cell.slide,
            "set_aside": cell.set_aside,
        }
        for cell in (*tally.counted, *tally.set_aside)
    ]
    hidden = content.sex_withheld
    document: dict[str, Any] = {
        "format": "karyoview-report",
        "version": 1,
        "case": content.case_id,
        "created": content.created,
        "draft": content.is_draft,
        "karyotype": content.karyotype,
        "note": "" if hidden else content.karyotype_note,
        "protocol": content.protocol.name,
        "details": dict(content.details),
        "modal_number": list(tally.modal),
        "mosaicism_excluded": tally.exclusion,
        "clones": [
            {"changes": _open_changes(c.changes, hidden), "cells": len(c.images), "images": list(c.images)}
            for c in tally.clones
        ],
        "odd": [{"image": image, "changes": _open_changes(changes, hidden)} for image, changes in tally.odd],
        "cells": cells,
        "remarks": list(content.remarks),
        "signatures": [
            {"name": s.name, "user": s.user, "meaning": s.meaning, "time": s.time, "state_sha256": s.state_sha256}
            for s in content.signatures
        ],
        "state_sha256": content.state_sha256,
        "record_head": content.chain_head,
        "provenance": [list(row) for row in content.provenance],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _open_changes(changes: Iterable[str], hidden: bool) -> list[str]:
    return [c for c in changes if not (hidden and c.split(" ")[0][1:] in ("X", "Y"))]


def report_csv(content: ReportContent) -> str:
    """The table of counts as CSV, a row a cell; cells that begin with = + - @ are escaped."""
    labels = [c for c in CLASSES if not (content.sex_withheld and c.label in "XY")]
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    head = ["case", "image", "slide", "culture", "total", *(c.label for c in labels)]
    writer.writerow(
        [*head, "markers", "without class", "structural", "analysed", "karyotyped", "set aside", "karyotype"]
    )
    for cell in (*content.tally.counted, *content.tally.set_aside):
        row = [
            content.case_id,
            cell.image,
            cell.slide,
            cell.culture,
            cell.total,
            *(cell.counts[c.index] for c in labels),
        ]
        row += [cell.markers, cell.unclassed, " ".join(cell.structural), "yes" if cell.analysed else ""]
        row += ["yes" if cell.karyotyped else "", cell.set_aside, content.karyotype]
        writer.writerow([safe_cell(value) for value in row])
    return buffer.getvalue()


def export_proficiency(case: Case, images: Iterable[str], folder: Path) -> list[Path]:
    """For a proficiency test: each cell raw and enhanced as TIFF, named 1–10, without tags of the original.

    Nothing is drawn, turned or mirrored. Raises ReportError for no cell, more than ten, or a folder in use.
    """
    chosen = list(images)
    if not 1 <= len(chosen) <= MAX_PROFICIENCY_CELLS:
        raise ReportError(f"A proficiency test takes 1 to {MAX_PROFICIENCY_CELLS} cells, {len(chosen)} are chosen.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        in_use = any(folder.iterdir())
    except OSError as error:
        raise ReportError(f"The cells were not written: {explain(error, folder)}.") from error
    if in_use:
        raise ReportError(f"{folder} is not empty; choose a new folder, so that no cell of another test is mixed in.")
    written = []
    for number, name in enumerate(chosen, start=1):
        image = case.read_image(name)
        annotation = case.annotation(name)
        pixels = image.to_uint8()
        masks = masks_of(pixels, annotation.chromosomes)
        enhanced = map_greys(pixels, masks, USUAL_STRENGTH)
        for kind, values in (("raw", image.pixels), ("enhanced", enhanced)):
            path = folder / f"{number}_{kind}.tif"
            buffer = io.BytesIO()
            tifffile.imwrite(
                buffer, np.asarray(values), photometric="minisblack", compression="zlib", metadata=None, software=""
            )
            write_atomic(path, buffer.getvalue())
            written.append(path)
    case.record("proficiency export", {"cells": {str(i): name for i, name in enumerate(chosen, start=1)}})
    return written


def report_hl7(content: ReportContent, pdf: bytes = b"", *, sender: str = "KARYOVIEW", receiver: str = "LIS") -> str:
    """An HL7 v2.5.1 ORU^R01 message of the result, the PDF inside where it is given.

    Needs the extra ``hl7``. No name of a patient is known here: PID carries the case's pseudonymous id.
    Raises ReportError where hl7apy is not installed.
    """
    try:
        from hl7apy.core import Message
    except ImportError as error:
        raise ReportError('HL7 needs the package hl7apy: pip install "karyoview[hl7]".') from error
    stamp = datetime.fromisoformat(content.created.replace("Z", "+00:00")).astimezone(UTC).strftime("%Y%m%d%H%M%S")
    status = "P" if content.is_draft else ("C" if content.amended else "F")
    message = Message("ORU_R01", version="2.5.1")
    message.msh.msh_3, message.msh.msh_5 = sender, receiver
    message.msh.msh_7, message.msh.msh_9 = stamp, "ORU^R01^ORU_R01"
    # A control number has no separators at all; what names the case stands in PID.
    control = re.sub(r"[^A-Za-z0-9-]", "", content.case_id)[:11]
    message.msh.msh_10 = f"{control}-{content.state_sha256[:8]}"
    message.msh.msh_11, message.msh.msh_12, message.msh.msh_18 = "P", "2.5.1", "UNICODE UTF-8"
    patient = message.add_group("ORU_R01_PATIENT_RESULT")
    patient.add_group("ORU_R01_PATIENT").add_segment("PID").pid_3 = _hl7_text(content.case_id)
    order = patient.add_group("ORU_R01_ORDER_OBSERVATION")
    request = order.add_segment("OBR")
    request.obr_1, request.obr_3, request.obr_4 = "1", _hl7_text(content.case_id), "29770-5^Karyotype^LN"
    request.obr_7, request.obr_22, request.obr_25 = stamp, stamp, status
    tally = content.tally
    counted = f"{len(tally.counted)} counted, {tally.analysed} analysed, {tally.karyotyped} karyotyped"
    rows = [
        ("ST", "29770-5^Karyotype^LN", _hl7_text(content.karyotype)),
        ("ST", "KV-CELLS^Cells^L", _hl7_text(counted)),
        ("ST", "KV-HEAD^Record head^L", content.chain_head),
        ("TX", "KV-NOTICE^Notice^L", _hl7_text(content.template.notice)),
    ]
    for number, (kind, code, value) in enumerate(rows, start=1):
        result = order.add_group("ORU_R01_OBSERVATION").add_segment("OBX")
        result.obx_1, result.obx_2, result.obx_3 = str(number), kind, code
        result.obx_5, result.obx_11 = value, status
    if pdf:
        import base64

        result = order.add_group("ORU_R01_OBSERVATION").add_segment("OBX")
        result.obx_1, result.obx_2, result.obx_3 = str(len(rows) + 1), "ED", "PDF^Report^L"
        result.obx_5, result.obx_11 = f"^application^pdf^Base64^{base64.b64encode(pdf).decode('ascii')}", status
    return str(message.to_er7())


def _hl7_text(text: str) -> str:
    """Text with HL7's separators escaped; control characters, which end segments, become spaces."""
    plain = "".join(c if c.isprintable() else " " for c in text)
    for character, code in (("\\", "\\E\\"), ("|", "\\F\\"), ("^", "\\S\\"), ("&", "\\T\\"), ("~", "\\R\\")):
        plain = plain.replace(character, code)
    return plain


def write_case_form(case: Case, path: Path, template: Path | None = None, image: str = "") -> ReportContent:
    """Write a case in the form that the suffix names: .json, .csv, .hl7, or a cell's karyogram as .png, .tif or .svg.

    ``image`` names the cell of a karyogram, by default the first counted one. Raises KaryoViewError.
    """
    suffix = path.suffix.lower()
    content = collect_report(case, load_template(template) if template else None, pictures=0)
    texts: dict[str, Callable[[ReportContent], str]] = {
        ".json": report_json,
        ".csv": lambda c: "\ufeff" + report_csv(c),
        ".hl7": report_hl7,
    }
    if suffix in texts:
        write_text(path, texts[suffix](content))
        return content
    if suffix not in KARYOGRAM_SUFFIXES:
        raise ReportError(f"{path.name}: a report is written as .pdf, .json, .csv, .hl7, .png, .tif or .svg.")
    name = image or content.tally.counted[0].image
    case.cell(name)
    annotation = case.annotation(name)
    if not annotation.chromosomes:
        raise ReportError(f"{name} was counted by marks; it has no boxes to make a karyogram of.")
    pixels = case.read_image(name).to_uint8()
    drawn = karyogram_picture(pixels, annotation, withhold_sex=content.sex_withheld, wide=PRINT_WIDTH)
    export_karyogram(drawn, path, f"{content.case_id}  {name}")
    return content


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text as a whole or not at all; KaryoViewError when the place cannot be written."""
    try:
        write_atomic(path, text.encode("utf-8"))
    except OSError as error:
        raise KaryoViewError(f"Not written: {explain(error, path)}.") from error

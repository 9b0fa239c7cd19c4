"""What leaves a case: annotations, overlay pictures, tables of counts; from the window and the command line."""

from __future__ import annotations

import base64
import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape

from karyoview.case.case import Case
from karyoview.core.annotation import ImageAnnotation, ReviewState
from karyoview.core.chromosome import CLASSES, X_INDEX
from karyoview.core.errors import KaryoViewError
from karyoview.core.image import MetaphaseImage
from karyoview.detectors.protocol import CancelToken
from karyoview.io.atomic import explain, write_atomic
from karyoview.io.formats import FORMATS, Remarks, write_annotations
from karyoview.io.own_pictures import MARK, png_mark
from karyoview.io.tables import safe_cell
from karyoview.review.meter import CORRECTIONS, corrections_of

if TYPE_CHECKING:
    from karyoview.services.overlays import Drawn

PICTURES: Final = ("png", "svg", "tiff", "dcm")
"""Overlays as PNG, SVG and TIFF; ``dcm`` is the metaphase and the karyogram as DICOM secondary captures."""
TABLES: Final = ("csv", "xlsx")
_CLASS_NAMES: Final = frozenset(c.label for c in CLASSES)
_WIDE: Final = {"image": 28.0, "state": 12.0, "reason": 26.0, "engine": 16.0}
"""Columns of the workbook that hold text, and their widths."""


class ExportError(KaryoViewError):
    """Something could not be exported; the message says what and where."""


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """What to export: format names of ``karyoview.io.formats``, picture suffixes, table suffixes, which cells."""

    formats: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    images: tuple[str, ...] = ()


def export_case(
    case: Case,
    annotations: Mapping[str, ImageAnnotation],
    options: ExportOptions,
    folder: Path,
    progress: Callable[[int, int, str], None] = lambda done, total, name: None,
    cancel: CancelToken | None = None,
    remarks: Remarks | None = None,
) -> list[Path]:
    """Write everything in ``options`` below ``folder`` and return the files.

    With ``remarks`` a cell whose original cannot be read, or that a format cannot write, is left out of what needs it
    and named there; the rest is written. Existing files of the same names are replaced. Sex is left out of pictures
    and tables where the case withholds it. Raises ExportError (disk) or the format's own error; Cancelled between
    cells.
    """
    chosen = [annotations[i] for i in (options.images or tuple(annotations)) if i in annotations]
    if not chosen:
        raise ExportError("There is no cell to export.")
    withheld = case.settings.sex_withheld
    total = len(options.formats) + len(options.tables) + (len(chosen) if options.pictures else 0)
    files: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if options.formats:
            # Most formats need the size, which a cell that nobody opened has not been given yet.
            chosen = [a if a.size != (0, 0) else _with_size(a, case, remarks) for a in chosen]
        for name in options.formats:
            progress(len(files), total, FORMATS[name].title)
            target = folder / "annotations-coco.json" if name == "coco" else folder / f"annotations-{name}"
            sized = chosen
            if remarks is not None and "size" not in FORMATS[name].holds:
                unknown = [a for a in chosen if 0 in a.size and a.chromosomes and name.startswith("yolo")]
                sized = [a for a in chosen if a not in unknown]
                remarks.left_out += [
                    f"{a.image} is not in {FORMATS[name].title}, which needs its size." for a in unknown
                ]
            files += write_annotations(sized, target, name, overwrite=True, remarks=remarks)
        rows = count_rows(chosen, withheld)
        for kind in options.tables:
            target = folder / f"counts.{kind}"
            write_atomic(target, csv_bytes(rows) if kind == "csv" else xlsx_bytes(rows))
            files.append(target)
        for number, annotation in enumerate(chosen if options.pictures else ()):
            if cancel is not None:
                cancel.raise_if_cancelled()
            progress(total - len(chosen) + number, total, annotation.image)
            try:
                image = case.read_image(annotation.image)
            except KaryoViewError as error:
                if remarks is None:
                    raise
                remarks.left_out.append(f"{annotation.image} has no picture in the export: {error}")
                continue
            for kind in options.pictures:
                if kind == "dcm":
                    files += _write_dicom(case, image, annotation, number + 1, folder / "dicom", remarks)
                    continue
                target = folder / "overlays" / f"{annotation.image}.{kind}"
                target.parent.mkdir(exist_ok=True)
                write_atomic(target, overlay_bytes(image, annotation, kind, withheld))
                files.append(target)
    except OSError as error:
        raise ExportError(f"The export stopped: {explain(error, folder)}.") from error
    return files


def _write_dicom(
    case: Case, image: MetaphaseImage, annotation: ImageAnnotation, number: int, folder: Path, remarks: Remarks | None
) -> list[Path]:
    """The metaphase and, where there are chromosomes, the karyogram of a cell as DICOM; → the files."""
    import numpy as np

    from karyoview.report.pictures import karyogram_image, karyogram_picture
    from karyoview.services.dicom_export import secondary_capture

    grey, withheld = image.to_uint8(), case.settings.sex_withheld
    made = [("metaphase", grey, image.um_per_pixel)]
    if annotation.chromosomes:
        try:
            drawn = karyogram_picture(grey, annotation, withhold_sex=withheld, wide=1600)
            scale = image.um_per_pixel / drawn.zoom if image.um_per_pixel else None
            made.append(("karyogram", np.asarray(karyogram_image(drawn)), scale))
        except KaryoViewError as error:
            if remarks is None:
                raise
            remarks.left_out.append(f"{annotation.image} has no karyogram in the export: {error}")
    folder.mkdir(exist_ok=True)
    files = []
    for kind, pixels, scale in made:
        target = folder / f"{annotation.image}.{kind}.dcm"
        data = secondary_capture(
            pixels, case=case.settings.id, name=annotation.image, kind=kind, number=number, um_per_pixel=scale
        )
        write_atomic(target, data)
        files.append(target)
    return files


def _with_size(annotation: ImageAnnotation, case: Case, remarks: Remarks | None) -> ImageAnnotation:
    try:
        image = case.read_image(annotation.image)
    except KaryoViewError as error:
        if remarks is None:
            raise
        remarks.changed.append(f"{annotation.image} is written without its size: {error}")
        return annotation
    return replace(annotation, size=(image.height, image.width))


def count_rows(annotations: Iterable[ImageAnnotation], sex_withheld: bool = False) -> list[list[Any]]:
    """A header and one row a cell: state, total, marks, the classes, corrections by kind and seconds."""
    classes = CLASSES[:X_INDEX] if sex_withheld else CLASSES
    head: list[Any] = ["image", "state", "reason", "total", "count marks", *(c.label for c in classes), "no class"]
    rows: list[list[Any]] = [[*head, "corrections", *CORRECTIONS, "seconds", "engine"]]
    for annotation in annotations:
        counts, tally = annotation.counts(), corrections_of(annotation)
        row: list[Any] = [annotation.image, str(annotation.state), annotation.reason, annotation.total()]
        # A cell without boxes was not classified: nothing is said of its classes, which is not zero of each.
        known = bool(annotation.chromosomes)
        row += [len(annotation.count_marks), *(counts[c.index] if known else "" for c in classes)]
        row += [sum(c.label is None for c in annotation.chromosomes) if known else "", tally.corrections]
        rows.append([*row, *(tally.kinds.get(k, 0) for k in CORRECTIONS), tally.seconds, tally.engine])
    return rows


def csv_bytes(rows: Sequence[Sequence[Any]]) -> bytes:
    """The table as UTF-8 CSV with a mark that spreadsheets need; text that could be a formula is escaped."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([[safe_cell(v) for v in row] for row in rows])
    return text.getvalue().encode("utf-8-sig")


def xlsx_bytes(rows: Sequence[Sequence[Any]]) -> bytes:
    """The table as an Excel workbook: sheet ``counts`` as in :func:`count_rows`, and ``summary``.

    The header is frozen and filters; class numbers other than two are marked, X and Y only where the pair
    is neither XX nor XY. Text is never a formula.
    """
    from openpyxl import Workbook

    book = Workbook()
    _counts_sheet(book.active, rows)
    _summary_sheet(book.create_sheet("summary"), rows)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _counts_sheet(sheet: Any, rows: Sequence[Sequence[Any]]) -> None:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.utils import get_column_letter

    head = list(rows[0])
    classes = [k for k, name in enumerate(head) if name in _CLASS_NAMES]
    sheet.title = "counts"
    for row in rows:
        sheet.append([safe_cell(str(v).replace("_", " ") if head[k] == "state" else v) for k, v in enumerate(row)])
    line = Border(bottom=Side("thin", "8A9099"))
    for k, cell in enumerate(sheet[1]):
        cell.font, cell.border, cell.fill = Font(bold=True), line, PatternFill("solid", fgColor="E8ECF1")
        cell.alignment = Alignment("left" if head[k] in _WIDE else "center", "center", wrap_text=True)
    widths = {**_WIDE, **dict.fromkeys((head[k] for k in classes), 4.6)}
    for k, name in enumerate(head):
        letter = get_column_letter(k + 1)
        sheet.column_dimensions[letter].width = widths.get(name, max(9.0, len(str(name)) * 0.8 + 2))
    odd = PatternFill("solid", fgColor="FFD9A8")
    for row in sheet.iter_rows(min_row=2):
        named = {head[k]: row[k].value for k in classes}
        sexes = {"X", "Y"} if (named.get("X"), named.get("Y")) in ((2, 0), (1, 1)) else set()
        for k, cell in enumerate(row):
            if head[k] not in _WIDE:
                cell.alignment = Alignment("center")
            if head[k] == "seconds":
                cell.number_format = "0"
            if head[k] == "total":
                cell.font = Font(bold=True)
            if k in classes and isinstance(cell.value, int) and cell.value != 2 and head[k] not in sexes:
                cell.fill, cell.font = odd, Font(bold=True)
    sheet.row_dimensions[1].height = 30
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = sheet.dimensions
    sheet.page_setup.orientation, sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = "landscape", 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"


def _summary_sheet(sheet: Any, rows: Sequence[Sequence[Any]]) -> None:
    """Cells by state, reviewed cells by number of chromosomes, and corrections a reviewed cell."""
    from openpyxl.styles import Alignment, Font

    head, cells = list(rows[0]), rows[1:]
    at = {name: head.index(name) for name in ("state", "total", "corrections", "seconds")}
    done = [r for r in cells if r[at["state"]] == ReviewState.REVIEWED]
    table: list[tuple[Any, ...]] = [("Cells", len(cells))]
    table += [(f"  {state.replace('_', ' ')}", sum(r[at["state"]] == state for r in cells)) for state in ReviewState]
    table += [("", ""), ("Chromosomes", "Reviewed cells")]
    totals = Counter(r[at["total"]] for r in done)
    table += [(number, totals[number]) for number in sorted(totals)]
    table += [("", ""), ("A reviewed cell, on average", "")]
    for name in ("corrections", "seconds"):
        table.append((f"  {name}", round(sum(r[at[name]] for r in done) / len(done), 1) if done else ""))
    for row in table:
        sheet.append(row)
        if row[0] in ("Cells", "Chromosomes", "A reviewed cell, on average"):
            for cell in sheet[sheet.max_row]:
                cell.font = Font(bold=True)
        sheet.cell(sheet.max_row, 1).alignment = Alignment("left")
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 30, 16


def overlay_bytes(image: MetaphaseImage, annotation: ImageAnnotation, kind: str, sex_withheld: bool = False) -> bytes:
    """The metaphase with its boxes as png, tiff (LZW) or svg (boxes and text stay vectors)."""
    if kind == "svg":
        return _svg(image, annotation, sex_withheld).encode("utf-8")
    from karyoview.services.overlays import draw

    picture = draw(image, _drawn(annotation, sex_withheld), _caption(annotation))
    out = io.BytesIO()
    if kind == "tiff":
        picture.save(out, "TIFF", compression="tiff_lzw", software=MARK)
    else:
        picture.save(out, "PNG", pnginfo=png_mark())
    return out.getvalue()


def _drawn(annotation: ImageAnnotation, sex_withheld: bool) -> list[Drawn]:
    from karyoview.services.overlays import Drawn, class_drawn

    boxes = []
    for item in annotation.chromosomes:
        drawn = class_drawn(item.box, item.label, dashed=not item.is_human)
        hidden = sex_withheld and item.label is not None and item.label >= X_INDEX
        boxes.append(Drawn(item.box, "sex", dashed=drawn.dashed) if hidden else drawn)
    return boxes


def _caption(annotation: ImageAnnotation) -> str:
    text = f"{annotation.image}: {annotation.total()} ({str(annotation.state).replace('_', ' ')})"
    if any(not c.is_human for c in annotation.chromosomes):
        text += "; dashed: proposals that nobody has checked"
    return text


def _svg(image: MetaphaseImage, annotation: ImageAnnotation, sex_withheld: bool) -> str:
    from PIL import Image

    from karyoview.services.overlays import measures, plates

    out = io.BytesIO()
    Image.fromarray(image.to_uint8()).save(out, "PNG")
    picture = base64.b64encode(out.getvalue()).decode("ascii")
    sizes, boxes = measures(image.width, image.height), _drawn(annotation, sex_withheld)
    line, size, caption = sizes.line, sizes.text, escape(_caption(annotation))
    font = f'font-family="DejaVu Sans, Verdana, sans-serif" font-size="{size}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="{image.width}" '
        f'height="{image.height + 2 * size}" viewBox="0 0 {image.width} {image.height + 2 * size}">',
        f"<title>{caption}</title>",
        f'<rect width="{image.width}" height="{image.height + 2 * size}" fill="#fff"/>',
        f'<image width="{image.width}" height="{image.height}" xlink:href="data:image/png;base64,{picture}"/>',
    ]
    for box in boxes:
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in box.box.corners())
        dash = f' stroke-dasharray="{3.6 * line:.1f} {2.4 * line:.1f}"' if box.dashed else ""
        parts.append(f'<polygon points="{points}" fill="none" stroke="{box.colour}" stroke-width="{line:.1f}"{dash}/>')
    # Plates instead of outlined letters: not every program that reads SVG knows how to paint a stroke below a fill.
    for plate in plates(image, boxes, sizes):
        middle = (plate.x + plate.width / 2, plate.y + plate.height / 2)
        if plate.leader is not None:
            ends = f'x1="{middle[0]:.1f}" y1="{middle[1]:.1f}" x2="{plate.leader[0]:.1f}" y2="{plate.leader[1]:.1f}"'
            parts.append(f'<line {ends} stroke="#606468" stroke-width="1"/>')
        fill, ink = plate.item.label_colours()
        parts.append(
            f'<rect x="{plate.x:.1f}" y="{plate.y:.1f}" width="{plate.width:.1f}" height="{plate.height:.1f}" '
            f'rx="{plate.height / 3:.1f}" fill="{fill}" stroke="{plate.item.colour}" stroke-width="{0.7 * line:.1f}"/>'
        )
        parts.append(
            f'<text x="{middle[0]:.1f}" y="{middle[1] + 0.36 * size:.1f}" text-anchor="middle" {font} '
            f'fill="{ink}">{escape(plate.item.text)}</text>'
        )
    parts.append(f'<text x="{size / 2:.1f}" y="{image.height + 1.4 * size:.0f}" {font}>{caption}</text>')
    return "\n".join([*parts, "</svg>\n"])

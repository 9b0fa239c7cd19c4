"""What leaves a case: annotations, overlay pictures, tables of counts; from the window and the command line."""

from __future__ import annotations

import base64
import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

from karyoview.core.annotation import ImageAnnotation
from karyoview.core.chromosome import CLASSES, GROUP_COLOURS, X_INDEX
from karyoview.core.errors import KaryoViewError
from karyoview.core.image import MetaphaseImage
from karyoview.detectors.protocol import CancelToken
from karyoview.io.atomic import explain, write_atomic
from karyoview.io.case import Case
from karyoview.io.formats import FORMATS, write_annotations
from karyoview.review.meter import CORRECTIONS, tally_of

PICTURES: Final = ("png", "svg", "tiff")
TABLES: Final = ("csv", "xlsx")


class ExportError(KaryoViewError):
    """Something could not be exported; the message says what and where."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What to export: format names of ``karyoview.io.formats``, picture suffixes, table suffixes, which cells."""

    formats: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    images: tuple[str, ...] = ()


def export_case(
    case: Case,
    annotations: Mapping[str, ImageAnnotation],
    wish: Wish,
    folder: Path,
    progress: Callable[[int, int, str], None] = lambda done, total, name: None,
    cancel: CancelToken | None = None,
) -> list[Path]:
    """Write everything in ``wish`` below ``folder`` and return the files.

    Existing files of the same names are replaced. Sex is left out of pictures and tables where the case
    withholds it. Raises ExportError (disk) or the format's own error; Cancelled between cells.
    """
    chosen = [annotations[i] for i in (wish.images or tuple(annotations)) if i in annotations]
    if not chosen:
        raise ExportError("There is no cell to export.")
    withheld = case.settings.sex_withheld
    total = len(wish.formats) + len(wish.tables) + (len(chosen) if wish.pictures else 0)
    files: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if wish.formats:
            # Most formats need the size, which a cell that nobody opened has not been given yet.
            chosen = [a if a.size != (0, 0) else _with_size(a, case.read_image(a.image)) for a in chosen]
        for name in wish.formats:
            progress(len(files), total, FORMATS[name].title)
            target = folder / "annotations-coco.json" if name == "coco" else folder / f"annotations-{name}"
            files += write_annotations(chosen, target, name, overwrite=True)
        rows = count_rows(chosen, withheld)
        for kind in wish.tables:
            target = folder / f"counts.{kind}"
            write_atomic(target, csv_bytes(rows) if kind == "csv" else xlsx_bytes(rows))
            files.append(target)
        for number, annotation in enumerate(chosen if wish.pictures else ()):
            if cancel is not None:
                cancel.raise_if_cancelled()
            progress(total - len(chosen) + number, total, annotation.image)
            image = case.read_image(annotation.image)
            for kind in wish.pictures:
                target = folder / "overlays" / f"{annotation.image}.{kind}"
                target.parent.mkdir(exist_ok=True)
                write_atomic(target, overlay_bytes(image, annotation, kind, withheld))
                files.append(target)
    except OSError as error:
        raise ExportError(f"The export stopped: {explain(error, folder)}.") from error
    return files


def _with_size(annotation: ImageAnnotation, image: MetaphaseImage) -> ImageAnnotation:
    return replace(annotation, size=(image.height, image.width))


def count_rows(annotations: Iterable[ImageAnnotation], sex_withheld: bool = False) -> list[list[Any]]:
    """A header and one row a cell: state, total, marks, the classes, corrections by kind and seconds."""
    classes = CLASSES[:X_INDEX] if sex_withheld else CLASSES
    head: list[Any] = ["image", "state", "reason", "total", "count marks", *(c.label for c in classes), "no class"]
    rows: list[list[Any]] = [[*head, "corrections", *CORRECTIONS, "seconds", "engine"]]
    for annotation in annotations:
        counts, tally = annotation.counts(), tally_of(annotation)
        row: list[Any] = [annotation.image, str(annotation.state), annotation.reason, annotation.total()]
        row += [len(annotation.count_marks), *(counts[c.index] for c in classes)]
        row += [sum(c.label is None for c in annotation.chromosomes), tally.corrections]
        rows.append([*row, *(tally.kinds.get(k, 0) for k in CORRECTIONS), tally.seconds, tally.engine])
    return rows


def csv_bytes(rows: Sequence[Sequence[Any]]) -> bytes:
    """The table as UTF-8 CSV with a mark that spreadsheets need; text that could be a formula is escaped."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([[safe_cell(v) for v in row] for row in rows])
    return text.getvalue().encode("utf-8-sig")


def xlsx_bytes(rows: Sequence[Sequence[Any]]) -> bytes:
    """The table as an Excel workbook with a bold, frozen header; text is never a formula."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    sheet = book.active
    sheet.title = "counts"
    for row in rows:
        sheet.append([safe_cell(v) for v in row])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "B2"
    sheet.column_dimensions["A"].width = 28
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def safe_cell(value: Any) -> Any:
    """The value; text that a spreadsheet would take for a formula gets an apostrophe in front."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def overlay_bytes(image: MetaphaseImage, annotation: ImageAnnotation, kind: str, sex_withheld: bool = False) -> bytes:
    """The metaphase with its boxes as png, tiff (LZW) or svg (boxes and text stay vectors)."""
    if kind == "svg":
        return _svg(image, annotation, sex_withheld).encode("utf-8")
    from karyoview.services.overlays import Drawn, class_drawn, draw

    boxes = []
    for item in annotation.chromosomes:
        drawn = class_drawn(item.box, item.label, dashed=not item.is_human)
        hidden = sex_withheld and item.label is not None and item.label >= X_INDEX
        boxes.append(Drawn(item.box, "sex", dashed=drawn.dashed) if hidden else drawn)
    picture = draw(image, boxes, _caption(annotation))
    out = io.BytesIO()
    if kind == "tiff":
        picture.save(out, "TIFF", compression="tiff_lzw")
    else:
        picture.save(out, "PNG")
    return out.getvalue()


def _caption(annotation: ImageAnnotation) -> str:
    return f"{annotation.image}: {annotation.total()} ({str(annotation.state).replace('_', ' ')})"


def _svg(image: MetaphaseImage, annotation: ImageAnnotation, sex_withheld: bool) -> str:
    from PIL import Image

    out = io.BytesIO()
    Image.fromarray(image.to_uint8()).save(out, "PNG")
    picture = base64.b64encode(out.getvalue()).decode("ascii")
    size = max(11, round(max(image.width, image.height) / 75))
    width = max(1.5, max(image.width, image.height) / 700)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="{image.width}" '
        f'height="{image.height + 2 * size}" viewBox="0 0 {image.width} {image.height + 2 * size}">',
        f'<image width="{image.width}" height="{image.height}" xlink:href="data:image/png;base64,{picture}"/>',
    ]
    for item in annotation.chromosomes:
        hidden = sex_withheld and item.label is not None and item.label >= X_INDEX
        known = item.label is not None and not hidden
        colour = GROUP_COLOURS[CLASSES[item.label].group] if known and item.label is not None else "#5F6368"
        text = "sex" if hidden else "?" if item.label is None else CLASSES[item.label].label
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in item.box.corners())
        dash = "" if item.is_human else f' stroke-dasharray="{4 * width:.1f} {2 * width:.1f}"'
        x1, y1, _, _ = item.box.to_xyxy()
        parts.append(f'<polygon points="{points}" fill="none" stroke="{colour}" stroke-width="{width:.1f}"{dash}/>')
        parts.append(
            f'<text x="{x1:.1f}" y="{max(y1 - 3, size):.1f}" font-family="sans-serif" font-size="{size}" '
            f'fill="#000" stroke="#fff" stroke-width="3" paint-order="stroke">{text}</text>'
        )
    caption = escape(_caption(annotation))
    parts.append(
        f'<text x="6" y="{image.height + 1.4 * size:.0f}" font-family="sans-serif" font-size="{size}">{caption}</text>'
    )
    return "\n".join([*parts, "</svg>\n"])

"""What leaves a case: pictures, tables and annotations, by the service and by the command line."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from openpyxl import load_workbook
from PIL import Image

from karyoview.case.case import Case
from karyoview.cli import run
from karyoview.core.annotation import PredictedChromosome, ReviewedChromosome, ReviewState
from karyoview.core.geometry import Box
from karyoview.core.image import MetaphaseImage
from karyoview.review import edits
from karyoview.services.export import (
    ExportOptions,
    count_rows,
    csv_bytes,
    export_case,
    overlay_bytes,
    xlsx_bytes,
)
from karyoview.services.overlays import class_drawn, measures, plates


@pytest.fixture
def case_folder(tmp_path: Path) -> Path:
    """Two cells, the first with three chromosomes."""
    folder = tmp_path / "case"
    folder.mkdir()
    for name in ("=a.png", "b.png"):
        Image.fromarray(np.full((120, 160), 210, np.uint8)).save(folder / name)
    with Case.open(folder) as case:
        annotation = case.annotation("=a.png")
        for k, label in enumerate((0, 20, 23)):
            annotation, _ = edits.add(annotation, Box.rotated(30 + 40 * k, 60, 16, 40, 0.3), "ada", label)
        case.save_annotation(edits.set_state(annotation, ReviewState.REVIEWED), "reviewed")
    return folder


def test_everything_at_once(case_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with Case.open(case_folder) as case:
        annotations = {c.image: case.annotation(c.image) for c in case.cells}
        options = ExportOptions(("coco", "labelme"), ("png", "svg", "tiff"), ("csv", "xlsx"))
        files = export_case(case, annotations, options, out)
    assert all(f.is_file() for f in files)
    with Image.open(out / "overlays" / "=a.png.png") as png, Image.open(out / "overlays" / "=a.png.tiff") as tiff:
        picture = np.asarray(png.convert("RGB")).astype(int)
        assert np.array_equal(np.asarray(tiff), picture)
    assert (picture.max(-1) - picture.min(-1)).max() > 60, "boxes are drawn in colour"
    svg = ElementTree.parse(out / "overlays" / "=a.png.svg").getroot()
    assert len(svg.findall("{http://www.w3.org/2000/svg}polygon")) == 3
    sheet = load_workbook(out / "counts.xlsx").active
    assert (sheet["A2"].value, sheet["A2"].data_type, sheet["B2"].value, sheet["D2"].value) == (
        "'=a.png",
        "s",
        "reviewed",
        3,
    )


def test_the_workbook_marks_odd_numbers_and_sums_up(case_folder: Path) -> None:
    with Case.open(case_folder) as case:
        annotations = [case.annotation(c.image) for c in case.cells]
    book = load_workbook(io.BytesIO(xlsx_bytes(count_rows(annotations))))
    sheet = book["counts"]
    head = [c.value for c in sheet[1]]
    first = dict(zip(head, sheet[2], strict=True))
    blank = dict(zip(head, sheet[3], strict=True))
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("B2", sheet.dimensions)
    assert first["21"].fill.fgColor.rgb == "00FFD9A8", "one 21 is not two"
    assert (blank["total"].value, blank["21"].value) == (0, None), "nothing is said of the classes of an empty cell"
    assert blank["21"].fill.fill_type is None
    summary = {row[0].value: row[1].value for row in book["summary"].iter_rows()}
    assert (summary["Cells"], summary["  reviewed"], summary["  new"], summary[3]) == (2, 1, 1, 1)


def test_labels_of_pictures_cover_no_chromosome() -> None:
    """Two rods beside each other: labels go to where neither lies, in both kinds of pictures alike."""
    boxes = [Box.rotated(x, 100, 16, 80, 0.0) for x in (90.0, 112.0)]
    pixels = np.full((200, 220), 225, np.uint8)
    for box in boxes:
        x1, y1, x2, y2 = (round(v) for v in box.to_xyxy())
        pixels[y1:y2, x1:x2] = 60
    image = MetaphaseImage(pixels, "a.png")
    found = plates(image, [class_drawn(b, k) for k, b in enumerate(boxes)], measures(220, 200))
    assert len(found) == 2
    for plate in found:
        under = pixels[round(plate.y) : round(plate.y + plate.height), round(plate.x) : round(plate.x + plate.width)]
        assert (under > 200).all()
    a, b = found
    assert a.x + a.width <= b.x or b.x + b.width <= a.x or a.y + a.height <= b.y or b.y + b.height <= a.y


def test_the_svg_can_be_read_where_strokes_cannot_lie_below_fills(case_folder: Path, qapp) -> None:
    """Painted by Qt's small SVG renderer, labels show their text; a proposal is dashed and its label hollow."""
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    with Case.open(case_folder) as case:
        image, annotation = case.read_image("=a.png"), case.annotation("=a.png")
    first = annotation.chromosomes[0]
    proposal = PredictedChromosome("p", first.box.moved(0, 0), first.label, score=0.9)
    mixed = replace(annotation, chromosomes=(proposal, *annotation.chromosomes[1:]))
    renderer = QSvgRenderer(overlay_bytes(image, mixed, "svg"))
    assert renderer.isValid()
    shown = QImage(renderer.defaultSize(), QImage.Format.Format_RGB32)
    painter = QPainter(shown)
    renderer.render(painter)
    painter.end()
    assert shown.width() == image.width
    root = ElementTree.fromstring(overlay_bytes(image, mixed, "svg"))
    space = "{http://www.w3.org/2000/svg}"
    polygons = root.findall(f"{space}polygon")
    assert [bool(p.get("stroke-dasharray")) for p in polygons] == [True, False, False]
    rects = [r for r in root.findall(f"{space}rect") if r.get("rx")]
    assert [r.get("fill") == "#FFFFFF" for r in rects] == [True, False, False]
    for rect in rects:
        x, y, w, h = (float(rect.get(k, "0")) for k in ("x", "y", "width", "height"))
        inks = {shown.pixelColor(px, py).name() for px in range(int(x) + 2, int(x + w) - 2)
                for py in range(int(y) + 3, int(y + h) - 3)}  # fmt: skip
        assert len(inks) > 3, "text is seen on the plate"
    assert "dashed: proposals that nobody has checked" in root.findtext(f"{space}title")


def test_the_table_counts_classes_and_escapes_formulas(case_folder: Path) -> None:
    with Case.open(case_folder) as case:
        rows = count_rows([case.annotation(c.image) for c in case.cells])
    head, first = rows[0], rows[1]
    assert (first[head.index("21")], first[head.index("Y")], first[head.index("2")]) == (1, 1, 0)
    parsed = list(csv.reader(io.StringIO(csv_bytes(rows).decode("utf-8-sig"))))
    assert parsed[1][0] == "'=a.png"


def test_withheld_sex_leaves_no_trace(case_folder: Path) -> None:
    with Case.open(case_folder) as case:
        annotation = case.annotation("=a.png")
        image = case.read_image("=a.png")
        assert not {"X", "Y"} & set(count_rows([annotation], sex_withheld=True)[0])
        svg = overlay_bytes(image, annotation, "svg", sex_withheld=True).decode()
        assert ">Y<" not in svg
        assert ">sex<" in svg
        assert ">Y<" in overlay_bytes(image, annotation, "svg").decode()


def test_the_command_line_writes_the_same_and_changes_nothing(case_folder: Path, tmp_path: Path, capsys) -> None:
    before = {p: p.read_bytes() for p in case_folder.rglob("*") if p.is_file()}
    out = tmp_path / "cli"
    assert (
        run(["export", str(case_folder), "-o", str(out), "--format", "yolo", "--table", "csv", "--picture", "png"]) == 0
    )
    assert (out / "counts.csv").is_file()
    assert (out / "overlays" / "b.png.png").is_file()
    assert "rotated boxes" in capsys.readouterr().err
    assert {p: p.read_bytes() for p in case_folder.rglob("*") if p.is_file()} == before


def test_a_wrong_kind_is_refused(case_folder: Path, tmp_path: Path, capsys) -> None:
    assert run(["export", str(case_folder), "-o", str(tmp_path / "x"), "--picture", "gif"]) == 2
    assert "png, svg, tiff" in capsys.readouterr().err


def test_reviewed_chromosomes_only_are_solid(case_folder: Path) -> None:
    with Case.open(case_folder) as case:
        annotation = case.annotation("=a.png")
        assert all(isinstance(c, ReviewedChromosome) for c in annotation.chromosomes)
        assert "dasharray" not in overlay_bytes(case.read_image("=a.png"), annotation, "svg").decode()

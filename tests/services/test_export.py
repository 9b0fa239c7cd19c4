"""What leaves a case: pictures, tables and annotations, by the service and by the command line."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from openpyxl import load_workbook
from PIL import Image

from karyoview.cli import run
from karyoview.core.annotation import ReviewedChromosome, ReviewState
from karyoview.core.geometry import Box
from karyoview.io.case import Case
from karyoview.review import edits
from karyoview.services.export import Wish, count_rows, csv_bytes, export_case, overlay_bytes, safe_cell


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
        wish = Wish(("coco", "labelme"), ("png", "svg", "tiff"), ("csv", "xlsx"))
        files = export_case(case, annotations, wish, out)
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


def test_the_table_counts_classes_and_escapes_formulas(case_folder: Path) -> None:
    with Case.open(case_folder) as case:
        rows = count_rows([case.annotation(c.image) for c in case.cells])
    head, first = rows[0], rows[1]
    assert (first[head.index("21")], first[head.index("Y")], first[head.index("2")]) == (1, 1, 0)
    parsed = list(csv.reader(io.StringIO(csv_bytes(rows).decode("utf-8-sig"))))
    assert parsed[1][0] == "'=a.png"
    assert [safe_cell(v) for v in ("+1", "-x", "@y", 5, "ok")] == ["'+1", "'-x", "'@y", 5, "ok"]


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

"""Which files of a folder are cells, and in which order."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from karyoview.case import listing
from karyoview.case.case import Case
from karyoview.case.listing import list_folder, natural_key, new_rows
from karyoview.core.annotation import ImageAnnotation, PredictedChromosome
from karyoview.core.geometry import Box
from karyoview.core.image import MetaphaseImage
from karyoview.report.pictures import export_karyogram, karyogram_picture
from karyoview.services.dicom_export import secondary_capture
from karyoview.services.export import overlay_bytes
from karyoview.services.overlays import save_picture


def test_names_are_in_the_order_a_person_expects() -> None:
    wanted = ["1.png", "2.png", "10.png", "A2.png", "a10.png", "a.png", "b1c2.png", "b1c10.png"]
    mixed = random.Random(1).sample(wanted, len(wanted))
    assert sorted(mixed, key=natural_key) == wanted


def test_folders_hidden_files_and_other_kinds_are_no_cells(folder: Path) -> None:
    found = list_folder(folder)
    rows, notices = new_rows(found, ["cell2.png"])
    assert [(r["image"], r["page"]) for r in rows] == [("cell10.png", 0), ("stack.tif", 0), ("stack.tif.p1", 1)]
    assert notices == []


def test_a_name_is_found_however_its_letters_are_composed(tmp_path: Path) -> None:
    (tmp_path / "zu\u0308r.png").touch()
    found = list_folder(tmp_path)
    assert found.path("z\u00fcr.png") == tmp_path / "zu\u0308r.png"
    assert found.others(["z\u00fcr.png"]) == []
    assert found.path("zur.png") is None


def test_a_stack_with_too_many_pages_is_listed_in_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "_MAX_PAGES", 3)
    pages = [Image.fromarray(np.full((4, 4), k, np.uint8)) for k in range(5)]
    pages[0].save(tmp_path / "s.tif", save_all=True, append_images=pages[1:])
    rows, notices = new_rows(list_folder(tmp_path), [])
    assert [r["image"] for r in rows] == ["s.tif", "s.tif.p1", "s.tif.p2"]
    assert "has 5 pages, of which the first 3 are listed" in notices[0]


def test_a_name_that_is_too_long_is_left_out_with_a_notice(tmp_path: Path) -> None:
    (tmp_path / ("x" * 240 + ".png")).touch()
    rows, notices = new_rows(list_folder(tmp_path), [])
    assert rows == []
    assert "its name is too long" in notices[0]


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_a_karyogram_that_was_saved_into_the_folder_is_no_cell(folder: Path, suffix: str) -> None:
    pixels = np.full((300, 400), 200, np.uint8)
    drawn = karyogram_picture(pixels, ImageAnnotation("cell2.png", (300, 400)))
    before, _ = new_rows(list_folder(folder), [])
    export_karyogram(drawn, folder / f"karyogram{suffix}", "cell2.png")
    rows, notices = new_rows(list_folder(folder), [])
    assert rows == before
    assert notices == [f"Left out: karyogram{suffix}: drawn by KaryoView from a cell, so no metaphase of its own."]


def test_overlays_in_every_form_are_no_cells_and_have_one_sentence(folder: Path) -> None:
    image = MetaphaseImage(np.full((300, 400), 200, np.uint8), "cell2.png")
    box = PredictedChromosome("a", Box.rotated(100, 100, 20, 60, 0.0), 3, score=0.9)
    annotation = ImageAnnotation("cell2.png", (300, 400), chromosomes=(box,))
    before, _ = new_rows(list_folder(folder), [])
    for kind in ("png", "tiff"):
        (folder / f"overlay.{kind}").write_bytes(overlay_bytes(image, annotation, kind))
    for k in range(3):
        save_picture(Image.new("RGB", (500, 400), "white"), folder / f"truth{k}.png")
    rows, notices = new_rows(list_folder(folder), [])
    assert rows == before
    assert [n.partition(": drawn")[0] for n in notices] == [
        "Left out: overlay.png, overlay.tiff, truth0.png and 2 others"
    ]


def test_a_karyogram_as_dicom_is_no_cell_and_a_metaphase_is(tmp_path: Path) -> None:
    pytest.importorskip("pydicom")
    for kind in ("metaphase", "karyogram"):
        data = secondary_capture(np.full((300, 400), 200, np.uint8), case="c", name="cell2.png", kind=kind)
        (tmp_path / f"{kind}.dcm").write_bytes(data)
    rows, _ = new_rows(list_folder(tmp_path), [])
    assert [row["image"] for row in rows] == ["metaphase.dcm"]


def test_what_is_listed_already_stays(folder: Path) -> None:
    save_picture(Image.new("RGB", (50, 40), "white"), folder / "cell2.png")
    with Case.open(folder) as case:
        assert "cell2.png" not in {c.image for c in case.cells}
    known, notices = new_rows(list_folder(folder), ["cell2.png"])
    assert (len(known), notices) == (3, [])

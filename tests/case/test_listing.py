"""Which files of a folder are cells, and in which order."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from karyoview.case import listing
from karyoview.case.listing import list_folder, natural_key, new_rows


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

"""Cells with a third copy pasted in: where there is room, at the right scale, and nothing else is changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from karyotrain.data import third_copies
from karyotrain.data.cells import Cell
from karyotrain.data.dataset import load
from karyotrain.data.errors import DataError
from karyotrain.data.synthesis.library import PasteLibrary

from karyoview._resources import resource
from karyoview.core.geometry import iou_xyxy


def test_one_more_chromosome_is_pasted_where_there_is_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = resource("sample", "46XX")
    library = PasteLibrary.build(folder, folder / "truth.json", tmp_path)
    cells = [Cell(s.name, s.case, s.pixels, s.boxes.astype(float), s.labels) for s in load(folder, "all")]
    wider = [replace(c, pixels=cv2.copyMakeBorder(c.pixels, 0, 150, 0, 0, cv2.BORDER_REPLICATE)) for c in cells]
    label = int(np.bincount(library.labels, minlength=24).argmax())
    monkeypatch.setattr(third_copies, "_case_of", lambda name: name)  # each sample cell stands for a case
    tried = (third_copies.paste_one(c, library, label, np.random.default_rng(0)) for c in wider)
    made = next((m for m in tried if m is not None), None)
    assert made is not None
    looser = [replace(c, boxes=c.boxes + 3 * np.array([-1, -1, 1, 1])) for c in cells]
    assert third_copies.margin_of(looser, library) == pytest.approx(third_copies.margin_of(cells, library) + 3, abs=0.6)
    tried = (third_copies.paste_one(c, library, label, np.random.default_rng(0), margin=3.0) for c in wider)
    wide = next(m for m in tried if m is not None)
    np.testing.assert_allclose(wide.cell.boxes[-1] - made.cell.boxes[-1], [-3, -3, 3, 3])
    new = made.cell.boxes[made.place]
    assert made.cell.labels[made.place] == label
    assert len(made.cell.labels) == len(made.before.labels) + 1
    x1, y1, x2, y2 = new.astype(int)
    before, after = made.before.pixels, made.cell.pixels
    assert after[y1:y2, x1:x2].mean() < before[y1:y2, x1:x2].mean() - 20
    assert iou_xyxy(new[None], made.before.boxes).max() == 0
    away = np.ones(before.shape, bool)
    away[y1 - 20 : y2 + 20, x1 - 20 : x2 + 20] = False
    np.testing.assert_array_equal(before[away], after[away])
    assert made.source != made.cell.name


def test_no_room_is_said_not_forced() -> None:
    mask = np.ones((40, 12), bool)
    rng = np.random.default_rng(0)
    assert third_copies._room_for(mask, np.zeros((100, 100), np.float32), rng) is None
    assert third_copies._room_for(mask, np.full((30, 30), 50, np.float32), rng) is None
    free = np.zeros((100, 100), np.float32)
    free[20:80, 30:60] = 50
    x, y = third_copies._room_for(mask, free, rng) or (-1, -1)
    assert 30 <= x <= 48
    assert 20 <= y <= 40


def test_classes_come_in_turn_and_cells_without_room_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    pixels = np.full((60, 60), 220, np.uint8)
    cells = [Cell(f"{i}", "c", pixels, np.zeros((1, 4)), np.zeros(1, np.int64)) for i in range(5)]
    asked: list[tuple[str, int]] = []

    def paste(cell: Cell, library: object, label: int, rng: object, margin: float) -> third_copies.Pasted | None:
        asked.append((cell.name, label))
        return None if cell.name == "1" else third_copies.Pasted(cell, cell, label, 1, "x")

    monkeypatch.setattr(third_copies, "paste_one", paste)
    monkeypatch.setattr(third_copies, "margin_of", lambda *_: 0.0)
    made, refused = third_copies.pasted_cells(cells, None, (20, 23), 3)  # type: ignore[arg-type]
    # the class that had no room is tried in the next cell, and nothing is pasted beyond what was asked for
    assert asked == [("0", 20), ("1", 23), ("2", 23), ("3", 20)]
    assert [m.label for m in made] == [20, 23, 20]
    assert refused == 1
    assert len(third_copies.pasted_cells(cells, None, (20, 23))[0]) == 4  # type: ignore[arg-type]


def test_only_the_cells_asked_for_are_cut(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    (folder / "images").mkdir(parents=True)
    sample = resource("sample", "46XX")
    truth = (sample / "truth.json").read_text(encoding="utf-8")
    (folder / "train.json").write_text(truth, encoding="utf-8")
    cells = [Cell(s.name, s.case, s.pixels, s.boxes.astype(float), s.labels) for s in load(sample, "all")]
    for cell in cells:
        name = Path(cell.name).name
        (folder / "images" / name).write_bytes((sample / name).read_bytes())
    with pytest.raises(DataError, match=r"val\.json is missing"):
        third_copies.library_of(folder, "val", cells[:1], tmp_path / "pieces")
    library = third_copies.library_of(folder, "train", cells[:1], tmp_path / "pieces")
    assert library.names == (cells[0].name,)
    assert set(library.labels) <= set(cells[0].labels)


def test_nothing_is_pasted_on_a_nucleus_or_far_from_the_cell() -> None:
    pixels = np.full((400, 600), 225, np.uint8)
    boxes = []
    for x, y in ((60, 60), (260, 60), (60, 300), (260, 300)):
        cv2.line(pixels, (x, y), (x, y + 50), 80, 14)
        boxes.append([x - 8, y - 8, x + 8, y + 58])
    cv2.circle(pixels, (160, 180), 45, 150, -1)
    cell = Cell("a", "c", pixels, np.array(boxes, float), np.arange(4))
    taken = third_copies._taken(cell)
    assert taken[180, 160] == 1  # on the nucleus
    assert taken[80, 60] == 1  # on a chromosome
    assert taken[200, 450] == 1  # on bare ground, away from the cell
    assert taken[180, 60] == 0
    assert taken[80, 160] == 0
    assert 0.3 < 1 - taken[60:350, 60:260].mean() < 0.9

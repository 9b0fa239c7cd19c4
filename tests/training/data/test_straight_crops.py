"""Straightened crops of several laboratories: how they are cut, which are held out, and which no training reads."""

from __future__ import annotations

import csv
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from karyotrain.data import straight_crops as straight
from karyotrain.data.cells import Cell
from karyotrain.data.errors import DataError
from karyotrain.data.straight_crops import StraightCropSet, Straightened, held_out, laboratories
from karyotrain.engines.train_classifier import StraightClassifierTask
from karyotrain.engines.train_classifier import main as train

from karyoview.core.chromosome import CLASSES

MARK = 77  # of tests/training/conftest.py: the first pixel of held-out crops


def test_which_cells_are_held_out() -> None:
    cells = np.arange(12)
    assert np.flatnonzero(held_out("padova", cells)).tolist() == [3, 10]
    assert np.flatnonzero(held_out("pampaj", cells)).tolist() == [2, 5]
    assert held_out("taichung", cells, "fit").all()
    assert not held_out("taichung", cells, "train").any()


def test_a_set_reads_its_shards_and_a_measured_laboratory_is_none(straight_crops: Path) -> None:
    assert laboratories(straight_crops) == ["padova", "pampaj", "taichung"]
    with pytest.raises(DataError, match="no crops of xu"):
        StraightCropSet(straight_crops, "xu")
    padova = StraightCropSet(straight_crops, "padova")
    assert set(padova.table[padova.held, straight.CELL]) == {3, 10}
    assert len(np.unique(padova.groups)) == 4
    assert padova.native.all()
    home = StraightCropSet(straight_crops, "taichung")
    # a cell of fit and one of train with the same place are two cells
    assert len(np.unique(home.groups)) == 4
    for each in (padova, home):
        marked = each.read(np.arange(len(each.table)))[:, 0, 0, 0] == MARK
        np.testing.assert_array_equal(marked, each.held)


def write_laboratory(folder: Path, cut: Straightened) -> None:
    """Lone chromosomes, dark on white, of a laboratory to learn from and of one to measure on."""
    rows = []
    for lab, split in (("padova", "train"), ("elsewhere", "val"), ("xu", "train")):
        for i in range(0, len(cut.rows), 4):
            dark = np.where(cut.crops[i, 1] > 100, cut.crops[i, 0], 0)
            inside = np.flatnonzero(cut.crops[i, 1].any(1))
            name = f"{lab}/{i}.png"
            (folder / lab).mkdir(exist_ok=True)
            cv2.imwrite(str(folder / name), 255 - dark[inside[0] - 4 : inside[-1] + 5])
            rows.append((lab, split, f"{lab}1", CLASSES[cut.rows[i, straight.LABEL]].label, name))
    with open(folder / "labs.csv", "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("lab", "split", "cell", "class", "file"), *rows])


def test_lone_chromosomes_are_cut_and_only_of_laboratories_to_learn_from(
    drawn_chromosomes: Straightened, tmp_path: Path
) -> None:
    write_laboratory(tmp_path, drawn_chromosomes)
    assert straight.main(["--labs", str(tmp_path), "--output", str(tmp_path / "out")]) == 0
    assert {p.name for p in (tmp_path / "out").iterdir()} == {"padova-all-000.crops.npy", "padova-all-000.table.npy"}
    cut = StraightCropSet(tmp_path / "out", "padova")
    expected = drawn_chromosomes.rows[::4, straight.LABEL]
    assert cut.table[:, straight.LABEL].tolist() == expected.tolist()
    crops = cut.read(np.arange(len(cut.table)))
    masks = crops[:, 1] > 127
    widths = masks.sum((1, 2)) / masks.any(2).sum(1)
    assert np.median(widths) == pytest.approx(straight.NATIVE_WIDTH, rel=0.12)
    lengths = masks.any(2).sum(1)
    own = (drawn_chromosomes.crops[::4, 1] > 127).any(2).sum(1)
    ratio = lengths / own
    assert np.abs(ratio / np.median(ratio) - 1).max() < 0.15  # one zoom for all of a cell


def test_labelled_cells_are_cut_split_by_split(
    drawn_chromosomes: Straightened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pixels = np.full((300, 420), 230, np.uint8)
    boxes = np.array([[20 + 40 * i, 30, 36 + 40 * i, 90 + 15 * (i % 3)] for i in range(9)])
    for x1, y1, x2, y2 in boxes:
        pixels[y1:y2, x1:x2] = 90
    cell = Cell("a", "case", pixels, boxes.astype(np.float64), np.arange(9))

    class Cells(list[Cell]):
        def with_boxes(self, *, classes: bool) -> Cells:
            assert classes
            return self

    monkeypatch.setattr(straight, "load", lambda *_, **__: Cells([cell, cell]))
    straight.main(["--data", "x", "--output", str(tmp_path)])
    home = StraightCropSet(tmp_path, "taichung")
    assert len(home.table) == 4 * 9
    assert home.held.sum() == 2 * 9  # the fit cells
    assert sorted(home.table[:9, straight.LABEL]) == list(range(9))
    assert (home.table[:, straight.FOUND] == 0).all()


def test_every_batch_has_every_laboratory_and_no_held_out_cell(straight_crops: Path) -> None:
    task = StraightClassifierTask(straight_crops, 4, looks=True, batch=50)
    assert task.counts.tolist() == [13, 11, 26]
    shown = set()
    for step in range(25):
        batch = task.batch(step, 0)
        assert len(batch.crops) == 50
        assert (batch.crops[:, 0, 0, 0] != MARK).all()
        for each, rows in zip(task.sets, task.rows(step), strict=True):
            assert len(rows) > 0
            assert not each.held[rows].any()
            assert (each.table[rows, straight.CONFIDENCE] >= 15).all()
        shown |= set(batch.cells.tolist())
    assert len(shown) == 2 + 1 + 2
    again = task.batch(3, 0)
    np.testing.assert_array_equal(again.table, task.batch(3, 0).table)


def test_cells_of_two_laboratories_are_two_cells(straight_crops: Path) -> None:
    batch = StraightClassifierTask(straight_crops, 4, batch=120).batch(0, 0)
    # of the sets padova, pampaj, taichung
    edges = np.cumsum([0, *StraightClassifierTask(straight_crops, 4, batch=120).counts])
    groups = [set(batch.cells[a:b].tolist()) for a, b in pairwise(edges)]
    assert not groups[0] & groups[1]
    assert not groups[1] & groups[2]


def test_the_classifier_is_trained_on_straight_crops_and_keeps_an_average(
    straight_crops: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    torch.set_num_threads(1)
    arguments = ["--straight", str(straight_crops), "--looks", "--batch", "8", "--threads", "1", "--evaluations", "0"]
    assert train([*arguments, "--output", str(tmp_path), "--steps", "3"]) == 0
    printed = capsys.readouterr().out
    assert "loss_class" in printed
    for lab in ("padova", "pampaj", "taichung"):
        assert f"{lab}_accuracy" in (tmp_path / "report.json").read_text()
    from safetensors import safe_open

    with safe_open(str(tmp_path / "last.safetensors"), "pt") as stored:
        names = set(stored.keys())
    assert any(name.startswith("average.") for name in names)
    with pytest.raises(SystemExit):
        train(["--crops", str(straight_crops), "--looks", "--output", str(tmp_path / "other")])

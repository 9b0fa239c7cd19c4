"""Mosaics of chromosomes: what lies where, and that a trunk learns classes from them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from karyotrain.data.dataset import CellSet, load
from karyotrain.engines import pretrain_mosaics
from karyotrain.engines.networks import build
from karyotrain.engines.pretrain_mosaics import changed, mosaic, pack
from karyotrain.engines.recipe import find_recipe
from karyotrain.trainer.checkpoint import read_state
from karyotrain.trainer.loop import Options, run_task

from karyoview.detectors.engines import DEEPACC

TINY = DEEPACC.configure("tiny", scale=0.5, longer_side=None)


@pytest.fixture(scope="module")
def cells(drawn_set: Path) -> CellSet:
    return load(drawn_set, "all")


def test_packed_rectangles_lie_inside_and_apart_and_those_without_room_are_left_out() -> None:
    rng = np.random.default_rng(1)
    sizes = [(int(h), int(w)) for h, w in rng.integers(10, 60, (80, 2))]

    places = pack(sizes, 200)

    taken = np.zeros((200, 200), int)
    for (height, width), place in zip(sizes, places, strict=True):
        if place is not None:
            top, left = place
            assert top + height <= 200
            assert left + width <= 200
            taken[top : top + height, left : left + width] += 1
    assert taken.max() == 1
    assert None in places  # more than the square holds
    assert taken.mean() > 0.6


def test_a_mosaic_shows_the_chromosomes_of_its_boxes_in_all_orientations(cells: CellSet) -> None:
    rng = np.random.default_rng(0)
    pixels, boxes, labels = mosaic(cells, rng, side=600)

    assert pixels.shape == (600, 600)
    assert len(boxes) == len(labels) > 20
    assert labels.min() >= 0
    assert labels.max() <= 23
    dark = [pixels[int(y1) : int(y2), int(x1) : int(x2)].min() for x1, y1, x2, y2 in boxes]
    assert max(dark) < 160  # a chromosome in every box
    spans = boxes[:, 2:] - boxes[:, :2]
    assert (spans[:, 0] > 1.2 * spans[:, 1]).any()
    assert (spans[:, 1] > 1.2 * spans[:, 0]).any()


def test_boxes_follow_the_changed_size(cells: CellSet) -> None:
    pixels, boxes, _ = mosaic(cells, np.random.default_rng(0), side=600)

    for seed in range(5):
        now, moved = changed(pixels, boxes, np.random.default_rng(seed))
        factor = now.shape[0] / 600
        away = np.abs(moved / factor - boxes) / np.tile(boxes[:, 2:] - boxes[:, :2], 2)
        assert 0 < np.median(away) < 0.1


def train(data: Path, run: Path, steps: int, evaluated: int, peak: float = 3e-4) -> dict[str, Any]:
    options = Options(device="cpu", threads=1, evaluations=0)
    how = replace(pretrain_mosaics.HOW, lr=peak)
    return run_task(
        lambda: pretrain_mosaics.MosaicTask(data, steps, config=TINY, evaluated=evaluated, how=how), run, options
    )


def test_the_run_goes_on_where_it_stopped_and_is_a_start_for_the_engine(
    drawn_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pretrain_mosaics, "SIDE", 400)
    run = tmp_path / "run"
    assert train(drawn_set, run, 2, evaluated=2)["step"] == 2
    event = train(drawn_set, run, 4, evaluated=2)

    assert event["step"] == read_state(run / "last.safetensors")["step"] == 4
    assert json.loads((run / "last.json").read_text())["step"] == 4
    assert 0 <= json.loads((run / "report.json").read_text())["fit_accuracy"] <= 1
    recipe = find_recipe("deepacc/from_mosaics").replace(preset="tiny", settings={"longer_side": None}, init="random")
    network, _ = build(recipe)
    assert "tensors" in network.begin_from(run / "last.safetensors")


def test_classes_are_learnt(drawn_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pretrain_mosaics, "SIDE", 400)

    train(drawn_set, tmp_path, 60, evaluated=1, peak=1e-3)

    # six classes are drawn: knowing which six is 1.8, knowing none 3.2; the figure is a slow mean
    assert json.loads((tmp_path / "last.json").read_text())["losses"]["loss"] < 2.6

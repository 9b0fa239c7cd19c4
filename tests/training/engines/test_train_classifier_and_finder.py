"""The default engine's own trainers on a few drawn cells: crops from what is found, both networks, going on."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from karyotrain.data.crops import NOTHING, CropSet, augment, cut_image
from karyotrain.data.dataset import load
from karyotrain.data.errors import DataError
from karyotrain.engines.orientation import learn
from karyotrain.engines.train_classifier import ClassifierTask, predict
from karyotrain.engines.train_finder import FinderTask, labelled
from karyotrain.trainer.checkpoint import read_network
from karyotrain.trainer.loop import Options, run_task

from karyoview._resources import resource
from karyoview.core.chromosome import CLASS_NAMES
from karyoview.detectors.karyoview_engine import KaryoViewEngine
from karyoview.detectors.karyoview_engine import load as load_engine
from karyoview.detectors.nets.classifier import ChromosomeClassifier
from karyoview.detectors.orientation import upright_probability
from karyoview.detectors.regions import Candidates
from karyoview.detectors.weights import load_weights

MakeCrops = Callable[[Path, str, int, int], None]


@pytest.fixture(scope="module")
def sample() -> Path:
    return resource("sample", "46XX")


@pytest.fixture(scope="module")
def engine() -> KaryoViewEngine:
    return load_engine(load_weights(resource("weights", "karyoview.safetensors")), device="cpu", settings={})


def test_crops_hold_every_chromosome_once_and_what_is_none(sample: Path, engine: KaryoViewEngine) -> None:
    cell = load(sample, "all")[0]
    crops, rows = cut_image(engine, cell, seed=0)
    assert crops.shape == (len(rows), 2, 192, 32)
    chromosomes = rows[rows[:, 0] != NOTHING]
    assert sorted(chromosomes[:, 0]) == sorted(cell.labels)
    missed = rows[rows[:, 2] == 0]
    assert (missed[:, 0] != NOTHING).all()
    # a finder that sees nothing leaves the boxes of the truth, and no crop of nothing
    blind = load_engine(load_weights(resource("weights", "karyoview.safetensors")), device="cpu", settings={})
    nothing = Candidates(np.zeros((0, 4)), np.zeros(0), np.zeros((0, 24)), np.zeros((0, 512), np.float32))
    blind.candidates = lambda cell: nothing  # type: ignore[method-assign]
    _, rows = cut_image(blind, cell, seed=0)
    assert len(rows) == len(cell.boxes)
    assert (rows[:, 2] == 0).all()


def train_namer(crops: Path, run: Path, steps: int, batch: int) -> dict[str, Any]:
    options = Options(device="cpu", threads=1, evaluations=0)
    return run_task(lambda: ClassifierTask(crops, steps, batch=batch), run, options)


def train_finder(data: Path, run: Path, steps: int, **settings: Any) -> dict[str, Any]:
    options = Options(device="cpu", threads=1, evaluations=0)
    return run_task(lambda: FinderTask(data, steps, batch=1, limit=2, **settings), run, options)


def test_naming_learns_class_and_wholeness_and_goes_on(made_crops: MakeCrops, tmp_path: Path) -> None:
    crops = tmp_path / "crops"
    made_crops(crops, "train", 96, 0)
    made_crops(crops, "fit", 40, 1)
    train_namer(crops, tmp_path / "run", 6, 16)
    first = json.loads((tmp_path / "run" / "last.json").read_text())
    assert first["step"] == 6
    train_namer(crops, tmp_path / "run", 24, 16)
    assert json.loads((tmp_path / "run" / "last.json").read_text())["step"] == 24
    last = json.loads((tmp_path / "run" / "report.json").read_text())
    assert last["fit_accuracy"] > 0.8
    assert last["whole_auc"] > 0.95
    model = ChromosomeClassifier()
    model.load_state_dict(read_network(tmp_path / "run" / "last.safetensors"))
    held = CropSet(crops, "fit")
    predicted = predict(model, held.read(np.arange(40)), "cpu")
    assert predicted.shape == (40, 25)
    none = held.labels == NOTHING
    assert predicted[none, -1].mean() < predicted[~none, -1].mean() - 1


def test_few_crops_are_taken_whole_and_a_class_that_none_shows_has_no_direction(
    made_crops: MakeCrops, tmp_path: Path
) -> None:
    made_crops(tmp_path, "train", 24, 0)
    made_crops(tmp_path, "fit", 10, 1)
    train_namer(tmp_path, tmp_path / "run", 2, 256)
    assert all(map(math.isfinite, json.loads((tmp_path / "run" / "last.json").read_text())["losses"].values()))
    means, slopes, notes = learn(tmp_path)
    shown = {int(i) for i in CropSet(tmp_path, "train").labels if i != NOTHING}
    absent = sorted(set(range(24)) - shown)
    assert absent
    assert not slopes[absent].any()
    assert upright_probability(np.arange(128.0), means, slopes, np.eye(24)[absent[0]]) == 0.5
    assert {n["class"] for n in notes} == set(CLASS_NAMES)


def test_crops_that_are_not_there_give_a_sentence(made_crops: MakeCrops, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no crops named train"):
        CropSet(tmp_path, "train")
    made_crops(tmp_path, "train", 4, 0)
    made_crops(tmp_path, "fit", 4, 1)
    table = np.load(tmp_path / "train-000.table.npy")
    table[:, 1] = NOTHING
    np.save(tmp_path / "train-000.table.npy", table)
    with pytest.raises(DataError, match="shows a chromosome clearly; cut more cells"):
        train_namer(tmp_path, tmp_path / "run", 2, 256)


def test_augmented_crops_keep_their_range() -> None:
    crops = torch.rand(8, 2, 192, 32)
    out = augment(crops, torch.Generator().manual_seed(0))
    assert out.shape == crops.shape
    assert float(out.min()) >= 0
    assert float(out.max()) <= 1
    assert not torch.equal(out, crops)


def test_finder_trains_on_mixed_cells_and_goes_on(sample: Path, tmp_path: Path) -> None:
    torch.set_num_threads(1)
    cells = labelled(sample, "all")
    assert len(cells) == 6
    assert cells[0].boxes.shape == (46, 4)
    mixed = {"extra": [resource("sample", "47XY+21")], "share": 0.5}
    train_finder(sample, tmp_path, 1, **mixed)
    first = json.loads((tmp_path / "last.json").read_text())
    assert first["step"] == 1
    assert {"loss_classifier", "loss_names", "loss_box_reg"} <= set(first["losses"])
    train_finder(sample, tmp_path, 2, **mixed)
    assert json.loads((tmp_path / "last.json").read_text())["step"] == 2

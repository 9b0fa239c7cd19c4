"""The first losses of short runs from fixed seeds: what a change of the trainer that changes nothing must give again.

The values were written down while the finder, the classifier, the mosaics and the engines still had loops of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from karyotrain.engines import detection, pretrain_mosaics, train_finder
from karyotrain.engines.recipe import Recipe
from karyotrain.engines.train_classifier import ClassifierTask
from karyotrain.trainer.loop import Options, run_task
from karyotrain.trainer.progress import read_progress
from karyotrain.trainer.schedule import Schedule

from karyoview.detectors.engines import DEEPACC

MakeCrops = Callable[[Path, str, int, int], None]

OPTIONS = Options(device="cpu", precision="fp32", threads=2, log_every=1, evaluations=0)
ENGINES = {
    "deepace-v2": [1.5446, 1.447, 1.3924, 1.4267, 1.3544],
    "deepacc": [5.2555, 5.0996, 3.1878, 2.1143, 2.3651],
    "deepchm": [3.5421, 3.4773, 9.9832, 3.0332, 3.0],
}


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


def losses(run: Path) -> list[float]:
    return [e["loss"] for e in read_progress(run) if e["event"] == "step"]


def test_the_finder(drawn_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train_finder, "find_backbone", lambda name: None)
    run_task(lambda: train_finder.FinderTask(drawn_set, 6), tmp_path, OPTIONS)
    assert losses(tmp_path) == pytest.approx([3.8756, 3.861, 3.8153, 3.7827, 3.8214, 3.785], rel=3e-3)


def test_the_finder_on_mixed_cells(drawn_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train_finder, "find_backbone", lambda name: None)
    run_task(lambda: train_finder.FinderTask(drawn_set, 4, extra=[drawn_set], share=0.5), tmp_path, OPTIONS)
    assert losses(tmp_path) == pytest.approx([3.8614, 3.8458, 3.8223, 3.8147], rel=3e-3)


def test_the_classifier(made_crops: MakeCrops, tmp_path: Path) -> None:
    made_crops(tmp_path / "crops", "train", 96, 0)
    made_crops(tmp_path / "crops", "fit", 40, 1)
    run_task(lambda: ClassifierTask(tmp_path / "crops", 8, batch=16), tmp_path / "run", OPTIONS)
    expected = [3.8674, 2.208, 2.4952, 1.3424, 0.9554, 0.7272, 0.617, 0.6142]
    assert losses(tmp_path / "run") == pytest.approx(expected, rel=3e-3)


def test_mosaics(drawn_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pretrain_mosaics, "SIDE", 400)
    config = DEEPACC.configure("tiny", scale=0.5, longer_side=None)
    run_task(lambda: pretrain_mosaics.MosaicTask(drawn_set, 5, evaluated=2, config=config), tmp_path, OPTIONS)
    assert losses(tmp_path) == pytest.approx([5.4843, 4.9776, 5.1959, 3.0016, 2.7223], rel=3e-3)


@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_the_published_engines(engine: str, drawn_set: Path, tmp_path: Path) -> None:
    adam = engine == "deepchm"
    recipe = Recipe(
        engine=engine, title="tiny", preset="tiny", init="random", batch=2, micro=1, steps=5,
        lr=3e-3 if adam else 0.01, optimiser="adam" if adam else "sgd", schedule=Schedule("cosine", 2, gamma=0.1),
        eval_images=2, augmentation="strong", ema=0.9,
    )  # fmt: skip
    detection.train(recipe, [drawn_set], tmp_path, OPTIONS)
    assert losses(tmp_path) == pytest.approx(ENGINES[engine], rel=3e-3)

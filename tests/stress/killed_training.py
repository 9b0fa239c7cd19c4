"""A training run on a few drawn cells, to be killed in the middle; begun again, it goes on from its checkpoint."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "training"))

import torch
from conftest import write_set
from karyotrain.engines.detection import train
from karyotrain.engines.recipe import Recipe
from karyotrain.trainer.loop import Options
from karyotrain.trainer.schedule import Schedule
from killed_worker import acknowledge

STEPS = 8
OPTIONS = Options(device="cpu", precision="fp32", threads=1, log_every=1, evaluations=0, checkpoint_seconds=0.0)
RECIPE = Recipe(
    engine="deepace-v2", title="tiny", preset="tiny", init="random", batch=1, micro=1, steps=STEPS, lr=0.01,
    schedule=Schedule("constant", 0), eval_images=1, augmentation="none", images=2, ema=0.9,
)  # fmt: skip


def cells(folder: str, note: str) -> None:
    """Draw the cells that are learned from."""
    write_set(Path(folder), images=4, cases=4)
    acknowledge(note, "drawn")


def training(data: str, run: str, note: str) -> None:
    """Train to the end; a step takes a fraction of a second, and each is followed by a checkpoint."""
    torch.set_num_threads(1)
    event = train(RECIPE, [Path(data)], Path(run), OPTIONS)
    acknowledge(note, event["weights"])

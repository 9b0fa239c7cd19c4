"""Train the classifier on straightened crops.

``python -m karyotrain.engines.train_classifier --crops FOLDER --output FOLDER --steps 1200``; the same command goes on
from the last checkpoint. Shards named ``fit`` are not trained on and are what is evaluated (see data.crops).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor, nn

from karyotrain.data.crops import NOTHING, CropSet, augment
from karyotrain.data.errors import DataError
from karyotrain.trainer import checkpoint
from karyotrain.trainer.command import averaged, run_command, run_parser
from karyotrain.trainer.loop import Evaluation, Task
from karyotrain.trainer.schedule import ONE_CYCLE, Optimisation
from karyoview.detectors.devices import autocast
from karyoview.detectors.nets.classifier import ChromosomeClassifier

HOW: Final = Optimisation("adamw", lr=2e-3, weight_decay=0.02, clip_norm=5.0, schedule=ONE_CYCLE)
_CLEAR: Final = 15  # percent of mask confidence below which a crop teaches nothing
_EVALUATED: Final = 1500  # crops that an evaluation looks at

CropBatch = tuple[np.ndarray, np.ndarray, int]


@torch.no_grad()
def predict(model: nn.Module, crops: np.ndarray, device: str, flips: int = 4, batch: int = 256) -> np.ndarray:
    """Log probabilities (N, 24) and odds of being whole in a last column, means of 1, 2 or 4 flips.

    ``crops`` are as CropSet.read gives them.
    """
    model.eval()
    out = []
    for start in range(0, len(crops), batch):
        x = torch.from_numpy(crops[start : start + batch]).to(device).float() / 255
        x = x.contiguous(memory_format=torch.channels_last)
        views = [x, x.flip(2), x.flip(3), x.flip(2, 3)][:flips]
        with autocast(torch.device(device), "bf16"):
            seen = [model(v) for v in views]
        probabilities = torch.stack([logits.softmax(1) for logits, _, _ in seen]).mean(0)
        whole = torch.stack([w for _, _, w in seen]).mean(0)
        out.append(torch.cat([probabilities.clamp_min(1e-9).log(), whole[:, None]], 1).cpu().numpy())
    return np.concatenate(out)


def naming_losses(model: nn.Module, crops: Tensor, labels: Tensor, smoothing: float = 0.05) -> dict[str, Tensor]:
    """Whether each crop (N, 2, H, W) is one chromosome, and of those that are, which; ``labels`` (N,) or NOTHING."""
    logits, _, whole = model(crops)
    is_one = labels != NOTHING
    losses = {"loss_whole": nn.functional.binary_cross_entropy_with_logits(whole, is_one.float())}
    if is_one.any():
        losses["loss_class"] = nn.functional.cross_entropy(logits[is_one], labels[is_one], label_smoothing=smoothing)
    return losses


class ClassifierTask(Task[CropBatch]):
    """The classifier on the crops of a folder, begun at random or from ``start``."""

    def __init__(
        self, crops: Path, steps: int, *, batch: int = 256, start: Path | None = None, how: Optimisation = HOW
    ) -> None:
        torch.manual_seed(1)
        self.crops, self.held_back = CropSet(crops, "train"), CropSet(crops, "calibration")
        self.pool = np.flatnonzero((self.crops.labels == NOTHING) | (self.crops.confidence >= _CLEAR))
        if not (self.crops.labels[self.pool] != NOTHING).any():
            raise DataError(f"{crops}: no crop named train-… shows a chromosome clearly; cut more cells.")
        self.size = min(batch, len(self.pool))  # a few cells give fewer crops than one step takes
        self.model, self.how, self.steps = ChromosomeClassifier(), how, steps
        if start is not None:
            checkpoint.load_start(start, self.model)
            self.started = f"from {start.name}"
        self.recipe = {"stage": "classifier", "batch": self.size, "lr": how.lr}
        self.data = f"{len(self.pool)} crops"

    def about(self) -> dict[str, Any]:
        return {"crops": len(self.pool), "held_back": len(self.held_back.labels)}

    def batch(self, step: int, part: int) -> CropBatch:
        epoch, place = divmod(step * self.size, max(len(self.pool) - self.size, 1))
        order = np.random.default_rng((9, epoch)).permutation(self.pool)
        rows = np.sort(order[place : place + self.size])
        return self.crops.read(rows), self.crops.labels[rows], step

    def loss(self, model: nn.Module, batch: CropBatch) -> dict[str, Tensor]:
        crops, labels, seed = batch
        x = torch.from_numpy(crops).to(self.device).float() / 255
        x = augment(x, torch.Generator().manual_seed(seed)).contiguous(memory_format=torch.channels_last)
        return naming_losses(model, x, torch.from_numpy(labels).to(self.device))

    def evaluate(self, model: nn.Module, final: bool, deadline: float | None) -> Evaluation | None:
        rows = np.arange(len(self.held_back.labels))[:: max(len(self.held_back.labels) // _EVALUATED, 1)]
        found = predict(model, self.held_back.read(rows), str(self.device), flips=1)
        labels = self.held_back.labels[rows]
        known = labels != NOTHING
        accuracy = float((found[known, :-1].argmax(1) == labels[known]).mean())
        # the share of pairs of a chromosome and a region that is none which are told apart
        ranks = found[:, -1].argsort().argsort()
        pairs = max(int(known.sum()) * int((~known).sum()), 1)
        apart = float(ranks[known].sum() - known.sum() * (known.sum() - 1) / 2) / pairs
        report = {"fit_accuracy": round(accuracy, 4), "whole_auc": round(apart, 4), "n": len(rows)}
        return Evaluation(report, report)


def main(arguments: Sequence[str] | None = None) -> int:
    """Train a classifier; see the module."""
    parser = run_parser(__doc__)
    parser.add_argument("--crops", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=1200)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--peak", type=float, default=HOW.lr, help="the highest rate")
    args = parser.parse_args(arguments)
    how = averaged(replace(HOW, lr=args.peak), args)
    return run_command(
        lambda: ClassifierTask(args.crops, args.steps, batch=args.batch, start=args.start, how=how), args
    )


if __name__ == "__main__":
    raise SystemExit(main())

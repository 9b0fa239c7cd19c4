"""Train the classifier on straightened crops.

``python -m karyotrain.engines.train_classifier --crops FOLDER --output FOLDER --steps 1200``; the same command goes on
from the last checkpoint. Shards named ``fit`` are not trained on and are what is evaluated (see data.crops).

``--straight FOLDER --looks`` in the place of ``--crops``: crops of several laboratories at their native scale
(data.straight_crops), every laboratory in every batch, each cell in a look of its own (data.crop_looks). The held-out
cells of each laboratory are what is evaluated. ``--begin FILE`` goes on from the classifier of an engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor, nn

from karyotrain.data.crop_looks import as_they_are, draw_looks, shown
from karyotrain.data.crops import NOTHING, CropSet, augment
from karyotrain.data.errors import DataError
from karyotrain.data.straight_crops import CONFIDENCE, LABEL, StraightCropSet, laboratories
from karyotrain.trainer import checkpoint
from karyotrain.trainer.command import averaged, run_command, run_parser
from karyotrain.trainer.loop import Evaluation, Task
from karyotrain.trainer.schedule import ONE_CYCLE, Optimisation
from karyoview.detectors.devices import autocast
from karyoview.detectors.nets.classifier import ChromosomeClassifier
from karyoview.detectors.weights import load_weights

HOW: Final = Optimisation("adamw", lr=2e-3, weight_decay=0.02, clip_norm=5.0, schedule=ONE_CYCLE)
_CLEAR: Final = 15  # percent of mask confidence below which a crop teaches nothing
_EVALUATED: Final = 1500  # crops that an evaluation looks at

STRAIGHT_HOW: Final = replace(HOW, lr=4e-4, ema=0.99, ema_from=0.6, schedule=replace(ONE_CYCLE, warmup=100))
"""Of crops of several laboratories, going on from weights: the average over the last steps is what counts."""
SHARES: Final = MappingProxyType({"taichung": 0.36, "padova": 0.19, "pampaj": 0.16, "drawn": 0.29})
"""Of a batch, by laboratory, of those that are there; others have OTHER_SHARE."""
OTHER_SHARE: Final = 0.08
_STRAIGHT_BATCH: Final = 160  # crops
_VIEWED: Final = 256  # crops at once in an evaluation

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
            self.started = checkpoint.begin_from(start, self.model)
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


@dataclass(frozen=True, slots=True, eq=False)
class StraightBatch:
    """Native ``crops`` (N, 2, 256, 64) uint8 and their ``table`` (N, 7); ``cells`` (N,) is one number for each cell."""

    crops: np.ndarray
    table: np.ndarray
    cells: np.ndarray
    seed: int


class StraightClassifierTask(Task[StraightBatch]):
    """The classifier on straight crops of several laboratories, each in every batch; held-out cells never.

    With ``looks`` each cell of a batch is shown in a random look, without in random poses alone. ``begin`` is a weights
    file of the default engine, ``start`` one of a classifier.
    """

    def __init__(
        self,
        folder: Path,
        steps: int,
        *,
        looks: bool = False,
        batch: int = _STRAIGHT_BATCH,
        begin: Path | None = None,
        start: Path | None = None,
        how: Optimisation = STRAIGHT_HOW,
    ) -> None:
        torch.manual_seed(1)
        self.sets = [StraightCropSet(folder, name) for name in laboratories(folder)]
        self.pools = [
            np.flatnonzero(~s.held & ((s.table[:, LABEL] == NOTHING) | (s.table[:, CONFIDENCE] >= _CLEAR)))
            for s in self.sets
        ]
        if not any((s.table[pool, LABEL] != NOTHING).any() for s, pool in zip(self.sets, self.pools, strict=True)):
            raise DataError(f"{folder}: no crop shows a chromosome clearly; cut more cells.")
        shares = np.array([SHARES.get(s.laboratory, OTHER_SHARE) for s in self.sets])
        shares[[len(pool) == 0 for pool in self.pools]] = 0.0
        self.counts = np.maximum(np.rint(batch * shares / shares.sum()).astype(int), shares > 0)
        self.counts[self.counts.argmax()] += batch - self.counts.sum()  # what rounding left
        self.draw = draw_looks if looks else None
        self.model, self.how, self.steps = ChromosomeClassifier(), how, steps
        if begin is not None:
            load_weights(begin).load_into(self.model, "classifier.")
            self.started = f"from the classifier of {begin.name}"
        elif start is not None:
            self.started = checkpoint.begin_from(start, self.model)
        self.recipe = {"stage": "straight classifier", "batch": batch, "lr": how.lr, "looks": looks}
        self.data = ", ".join(f"{s.laboratory} {len(pool)}" for s, pool in zip(self.sets, self.pools, strict=True))

    def about(self) -> dict[str, Any]:
        return {
            s.laboratory: {"crops": len(pool), "held_out": int(s.held.sum()), "in_a_batch": int(count)}
            for s, pool, count in zip(self.sets, self.pools, self.counts, strict=True)
        }

    def rows(self, step: int) -> list[np.ndarray]:
        """The rows of each laboratory's set that ``step`` shows."""
        rng = np.random.default_rng((9, step))
        return [
            np.sort(rng.choice(pool, count)) if count else pool[:0]
            for pool, count in zip(self.pools, self.counts, strict=True)
        ]

    def batch(self, step: int, part: int) -> StraightBatch:
        crops, table, cells, first = [], [], [], 0
        for each, rows in zip(self.sets, self.rows(step), strict=True):
            if len(rows):
                crops.append(each.read(rows))
                table.append(each.table[rows])
                cells.append(each.groups[rows] + first)
            first += int(each.groups.max()) + 1
        return StraightBatch(np.concatenate(crops), np.concatenate(table), np.concatenate(cells), step)

    def loss(self, model: nn.Module, batch: StraightBatch) -> dict[str, Tensor]:
        generator = torch.Generator().manual_seed(batch.seed)
        x = shown(batch.crops, batch.table, batch.cells, generator, self.draw).to(self.device)
        labels = torch.from_numpy(batch.table[:, LABEL].astype(np.int64)).to(self.device)
        return naming_losses(model, x.contiguous(memory_format=torch.channels_last), labels)

    def evaluate(self, model: nn.Module, final: bool, deadline: float | None) -> Evaluation | None:
        model.eval()
        report: dict[str, Any] = {}
        for each in self.sets:
            rows = np.flatnonzero(each.held & (each.table[:, LABEL] != NOTHING))
            rows = rows[:: max(len(rows) // _EVALUATED, 1)]
            if len(rows):
                parts = np.split(rows, range(_VIEWED, len(rows), _VIEWED))
                labels = np.concatenate([self._named(model, each, part) for part in parts])
                report[f"{each.laboratory}_accuracy"] = round(float((labels == each.table[rows, LABEL]).mean()), 4)
        return Evaluation(report, report) if report else None

    @torch.no_grad()
    def _named(self, model: nn.Module, crops: StraightCropSet, rows: np.ndarray) -> np.ndarray:
        """The classes (len(rows),) that two mirrored views of the crops give together."""
        seen = crops.read(rows), crops.table[rows]
        views = [as_they_are(*seen, end=end).to(self.device) for end in (1.0, -1.0)]
        with autocast(self.device, self.precision):
            logits = [model(view.contiguous(memory_format=torch.channels_last))[0] for view in views]
        return torch.stack([each.float().softmax(1) for each in logits]).mean(0).argmax(1).cpu().numpy()


def main(arguments: Sequence[str] | None = None) -> int:
    """Train a classifier; see the module."""
    parser = run_parser(__doc__)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--crops", type=Path, help="folder of karyotrain.data.crops")
    source.add_argument("--straight", type=Path, help="folder of karyotrain.data.straight_crops")
    parser.add_argument("--looks", action="store_true", help="with --straight: every cell in a look of its own")
    parser.add_argument("--begin", type=Path, help="with --straight: weights of an engine whose classifier goes on")
    parser.add_argument("--steps", type=int, default=1200)
    parser.add_argument("--batch", type=int, help=f"crops a step; 256, with --straight {_STRAIGHT_BATCH}")
    parser.add_argument("--peak", type=float, help="the highest rate")
    args = parser.parse_args(arguments)
    if args.straight is None and (args.looks or args.begin is not None):
        parser.error("--looks and --begin belong to --straight")
    usual = HOW if args.straight is None else STRAIGHT_HOW
    how = averaged(replace(usual, lr=args.peak or usual.lr), args)

    def make() -> Task[Any]:
        if args.straight is None:
            return ClassifierTask(args.crops, args.steps, batch=args.batch or 256, start=args.start, how=how)
        return StraightClassifierTask(
            args.straight, args.steps, looks=args.looks, batch=args.batch or _STRAIGHT_BATCH, begin=args.begin,
            start=args.start, how=how,
        )  # fmt: skip

    return run_command(make, args)


if __name__ == "__main__":
    raise SystemExit(main())

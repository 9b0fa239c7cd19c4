"""Teach the network that tells p from q (karyoview.detectors.orientation.DirectionNet) on upright chromosomes.

``python -m karyotrain.engines.train_direction --output RUN --labs FOLDER --engine FILE``. It learns what the mean
profiles of a default engine's weights do not tell, from karyograms of laboratories whose chromosomes stand upright;
profiles are stretched, shifted and roughened a little, and turned half of the time.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from karyotrain.data.upright_crops import UprightProfiles, read_upright
from karyotrain.engines.directions import directions_of
from karyotrain.trainer.command import averaged, run_command, run_parser
from karyotrain.trainer.loop import State
from karyotrain.trainer.per_cell_trainer import HOW, Cell, PerCellTask
from karyoview.core.chromosome import CLASSES
from karyoview.detectors.orientation import BINS, DirectionNet
from karyoview.io.atomic import write_atomic

LABS: Final = ("padova", "pampaj")
_BATCH: Final = 256
_WIDTH: Final = 128
_HOW: Final = replace(HOW, lr=2e-3, weight_decay=0.02)
_CITATIONS: Final = [
    "padova: crops collected by the BioImLab of the University of Padova, found in "
    "IrohXu/Chromosome_Classification_Deep_Learning_Method; pampaj: Pampaj7/ChromosomesRecognition, MIT.",
]


class DirectionNetwork(nn.Module):
    """karyoview.detectors.orientation.DirectionNet as it learns: profiles (N, 128) and classes (N,) → log odds (N,)."""

    means: Tensor

    def __init__(self, means: np.ndarray) -> None:
        super().__init__()
        classes, size = means.shape
        self.register_buffer("means", torch.from_numpy(means).float())
        self.share = nn.Parameter(torch.full((classes,), 0.5))
        self.first, self.second = nn.Linear(size, _WIDTH), nn.Linear(_WIDTH, _WIDTH)
        self.class_first, self.class_second = nn.Embedding(classes, _WIDTH), nn.Embedding(classes, _WIDTH)
        nn.init.zeros_(self.class_first.weight)
        nn.init.normal_(self.class_second.weight, std=0.5)
        self.out = nn.Linear(_WIDTH, 1, bias=False)

    def _said(self, x: Tensor, labels: Tensor) -> Tensor:
        hidden = torch.relu(self.first(x * DirectionNet.SCALE) + self.class_first(labels))
        hidden = torch.relu(self.second(hidden) * (1 + self.class_second(labels)))
        odds: Tensor = self.out(nn.functional.dropout(hidden, 0.2, self.training))[:, 0]
        return odds

    def forward(self, x: Tensor, labels: Tensor) -> Tensor:
        turned = _mirrored(x)
        usual = self.share[labels] * (self.means[labels] * (x - turned)).sum(1)
        return usual + self._said(x, labels) - self._said(turned, labels)

    def stored(self) -> dict[str, Tensor]:
        """The tensors as DirectionNet takes them, in half precision."""
        tensors = {
            "means": self.means, "share": self.share, "out": self.out.weight[0],
            "first.weight": self.first.weight, "first.bias": self.first.bias, "first.of_class": self.class_first.weight,
            "second.weight": self.second.weight, "second.bias": self.second.bias,
            "second.of_class": self.class_second.weight,
        }  # fmt: skip
        return {name: value.detach().cpu().half().contiguous() for name, value in tensors.items()}


def _mirrored(x: Tensor) -> Tensor:
    return torch.cat([x[:, :BINS].flip(1), x[:, BINS:].flip(1)], 1)


def roughened(x: Tensor) -> Tensor:
    """Profiles (N, 128) as other preparations would show them: arms stretched, places shifted, some grain."""
    count, places = len(x), torch.linspace(-1, 1, BINS)
    bow, wave = 0.06 * torch.randn(count, 1), 0.03 * torch.randn(count, 1)
    at = ((places + bow * (places**2 - 1) + wave * torch.sin(torch.pi * places) + 1) / 2 * (BINS - 1)).clamp(
        0, BINS - 1
    )
    low = at.long().clamp(max=BINS - 2)
    share = at - low
    parts = [p.gather(1, low) * (1 - share) + p.gather(1, low + 1) * share for p in (x[:, :BINS], x[:, BINS:])]
    grown = torch.cat(parts, 1)
    return grown + 0.03 * torch.randn_like(grown)


def loss_of(model: DirectionNetwork, cell: Cell, rng: np.random.Generator) -> Tensor:
    """Which way up profiles stand, each turned by chance."""
    x, up = roughened(cell["profiles"]), torch.from_numpy(rng.random(len(cell["labels"])) < 0.5)
    odds = model(torch.where(up[:, None], x, _mirrored(x)), cell["labels"])
    return nn.functional.binary_cross_entropy_with_logits(odds, up.float())


class DirectionTask(PerCellTask):
    """The network over batches of profiles; at its end it is written with what there is to say about it."""

    def finish(self, model: nn.Module, output: Path, state: State, report: Mapping[str, Any] | None) -> dict[str, Any]:
        figures = super().finish(model, output, state, report)
        assert isinstance(model, DirectionNetwork)
        save_file(model.stored(), output / DirectionNet.WEIGHTS)
        about = {
            "title": "Which end of a chromosome is p", "licence": "MIT",
            "data": {"sources": list(LABS), "citations": _CITATIONS}, "training": {**self.recipe, **figures},
        }  # fmt: skip
        text = json.dumps(about, indent=2, ensure_ascii=False) + "\n"
        write_atomic((output / DirectionNet.WEIGHTS).with_suffix(".about.json"), text.encode())
        return figures


def _batches(known: UprightProfiles, epochs: int, seed: int) -> list[Cell]:
    """Batches of all profiles, mixed anew each epoch."""
    rng, made = np.random.default_rng([seed, 6]), list[Cell]()
    profiles, labels = torch.from_numpy(known.profiles).float(), torch.from_numpy(known.labels)
    for _ in range(epochs):
        for part in np.array_split(rng.permutation(len(labels)), max(len(labels) // _BATCH, 1)):
            made.append({"profiles": profiles[part], "labels": labels[part]})
    return made


def _task(args: argparse.Namespace) -> PerCellTask:
    means, slopes = directions_of(args.engine)
    known = read_upright(args.labs, LABS, args.cells)
    assert len(means) == len(CLASSES)
    torch.manual_seed(args.seed)
    return DirectionTask(
        "direction", DirectionNetwork(means * slopes[:, None]), _batches(known, args.epochs, args.seed), loss_of,
        epochs=1, how=averaged(_HOW, args), seed=args.seed, figures=lambda model: {"chromosomes": len(known.labels)},
        settings={"times": args.epochs},
    )  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Train the network; see the module."""
    parser = run_parser(__doc__, precision="fp32")
    parser.add_argument("--labs", type=Path, required=True, help="folder with labs.csv")
    parser.add_argument("--engine", type=Path, required=True, help="weights of a default engine: its mean profiles")
    parser.add_argument("--cells", type=int, help="cells of each laboratory at most")
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args(arguments)
    return run_command(lambda: _task(args), args)


if __name__ == "__main__":
    raise SystemExit(main())

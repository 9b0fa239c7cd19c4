"""Teach the networks that tell p from q (karyoview.imaging.direction.DirectionNet) on upright chromosomes.

``python -m karyotrain.engines.train_direction --output RUN --labs FOLDER --engine FILE``. They learn what the mean
profiles of a default engine's weights do not tell, from karyograms of laboratories whose chromosomes stand upright;
profiles and crops are stretched, shifted and roughened a little, and turned half of the time. A run without every
seventh cell comes first: how often it is right on these is written beside the weights, which learn from all.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, overload

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
from karyoview.core.errors import KaryoViewError
from karyoview.imaging.direction import BINS, SURE, VIEW_ROWS, VIEW_WIDTH, CropPart, DirectionNet, crop_view
from karyoview.io.atomic import write_atomic

LABS: Final = ("padova", "pampaj")
_BATCH: Final = 128
_WIDTH: Final = 128
_CROP_WIDTH: Final = 64
_SHARE: Final = 0.5  # of either part: both see the same bands, and their whole sum would be too sure
_HOW: Final = replace(HOW, lr=2e-3, weight_decay=0.02)
_HELD_OUT: Final = (
    "by a run of the same settings without these cells, every so many of both laboratories; the weights "
    "beside this file learnt from all cells, and what they reach on these laboratories is of chromosomes they know"
)
_CITATIONS: Final = [
    "padova: crops collected by the BioImLab of the University of Padova, found in "
    "IrohXu/Chromosome_Classification_Deep_Learning_Method; pampaj: Pampaj7/ChromosomesRecognition, MIT.",
]


class CropNetwork(nn.Module):
    """karyoview.imaging.direction.CropPart as it learns: views (N, 2, 96, 16) and classes (N,) → log odds (N,)."""

    CHANNELS: Final = (2, 24, 32, 48, 64)
    KERNELS: Final = (5, 3, 3, 3)

    def __init__(self, classes: int) -> None:
        super().__init__()
        pairs = zip(self.CHANNELS[:-1], self.CHANNELS[1:], self.KERNELS, CropPart.STRIDES, strict=True)
        self.convolutions = nn.ModuleList(
            nn.Conv2d(i, o, kernel, stride, kernel // 2, bias=False) for i, o, kernel, stride in pairs
        )
        self.norms = nn.ModuleList(nn.BatchNorm2d(o) for o in self.CHANNELS[1:])
        rows = VIEW_ROWS // (math.prod(CropPart.STRIDES) * 2 ** sum(CropPart.POOLED))
        self.hidden = nn.Linear(self.CHANNELS[-1] * rows, _CROP_WIDTH)
        self.of_class = nn.Embedding(classes, _CROP_WIDTH)
        nn.init.normal_(self.of_class.weight, std=0.5)
        self.out = nn.Linear(_CROP_WIDTH, 1, bias=False)

    def forward(self, views: Tensor, labels: Tensor) -> Tensor:
        x = torch.cat([views, views.flip(2, 3)])  # both ways at once, so that they share the statistics of the batch
        for convolution, norm, pooled in zip(self.convolutions, self.norms, CropPart.POOLED, strict=True):
            x = torch.relu(norm(convolution(x)))
            x = nn.functional.max_pool2d(x, 2) if pooled else x
        seen = nn.functional.dropout(x.mean(3).transpose(1, 2).flatten(1), 0.3, self.training)
        hidden = torch.relu(self.hidden(seen) * (1 + self.of_class(labels.repeat(2))))
        odds: Tensor = self.out(nn.functional.dropout(hidden, 0.2, self.training))[:, 0]
        return odds[: len(views)] - odds[len(views) :]

    def stored(self) -> dict[str, Tensor]:
        """The tensors as CropPart takes them, normalisation within the convolutions, answers at ``_SHARE``."""
        tensors = {
            "hidden.weight": self.hidden.weight.T, "hidden.bias": self.hidden.bias,
            "of_class": self.of_class.weight, "out": _SHARE * self.out.weight[0],
        }  # fmt: skip
        for k, (convolution, norm) in enumerate(zip(self.convolutions, self.norms, strict=True)):
            assert isinstance(convolution, nn.Conv2d)
            assert isinstance(norm, nn.BatchNorm2d)
            assert norm.running_mean is not None
            assert norm.running_var is not None
            factor = norm.weight / torch.sqrt(norm.running_var + norm.eps)
            tensors[f"{k}.weight"] = (convolution.weight * factor[:, None, None, None]).permute(2, 3, 1, 0)
            tensors[f"{k}.bias"] = norm.bias - norm.running_mean * factor
        return {f"crop.{name}": value for name, value in tensors.items()}


class DirectionNetwork(nn.Module):
    """karyoview.imaging.direction.DirectionNet as it learns.

    Called with profiles (N, 128), views (N, 2, 96, 16) and classes (N,) it gives the log odds (N,).
    """

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
        self.crop = CropNetwork(classes)

    def _said(self, x: Tensor, labels: Tensor) -> Tensor:
        hidden = torch.relu(self.first(x * DirectionNet.SCALE) + self.class_first(labels))
        hidden = torch.relu(self.second(hidden) * (1 + self.class_second(labels)))
        odds: Tensor = self.out(nn.functional.dropout(hidden, 0.2, self.training))[:, 0]
        return odds

    def of_profiles(self, x: Tensor, labels: Tensor) -> Tensor:
        """Log odds (N,) by the profiles (N, 128) alone."""
        turned = _mirrored(x)
        usual = self.share[labels] * (self.means[labels] * (x - turned)).sum(1)
        return usual + self._said(x, labels) - self._said(turned, labels)

    def forward(self, x: Tensor, views: Tensor, labels: Tensor) -> Tensor:
        odds: Tensor = _SHARE * (self.of_profiles(x, labels) + self.crop(views, labels))
        return odds

    def stored(self) -> dict[str, Tensor]:
        """The tensors as DirectionNet takes them, in half precision."""
        tensors = {
            "means": self.means, "share": _SHARE * self.share, "out": _SHARE * self.out.weight[0],
            "first.weight": self.first.weight, "first.bias": self.first.bias, "first.of_class": self.class_first.weight,
            "second.weight": self.second.weight, "second.bias": self.second.bias,
            "second.of_class": self.class_second.weight, **self.crop.stored(),
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


def changed(views: Tensor) -> Tensor:
    """Views (N, 2, 96, 16) as other preparations and masks would show them.

    Stretched and shifted along and across, other contrast, blur and grain, narrower masks, and now and then a piece
    of the mask lost.
    """
    count, _, height, width = views.shape
    kept = views[:, 1:]
    narrower = -nn.functional.max_pool2d(-kept, 3, 1, 1)
    kept = torch.where(torch.rand(count, 1, 1, 1) < 0.4, kept + torch.rand(count, 1, 1, 1) * (narrower - kept), kept)
    kept = kept * ~_piece(count, height, width)
    x = views * (kept / views[:, 1:].clamp(min=1e-3)).clamp(max=1)
    usual = x[:, 1].sum((1, 2)) / x[:, 1].amax(2).sum(1).clamp(min=1) / VIEW_WIDTH
    x = nn.functional.grid_sample(x, _grid(usual, height, width), align_corners=True)
    soft = nn.functional.avg_pool2d(x, 3, 1, 1)
    x = x + (torch.rand(count, 1, 1, 1) - 0.3).clamp(min=0) * (soft - x)
    own = x[:, 1]
    dark = x[:, 0] + own * 0.05 * torch.randn_like(own)
    dark = dark + 0.15 * torch.randn(count, 1, 1) * (dark**2 - own)  # the curve of the greys
    dark = dark + 0.15 * torch.randn(count, 1, 1) * torch.linspace(-1, 1, height)[:, None] * own
    weight = own.sum((1, 2), keepdim=True).clamp(min=1e-3)
    dark = dark - own * dark.sum((1, 2), keepdim=True) / weight
    spread = ((dark**2 / own.clamp(min=1e-3)).sum((1, 2), keepdim=True) / weight).sqrt().clamp(min=0.05)
    return torch.stack([dark / spread * torch.exp(0.1 * torch.randn(count, 1, 1)), own], 1)


def _piece(count: int, height: int, width: int) -> Tensor:
    """Where a mask has a piece lost, (N, 1, height, width) bool, three times out of ten: at an end or at a flank."""
    rows = torch.arange(height)[None] - torch.rand(count, 1) * height
    tall = torch.rand(count, 1) * 0.2 * height
    across = torch.arange(width)[None].expand(count, -1)
    across = torch.where(torch.rand(count, 1) < 0.5, across, width - 1 - across)
    beside = across < torch.rand(count, 1) * 0.6 * width
    within = (rows >= 0) & (rows < tall) & (torch.rand(count, 1) < 0.3)
    return (within[:, :, None] & beside[:, None])[:, None]


def _grid(usual: Tensor, height: int, width: int) -> Tensor:
    """Places to sample views at (N, height, width, 2): arms stretched, shifted, leaning; half of them mirror images.

    ``usual`` (N,) is how wide the masks are, for one of the usual width: what is narrower is shown as wide as others.
    """
    count, y, z = len(usual), torch.linspace(-1, 1, height), torch.linspace(-1, 1, width)

    def chance(spread: float) -> Tensor:
        return spread * torch.randn(count, 1)

    along = y * (1 + chance(0.04)) + chance(0.03) + chance(0.06) * (y**2 - 1) + chance(0.03) * torch.sin(torch.pi * y)
    across = z * usual[:, None] * torch.exp(chance(0.12)) + chance(0.08)
    across = torch.where(torch.rand(count, 1) < 0.5, across, -across)
    lean = chance(0.08) * y
    return torch.stack(
        [across[:, None] + lean[:, :, None], along[:, :, None].expand(-1, -1, width)], -1
    )  # fmt: skip


def loss_of(model: DirectionNetwork, cell: Cell, rng: np.random.Generator) -> Tensor:
    """Which way up chromosomes stand, each turned by chance, as told by profiles and by crops.

    Each part answers for itself: together, the crops would learn only what the profiles got wrong by heart.
    """
    labels, up = cell["labels"], torch.from_numpy(rng.random(len(cell["labels"])) < 0.5)
    x, views = roughened(cell["profiles"]), changed(cell["views"])
    by_profile = model.of_profiles(torch.where(up[:, None], x, _mirrored(x)), labels)
    by_crop = model.crop(torch.where(up[:, None, None, None], views, views.flip(2, 3)), labels)
    loss = nn.functional.binary_cross_entropy_with_logits
    return loss(by_profile, up.float()) + loss(by_crop, up.float())


class DirectionTask(PerCellTask):
    """The network over batches of chromosomes; at its end it is written with what there is to say about it."""

    held_out: Mapping[str, Any] | None = None  # figures of another run, on cells that it did not learn from

    def finish(self, model: nn.Module, output: Path, state: State, report: Mapping[str, Any] | None) -> dict[str, Any]:
        figures = super().finish(model, output, state, report)
        assert isinstance(model, DirectionNetwork)
        save_file(model.stored(), output / DirectionNet.WEIGHTS)
        about: dict[str, Any] = {
            "title": "Which end of a chromosome is p", "licence": "MIT",
            "data": {"sources": list(LABS), "citations": _CITATIONS}, "training": {**self.recipe, **figures},
        }  # fmt: skip
        if self.held_out is not None:
            about["held_out"] = {"about": _HELD_OUT, **self.held_out}
        text = json.dumps(about, indent=2, ensure_ascii=False) + "\n"
        write_atomic((output / DirectionNet.WEIGHTS).with_suffix(".about.json"), text.encode())
        return figures


class Batches(Sequence[Cell]):
    """Batches of all chromosomes, mixed anew each epoch; put together when they are asked for."""

    def __init__(self, known: UprightProfiles, epochs: int, seed: int) -> None:
        views = [crop_view(crop) for crop in known.crops]
        self.tensors = {
            "labels": torch.from_numpy(known.labels),
            "profiles": torch.from_numpy(known.profiles).float(),
            "views": torch.from_numpy(np.stack([v for v in views if v is not None])),
        }
        rng, count = np.random.default_rng([seed, 6]), len(known.labels)
        self.parts = [
            part for _ in range(epochs) for part in np.array_split(rng.permutation(count), max(count // _BATCH, 1))
        ]

    def __len__(self) -> int:
        return len(self.parts)

    @overload
    def __getitem__(self, place: int) -> Cell: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Cell]: ...
    def __getitem__(self, place: int | slice) -> Cell | Sequence[Cell]:
        if isinstance(place, slice):
            return [self[k] for k in range(*place.indices(len(self)))]
        return {name: values[self.parts[place]] for name, values in self.tensors.items()}


def figures_of(model: DirectionNetwork, known: UprightProfiles) -> dict[str, Any]:
    """How often the short arm is up, as the program tells it with the tensors that are stored."""
    tensors = {name: value.numpy() for name, value in model.stored().items()}
    p_up = DirectionNet(tensors).upright_probabilities(list(known.crops), np.eye(len(CLASSES))[known.labels])
    sure = np.abs(p_up - 0.5) >= SURE - 0.5
    return {
        "chromosomes": len(p_up), "right": round(float((p_up > 0.5).mean()), 4), "sure": round(float(sure.mean()), 4),
        "right_of_sure": round(float((p_up[sure] > 0.5).mean()), 4) if sure.any() else None,
    }  # fmt: skip


def _task(args: argparse.Namespace, known: UprightProfiles, judged: UprightProfiles | None) -> DirectionTask:
    means, slopes = directions_of(args.engine)
    assert len(means) == len(CLASSES)
    torch.manual_seed(args.seed)

    def figures(model: DirectionNetwork) -> dict[str, Any]:
        learnt = {"chromosomes": len(known.labels)}
        return learnt if judged is None else {**learnt, "held_out": figures_of(model, judged)}

    return DirectionTask(
        "direction", DirectionNetwork(means * slopes[:, None]), Batches(known, args.epochs, args.seed), loss_of,
        epochs=1, how=averaged(_HOW, args), seed=args.seed, figures=figures, settings={"times": args.epochs},
    )  # fmt: skip


def _run(args: argparse.Namespace) -> int:
    """Both runs: without the cells held out, which are judged then, and with all."""
    known, held_out = read_upright(args.labs, LABS, args.cells), None
    if args.held_out:
        judged = known.cells % args.held_out == args.held_out // 2
        folder = args.output / "held-out"
        apart = argparse.Namespace(**{**vars(args), "output": folder})
        if status := run_command(lambda: _task(args, known.of(~judged), known.of(judged)), apart):
            return status
        about = (folder / DirectionNet.WEIGHTS).with_suffix(".about.json")
        held_out = json.loads(about.read_text(encoding="utf-8"))["training"]["held_out"]
    task = _task(args, known, None)
    task.held_out = held_out
    return run_command(lambda: task, args)


def main(arguments: Sequence[str] | None = None) -> int:
    """Train the network; see the module."""
    parser = run_parser(__doc__, precision="fp32")
    parser.set_defaults(ema=0.99)
    parser.add_argument("--labs", type=Path, required=True, help="folder with labs.csv")
    parser.add_argument("--engine", type=Path, required=True, help="weights of a default engine: its mean profiles")
    parser.add_argument("--cells", type=int, help="cells of each laboratory at most")
    parser.add_argument("--epochs", type=int, default=16)
    parser.add_argument(
        "--held-out", type=int, default=7, metavar="N", help="every N-th cell judges a run without it first; 0: none"
    )
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args(arguments)
    try:
        return _run(args)
    except KaryoViewError as error:
        print(f"karyotrain: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    raise SystemExit(main())

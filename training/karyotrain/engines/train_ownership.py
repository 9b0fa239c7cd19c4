"""Teach the network that says whose pixels are whose (karyoview.imaging.ownership) on cells with exact masks.

``python -m karyotrain.engines.train_ownership --output RUN --library FILE.npz [--drawn 90] [--pasted 110]``. Cells are
drawn and pasted (karyotrain.data.synthesis; the library is of training cells); every second time the boxes are a
little off, as engines and people give them. The run leaves ``ownership.safetensors`` and what there is to say about it.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from karyotrain.data.synthesis import SyntheticCell, make_cell
from karyotrain.data.synthesis.paste import PasteLibrary, make_pasted_cell
from karyotrain.trainer.command import averaged, run_command, run_parser
from karyotrain.trainer.loop import State
from karyotrain.trainer.per_cell_trainer import HOW, Cell, PerCellTask
from karyoview.core.geometry import boxes_to_array, capsule_bounds
from karyoview.imaging.masks import find_foreground
from karyoview.imaging.ownership import CHANNELS, WEIGHTS, WIDTHS, OwnershipNet, Surroundings
from karyoview.io.atomic import write_atomic

_BATCH: Final = 16
_LONE: Final = 0.4  # share of chromosomes that no other box meets, of which enough are seen
_FIRST_SEED: Final = 3_100_000


class OwnershipNetwork(nn.Module):
    """karyoview.imaging.ownership.OwnershipNet as it learns: frames (N, C, h, w) → log odds (N, h, w)."""

    def __init__(self) -> None:
        super().__init__()
        a, b = WIDTHS
        sizes = ((4 * CHANNELS, a), (a, a), (a, b), (b, b), (b, b), (a + b, a))
        for (name, apart), (inputs, outputs) in zip(OwnershipNet.STAGES, sizes, strict=True):
            setattr(self, name, nn.Conv2d(inputs, outputs, 3, padding=apart, dilation=apart))
        self.out = nn.Conv2d(a, 4, 1)

    def _stage(self, name: str, x: Tensor) -> Tensor:
        return nn.functional.relu(getattr(self, name)(x))

    def forward(self, x: Tensor) -> Tensor:
        half = self._stage("half2", self._stage("half1", nn.functional.pixel_unshuffle(x, 2)))
        x = nn.functional.avg_pool2d(half, 2)
        for name in ("quarter1", "quarter2", "quarter3"):
            x = self._stage(name, x)
        x = self._stage("up", torch.cat([nn.functional.interpolate(x, scale_factor=2.0), half], 1))
        return nn.functional.pixel_shuffle(self.out(x), 2)[:, 0]


def training_cells(library: PasteLibrary | None, drawn: int, pasted: int, seed: int) -> Iterator[SyntheticCell]:
    """Cells to learn from, of both kinds, the same for the same numbers."""
    for number in range(max(drawn, pasted)):
        if number < drawn:
            yield make_cell(("46,XX", "46,XY")[number % 2], _FIRST_SEED + seed * 10_000 + number)
        if library is not None and number < pasted:
            yield make_pasted_cell(library, _FIRST_SEED + seed * 10_000 + number)


def frames_of(cell: SyntheticCell, rng: np.random.Generator) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """What the network sees (C, h, w) of a cell's chromosomes and what it should say (h, w), once exact, once off."""
    grey = np.asarray(cell.image, np.uint8)
    exact = boxes_to_array([t.box for t in cell.truth])
    for rows in (exact, moved_rows(exact, rng)):
        around = Surroundings(find_foreground(grey, capsule_bounds(rows)), rows)
        for i, truth in enumerate(cell.truth):
            frame, seen = around.frame(i)
            if seen[5].max() == 0 and rng.random() > _LONE:
                continue
            _, _, x, y = frame.places()
            whole = np.pad(truth.mask.astype(np.float32), 4)
            own = cv2.GaussianBlur(whole, (0, 0), 0.3 / frame.zoom)
            left, top = truth.offset
            yield seen, cv2.remap(own, x - np.float32(left - 4), y - np.float32(top - 4), cv2.INTER_LINEAR)


def moved_rows(rows: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Rotated boxes (N, 5) as others would draw them."""
    moved = rows.copy()
    breadth = np.minimum(rows[:, 2], rows[:, 3])[:, None]
    moved[:, :2] += rng.normal(0, 0.07, (len(rows), 2)) * breadth
    moved[:, 2:4] *= np.exp(rng.normal(0, 0.05, (len(rows), 2)))
    moved[:, 4] += rng.normal(0, 0.05, len(rows))
    return moved


def batches(cells: Iterator[SyntheticCell], seed: int) -> list[Cell]:
    """Frames of one shape together, at most sixteen, in half precision."""
    rng = np.random.default_rng([seed, 4])
    waiting: dict[tuple[int, ...], list[tuple[np.ndarray, np.ndarray]]] = {}
    made: list[Cell] = []

    def flush(shape: tuple[int, ...]) -> None:
        group = waiting.pop(shape)
        seen, own = (torch.from_numpy(np.stack([g[k] for g in group]).astype(np.float16)) for k in (0, 1))
        made.append({"seen": seen, "own": own})

    for cell in cells:
        for seen, own in frames_of(cell, rng):
            group = waiting.setdefault(own.shape, [])
            group.append((seen, own))
            if len(group) == _BATCH:
                flush(own.shape)
    for shape in list(waiting):
        flush(shape)
    return made


def loss_of(model: OwnershipNetwork, cell: Cell, rng: np.random.Generator) -> Tensor:
    """Which pixels are the chromosome's own; those that other boxes cover count more."""
    seen, own = cell["seen"].float(), cell["own"].float()
    for side in (2, 3):
        if rng.random() < 0.5:
            seen, own = seen.flip(side), own.flip(side - 1)
    weight = 1.0 + 2.0 * (seen[:, 5] > 0)
    odds = model(seen)
    return nn.functional.binary_cross_entropy_with_logits(odds, own, weight)


@torch.no_grad()
def overlap_of(model: OwnershipNetwork, cells: Sequence[Cell]) -> float:
    """Mean IoU of what the network says with what is so, in frames."""
    found = []
    for cell in cells:
        predicted, own = model(cell["seen"].float()) > 0, cell["own"] > 0.5
        found.append(((predicted & own).sum((1, 2)) / (predicted | own).sum((1, 2)).clamp(min=1)).float())
    return float(torch.cat(found).mean())


class OwnershipTask(PerCellTask):
    """The network over batches of frames; at its end it is written with its card."""

    def finish(self, model: nn.Module, output: Path, state: State, report: Mapping[str, Any] | None) -> dict[str, Any]:
        figures = super().finish(model, output, state, report)
        card = {
            "engine": "ownership",
            "title": "Whose pixels are whose: masks of touching and crossing chromosomes",
            "licence": "MIT",
            "data": {
                "sources": ["drawn by the project's generator", "pasted from training cells of taichung"],
                "citations": [
                    "Tseng J-J. et al., An open dataset of annotated metaphase cell images for chromosome "
                    "identification, Scientific Data 10:104 (2023), doi 10.1038/s41597-023-02003-7; Cell Image "
                    "Library CIL:54816, doi 10.7295/W9CIL54816. Our copy states no licence."
                ],
            },
            "training": {**self.recipe, **figures},
        }
        tensors = {k: v.detach().cpu().contiguous().half() for k, v in model.state_dict().items()}
        save_file(tensors, output / WEIGHTS)
        about = json.dumps(card, indent=2, ensure_ascii=False) + "\n"
        write_atomic((output / WEIGHTS).with_suffix(".about.json"), about.encode())
        return figures


def _task(args: argparse.Namespace) -> PerCellTask:
    library = PasteLibrary.read(args.library) if args.library else None
    everything = batches(training_cells(library, args.drawn, args.pasted, args.seed), args.seed)
    order = np.random.default_rng([args.seed, 5]).permutation(len(everything))
    spare = [everything[i] for i in order[: len(order) // 20]]
    cells = [everything[i] for i in order[len(order) // 20 :]]
    torch.manual_seed(args.seed)
    return OwnershipTask(
        "ownership", OwnershipNetwork(), cells, loss_of, epochs=args.epochs, how=averaged(HOW, args), seed=args.seed,
        figures=lambda model: {"frames": sum(len(c["seen"]) for c in everything), "iou": overlap_of(model, spare)},
        settings={"drawn": args.drawn, "pasted": args.pasted},
    )  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Train the network; see the module."""
    parser = run_parser(__doc__, precision="fp32")
    parser.add_argument("--library", type=Path, help="library of cut chromosomes (karyotrain.data.synthesis.library)")
    parser.add_argument("--drawn", type=int, default=90)
    parser.add_argument("--pasted", type=int, default=110)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args(arguments)
    return run_command(lambda: _task(args), args)


if __name__ == "__main__":
    raise SystemExit(main())

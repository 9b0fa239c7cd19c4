"""Train the finder, and with it the trunk that other engines may start from.

Boxes and all 24 classes teach it together, so that both counting and naming heads find their
features in the trunk. ``python -m karyotrain.engines.train_finder --data FOLDER --output FOLDER --minutes 60``;
the same command goes on where an earlier run of the same output stopped.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from karyotrain.data import loader
from karyotrain.data.dataset import CellSet, Sample, load
from karyotrain.trainer import checkpoint
from karyotrain.trainer.command import averaged, run_command, run_parser
from karyotrain.trainer.loop import Task
from karyotrain.trainer.schedule import Optimisation, Schedule
from karyoview.detectors.exported_networks import BACKGROUND
from karyoview.detectors.nets.backbones import InputRule, find_backbone, load_imagenet
from karyoview.detectors.nets.finder import Finder

SCALE = 0.64  # chromosomes of the training set become about 9.6 px wide
HOW: Final = Optimisation(
    "sgd", lr=0.01, momentum=0.9, weight_decay=1e-4, clip_norm=10.0,
    schedule=Schedule("cosine", warmup=200, gamma=0.02, longest_warmup=0.1, whole_steps=True),
)  # fmt: skip

Target = dict[str, Tensor]
FinderBatch = tuple[Tensor, list[tuple[int, int]], list[Target]]


def labelled(folder: Path, split: str = "train", limit: int | None = None) -> CellSet:
    """Cells of a labelled set at the finder's scale, whose boxes all have a class."""
    return load(folder, split, scale=SCALE, limit=limit).with_boxes(classes=True)


def dihedral(pixels: np.ndarray, boxes: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """One of the eight flips and quarter turns; ``boxes`` (N, 4) xyxy follow exactly."""
    h, w = pixels.shape
    x1, y1, x2, y2 = boxes.T
    if k & 1:
        pixels, x1, x2 = pixels[:, ::-1], w - x2, w - x1
    if k & 2:
        pixels, y1, y2 = pixels[::-1], h - y2, h - y1
    if k & 4:
        pixels, x1, y1, x2, y2 = pixels.T, y1, x1, y2, x2
    return np.ascontiguousarray(pixels), np.stack([x1, y1, x2, y2], 1)


def with_other_tones(
    pixels: np.ndarray, rng: np.random.Generator, *, scale: float = 0.15, blur_chance: float = 0.2, blur: float = 1.0
) -> tuple[np.ndarray, float]:
    """The picture (H, W) float32 0–255 in another size, contrast, brightness and sharpness, and the factor of its size.

    ``scale`` is the largest |ln factor|, ``blur`` the largest sigma in pixels.
    """
    factor = float(np.exp(rng.uniform(-scale, scale)))
    grey = cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_LINEAR).astype(np.float32)
    grey = (grey - BACKGROUND) * rng.uniform(0.75, 1.25) + BACKGROUND + rng.uniform(-15, 15)
    if rng.random() < blur_chance:
        grey = np.asarray(cv2.GaussianBlur(grey, (0, 0), rng.uniform(0.4, blur)), np.float32)
    return np.clip(grey, 0, 255), factor


def make_batch(cells: Sequence[Sample], rng: np.random.Generator) -> FinderBatch:
    """Images (B, 1, H, W) float on the background grey, their sizes and torchvision targets, augmented."""
    parts = []
    for cell in cells:
        pixels, boxes = dihedral(cell.pixels, cell.boxes, int(rng.integers(8)))
        grey, factor = with_other_tones(pixels, rng)
        parts.append((grey, boxes * factor, cell.labels))
    h = -(-max(p[0].shape[0] for p in parts) // 32) * 32
    w = -(-max(p[0].shape[1] for p in parts) // 32) * 32
    images = torch.full((len(parts), 1, h, w), BACKGROUND)
    targets, sizes = [], []
    for i, (grey, boxes, labels) in enumerate(parts):
        images[i, 0, : grey.shape[0], : grey.shape[1]] = torch.from_numpy(grey)
        sizes.append((int(grey.shape[0]), int(grey.shape[1])))
        targets.append({"boxes": torch.from_numpy(boxes.astype(np.float32)), "labels": torch.from_numpy(labels) + 1})
    return images, sizes, targets


class FinderTask(Task[FinderBatch]):
    """The finder on the training cells of ``data``, begun from ImageNet or from ``start``.

    ``share`` of the images come from the ``extra`` sets (drawn or pasted cells), all of their cells. ``crowded`` shows
    crowded cells oftener (data.loader.odds_of). There is nothing to evaluate: its worth is that of the engine.
    """

    def __init__(
        self,
        data: Path,
        steps: int,
        *,
        batch: int = 2,
        limit: int | None = None,
        extra: Sequence[Path] = (),
        share: float = 0.2,
        crowded: float = 0.0,
        start: Path | None = None,
        how: Optimisation = HOW,
    ) -> None:
        torch.manual_seed(0)
        self.model, self.how, self.steps, self.size, self.share = Finder(), how, steps, batch, share
        imagenet = find_backbone("resnet50")
        if start is not None:
            self.started = checkpoint.begin_from(start, self.model)
        elif imagenet is not None:
            load_imagenet(self.model.backbone.body, imagenet, InputRule())
            self.started = f"from the backbone {imagenet.name}"
        self.cells = labelled(data, "train", limit)
        self.others = [cell for folder in extra for cell in labelled(folder, "all")]
        self.odds = loader.odds_of(self.cells, crowded)
        self.recipe = {"stage": "finder", "batch": batch, "share": share, "crowded": crowded}
        self.data = f"{len(self.cells)} cells of {data.name}"

    def about(self) -> dict[str, Any]:
        return {"images": len(self.cells), "mixed_in": len(self.others)}

    def batch(self, step: int, part: int) -> FinderBatch:
        rng = np.random.default_rng((7, step))
        positions = range(step * self.size, (step + 1) * self.size)
        cells = [self.cells[loader.place(len(self.cells), p, (3,), self.odds)] for p in positions]
        if self.others:
            cells = [
                self.others[int(rng.integers(len(self.others)))] if rng.random() < self.share else c for c in cells
            ]
        return make_batch(cells, rng)

    def loss(self, model: nn.Module, batch: FinderBatch) -> dict[str, Tensor]:
        images, sizes, targets = batch
        losses: dict[str, Tensor] = model(
            images.to(self.device, memory_format=torch.channels_last),
            sizes,
            [{k: v.to(self.device) for k, v in t.items()} for t in targets],
        )
        return losses

    def tensors(self, batch: FinderBatch) -> tuple[dict[str, Tensor], list[str]]:
        images, _, targets = batch
        return {"images": images} | {f"{k}.{i}": v for i, t in enumerate(targets) for k, v in t.items()}, ["the batch"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Train a finder; see the module."""
    parser = run_parser(__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--extra", type=Path, nargs="+", default=(), help="drawn or pasted cells to mix in")
    parser.add_argument("--share", type=float, default=0.2, help="share of images from --extra")
    parser.add_argument("--crowded", "--hard", type=float, default=0.0, help="how much oftener crowded cells are shown")
    parser.add_argument("--steps", type=int, default=5000)
    parser.add_argument("--limit", type=int, help="training cells")
    args = parser.parse_args(arguments)
    return run_command(
        lambda: FinderTask(
            args.data, args.steps, limit=args.limit, extra=args.extra, share=args.share, crowded=args.crowded,
            start=args.start, how=averaged(HOW, args),
        ),
        args,
    )  # fmt: skip


if __name__ == "__main__":
    raise SystemExit(main())

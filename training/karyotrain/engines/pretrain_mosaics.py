"""Teach a trunk the bands: chromosomes of many cells packed into mosaics, at a scale at which bands are seen.

``python -m karyotrain.engines.pretrain_mosaics --data FOLDER --output FOLDER --minutes 60 --steps 2500``; the same
command goes on where an earlier run of the same output stopped.
Proposals and boxes are learnt in minutes; what takes long is to tell 24 classes apart. So a mosaic asks for
classes alone, in true boxes moved a little, of chromosomes from as many cells as it holds.
``last.safetensors`` is a start for a DeepACC of the same settings (``--start`` of the trainer).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, cast

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from karyotrain.data.dataset import Sample, load
from karyotrain.engines.train_finder import dihedral, with_other_tones
from karyotrain.trainer import checkpoint
from karyotrain.trainer.command import averaged, run_command, run_parser
from karyotrain.trainer.loop import Evaluation, Task
from karyotrain.trainer.schedule import ONE_CYCLE, Optimisation
from karyoview.detectors.deepacc import DeepACCConfig, build_deepacc
from karyoview.detectors.devices import autocast
from karyoview.detectors.engines import DEEPACC
from karyoview.detectors.exported_networks import BACKGROUND
from karyoview.detectors.nets.backbones import find_backbone, load_imagenet
from karyoview.detectors.nets.region import RegionDetector

Pixels = npt.NDArray[np.uint8]
Boxes = npt.NDArray[np.float32]
MosaicBatch = tuple[Pixels, Boxes, Tensor]
HOW: Final = Optimisation("adamw", lr=3e-4, weight_decay=0.02, clip_norm=5.0, schedule=ONE_CYCLE)

SIDE: Final = 864
"""Of a mosaic, in pixels of the original: with BAND_SCALE about 650 in the network, and 75 chromosomes."""
_NAMING: Final = ("backbone.", "roi_heads.box_roi_pool.", "roi_heads.class_layers.", "roi_heads.margin.")
_AROUND, _MOVED, _SCALE = 4, 0.06, 32.0
BAND_SCALE: Final[Mapping[str, Any]] = {
    "scale": 0.75, "longer_side": 1600, "anchor_sizes": (24.0, 38.0, 56.0, 84.0), "roi_channels": 128,
    "trainable_stages": 3,
}  # fmt: skip
"""What DeepACC's small preset is changed by to see bands: they are 3 to 5 px wide then."""


def pack(sizes: Sequence[tuple[int, int]], side: int) -> list[tuple[int, int] | None]:
    """Where rectangles of ``sizes`` (height, width) lie in a square: (top, left), None where none was left.

    Rows of falling height, filled from the left.
    """
    places: list[tuple[int, int] | None] = [None] * len(sizes)
    top = left = tall = 0
    for i in sorted(range(len(sizes)), key=lambda i: -sizes[i][0]):
        height, width = sizes[i]
        if left + width > side:
            top, left, tall = top + tall, 0, 0
        if left + width <= side and top + height <= side:
            places[i] = (top, left)
            left, tall = left + width, max(tall, height)
    return places


def mosaic(cells: Sequence[Sample], rng: np.random.Generator, side: int = SIDE) -> tuple[Pixels, Boxes, Tensor]:
    """Chromosomes drawn from ``cells``, each turned and mirrored, packed until the square is full.

    → pixels (side, side) uint8, boxes (N, 4) xyxy and labels (N,) int64 0–23.
    """
    cuts: list[tuple[Pixels, Boxes, int]] = []
    area = 0
    while area < 0.95 * side * side:
        cell = cells[int(rng.integers(len(cells)))]
        which = int(rng.integers(len(cell.boxes)))
        h, w = cell.pixels.shape
        x1, y1, x2, y2 = cell.boxes[which]
        left, top = max(int(x1) - _AROUND, 0), max(int(y1) - _AROUND, 0)
        right, bottom = min(int(np.ceil(x2)) + _AROUND, w), min(int(np.ceil(y2)) + _AROUND, h)
        if max(right - left, bottom - top) > side // 2 or min(right - left, bottom - top) < 2 * _AROUND:
            continue
        box = np.array([[x1 - left, y1 - top, x2 - left, y2 - top]], np.float32)
        pixels, box = dihedral(cell.pixels[top:bottom, left:right], box, int(rng.integers(8)))
        cuts.append((pixels, box, int(cell.labels[which])))
        area += pixels.size
    canvas = np.full((side, side), BACKGROUND, np.uint8)
    boxes, labels = [], []
    for (pixels, box, label), place in zip(cuts, pack([c[0].shape for c in cuts], side), strict=True):
        if place is None:
            continue
        top, left = place
        canvas[top : top + pixels.shape[0], left : left + pixels.shape[1]] = pixels
        boxes.append(box + np.array([left, top, left, top], np.float32))
        labels.append(label)
    return canvas, np.concatenate(boxes), torch.tensor(labels)


def changed(pixels: Pixels, boxes: Boxes, rng: np.random.Generator) -> tuple[Pixels, Boxes]:
    """The mosaic in another size, contrast, brightness and sharpness; its boxes moved as proposals would be."""
    grey, factor = with_other_tones(pixels, rng, scale=0.12, blur_chance=0.15, blur=0.9)
    spans = np.tile(boxes[:, 2:] - boxes[:, :2], 2)
    moved = (boxes + spans * rng.normal(0, _MOVED, boxes.shape)) * factor
    return grey.astype(np.uint8), moved.astype(np.float32)


def named(model: nn.Module, pixels: Pixels, boxes: Boxes) -> Tensor:
    """Cosines (N, 24) between what lies in each box and the class centres; ``pixels`` (H, W) uint8."""
    detector = cast(RegionDetector, model)
    heads: Any = detector.roi_heads
    images, _ = detector.transform([torch.from_numpy(pixels)[None].float() / 255])
    factor = torch.tensor(images.image_sizes[0][0] / pixels.shape[0])
    tensors = images.tensors.contiguous(memory_format=torch.channels_last)
    maps = heads.box_roi_pool(detector.backbone(tensors), [torch.from_numpy(boxes) * factor], images.image_sizes)
    seen: Tensor = heads.margin(heads.class_layers(maps))
    return seen[:, 1:]


@torch.no_grad()
def accuracy(model: nn.Module, cells: Sequence[Sample]) -> float:
    """Share of the chromosomes of ``cells`` named right in their true boxes, in the cell itself."""
    right = of = 0
    model.eval()
    for cell in cells:
        with autocast(torch.device("cpu"), "bf16"):
            predicted = named(model, cell.pixels, cell.boxes).argmax(1).numpy()
        right, of = right + int((predicted == cell.labels).sum()), of + len(predicted)
    return right / max(of, 1)


class MosaicTask(Task[MosaicBatch]):
    """The class path of a DeepACC on mosaics of the training cells, judged on ``look`` fit cells.

    Its heads, which begin at random, learn at three times the rate of the trunk.
    """

    def __init__(
        self,
        data: Path,
        steps: int,
        *,
        start: Path | None = None,
        limit: int | None = None,
        evaluated: int = 24,
        config: DeepACCConfig | None = None,
        how: Optimisation = HOW,
    ) -> None:
        torch.manual_seed(0)
        model = build_deepacc(config or DEEPACC.configure("small", **BAND_SCALE))
        imagenet = find_backbone(model.config.backbone)
        if start is not None:
            self.started = checkpoint.begin_from(start, model)
        elif imagenet is not None:
            load_imagenet(model.body, imagenet, model.config.rule)
            self.started = f"from the backbone {imagenet.name}"
        self.model, self.how, self.steps = model, how, steps
        self.cells, self.held_back = load(data, "train", limit=limit), load(data, "calibration", limit=evaluated)
        self.recipe = {"stage": "mosaics", "lr": how.lr, "config": model.config.to_dict()}
        self.data = f"{len(self.cells)} cells of {data.name}"

    def groups(self) -> list[dict[str, Any]]:
        taught = [p for n, p in self.model.named_parameters() if p.requires_grad and n.startswith(_NAMING)]
        fresh = {id(p) for p in self.model.roi_heads.parameters()}
        return [{"params": [p for p in taught if (id(p) in fresh) == new], "rate": 3.0 if new else 1.0}
                for new in (False, True)]  # fmt: skip

    def batch(self, step: int, part: int) -> MosaicBatch:
        rng = np.random.default_rng((11, step))
        pixels, boxes, labels = mosaic(self.cells, rng, SIDE)
        return *changed(pixels, boxes, rng), labels

    def loss(self, model: nn.Module, batch: MosaicBatch) -> dict[str, Tensor]:
        pixels, boxes, labels = batch
        cosine = named(model, pixels, boxes)
        return {"loss": nn.functional.cross_entropy(_SCALE * cosine, labels, label_smoothing=0.02)}

    def evaluate(self, model: nn.Module, final: bool, deadline: float | None) -> Evaluation | None:
        report = {"fit_accuracy": round(accuracy(model, self.held_back), 4)}
        return Evaluation(report, report)


def main(arguments: Sequence[str] | None = None) -> int:
    """Teach a trunk; see the module."""
    parser = run_parser(__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=2500)
    parser.add_argument("--limit", type=int, help="training cells")
    args = parser.parse_args(arguments)
    return run_command(
        lambda: MosaicTask(args.data, args.steps, start=args.start, limit=args.limit, how=averaged(HOW, args)), args
    )


if __name__ == "__main__":
    raise SystemExit(main())

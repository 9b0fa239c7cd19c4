"""Straightened crops of what the finder finds in labelled cells, cut once from the originals.

``python -m karyotrain.data.crops --data FOLDER --engine FILE --output FOLDER`` writes shards of
``.npy`` (crops (N, 2, 192, 32) uint8) with a table (N, 4) int32: place of the cell in its set, class
index 0–23 or 24 for a region that is no chromosome of its own, mask confidence in percent, and 1 where
the finder found it (0: a box of the truth that it missed). Naming then learns from what it will be
shown. Finished shards are kept, so a stopped run goes on.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import numpy as np
import torch

from karyotrain.data.dataset import Sample, load
from karyotrain.data.errors import DataError
from karyoview.core.chromosome import CLASSES
from karyoview.core.geometry import iou_xyxy
from karyoview.core.matching import match_one
from karyoview.detectors.karyoview_engine import KaryoViewEngine
from karyoview.detectors.karyoview_engine import load as load_engine
from karyoview.detectors.weights import load_weights
from karyoview.imaging.aligned import aligned_crop
from karyoview.imaging.masks import masks_from_boxes

SHARD = 250  # images
JITTER = 1.5  # px, so that missed boxes look as if detected, not drawn
NOTHING = len(CLASSES)
_CLEAR = 0.4  # a region that overlaps a chromosome by less is none; above, up to a match, it teaches nothing


class CropSet:
    """Memory-mapped shards of crops; rows are addressed by one index.

    ``labels`` (N,) class index or NOTHING, ``confidence`` (N,) of the masks in percent.
    """

    def __init__(self, folder: Path, split: str) -> None:
        paths = sorted(folder.glob(f"{split}-*.table.npy"))
        if split == "calibration" and not paths:  # as an earlier version called them
            paths = sorted(folder.glob("fit-*.table.npy"))
        if not paths:
            raise DataError(f"{folder}: no crops named {split}-…; cut them with python -m karyotrain.data.crops.")
        tables = [np.load(p) for p in paths]
        self.crops = [np.load(str(p).replace(".table.npy", ".crops.npy"), mmap_mode="r") for p in paths]
        self.starts = np.cumsum([0] + [len(t) for t in tables])
        table = np.concatenate(tables)
        self.labels, self.confidence = table[:, 1].astype(np.int64), table[:, 2]

    def read(self, rows: np.ndarray) -> np.ndarray:
        """Crops (len(rows), 2, 192, 32) uint8."""
        shard = np.searchsorted(self.starts, rows, "right") - 1
        out = np.empty((len(rows), *self.crops[0].shape[1:]), np.uint8)
        for s in np.unique(shard):
            here = np.flatnonzero(shard == s)
            out[here] = self.crops[s][rows[here] - self.starts[s]]
        return out


def augment(crops: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Random flips, small affine and grey changes of (N, 2, H, W) float crops in [0, 1].

    Either arm may be up, so the axis is flipped half the time; masks are lost now and then, so that
    the network does not lean on them alone.
    """
    n = len(crops)
    device = crops.device

    def rand(*shape: int) -> torch.Tensor:
        return torch.rand(*shape, generator=generator).to(device)

    angle = (rand(n) - 0.5) * 0.24
    scale = torch.exp((rand(n, 2) - 0.5) * 0.16)
    sign = torch.where(rand(n, 2) < 0.5, -1.0, 1.0)
    aspect = crops.shape[2] / crops.shape[3]
    theta = torch.zeros(n, 2, 3, device=device)
    theta[:, 0, 0], theta[:, 0, 1] = scale[:, 0] * sign[:, 0] * torch.cos(angle), -torch.sin(angle) * aspect
    theta[:, 1, 0], theta[:, 1, 1] = torch.sin(angle) / aspect, scale[:, 1] * sign[:, 1] * torch.cos(angle)
    theta[:, :, 2] = (rand(n, 2) - 0.5) * torch.tensor([0.2, 0.08], device=device)
    grid = torch.nn.functional.affine_grid(theta, list(crops.shape), align_corners=False)
    out = torch.nn.functional.grid_sample(crops, grid, align_corners=False)
    grey, mask = out[:, :1], out[:, 1:]
    grey = (grey * torch.exp((rand(n, 1, 1, 1) - 0.5) * 0.6) + (rand(n, 1, 1, 1) - 0.5) * 0.12).clamp(0, 1)
    grey = grey.pow(torch.exp((rand(n, 1, 1, 1) - 0.5) * 0.6))
    grey = (grey + torch.randn(grey.shape, generator=generator).to(device) * 0.02).clamp(0, 1)
    mask = torch.where(rand(n, 1, 1, 1) < 0.04, torch.ones_like(mask), mask)
    return torch.cat([grey, mask], 1)


def cut_image(engine: KaryoViewEngine, cell: Sample, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Crops (N, 2, 192, 32) uint8 and table rows (N, 3): class or NOTHING, confidence in percent, found or not."""
    regions = engine.regions(cell.pixels)
    k = len(regions.masks)
    truth = cell.boxes.astype(np.float64)
    overlap = iou_xyxy(regions.boxes[:k], truth)
    matched = match_one(overlap, regions.scores[:k], 0.5)
    nothing = (matched < 0) & (overlap.max(1, initial=0.0) < _CLEAR)
    labels = np.where(matched >= 0, cell.labels[np.maximum(matched, 0)], NOTHING)
    keep = (matched >= 0) | nothing
    missed = np.setdiff1d(np.arange(len(truth)), matched[matched >= 0])
    boxes = truth[missed] + np.random.default_rng((5, seed)).normal(0, JITTER, (len(missed), 4))
    masks = masks_from_boxes(cell.pixels, np.concatenate([regions.boxes[:k][matched >= 0], boxes]))
    masks = masks[len(masks) - len(missed) :]
    scale = engine.crop_scale(cell.pixels, regions.masks or masks)
    crops = [regions.crops[keep], *(aligned_crop(cell.pixels, m, scale)[None] for m in masks)]
    rows = [(labels[i], 100 * regions.masks[int(i)].confidence, 1) for i in np.flatnonzero(keep)]
    rows += [(cell.labels[i], 100 * m.confidence, 0) for i, m in zip(missed, masks, strict=True)]
    return np.concatenate(crops), np.rint(np.array(rows).reshape(-1, 3)).astype(np.int32)


def cut_split(data: Path, split: str, engine: KaryoViewEngine, output: Path, name: str, limit: int | None) -> None:
    """Cut all cells of a split, whose boxes all have a class, into shards ``name-000`` and so on."""
    output.mkdir(parents=True, exist_ok=True)
    cells = load(data, split, limit=limit).with_boxes(classes=True)
    order = np.random.default_rng(11).permutation(len(cells))
    for start in range(0, len(order), SHARD):
        stem = output / f"{name}-{start // SHARD:03d}"
        if stem.with_suffix(".table.npy").exists():
            continue
        crops, table = [], []
        for place in order[start : start + SHARD]:
            cut, rows = cut_image(engine, cells[place], int(place))
            crops.append(cut)
            table.append(np.column_stack([np.full(len(rows), place), rows]))
        for name, value in (("crops", np.concatenate(crops)), ("table", np.concatenate(table).astype(np.int32))):
            with open(stem.with_suffix(".part"), "wb") as f:
                np.save(f, value)
            os.replace(stem.with_suffix(".part"), stem.with_suffix(f".{name}.npy"))
        print(f"{stem.name}: {min(start + SHARD, len(order))} of {len(order)} images", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--split", default="train", help="train (without the calibration cases), calibration or all")
    parser.add_argument("--engine", type=Path, required=True, help="weights of the default engine whose finder finds")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--name", help="of the shards; the split by default")
    parser.add_argument("--limit", type=int)
    args = parser.parse_args()
    engine = load_engine(load_weights(args.engine), device="auto", settings={"precision": "bf16"})
    name = args.name or args.split
    cut_split(args.data, args.split, engine, args.output, name, args.limit)


if __name__ == "__main__":
    main()

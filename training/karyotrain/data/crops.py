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

from karyotrain.data.dataset import Sample, load
from karyoview.core.chromosome import CLASSES
from karyoview.core.geometry import iou_xyxy
from karyoview.core.matching import match_one
from karyoview.detectors.karyoview_engine import KaryoViewEngine
from karyoview.detectors.karyoview_engine import load as load_engine
from karyoview.detectors.weights import load_weights
from karyoview.imaging.aligned import aligned_crop, cell_scale
from karyoview.imaging.masks import masks_from_boxes

SHARD = 250  # images
JITTER = 1.5  # px, so that missed boxes look as if detected, not drawn
NOTHING = len(CLASSES)
_CLEAR = 0.4  # a region that overlaps a chromosome by less is none; above, up to a match, it teaches nothing


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
    scale = cell_scale(cell.pixels, regions.masks or masks)
    crops = [regions.crops[keep], *(aligned_crop(cell.pixels, m, scale)[None] for m in masks)]
    rows = [(labels[i], 100 * regions.masks[i].confidence, 1) for i in np.flatnonzero(keep)]
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
        for suffix, value in (
            (".crops.npy", np.concatenate(crops)),
            (".table.npy", np.concatenate(table).astype(np.int32)),
        ):
            with open(stem.with_suffix(".part"), "wb") as f:
                np.save(f, value)
            os.replace(stem.with_suffix(".part"), stem.with_suffix(suffix))
        print(f"{stem.name}: {min(start + SHARD, len(order))} of {len(order)} images", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--split", default="train", help="train (without the fit cases), fit or all")
    parser.add_argument("--engine", type=Path, required=True, help="weights of the default engine whose finder finds")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--name", help="of the shards; the split by default")
    parser.add_argument("--limit", type=int)
    args = parser.parse_args()
    engine = load_engine(load_weights(args.engine), device="auto", settings={})
    name = args.name or args.split
    cut_split(args.data, args.split, engine, args.output, name, args.limit)


if __name__ == "__main__":
    main()

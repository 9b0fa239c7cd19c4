"""Straightened crops of every chromosome of a COCO set, cut once from the originals.

``python -m karyotrain.naming.crops --data FOLDER --split train --output FOLDER`` writes shards of
``.npy`` (crops (N, 2, 192, 32) uint8) with a table (N, 4) int32: image id, class index 0–23, mask
confidence in percent, annotation id. Finished shards are kept, so a stopped run goes on.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

import cv2
import numpy as np

from karyoview.imaging.aligned import aligned_crop, cell_scale
from karyoview.imaging.masks import masks_from_boxes

SHARD = 250  # images
JITTER = 1.5  # px, so that the crops look as from detected boxes, not from drawn ones


def cut_image(pixels: np.ndarray, boxes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Crops (N, 2, 192, 32) uint8 and mask confidences (N,) of the chromosomes in ``boxes`` (N, 4) xyxy."""
    masks = masks_from_boxes(pixels, boxes)
    scale = cell_scale(pixels, masks)
    return np.stack([aligned_crop(pixels, m, scale) for m in masks]), np.array([m.confidence for m in masks])


def cut_split(data: Path, split: str, output: Path, jitter: float) -> None:
    """Cut all images of a split into shards below ``output``."""
    output.mkdir(parents=True, exist_ok=True)
    coco = json.loads((data / f"{split}.json").read_text())
    annotations: dict[int, list] = {}
    for a in coco["annotations"]:
        annotations.setdefault(a["image_id"], []).append((*a["bbox"], a["category_id"] - 1, a["id"]))
    order = np.random.default_rng(11).permutation(len(coco["images"]))
    for start in range(0, len(order), SHARD):
        name = output / f"{split}-{start // SHARD:03d}"
        if name.with_suffix(".table.npy").exists():
            continue
        crops, table = [], []
        for place in order[start : start + SHARD]:
            info = coco["images"][place]
            rows = np.asarray(annotations.get(info["id"], ()), np.float64).reshape(-1, 6)
            if len(rows) == 0:
                continue
            boxes = rows[:, :4].copy()
            boxes[:, 2:] += boxes[:, :2]
            rng = np.random.default_rng((5, info["id"]))
            boxes += rng.normal(0, jitter, boxes.shape) if jitter else 0
            pixels = cv2.imread(str(data / "images" / info["file_name"]), cv2.IMREAD_GRAYSCALE)
            cut, confidence = cut_image(pixels, boxes)
            crops.append(cut)
            ids = np.full(len(rows), info["id"])
            table.append(np.stack([ids, rows[:, 4], np.rint(100 * confidence), rows[:, 5]], 1))
        for suffix, value in (
            (".crops.npy", np.concatenate(crops)),
            (".table.npy", np.concatenate(table).astype(np.int32)),
        ):
            with open(name.with_suffix(".part"), "wb") as f:
                np.save(f, value)
            os.replace(name.with_suffix(".part"), name.with_suffix(suffix))
        print(f"{name.name}: {min(start + SHARD, len(order))} of {len(order)} images", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--split", default="train")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--jitter", type=float, default=None)
    args = parser.parse_args()
    jitter = args.jitter if args.jitter is not None else (JITTER if args.split == "train" else 0.0)
    cut_split(args.data, args.split, args.output, jitter)


if __name__ == "__main__":
    main()

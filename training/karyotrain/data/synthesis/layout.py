"""Where the chromosomes of a cell lie: an ellipse of them, some apart, some touching, some crossing."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np

from karyotrain.data.synthesis.truth import Placed

_COARSE = 4  # places are judged on a map of 4 × 4 pixels


def spread_out(rng: np.random.Generator, items: Sequence[Placed], crowding: float, crossing: float) -> list[Placed]:
    """Items about (0, 0) moved to their places in a cell about (0, 0).

    ``crowding`` is the sum of the horizontal boxes by the area of the spread (about 0.5 loose, 1.2
    tight), ``crossing`` the share of chromosomes that may lie over others as chance has it.
    """
    boxes = np.array([i.mask.shape for i in items], dtype=np.float64)
    radius = math.sqrt(boxes.prod(1).sum() / crowding / math.pi)
    squash = math.exp(rng.normal(0, 0.16))
    rx, ry = radius * squash, radius / squash
    reach = int(max(rx, ry) + boxes.max()) + 8
    side = 2 * reach // _COARSE + 2
    taken = np.zeros((side, side), dtype=np.float32)
    order = np.argsort(-boxes.prod(1) * np.exp(rng.normal(0, 0.5, len(items))))
    placed: dict[int, Placed] = {}
    for index in order.tolist():
        item = items[index]
        low = _lowered(item)
        crosses = rng.random() < crossing
        best, best_cost, best_at = None, math.inf, (0, 0)
        for _ in range(4 if crosses else 28):
            angle, distance = rng.uniform(0, 2 * math.pi), math.sqrt(rng.random())
            dx, dy = round(rx * distance * math.cos(angle)), round(ry * distance * math.sin(angle))
            x, y = (item.offset[0] + dx + reach) // _COARSE, (item.offset[1] + dy + reach) // _COARSE
            if x < 0 or y < 0 or x + low.shape[1] > side or y + low.shape[0] > side:
                continue
            window = taken[y : y + low.shape[0], x : x + low.shape[1]]
            share = float((window * low).sum() / low.sum())
            # Lying on another all along is rare; so is a place far out.
            cost = (8.0 * max(share - 0.3, 0.0) if crosses else 6.0 * share) + 0.12 * rng.random()
            if cost < best_cost:
                best, best_cost, best_at = item.moved(dx, dy), cost, (x, y)
        if best is None:
            best, best_at = item, ((item.offset[0] + reach) // _COARSE, (item.offset[1] + reach) // _COARSE)
        x, y = best_at
        taken[y : y + low.shape[0], x : x + low.shape[1]] += low
        placed[index] = best
    return [placed[i] for i in range(len(items))]


def bounds_of(items: Sequence[Placed]) -> tuple[int, int, int, int]:
    """x1, y1, x2, y2 around all masks' crops, in pixels."""
    low = np.array([i.offset for i in items]).min(0)
    high = np.array([(i.offset[0] + i.mask.shape[1], i.offset[1] + i.mask.shape[0]) for i in items]).max(0)
    return int(low[0]), int(low[1]), int(high[0]), int(high[1])


def add_absorbance(canvas: np.ndarray, item: Placed) -> None:
    """Add a chromosome's absorbance to a canvas (H, W) float32 in place; parts outside are dropped."""
    h, w = item.absorbance.shape
    x, y = item.offset
    top, left = max(-y, 0), max(-x, 0)
    bottom, right = min(canvas.shape[0] - y, h), min(canvas.shape[1] - x, w)
    if bottom > top and right > left:
        canvas[y + top : y + bottom, x + left : x + right] += item.absorbance[top:bottom, left:right]


def _lowered(item: Placed) -> np.ndarray:
    h, w = item.mask.shape
    size = (max(-(-w // _COARSE), 1), max(-(-h // _COARSE), 1))
    return np.maximum(cv2.resize(item.mask.astype(np.float32), size, interpolation=cv2.INTER_AREA), 1e-6)

"""How well a metaphase can be karyotyped, from its picture alone: lone chromosomes, sharpness, contrast, heaps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from karyoview.imaging.objects import CellObjects

_USUAL: Final = 46
_SMALLEST: Final = 0.35  # of the usual area: smaller pieces are specks
_LONE: Final = 2.2  # times the usual area up to which a piece is one chromosome
_SHARP: Final = 0.55  # share of the whole contrast that the edge of a sharp picture rises by in one pixel of width/8
_STRONG: Final = 90.0  # grey levels between chromosomes and ground that nothing is gained beyond
# Of 40 labelled cells that no engine's finder learnt from: Spearman's rank correlation of the score with the default
# engine's corrections is -0.56, with the pairs of true boxes that overlap -0.64; contrast alone says nothing of either.
_WEIGHTS: Final = (0.58, 0.22, 0.05, 0.15)


@dataclass(frozen=True, slots=True)
class MetaphaseQuality:
    """``score`` in [0, 1], higher is better; ``lone`` chromosomes that touch no other, ``heaped`` the share of all
    chromosome pixels that lie in heaps, ``sharpness`` and ``contrast`` in [0, 1]."""

    score: float = 0.0
    lone: int = 0
    heaped: float = 0.0
    sharpness: float = 0.0
    contrast: float = 0.0


def metaphase_quality(pixels: npt.NDArray[np.uint8], objects: CellObjects | None = None) -> MetaphaseQuality:
    """Judge a picture (H, W) uint8; a score of 0 where nothing like chromosomes is in it."""
    objects = objects or CellObjects(pixels)
    number, _, stats, _ = cv2.connectedComponentsWithStats(objects.mask.astype(np.uint8), connectivity=8)
    area = stats[1:, cv2.CC_STAT_AREA].astype(np.float64)
    square = objects.width**2
    pieces = area[(area > 0.6 * square) & (area < 16 * square)]
    if number < 4 or len(pieces) < 3:
        return MetaphaseQuality()
    usual = float(np.median(pieces))
    real = area[area > _SMALLEST * usual]
    lone = int((real < _LONE * usual).sum())
    heaped = float(real[real >= _LONE * usual].sum() / max(real.sum(), 1.0))
    depth = float(np.mean(objects.depth[objects.mask]))
    contrast = min(depth / _STRONG, 1.0)
    sharpness = min(_edge(pixels, objects) / max(depth, 1.0) / _SHARP, 1.0)
    shares = (min(lone, _USUAL) / _USUAL, sharpness, contrast, 1.0 - heaped)
    # Far more pieces than chromosomes are debris or two metaphases in one field.
    crowded = _USUAL * 1.4 / max(len(real), _USUAL * 1.4)
    score = crowded * sum(w * s for w, s in zip(_WEIGHTS, shares, strict=True))
    return MetaphaseQuality(round(float(score), 3), lone, round(heaped, 3), round(sharpness, 3), round(contrast, 3))


def _edge(pixels: npt.NDArray[np.uint8], objects: CellObjects) -> float:
    """How steeply grey rises along the edges of the chromosomes, in grey levels per eighth of a chromosome's width."""
    inside = objects.mask.astype(np.uint8)
    edge = cv2.morphologyEx(inside, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0
    if not edge.any():
        return 0.0
    grey = pixels.astype(np.float32)
    slope = np.hypot(cv2.Sobel(grey, cv2.CV_32F, 1, 0, scale=1 / 8), cv2.Sobel(grey, cv2.CV_32F, 0, 1, scale=1 / 8))
    return float(np.mean(slope[edge])) * objects.width / 8

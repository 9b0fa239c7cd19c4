"""How well a metaphase can be karyotyped, from its picture alone: lone chromosomes, room, sharpness, heaps."""

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
_DENSE: Final = 0.6  # share of the spread that chromosomes cover from which on there is no room between them
# Chosen by the pairs of true boxes that overlap in 110 labelled cells: room beside the others takes the rank
# correlation from -0.63 to -0.76; contrast says nothing. karyotrain.studies.gallery_order prints it on other cells.
_WEIGHTS: Final = (0.29, 0.11, 0.03, 0.07, 0.50)


@dataclass(frozen=True, slots=True)
class MetaphaseQuality:
    """``score`` in [0, 1], higher is better; ``lone`` chromosomes that touch no other, ``heaped`` the share of all
    chromosome pixels that lie in heaps, ``sharpness``, ``contrast`` and ``room`` between chromosomes in [0, 1]."""

    score: float = 0.0
    lone: int = 0
    heaped: float = 0.0
    sharpness: float = 0.0
    contrast: float = 0.0
    room: float = 0.0


def metaphase_quality(pixels: npt.NDArray[np.uint8], objects: CellObjects | None = None) -> MetaphaseQuality:
    """Judge a picture (H, W) uint8; a score of 0 where nothing like chromosomes is in it."""
    objects = objects or CellObjects(pixels)
    number, labels, stats, _ = cv2.connectedComponentsWithStats(objects.mask.astype(np.uint8), connectivity=8)
    area = stats[1:, cv2.CC_STAT_AREA].astype(np.float64)
    square = objects.width**2
    pieces = area[(area > 0.6 * square) & (area < 16 * square)]
    if number < 4 or len(pieces) < 3:
        return MetaphaseQuality()
    usual = float(np.median(pieces))
    is_real = area > _SMALLEST * usual
    real = area[is_real]
    lone = int((real < _LONE * usual).sum())
    heaped = float(real[real >= _LONE * usual].sum() / max(real.sum(), 1.0))
    depth = float(np.mean(objects.depth[objects.mask]))
    contrast = min(depth / _STRONG, 1.0)
    sharpness = min(_edge(pixels, objects) / max(depth, 1.0) / _SHARP, 1.0)
    room = 1.0 - min(_density(np.asarray(labels, np.int32), 1 + np.flatnonzero(is_real)) / _DENSE, 1.0)
    shares = (min(lone, _USUAL) / _USUAL, sharpness, contrast, 1.0 - heaped, room)
    # Far more pieces than chromosomes are debris or two metaphases in one field.
    crowded = _USUAL * 1.4 / max(len(real), _USUAL * 1.4)
    score = crowded * sum(w * s for w, s in zip(_WEIGHTS, shares, strict=True))
    return MetaphaseQuality(
        round(float(score), 3), lone, round(heaped, 3), round(sharpness, 3), round(contrast, 3), round(room, 3)
    )


def _density(labels: npt.NDArray[np.int32], pieces: npt.NDArray[np.int64]) -> float:
    """Share of the spread, the smallest convex outline around these pieces, that they cover, in [0, 1]."""
    inside = np.isin(labels, pieces)
    around = cv2.convexHull(cv2.findNonZero(inside.astype(np.uint8)))
    return float(inside.sum() / max(cv2.contourArea(around), float(inside.sum()), 1.0))


def _edge(pixels: npt.NDArray[np.uint8], objects: CellObjects) -> float:
    """How steeply grey rises along the edges of the chromosomes, in grey levels per eighth of a chromosome's width."""
    inside = objects.mask.astype(np.uint8)
    edge = cv2.morphologyEx(inside, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0
    if not edge.any():
        return 0.0
    grey = pixels.astype(np.float32)
    slope = np.hypot(cv2.Sobel(grey, cv2.CV_32F, 1, 0, scale=1 / 8), cv2.Sobel(grey, cv2.CV_32F, 0, 1, scale=1 / 8))
    return float(np.mean(slope[edge])) * objects.width / 8

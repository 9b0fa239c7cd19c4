"""A scanned or photographed karyogram made even and level: paper cut out and unslanted, light evened, lines level.

A picture that a program wrote is left exactly as it is: it has one ground up to its edges, and level lines.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from karyoview.imaging.karyogram_segmentation import KaryogramPictureError, ink_depth, ink_limit
from karyoview.imaging.masks import GreyArray

FloatArray = npt.NDArray[np.float64]
Float32Array = npt.NDArray[np.float32]

_SMALL: Final = 700  # px of the longer side, at which paper, light and level are judged
_EDGE_ALIKE: Final = 25  # grey levels by which a picture's edge differs from its ground at most
_EDGE_OTHER: Final = 0.12  # share of the edge from which the paper ends within the picture
_LEAST_PAPER: Final = 0.25  # of the picture
_FOUR_CORNERS: Final = 0.97  # of the paper's area, which the quadrangle of its corners covers and no more
_UNEVEN: Final = 10.0  # grey levels of the ground from place to place
_SKEWED: Final = 8.0  # degrees that are sought at most
_LEVEL: Final = 0.25  # degrees that may stay
_BETTER: Final = 1.04  # how much more ordered lines are where they are level


def rectified(picture: GreyArray) -> GreyArray:
    """A karyogram (H, W) uint8 on even ground with level lines; the same array where it is so already.

    Raises KaryogramPictureError where the picture shows a desk too, and the paper's corners cannot be found.
    """
    picture = _paper(picture)
    picture = _even(picture)
    return _levelled(picture)


def _small(picture: GreyArray) -> tuple[GreyArray, float]:
    factor = min(_SMALL / max(picture.shape), 1.0)
    size = (max(round(picture.shape[1] * factor), 8), max(round(picture.shape[0] * factor), 8))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8), factor


def _paper(picture: GreyArray) -> GreyArray:
    """The paper alone, its corners made right, where the picture's edge is not paper."""
    small, factor = _small(picture)
    edge = np.concatenate([small[:3].ravel(), small[-3:].ravel(), small[:, :3].ravel(), small[:, -3:].ravel()])
    h, w = small.shape
    ground = float(np.median(small[h // 5 : h - h // 5, w // 5 : w - w // 5]))
    away = edge.astype(np.float64) - ground
    other = away < -_EDGE_ALIKE if (away < 0).sum() >= (away > 0).sum() else away > _EDGE_ALIKE
    level = float(np.median(edge[other])) if other.any() else ground
    # Paper that is darker towards an edge is still paper; a desk is another thing altogether.
    if other.mean() < _EDGE_OTHER or abs(level - ground) < 3 * _EDGE_ALIKE:
        return picture
    filled = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((21, 21), np.uint8))
    filled = cv2.GaussianBlur(filled, (0, 0), 2)
    limit, _ = cv2.threshold(filled, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    count, parts, stats, _ = cv2.connectedComponentsWithStats((filled > limit).astype(np.uint8), connectivity=4)
    largest = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax()) if count > 1 else 0
    if not largest or stats[largest, cv2.CC_STAT_AREA] < _LEAST_PAPER * small.size:
        return picture
    lines, _ = cv2.findContours((parts == largest).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    hull = cv2.convexHull(max(lines, key=cv2.contourArea))
    corners = _four_corners(hull)
    if corners is None:
        raise KaryogramPictureError(
            "The four corners of the paper cannot be seen in this photograph; photograph the whole page, or scan it."
        )
    return _unslanted(picture, corners / factor)


def _ground_level(grey: GreyArray) -> float:
    histogram = np.bincount(grey.ravel(), minlength=256).astype(np.float64)
    return float(cv2.GaussianBlur(histogram[None], (0, 0), 4)[0].argmax())


def _four_corners(hull: npt.NDArray[np.int32]) -> FloatArray | None:
    """The corners (4, 2) of a convex outline, from the left upper one clockwise; None where it is no quadrangle."""
    area, around = cv2.contourArea(hull), cv2.arcLength(hull, True)
    for share in (0.01, 0.02, 0.03, 0.05, 0.07):
        found = cv2.approxPolyDP(hull, share * around, True)[:, 0].astype(np.float64)
        if len(found) == 4 and _FOUR_CORNERS < cv2.contourArea(found.astype(np.float32)) / max(area, 1.0) < 1.05:
            middle = found.mean(0)
            turn = np.arctan2(found[:, 1] - middle[1], found[:, 0] - middle[0])
            return np.asarray(found[np.argsort(turn)])
    return None


def _unslanted(picture: GreyArray, corners: FloatArray) -> GreyArray:
    """What lies within four corners (4, 2), as a rectangle a little smaller than the paper."""
    sides = np.hypot(*(corners - np.roll(corners, -1, 0)).T)
    width, height = round(max(sides[0], sides[2])), round(max(sides[1], sides[3]))
    inset = 0.012 * min(width, height)
    to = np.array(
        [[-inset, -inset], [width + inset, -inset], [width + inset, height + inset], [-inset, height + inset]]
    )
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), to.astype(np.float32))
    return np.asarray(
        cv2.warpPerspective(picture, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE),
        np.uint8,
    )


def _even(picture: GreyArray) -> GreyArray:
    """The picture with one grey level of ground, where it is lit unevenly."""
    small, _ = _small(picture)
    bright = _is_bright(small)
    seen = small if bright else 255 - small
    side = max(round(max(small.shape) / 9), 5) | 1
    # Chromosomes and print are smaller than the window, so its brightest grey levels are ground.
    soft = cv2.GaussianBlur(seen, (0, 0), 1.5)
    ground = cv2.morphologyEx(soft, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)))
    level = np.asarray(cv2.GaussianBlur(ground.astype(np.float32), (0, 0), side / 3), np.float32)
    low, high = (float(v) for v in np.percentile(level, [3, 97]))
    if high - low < _UNEVEN or low < 20:
        return picture
    whole = np.asarray(cv2.resize(level, picture.shape[::-1], interpolation=cv2.INTER_LINEAR), np.float32)
    even = (picture if bright else 255 - picture).astype(np.float32) * (250.0 / np.maximum(whole, 20.0))
    flat = np.clip(even, 0, 255).astype(np.uint8)
    return flat if bright else np.asarray(255 - flat, np.uint8)


def _is_bright(grey: GreyArray) -> bool:
    """Whether the marks are darker than the ground, which covers most of the picture."""
    return float(np.median(grey)) >= float(grey.mean())


def _levelled(picture: GreyArray) -> GreyArray:
    """The picture turned until its lines are level, if that makes rows and lines clearer than they are."""
    small, _ = _small(picture)
    depth = ink_depth(small)
    ink = np.where(depth > ink_limit(depth), np.minimum(depth, 120), 0).astype(np.float32)
    ink = np.asarray(cv2.resize(ink, None, fx=0.75, fy=0.75, interpolation=cv2.INTER_AREA), np.float32)
    angles = np.arange(-_SKEWED, _SKEWED + 0.01, 0.5)
    order = np.array([_order(ink, float(a)) for a in angles])
    best = float(angles[int(order.argmax())])
    fine = np.arange(best - 0.4, best + 0.41, 0.1)
    finer = np.array([_order(ink, float(a)) for a in fine])
    best = float(fine[int(finer.argmax())])
    if abs(best) < _LEVEL or abs(best) > _SKEWED or float(finer.max()) < _BETTER * _order(ink, 0.0):
        return picture
    h, w = picture.shape
    matrix = cv2.getRotationMatrix2D((w / 2, h / 2), best, 1.0)
    ground = _ground_level(small)
    return np.asarray(
        cv2.warpAffine(
            picture, matrix, (w, h), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_CONSTANT, borderValue=ground
        ),
        np.uint8,
    )


def _order(ink: Float32Array, degrees: float) -> float:
    """How sharply rows of ink (H, W) begin and end when turned anticlockwise by ``degrees``."""
    h, w = ink.shape
    matrix = cv2.getRotationMatrix2D((w / 2, h / 2), degrees, 1.0)
    turned = cv2.warpAffine(ink, matrix, (w, h)) if degrees else ink
    rows = turned.sum(1, dtype=np.float64)
    return float((np.diff(rows) ** 2).sum())


def stands_on_its_side(picture: GreyArray) -> bool:
    """Whether columns of a karyogram (H, W) uint8 begin and end as sharply as rows of it should."""
    small, _ = _small(picture)
    depth = ink_depth(small)
    ink = np.where(depth > ink_limit(depth), np.minimum(depth, 120), 0).astype(np.float32)
    # Per px of the side that is summed over, so that the format of the page does not decide.
    columns, rows = _order(np.ascontiguousarray(ink.T), 0.0) / ink.shape[0], _order(ink, 0.0) / ink.shape[1]
    return bool(columns > 1.5 * rows)

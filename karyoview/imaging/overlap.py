"""How far two outlines cover each other: one measure for suggestions, duplicates, doubts and comparisons.

Outlines of one kind are compared with each other: masks with masks, rotated boxes with rotated boxes, upright ones
with upright ones. Where kinds meet, the finer is brought to the coarser: a mask gives its least rectangle or its
bounds, a rotated box the bounds of its capsule, so that the upright box that another program drew around a slanted
chromosome and the rotated box along it are found to be the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt

from karyoview.core.errors import KaryoViewError
from karyoview.core.geometry import (
    Box,
    boxes_to_array,
    capsule_bounds,
    from_opencv,
    intersection_xyxy,
    iou_rotated,
    iou_xyxy,
)
from karyoview.core.runlength import decode_mask

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


class Boxed(Protocol):
    """What has a box: a chromosome or a detection. A ``mask`` beside it (COCO run-length string) is used."""

    @property
    def box(self) -> Box: ...


@dataclass(frozen=True, slots=True, eq=False)
class _Region:
    """A mask's pixels: a bool crop with its left upper pixel."""

    pixels: BoolArray
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class BoxOutline:
    """A box as an outline of its own, such as the place of a proposal that was deleted."""

    box: Box


def overlap(first: Sequence[Boxed], second: Sequence[Boxed], size: tuple[int, int] = (0, 0)) -> FloatArray:
    """IoU of outlines, (N, M) in [0, 1]; ``size`` (height, width) of the image, without which masks are not read."""
    out = np.zeros((len(first), len(second)))
    if not out.size:
        return out
    a, b = _Outlines(first, size), _Outlines(second, size)
    rotated = a.is_rotated[:, None] & b.is_rotated[None]
    out = iou_xyxy(a.bounds, b.bounds)
    if rotated.any():
        out = np.where(rotated, iou_rotated(a.rows, b.rows), out)
    near = intersection_xyxy(a.bounds, b.bounds) > 0
    for i in a.masked:
        for j in b.masked:
            if near[i, j]:
                one, other = a.regions[i], b.regions[j]
                assert one is not None
                assert other is not None
                out[i, j] = _iou(one, other)
    return out


def self_overlap(items: Sequence[Boxed], size: tuple[int, int] = (0, 0)) -> FloatArray:
    """:func:`overlap` of a list with itself, (N, N), 0 on the diagonal."""
    found = overlap(items, items, size)
    np.fill_diagonal(found, 0.0)
    return found


def boxes_as_outlines(boxes: Iterable[Box]) -> list[BoxOutline]:
    """Boxes that belong to nothing else, for :func:`overlap`."""
    return [BoxOutline(b) for b in boxes]


class _Outlines:
    """The rows of one list: as rotated boxes where they can be, and as bounds."""

    def __init__(self, items: Sequence[Boxed], size: tuple[int, int]) -> None:
        self.regions = [_region(getattr(item, "mask", ""), size) for item in items]
        self.masked = [i for i, region in enumerate(self.regions) if region is not None]
        boxes = [item.box for item in items]
        self.rows = boxes_to_array(boxes)
        self.is_rotated = np.array([b.is_rotated for b in boxes], dtype=bool)
        self.bounds = np.where(
            self.is_rotated[:, None], capsule_bounds(self.rows), np.array([b.to_xyxy() for b in boxes])
        )
        for i in self.masked:
            region = self.regions[i]
            if region is not None and not self.is_rotated[i]:
                self.rows[i] = _least_rectangle(region).to_array()
                self.is_rotated[i] = True


@lru_cache(maxsize=1024)
def _region(mask: str, size: tuple[int, int]) -> _Region | None:
    """The pixels of a mask; None without one, and for one that does not fit the image."""
    if not mask or not all(size):
        return None
    try:
        whole = decode_mask(mask, size)
    except KaryoViewError:
        return None
    rows, columns = np.flatnonzero(whole.any(1)), np.flatnonzero(whole.any(0))
    if not len(rows):
        return None
    y, x = int(rows[0]), int(columns[0])
    return _Region(np.ascontiguousarray(whole[y : rows[-1] + 1, x : columns[-1] + 1]), x, y)


def _least_rectangle(region: _Region) -> Box:
    ys, xs = np.nonzero(region.pixels)
    points = np.stack([xs + region.x, ys + region.y], 1).astype(np.float32) + 0.5
    (cx, cy), (w, h), degrees = cv2.minAreaRect(points)
    return from_opencv(((cx, cy), (w + 1.0, h + 1.0), degrees))


def _iou(a: _Region, b: _Region) -> float:
    """Common pixels over all pixels of two regions."""
    x1, y1 = max(a.x, b.x), max(a.y, b.y)
    x2 = min(a.x + a.pixels.shape[1], b.x + b.pixels.shape[1])
    y2 = min(a.y + a.pixels.shape[0], b.y + b.pixels.shape[0])
    if x2 <= x1 or y2 <= y1:
        return 0.0
    one = a.pixels[y1 - a.y : y2 - a.y, x1 - a.x : x2 - a.x]
    other = b.pixels[y1 - b.y : y2 - b.y, x1 - b.x : x2 - b.x]
    common = int((one & other).sum())
    return common / max(int(a.pixels.sum()) + int(b.pixels.sum()) - common, 1)

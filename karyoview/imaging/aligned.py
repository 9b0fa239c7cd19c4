"""Chromosomes cut out and straightened to equal scale, as the classifier sees them.

All chromosomes of a cell share one scale and one grey scale: relative length and stain then mean
the same in every cell, while band contrast between cells is evened out. Contraction shortens
chromosomes and leaves their width, so the scale across the axis may be one of its own: then the
chromosomes of a contracted cell fill a crop as those of any other cell do.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from karyoview.core.geometry import Box
from karyoview.imaging.masks import InstanceMask

HEIGHT, WIDTH = 192, 32
_MIN_WIDTH = 3.0  # px; narrower outlines are no measure
MEDIAN_LENGTH = 86.0  # rows of the cell's median chromosome; chromosome 1 then fits the height
_REACH = 0.45  # share of the height on either side of the centre that the axis may fill

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CellScale:
    """What a cell's crops share.

    ``zoom`` rows per image pixel along the axis, ``across`` columns per image pixel (None: as along);
    grey ``background`` and ``contrast`` in levels.
    """

    zoom: float
    background: float
    contrast: float
    across: float | None = None

    @property
    def columns(self) -> float:
        """Columns of a crop per image pixel."""
        return self.zoom if self.across is None else self.across


def cell_scale(
    image: npt.NDArray[np.uint8], masks: Sequence[InstanceMask], median_columns: float | None = None
) -> CellScale:
    """Zoom from the median axis length, greys from the image around and inside the masks.

    ``image`` is (H, W) uint8 with dark chromosomes. With no mask the zoom is 1. ``median_columns`` is how
    many columns of a crop the cell's median width (area by axis length) takes; None: as many as its zoom gives.
    """
    background = float(np.percentile(image, 80))
    if not masks:
        return CellScale(1.0, background, 100.0)
    lengths = np.array([axis_length(chromosome_axis(m)) for m in masks])
    inside = np.concatenate([image[m.y : m.y + m.mask.shape[0], m.x : m.x + m.mask.shape[1]][m.mask] for m in masks])
    contrast = background - float(np.percentile(inside, 15))
    across = None
    if median_columns is not None:
        widths = np.array([m.mask.sum() for m in masks]) / np.maximum(lengths, 1.0)
        across = median_columns / max(float(np.median(widths)), _MIN_WIDTH)
    zoom = MEDIAN_LENGTH / max(float(np.median(lengths)), 8.0)
    return CellScale(zoom, background, max(contrast, 10.0), across)


def axis_length(axis: FloatArray) -> float:
    """Length of a polyline (K, 2) in pixels."""
    return float(np.hypot(*np.diff(axis, axis=0).T).sum())


@functools.lru_cache(maxsize=512)
def chromosome_axis(mask: InstanceMask) -> FloatArray:
    """The smoothed centre line (K, 2) from end to end of the mask; the box's axis where there is none.

    Read-only, since it is kept: a cell's scale, its crops and its boxes all ask for it.
    """
    axis = _chromosome_axis(mask)
    axis.setflags(write=False)
    return axis


def _chromosome_axis(mask: InstanceMask) -> FloatArray:
    line = np.asarray(mask.axis, dtype=np.float64)
    if len(line) < 4 or axis_length(line) < 0.5 * mask.box.h:
        return _box_axis(mask.box)
    points = _resampled(line, max(int(axis_length(line) / 2), 6))
    kernel = cv2.getGaussianKernel(9, 2.0).ravel()
    padded = np.concatenate([2 * points[:1] - points[4:0:-1], points, 2 * points[-1:] - points[-2:-6:-1]])
    points = np.stack([np.convolve(padded[:, i], kernel, "valid") for i in (0, 1)], 1)
    return _extended(points, mask)


def _box_axis(box: Box) -> FloatArray:
    dx, dy = box.p_direction
    half = np.array([dx, dy]) * box.h / 2
    return np.stack([np.array(box.centre) + half, np.array(box.centre) - half])


def _resampled(line: FloatArray, count: int) -> FloatArray:
    """``count`` points at equal distances along a polyline."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    keep = np.concatenate([[True], np.diff(along) > 1e-9])
    places = np.linspace(0, along[-1], count)
    return np.stack([np.interp(places, along[keep], line[keep, i]) for i in (0, 1)], 1)


def _extended(points: FloatArray, mask: InstanceMask) -> FloatArray:
    """The line lengthened at both ends until it leaves the mask (a skeleton stops short of the ends)."""
    h, w = mask.mask.shape

    def run(end: FloatArray, before: FloatArray) -> FloatArray:
        step = (end - before) / max(float(np.hypot(*(end - before))), 1e-9)
        place = end.copy()
        for _ in range(12):
            x, y = round(float(place[0] + step[0])) - mask.x, round(float(place[1] + step[1])) - mask.y
            if not (0 <= x < w and 0 <= y < h) or not mask.mask[y, x]:
                break
            place = place + step
        return place

    k = min(3, len(points) - 1)
    return np.concatenate([run(points[0], points[k])[None], points, run(points[-1], points[-1 - k])[None]])


def rows_per_pixel(mask: InstanceMask, scale: CellScale, height: int = HEIGHT) -> float:
    """Rows of a crop of ``height`` rows per image pixel along the axis: the cell's zoom, less where it is too long."""
    length = axis_length(chromosome_axis(mask))
    return scale.zoom if length * scale.zoom <= 2 * _REACH * height else 2 * _REACH * height / length


def aligned_crop(
    image: npt.NDArray[np.uint8], mask: InstanceMask, scale: CellScale, shape: tuple[int, int] = (HEIGHT, WIDTH)
) -> npt.NDArray[np.uint8]:
    """The straightened chromosome and its own pixels, (2, *shape) uint8.

    Channel 0 is darkness (0 background, 170 the cell's dark bands), channel 1 the mask (0 or 255).
    The first point of the axis is up; which arm that is remains open.
    """
    height, width = shape
    step = 1.0 / rows_per_pixel(mask, scale, height)
    offsets: FloatArray = (np.arange(height, dtype=np.float64) - (height - 1) / 2) * step
    centre, normal = _along(chromosome_axis(mask), offsets)
    across = (np.arange(width) - (width - 1) / 2) / scale.columns
    grid = centre[:, None, :] + normal[:, None, :] * across[None, :, None]
    x, y = grid[..., 0].astype(np.float32), grid[..., 1].astype(np.float32)
    finest = min(scale.zoom, scale.columns)
    source = image if finest > 0.7 else cv2.GaussianBlur(image, (0, 0), 0.4 / finest)
    grey = cv2.remap(source, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).astype(np.float32)
    dark = np.clip((scale.background - grey) * (170.0 / scale.contrast), 0, 255)
    own = cv2.remap(mask.mask.astype(np.uint8) * 255, x - mask.x, y - mask.y, cv2.INTER_LINEAR, borderValue=0)
    return np.stack([dark.astype(np.uint8), own])


def _along(axis: FloatArray, offsets: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Points and unit normals at ``offsets`` pixels from the middle of a line, straight on beyond its ends."""
    length = axis_length(axis)
    line = _resampled(axis, max(int(length), 8))
    places = np.linspace(-length / 2, length / 2, len(line))
    span = min(4, len(line) - 1)
    tangent = np.empty_like(line)
    tangent[:] = np.gradient(line, axis=0)
    head, tail = line[span] - line[0], line[-1] - line[-1 - span]
    tangent[0], tangent[-1] = head / span, tail / span
    kernel = np.ones(5) / 5
    smooth = np.stack([np.convolve(np.pad(tangent[:, i], 2, mode="edge"), kernel, "valid") for i in (0, 1)], 1)
    smooth /= np.maximum(np.hypot(*smooth.T), 1e-9)[:, None]
    inside = np.clip(offsets, -length / 2, length / 2)
    points = np.stack([np.interp(inside, places, line[:, i]) for i in (0, 1)], 1)
    direction = np.stack([np.interp(inside, places, smooth[:, i]) for i in (0, 1)], 1)
    direction /= np.maximum(np.hypot(*direction.T), 1e-9)[:, None]
    points += direction * (offsets - inside)[:, None]
    return points, np.stack([-direction[:, 1], direction[:, 0]], 1)

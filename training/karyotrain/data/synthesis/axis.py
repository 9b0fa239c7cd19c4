"""The bent centre line of a chromosome, and the frame (along, across) that it carries over the plane."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
STEP = 0.5  # pixels between the points of a working axis
_GRID = 64.0  # axes lie on 1/64 px, so that every machine draws the same masks


@dataclass(frozen=True)
class Axis:
    """A centre line: ``points`` (K, 2) x, y every half pixel from p to q, on a grid of 1/64 px."""

    points: FloatArray

    @property
    def length(self) -> float:
        """Length in pixels."""
        return (len(self.points) - 1) * STEP

    @cached_property
    def tangents(self) -> FloatArray:
        """Unit directions towards q, (K, 2)."""
        ahead = np.gradient(self.points, axis=0)
        smooth = cv2.blur(ahead, (1, 5), borderType=cv2.BORDER_REPLICATE)
        return np.asarray(smooth / np.maximum(np.hypot(smooth[:, 0], smooth[:, 1]), 1e-9)[:, None], dtype=np.float64)

    def at(self, along: float) -> tuple[float, float]:
        """The point at a distance in pixels from the p end."""
        place = min(max(along / STEP, 0.0), len(self.points) - 1.0)
        low = min(int(place), len(self.points) - 2)
        x, y = self.points[low] + (place - low) * (self.points[low + 1] - self.points[low])
        return float(x), float(y)

    def subsampled(self, step: float = 3.0) -> FloatArray:
        """The line at steps of about ``step`` pixels, its ends kept."""
        count = max(round(self.length / step) + 1, 4)
        return self.points[np.rint(np.linspace(0, len(self.points) - 1, count)).astype(int)]

    def moved(self, dx: float, dy: float) -> Axis:
        """The line moved; the shift is rounded to the grid."""
        return Axis(self.points + np.rint(np.array([dx, dy]) * _GRID) / _GRID)


def axis_from_curvature(curvature: FloatArray, length: float, heading: float) -> Axis:
    """An axis of ``length`` pixels about (0, 0) whose direction at its middle is ``heading`` radians from +x.

    ``curvature`` holds radians a pixel at even steps along the line.
    """
    count = max(round(length / STEP), 4)
    bend = np.interp(np.linspace(0, 1, count), np.linspace(0, 1, len(curvature)), curvature) * STEP
    angle = np.cumsum(bend)
    angle += heading - angle[count // 2]
    points = np.concatenate([[[0.0, 0.0]], np.cumsum(np.stack([np.cos(angle), np.sin(angle)], 1) * STEP, 0)])
    points -= (points.min(0) + points.max(0)) / 2
    return Axis(np.rint(points * _GRID) / _GRID)


def bent_axis(rng: np.random.Generator, length: float, width: float, bend: float = 1.0, hinge: float = 0.5) -> Axis:
    """A random smooth axis about (0, 0): an arc, a wave, a kink (often at the centromere), at times a hairpin.

    ``length`` and ``width`` in pixels; ``bend`` scales all bending; ``hinge`` is the centromere's
    share of the length. The line never comes nearer to itself than the chromosome is wide.
    """
    heading = rng.uniform(-math.pi, math.pi)
    slender = length / width
    for attempt in range(8):
        calm = bend * 0.75**attempt
        axis = axis_from_curvature(_random_curvature(rng, length, width, calm, slender, hinge), length, heading)
        if _keeps_clear(axis.points, width):
            return axis
    return axis_from_curvature(np.zeros(4), length, heading)


def _random_curvature(
    rng: np.random.Generator, length: float, width: float, bend: float, slender: float, hinge: float
) -> FloatArray:
    u = np.linspace(0, 1, 96)
    stiff = min(max((slender - 1.5) / 4.5, 0.0), 1.3)  # short ones hardly bend
    turn = rng.standard_t(4) * 0.42 * bend * stiff
    wave = rng.normal(0, 0.35) * bend * stiff * np.sin(2 * math.pi * (u + rng.random()))
    total = turn + wave * math.pi
    kinks = np.zeros_like(u)
    sharp = max(0.9 * width / length, 0.05)
    if rng.random() < 0.45:
        place = hinge if rng.random() < 0.5 else rng.uniform(0.2, 0.8)
        kinks += rng.normal(0, 0.55) * bend * stiff * _bump(u, place, sharp)
    if slender > 4 and rng.random() < 0.05 * bend:
        kinks += rng.choice([-1, 1]) * rng.uniform(1.8, 3.2) * _bump(u, rng.uniform(0.35, 0.65), 1.5 * sharp)
    curvature = (total + kinks) / length
    return np.clip(curvature, -1.15 / width, 1.15 / width)


def _bump(u: FloatArray, place: float, sigma: float) -> FloatArray:
    """A bell along u with the mean 1."""
    bell = np.exp(-0.5 * ((u - place) / sigma) ** 2)
    return np.asarray(bell / bell.mean(), dtype=np.float64)


def _keeps_clear(points: FloatArray, width: float) -> bool:
    some = points[:: max(int(3 / STEP), 1)]
    apart = np.hypot(*(some[:, None] - some[None]).T)
    along = np.abs(np.arange(len(some))[:, None] - np.arange(len(some))[None]) * 3.0
    return bool((apart[along > 1.7 * width] > 1.02 * width).all())


@dataclass(frozen=True, slots=True)
class Frame:
    """Along and across for the pixels of a crop.

    ``along`` and ``across`` are (h, w) float32 in pixels: distance from the p end along the axis
    (beyond the ends it runs on straight) and the signed distance from the axis, positive on the
    left of the way to q as seen on the screen; ``offset`` is the crop's left upper pixel (x, y).
    """

    along: npt.NDArray[np.float32]
    across: npt.NDArray[np.float32]
    offset: tuple[int, int]


def frame_of(axis: Axis, reach: float) -> Frame:
    """The frame in a crop that holds everything within ``reach`` pixels of the axis."""
    points = axis.points
    low = np.floor(points.min(0) - reach).astype(int)
    w, h = (np.ceil(points.max(0) + reach).astype(int) - low + 1).tolist()
    local = points - low
    empty = np.ones((h, w), dtype=np.uint8)
    columns, rows = local[:, 0].astype(int), local[:, 1].astype(int)
    empty[rows, columns] = 0
    _, nearest = cv2.distanceTransformWithLabels(empty, cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL)
    index_of = np.zeros(int(nearest.max()) + 1, dtype=np.int64)
    index_of[nearest[rows, columns]] = np.arange(len(points))
    index = index_of[nearest]
    grid_x, grid_y = np.meshgrid(np.arange(w) + 0.5, np.arange(h) + 0.5)
    tangents = axis.tangents
    last = len(points) - 1
    along = np.zeros((h, w))
    # The nearest drawn pixel is a pixel off at most; two projections settle the rest.
    for _ in range(3):
        dx, dy = grid_x - local[index, 0], grid_y - local[index, 1]
        shift = dx * tangents[index, 0] + dy * tangents[index, 1]
        along = index * STEP + shift
        index = np.clip(index + np.rint(np.clip(shift, -4, 4) / STEP).astype(np.int64), 0, last)
    dx, dy = grid_x - local[index, 0], grid_y - local[index, 1]
    along = index * STEP + dx * tangents[index, 0] + dy * tangents[index, 1]
    across = dx * tangents[index, 1] - dy * tangents[index, 0]
    return Frame(along.astype(np.float32), across.astype(np.float32), (int(low[0]), int(low[1])))

"""Boxes, and the one angle convention of KaryoView.

A box is (cx, cy, w, h, angle): pixels, x right, y down; ``angle`` in radians in (−π, π], clockwise
positive as seen on the screen. ``h`` is the length along the chromosome's axis and ``w`` its width.
At angle 0 the short arm (p) is up; adding π turns the chromosome so that the arms change places::

      angle 0        angle π/2          angle π
        p
      +---+          +-------+          +---+
      |   |        q |       | p        |   |
      |   |          +-------+          |   |
      +---+                             +---+
        q                                 p

The direction from q to p is (sin angle, −cos angle). Angles of other programs (torchvision and
detectron2 count counter-clockwise in degrees, OpenCV has its own sides) are converted at the
border, nowhere else.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from karyoview.core.errors import KaryoViewError

FloatArray = npt.NDArray[np.float64]

_TAU: Final = 2.0 * math.pi


def normalise_angle(angle: float) -> float:
    """The same direction in (−π, π]; angles already there come back bit for bit."""
    if -math.pi < angle <= math.pi:
        return angle
    turned = math.remainder(angle, _TAU)
    return math.pi if turned <= -math.pi else turned


@dataclass(frozen=True, slots=True)
class Box:
    """A box in pixels; see the module for the convention.

    ``is_rotated`` False means a horizontal box: angle is then 0 and w, h are its sides along x and
    y. Raises KaryoViewError for values that are not finite, sides that are not positive, or a
    horizontal box with an angle.
    """

    cx: float
    cy: float
    w: float
    h: float
    angle: float = 0.0
    is_rotated: bool = False

    def __post_init__(self) -> None:
        values = (self.cx, self.cy, self.w, self.h, self.angle)
        if not all(math.isfinite(v) for v in values):
            raise KaryoViewError(f"A box needs finite numbers, got {values}.")
        if self.w <= 0 or self.h <= 0:
            raise KaryoViewError(f"A box needs positive sides, got width {self.w} and height {self.h}.")
        if not self.is_rotated and self.angle != 0.0:
            raise KaryoViewError("A horizontal box has no angle; mark it as rotated.")
        object.__setattr__(self, "angle", normalise_angle(self.angle))

    @classmethod
    def from_xyxy(cls, x1: float, y1: float, x2: float, y2: float) -> Box:
        """A horizontal box from its corners; the corners may come in any order."""
        return cls((x1 + x2) / 2, (y1 + y2) / 2, abs(x2 - x1), abs(y2 - y1))

    @classmethod
    def from_xywh(cls, x: float, y: float, w: float, h: float) -> Box:
        """A horizontal box from its left upper corner and its sides (COCO)."""
        return cls(x + w / 2, y + h / 2, w, h)

    @classmethod
    def rotated(cls, cx: float, cy: float, w: float, h: float, angle: float) -> Box:
        """A rotated box; any angle in radians is accepted and brought into (−π, π]."""
        return cls(cx, cy, w, h, normalise_angle(angle), True)

    @classmethod
    def from_axis(cls, p_end: tuple[float, float], q_end: tuple[float, float], width: float) -> Box:
        """A rotated box whose axis runs from ``p_end`` to ``q_end``, ``width`` pixels wide."""
        dx, dy = p_end[0] - q_end[0], p_end[1] - q_end[1]
        angle = math.atan2(dx, -dy)
        return cls.rotated((p_end[0] + q_end[0]) / 2, (p_end[1] + q_end[1]) / 2, width, math.hypot(dx, dy), angle)

    @property
    def area(self) -> float:
        return self.w * self.h

    @property
    def centre(self) -> tuple[float, float]:
        return (self.cx, self.cy)

    @property
    def p_direction(self) -> tuple[float, float]:
        """Unit vector (x, y) from the q end to the p end."""
        return (math.sin(self.angle), -math.cos(self.angle))

    def to_xyxy(self) -> tuple[float, float, float, float]:
        """x1, y1, x2, y2 of the box if horizontal, else of the bounds of its rectangle."""
        if not self.is_rotated:
            return (self.cx - self.w / 2, self.cy - self.h / 2, self.cx + self.w / 2, self.cy + self.h / 2)
        s, c = abs(math.sin(self.angle)), abs(math.cos(self.angle))
        half_x, half_y = (self.w * c + self.h * s) / 2, (self.w * s + self.h * c) / 2
        return (self.cx - half_x, self.cy - half_y, self.cx + half_x, self.cy + half_y)

    def to_array(self) -> FloatArray:
        """(5,) float64: cx, cy, w, h, angle."""
        return np.array([self.cx, self.cy, self.w, self.h, self.angle], dtype=np.float64)

    def corners(self) -> FloatArray:
        """(4, 2) float64 (x, y): p-left, p-right, q-right, q-left, seen with the short arm up."""
        rows: FloatArray = corners(self.to_array()[None])[0]
        return rows

    def bounds(self) -> Box:
        """The horizontal box around the rectangle."""
        return self if not self.is_rotated else Box.from_xyxy(*self.to_xyxy())

    def capsule_bounds(self) -> Box:
        """The horizontal box around the capsule (rounded ends), which a chromosome's outline fills."""
        if not self.is_rotated:
            return self
        return Box.from_xyxy(*capsule_bounds(self.to_array()[None])[0])

    def turned(self) -> Box:
        """The same rectangle with the arms exchanged (angle + π); needs a rotated box."""
        if not self.is_rotated:
            raise KaryoViewError("A horizontal box has no direction to turn; make it rotated first.")
        return Box.rotated(self.cx, self.cy, self.w, self.h, self.angle + math.pi)

    def moved(self, dx: float, dy: float) -> Box:
        """The box moved by dx, dy pixels."""
        return replace(self, cx=self.cx + dx, cy=self.cy + dy)

    def contains(self, x: float, y: float) -> bool:
        """Whether the point lies in the box or on its border."""
        s, c = math.sin(self.angle), math.cos(self.angle)
        dx, dy = x - self.cx, y - self.cy
        return abs(dx * c + dy * s) <= self.w / 2 and abs(-dx * s + dy * c) <= self.h / 2


def boxes_to_array(boxes: Iterable[Box]) -> FloatArray:
    """(N, 5) float64: cx, cy, w, h, angle; (0, 5) for none."""
    return np.asarray([(b.cx, b.cy, b.w, b.h, b.angle) for b in boxes], dtype=np.float64).reshape(-1, 5)


def boxes_from_array(rows: npt.ArrayLike, rotated: bool = True) -> list[Box]:
    """Boxes from (N, 5) rows; with ``rotated`` False the angle must be 0."""
    return [
        Box(float(cx), float(cy), float(w), float(h), normalise_angle(float(a)), rotated)
        for cx, cy, w, h, a in np.asarray(rows, dtype=np.float64).reshape(-1, 5)
    ]


def corners(boxes: FloatArray) -> FloatArray:
    """Corners of (N, 5) boxes as (N, 4, 2): p-left, p-right, q-right, q-left (clockwise on the screen)."""
    boxes = np.asarray(boxes, dtype=np.float64).reshape(-1, 5)
    s, c = np.sin(boxes[:, 4]), np.cos(boxes[:, 4])
    across = np.stack([c, s], -1) * (boxes[:, 2] / 2)[:, None]
    to_p = np.stack([s, -c], -1) * (boxes[:, 3] / 2)[:, None]
    centre = boxes[:, :2]
    return np.stack([centre - across + to_p, centre + across + to_p, centre + across - to_p, centre - across - to_p], 1)


def box_from_corners(points: npt.ArrayLike) -> Box:
    """The rotated box with these four corners, in the order of :func:`corners`.

    ``points`` is (4, 2). The inverse of :meth:`Box.corners`; a quadrilateral that is no rectangle
    gets the box of its mean sides.
    """
    p = np.asarray(points, dtype=np.float64).reshape(4, 2)
    top, bottom = (p[0] + p[1]) / 2, (p[3] + p[2]) / 2
    width = (math.dist(p[0], p[1]) + math.dist(p[3], p[2])) / 2
    height = math.dist(top, bottom)
    if height > 1e-9:
        angle = math.atan2(top[0] - bottom[0], bottom[1] - top[1])
    else:
        angle = math.atan2(p[1][1] - p[0][1], p[1][0] - p[0][0])
    cx, cy = p.mean(0)
    return Box.rotated(float(cx), float(cy), max(width, 1e-9), max(height, 1e-9), angle)


def rectangle_bounds(boxes: FloatArray) -> FloatArray:
    """Bounds (N, 4) x1, y1, x2, y2 of the rectangles of (N, 5) boxes."""
    p = corners(boxes)
    return np.concatenate([p.min(1), p.max(1)], 1)


def capsule_bounds(boxes: FloatArray) -> FloatArray:
    """Bounds (N, 4) x1, y1, x2, y2 of the capsules (stadium with w as diameter) in (N, 5) boxes.

    A box that is wider than long has its capsule across. A capsule never leaves its rectangle, so
    these bounds lie inside :func:`rectangle_bounds`.
    """
    boxes = np.asarray(boxes, dtype=np.float64).reshape(-1, 5)
    w, h, angle = boxes[:, 2], boxes[:, 3], boxes[:, 4]
    along = np.where(h >= w, 0.0, np.pi / 2) + angle
    radius, reach = np.minimum(w, h) / 2, np.abs(h - w) / 2
    half = np.stack([np.abs(np.sin(along)) * reach + radius, np.abs(np.cos(along)) * reach + radius], -1)
    return np.concatenate([boxes[:, :2] - half, boxes[:, :2] + half], 1)


def iou_xyxy(a: npt.ArrayLike, b: npt.ArrayLike) -> FloatArray:
    """IoU of horizontal boxes, (N, 4) against (M, 4) x1, y1, x2, y2 → (N, M) in [0, 1]."""
    first = np.asarray(a, dtype=np.float64).reshape(-1, 4)
    second = np.asarray(b, dtype=np.float64).reshape(-1, 4)
    inter = intersection_xyxy(first, second)
    area_a = np.prod(first[:, 2:] - first[:, :2], 1)[:, None]
    area_b = np.prod(second[:, 2:] - second[:, :2], 1)[None]
    rows: FloatArray = np.clip(inter / np.maximum(area_a + area_b - inter, 1e-12), 0.0, 1.0)
    return rows


def intersection_xyxy(a: FloatArray, b: FloatArray) -> FloatArray:
    """Common area in square pixels of horizontal boxes (N, 4) and (M, 4) → (N, M)."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    rows: FloatArray = np.prod(np.clip(high - low, 0.0, None), -1)
    return rows


def iou_rotated(a: FloatArray, b: FloatArray) -> FloatArray:
    """Exact IoU of rotated boxes, (N, 5) against (M, 5) → (N, M) in [0, 1].

    Convex clipping of the rectangles, in float64, only for pairs whose bounds meet.
    """
    a = np.asarray(a, dtype=np.float64).reshape(-1, 5)
    b = np.asarray(b, dtype=np.float64).reshape(-1, 5)
    out = np.zeros((len(a), len(b)))
    if not len(a) or not len(b):
        return out
    ba, bb = rectangle_bounds(a), rectangle_bounds(b)
    i, j = np.nonzero(intersection_xyxy(ba, bb) > 0)
    if len(i) == 0:
        return out
    inter = _rectangle_intersections(a[i], b[j])
    union = (a[i, 2] * a[i, 3]) + (b[j, 2] * b[j, 3]) - inter
    out[i, j] = np.clip(inter / np.maximum(union, 1e-12), 0.0, 1.0)
    return out


def _rectangle_intersections(a: FloatArray, b: FloatArray) -> FloatArray:
    """Common area of paired rotated boxes (P, 5), by Sutherland–Hodgman in the frame of ``b``.

    In that frame ``b`` is an axis-parallel window, so each clip is against one coordinate and all
    pairs advance together; a rectangle clipped four times has at most eight corners.
    """
    s, c = np.sin(b[:, 4]), np.cos(b[:, 4])
    x, y = np.moveaxis(corners(a) - b[:, None, :2], -1, 0)
    s, c = s[:, None], c[:, None]
    polygon = np.stack([x * c + y * s, y * c - x * s], -1)
    for axis, limit in ((0, b[:, 2] / 2), (1, b[:, 3] / 2)):
        for sign in (1.0, -1.0):
            polygon = _clip(polygon, axis, sign, limit)
    x, y = polygon[..., 0], polygon[..., 1]
    twice = x * np.roll(y, -1, 1) - np.roll(x, -1, 1) * y
    rows: FloatArray = np.abs(twice.sum(1)) / 2
    return rows


def _clip(polygon: FloatArray, axis: int, sign: float, limit: FloatArray) -> FloatArray:
    """Clip polygons (P, K, 2) to sign·coordinate ≤ limit; → (P, K + 1, 2).

    Every edge gives at most two points; points outside are replaced by a point of the result, so
    that the shapes stay equal and add no area.
    """
    inside_by = limit[:, None] - sign * polygon[..., axis]
    following = np.roll(polygon, -1, 1)
    next_by = np.roll(inside_by, -1, 1)
    crosses = (inside_by >= 0) != (next_by >= 0)
    share = np.where(crosses, inside_by / np.where(crosses, inside_by - next_by, 1.0), 0.0)
    cut = polygon + share[..., None] * (following - polygon)
    count, k = polygon.shape[:2]
    points = np.stack([polygon, cut], 2).reshape(count, 2 * k, 2)
    keep = np.stack([inside_by >= 0, crosses], 2).reshape(count, 2 * k)
    order = np.argsort(~keep, axis=1, kind="stable")[:, : k + 1]
    kept = np.take_along_axis(points, order[..., None], 1)
    valid = np.take_along_axis(keep, order, 1)
    result = np.where(valid[..., None], kept, kept[:, :1])
    return np.where(valid[:, :1, None], result, 0.0)


def iou_matrix(a: Sequence[Box], b: Sequence[Box]) -> FloatArray:
    """IoU of boxes, (N, M): exact for rotated ones; horizontal pairs take the short way."""
    if any(x.is_rotated for x in (*a, *b)):
        return iou_rotated(boxes_to_array(a), boxes_to_array(b))
    return iou_xyxy([x.to_xyxy() for x in a], [x.to_xyxy() for x in b])


def from_opencv(rect: tuple[Sequence[float], Sequence[float], float]) -> Box:
    """A box from OpenCV's RotatedRect, the longer side taken as the axis; the polarity is unknown."""
    (cx, cy), (w, h), degrees = rect
    if w > h:
        w, h, degrees = h, w, degrees + 90.0
    return Box.rotated(cx, cy, max(w, 1e-6), max(h, 1e-6), math.radians(degrees))

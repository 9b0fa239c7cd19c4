"""Exact overlap of rotated boxes, for arrays of numpy and tensors of torch alike; vectorised and differentiable.

Boxes are (N, 5) cx, cy, w, h, angle in the package's convention (:mod:`karyoview.core.geometry`). The
common area is a boundary integral. In the frame of the second box the first one is a quadrilateral
and the second a window |x| ≤ W, |y| ≤ H, so that by Green's theorem

    area = |∮ clamp(y, −H, H) d clamp(x, −W, W)|,

where each of the four edges has a closed form. Nothing is sorted or branched on: touching, equal
and degenerate boxes need no cases of their own, and the error stays at rounding.
"""

from __future__ import annotations

import sys
from typing import Any, Final

import numpy as np

PAIRS_AT_ONCE: Final = 1 << 16
_COMPARED_AT_ONCE: Final = 1 << 22


def paired_intersection(a: Any, b: Any) -> Any:
    """Common area (P,) in px² of the pairs a[i], b[i] of (P, 5) boxes."""
    xp = _namespace(a)
    turn = a[:, 4] - b[:, 4]
    offset = a[:, :2] - b[:, :2]
    s, c = xp.sin(b[:, 4]), xp.cos(b[:, 4])
    x0, y0 = offset[:, 0] * c + offset[:, 1] * s, offset[:, 1] * c - offset[:, 0] * s
    st, ct = xp.sin(turn), xp.cos(turn)
    ax, ay = ct * a[:, 2] / 2, st * a[:, 2] / 2  # half the width vector in b's frame
    bx, by = st * a[:, 3] / 2, -ct * a[:, 3] / 2  # half the length vector, towards p
    x = xp.stack([x0 - ax + bx, x0 + ax + bx, x0 + ax - bx, x0 - ax - bx])
    y = xp.stack([y0 - ay + by, y0 + ay + by, y0 + ay - by, y0 - ay - by])
    return _window_area(x, y, b[:, 2] / 2, b[:, 3] / 2)


def paired_iou(a: Any, b: Any) -> Any:
    """Skew IoU (P,) in [0, 1] of the pairs a[i], b[i] of (P, 5) boxes."""
    xp, common = _namespace(a), paired_intersection(a, b)
    union = a[:, 2] * a[:, 3] + b[:, 2] * b[:, 3] - common
    return xp.clip(common / xp.clip(union, xp.finfo(union.dtype).tiny, None), 0.0, 1.0)


def iou_of_pairs(a: Any, b: Any, i: Any, j: Any) -> Any:
    """Skew IoU (P,) of the pairs a[i], b[j], some thousands at a time."""
    xp = _namespace(a)
    parts = [slice(start, start + PAIRS_AT_ONCE) for start in range(0, len(i), PAIRS_AT_ONCE)]
    return xp.concatenate([paired_iou(a[i[part]], b[j[part]]) for part in parts] or [a[:0, 0]])


def meeting_pairs(a: Any, b: Any) -> tuple[Any, Any]:
    """Indices (P,), (P,) of the pairs whose bounds overlap."""
    xp = _namespace(a)
    half_a, half_b = half_extent(a), half_extent(b)
    rows = max(1, _COMPARED_AT_ONCE // max(len(b), 1))
    nothing = xp.where(a[:0, 0] > 0)[0]
    i, j = [nothing], [nothing]
    for k in range(0, len(a), rows) if len(b) else ():
        part = slice(k, k + rows)
        across = xp.abs(a[part, None, 0] - b[None, :, 0]) < half_a[part, None, 0] + half_b[None, :, 0]
        along = xp.abs(a[part, None, 1] - b[None, :, 1]) < half_a[part, None, 1] + half_b[None, :, 1]
        first, second = xp.where(across & along)
        i.append(first + k)
        j.append(second)
    return xp.concatenate(i), xp.concatenate(j)


def half_extent(boxes: Any) -> Any:
    """Half width and height (..., 2) of the bounds of the rectangles of boxes (..., 5)."""
    xp = _namespace(boxes)
    w, h, angle = boxes[..., 2], boxes[..., 3], boxes[..., 4]
    s, c = xp.abs(xp.sin(angle)), xp.abs(xp.cos(angle))
    return xp.stack([w * c + h * s, w * s + h * c], -1) / 2


def _namespace(boxes: Any) -> Any:
    """numpy or torch, whichever the boxes are of; torch is not imported for it."""
    return np if isinstance(boxes, np.ndarray) else sys.modules["torch"]


def _window_area(x: Any, y: Any, half_w: Any, half_h: Any) -> Any:
    """Area (P,) that a quadrilateral, x and y (4, P), has in the window |x| ≤ half_w, |y| ≤ half_h."""
    xp = _namespace(x)
    tiny = float(xp.finfo(x.dtype).tiny) ** 0.25  # its inverse may still be squared in a backward pass
    xe, ye = xp.roll(x, -1, 0), xp.roll(y, -1, 0)
    dx, dy = xe - x, ye - y
    xs_in, xe_in = _clamp(x, half_w), _clamp(xe, half_w)
    # the part of the edge inside the strip |x| ≤ W runs from y_from to y_to
    steep = xp.abs(dx) > tiny
    inverse = xp.where(steep, 1.0 / xp.where(steep, dx, 1.0), 0.0)
    y_from = y + xp.clip((xs_in - x) * inverse, 0.0, 1.0) * dy
    y_to = y + xp.clip((xe_in - x) * inverse, 0.0, 1.0) * dy
    from_in, to_in = _clamp(y_from, half_h), _clamp(y_to, half_h)
    middle = (from_in + to_in) / 2
    # the mean of clamp(y) along it: shares above and below the window, and the mean between
    high, low = xp.maximum(y_from, y_to), xp.minimum(y_from, y_to)
    span = xp.clip(high - low, tiny, None)
    above = (xp.clip(high - half_h, 0.0, None) - xp.clip(low - half_h, 0.0, None)) / span
    below = (xp.clip(-half_h - low, 0.0, None) - xp.clip(-half_h - high, 0.0, None)) / span
    mean = middle + above * (half_h - middle) - below * (half_h + middle)
    return xp.abs(((xe_in - xs_in) * mean).sum(0))


def _clamp(value: Any, limit: Any) -> Any:
    xp = _namespace(value)
    return xp.minimum(xp.maximum(value, -limit), limit)

"""Exact overlap of rotated boxes in torch: vectorised, continuous and differentiable.

Boxes are (N, 5) cx, cy, w, h, angle in the package's convention (:mod:`karyoview.core.geometry`). The
common area is a boundary integral. In the frame of the second box the first one is a quadrilateral
and the second a window |x| ≤ W, |y| ≤ H, so that by Green's theorem

    area = |∮ clamp(y, −H, H) d clamp(x, −W, W)|,

where each of the four edges has a closed form. Nothing is sorted or branched on: touching, equal
and degenerate boxes need no cases of their own, and the error stays at rounding.
"""

from __future__ import annotations

import torch
from torch import Tensor

PAIRS_AT_ONCE = 1 << 16


def rotated_corners(boxes: Tensor) -> Tensor:
    """Corners (..., 4, 2) of boxes (..., 5): p-left, p-right, q-right, q-left."""
    cx, cy, w, h, angle = boxes.unbind(-1)
    s, c = torch.sin(angle), torch.cos(angle)
    across = torch.stack([c * w, s * w], -1) / 2
    to_p = torch.stack([s * h, -c * h], -1) / 2
    centre = torch.stack([cx, cy], -1)
    return torch.stack(
        [centre - across + to_p, centre + across + to_p, centre + across - to_p, centre - across - to_p], -2
    )


def rotated_bounds(boxes: Tensor) -> Tensor:
    """Bounds (..., 4) x1, y1, x2, y2 of the rectangles of boxes (..., 5)."""
    half = _half_extent(boxes)
    return torch.cat([boxes[..., :2] - half, boxes[..., :2] + half], -1)


def capsule_bounds(boxes: Tensor) -> Tensor:
    """Bounds (..., 4) of the capsules (stadium, width as diameter) in boxes (..., 5), which outlines fill."""
    w, h, angle = boxes[..., 2], boxes[..., 3], boxes[..., 4]
    along = torch.where(h >= w, angle, angle + torch.pi / 2)
    radius, reach = torch.minimum(w, h) / 2, (h - w).abs() / 2
    half = torch.stack([along.sin().abs() * reach + radius, along.cos().abs() * reach + radius], -1)
    return torch.cat([boxes[..., :2] - half, boxes[..., :2] + half], -1)


def paired_intersection(a: Tensor, b: Tensor) -> Tensor:
    """Common area (P,) in px² of the pairs a[i], b[i] of (P, 5) boxes; differentiable."""
    turn = a[:, 4] - b[:, 4]
    offset = a[:, :2] - b[:, :2]
    s, c = torch.sin(b[:, 4]), torch.cos(b[:, 4])
    x0, y0 = offset[:, 0] * c + offset[:, 1] * s, offset[:, 1] * c - offset[:, 0] * s
    st, ct = torch.sin(turn), torch.cos(turn)
    ax, ay = ct * a[:, 2] / 2, st * a[:, 2] / 2  # half the width vector in b's frame
    bx, by = st * a[:, 3] / 2, -ct * a[:, 3] / 2  # half the length vector, towards p
    x = torch.stack([x0 - ax + bx, x0 + ax + bx, x0 + ax - bx, x0 - ax - bx])
    y = torch.stack([y0 - ay + by, y0 + ay + by, y0 + ay - by, y0 - ay - by])
    return _window_area(x, y, b[:, 2] / 2, b[:, 3] / 2)


def paired_iou(a: Tensor, b: Tensor) -> Tensor:
    """Skew IoU (P,) in [0, 1] of the pairs a[i], b[i] of (P, 5) boxes; differentiable."""
    common = paired_intersection(a, b)
    union = a[:, 2] * a[:, 3] + b[:, 2] * b[:, 3] - common
    return (common / union.clamp_min(torch.finfo(union.dtype).tiny)).clamp(0.0, 1.0)


def rotated_iou(a: Tensor, b: Tensor) -> Tensor:
    """Skew IoU (N, M) of boxes (N, 5) and (M, 5); only pairs whose bounds meet are computed."""
    out = a.new_zeros(len(a), len(b))
    i, j = meeting_pairs(a, b)
    for start in range(0, len(i), PAIRS_AT_ONCE):
        part = slice(start, start + PAIRS_AT_ONCE)
        out = out.index_put((i[part], j[part]), paired_iou(a[i[part]], b[j[part]]))
    return out


def meeting_pairs(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """Indices (P,), (P,) of the pairs whose bounds overlap."""
    if len(a) == 0 or len(b) == 0:
        empty = torch.zeros(0, dtype=torch.long, device=a.device)
        return empty, empty
    with torch.no_grad():
        half_a, half_b = _half_extent(a), _half_extent(b)
        rows = max(1, (1 << 22) // max(len(b), 1))
        found = [
            (
                ((a[k : k + rows, None, 0] - b[None, :, 0]).abs() < half_a[k : k + rows, None, 0] + half_b[None, :, 0])
                & (
                    (a[k : k + rows, None, 1] - b[None, :, 1]).abs()
                    < half_a[k : k + rows, None, 1] + half_b[None, :, 1]
                )
            ).nonzero()
            + torch.tensor([k, 0], device=a.device)
            for k in range(0, len(a), rows)
        ]
    pairs = torch.cat(found)
    return pairs[:, 0], pairs[:, 1]


def _half_extent(boxes: Tensor) -> Tensor:
    """Half width and height (..., 2) of the rectangles' bounds."""
    w, h, angle = boxes[..., 2], boxes[..., 3], boxes[..., 4]
    s, c = angle.sin().abs(), angle.cos().abs()
    return torch.stack([w * c + h * s, w * s + h * c], -1) / 2


def _window_area(x: Tensor, y: Tensor, half_w: Tensor, half_h: Tensor) -> Tensor:
    """Area (P,) that a quadrilateral, x and y (4, P), has in the window |x| ≤ half_w, |y| ≤ half_h."""
    tiny = torch.finfo(x.dtype).tiny ** 0.25  # its inverse may still be squared in a backward pass
    xe, ye = x.roll(-1, 0), y.roll(-1, 0)
    dx, dy = xe - x, ye - y
    xs_in, xe_in = _clamp(x, half_w), _clamp(xe, half_w)
    # the part of the edge inside the strip |x| ≤ W runs from y_from to y_to
    inverse = torch.where(dx.abs() > tiny, 1.0 / torch.where(dx.abs() > tiny, dx, 1.0), 0.0)
    y_from = y + ((xs_in - x) * inverse).clamp(0.0, 1.0) * dy
    y_to = y + ((xe_in - x) * inverse).clamp(0.0, 1.0) * dy
    from_in, to_in = _clamp(y_from, half_h), _clamp(y_to, half_h)
    middle = (from_in + to_in) / 2
    # the mean of clamp(y) along it: shares above and below the window, and the mean between
    high, low = torch.maximum(y_from, y_to), torch.minimum(y_from, y_to)
    span = (high - low).clamp_min(tiny)
    above = ((high - half_h).clamp_min(0.0) - (low - half_h).clamp_min(0.0)) / span
    below = ((-half_h - low).clamp_min(0.0) - (-half_h - high).clamp_min(0.0)) / span
    mean = middle + above * (half_h - middle) - below * (half_h + middle)
    return ((xe_in - xs_in) * mean).sum(0).abs()


def _clamp(value: Tensor, limit: Tensor) -> Tensor:
    return torch.minimum(torch.maximum(value, -limit), limit)

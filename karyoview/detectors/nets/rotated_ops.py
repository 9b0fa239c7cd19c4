"""Bounds, corners and overlap of rotated boxes in torch; detectors.rotated_overlap says how overlap is computed."""

from __future__ import annotations

import torch
from torch import Tensor

from karyoview.detectors.rotated_overlap import (
    PAIRS_AT_ONCE,
    half_extent,
    iou_of_pairs,
    meeting_pairs,
    paired_intersection,
    paired_iou,
)

__all__ = [
    "PAIRS_AT_ONCE", "capsule_bounds", "meeting_pairs", "paired_intersection", "paired_iou", "rotated_bounds",
    "rotated_corners", "rotated_iou",
]  # fmt: skip


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
    half = half_extent(boxes)
    return torch.cat([boxes[..., :2] - half, boxes[..., :2] + half], -1)


def capsule_bounds(boxes: Tensor) -> Tensor:
    """Bounds (..., 4) of the capsules (stadium, width as diameter) in boxes (..., 5), which outlines fill."""
    w, h, angle = boxes[..., 2], boxes[..., 3], boxes[..., 4]
    along = torch.where(h >= w, angle, angle + torch.pi / 2)
    radius, reach = torch.minimum(w, h) / 2, (h - w).abs() / 2
    half = torch.stack([along.sin().abs() * reach + radius, along.cos().abs() * reach + radius], -1)
    return torch.cat([boxes[..., :2] - half, boxes[..., :2] + half], -1)


def rotated_iou(a: Tensor, b: Tensor) -> Tensor:
    """Skew IoU (N, M) of boxes (N, 5) and (M, 5); only pairs whose bounds meet are computed."""
    i, j = meeting_pairs(a, b)
    return a.new_zeros(len(a), len(b)).index_put((i, j), iou_of_pairs(a, b, i, j))

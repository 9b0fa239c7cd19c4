"""Boxes as offsets from rotated anchors, with a full turn: the axis from the offsets, the arms from one bit."""

from __future__ import annotations

import math

import torch
from torch import Tensor

_MAX_LOG = 4.0


def encode(boxes: Tensor, anchors: Tensor) -> tuple[Tensor, Tensor]:
    """Offsets (P, 5) dx, dy, dw, dh, dθ and polarity (P,) bool of boxes (P, 5) against anchors (P, 5).

    x = aₓ + dx·a_long, y = a_y + dy·a_short along the image's axes, as the paper's boxes have the
    long side first; w and h by logarithms; dθ in (−π/2, π/2] turns the anchor's axis onto the
    box's, and polarity is True where the box's short arm then lies at the anchor's far end.
    """
    scale = _scale(anchors)
    shift = (boxes[:, :2] - anchors[:, :2]) / scale
    size = torch.log(boxes[:, 2:4].clamp_min(1e-6) / anchors[:, 2:4])
    turn = boxes[:, 4] - anchors[:, 4]
    half_turns = torch.ceil(turn / math.pi - 0.5)
    angle = turn - half_turns * math.pi
    return torch.cat([shift, size, angle[:, None]], 1), half_turns.remainder(2) == 1


def decode(offsets: Tensor, anchors: Tensor, polarity: Tensor | None = None) -> Tensor:
    """Boxes (P, 5) from offsets (P, 5) and anchors (P, 5), angles in (−π, π].

    Without ``polarity`` (P,) bool the short arm stays at the anchor's end. Size offsets are limited
    to ±4, where a box has 55 times the anchor's side.
    """
    centre = anchors[:, :2] + offsets[:, :2] * _scale(anchors)
    size = anchors[:, 2:4] * offsets[:, 2:4].clamp(-_MAX_LOG, _MAX_LOG).exp()
    angle = anchors[:, 4] + offsets[:, 4]
    if polarity is not None:
        angle = angle + math.pi * polarity.to(angle.dtype)
    angle = angle - 2 * math.pi * torch.ceil(angle / (2 * math.pi) - 0.5)
    return torch.cat([centre, size, angle[:, None]], 1)


def _scale(anchors: Tensor) -> Tensor:
    """The anchors' long and short sides (P, 2), which scale dx and dy."""
    sides = anchors[:, 2:4]
    return torch.stack([sides.amax(1), sides.amin(1)], 1)

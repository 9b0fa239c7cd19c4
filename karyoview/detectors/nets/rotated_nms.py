"""Suppression of rotated boxes for code that has torch: detectors.rotated_suppression on tensors."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor

from karyoview.detectors import rotated_suppression
from karyoview.detectors.suppression import Array

__all__ = ["Votes", "rotated_nms", "soft_rotated_nms", "vote"]


class Votes(NamedTuple):
    """rotated_suppression.Votes as tensors."""

    seeds: Tensor
    boxes: Tensor
    scores: Tensor
    support: Tensor


def rotated_nms(boxes: Tensor, scores: Tensor, threshold: float) -> Tensor:
    """rotated_suppression.rotated_nms of boxes (N, 5) and scores (N,)."""
    return torch.from_numpy(rotated_suppression.rotated_nms(_array(boxes), _array(scores), threshold)).to(boxes.device)


def soft_rotated_nms(
    boxes: Tensor, scores: Tensor, *, embeddings: Tensor | None = None, **how: Any
) -> tuple[Tensor, Tensor]:
    """rotated_suppression.soft_rotated_nms of boxes (N, 5) and scores (N,)."""
    marks = None if embeddings is None else _array(embeddings)
    kept, final = rotated_suppression.soft_rotated_nms(_array(boxes), _array(scores), embeddings=marks, **how)
    return torch.from_numpy(kept).to(boxes.device), torch.from_numpy(final).to(scores)


def vote(boxes: Tensor, scores: Tensor, view: Tensor | None = None, **how: Any) -> Votes:
    """rotated_suppression.vote of candidates (N, 5) with scores (N,)."""
    looks = None if view is None else _array(view)
    found = rotated_suppression.vote(_array(boxes), _array(scores), looks, **how)
    return Votes(*(torch.from_numpy(part).to(boxes.device) for part in found))


def _array(tensor: Tensor) -> Array:
    return tensor.detach().cpu().numpy()

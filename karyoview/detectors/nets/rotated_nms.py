"""Suppression of rotated boxes for code that has torch: detectors.rotated_nms on tensors."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor

from karyoview.detectors import rotated_nms as array_rotated_nms
from karyoview.detectors.nms import Array

__all__ = ["Votes", "rotated_nms", "soft_rotated_nms", "vote"]


class Votes(NamedTuple):
    """array_rotated_nms.Votes as tensors."""

    seeds: Tensor
    boxes: Tensor
    scores: Tensor
    support: Tensor


def rotated_nms(boxes: Tensor, scores: Tensor, threshold: float) -> Tensor:
    """array_rotated_nms.rotated_nms of boxes (N, 5) and scores (N,)."""
    return torch.from_numpy(array_rotated_nms.rotated_nms(_array(boxes), _array(scores), threshold)).to(boxes.device)


def soft_rotated_nms(
    boxes: Tensor, scores: Tensor, *, embeddings: Tensor | None = None, **how: Any
) -> tuple[Tensor, Tensor]:
    """array_rotated_nms.soft_rotated_nms of boxes (N, 5) and scores (N,)."""
    marks = None if embeddings is None else _array(embeddings)
    kept, final = array_rotated_nms.soft_rotated_nms(_array(boxes), _array(scores), embeddings=marks, **how)
    return torch.from_numpy(kept).to(boxes.device), torch.from_numpy(final).to(scores)


def vote(boxes: Tensor, scores: Tensor, view: Tensor | None = None, **how: Any) -> Votes:
    """array_rotated_nms.vote of candidates (N, 5) with scores (N,)."""
    looks = None if view is None else _array(view)
    found = array_rotated_nms.vote(_array(boxes), _array(scores), looks, **how)
    return Votes(*(torch.from_numpy(part).to(boxes.device) for part in found))


def _array(tensor: Tensor) -> Array:
    return tensor.detach().cpu().numpy()

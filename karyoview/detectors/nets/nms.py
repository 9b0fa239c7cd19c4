"""Suppression of doubles for code that has torch: detectors.nms on tensors.

A cell has a few hundred boxes at most, so that taking them to the processor and back costs less than a loop on a card.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from karyoview.detectors import nms as array_nms
from karyoview.detectors.nms import NMS, SoftMethod

__all__ = ["NMS", "SoftMethod", "soft_nms", "suppress"]


def soft_nms(boxes: Tensor, scores: Tensor, **how: Any) -> tuple[Tensor, Tensor]:
    """detectors.nms.soft_nms of boxes (N, 4) and scores (N,); what is kept, on their device."""
    return _back(array_nms.soft_nms(_array(boxes), _array(scores), **how), scores)


def suppress(boxes: Tensor, scores: Tensor, embeddings: Tensor | None = None, **how: Any) -> tuple[Tensor, Tensor]:
    """detectors.nms.suppress of boxes (N, 4) and scores (N,); what is kept, on their device."""
    marks = None if embeddings is None else _array(embeddings)
    return _back(array_nms.suppress(_array(boxes), _array(scores), marks, **how), scores)


def _array(tensor: Tensor) -> array_nms.Array:
    return tensor.detach().float().cpu().numpy()


def _back(found: tuple[array_nms.IntArray, array_nms.Array], scores: Tensor) -> tuple[Tensor, Tensor]:
    kept, values = found
    return torch.from_numpy(kept).to(scores.device), torch.from_numpy(values).to(scores)

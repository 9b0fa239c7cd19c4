"""Additive angular margin: class scores as angles to global class centres (DeepACC 2.2, eq. 1)."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

_SINE_FLOOR = 1e-7


class CosineClassifier(nn.Module):
    """Cosines (P, classes) in [−1, 1] between features (P, D) and class centres, both normalised, no bias.

    Row 0 is the background, a class without margin (*ours*).
    """

    def __init__(self, width: int, classes: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(classes, width))
        nn.init.normal_(self.weight, std=0.01)

    def centres(self) -> Tensor:
        """The global class centres (classes, D) of length 1."""
        return F.normalize(self.weight.float(), dim=1)

    def forward(self, features: Tensor) -> Tensor:
        return F.linear(F.normalize(features.float(), dim=1), self.centres()).clamp(-1.0, 1.0)


def angular_margin_logits(cosine: Tensor, labels: Tensor, *, scale: float = 64.0, margin: float = 0.25) -> Tensor:
    """s·cos(θ + m) for the true class of each row, s·cos θ elsewhere; (P, classes).

    ``labels`` (P,) int64 with 0 for background, which has no margin. No arccos: cos(θ+m) = cos θ cos m −
    sin θ sin m with sin θ = √max(1−cos² θ, 1e-7); beyond π, where the cosine would rise again,
    cos θ − m sin m.
    """
    rows = (labels > 0).nonzero().flatten()
    true = cosine[rows, labels[rows]]
    sine = (1 - true**2).clamp(min=_SINE_FLOOR).sqrt()
    turned = true * math.cos(margin) - sine * math.sin(margin)
    turned = torch.where(true > -math.cos(margin), turned, true - margin * math.sin(margin))
    return scale * cosine.index_put((rows, labels[rows]), turned)


def angular_margin_loss(cosine: Tensor, labels: Tensor, *, scale: float = 64.0, margin: float = 0.25) -> Tensor:
    """Mean cross entropy of :func:`angular_margin_logits`; 0 without rows."""
    if len(labels) == 0:
        return cosine.sum() * 0.0
    return F.cross_entropy(angular_margin_logits(cosine, labels, scale=scale, margin=margin), labels)

"""Siamese inference branch: the surest chromosome of a class in this cell judges the others (DeepACC 2.3, eq. 2)."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def surest(probabilities: Tensor, delta: float) -> tuple[Tensor, Tensor]:
    """For each class the row (C,) of one image's ``probabilities`` (P, C) with its highest score, and whether that
    score is > ``delta``; the background (class 0) never is (*ours*)."""
    if len(probabilities) == 0:
        none = torch.zeros(probabilities.shape[1], dtype=torch.int64, device=probabilities.device)
        return none, none.bool()
    score, row = probabilities.max(0)
    sure = score > delta
    sure[0] = False
    return row, sure


def local_centres(features: Tensor, probabilities: Tensor, centres: Tensor, delta: float = 0.5) -> Tensor:
    """Weights (C, D) of the inference branch for one image, each of length 1.

    x/‖x‖ of the surest proposal where its score is above ``delta``, else the global centre.
    ``features`` (P, D); ``probabilities`` (P, C) must come from scores without margin, in training as
    at test, else labels leak into the choice (*ours*).
    """
    row, sure = surest(probabilities, delta)
    return torch.where(sure[:, None], F.normalize(features.float(), dim=1)[row], centres)


class InferenceBranch(nn.Module):
    """Logits (P, C) = W_I·x + b with local centres W_I for each image; x is not normalised, b starts at 0."""

    def __init__(self, classes: int, delta: float = 0.5) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(classes))
        self.delta = delta

    def forward(self, features: Tensor, probabilities: Tensor, centres: Tensor, counts: list[int]) -> Tensor:
        """``features`` (P, D) and ``probabilities`` (P, C) of all images, ``counts`` of rows by image."""
        parts = zip(features.split(counts), probabilities.split(counts), strict=True)
        return torch.cat([F.linear(x.float(), local_centres(x, p, centres, self.delta), self.bias) for x, p in parts])

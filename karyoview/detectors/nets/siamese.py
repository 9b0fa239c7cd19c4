"""Siamese inference branch: the surest chromosome of a class in this cell judges the others (DeepACC 2.3, eq. 2)."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def log_odds(logits: Tensor) -> Tensor:
    """Log odds (P, C) of the classes of ``logits`` (P, C): they tell apart what as probabilities is 1 to rounding."""
    classes = torch.arange(logits.shape[1], device=logits.device)
    others = logits[:, None].masked_fill(classes == classes[:, None], -torch.inf).logsumexp(2)
    return logits - others


def surest(probabilities: Tensor, delta: float, odds: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """For each class the row (C,) of one image's ``probabilities`` (P, C) with its highest score, and whether that
    score is > ``delta``; the background (class 0) never is (*ours*). ``odds`` (P, C), if given, are compared instead:
    at a scale of 64 the probabilities of a cell's surest proposals are the same number."""
    if len(probabilities) == 0:
        none = torch.zeros(probabilities.shape[1], dtype=torch.int64, device=probabilities.device)
        return none, none.bool()
    row = (probabilities if odds is None else odds).argmax(0)
    sure = probabilities.amax(0) > delta
    sure[0] = False
    return row, sure


def local_centres(
    features: Tensor, probabilities: Tensor, centres: Tensor, delta: float = 0.5, odds: Tensor | None = None
) -> Tensor:
    """Weights (C, D) of the inference branch for one image, each of length 1.

    x/‖x‖ of the surest proposal where its score is above ``delta``, else the global centre.
    ``features`` (P, D); ``probabilities`` (P, C) must come from scores without margin, in training as
    at test, else labels leak into the choice (*ours*).
    """
    if len(features) == 0:
        return centres
    row, sure = surest(probabilities, delta, odds)
    if not bool(sure.any()):
        return centres
    return torch.where(sure[:, None], F.normalize(features.float(), dim=1)[row], centres)


class InferenceBranch(nn.Module):
    """Logits (P, C) = W_I·x + b with local centres W_I for each image; x is not normalised, b starts at 0."""

    def __init__(self, classes: int, delta: float = 0.5) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(classes))
        self.delta = delta

    def forward(self, features: Tensor, logits: Tensor, centres: Tensor, counts: list[int]) -> Tensor:
        """``features`` (P, D) and ``logits`` (P, C), without margin, of all images, ``counts`` of rows by image."""
        columns = (features, logits.softmax(1), log_odds(logits))
        parts = zip(*(column.split(counts) for column in columns), strict=True)
        return torch.cat(
            [F.linear(x.float(), local_centres(x, p, centres, self.delta, o), self.bias) for x, p, o in parts]
        )

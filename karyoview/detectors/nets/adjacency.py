"""Group inner-adjacency loss: within a Denver group, class scores of two chromosomes must not overlap (DeepACC 2.4)."""

from __future__ import annotations

from functools import cache

import torch
from torch import Tensor

from karyoview.core.chromosome import CLASSES
from karyoview.detectors.nets.siamese import surest


@cache
def forbidden_pairs() -> Tensor:
    """(25, 25) bool: classes i ≠ j of one Denver group; row and column 0 are the background, always False."""
    groups = ["", *(c.group for c in CLASSES)]
    table = [[a == b != "" and i != j for j, b in enumerate(groups)] for i, a in enumerate(groups)]
    return torch.tensor(table)


def group_adjacency_loss(
    probabilities: list[Tensor], labels: list[Tensor], *, delta: float = 0.5, through_centre: bool = False
) -> Tensor:
    """Mean over the batch's positives of Σ_j M(x)·M_j, j the other classes of x's group (eq. 3).

    Lists by image: ``probabilities`` (P, 25) without margin, ``labels`` (P,) with 0 for background. M_j
    is the row of the surest proposal of class j in the same image; j counts only where its score is >
    ``delta`` and that proposal is not x itself: a cell without a Y would otherwise punish being sure
    (*ours*). The gradient goes through M_j only with ``through_centre`` (*ours*). 0 without positives.
    """
    total = torch.stack([p.sum() for p in probabilities]).sum() * 0.0
    count = 0
    for rows, label in zip(probabilities, labels, strict=True):
        positive = (label > 0).nonzero().flatten()
        count += len(positive)
        if len(positive) == 0:
            continue
        best, sure = surest(rows.detach(), delta)
        reference = rows[best] if through_centre else rows[best].detach()
        allowed = forbidden_pairs().to(rows.device)[label[positive]] & sure & (best != positive[:, None])
        total = total + ((rows[positive] @ reference.T) * allowed).sum()
    return total / max(count, 1)

"""Anchors by strata, and the minibatch drawn from them: uniform, HNAS v1, HNAS v2.

DeepACE 2.2 and DeepACEv2 II-B. Half of a detector's errors on chromosomes are partial ones taken for
whole; anchors on parts are rare among the empty ones, so the minibatch takes its negatives half and
half from *hard* (part of a chromosome) and *easy* ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor

EASY: Final = 0
POSITIVE: Final = 1
HARD: Final = 2
IGNORED: Final = -1


@dataclass(frozen=True, slots=True)
class Strata:
    """IoU bounds: positive ≥ ``positive``; hard negative in [``hard_low``, ``hard_high``); easy below ``easy``.

    What lies between is ignored. Bounds of a hard stratum that is empty make the uniform sampler.
    """

    positive: float
    easy: float
    hard_low: float
    hard_high: float


STRATA: Final = {
    "uniform": Strata(positive=0.7, easy=0.3, hard_low=0.3, hard_high=0.3),
    "hnas_v1": Strata(positive=0.7, easy=0.3, hard_low=0.3, hard_high=0.7),
    "hnas_v2": Strata(positive=0.7, easy=0.1, hard_low=0.1, hard_high=0.5),
}


def stratify(iou: Tensor, bounds: Strata) -> tuple[Tensor, Tensor]:
    """Stratum (N,) int64 of each anchor and the index (N,) of its best truth, from IoU (M truths, N anchors).

    An anchor that is best for a truth, with IoU > 0 (ties too), is positive before strata are formed
    (*ours*). Without truths every anchor is an easy negative.
    """
    count = iou.shape[1]
    if iou.shape[0] == 0:
        return torch.full((count,), EASY, device=iou.device), torch.zeros(count, dtype=torch.int64, device=iou.device)
    best, truth = iou.max(0)
    strata = torch.full((count,), IGNORED, device=iou.device)
    strata[best < bounds.easy] = EASY
    strata[(best >= bounds.hard_low) & (best < bounds.hard_high)] = HARD
    strata[best >= bounds.positive] = POSITIVE
    per_truth = iou.max(1, keepdim=True).values
    strata[((iou == per_truth) & (per_truth > 0)).any(0)] = POSITIVE
    return strata, truth


def draw(strata: Tensor, size: int, positive_fraction: float, generator: torch.Generator | None = None) -> Tensor:
    """Indices (≤ ``size``,) of a minibatch drawn without replacement from ``strata``.

    At most ``size · positive_fraction`` positives; half of the rest are hard, half easy negatives, and a
    short stratum of negatives is filled from the other (*ours*). With no hard stratum all negatives are
    easy, which is torchvision's sampler.
    """
    wanted_positive = int(size * positive_fraction)
    positive = _choose(strata == POSITIVE, wanted_positive, generator)
    rest = size - len(positive)
    hard_count, easy_count = int((strata == HARD).sum()), int((strata == EASY).sum())
    hard_wanted = min(hard_count, max(rest // 2, rest - easy_count))
    hard = _choose(strata == HARD, hard_wanted, generator)
    easy = _choose(strata == EASY, rest - len(hard), generator)
    return torch.cat([positive, hard, easy])


def seeded(seed: Tensor | int | None) -> torch.Generator | None:
    """A CPU generator for an image's ``seed``; None keeps torch's global one.

    With a seed per image, a step gives the same loss however its images are spread over processes.
    """
    return None if seed is None else torch.Generator().manual_seed(int(seed))


def _choose(mask: Tensor, count: int, generator: torch.Generator | None) -> Tensor:
    members = mask.nonzero().flatten()
    if len(members) <= count:
        return members
    order = torch.randperm(len(members), generator=generator)[: max(count, 0)]
    return members[order.to(members.device)]

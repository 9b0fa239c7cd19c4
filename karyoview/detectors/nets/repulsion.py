"""Repulsion losses: a box must not drift onto the neighbour of its chromosome.

RL: DeepACEv2 eq. 6; TNRL: eq. 7 and 8, DeepACE eq. 3 and 4. G is the truth of highest IoU with a
positive proposal P, R the truth of highest IoU with P except G, B the box regressed from P.
"""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor
from torchvision.ops import box_iou

from karyoview.detectors.region_configs import Repulsion

_SIGMA_LIMIT: Final = 0.95
_MIN_SHARE: Final = 1e-3


def smooth_ln(x: Tensor, sigma: float) -> Tensor:
    """−ln(1−x) up to σ, then its tangent; x in [0, 1].

    σ is held at 0.95 (*ours*): the papers' σ = 1 has an infinite slope at x = 1; so it is 20 there.
    """
    sigma = min(sigma, _SIGMA_LIMIT)
    curved = -torch.log1p(-x.clamp(max=sigma))
    straight = (x - sigma) / (1 - sigma) - torch.log1p(torch.tensor(-sigma, dtype=x.dtype, device=x.device))
    return torch.where(x < sigma, curved, straight)


def repulsion_terms(boxes: Tensor, proposals: Tensor, truths: Tensor, kind: Repulsion, sigma: float = 1.0) -> Tensor:
    """The term of each positive proposal of one image, (P,) ≥ 0, in the dtype of ``boxes``.

    ``boxes`` (P, 4) are regressed from ``proposals`` (P, 4), ``truths`` (M, 4), all x1, y1, x2, y2 in
    pixels. A term is 0 when there is no R, when R does not overlap P, and for TNRL when
    area(R) − area(G∩R) < max(1 px², 1e-3·area(R)), that is when G contains R (*ours*).
    """
    if kind == "none" or len(boxes) == 0 or len(truths) < 2:
        return boxes.sum(1) * 0.0
    truths = truths.to(boxes.dtype)
    overlap, order = box_iou(proposals.to(boxes.dtype), truths).topk(2, dim=1)
    attracted, repelling = truths[order[:, 0]], truths[order[:, 1]]
    area = _area(repelling)
    onto = _intersection(boxes, repelling)
    if kind == "rl":
        share = onto / area.clamp(min=1e-12)
        usable = (overlap[:, 1] > 0) & (area > 0)
    else:
        already = _intersection(attracted, repelling)
        free = area - already
        usable = (overlap[:, 1] > 0) & (free >= (_MIN_SHARE * area).clamp(min=1.0))
        share = ((onto - already) / torch.where(usable, free, torch.ones_like(free))).clamp(min=0.0)
    share = torch.where(usable, share, torch.zeros_like(share))
    return smooth_ln(share, sigma)


def repulsion_loss(
    boxes: list[Tensor], proposals: list[Tensor], truths: list[Tensor], kind: Repulsion, sigma: float = 1.0
) -> Tensor:
    """Mean of the terms over all positive proposals of a batch (lists by image); 0 when there are none."""
    terms = torch.cat([repulsion_terms(b, p, t, kind, sigma) for b, p, t in zip(boxes, proposals, truths, strict=True)])
    return terms.sum() / max(len(terms), 1)


def _area(boxes: Tensor) -> Tensor:
    return (boxes[:, 2] - boxes[:, 0]).clamp(min=0) * (boxes[:, 3] - boxes[:, 1]).clamp(min=0)


def _intersection(a: Tensor, b: Tensor) -> Tensor:
    low, high = torch.maximum(a[:, :2], b[:, :2]), torch.minimum(a[:, 2:], b[:, 2:])
    return (high - low).clamp(min=0).prod(1)

"""Suppression on exact skew IoU, hard and soft, with loops over blocks or kept boxes only; and box voting.

A one-stage network says every chromosome some hundred times. :func:`vote` lets those speak together: it
averages them, which mends the box, and counts them, which tells a chromosome from a box that lies across
two of them and that few places agree on.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from karyoview.core.detection import MIN_RANKED_SCORE
from karyoview.detectors.nets.rotated_ops import PAIRS_AT_ONCE, meeting_pairs, paired_iou

_BLOCK = 1024


class Votes(NamedTuple):
    """``seeds`` (K,) candidates by falling score of their own; averaged ``boxes`` (K, 5), common ``scores`` (K,) and
    ``support`` (K,) ≥ 0."""

    seeds: Tensor
    boxes: Tensor
    scores: Tensor
    support: Tensor


@torch.no_grad()
def rotated_nms(boxes: Tensor, scores: Tensor, threshold: float) -> Tensor:
    """Indices of the boxes that greedy hard suppression keeps, by falling score (DeepCHM III-E).

    ``boxes`` (N, 5), ``scores`` (N,); a box goes when its skew IoU with a kept, higher one is above
    ``threshold``. The same set as the one-by-one loop: blocks of the sorted boxes are first cleared
    by what is kept, then settle among themselves.
    """
    order = scores.argsort(descending=True, stable=True)
    sorted_boxes = boxes[order]
    kept = order.new_zeros(0)
    for start in range(0, len(order), _BLOCK):
        block = torch.arange(start, min(start + _BLOCK, len(order)), device=boxes.device)
        above, below = meeting_pairs(sorted_boxes[kept], sorted_boxes[block])
        hit = _overlapping(sorted_boxes[kept], sorted_boxes[block], above, below, threshold)
        alive = torch.ones(len(block), dtype=torch.bool, device=boxes.device)
        alive[below[hit]] = False
        block = block[alive]
        kept = torch.cat([kept, block[_settle(sorted_boxes[block], threshold)]])
    return order[kept]


@torch.no_grad()
def soft_rotated_nms(
    boxes: Tensor,
    scores: Tensor,
    *,
    sigma: float = 0.5,
    min_score: float = MIN_RANKED_SCORE,
    embeddings: Tensor | None = None,
    delta: float = 0.3,
    most: int | None = None,
) -> tuple[Tensor, Tensor]:
    """Indices and decayed scores after Gaussian soft suppression on skew IoU, by falling score.

    ``boxes`` (N, 5), ``scores`` (N,). Without ``embeddings`` the decay is exp(−IoU²/σ); with them
    (N,) it is embedding-guided: exp(−IoU^(1.5+S(d))/σ), S(d) = 1/(1+e^(−2(d−Δ))), d the distance of
    the embeddings (DeepACEv2, II-D): boxes of different chromosomes suppress one another less.
    Boxes whose score falls below ``min_score`` are dropped, and all beyond the first ``most``.
    """
    alive = (scores >= min_score).nonzero()[:, 0]
    left = scores.clone()
    i, j = meeting_pairs(boxes[alive], boxes[alive])
    upper = i != j
    i, j = i[upper], j[upper]
    iou = torch.cat(
        [
            paired_iou(boxes[alive[a]], boxes[alive[b]])
            for a, b in zip(i.split(PAIRS_AT_ONCE), j.split(PAIRS_AT_ONCE), strict=True)
        ]
        or [boxes.new_zeros(0)]
    )
    power = iou.new_full(iou.shape, 2.0)
    if embeddings is not None:
        distance = (embeddings[alive[i]] - embeddings[alive[j]]).abs()
        power = 1.5 + torch.sigmoid(2.0 * (distance - delta))
    decay = torch.exp(-(iou**power) / sigma)
    starts = torch.searchsorted(i, torch.arange(len(alive) + 1, device=boxes.device))
    current = left[alive]
    result: list[int] = []
    final: list[float] = []
    bounds = starts.tolist()
    while len(result) < (len(alive) if most is None else min(most, len(alive))):
        best = int(current.argmax())
        score = float(current[best])
        if score < min_score:
            break
        result.append(best)
        final.append(score)
        current[best] = -1.0
        row = slice(bounds[best], bounds[best + 1])
        current[j[row]] *= decay[row]
    picked = alive[torch.tensor(result, dtype=torch.long, device=boxes.device)]
    return picked, scores.new_tensor(final)


@torch.no_grad()
def vote(
    boxes: Tensor,
    scores: Tensor,
    view: Tensor | None = None,
    *,
    seed_iou: float = 0.8,
    merge_iou: float = 0.6,
    power: float = 2.0,
) -> Votes:
    """Candidates (N, 5) with scores (N,) averaged around the best of them.

    ``view`` (N,) int64 says in which of several looks at the image each was seen: 0 … V − 1 (None: all in one).

    Seeds are what hard suppression at a skew IoU of ``seed_iou`` leaves. Each is averaged with all candidates
    of an IoU from ``merge_iou`` up, by weights score·IoU^``power``: centres as they are, sides by their
    logarithms, angles as axes (a half turn is the same box). The direction stays the seed's. A score is the
    highest among them, averaged over the views; 0 counts where a view sees none of them. ``support`` is the
    sum of the weights over the number of views.
    """
    seeds = rotated_nms(boxes, scores, seed_iou)
    i, j = meeting_pairs(boxes[seeds], boxes)
    parts = zip(i.split(PAIRS_AT_ONCE), j.split(PAIRS_AT_ONCE), strict=True)
    iou = torch.cat([paired_iou(boxes[seeds[k]], boxes[m]) for k, m in parts] or [boxes.new_zeros(0)])
    near = iou >= merge_iou
    i, j, iou = i[near], j[near], iou[near]
    weight = scores[j] * iou**power
    total = scores.new_zeros(len(seeds)).index_add_(0, i, weight)
    views = 1 if view is None or len(view) == 0 else int(view.max()) + 1
    cell = i * views if view is None else i * views + view[j]
    highest = scores.new_zeros(len(seeds) * views).scatter_reduce_(0, cell, scores[j], "amax").reshape(-1, views)
    own, others = boxes[seeds], boxes[j]
    turn = others[:, 4] - own[i, 4]
    terms = torch.cat(
        [
            others[:, :2] - own[i, :2],
            torch.log(others[:, 2:4] / own[i, 2:4]),
            torch.sin(2 * turn)[:, None],
            torch.cos(2 * turn)[:, None],
        ],
        1,
    )
    mean = boxes.new_zeros(len(seeds), 6).index_add_(0, i, terms * weight[:, None])
    mean = mean / total.clamp_min(torch.finfo(total.dtype).tiny)[:, None]
    voted = torch.cat(
        [
            own[:, :2] + mean[:, :2],
            own[:, 2:4] * mean[:, 2:4].exp(),
            (own[:, 4] + torch.atan2(mean[:, 4], mean[:, 5]) / 2)[:, None],
        ],
        1,
    )
    return Votes(seeds, voted, highest.mean(1), total / views)


def _overlapping(a: Tensor, b: Tensor, i: Tensor, j: Tensor, threshold: float) -> Tensor:
    """Which of the pairs a[i], b[j] have an IoU above the threshold, (P,) bool."""
    if len(i) == 0:
        return torch.zeros(0, dtype=torch.bool, device=a.device)
    parts = zip(i.split(PAIRS_AT_ONCE), j.split(PAIRS_AT_ONCE), strict=True)
    return torch.cat([paired_iou(a[k], b[m]) > threshold for k, m in parts])


def _settle(boxes: Tensor, threshold: float) -> Tensor:
    """Which of these boxes, by falling score, survive one another, (N,) bool.

    A box stays when no staying earlier box overlaps it. Repeating that rule for all at once settles
    the first box in the first round, and at least one further box in each round after it.
    """
    i, j = meeting_pairs(boxes, boxes)
    earlier = i < j
    i, j = i[earlier], j[earlier]
    hit = _overlapping(boxes, boxes, i, j, threshold)
    i, j = i[hit], j[hit]
    keep = torch.ones(len(boxes), dtype=torch.bool, device=boxes.device)
    while True:
        fresh = torch.ones_like(keep)
        fresh[j[keep[i]]] = False
        if torch.equal(fresh, keep):
            return keep
        keep = fresh

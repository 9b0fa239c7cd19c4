"""Suppression on exact skew IoU, hard and soft, with loops over blocks or kept boxes only; and box voting. In numpy.

A one-stage network says every chromosome some hundred times. :func:`vote` lets those speak together: it
averages them, which mends the box, and counts them, which tells a chromosome from a box that lies across
two of them and that few places agree on.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from karyoview.core.detection import MIN_RANKED_SCORE
from karyoview.detectors.nms import Array, IntArray
from karyoview.detectors.rotated_overlap import iou_of_pairs, meeting_pairs

_BLOCK = 1024


class Votes(NamedTuple):
    """``seeds`` (K,) candidates by falling score of their own; averaged ``boxes`` (K, 5), common ``scores`` (K,) and
    ``support`` (K,) ≥ 0."""

    seeds: IntArray
    boxes: Array
    scores: Array
    support: Array


def rotated_nms(boxes: Array, scores: Array, threshold: float) -> IntArray:
    """Indices of the boxes that greedy hard suppression keeps, by falling score (DeepCHM III-E).

    ``boxes`` (N, 5), ``scores`` (N,); a box goes when its skew IoU with a kept, higher one is above
    ``threshold``. The same set as the one-by-one loop: blocks of the sorted boxes are first cleared
    by what is kept, then settle among themselves.
    """
    order = np.argsort(-scores, kind="stable")
    ranked = boxes[order]
    kept = np.zeros(0, np.int64)
    for start in range(0, len(order), _BLOCK):
        block = np.arange(start, min(start + _BLOCK, len(order)))
        above, below = meeting_pairs(ranked[kept], ranked[block])
        hit = iou_of_pairs(ranked[kept], ranked[block], above, below) > threshold
        alive = np.ones(len(block), bool)
        alive[below[hit]] = False
        block = block[alive]
        kept = np.concatenate([kept, block[_settle(ranked[block], threshold)]])
    return order[kept]


def soft_rotated_nms(
    boxes: Array,
    scores: Array,
    *,
    sigma: float = 0.5,
    min_score: float = MIN_RANKED_SCORE,
    embeddings: Array | None = None,
    delta: float = 0.3,
    most: int | None = None,
) -> tuple[IntArray, Array]:
    """Indices and decayed scores after Gaussian soft suppression on skew IoU, by falling score.

    ``boxes`` (N, 5), ``scores`` (N,). Without ``embeddings`` the decay is exp(−IoU²/σ); with them
    (N,) it is embedding-guided: exp(−IoU^(1.5+S(d))/σ), S(d) = 1/(1+e^(−2(d−Δ))), d the distance of
    the embeddings (DeepACEv2, II-D): boxes of different chromosomes suppress one another less.
    Boxes whose score falls below ``min_score`` are dropped, and all beyond the first ``most``.
    """
    alive = np.flatnonzero(scores >= min_score)
    i, j = meeting_pairs(boxes[alive], boxes[alive])
    apart = i != j
    i, j = i[apart], j[apart]
    iou = iou_of_pairs(boxes[alive], boxes[alive], i, j)
    power = np.full_like(iou, 2.0)
    if embeddings is not None:
        distance = np.abs(embeddings[alive[i]] - embeddings[alive[j]])
        power = 1.5 + 1.0 / (1.0 + np.exp(-2.0 * (distance - delta)))
    decay = np.exp(-(iou**power) / sigma)
    bounds = np.searchsorted(i, np.arange(len(alive) + 1))
    current = np.array(scores[alive])
    result: list[int] = []
    final: list[float] = []
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
    return alive[np.asarray(result, np.int64)], np.asarray(final, scores.dtype)


def vote(
    boxes: Array,
    scores: Array,
    view: IntArray | None = None,
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
    count = len(seeds)
    i, j = meeting_pairs(boxes[seeds], boxes)
    iou = iou_of_pairs(boxes[seeds], boxes, i, j)
    near = iou >= merge_iou
    i, j, iou = i[near], j[near], iou[near]
    weight = scores[j] * iou**power
    total = np.bincount(i, weight, count)
    views = 1 if view is None or len(view) == 0 else int(view.max()) + 1
    highest = np.zeros(count * views, scores.dtype)
    np.maximum.at(highest, i * views if view is None else i * views + view[j], scores[j])
    own, others = boxes[seeds], boxes[j]
    turn = others[:, 4] - own[i, 4]
    shift, stretch = others[:, :2] - own[i, :2], np.log(others[:, 2:4] / own[i, 2:4])
    terms = (*shift.T, *stretch.T, np.sin(2 * turn), np.cos(2 * turn))
    divisor = np.maximum(total, np.finfo(np.float64).tiny)
    mean = np.stack([np.bincount(i, term * weight, count) / divisor for term in terms], 1)
    voted = np.concatenate(
        [
            own[:, :2] + mean[:, :2],
            own[:, 2:4] * np.exp(mean[:, 2:4]),
            (own[:, 4] + np.arctan2(mean[:, 4], mean[:, 5]) / 2)[:, None],
        ],
        1,
    )
    support = (total / views).astype(scores.dtype)
    return Votes(seeds, voted.astype(boxes.dtype), highest.reshape(-1, views).mean(1), support)


def _settle(boxes: Array, threshold: float) -> Array:
    """Which of these boxes, by falling score, survive one another, (N,) bool.

    A box stays when no staying earlier box overlaps it. Repeating that rule for all at once settles
    the first box in the first round, and at least one further box in each round after it.
    """
    i, j = meeting_pairs(boxes, boxes)
    earlier = i < j
    i, j = i[earlier], j[earlier]
    hit = iou_of_pairs(boxes, boxes, i, j) > threshold
    i, j = i[hit], j[hit]
    keep = np.ones(len(boxes), bool)
    while True:
        fresh = np.ones_like(keep)
        fresh[j[keep[i]]] = False
        if np.array_equal(fresh, keep):
            return keep
        keep = fresh

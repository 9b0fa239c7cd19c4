"""Suppression of doubles in numpy: hard NMS, Soft-NMS, and the embedding-guided form (DeepACEv2, Algorithm 1).

The loop of the soft forms runs over kept boxes only; each turn decays all remaining scores at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Literal

import cv2
import numpy as np
import numpy.typing as npt

from karyoview.core.detection import MIN_RANKED_SCORE

NMS = Literal["hard", "soft", "eg", "hard_soft"]
SoftMethod = Literal["gaussian", "linear"]
Array = npt.NDArray[Any]
IntArray = npt.NDArray[np.int64]
Decay = Callable[[int, Array], Array]
"""(index of the kept box, its IoU (N,) with all) → factor (N,) in [0, 1]."""
_NOTHING: Final = 1e-12


def non_maximum_suppression(boxes: Array, scores: Array, iou: float) -> IntArray:
    """Places (K,) of boxes (N, 4) that no better one overlaps by more than ``iou``, by falling score."""
    if len(boxes) == 0:
        return np.zeros(0, np.int64)
    sides = np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], 1).astype(np.float64)
    # OpenCV takes positive scores only: by place in the order of the scores
    order = np.argsort(-scores, kind="stable")
    places = np.arange(len(order), 0, -1, dtype=np.float32)
    kept = cv2.dnn.NMSBoxes(sides[order], places, 0.0, iou)  # type: ignore[arg-type]
    return order[np.asarray(kept, np.int64).ravel()]


def decay_scores(
    iou_of: Callable[[int], Array],
    scores: Array,
    decay: Decay,
    *,
    min_score: float = MIN_RANKED_SCORE,
    limit: int = 100,
) -> tuple[IntArray, Array]:
    """Keep the best box, decay the others by it, and so on.

    ``iou_of(index)`` gives the IoU (N,) of one box with all, so any kind of box will do. Returns the
    kept indices (K,) by falling decayed score, K ≤ ``limit``, and these scores, all ≥ ``min_score``.
    """
    remaining = np.array(scores)
    kept: list[int] = []
    final: list[Any] = []
    for _ in range(min(limit, len(remaining))):
        best = int(remaining.argmax())
        if remaining[best] < min_score:
            break
        kept.append(best)
        final.append(remaining[best])
        remaining *= decay(best, iou_of(best))
        remaining[best] = -1.0
    return np.asarray(kept, np.int64), np.asarray(final, remaining.dtype)


def gaussian_decay(sigma: float = 0.5) -> Decay:
    """exp(−IoU²/σ)."""
    return lambda _, iou: np.exp(-(iou**2) / sigma)


def linear_decay(threshold: float = 0.5) -> Decay:
    """1 − IoU from ``threshold`` on, else 1."""
    return lambda _, iou: np.where(iou >= threshold, 1 - iou, 1.0)


def embedding_decay(embeddings: Array, *, margin: float = 0.3, sigma: float = 0.5) -> Decay:
    """exp(−IoU^(1.5+S(d))/σ), S(d) = 1/(1+e^(−2(d−Δ))), d the distance of the embeddings (N,) or (N, D).

    Boxes far apart in embedding have a larger exponent, so the same overlap costs them less.
    """

    def factor(best: int, iou: Array) -> Array:
        difference = embeddings - embeddings[best]
        distance = np.abs(difference) if difference.ndim == 1 else np.linalg.norm(difference, axis=1)
        exponent = 1.5 + 1.0 / (1.0 + np.exp(-2.0 * (distance - margin)))
        return np.asarray(np.exp(-(iou**exponent) / sigma))

    return factor


def soft_nms(
    boxes: Array,
    scores: Array,
    *,
    method: SoftMethod = "gaussian",
    sigma: float = 0.5,
    threshold: float = 0.5,
    min_score: float = MIN_RANKED_SCORE,
    limit: int = 100,
) -> tuple[IntArray, Array]:
    """Soft-NMS on horizontal boxes (N, 4); see :func:`decay_scores` for what comes back."""
    decay = gaussian_decay(sigma) if method == "gaussian" else linear_decay(threshold)
    return decay_scores(_row_of(boxes), scores, decay, min_score=min_score, limit=limit)


def suppress(
    boxes: Array,
    scores: Array,
    embeddings: Array | None = None,
    *,
    kind: NMS = "hard",
    threshold: float = 0.5,
    method: SoftMethod = "gaussian",
    sigma: float = 0.5,
    margin: float = 0.3,
    min_score: float = MIN_RANKED_SCORE,
    limit: int = 100,
) -> tuple[IntArray, Array]:
    """The configured suppression of boxes (N, 4): kept indices (K,) and their scores, by falling score.

    ``hard_soft`` is DeepACE's: hard NMS at ``threshold``, then Soft-NMS on what is left. ``eg`` needs ``embeddings``.
    """
    if kind == "eg":
        if embeddings is None:
            raise ValueError("embedding-guided NMS needs embeddings: turn the template module on")
        decay = embedding_decay(embeddings, margin=margin, sigma=sigma)
        return decay_scores(_row_of(boxes), scores, decay, min_score=min_score, limit=limit)
    if kind == "soft":
        return soft_nms(
            boxes, scores, method=method, sigma=sigma, threshold=threshold, min_score=min_score, limit=limit
        )
    kept = non_maximum_suppression(boxes, scores, threshold)
    if kind == "hard_soft":
        index, values = soft_nms(
            boxes[kept], scores[kept], method=method, sigma=sigma, threshold=threshold, min_score=min_score, limit=limit
        )
        return kept[index], values
    kept = kept[scores[kept] >= min_score][:limit]
    return kept, scores[kept]


def _row_of(boxes: Array) -> Callable[[int], Array]:
    area = (boxes[:, 2:] - boxes[:, :2]).prod(1)

    def row(index: int) -> Array:
        low, high = np.maximum(boxes[index, :2], boxes[:, :2]), np.minimum(boxes[index, 2:], boxes[:, 2:])
        common = (high - low).clip(0).prod(1)
        return np.asarray(common / np.maximum(area[index] + area - common, _NOTHING))

    return row

"""Suppression of doubles: hard NMS, Soft-NMS, and the embedding-guided form (DeepACEv2, Algorithm 1).

All run on the tensors' device. The loop of the soft forms runs over kept boxes only; each turn decays
all remaining scores at once, so a GPU is never asked for a number in between.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import torch
from torch import Tensor
from torchvision.ops import box_iou, nms

from karyoview.core.detection import MIN_RANKED_SCORE

NMS = Literal["hard", "soft", "eg", "hard_soft"]
SoftMethod = Literal["gaussian", "linear"]
Decay = Callable[[Tensor, Tensor], Tensor]
"""(index of the kept box, its IoU (N,) with all) → factor (N,) in [0, 1]."""


def decay_scores(
    iou_of: Callable[[Tensor], Tensor],
    scores: Tensor,
    decay: Decay,
    *,
    min_score: float = MIN_RANKED_SCORE,
    limit: int = 100,
) -> tuple[Tensor, Tensor]:
    """Keep the best box, decay the others by it, and so on.

    ``iou_of(index)`` gives the IoU (N,) of one box with all, so any kind of box will do. Returns the
    kept indices (K,) by falling decayed score, K ≤ ``limit``, and these scores, all ≥ ``min_score``.
    """
    remaining = scores.clone()
    kept, final = [], []
    for _ in range(min(limit, len(scores))):
        best = remaining.argmax()
        kept.append(best)
        final.append(remaining[best])
        remaining = remaining * decay(best, iou_of(best))
        remaining[best] = -1.0
    if not kept:
        return torch.zeros(0, dtype=torch.int64, device=scores.device), scores[:0]
    index, values = torch.stack(kept), torch.stack(final)
    enough = values >= min_score
    return index[enough], values[enough]


def gaussian_decay(sigma: float = 0.5) -> Decay:
    """exp(−IoU²/σ)."""
    return lambda _, iou: torch.exp(-(iou**2) / sigma)


def linear_decay(threshold: float = 0.5) -> Decay:
    """1 − IoU from ``threshold`` on, else 1."""
    return lambda _, iou: torch.where(iou >= threshold, 1 - iou, torch.ones_like(iou))


def embedding_decay(embeddings: Tensor, *, margin: float = 0.3, sigma: float = 0.5) -> Decay:
    """exp(−IoU^(1.5+S(d))/σ), S(d) = 1/(1+e^(−2(d−Δ))), d the distance of the embeddings (N,) or (N, D).

    Boxes far apart in embedding have a larger exponent, so the same overlap costs them less.
    """

    def factor(best: Tensor, iou: Tensor) -> Tensor:
        difference = embeddings - embeddings[best]
        distance = difference.abs() if difference.ndim == 1 else difference.norm(dim=1)
        return torch.exp(-(iou ** (1.5 + torch.sigmoid(2 * (distance - margin)))) / sigma)

    return factor


def soft_nms(
    boxes: Tensor,
    scores: Tensor,
    *,
    method: SoftMethod = "gaussian",
    sigma: float = 0.5,
    threshold: float = 0.5,
    min_score: float = MIN_RANKED_SCORE,
    limit: int = 100,
) -> tuple[Tensor, Tensor]:
    """Soft-NMS on horizontal boxes (N, 4); see :func:`decay_scores` for what comes back."""
    decay = gaussian_decay(sigma) if method == "gaussian" else linear_decay(threshold)
    return decay_scores(_row_of(boxes), scores, decay, min_score=min_score, limit=limit)


def embedding_guided_nms(
    boxes: Tensor,
    scores: Tensor,
    embeddings: Tensor,
    *,
    margin: float = 0.3,
    sigma: float = 0.5,
    min_score: float = MIN_RANKED_SCORE,
    limit: int = 100,
) -> tuple[Tensor, Tensor]:
    """Embedding-guided NMS on horizontal boxes (N, 4); see :func:`decay_scores` for what comes back."""
    decay = embedding_decay(embeddings, margin=margin, sigma=sigma)
    return decay_scores(_row_of(boxes), scores, decay, min_score=min_score, limit=limit)


def suppress(
    boxes: Tensor,
    scores: Tensor,
    embeddings: Tensor | None = None,
    *,
    kind: NMS = "hard",
    threshold: float = 0.5,
    method: SoftMethod = "gaussian",
    sigma: float = 0.5,
    margin: float = 0.3,
    min_score: float = MIN_RANKED_SCORE,
    limit: int = 100,
) -> tuple[Tensor, Tensor]:
    """The configured suppression: kept indices (K,) and their scores, by falling score.

    ``hard_soft`` is DeepACE's: hard NMS at ``threshold``, then Soft-NMS on what is left. ``eg`` needs
    ``embeddings``.
    """
    if kind == "eg":
        if embeddings is None:
            raise ValueError("embedding-guided NMS needs embeddings: turn the template module on")
        return embedding_guided_nms(
            boxes, scores, embeddings, margin=margin, sigma=sigma, min_score=min_score, limit=limit
        )
    if kind == "soft":
        return soft_nms(
            boxes, scores, method=method, sigma=sigma, threshold=threshold, min_score=min_score, limit=limit
        )
    kept = nms(boxes, scores, threshold)
    if kind == "hard_soft":
        index, values = soft_nms(
            boxes[kept], scores[kept], method=method, sigma=sigma, threshold=threshold, min_score=min_score, limit=limit
        )
        return kept[index], values
    kept = kept[scores[kept] >= min_score][:limit]
    return kept, scores[kept]


def _row_of(boxes: Tensor) -> Callable[[Tensor], Tensor]:
    return lambda index: box_iou(boxes[index][None], boxes)[0]

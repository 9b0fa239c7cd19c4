"""The second look: what outlining and naming a region say about whether it is one whole chromosome.

The finder scores boxes by coarse features. Once a region is outlined and straightened, more is known:
the naming network's own judgement, how sure it is of a class, how well the outline fills the box, and
how much of it belongs to a better region already. A logistic fit on held-back cells joins them; where
the weights hold nets.cell_context, that network reads them with how the regions of a cell stand to
one another.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from karyoview.core.geometry import iou_xyxy
from karyoview.imaging.masks import InstanceMask

FloatArray = npt.NDArray[np.float64]

SCORE_FEATURES = ("score", "whole", "class", "outline", "box overlap", "mask overlap", "covered")
CONTEXT_FEATURES = ("length", "width", "area", "isolated", "entropy")
PAIR_FEATURES = ("box IoU", "mask IoU", "covered by it", "covers it", "like class", "surer", "near", "longer")


def logit(p: FloatArray) -> FloatArray:
    """log p/(1 − p), with p held within [1e-4, 1 − 1e-4]."""
    p = np.clip(p, 1e-4, 1 - 1e-4)
    return np.asarray(np.log(p / (1 - p)))


def score_features(
    boxes: FloatArray,
    scores: FloatArray,
    whole: FloatArray,
    log_probs: FloatArray,
    masks: Sequence[InstanceMask],
) -> FloatArray:
    """Features (N, 7) of N outlined regions whose scores fall; the columns are SCORE_FEATURES.

    ``boxes`` (N, 4) x1, y1, x2, y2; ``scores`` (N,) in (0, 1); ``whole`` (N,) the naming network's log
    odds; ``log_probs`` (N, 24). Overlaps are with regions of a higher score: IoU of boxes, IoU of
    masks, and the share of the region's own mask that is covered.
    """
    n = len(boxes)
    out = np.zeros((n, len(SCORE_FEATURES)))
    if n == 0:
        return out
    out[:, 0] = logit(scores)
    out[:, 1] = np.clip(whole, -10, 10)
    out[:, 2] = np.maximum(log_probs.max(1), -4)
    out[:, 3] = [m.confidence for m in masks]
    iou = np.tril(iou_xyxy(boxes, boxes), -1)
    out[:, 4] = iou.max(1)
    areas = [max(int(m.mask.sum()), 1) for m in masks]
    for i, j in zip(*np.nonzero(iou > 0.02), strict=True):
        shared = _shared(masks[i], masks[j])
        out[i, 5] = max(out[i, 5], shared / (areas[i] + areas[j] - shared))
        out[i, 6] = max(out[i, 6], shared / areas[i])
    return out


def rescore(features: FloatArray, weights: npt.ArrayLike) -> FloatArray:
    """New scores (N,) in [0, 1]: the logistic of ``features`` (N, 7) by ``weights`` (8,), the constant first."""
    w = np.asarray(weights, dtype=np.float64)
    return np.asarray(1 / (1 + np.exp(-np.clip(w[0] + features @ w[1:], -50, 50))))


def fit(features: FloatArray, right: npt.NDArray[np.bool_], ridge: float = 1e-3) -> FloatArray:
    """Weights (8,) of least log loss by Newton's steps; ``right`` (N,) whether the region was a chromosome."""
    x = np.column_stack([np.ones(len(features)), features])
    w = np.zeros(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        gradient = x.T @ (p - right) / len(x) + ridge * w
        hessian = (x * (p * (1 - p))[:, None]).T @ x / len(x) + ridge * np.eye(len(w))
        step = np.linalg.solve(hessian, gradient)
        w -= step
        if np.abs(step).max() < 1e-8:
            break
    return w


def context_features(log_probs: FloatArray, masks: Sequence[InstanceMask]) -> FloatArray:
    """How each of N outlined regions stands in its cell (N, 5): CONTEXT_FEATURES, lengths by the cell's median.

    ``log_probs`` (N, 24); the last column is the entropy of the classes in nats.
    """
    n = len(masks)
    if n == 0:
        return np.zeros((0, len(CONTEXT_FEATURES)))
    long = np.log([max(m.box.h, 1.0) for m in masks])
    wide = np.log([max(m.box.w, 1.0) for m in masks])
    area = np.log([max(int(m.mask.sum()), 1) for m in masks])
    entropy = -(np.exp(log_probs) * log_probs).sum(1)
    relative = [long - np.median(long), wide - np.median(wide), area - np.median(area)]
    return np.column_stack([*relative, [float(m.isolated) for m in masks], entropy])


def pair_features(
    boxes: FloatArray, scores: FloatArray, log_probs: FloatArray, masks: Sequence[InstanceMask]
) -> FloatArray:
    """What lies between each two of N outlined regions, (N, N, 8): row i is what i learns of j; columns PAIR_FEATURES.

    ``boxes`` (N, 4) x1, y1, x2, y2; ``scores`` (N,) in (0, 1); ``log_probs`` (N, 24). Nothing lies between
    a region and itself: zeros.
    """
    n = len(boxes)
    out = np.zeros((n, n, len(PAIR_FEATURES)))
    if n == 0:
        return out
    iou = iou_xyxy(boxes, boxes)
    area = np.array([max(int(m.mask.sum()), 1) for m in masks], dtype=np.float64)
    long = np.log([max(m.box.h, 1.0) for m in masks])
    shared = np.zeros((n, n))
    for i, j in zip(*np.nonzero(np.triu(iou, 1) > 0), strict=True):
        shared[i, j] = shared[j, i] = _shared(masks[i], masks[j])
    root = np.exp(log_probs / 2)
    centre = (boxes[:, :2] + boxes[:, 2:]) / 2
    far = np.linalg.norm(centre[:, None] - centre[None], axis=2) / np.exp(np.median(long))
    sure = logit(scores)
    out[..., 0] = iou
    out[..., 1] = shared / (area[:, None] + area[None] - shared)
    out[..., 2] = shared / area[:, None]
    out[..., 3] = shared / area[None]
    out[..., 4] = root @ root.T
    out[..., 5] = (sure[None] - sure[:, None]) / 4
    out[..., 6] = np.exp(-far)
    out[..., 7] = long[None] - long[:, None]
    out[np.arange(n), np.arange(n)] = 0
    return out


def _shared(a: InstanceMask, b: InstanceMask) -> int:
    """Pixels that two masks have in common."""
    x1, y1 = max(a.x, b.x), max(a.y, b.y)
    x2 = min(a.x + a.mask.shape[1], b.x + b.mask.shape[1])
    y2 = min(a.y + a.mask.shape[0], b.y + b.mask.shape[0])
    if x1 >= x2 or y1 >= y2:
        return 0
    first = a.mask[y1 - a.y : y2 - a.y, x1 - a.x : x2 - a.x]
    second = b.mask[y1 - b.y : y2 - b.y, x1 - b.x : x2 - b.x]
    return int((first & second).sum())

"""The second look: what outlining and naming a region say about whether it is one whole chromosome.

The finder scores boxes by coarse features. Once a region is outlined and straightened, more is known:
the naming network's own judgement, how sure it is of a class, how well the outline fills the box, and
how much of it belongs to a better region already. A logistic fit on held-back cells joins them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from karyoview.core.geometry import iou_xyxy
from karyoview.imaging.masks import InstanceMask

FloatArray = npt.NDArray[np.float64]

FEATURES = ("score", "whole", "class", "outline", "box overlap", "mask overlap", "covered")


def logit(p: FloatArray) -> FloatArray:
    """log p/(1 − p), with p held within [1e-4, 1 − 1e-4]."""
    p = np.clip(p, 1e-4, 1 - 1e-4)
    return np.asarray(np.log(p / (1 - p)))


def evidence(
    boxes: FloatArray,
    scores: FloatArray,
    whole: FloatArray,
    log_probs: FloatArray,
    masks: Sequence[InstanceMask],
) -> FloatArray:
    """Evidence (N, 7) for N outlined regions whose scores fall; the columns are FEATURES.

    ``boxes`` (N, 4) x1, y1, x2, y2; ``scores`` (N,) in (0, 1); ``whole`` (N,) the naming network's log
    odds; ``log_probs`` (N, 24). Overlaps are with regions of a higher score: IoU of boxes, IoU of
    masks, and the share of the region's own mask that is covered.
    """
    n = len(boxes)
    out = np.zeros((n, len(FEATURES)))
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


def rescored(evidence: FloatArray, weights: npt.ArrayLike) -> FloatArray:
    """New scores (N,) in [0, 1]: the logistic of ``evidence`` (N, 7) by ``weights`` (8,), the constant first."""
    w = np.asarray(weights, dtype=np.float64)
    return np.asarray(1 / (1 + np.exp(-np.clip(w[0] + evidence @ w[1:], -50, 50))))


def fit(evidence: FloatArray, right: npt.NDArray[np.bool_], ridge: float = 1e-3) -> FloatArray:
    """Weights (8,) of least log loss by Newton's steps; ``right`` (N,) whether the region was a chromosome."""
    x = np.column_stack([np.ones(len(evidence)), evidence])
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

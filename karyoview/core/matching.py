"""Which prediction is which truth: the one matcher that window, command line and training use.

All functions take an IoU matrix (predictions × truths, in [0, 1]) from :mod:`karyoview.core.geometry`,
so that horizontal and rotated boxes are matched by the same lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
MatchRule = Literal["one", "own", "any"]

REDRAW_IOU: Final = 0.1
"""Below this IoU a box is no help: it is deleted and a new one is drawn."""


def match_one(iou: FloatArray, scores: npt.ArrayLike, threshold: float = 0.5) -> IntArray:
    """Greedy one-to-one matching: by falling score, each prediction takes its best free truth.

    ``iou`` (P, T), ``scores`` (P,). → (P,) int64: index of the truth taken, −1 for a false positive.
    Equal scores keep their order.
    """
    taken: IntArray = match_one_at(iou, scores, (threshold,))[0]
    return taken


def match_one_at(iou: FloatArray, scores: npt.ArrayLike, thresholds: npt.ArrayLike) -> IntArray:
    """:func:`match_one` at K thresholds in one pass → (K, P) int64."""
    limits = np.asarray(thresholds, dtype=np.float64).reshape(-1)
    taken = np.full((len(limits), iou.shape[0]), -1, dtype=np.int64)
    if iou.shape[0] == 0 or iou.shape[1] == 0:
        return taken
    free = np.ones((len(limits), iou.shape[1]), dtype=bool)
    rows = np.arange(len(limits))
    reaches = iou.max(1) >= limits.min()
    for p in np.argsort(-np.asarray(scores, dtype=np.float64), kind="stable"):
        if not reaches[p]:
            continue
        candidates = np.where(free, iou[p], -1.0)
        best = candidates.argmax(1)
        good = candidates[rows, best] >= limits
        taken[good, p] = best[good]
        free[rows[good], best[good]] = False
    return taken


def match_own_at(iou: FloatArray, scores: npt.ArrayLike, thresholds: npt.ArrayLike) -> IntArray:
    """As :func:`match_one_at`, but each prediction may take only the truth that it overlaps most → (K, P) int64.

    The rule of DeepACE, DeepACEv2 and DeepACC (and of PASCAL VOC): where that truth is taken already the
    prediction is a false positive, though it may reach another one.
    """
    if iou.size == 0:
        return match_one_at(iou, scores, thresholds)
    own = np.zeros(iou.shape, dtype=bool)
    own[np.arange(len(iou)), iou.argmax(1)] = True
    return match_one_at(np.where(own, iou, -1.0), scores, thresholds)


def match_any(iou: FloatArray, threshold: float = 0.5) -> tuple[BoolArray, BoolArray]:
    """DeepCHM's matching: true positives (P,) and truths that some prediction reaches (T,), both bool.

    A prediction with IoU ≥ ``threshold`` to any truth is a true positive, duplicates included.
    """
    reaching = iou >= threshold
    return np.asarray(reaching.any(1)), np.asarray(reaching.any(0))


@dataclass(frozen=True, slots=True)
class Corrections:
    """The least work that turns a prediction into the truth, in single corrections.

    ``pairs`` (K, 2) are the kept (prediction, truth) indices.
    """

    relabel: int
    redraw: int
    delete: int
    add: int
    pairs: IntArray

    @property
    def total(self) -> int:
        return self.relabel + self.redraw + self.delete + self.add


def least_corrections(
    iou: FloatArray,
    predicted: npt.ArrayLike,
    truth: npt.ArrayLike,
    good_iou: float = 0.5,
    redraw_iou: float = REDRAW_IOU,
) -> Corrections:
    """One-to-one matching of least cost: relabel 1, redraw 1 (IoU in [0.1, 0.5)), delete 1, add 1.

    ``iou`` (P, T); ``predicted`` (P,) and ``truth`` (T,) are class indices, −1 where none is given
    (a truth without class asks for none; a prediction without class always needs one). An added
    chromosome brings its class with it. Among equal costs the pairs of higher IoU win.
    """
    from scipy.optimize import linear_sum_assignment  # slow to load: the window is up before

    count_p, count_t = iou.shape
    labels_p = np.asarray(predicted, dtype=np.int64).reshape(count_p)
    labels_t = np.asarray(truth, dtype=np.int64).reshape(count_t)
    wrong = (labels_p[:, None] != labels_t[None]) & (labels_t[None] >= 0)
    poor = iou < good_iou
    # A pair saves the deletion and the addition (2) and costs its own corrections; a gain of 0 or
    # less is no pair. The small last term only breaks ties and never outweighs one correction.
    gain = 2.0 - poor - wrong + iou / (4.0 * max(count_p, count_t, 1))
    gain = np.where((iou >= redraw_iou) & ~(poor & wrong), gain, 0.0)
    rows, columns = linear_sum_assignment(gain, maximize=True)
    kept = gain[rows, columns] > 0
    pairs = np.stack([rows[kept], columns[kept]], 1).astype(np.int64)
    redraw = int(poor[pairs[:, 0], pairs[:, 1]].sum())
    relabel = int(wrong[pairs[:, 0], pairs[:, 1]].sum())
    return Corrections(relabel, redraw, count_p - len(pairs), count_t - len(pairs), pairs)


def unmatched(iou: FloatArray, among: FloatArray, threshold: float = 0.5, same: float = 0.7) -> BoolArray:
    """Which of N finds are new beside M things that are there already → (N,) bool.

    ``iou`` (N, M) and ``among`` (N, N) of the finds themselves. One find is matched to one thing (most pairs, then
    most overlap), as the bounds of crossing chromosomes may both cover one box. A find left over is new unless it
    lies over a matched one with ``same`` or more: then it is that chromosome once more.
    """
    from scipy.optimize import linear_sum_assignment

    count, there = iou.shape
    fits = iou >= threshold
    new = np.ones(count, dtype=bool)
    if count and there:
        rows, columns = linear_sum_assignment(np.where(fits, 1.0 + iou, 0.0), maximize=True)
        new[rows[fits[rows, columns]]] = False
    again = (among[:, ~new] >= same).any(1)
    return np.asarray(new & ~again)


def duplicates(iou: FloatArray, threshold: float = 0.7) -> IntArray:
    """Pairs (K, 2), i < j, of boxes of one list that cover the same place; ``iou`` is (N, N)."""
    return np.argwhere(np.triu(iou, 1) >= threshold).astype(np.int64)


def fewest_removed(clash: BoolArray) -> int:
    """Fewest items that must go so that no two left clash; ``clash`` (N, N) is symmetric.

    Exact (branching on the item with most clashes); clashes of chromosomes come in small knots.
    """
    clash = clash & ~np.eye(len(clash), dtype=bool)
    degree = clash.sum(1)
    if not degree.any():
        return 0
    worst = int(degree.argmax())
    without = np.delete(np.delete(clash, worst, 0), worst, 1)
    if degree[worst] == 1:  # single pairs are left
        return int(clash.sum()) // 2
    neighbours = np.append(np.flatnonzero(clash[worst]), worst)
    isolated = np.delete(np.delete(clash, neighbours, 0), neighbours, 1)
    return min(1 + fewest_removed(without), int(degree[worst]) + fewest_removed(isolated))

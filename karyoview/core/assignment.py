"""The cell decides together: classes by assignment with soft quotas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from karyoview.core.chromosome import CLASSES, X_INDEX, Y_INDEX, Sex
from karyoview.core.errors import KaryoViewError

COPY_PENALTIES: Final = (0.0, 0.0, 1.0, 2.0)
"""Penalty in −log p of the first, second, third and fourth copy of an autosome."""

# An engine that is certain must still be open to a person's and the cell's evidence.
_FLOOR: Final = -30.0


def assign_classes(
    log_probs: npt.ArrayLike, copy_penalties: Sequence[float] = COPY_PENALTIES, sex: Sex | None = None
) -> npt.NDArray[np.int64]:
    """Classes of all chromosomes of a cell at the least total of −log p and the copies' penalties.

    ``log_probs`` is (N, 24), natural logarithms, class order; any N, so that a polyploid cell of
    300 chromosomes is assigned too. ``copy_penalties`` never fall from one copy to the next; copies beyond
    the last go on with its last step (at least 1), so none is forbidden. ``sex`` fixes the free
    copies of X and Y (XX or XY); None takes the cheaper of the two. → (N,) int64 class indices.
    Raises KaryoViewError for other shapes, values that are not numbers, or penalties that fall.
    """
    scores = np.asarray(log_probs, dtype=np.float64)
    if scores.ndim != 2 or scores.shape[1] != len(CLASSES) or np.isnan(scores).any():
        raise KaryoViewError(f"Assignment needs log probabilities of shape (N, 24), got {scores.shape}.")
    steps = np.asarray(copy_penalties, dtype=np.float64)
    if len(steps) == 0 or (np.diff(steps) < 0).any():
        raise KaryoViewError("The penalties of further copies must not fall from one copy to the next.")
    if len(scores) == 0:
        return np.zeros(0, dtype=np.int64)
    cost = -np.clip(scores, _FLOOR, 0.0)
    hypotheses: tuple[Sex, ...] = ("female", "male") if sex is None else (sex,)
    results = [_assign(cost, steps, hypothesis) for hypothesis in hypotheses]
    return min(results, key=lambda result: result[1])[0]


def _assign(
    cost: npt.NDArray[np.float64], steps: npt.NDArray[np.float64], sex: Sex
) -> tuple[npt.NDArray[np.int64], float]:
    """(N,) classes and their total; penalties rise with the copies, so filling places in order is optimal."""
    count = len(cost)
    extra = max(float(steps[-1] - steps[-2]) if len(steps) > 1 else 0.0, 1.0)
    full = np.concatenate([steps, steps[-1] + extra * np.arange(1, count + 2)])
    penalty = np.tile(full[:count], (len(CLASSES), 1))
    if sex == "male":
        penalty[[X_INDEX, Y_INDEX]] = np.concatenate([full[:1], full[2 : count + 1]])
    else:
        penalty[Y_INDEX] = full[2 : count + 2]
    from scipy.optimize import linear_sum_assignment  # slow to load: the window is up before

    # A class can only hold as many as could gain by it; the best N of its places bound the matrix.
    places = min(count, max(6, 2 * (count // len(CLASSES) + 2)))
    table = (cost[:, :, None] + penalty[None, :, :places]).reshape(count, -1)
    rows, columns = linear_sum_assignment(table)
    labels = np.empty(count, dtype=np.int64)
    labels[rows] = columns // places
    if places < count and (np.bincount(labels, minlength=len(CLASSES)) == places).any():
        table = (cost[:, :, None] + penalty[None]).reshape(count, -1)
        rows, columns = linear_sum_assignment(table)
        labels[rows] = columns // count
    return labels, float(table[rows, columns].sum())

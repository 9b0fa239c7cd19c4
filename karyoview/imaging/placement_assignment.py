"""Candidate places of chromosomes settled one to one.

Homologues, and small chromosomes of different classes, resemble each other, so the best place of one may be another's.
Each chromosome gets one place and each place one chromosome, all of them together as well as they correlate; two on
largely the same pixels are made dearer until none are left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

IntArray = npt.NDArray[np.int64]

_SAME: Final = 0.5  # IoU from which two candidates are one place
_SHARED: Final = 0.5  # share of the smaller one's pixels that two chromosomes which cross may have in common
_ROUNDS: Final = 12
LEAST: Final = 0.6  # correlation below which a chromosome rather stays without a place


@dataclass(frozen=True, slots=True, eq=False)
class PlaceCandidate:
    """Chromosome number ``piece`` at one place: flat ``pixels`` (N,) of the metaphase, sorted, and how well it fits.

    ``correlation`` is in [−1, 1]; ``doubt`` is what its worth is less because it was fitted more freely.
    """

    piece: int
    pixels: IntArray
    correlation: float
    doubt: float = 0.0


def worth(correlation: float) -> float:
    """What a correlation counts: the log of the variance it explains, so that 0.99 against 0.95 counts as it should."""
    return -float(np.log(1 - min(max(correlation, 0.0), 0.995) ** 2))


def overlap(a: IntArray, b: IntArray) -> int:
    """Pixels that two sorted sets have in common."""
    return len(np.intersect1d(a, b, assume_unique=True)) if a[0] <= b[-1] and b[0] <= a[-1] else 0


def places_of(candidates: Sequence[PlaceCandidate]) -> list[int]:
    """The number of each candidate's place; candidates on the same pixels have one place."""
    order = sorted(range(len(candidates)), key=lambda k: -candidates[k].correlation)
    leads: list[int] = []
    places = [-1] * len(candidates)
    for k in order:
        own = candidates[k].pixels
        for number, lead in enumerate(leads):
            other = candidates[lead].pixels
            if min(len(own), len(other)) < _SAME * max(len(own), len(other)):
                continue
            common = overlap(own, other)
            if common > _SAME * (len(own) + len(other) - common):
                places[k] = number
                break
        else:
            places[k] = len(leads)
            leads.append(k)
    return places


def settle_places(candidates: Sequence[PlaceCandidate], pieces: int) -> dict[int, int]:
    """The chosen candidate's number for each of ``pieces`` chromosomes that gets one.

    A chromosome whose every place is worth less than that of ``LEAST``, or is another's, gets none.
    """
    if not candidates:
        return {}
    places = places_of(candidates)
    value = np.array([worth(c.correlation) - c.doubt for c in candidates])
    price = np.zeros(len(candidates))
    chosen: dict[int, int] = {}
    for _ in range(_ROUNDS):
        chosen = _solved(candidates, places, value - price, pieces)
        clashes = _clashes(candidates, chosen, value - price)
        if not clashes:
            break
        for k, dearer in clashes:
            price[k] += dearer
    while clashes := _clashes(candidates, chosen, value - price):
        for k, _ in clashes:
            chosen.pop(candidates[k].piece, None)
    return chosen


def _solved(
    candidates: Sequence[PlaceCandidate], places: Sequence[int], value: npt.NDArray[np.float64], pieces: int
) -> dict[int, int]:
    count = max(places) + 1
    # A column more for each piece: no place.
    cost = np.full((pieces, count + pieces), 50.0)
    cost[range(pieces), count + np.arange(pieces)] = -worth(LEAST)
    which = np.full((pieces, count), -1)
    for k, (candidate, place) in enumerate(zip(candidates, places, strict=True)):
        if -value[k] < cost[candidate.piece, place]:
            cost[candidate.piece, place] = -value[k]
            which[candidate.piece, place] = k
    rows, columns = linear_sum_assignment(cost)
    return {int(r): int(which[r, c]) for r, c in zip(rows, columns, strict=True) if c < count and which[r, c] >= 0}


def _clashes(
    candidates: Sequence[PlaceCandidate], chosen: dict[int, int], value: npt.NDArray[np.float64]
) -> list[tuple[int, float]]:
    """Chosen candidates that lie too much on a better one's pixels, and by how much each is to be dearer."""
    found: dict[int, float] = {}
    numbers = sorted(chosen.values(), key=lambda k: -value[k])
    for at, k in enumerate(numbers):
        own = candidates[k].pixels
        for better in numbers[:at]:
            other = candidates[better].pixels
            share = overlap(own, other) / max(min(len(own), len(other)), 1)
            if share > _SHARED:
                found[k] = max(found.get(k, 0.0), 0.3 + share * 0.5)
    return list(found.items())

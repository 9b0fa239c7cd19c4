"""How two homologues differ: in length, in their bands along the best alignment, by a piece the other way round.

Arms contract unevenly, so bands are compared after a smooth alignment (dynamic programming). Where lengths differ,
leaving out a piece that long where the rest then agrees best tells the place and speaks for a lost or doubled piece. A
piece that agrees clearly better when it is reversed speaks for an inversion.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
from scipy.ndimage import minimum_filter1d, uniform_filter1d

from karyoview.imaging.karyogram_layout import Strip

FloatArray = npt.NDArray[np.float64]
DifferenceKind = Literal["length", "bands", "reversed"]
MEASURES: Final[tuple[DifferenceKind, ...]] = ("length", "bands", "reversed")

_BINS: Final = 96
_REACH: Final = 4  # bins by which a place of one chromosome may lie elsewhere in the other
_STRETCH: Final = 2.0  # cost of one bin of stretching, in squared deviations
_LEAST_PIECE: Final = 0.03  # share of the longer one from which the shorter may lack a piece of it
_PIECE: Final = 0.3  # what a rise of the correlation by 1 weighs beside the logarithm of the lengths' ratio
_SHORTEST: Final = 5  # bins to either side of the middle of a piece that may be reversed
_WINDOW: Final = 7  # bins over which two profiles are compared at a place
_GROUND: Final = 0.02  # of what a reversed piece gains: two normal homologues gain nearly nothing


@dataclass(frozen=True, slots=True)
class PairDifference:
    """How two homologues differ: ``length`` |ln| of their lengths' ratio, ``bands`` 1 less the correlation of the best
    alignment; ``at`` the share of the length from pter where they differ most.

    ``piece`` is how much better they correlate when a piece as long as the difference is left out, ``reversed`` how
    much the mean squared difference falls when the piece about ``reversed_at`` is reversed, and ``turned`` how
    much better (below 0: worse) they correlate when one is upside down.
    """

    length: float
    bands: float
    at: float
    piece: float = 0.0
    reversed: float = 0.0
    reversed_at: float = 0.5
    turned: float = -1.0

    def measures(self) -> FloatArray:
        """What is held against normal pairs, (3,) in the order of MEASURES."""
        return np.array([self.length + _PIECE * self.piece, self.bands, self.reversed + _GROUND])

    def place(self, kind: DifferenceKind) -> float:
        """Where the difference of that kind lies, as a share of the length from pter."""
        return self.reversed_at if kind == "reversed" else self.at


def compare(first: Strip, second: Strip) -> PairDifference | None:
    """How two strips of one class differ; None where one has no profile."""
    if len(first.profile) < 8 or len(second.profile) < 8 or min(first.length, second.length) <= 0:
        return None
    longer, shorter = (first, second) if first.length >= second.length else (second, first)
    a, b = (_standard(_even(s.profile, _BINS)) for s in (longer, shorter))
    aligned = _aligned(a, b)
    plain = _correlation(a, b)
    missing = 1.0 - shorter.length / longer.length
    fitting, start = _without_piece(a, b, missing) if missing >= _LEAST_PIECE else (-1.0, 0.0)
    if fitting > plain:
        at = start + missing / 2
    else:
        apart = np.convolve(np.abs(a - aligned), np.ones(9) / 9, "same")
        at = (float(np.argmax(apart)) + 0.5) / _BINS
    gain, middle = _reversed_piece(a, b, aligned)
    alike = _correlation(a, aligned)
    return PairDifference(
        float(np.log(longer.length / shorter.length)), 1.0 - alike, float(np.clip(at, 0, 1)),
        max(fitting - plain, 0.0), gain, middle, _correlation(a, b[::-1]) - alike,
    )  # fmt: skip


def _reversed_piece(a: FloatArray, b: FloatArray, aligned: FloatArray) -> tuple[float, float]:
    """The most that the mean squared difference falls when one piece of ``b`` is reversed, and that piece's middle.

    A piece from i to j is reversed about i + j: place k of ``a`` then lies on place i + j - k of ``b``.
    """
    count = len(a)
    sums = np.arange(3 * _SHORTEST + 1, 2 * count - 3 * _SHORTEST - 2, 2)
    mirror = sums[None] - np.arange(count)[:, None]
    apart = (a[:, None] - b[np.clip(mirror, 0, count - 1)]) ** 2
    apart[(mirror < 0) | (mirror >= count)] = 4.0
    apart = uniform_filter1d(apart, _WINDOW, axis=0, mode="nearest")
    apart = minimum_filter1d(apart, 3, axis=1, mode="nearest")  # the piece may lie a little elsewhere
    turned = np.zeros((count + 1, len(sums)))
    np.cumsum(apart, axis=0, out=turned[1:])
    straight = np.zeros(count + 1)
    np.cumsum(uniform_filter1d((a - aligned) ** 2, _WINDOW, mode="nearest"), out=straight[1:])
    half = np.arange(_SHORTEST, count // 2 + 1, 2)
    low = sums[:, None] // 2 - half
    high = sums[:, None] - low + 1
    fits = (low >= 0) & (high <= count)
    low, high = np.clip(low, 0, count), np.clip(high, 0, count)
    column = np.arange(len(sums))[:, None]
    gain = straight[high] - straight[low] - (turned[high, column] - turned[low, column])
    gain[~fits] = -np.inf
    best = np.unravel_index(int(gain.argmax()), gain.shape)
    return max(float(gain[best]), 0.0) / count, float(sums[best[0]] + 1) / (2 * count)


def _standard(values: FloatArray) -> FloatArray:
    return np.asarray((values - values.mean()) / max(float(values.std()), 1e-9))


def _even(values: FloatArray, count: int) -> FloatArray:
    return np.interp(np.linspace(0, len(values) - 1, count), np.arange(len(values)), values)


def _aligned(a: FloatArray, b: FloatArray) -> FloatArray:
    """``b`` stretched, by at most a few bins here and there, so that it fits ``a`` best; both of the same length."""
    count, offsets = len(a), np.arange(-_REACH, _REACH + 1)
    places = np.clip(np.arange(count)[:, None] + offsets, 0, count - 1)
    apart = (a[:, None] - b[places]) ** 2
    total, came = apart[0] + 0.0, np.zeros((count, len(offsets)), dtype=np.intp)
    steps = np.array([0.0, _STRETCH, _STRETCH])
    for k in range(1, count):
        padded = np.pad(total, 1, constant_values=np.inf)
        ways = np.stack([total, padded[:-2], padded[2:]]) + steps[:, None]
        choice = ways.argmin(0)
        came[k] = np.arange(len(offsets)) + np.array([0, -1, 1])[choice]
        total = ways.min(0) + apart[k]
    state = int(total.argmin())
    found = np.empty(count)
    for k in range(count - 1, -1, -1):
        found[k] = b[places[k, state]]
        state = int(came[k, state])
    return found


def _correlation(a: FloatArray, b: FloatArray) -> float:
    """Correlation of two profiles without their ends, which the outlines decide."""
    a, b = a[3:-3] - a[3:-3].mean(), b[3:-3] - b[3:-3].mean()
    return float(a @ b / max(float(np.linalg.norm(a) * np.linalg.norm(b)), 1e-9))


def _without_piece(longer: FloatArray, shorter: FloatArray, share: float) -> tuple[float, float]:
    """The best correlation when the longer profile lacks a piece of ``share`` of it, and where that begins."""
    size = max(round(share * len(longer)), 1)
    best = (-1.0, 0.0)
    for start in range(0, len(longer) - size + 1, 2):
        rest = _even(np.delete(longer, np.s_[start : start + size]), len(shorter))
        best = max(best, (_correlation(rest, shorter), start / len(longer)))
    return best

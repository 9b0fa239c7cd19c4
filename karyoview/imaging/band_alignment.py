"""All copies of one class with their bands on one line, and where a copy differs from the others.

A copy is brought to the usual length with its centromere where it usually is; then its rows are shifted a little
(dynamic programming over small shifts, as in time warping with a Sakoe-Chiba band) until its profile lies on the median
of all. What still differs is marked: a doubt for a person, nothing more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d

from karyoview.imaging.composite import Copy
from karyoview.imaging.karyogram_layout import PAPER, Strip
from karyoview.imaging.profile import SAMPLES

FloatArray = npt.NDArray[np.float64]

FEWEST: Final = 5
"""Copies below which nothing is said of differences: there is no usual."""
FARTHEST: Final = 6
"""Samples of the profile (of 96) by which a row is shifted at most."""

_STIFFNESS: Final = 0.6  # cost of a change of the shift from one sample to the next, in squared deviations
_FAR: Final = 3.5  # spreads from the median beyond which a place differs
_LEAST_SPREAD: Final = 0.35  # deviations; copies that agree by chance do not make a third one odd
_SHORTEST: Final = 4  # samples
_LEAST_LENGTH_SPREAD: Final = 0.045  # of the length: cells differ by that much in contraction from class to class


@dataclass(frozen=True, slots=True, eq=False)
class AlignedCopy:
    """A copy with its bands on the line of the others.

    ``strip`` has the usual length; ``differences`` are (from, to) as shares of its length, 0 at the upper end;
    ``length`` is its own length over the usual one of its class in its cell, None where that cannot be told, and
    ``odd_length`` whether that is far from the others'.
    """

    copy: Copy
    strip: Strip
    differences: tuple[tuple[float, float], ...] = ()
    length: float | None = None
    odd_length: bool = False


def align_copies(
    copies: Sequence[Copy], cells: Mapping[str, Mapping[str, Strip]] | None = None, *, shift: bool = True
) -> list[AlignedCopy]:
    """The copies of one class, each brought to the median length with its centromere on one line.

    ``shift`` False leaves it at that; ``cells`` are all strips of each cell, by which lengths are compared.
    """
    if not copies:
        return []
    height = max(round(float(np.median([len(c.strip.pixels) for c in copies]))), 2)
    shares = np.array([c.strip.centromere / max(len(c.strip.pixels), 1) for c in copies])
    usual = float(np.median(shares))
    places = [_anchored(share, usual) for share in shares]
    if shift:
        places = _shifted(copies, places)
    odd = _differences(copies, places)
    lengths = _relative_lengths(copies, cells or {})
    known = np.array([v for v in lengths if v is not None])
    middle, spread = _spread(known, _LEAST_LENGTH_SPREAD) if len(known) >= FEWEST else (1.0, np.inf)
    aligned = []
    for copy, place, own, length in zip(copies, places, odd, lengths, strict=True):
        odd_length = length is not None and abs(length - middle) > _FAR * spread
        aligned.append(AlignedCopy(copy, _warped(copy.strip, place, height, usual), own, length, odd_length))
    return aligned


def _anchored(share: float, usual: float) -> FloatArray:
    """For each of the evenly spaced places of the usual chromosome the share of this one's length, centromere on it."""
    even = (np.arange(SAMPLES) + 0.5) / SAMPLES
    if not (0.02 < share < 0.98 and 0.02 < usual < 0.98):
        return even
    return np.asarray(np.interp(even, [0.0, usual, 1.0], [0.0, share, 1.0]))


def _shifted(copies: Sequence[Copy], places: Sequence[FloatArray]) -> list[FloatArray]:
    """The places after small shifts that bring every profile onto the median of all."""
    usable = [k for k, c in enumerate(copies) if len(c.strip.profile)]
    if len(usable) < 2:
        return list(places)
    now = list(places)
    for _ in range(2):
        median = np.median([_sampled(copies[k], now[k]) for k in usable], axis=0)
        for k in usable:
            offsets = _best_offsets(_sampled(copies[k], places[k]), median)
            even = (np.arange(SAMPLES) + 0.5 + offsets) / SAMPLES
            moved = np.interp(even, (np.arange(SAMPLES) + 0.5) / SAMPLES, places[k])
            now[k] = np.maximum.accumulate(np.clip(moved, 0.0, 1.0))
    return now


def _best_offsets(profile: FloatArray, median: FloatArray) -> FloatArray:
    """For each sample the shift (samples) that brings a profile onto the median; the ends stay where they are."""
    shifts = np.arange(-FARTHEST, FARTHEST + 1)
    rows = np.arange(SAMPLES)
    # Towards the ends less and less may move, so that no end is cut off.
    room = np.minimum(np.minimum(rows, SAMPLES - 1 - rows) * 0.5, FARTHEST)
    source = np.clip(rows[:, None] + shifts[None], 0, SAMPLES - 1)
    cost = (profile[source] - median[:, None]) ** 2
    cost[np.abs(shifts)[None] > room[:, None]] = np.inf
    step = _STIFFNESS * np.abs(shifts[:, None] - shifts[None])
    step[np.abs(shifts[:, None] - shifts[None]) > 1] = np.inf
    total, back = cost[0].copy(), np.zeros((SAMPLES, len(shifts)), dtype=np.intp)
    for row in range(1, SAMPLES):
        every = total[None] + step
        back[row] = np.argmin(every, axis=1)
        total = every[np.arange(len(shifts)), back[row]] + cost[row]
    path = np.zeros(SAMPLES, dtype=np.intp)
    path[-1] = int(np.argmin(total))
    for row in range(SAMPLES - 1, 0, -1):
        path[row - 1] = back[row, path[row]]
    return np.asarray(gaussian_filter1d(shifts[path].astype(np.float64), 2.0, mode="nearest"))


def _sampled(copy: Copy, place: FloatArray) -> FloatArray:
    return np.asarray(np.interp(place, (np.arange(SAMPLES) + 0.5) / SAMPLES, copy.strip.profile))


def _differences(copies: Sequence[Copy], places: Sequence[FloatArray]) -> list[tuple[tuple[float, float], ...]]:
    usable = [k for k, c in enumerate(copies) if len(c.strip.profile)]
    found: list[tuple[tuple[float, float], ...]] = [()] * len(copies)
    if len(usable) < FEWEST:
        return found
    rows = gaussian_filter1d(np.stack([_sampled(copies[k], places[k]) for k in usable]), 1.5, axis=1, mode="nearest")
    median = np.median(rows, axis=0)
    spread = np.maximum(1.4826 * np.median(np.abs(rows - median), axis=0), _LEAST_SPREAD)
    far = np.abs(rows - median) > _FAR * gaussian_filter1d(spread, 2.0, mode="nearest")
    for k, row in zip(usable, far, strict=True):
        found[k] = _runs(row)
    return found


def _runs(far: npt.NDArray[np.bool_]) -> tuple[tuple[float, float], ...]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], far.astype(np.int8), [0]])))
    runs = zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
    return tuple((a / SAMPLES, b / SAMPLES) for a, b in runs if b - a >= _SHORTEST)


def _relative_lengths(copies: Sequence[Copy], cells: Mapping[str, Mapping[str, Strip]]) -> list[float | None]:
    """Each copy's length over the usual length of its class, in cells of one contraction."""
    scale: dict[str, float] = {}
    for image, strips in cells.items():
        lengths = [s.length for s in strips.values() if s.label]
        if len(lengths) >= 20:
            scale[image] = float(np.median(lengths))
    relative = [c.strip.length / scale[c.image] if c.image in scale else None for c in copies]
    known = [v for v in relative if v is not None]
    usual = float(np.median(known)) if known else 1.0
    return [v / usual if v is not None else None for v in relative]


def _spread(values: FloatArray, least: float) -> tuple[float, float]:
    middle = float(np.median(values))
    return middle, max(1.4826 * float(np.median(np.abs(values - middle))), least)


def _warped(strip: Strip, place: FloatArray, height: int, usual: float) -> Strip:
    """The strip at ``height`` rows, each taken from where ``place`` says; its width follows the length."""
    rows, width = strip.pixels.shape
    wide = max(round(width * height / rows), 1)
    even = (np.arange(height) + 0.5) / height
    known = np.concatenate([[0.0], (np.arange(SAMPLES) + 0.5) / SAMPLES, [1.0]])
    source = np.interp(even, known, np.concatenate([[0.0], place, [1.0]])) * rows - 0.5
    x = ((np.arange(wide) + 0.5) * width / wide - 0.5).astype(np.float32)
    grid_x, grid_y = np.meshgrid(x, source.astype(np.float32))
    pixels = cv2.remap(
        strip.pixels, grid_x, grid_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=PAPER
    )
    return replace(strip, pixels=np.asarray(pixels, np.uint8), centromere=usual * height)

"""Homologues that differ more than pairs of their class do: doubts with a place, never statements.

A pair is compared by length and by bands. Bands are compared along the best smooth alignment (dynamic
programming), since arms contract unevenly; where lengths differ, leaving out a piece that long
where the rest then agrees best tells the place. How much pairs of a class differ as a rule was counted in
normal cells (karyotrain.studies.karyogram). Chromosomes much covered by others, and pairs of other than two, are
not compared.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from karyoview._resources import resource
from karyoview.core.chromosome import CLASSES
from karyoview.core.karyogram import Karyogram
from karyoview.imaging.chromosome_greys import own_pixels
from karyoview.imaging.ideogram import load_bands
from karyoview.imaging.karyogram_layout import CellCutouts, Strip
from karyoview.imaging.karyogram_look import KaryogramLook

SPREADS: Final = ("bands", "homologue_spreads.json")
LIMIT: Final = 4.0  # robust deviations from which a pair is doubted; false alarms are printed by the study
_SHARED: Final = 0.12  # share of a chromosome's pixels that others have too, up to which it is compared
_BINS: Final = 96
_REACH: Final = 4  # bins by which a place of one chromosome may lie elsewhere in the other
_STRETCH: Final = 2.0  # cost of one bin of stretching, in squared deviations
_LEAST_PIECE: Final = 0.04  # share of the longer one from which the shorter may lack a piece of it

FloatArray = npt.NDArray[np.float64]
DifferenceKind = Literal["length", "bands"]


@dataclass(frozen=True, slots=True)
class PairDifference:
    """How two homologues differ: ``length`` |ln| of their lengths' ratio, ``bands`` 1 less the correlation of the best
    alignment; ``at`` the share of the length from pter where they differ most."""

    length: float
    bands: float
    at: float


@dataclass(frozen=True, slots=True)
class HomologueDoubt:
    """A pair to be looked at: ids, class ``label``, by ``length`` or by ``bands``, the band ``place`` (as q13) at the
    share ``at`` of the length from pter, and ``score`` in robust deviations of normal pairs."""

    first: str
    second: str
    label: str
    kind: DifferenceKind
    place: str
    at: float
    score: float

    def sentence(self) -> str:
        """The doubt in English, for a person to judge."""
        what = "differ in length" if self.kind == "length" else "differ in their bands"
        return f"The two {self.label} {what} more than pairs of {self.label} do, most near {self.place}; please look."


def compare(first: Strip, second: Strip) -> PairDifference | None:
    """How two strips of one class differ; None where one has no profile."""
    if len(first.profile) < 8 or len(second.profile) < 8 or min(first.length, second.length) <= 0:
        return None
    longer, shorter = (first, second) if first.length >= second.length else (second, first)
    a, b = _even(longer.profile, _BINS), _even(shorter.profile, _BINS)
    aligned = _aligned(a, b)
    correlation = _correlation(a, aligned)
    missing = 1.0 - shorter.length / longer.length
    fitting, start = _without_piece(a, b, missing) if missing >= _LEAST_PIECE else (-1.0, 0.0)
    if fitting > _correlation(a, b):
        at = start + missing / 2
    else:
        apart = np.convolve(np.abs(a - aligned), np.ones(9) / 9, "same")
        at = (float(np.argmax(apart)) + 0.5) / _BINS
    return PairDifference(float(np.log(longer.length / shorter.length)), 1.0 - correlation, float(np.clip(at, 0, 1)))


def homologue_doubts(cutouts: CellCutouts, limit: float = LIMIT) -> list[HomologueDoubt]:
    """The pairs of a cell that differ more than pairs of their class do, the greatest difference first."""
    spreads = known_spreads()
    found = []
    for label, ids, difference in cell_differences(cutouts):
        if label not in spreads:
            continue
        usual = spreads[label]
        scores: dict[DifferenceKind, float] = {
            "length": (difference.length - usual[0]) / usual[1],
            "bands": (difference.bands - usual[2]) / usual[3],
        }
        kind: DifferenceKind = "length" if scores["length"] >= scores["bands"] else "bands"
        if scores[kind] >= limit:
            place = band_at(label, difference.at)
            found.append(HomologueDoubt(*ids, label, kind, place, difference.at, round(scores[kind], 2)))
    return sorted(found, key=lambda d: -d.score)


def cell_differences(cutouts: CellCutouts) -> list[tuple[str, tuple[str, str], PairDifference]]:
    """The comparable pairs of a cell: class, the two ids, and how they differ."""
    strips = cutouts.strips(KaryogramLook(0.0))
    owners = own_pixels((cutouts.pixels.shape[0], cutouts.pixels.shape[1]), cutouts.masks)
    height, width = owners.shape
    clear = set()
    for item, m in zip(cutouts.annotation.chromosomes, cutouts.masks, strict=True):
        part = owners[m.y : m.y + m.mask.shape[0], m.x : m.x + m.mask.shape[1]]
        cut_off = m.x <= 0 or m.y <= 0 or m.x + m.mask.shape[1] >= width or m.y + m.mask.shape[0] >= height
        if not cut_off and m.confidence > 0 and (part[m.mask] > 1).mean() <= _SHARED:
            clear.add(item.id)
    slots = Karyogram.of(cutouts.annotation).slots
    found = []
    for each in CLASSES:
        ids = [i for i in slots[each.label] if i in strips]
        if len(ids) == 2 and set(ids) <= clear and (difference := compare(strips[ids[0]], strips[ids[1]])) is not None:
            found.append((each.label, (ids[0], ids[1]), difference))
    return found


def band_at(label: str, share: float, level: int = 400) -> str:
    """The band of a chromosome at a share of its length from pter, as ``q13``."""
    table = load_bands(level)
    place = share * table.length(label)
    band = next((b for b in table.bands[label] if b.start <= place < b.stop), table.bands[label][-1])
    return band.arm + band.name


def spreads_of(rows: Sequence[tuple[str, PairDifference]]) -> dict[str, list[float]]:
    """Of differences of normal pairs, by class: median and robust deviation of length and of bands.

    Classes with few pairs lean on all others.
    """

    def spread_of(values: FloatArray) -> tuple[float, float]:
        middle = float(np.median(values))
        above = values[values >= middle] - middle
        return middle, max(1.48 * float(np.median(above)), 1e-3)

    table = {label: np.array([(d.length, d.bands) for name, d in rows if name == label]) for label, _ in rows}
    every = np.array([(d.length, d.bands) for _, d in rows])
    general = [spread_of(every[:, k]) for k in (0, 1)]
    found = {}
    for label, own in table.items():
        weight = len(own) / (len(own) + 8.0)
        parts = [weight * np.array(spread_of(own[:, k])) + (1 - weight) * np.array(general[k]) for k in (0, 1)]
        found[label] = [round(float(v), 5) for part in parts for v in part]
    return found


@lru_cache(maxsize=1)
def known_spreads() -> dict[str, list[float]]:
    """What the study counted in normal cells; empty where its file is missing, so that nothing is doubted."""
    try:
        table: dict[str, list[float]] = json.loads(resource(*SPREADS).read_text(encoding="utf-8"))["spreads"]
    except (OSError, ValueError, KeyError):
        return {}
    return table


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

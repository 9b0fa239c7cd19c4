"""Homologues that differ more than pairs of their class do: doubts with a place, never statements.

How much pairs of a class differ as a rule, and from where on a pair is doubted, was counted in normal cells
(karyotrain.studies.karyogram). In a cell whose pairs all differ more, more is needed. Most large
differences are mistakes of cutting out, so only chromosomes are compared that lie clear of others, whose outlines
are sure and of one width, and that plainly stand the same way up.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from karyoview._resources import resource
from karyoview.core.chromosome import CLASSES
from karyoview.core.karyogram import Karyogram
from karyoview.imaging.chromosome_greys import own_pixels
from karyoview.imaging.homologue_comparison import MEASURES, DifferenceKind, PairDifference, compare
from karyoview.imaging.ideogram import load_bands
from karyoview.imaging.karyogram_layout import CellCutouts
from karyoview.imaging.karyogram_look import KaryogramLook

SPREADS: Final = ("bands", "homologue_spreads.json")
LIMIT: Final = 4.0  # score from which a pair is doubted; false alarms are printed by the study
FALSE_ALARMS: Final = (0.1, 0.05, 0.02)
"""Doubts a normal cell that the limits allow, by length, by bands and by a reversed piece."""

_SHARED: Final = 0.01  # share of a chromosome's pixels that others have too, up to which it is compared
_SURE: Final = 0.94  # of an outline
_WIDTHS: Final = 0.12  # |ln| of the ratio of both widths
_UPRIGHT: Final = -0.3  # rise of the correlation with the other upside down, below which both plainly stand alike
_LEAN: Final = 8.0  # pairs of all classes that those of one class lean on
_CELL: Final = 4.0  # usual pairs that those of one cell lean on
_CALMEST: Final = 0.7  # of the usual differences, in the calmest cell

FloatArray = npt.NDArray[np.float64]
Pair = tuple[str, tuple[str, str], PairDifference]


@dataclass(frozen=True, slots=True)
class HomologueDoubt:
    """A pair to be looked at: ids, class ``label``, by ``length``, ``bands`` or a ``reversed`` piece, the band
    ``place`` (as q13) at the share ``at`` of the length from pter; ``score`` is LIMIT where a pair is just doubted."""

    first: str
    second: str
    label: str
    kind: DifferenceKind
    place: str
    at: float
    score: float

    def sentence(self) -> str:
        """The doubt in English, for a person to judge."""
        if self.kind == "reversed":
            return (
                f"The bands of the two {self.label} agree better with the piece about {self.place} of one reversed; "
                "please look."
            )
        what = "differ in length" if self.kind == "length" else "differ in their bands"
        return f"The two {self.label} {what} more than pairs of {self.label} do, most near {self.place}; please look."


@dataclass(frozen=True, slots=True)
class NormalPairs:
    """What was counted in normal cells: ``usual`` differences (3,) of each class, ``general`` of all, and how often
    these a pair must differ, ``limits`` (3,), in the order of MEASURES."""

    usual: Mapping[str, FloatArray]
    general: FloatArray
    limits: FloatArray

    def ratios(self, pairs: Sequence[Pair]) -> FloatArray:
        """How often the usual each pair of one cell differs, (N, 3), in a cell that differs as this one does."""
        found = np.array([d.measures() / self.usual.get(label, self.general) for label, _, d in pairs]).reshape(-1, 3)
        if not len(found):
            return found
        usual = (np.median(found, axis=0) * len(found) + _CELL) / (len(found) + _CELL)
        return np.asarray(found / np.maximum(usual, _CALMEST))


def homologue_doubts(cutouts: CellCutouts, limit: float = LIMIT) -> list[HomologueDoubt]:
    """The pairs of a cell that differ more than pairs of their class do, the greatest difference first."""
    normal, pairs = known_pairs(), cell_differences(cutouts)
    if normal is None or not pairs:
        return []
    scores = LIMIT * normal.ratios(pairs) / normal.limits
    found = []
    for (label, ids, difference), row in zip(pairs, scores, strict=True):
        kind = MEASURES[int(row.argmax())]
        if row.max() >= limit:
            at = difference.place(kind)
            found.append(HomologueDoubt(*ids, label, kind, band_at(label, at), at, round(float(row.max()), 2)))
    return sorted(found, key=lambda d: -d.score)


def cell_differences(cutouts: CellCutouts) -> list[Pair]:
    """The comparable pairs of a cell: class, the two ids, and how they differ."""
    strips = cutouts.strips(KaryogramLook(0.0))
    widths = _clear(cutouts)
    slots = Karyogram.of(cutouts.annotation).slots
    found: list[Pair] = []
    for each in CLASSES:
        ids = [i for i in slots[each.label] if i in strips]
        if len(ids) != 2 or not set(ids) <= set(widths):
            continue
        breadths = [widths[i] / max(strips[i].length, 1.0) for i in ids]
        if abs(float(np.log(breadths[0] / breadths[1]))) >= _WIDTHS:
            continue
        difference = compare(strips[ids[0]], strips[ids[1]])
        if difference is not None and difference.turned < _UPRIGHT:
            found.append((each.label, (ids[0], ids[1]), difference))
    return found


def _clear(cutouts: CellCutouts) -> dict[str, float]:
    """Pixels of the chromosomes that lie clear of others and of the frame, with sure outlines, by id."""
    owners = own_pixels((cutouts.pixels.shape[0], cutouts.pixels.shape[1]), cutouts.masks)
    height, width = owners.shape
    clear = {}
    for item, m in zip(cutouts.annotation.chromosomes, cutouts.masks, strict=True):
        part = owners[m.y : m.y + m.mask.shape[0], m.x : m.x + m.mask.shape[1]]
        cut_off = m.x <= 0 or m.y <= 0 or m.x + m.mask.shape[1] >= width or m.y + m.mask.shape[0] >= height
        if not cut_off and m.mask.any() and m.confidence >= _SURE and (part[m.mask] > 1).mean() <= _SHARED:
            clear[item.id] = float(m.mask.sum())
    return clear


def band_at(label: str, share: float, level: int = 400) -> str:
    """The band of a chromosome at a share of its length from pter, as ``q13``."""
    table = load_bands(level)
    place = share * table.length(label)
    band = next((b for b in table.bands[label] if b.start <= place < b.stop), table.bands[label][-1])
    return band.arm + band.name


def count_normal(cells: Sequence[Sequence[Pair]]) -> NormalPairs:
    """What is usual in the pairs of normal cells, classes with few pairs leaning on all others, and the limits.

    The limits are those that give FALSE_ALARMS doubts a cell in these cells.
    """
    table: dict[str, list[FloatArray]] = {}
    for label, _, difference in (pair for cell in cells for pair in cell):
        table.setdefault(label, []).append(difference.measures())
    general = np.median([row for rows in table.values() for row in rows], axis=0)
    usual = {
        label: (np.median(rows, axis=0) * len(rows) + _LEAN * general) / (len(rows) + _LEAN)
        for label, rows in table.items()
    }
    normal = NormalPairs(usual, general, np.ones(3))
    ratios = np.sort(np.concatenate([normal.ratios(cell) for cell in cells if cell]), axis=0)[::-1]
    limits = [ratios[min(int(share * len(cells)), len(ratios) - 1), k] for k, share in enumerate(FALSE_ALARMS)]
    return NormalPairs(usual, general, np.array(limits) + 1e-6)


def normal_as_json(normal: NormalPairs) -> dict[str, object]:
    """The counts as a document."""
    rounded = {label: [round(float(v), 5) for v in normal.usual[label]] for label in normal.usual}
    general, limits = ([round(float(v), 5) for v in row] for row in (normal.general, normal.limits))
    return {"spreads": rounded, "general": general, "limits": limits}


@lru_cache(maxsize=1)
def known_pairs() -> NormalPairs | None:
    """What the study counted in normal cells; None where its file is missing, so that nothing is doubted."""
    try:
        table = json.loads(resource(*SPREADS).read_text(encoding="utf-8"))
        usual = {label: np.asarray(row, dtype=np.float64) for label, row in table["spreads"].items()}
        general, limits = (np.asarray(table[k], dtype=np.float64) for k in ("general", "limits"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    if any(row.shape != (3,) or not (row > 0).all() for row in (*usual.values(), general, limits)):
        return None
    return NormalPairs(usual, general, limits)

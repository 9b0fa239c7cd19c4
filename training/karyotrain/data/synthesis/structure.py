"""Changes of structure that a made cell can have: deletions, duplications, inversions, translocations.

A change is made to the bands of one copy of a chromosome before it is drawn; everything else is drawn as ever.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from karyoview.core.bands import Band, BandTable
from karyoview.core.chromosome import CLASSES
from karyoview.core.errors import KaryoViewError

ChangeKind = Literal["del", "dup", "inv", "t"]
KINDS: Final[tuple[ChangeKind, ...]] = ("del", "dup", "inv", "t")

# Lengths in Mb (GRCh38) of 1 to 22, X and Y: ISCN units differ in meaning from chromosome to chromosome.
MEGABASES: Final = (
    249, 242, 198, 190, 182, 171, 159, 145, 138, 134, 135, 133, 114, 107, 102, 90, 83, 80, 59, 64, 47, 51, 156, 57,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class StructuralChange:
    """A change between two places of chromosome ``label`` (shares of its length from pter); for a translocation the
    part beyond ``start`` is exchanged with that of ``other`` beyond ``stop``."""

    kind: ChangeKind
    label: str
    start: float
    stop: float
    other: str = ""

    def bands(self, table: BandTable) -> dict[str, tuple[Band, ...]]:
        """The changed bands by the class of the chromosome that keeps its centromere."""
        own = table.bands[self.label]
        length = table.length(self.label)
        a, b = self.start * length, self.stop * length
        if self.kind == "t":
            theirs, end = table.bands[self.other], table.length(self.other)
            c = self.stop * end
            return {
                self.label: _joined(_part(own, 0, a), _part(theirs, c, end)),
                self.other: _joined(_part(theirs, 0, c), _part(own, a, length)),
            }
        before, middle, after = _part(own, 0, a), _part(own, a, b), _part(own, b, length)
        parts = {
            "del": (before, after),
            "dup": (before, middle, middle, after),
            "inv": (before, middle[::-1], after),
        }[self.kind]
        return {self.label: _joined(*parts)}

    def text(self, table: BandTable) -> str:
        """The change as ISCN writes it, as ``del(5)(q13q22)``."""
        first = _band_at(table, self.label, self.start)
        if self.kind == "t":
            order = [(self.label, first), (self.other, _band_at(table, self.other, self.stop))]
            order.sort(key=lambda pair: [c.label for c in CLASSES].index(pair[0]))
            return f"t({order[0][0]};{order[1][0]})({order[0][1]};{order[1][1]})"
        return f"{self.kind}({self.label})({first}{_band_at(table, self.label, self.stop)})"


def draw_change(rng: np.random.Generator, table: BandTable, kind: ChangeKind, megabases: float) -> StructuralChange:
    """A change of that kind and size in the long arm of a random autosome long enough for it."""
    fitting = [
        c.label for c in CLASSES[:20] if MEGABASES[c.index] * (1 - table.centromere_index(c.label)) > megabases + 6
    ]
    label = str(rng.choice(fitting))
    size = megabases / MEGABASES[CLASSES[int(label) - 1].index]
    begin, end = table.centromere_index(label) + 0.02, 0.985
    if kind == "t":
        other = str(rng.choice([f for f in fitting if f != label]))
        size_there = megabases / MEGABASES[int(other) - 1] * rng.uniform(0.2, 3.0)
        there = max(0.99 - size_there, table.centromere_index(other) + 0.03)
        return StructuralChange("t", label, max(0.99 - size, begin), there, other)
    start = float(rng.uniform(begin, max(end - size, begin + 1e-3)))
    return StructuralChange(kind, label, start, min(start + size, 0.995))


def _part(bands: Sequence[Band], start: float, stop: float) -> list[Band]:
    """The bands between two places, those at the ends cut."""
    return [
        replace(b, start=max(b.start, start), stop=min(b.stop, stop))
        for b in bands
        if min(b.stop, stop) - max(b.start, start) > 1e-6
    ]


def _joined(*parts: Sequence[Band]) -> tuple[Band, ...]:
    """Bands one after the other from 0, arms by the side of the centromere. Raises KaryoViewError without one."""
    found: list[Band] = []
    place = 0.0
    for band in (b for part in parts for b in part):
        found.append(replace(band, start=place, stop=place + band.stop - band.start))
        place = found[-1].stop
    waist = [k for k, b in enumerate(found) if b.stain == "acen"]
    if not waist:
        raise KaryoViewError("A chromosome without a centromere is lost; change it elsewhere.")
    middle = waist[len(waist) // 2] if len(waist) > 1 else waist[0]
    return tuple(replace(b, arm="p" if k < middle else "q") for k, b in enumerate(found))


def _band_at(table: BandTable, label: str, share: float) -> str:
    """The band at a share of the length, as ``q13``; sub-bands are left out."""
    place = share * table.length(label)
    band = next((b for b in table.bands[label] if b.start <= place < b.stop), table.bands[label][-1])
    return band.arm + band.name.partition(".")[0]

"""The band tables: what the ideograms say of each chromosome's bands, arms and length."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Final

from karyoview.core.chromosome import CLASSES
from karyoview.core.errors import KaryoViewError

LEVELS: Final = (400, 550, 850)
USUAL_LEVEL: Final = 550


@dataclass(frozen=True, slots=True)
class Band:
    """One band: ``arm`` p or q, ``name`` as ``13.1``, ``start`` and ``stop`` in ISCN units from pter,
    ``stain`` as in the table (gneg, gpos, gvar, stalk, acen) and ``density`` 0–100 of a dark band."""

    arm: str
    name: str
    start: float
    stop: float
    stain: str
    density: float


@dataclass(frozen=True)
class BandTable:
    """One resolution of the ideogram, by chromosome label (``1`` … ``22``, ``X``, ``Y``)."""

    level: int
    bands: Mapping[str, tuple[Band, ...]]

    @cached_property
    def _names(self) -> Mapping[str, frozenset[str]]:
        """Every band with all of its shorter names: 13.12 is also 13.1, 13 and region 1."""
        found: dict[str, frozenset[str]] = {}
        for label, bands in self.bands.items():
            names: set[str] = set()
            for band in bands:
                digits = band.name.replace(".", "")
                names.update(band.arm + digits[:k] for k in range(1, len(digits) + 1))
            found[label] = frozenset(names)
        return found

    def has_band(self, label: str, arm: str, name: str) -> bool:
        """Whether chromosome ``label`` has that band, a coarser band above it, or its centromere (p10, q10)."""
        if name == "10":
            return label in self.bands
        whole = len(name.partition(".")[0]) <= 2
        return whole and arm + name.replace(".", "") in self._names.get(label, frozenset())

    def length(self, label: str) -> float:
        """Length of the chromosome in ISCN units."""
        return self.bands[label][-1].stop

    def centromere(self, label: str) -> float:
        """Where the short arm ends, in ISCN units from pter."""
        return max(b.stop for b in self.bands[label] if b.arm == "p")

    def centromere_index(self, label: str) -> float:
        """Length of the short arm by the whole, in (0, 0.5]; stalks and satellites count as in the table."""
        return self.centromere(label) / self.length(label)

    def relative_length(self, label: str) -> float:
        """Length by the sum of the 22 autosomes."""
        return self.length(label) / sum(self.length(str(n)) for n in range(1, 23))


def parse_band_table(text: str, level: int) -> BandTable:
    """A band table from NCBI's tab-separated text (chromosome, arm, band, iscn_start, iscn_stop, …, stain, density).

    Raises KaryoViewError when a row cannot be read or a chromosome is missing.
    """
    bands: dict[str, list[Band]] = {}
    for number, row in enumerate(text.splitlines(), start=1):
        if not row or row.startswith("#"):
            continue
        cells = row.split("\t")
        try:
            label, arm, name, start, stop = cells[:5]
            density = float(cells[8]) if len(cells) > 8 and cells[8] else 0.0
            bands.setdefault(label, []).append(Band(arm, name, float(start), float(stop), cells[7], density))
        except (ValueError, IndexError) as error:
            raise KaryoViewError(f"Line {number} of the band table cannot be read: {row[:60]!r}.") from error
    missing = [c.label for c in CLASSES if c.label not in bands]
    if missing:
        raise KaryoViewError(f"The band table of level {level} has no chromosome {missing[0]}.")
    ordered = {label: tuple(sorted(rows, key=lambda b: (b.start, b.stop))) for label, rows in bands.items()}
    return BandTable(level, MappingProxyType(ordered))

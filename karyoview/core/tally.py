"""The tally of a case: cells against the protocol, clones, odd cells, and what to do next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from karyoview.core.chromosome import CLASSES, X_INDEX, Y_INDEX, Sex, expected_copies
from karyoview.core.nomenclature import Context
from karyoview.core.nomenclature_build import CloneCounts, Proposal, build_karyotype
from karyoview.core.nomenclature_table import ploidy_of


@dataclass(frozen=True, slots=True)
class Protocol:
    """How many cells (colonies for in situ) are to be counted, analysed and karyotyped."""

    name: str
    title: str
    count: int
    analyse: int
    karyograms: int
    per_clone: bool = False
    context: Context = "constitutional"
    per_culture: bool = False


PROTOCOLS: Final[Mapping[str, Protocol]] = MappingProxyType(
    {
        p.name: p
        for p in (
            Protocol("constitutional", "Constitutional", 20, 5, 2),
            Protocol("oncology", "Oncology", 20, 20, 2, per_clone=True, context="neoplasia"),
            Protocol("mosaicism30", "Mosaicism suspected, 30 cells", 30, 0, 2, per_clone=True),
            Protocol("mosaicism50", "Mosaicism suspected, 50 cells", 50, 0, 2, per_clone=True),
            Protocol("prenatal", "Prenatal in situ", 15, 5, 2, per_culture=True),
        )
    }
)

MIN_GAIN_CELLS: Final = 2
MIN_LOSS_CELLS: Final = 3


@dataclass(frozen=True, slots=True)
class CellCount:
    """One cell: its image, copies of the 24 classes, markers, typed structural changes and what was done to it.

    ``unclassed`` counts chromosomes without a class; a cell that is set aside has a reason and is no count.
    """

    image: str
    counts: tuple[int, ...]
    markers: int = 0
    structural: tuple[str, ...] = ()
    analysed: bool = False
    karyotyped: bool = False
    culture: str = ""
    slide: str = ""
    set_aside: str = ""
    unclassed: int = 0

    @property
    def total(self) -> int:
        return sum(self.counts) + self.markers + self.unclassed


@dataclass(frozen=True, slots=True)
class Clone:
    """Cells with the same clonal changes; no change is the normal line. ``images`` are its cells in order."""

    changes: tuple[str, ...]
    images: tuple[str, ...]
    cultures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseTally:
    """The tally; ``odd`` are (image, changes) that are no clone, ``prompts`` sentences for the reviewer."""

    protocol: Protocol
    counted: tuple[CellCount, ...]
    set_aside: tuple[CellCount, ...]
    modal: tuple[int, ...]
    sex: Sex
    clones: tuple[Clone, ...]
    odd: tuple[tuple[str, tuple[str, ...]], ...]
    exclusion: float | None
    prompts: tuple[str, ...]

    @property
    def analysed(self) -> int:
        return sum(c.analysed for c in self.counted)

    @property
    def karyotyped(self) -> int:
        return sum(c.karyotyped for c in self.counted)

    def per_culture(self) -> dict[str, tuple[int, int, int]]:
        """Counted, analysed and karyotyped cells of each culture."""
        found: dict[str, tuple[int, int, int]] = {}
        for cell in self.counted:
            n, a, k = found.get(cell.culture, (0, 0, 0))
            found[cell.culture] = (n + 1, a + cell.analysed, k + cell.karyotyped)
        return found

    def proposal(self) -> Proposal:
        """The karyotype that the clones make; KaryoViewError where no cell is counted."""
        cells = {c.image: c for c in self.counted}
        clones = [_clone_counts(clone, [cells[i] for i in clone.images], self.sex) for clone in self.clones]
        return build_karyotype(clones, self.protocol.context, self.sex)


def mosaicism_excluded(cells: int, confidence: float = 0.95) -> float:
    """Share of an abnormal line that ``cells`` normal cells exclude: 1 − (1 − confidence)^(1/n)."""
    if cells < 1:
        return 1.0
    return float(1.0 - (1.0 - confidence) ** (1.0 / cells))


def changes_of(cell: CellCount, sex: Sex) -> tuple[str, ...]:
    """The changes of a cell against a normal one: ``+21``, ``-7``, ``+mar`` and structural ones, each copy once.

    A second copy more is ``+8 #2``, so that two extra copies are two changes. A cell of another
    ploidy also has ``<4n>``.
    """
    level = ploidy_of(cell.total)[0] if cell.total else 2
    expected = expected_copies(sex) if level == 2 else (*([level] * 22), cell.counts[X_INDEX], cell.counts[Y_INDEX])
    found: list[str] = [] if level == 2 else [f"<{level}n>"]
    for item in (*CLASSES[X_INDEX:], *CLASSES[:X_INDEX]):
        difference = cell.counts[item.index] - expected[item.index]
        sign = "+" if difference > 0 else "-"
        found += [f"{sign}{item.label}" + (f" #{k}" if k > 1 else "") for k in range(1, abs(difference) + 1)]
    found += sorted(cell.structural)
    found += ["+mar" + (f" #{k}" if k > 1 else "") for k in range(1, cell.markers + 1)]
    return tuple(found)


def tally_case(cells: Sequence[CellCount], protocol: Protocol, sex: Sex | None = None) -> CaseTally:
    """Count a case. ``sex`` is the known constitutional sex; None reads it from the cells."""
    counted = tuple(c for c in cells if not c.set_aside and c.total)
    aside = tuple(c for c in cells if c.set_aside)
    if sex is None:
        sex = (
            "male"
            if sum(c.counts[Y_INDEX] > 0 for c in counted) >= min(MIN_GAIN_CELLS, max(len(counted), 1))
            else "female"
        )
    classed = [c for c in counted if not c.unclassed]
    clones, odd = _find_clones(classed, sex)
    totals = Counter(c.total for c in counted)
    most = max(totals.values(), default=0)
    modal = tuple(sorted(n for n, times in totals.items() if times == most))
    normal = len(clones) == 1 and not clones[0].changes and not odd
    # A cell whose chromosomes are not all named may be the abnormal one: it excludes nothing.
    exclusion = mosaicism_excluded(len(classed)) if normal and classed else None
    prompts = tuple(_prompts(counted, classed, clones, odd, protocol, sex))
    return CaseTally(protocol, counted, aside, modal, sex, clones, odd, exclusion, prompts)


def _needed(change: str, cells: int) -> int:
    """Cells that make a change clonal; a case of a single reviewed cell is its own clone."""
    wanted = MIN_LOSS_CELLS if change.startswith("-") else MIN_GAIN_CELLS
    return min(wanted, max(cells, 1))


def _find_clones(
    cells: Sequence[CellCount], sex: Sex
) -> tuple[tuple[Clone, ...], tuple[tuple[str, tuple[str, ...]], ...]]:
    found = {c.image: changes_of(c, sex) for c in cells}
    seen = Counter(change for changes in found.values() for change in changes)
    clonal = {change for change, times in seen.items() if times >= _needed(change, len(cells))}
    kept = {image: tuple(c for c in changes if c in clonal) for image, changes in found.items()}
    groups: dict[tuple[str, ...], list[str]] = {}
    for image, changes in kept.items():
        groups.setdefault(changes, []).append(image)
    # A combination seen in too few cells is no clone of its own: it joins the largest line that it contains.
    for changes in sorted(groups, key=lambda g: (-len(g), g)):
        if not changes or len(groups[changes]) >= min(_needed(c, len(cells)) for c in changes):
            continue
        images = groups.pop(changes)
        parents = [g for g in groups if set(g) < set(changes) and (not g or len(groups[g]) >= MIN_GAIN_CELLS)]
        parent = max(parents, key=lambda g: (len(g), len(groups[g])), default=())
        groups.setdefault(parent, []).extend(images)
    order = {c.image: i for i, c in enumerate(cells)}
    culture = {c.image: c.culture for c in cells}
    lines = [
        Clone(changes, tuple(sorted(images, key=order.__getitem__)), tuple(sorted({culture[i] for i in images} - {""})))
        for changes, images in groups.items()
    ]
    lines.sort(key=lambda line: (not line.changes, -len(line.images), line.changes))
    written = {image: line.changes for line in lines for image in line.images}
    odd = []
    for image, changes in found.items():
        rest = tuple(c for c in changes if c not in written[image])
        if rest:
            odd.append((image, rest))
    return tuple(lines), tuple(odd)


def _prompts(
    counted: Sequence[CellCount],
    classed: Sequence[CellCount],
    clones: Sequence[Clone],
    odd: Sequence[tuple[str, tuple[str, ...]]],
    protocol: Protocol,
    sex: Sex,
) -> list[str]:
    prompts = []
    if not counted:
        prompts.append("No cell is reviewed yet; review a cell to count it.")
    for have, needed, what in (
        (len(counted), protocol.count, "counted"),
        (sum(c.analysed for c in counted), protocol.analyse, "analysed"),
        (sum(c.karyotyped for c in counted), protocol.karyograms, "karyotyped"),
    ):
        if have < needed:
            prompts.append(f"{have} of {needed} cells are {what}.")
    if len(classed) < len(counted):
        prompts.append(
            f"{len(counted) - len(classed)} counted cells have chromosomes without a class and tell nothing of clones."
        )
    gains = [(i, c) for i, changes in odd for c in changes if not c.startswith("-")]
    if gains and len(counted) < 50 and protocol.context == "constitutional":
        more = 30 if len(counted) < 30 else 50
        image, change = gains[0]
        prompts.append(f"One cell ({image}) has {change}: extend the count to {more} cells, or 50 if it stays open.")
    if protocol.per_clone:
        karyotyped = {c.image for c in counted if c.karyotyped}
        for clone in clones:
            if not karyotyped & set(clone.images):
                prompts.append(f"No karyogram shows the line {', '.join(clone.changes) or 'normal'}.")
    cultures = {c.culture for c in counted if c.culture}
    if len(cultures) > 1:
        for clone in clones:
            if clone.changes and len(clone.cultures) == 1:
                prompts.append(f"{', '.join(clone.changes)} was seen in culture {clone.cultures[0]} only.")
    kinds = {(c.counts[X_INDEX], c.counts[Y_INDEX]) for c in classed if c.total == 46}
    if {(2, 0), (1, 1)} <= kinds:
        prompts.append("Cells with XX and with XY were found: think of a chimera, a mix-up or maternal cells.")
    return prompts


def _clone_counts(clone: Clone, cells: Sequence[CellCount], sex: Sex) -> CloneCounts:
    """Counts of a clone: a normal cell with its clonal changes, so that odd losses do not enter."""
    levels = [c for c in clone.changes if c.startswith("<")]
    first = cells[0]
    if levels:
        level = int(levels[0].strip("<n>"))
        counts = [level] * 22 + [first.counts[X_INDEX], first.counts[Y_INDEX]]
    else:
        counts = list(expected_copies(sex))
    markers, structural = 0, []
    labels = {c.label: c.index for c in CLASSES}
    for change in clone.changes:
        name = change.split(" ")[0]
        if name == "+mar":
            markers += 1
        elif name[1:] in labels and name[0] in "+-":
            counts[labels[name[1:]]] += 1 if name[0] == "+" else -1
        elif not name.startswith("<"):
            structural.append(change)
    return CloneCounts(tuple(counts), len(clone.images), markers, tuple(structural))

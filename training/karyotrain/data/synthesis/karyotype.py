"""Which chromosomes a made cell gets: copies of the 24 classes from an ISCN karyotype."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from karyoview.core.chromosome import CLASSES
from karyoview.core.errors import KaryoViewError
from karyoview.core.nomenclature import CellLine, read_karyotype
from karyoview.core.nomenclature_build import clone_of_line
from karyoview.imaging.ideogram import load_bands

_MOST = 140  # chromosomes in one cell: a little more than six sets


class KaryotypeError(KaryoViewError):
    """A karyotype that no cell can be drawn from."""


@dataclass(frozen=True, slots=True)
class Clone:
    """One cell line to draw: its text, copies of the 24 classes, and its share of the cells in (0, 1]."""

    text: str
    counts: tuple[int, ...]
    share: float


def read_clones(karyotype: str) -> tuple[Clone, ...]:
    """The cell lines of a karyotype of whole chromosomes, as ``47,XY,+21`` or ``mos 45,X[6]/46,XX[14]``.

    Raises KaryotypeError, with the first fault's sentence, for one that ISCN does not allow or that
    has changes of structure, which the generator does not draw.
    """
    read = read_karyotype(karyotype, bands=load_bands(850))
    if read.errors:
        raise KaryotypeError(f'The karyotype "{karyotype}" is not possible: {read.errors[0].sentence}')
    lines = [_counts(line, karyotype) for line in read.lines]
    cells = [line.cells or 1 for line in read.lines]
    return tuple(
        Clone(line.text.partition("[")[0].strip(), counts, n / sum(cells))
        for line, counts, n in zip(read.lines, lines, cells, strict=True)
    )


def clone_of_cell(rng: np.random.Generator, clones: tuple[Clone, ...]) -> Clone:
    """One of the cell lines, drawn by its share."""
    if len(clones) == 1:
        return clones[0]
    return clones[int(np.searchsorted(np.cumsum([c.share for c in clones]), rng.random()).clip(0, len(clones) - 1))]


def clones_in_shares(clones: tuple[Clone, ...], cells: int, seed: int) -> list[Clone]:
    """One clone for each of ``cells`` cells, so that the shares hold as nearly as whole cells allow, in mixed order."""
    exact = np.array([c.share * cells for c in clones])
    given = np.floor(exact).astype(int)
    for index in np.argsort(given - exact, kind="stable")[: cells - int(given.sum())]:
        given[index] += 1
    order = np.random.default_rng([seed, 7]).permutation(np.repeat(np.arange(len(clones)), given))
    return [clones[i] for i in order.tolist()]


def _counts(line: CellLine, karyotype: str) -> tuple[int, ...]:
    if line.reference or line.composite or line.count[0] != line.count[1] or "U" in line.sex or "?" in line.sex:
        raise KaryotypeError(f'"{line.text}" leaves open which chromosomes there are; write all of them.')
    odd = next((c for c in line.changes if c.kind not in ("whole", "heteromorphism")), None)
    if odd is not None:
        raise KaryotypeError(
            f'"{odd.text}" changes the structure of a chromosome; the generator draws gains and losses only.'
        )
    counts = clone_of_line(line).counts
    if min(counts) < 0:
        label = CLASSES[int(np.argmin(counts))].label
        raise KaryotypeError(f'"{karyotype}" takes away more chromosomes {label} than there are; correct the losses.')
    if not 1 <= sum(counts) <= _MOST:
        raise KaryotypeError(f'"{karyotype}" has {sum(counts)} chromosomes; the generator draws 1 to {_MOST}.')
    if sum(counts) != line.count[0]:
        raise KaryotypeError(
            f'"{line.text}" says {line.count[0]} chromosomes, its changes make {sum(counts)}; correct one.'
        )
    return counts

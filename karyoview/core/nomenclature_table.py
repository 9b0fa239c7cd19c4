"""The editable table of ISCN: symbols, ploidy levels and editions. Rules of an edition live here, not in code paths."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Symbol:
    """A structural symbol and the form it asks for.

    ``chromosomes`` and ``breaks`` are (least, most) numbers in all; ``breaks_each`` True asks for one
    group of breakpoints per chromosome. ``replaces`` True: a product of k chromosomes takes the place
    of k, so an unsigned one lowers the count by k − 1. ``optional`` True: the breakpoints may be missing.
    """

    meaning: str
    chromosomes: tuple[int, int] = (1, 1)
    breaks: tuple[int, int] = (0, 0)
    replaces: bool = False
    optional: bool = False
    lowest_first: bool = False


_MANY: Final = 12

SYMBOLS: Final[Mapping[str, Symbol]] = MappingProxyType(
    {
        "add": Symbol("additional material of unknown origin", breaks=(1, 1)),
        "del": Symbol("deletion", breaks=(1, 2)),
        "der": Symbol("derivative chromosome", (1, 6), (0, _MANY), replaces=True, optional=True),
        "dic": Symbol("dicentric chromosome", (2, 3), (2, 4), replaces=True, lowest_first=True),
        "dup": Symbol("duplication", breaks=(2, 2)),
        "fis": Symbol("fission at the centromere", breaks=(1, 1)),
        "fra": Symbol("fragile site", breaks=(1, 1)),
        "dic r": Symbol("dicentric ring chromosome", (1, 4), (1, 8), replaces=True, optional=True),
        "dir dup": Symbol("direct duplication", breaks=(1, 2)),
        "dir ins": Symbol("direct insertion", (1, 3), (3, 6)),
        "hsr": Symbol("homogeneously staining region", (1, 2), (1, 2), optional=True),
        "i": Symbol("isochromosome", breaks=(1, 1)),
        "idic": Symbol("isodicentric chromosome", breaks=(1, 1)),
        "ider": Symbol("isoderivative chromosome", breaks=(1, 1)),
        "ins": Symbol("insertion", (1, 3), (3, 6)),
        "inv": Symbol("inversion", breaks=(2, 2)),
        "inv dup": Symbol("inverted duplication", breaks=(1, 2)),
        "inv ins": Symbol("inverted insertion", (1, 3), (3, 6)),
        "inv qdp": Symbol("inverted quadruplication", breaks=(1, 2)),
        "inv trp": Symbol("inverted triplication", breaks=(1, 2)),
        "neo": Symbol("neocentromere", breaks=(1, 2), optional=True),
        "psu dic": Symbol("pseudodicentric chromosome", (2, 2), (2, 2), replaces=True),
        "psu idic": Symbol("pseudoisodicentric chromosome", breaks=(1, 1)),
        "qdp": Symbol("quadruplication", breaks=(2, 2)),
        "r": Symbol("ring chromosome", (1, 4), (1, 8), replaces=True, optional=True),
        "rec": Symbol("recombinant chromosome", optional=True),
        "rob": Symbol("Robertsonian translocation", (2, 2), (2, 2), replaces=True, lowest_first=True),
        "t": Symbol("translocation", (2, 8), (2, 8), lowest_first=True),
        "trc": Symbol("tricentric chromosome", (3, 3), (3, 4), replaces=True),
        "trp": Symbol("triplication", breaks=(2, 2)),
        "upd": Symbol("uniparental disomy", optional=True),
    }
)

UNPLACED: Final[Mapping[str, tuple[str, bool]]] = MappingProxyType(
    {
        "mar": ("marker chromosome", True),
        "r": ("ring of unknown origin", True),
        "der": ("derivative of unknown origin", True),
        "ace": ("acentric fragment", False),
        "min": ("minute", False),
        "dmin": ("double minutes", False),
        "hsr": ("homogeneously staining region of unknown place", False),
    }
)
"""Material of unknown origin: its meaning, and whether it is counted as a chromosome."""

UNPLACED_ORDER: Final = ("der", "r", "mar", "ace", "hsr", "min", "dmin")

# Known to the standard, read over and reported as "not checked".
_COMMON_UNCHECKED: Final = (
    "arr", "cha", "chr", "chrb", "chre", "chrg", "cht", "chtb", "chte", "chtg", "con", "cpx", "cth", "cx", "dim",
    "dir", "enh", "fib", "g", "ish", "lep", "nuc ish", "oom", "pcc", "pcd", "pcp", "pro", "prx", "ps", "pvz", "qr",
    "rea", "rev ish", "rsa", "sce", "sct", "sdup", "seq", "sep", "spl", "subtel", "tan", "tel", "tas", "tr", "var",
    "xma",
)  # fmt: skip

TECHNIQUES: Final = (
    "arr", "ish", "nuc ish", "rev ish", "subtel ish", "fib ish", "cgh", "rsa", "seq", "sseq", "ogm", "mlpa", "pcr",
)  # fmt: skip
"""What may follow a karyotype after a full stop, or stand alone: other methods, not read here."""

MEIOSIS: Final = ("PI", "MI", "AI", "MII", "AII")
"""Stages that begin the description of a meiotic cell, which is read over as other methods are."""


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of ISCN; ``severity`` says of a rule whether breaking it is an error or a note."""

    name: str
    unchecked: frozenset[str]
    severity: Mapping[str, str]


# Rules that a cytogeneticist has still to confirm are notes, not errors.
_SEVERITY: Final = MappingProxyType(
    {
        "line size order": "note", "structural order": "note", "chimera": "note", "sex mosaic order": "note",
        "short arm order": "error",
    }
)  # fmt: skip
# Until 2020 two breaks in one short arm were printed in either order; since 2024 the one nearer to pter comes first.
_SEVERITY_2020: Final = MappingProxyType({**_SEVERITY, "short arm order": "note"})

EDITIONS: Final[Mapping[str, Edition]] = MappingProxyType(
    {
        "2024": Edition("2024", frozenset((*_COMMON_UNCHECKED, "ogm")), _SEVERITY),
        "2020": Edition("2020", frozenset(_COMMON_UNCHECKED), _SEVERITY_2020),
    }
)
DEFAULT_EDITION: Final = "2024"

PLOIDY_RANGES: Final = (
    (1, "near-haploid", 1, 34),
    (2, "near-diploid", 35, 57),
    (3, "near-triploid", 58, 80),
    (4, "near-tetraploid", 81, 103),
    (5, "near-pentaploid", 104, 126),
    (6, "near-hexaploid", 127, 149),
    (7, "near-heptaploid", 150, 172),
    (8, "near-octaploid", 173, 195),
)
"""Level, its name, and the counts that are read against it when none is written."""

MAX_PLOIDY: Final = 20
"""The highest level that is written or read."""


def ploidy_of(count: int) -> tuple[int, str]:
    """The ploidy level (1–8 or more) against which a count is read, and its name."""
    for level, name, low, high in PLOIDY_RANGES:
        if low <= count <= high:
            return level, name
    level = max(1, round(count / 23))
    return level, f"{level}n"

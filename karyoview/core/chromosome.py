"""The 24 chromosome classes, their Denver groups, order and places in a karyogram."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Sex = Literal["female", "male"]


@dataclass(frozen=True, slots=True)
class ChromosomeClass:
    """One of the 24 classes.

    ``index`` 0–23 is the order everywhere (arrays, category ids less one); ``name`` is the name in
    files (``A1`` … ``G22``, ``X``, ``Y``), ``label`` what a person types and reads (``1`` … ``22``,
    ``X``, ``Y``), ``group`` the Denver group A–G (X belongs to C, Y to G).
    """

    index: int
    name: str
    label: str
    group: str


def _classes() -> tuple[ChromosomeClass, ...]:
    members = {"A": (1, 3), "B": (4, 5), "C": (6, 12), "D": (13, 15), "E": (16, 18), "F": (19, 20), "G": (21, 22)}
    autosomes = [(f"{g}{n}", str(n), g) for g, (a, b) in members.items() for n in range(a, b + 1)]
    rows = [*autosomes, ("X", "X", "C"), ("Y", "Y", "G")]
    return tuple(ChromosomeClass(i, name, label, group) for i, (name, label, group) in enumerate(rows))


CLASSES: Final = _classes()
CLASS_NAMES: Final = tuple(c.name for c in CLASSES)
DENVER_GROUPS: Final = ("A", "B", "C", "D", "E", "F", "G")
DIPLOID_COUNT: Final = 46
"""Chromosomes of a normal human cell."""
X_INDEX: Final = 22
Y_INDEX: Final = 23
KARYOGRAM_ROWS: Final = (
    (("1", "2", "3"), ("4", "5")),
    (("6", "7", "8", "9", "10", "11", "12"),),
    (("13", "14", "15"), ("16", "17", "18")),
    (("19", "20"), ("21", "22"), ("X", "Y")),
)
# Okabe and Ito's palette, which colour-blind people can tell apart; the class is always written beside it.
GROUP_COLOURS: Final = {
    "A": "#0072B2", "B": "#E69F00", "C": "#009E73", "D": "#CC79A7", "E": "#56B4E9", "F": "#D55E00", "G": "#F0E442",
}  # fmt: skip
ACROCENTRIC: Final = frozenset({"13", "14", "15", "21", "22", "Y"})

_BY_NAME: Final = {key: c for c in CLASSES for key in (c.name.upper(), c.label.upper())}


def parse_class(text: str) -> ChromosomeClass | None:
    """The class that ``text`` names, as ``C7``, ``7``, ``chr7`` or ``x``; None when it names none."""
    return _BY_NAME.get(text.strip().upper().removeprefix("CHR").lstrip("0"))


def group_members(group: str) -> tuple[ChromosomeClass, ...]:
    """The classes of a Denver group, in order."""
    return tuple(c for c in CLASSES if c.group == group)


def expected_copies(sex: Sex) -> tuple[int, ...]:
    """Copies of each class (24 integers, class order) in a normal cell of that sex."""
    return (*([2] * 22), *((2, 0) if sex == "female" else (1, 1)))

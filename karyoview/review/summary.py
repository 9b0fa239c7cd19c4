"""What a cell amounts to, in the few words that stand large in the window."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from karyoview.core.annotation import ImageAnnotation
from karyoview.core.chromosome import CLASSES, DENVER_GROUPS, X_INDEX, Y_INDEX, group_members
from karyoview.core.karyogram import MARKERS, Karyogram

_SEXES = frozenset({(2, 0), (1, 1)})
_FEWEST = 2
"""Reviewed cells from which another cell's number is compared with theirs, and not with 46."""


@dataclass(frozen=True, slots=True)
class Headline:
    """``total`` chromosomes, the ``gains`` and losses as ``+21 −13``, and how many have no class.

    Where chromosomes without a class stand beside gains and losses, these say so: a loss may be one of them.
    """

    total: int
    gains: str = ""
    unclassed: int = 0

    @property
    def text(self) -> str:
        return f"{self.total}  {self.gains}" if self.gains else str(self.total)


def headline(annotation: ImageAnnotation, sex_withheld: bool = False) -> Headline:
    """The total and what departs from two of each; nothing about classes while a tenth of them is missing."""
    total = annotation.total()
    markers = set(Karyogram.of(annotation).slots[MARKERS])
    unclassed = sum(c.label is None and c.id not in markers for c in annotation.chromosomes)
    if not annotation.chromosomes or unclassed * 10 > len(annotation.chromosomes):
        some = 0 < 2 * unclassed <= len(annotation.chromosomes)
        return Headline(total, f"{unclassed} without class" if some else "", unclassed)
    counts = annotation.counts()
    words = []
    sexes = (counts[X_INDEX], counts[Y_INDEX])
    if sexes not in _SEXES and not sex_withheld:
        words.append({(1, 0): "one X", (0, 0): "no X, Y"}.get(sexes, "X" * sexes[0] + "Y" * sexes[1]))
    elif sex_withheld and sum(sexes) != 2:
        words.append(f"{sum(sexes)} sex")
    classes = len(words)
    for item in CLASSES[:X_INDEX]:
        odd = counts[item.index] - 2
        words += [f"{'+' if odd > 0 else '−'}{item.label}"] * abs(odd)
        classes += odd != 0
    # A cell that is only partly boxed would list dozens of losses; that says nothing.
    parts = words if len(words) <= 4 else [f"{classes} classes odd"]
    parts += ["+mar"] if len(markers) == 1 else [f"+{len(markers)}mar"] if markers else []
    text = " ".join(parts)
    if unclassed and text:
        text += f", {unclassed} without class"
    return Headline(total, text, unclassed)


def modal_numbers(totals: Iterable[int]) -> tuple[int, ...]:
    """The most frequent numbers of chromosomes of some cells, in rising order; empty for no cells."""
    times = Counter(totals)
    most = max(times.values(), default=0)
    return tuple(sorted(number for number, count in times.items() if count == most))


def usual_numbers(totals: Iterable[int]) -> tuple[int, ...]:
    """The modal numbers of other reviewed cells, with which a cell's is compared; empty before there are two."""
    known = list(totals)
    return modal_numbers(known) if len(known) >= _FEWEST else ()


def group_counts(annotation: ImageAnnotation) -> dict[str, tuple[int, tuple[int, ...]]]:
    """Per Denver group: its number, and the number of each member in order."""
    counts = annotation.counts()
    found = {}
    for group in DENVER_GROUPS:
        members = tuple(counts[c.index] for c in group_members(group))
        found[group] = (sum(members), members)
    return found

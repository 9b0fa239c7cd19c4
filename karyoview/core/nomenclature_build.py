"""ISCN from counts: deterministic, each step explained."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from karyoview.core.chromosome import CLASSES, X_INDEX, Y_INDEX, Sex, expected_copies, parse_class
from karyoview.core.errors import KaryoViewError
from karyoview.core.nomenclature import CellLine, Change, Context, read_change
from karyoview.core.nomenclature_rules import listing_rank
from karyoview.core.nomenclature_table import DEFAULT_EDITION, EDITIONS, SYMBOLS, ploidy_of

_SEX: Final = frozenset("XY")


@dataclass(frozen=True, slots=True)
class CloneCounts:
    """What is known of one cell line: copies of the 24 classes, markers, typed structural changes, cells.

    A rearranged chromosome is counted in the class of the first chromosome of its change (a rob(13;14)
    in class 13); markers are not in ``counts``.
    """

    counts: tuple[int, ...]
    cells: int
    markers: int = 0
    structural: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        return sum(self.counts) + self.markers


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposed karyotype and the steps by which it was made, one sentence each."""

    text: str
    steps: tuple[str, ...]


def build_karyotype(
    clones: Sequence[CloneCounts], context: Context = "constitutional", sex: Sex | None = None
) -> Proposal:
    """The ISCN string of the clones of a case.

    ``sex`` is the constitutional sex, against which acquired changes of X and Y are written in
    neoplasia; None takes male where any clone has a Y. Raises KaryoViewError for no clone, a clone
    without chromosomes, or a structural change that cannot be read.
    """
    if not clones:
        raise KaryoViewError("There is no reviewed cell to make a karyotype of; review and sign a cell first.")
    if sex is None:
        sex = "male" if any(c.counts[Y_INDEX] for c in clones) else "female"
    steps: list[str] = []
    lines: list[tuple[bool, int, str]] = []
    for clone in clones:
        text, normal, own_steps = _build_line(clone, context, sex)
        steps += own_steps
        lines.append((normal, -clone.cells, text))
    lines.sort()
    brackets = context == "neoplasia" or len(clones) > 1
    if len(clones) > 1:
        steps.append("The larger line comes first and the normal line last.")
    if brackets:
        steps.append("Each line carries its number of cells.")
    text = "/".join(f"{line}[{-size}]" if brackets else line for _, size, line in lines)
    if context == "constitutional" and len(clones) > 1:
        sexes = {tuple(sorted((c.counts[X_INDEX], c.counts[Y_INDEX]))) for c in clones}
        normals = sum(normal for normal, _, _ in lines)
        prefix = "chi" if normals > 1 and len(sexes) > 1 else "mos"
        text = f"{prefix} {text}"
        steps.append(
            "Normal lines of both sexes: chimera, chi." if prefix == "chi" else "Two or more lines of one person: mos."
        )
    return Proposal(text, tuple(steps))


def _build_line(clone: CloneCounts, context: Context, sex: Sex) -> tuple[str, bool, list[str]]:
    if len(clone.counts) != len(CLASSES) or clone.total == 0 or min(clone.counts) < 0:
        raise KaryoViewError("A cell line needs the copies of 24 classes, and at least one chromosome.")
    structural = [_read(text) for text in clone.structural]
    copies = list(clone.counts)
    steps = [f"A line of {clone.cells} cell{'' if clone.cells == 1 else 's'}; it has {clone.total} chromosomes."]
    rearranged = {"X": 0, "Y": 0}
    for change in structural:
        head = change.parts[0] if change.parts else None
        if head is None:
            continue
        if change.sign == "+":
            known = parse_class(head.chromosomes[0])
            if known and copies[known.index]:
                copies[known.index] -= 1
        elif SYMBOLS[head.symbol].replaces and len(head.chromosomes) > 1:
            for name in head.chromosomes[1:]:
                partner = parse_class(name)
                if partner:
                    copies[partner.index] += 1
            steps.append(f"{change.text} takes the place of {len(head.chromosomes)} chromosomes.")
        if not change.sign and head.symbol not in ("fra", "upd", "hsr"):
            for name in head.chromosomes:
                if name in _SEX:
                    rearranged[name] += 1
    level = ploidy_of(clone.total)[0]
    x, y = copies[X_INDEX], copies[Y_INDEX]
    changes: list[Change] = list(structural)
    if context == "neoplasia" and level == 2:
        base = expected_copies(sex)
        letters = {"X": min(x, base[X_INDEX]), "Y": min(y, base[Y_INDEX])}
        changes += _whole("X", x - base[X_INDEX]) + _whole("Y", y - base[Y_INDEX])
        if (x, y) != (base[X_INDEX], base[Y_INDEX]):
            steps.append("The change of sex chromosomes is acquired and has a sign.")
    else:
        letters = {"X": x, "Y": y}
        if (x, y) not in ((2, 0), (1, 1)) and level == 2:
            steps.append("The change of sex chromosomes is constitutional: they are named without a sign.")
    named = "".join(name * max(0, letters[name] - rearranged[name]) for name in "XY")
    for item in CLASSES[:22]:
        difference = copies[item.index] - level
        if difference:
            word = "more" if difference > 0 else "fewer"
            steps.append(
                f"Chromosome {item.label}: {copies[item.index]} copies, {abs(difference)} {word} than {level}."
            )
        changes += _whole(item.label, difference)
    if clone.markers:
        text = "+mar" if clone.markers == 1 else f"+{clone.markers}mar"
        changes.append(Change(text, "unplaced", "+", symbol="mar", amount=(clone.markers, clone.markers)))
        steps.append(f"{clone.markers} marker{'' if clone.markers == 1 else 's'} at the end.")
    changes.sort(key=listing_rank)
    ploidy = f"<{level}n>" if level != 2 and (changes or clone.total != 23 * level) else ""
    if level != 2:
        steps.append(f"{clone.total} chromosomes are read against {level}n.")
    fields = [f"{clone.total}{ploidy}", *([named] if named else []), *(c.text for c in changes)]
    normal = not changes and clone.total == 46 and (x, y) in ((2, 0), (1, 1))
    return ",".join(fields), normal, steps


def _whole(label: str, difference: int) -> list[Change]:
    sign = "+" if difference > 0 else "-"
    return [Change(f"{sign}{label}", "whole", sign, label)] * abs(difference)


def _read(text: str) -> Change:
    change, fault = read_change(text, 0, text, EDITIONS[DEFAULT_EDITION])
    if fault or change is None or change.kind == "whole":
        raise KaryoViewError(
            fault.sentence if fault else f'"{text}" is no structural change; count that chromosome instead.'
        )
    return change


def clone_of_line(line: CellLine, structural: Iterable[str] = ()) -> CloneCounts:
    """The counts that a line without structural changes writes, for comparison with a tally."""
    level = line.ploidy or ploidy_of(line.count[0])[0]
    counts = [level] * 22 + [line.sex.count("X"), line.sex.count("Y")]
    markers = 0
    for change in line.changes:
        step = 1 if change.sign == "+" else -1
        if change.kind == "whole":
            known = parse_class(change.chromosome)
            seen = change.chromosome in _SEX and step < 0 and not line.sex_constitutional
            if known and not seen:
                counts[known.index] += step
        elif change.kind == "unplaced" and re.match(r"\+[0-9]*mar", change.text):
            markers += change.amount[0]
    return CloneCounts(tuple(counts), line.cells or 1, markers, tuple(structural))

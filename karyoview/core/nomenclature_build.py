"""ISCN from counts: deterministic, each step explained."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from karyoview.core.chromosome import CLASSES, X_INDEX, Y_INDEX, Sex, expected_copies, parse_class
from karyoview.core.errors import KaryoViewError
from karyoview.core.nomenclature import CellLine, Change, Context, read_change, read_karyotype
from karyoview.core.nomenclature_rules import listing_rank
from karyoview.core.nomenclature_sum import NOT_COUNTED
from karyoview.core.nomenclature_table import DEFAULT_EDITION, EDITIONS, MAX_PLOIDY, SYMBOLS, UNPLACED, ploidy_of

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
    neoplasia; None takes male where any clone has a Y. What is proposed is valid by the program's own
    rules. Raises KaryoViewError for no clone, a clone without chromosomes, or a structural change that
    cannot be read or is of a chromosome that the clone has not.
    """
    if not clones:
        raise KaryoViewError("There is no reviewed cell to make a karyotype of; review and sign a cell first.")
    if sex is None:
        sex = "male" if any(c.counts[Y_INDEX] for c in clones) else "female"
    steps: list[str] = []
    found: dict[str, tuple[bool, int]] = {}
    for clone in clones:
        text, normal, own_steps = _build_line(clone, context, sex)
        steps += own_steps
        # The same line may come from two ways of counting a marker; it is written once.
        found[text] = (normal, found.get(text, (normal, 0))[1] - clone.cells)
    lines = sorted((normal, size, text) for text, (normal, size) in found.items())
    brackets = context == "neoplasia" or len(lines) > 1
    if len(lines) > 1:
        steps.append("The larger line comes first and the normal line last.")
    if brackets:
        steps.append("Each line carries its number of cells.")
    text = "/".join(f"{line}[{-size}]" if brackets else line for _, size, line in lines)
    if context == "constitutional" and len(lines) > 1:
        sexes = {tuple(sorted((c.counts[X_INDEX], c.counts[Y_INDEX]))) for c in clones}
        normals = sum(normal for normal, _, _ in lines)
        prefix = "chi" if normals > 1 and len(sexes) > 1 else "mos"
        text = f"{prefix} {text}"
        steps.append(
            "Normal lines of both sexes: chimera, chi." if prefix == "chi" else "Two or more lines of one person: mos."
        )
    if any(clone.structural for clone in clones):
        # Counts alone always make a valid string; what a person typed may not.
        faults = read_karyotype(text, context=context).errors
        if faults:
            raise KaryoViewError(f"No karyotype can be proposed: {faults[0].sentence} Correct the structural change.")
    return Proposal(text, tuple(steps))


@dataclass(slots=True)
class _Balance:
    """Copies of the 24 classes that are left to be named, while structural changes take theirs."""

    copies: list[int]
    total: int
    markers: int
    rearranged: dict[str, int]
    taken: list[int]

    def take(self, change: Change) -> None:
        """Let one structural change take the chromosomes it is of; KaryoViewError where the cell has none of them."""
        if change.kind == "unplaced":
            # A typed ring or marker is one of the markers that were counted, or one more.
            if UNPLACED[change.symbol][1]:
                known = min(self.markers, change.amount[0])
                self.markers -= known
                self.total += change.amount[0] - known
            return
        head = change.parts[0] if change.parts else None
        if head is None or head.symbol in NOT_COUNTED:
            for name in head.chromosomes if head else (change.chromosome,):
                self._need(name, change, 1)
            return
        if change.sign == "-":
            raise KaryoViewError(
                f"{change.text}: the loss of a rearranged chromosome is only written against an earlier cell line; "
                "leave the change out of this one."
            )
        merged = SYMBOLS[head.symbol].replaces or change.sign == "+"
        for name in head.chromosomes[:1] if merged else head.chromosomes:
            self._use(name, change)
            if change.sign == "+" and name != "?":
                self.copies[_class_index(name)] -= change.amount[0]
        if change.sign == "+":
            return
        for name in head.chromosomes[1:] if merged else ():
            if name != "?":
                self.copies[_class_index(name)] += change.amount[0]
        for name in head.chromosomes:
            if name in _SEX:
                self.rearranged[name] += change.amount[0]

    def _use(self, name: str, change: Change) -> None:
        if name == "?":
            return
        index = _class_index(name)
        self.taken[index] += change.amount[0]
        self._need(name, change, self.taken[index])

    def _need(self, name: str, change: Change, number: int) -> None:
        copies = self.copies[_class_index(name)] if name not in ("?", "") else number
        if number > copies:
            has = "none" if copies <= 0 else "not so many"
            raise KaryoViewError(
                f"{change.text} is a chromosome {name}, and the cell has {has}; count it as chromosome {name}."
            )


def _balance(clone: CloneCounts, structural: Sequence[Change]) -> _Balance:
    empty = {"X": 0, "Y": 0}
    balance = _Balance(list(clone.counts), clone.total, clone.markers, empty, [0] * len(CLASSES))
    for change in structural:
        balance.take(change)
    return balance


def _build_line(clone: CloneCounts, context: Context, sex: Sex) -> tuple[str, bool, list[str]]:
    if len(clone.counts) != len(CLASSES) or clone.total == 0 or min(clone.counts) < 0:
        raise KaryoViewError("A cell line needs the copies of 24 classes, and at least one chromosome.")
    structural = [_read(text) for text in clone.structural]
    balance = _balance(clone, structural)
    level = ploidy_of(balance.total)[0]
    if level > MAX_PLOIDY:
        raise KaryoViewError(f"{balance.total} chromosomes are more than a cell line of {MAX_PLOIDY} sets has.")
    steps = [f"A line of {clone.cells} cell{'' if clone.cells == 1 else 's'}; it has {balance.total} chromosomes."]
    for change in structural:
        head = change.parts[0] if change.parts else None
        if head and not change.sign and SYMBOLS[head.symbol].replaces and len(head.chromosomes) > 1:
            steps.append(f"{change.text} takes the place of {len(head.chromosomes)} chromosomes.")
    changes: list[Change] = list(structural)
    named, signed, stated = _name_sex(balance, context, sex, level)
    changes += signed
    steps += stated
    for item in CLASSES[:22]:
        difference = balance.copies[item.index] - level
        if difference:
            word = "more" if difference > 0 else "fewer"
            copies = balance.copies[item.index]
            steps.append(f"Chromosome {item.label}: {copies} copies, {abs(difference)} {word} than {level}.")
        changes += _whole(item.label, difference)
    if balance.markers:
        text = "+mar" if balance.markers == 1 else f"+{balance.markers}mar"
        changes.append(Change(text, "unplaced", "+", symbol="mar", amount=(balance.markers, balance.markers)))
        steps.append(f"{balance.markers} marker{'' if balance.markers == 1 else 's'} at the end.")
    changes.sort(key=listing_rank)
    ploidy = f"<{level}n>" if level != 2 and (changes or balance.total != 23 * level) else ""
    if level != 2:
        steps.append(f"{balance.total} chromosomes are read against {level}n.")
    fields = [f"{balance.total}{ploidy}", *([named] if named else []), *(c.text for c in changes)]
    plain = all(change.kind == "heteromorphism" for change in changes)
    normal = plain and balance.total == 46 and named in ("XX", "XY")
    return ",".join(fields), normal, steps


def _name_sex(balance: _Balance, context: Context, sex: Sex, level: int) -> tuple[str, list[Change], list[str]]:
    """The sex chromosomes named without a sign, those with one, and the steps."""
    x, y = balance.copies[X_INDEX], balance.copies[Y_INDEX]
    base = expected_copies(sex)
    steps: list[str] = []
    signed: list[Change] = []
    letters = {"X": x, "Y": y}
    if context == "neoplasia" and level == 2:
        # Rearranged ones stand for themselves, even where there are more of them than a normal cell has.
        least = {n: max(base[i], balance.rearranged[n]) for n, i in (("X", X_INDEX), ("Y", Y_INDEX))}
        letters = {"X": min(x, least["X"]), "Y": min(y, least["Y"])}
        signed = _whole("X", x - least["X"]) + _whole("Y", y - least["Y"])
        if signed:
            steps.append("The change of sex chromosomes is acquired and has a sign.")
    elif (x, y) not in ((2, 0), (1, 1)) and level == 2:
        steps.append("The change of sex chromosomes is constitutional: they are named without a sign.")
    named = "".join(name * max(0, letters[name] - balance.rearranged[name]) for name in "XY")
    if not named and not signed and not any(balance.rearranged.values()):
        # Without any sex chromosome there is nothing to name but what was lost.
        ys = level // 2 if sex == "male" else 0
        signed = _whole("X", ys - level) + _whole("Y", -ys)
        steps.append("No sex chromosome is left: their loss is written.")
    return named, signed, steps


def _class_index(label: str) -> int:
    """Place of a chromosome's name in the 24 classes; KaryoViewError where there is no such chromosome."""
    known = parse_class(label)
    if known is None:
        raise KaryoViewError(f"There is no chromosome {label}; the chromosomes are 1 to 22, X and Y.")
    return known.index


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

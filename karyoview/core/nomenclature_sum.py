"""The arithmetic of one cell line: what its parts add up to, against the count that is written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from karyoview.core.chromosome import ACROCENTRIC
from karyoview.core.nomenclature_grammar import Change
from karyoview.core.nomenclature_rules import CellLine, article, spelled_amount
from karyoview.core.nomenclature_table import SYMBOLS, UNPLACED, ploidy_of
from karyoview.core.nomenclature_text import Finding, error

_SEX: Final = frozenset("XY")
NOT_COUNTED: Final = ("fra", "upd", "hsr", "neo")
"""Symbols that mark a place in a chromosome which is named elsewhere, so that they say nothing of its number."""


@dataclass(frozen=True, slots=True)
class Sum:
    """The count that a line's parts make, least and most, with each part in words; ``or_more`` may be added."""

    low: int
    high: int
    parts: tuple[str, ...]
    checked: bool = True
    or_more: int = 0


def add_up(line: CellLine, earlier: CellLine | None, level: int) -> Sum:
    """Chromosomes of a line: 22 autosomes a set, sex chromosomes and changes, or those of the line it refers to."""
    low, high = 22 * level + len(line.sex), 22 * level + len(line.sex)
    parts = [f"{22 * level} autosomes and {line.sex}" if line.sex else f"{22 * level} autosomes"]
    if earlier is not None:
        low, high = (n * line.reference_times for n in earlier.count)
        parts = [f"the {_plain_range(earlier.count)} of {line.reference}"]
    checked = "?" not in line.sex and "U" not in line.sex
    if "U" in line.sex:
        low, high = low - len(line.sex) + 2, high - len(line.sex) + 2
        checked = line.sex == "U"
    least = 0 if line.composite else 1
    for change in line.changes:
        if change.kind in ("incomplete", "unchecked") or _has_open_effect(change, line, earlier is not None):
            checked = False
            continue
        for amount, words in _effects(change, line, earlier is not None):
            if words:
                parts.append(words)
            lower, upper = sorted((amount * change.amount[0], amount * change.amount[1]))
            low += lower * (least if lower > 0 else 1)
            high += upper * (least if upper < 0 else 1)
    or_more = 0
    named = [c for c in line.changes if c.first in _SEX]
    if len(line.sex) < 2 and any(c.kind == "heteromorphism" or _is_fragile(c) for c in named) and earlier is None:
        # A variant or fragile site of the second sex chromosome may be written in its place or after both.
        or_more = 1
    return Sum(low, high, tuple(parts), checked, or_more)


def _is_fragile(change: Change) -> bool:
    return change.kind == "structural" and change.parts[0].symbol == "fra"


def _has_open_effect(change: Change, line: CellLine, refers: bool) -> bool:
    """Whether nobody can say what a change does to the count: "about" so many, a signed exchange, or unlike choices."""
    if change.open_amount and UNPLACED[change.symbol][1]:
        return True
    if change.kind == "structural" and change.sign and change.parts[0].symbol in ("t", "ins", "dir ins", "inv ins"):
        return True
    nets = {sum(n for n, _ in _effects(c, line, refers)) for c in (change, *change.alternatives)}
    return len(nets) > 1


def _effects(change: Change, line: CellLine, refers: bool) -> Iterator[tuple[int, str]]:
    """What one copy of a change does to the count, with words for it."""
    many = change.amount[0] if change.amount[0] == change.amount[1] else None
    if change.kind == "unplaced":
        if UNPLACED[change.symbol][1]:
            what = (
                UNPLACED[change.symbol][0]
                if many == 1
                else f"{_plain_range(change.amount)} times {change.text.lstrip('+')}"
            )
            yield (1 if change.sign == "+" else -1), (article(what) if many == 1 else what)
        return
    if change.kind == "whole":
        # A loss of X or Y is already seen in the sex chromosomes, unless these are the constitutional ones.
        seen = change.chromosome in _SEX and change.sign == "-" and not line.sex_constitutional and not refers
        if change.sign == "+":
            yield 1, f"a gain of {change.chromosome}"
        elif not seen:
            yield -1, f"a loss of {change.chromosome}"
        return
    if change.kind != "structural":
        return
    head = change.parts[0]
    written = f"{head.symbol}({';'.join(head.chromosomes)})"
    symbol = SYMBOLS[head.symbol]
    if change.sign:
        yield (1 if change.sign == "+" else -1), f"{'one more' if change.sign == '+' else 'a loss of'} {written}"
        return
    taken = len(head.chromosomes) - 1 if symbol.replaces else 0
    sex = sum(n in _SEX for n in head.chromosomes) if head.symbol not in NOT_COUNTED else 0
    if sex and not refers and not line.sex_constitutional:
        yield sex - taken, f"the {' and '.join(n for n in head.chromosomes if n in _SEX)} of {written}"
    elif taken:
        yield -taken, f"{written} in place of {spelled_amount(taken + 1, 'chromosome')}"


def _plain_range(span: tuple[int, int]) -> str:
    return str(span[0]) if span[0] == span[1] else f"{span[0]} to {span[1]}"


def check_count(line: CellLine, earlier: CellLine | None) -> Iterator[Finding]:
    """The count holds: see design of the arithmetic in :func:`add_up`."""
    low, high = line.count
    span = (line.start, line.start + len(line.text))
    ranged = any(c.amount[0] != c.amount[1] for c in line.changes) or (
        earlier is not None and earlier.count[0] != earlier.count[1]
    )
    if low != high and not (
        line.composite or ranged or any(c.kind in ("incomplete", "unchecked") for c in line.changes)
    ):
        message = "a range of counts belongs to a composite karyotype, as [cp10], or to a range of markers"
        yield error("range", f"{line.text}: {message}.", *span)
        return
    level = line.ploidy or ploidy_of(low)[0]
    total = add_up(line, earlier, level)
    if not total.checked:
        yield Finding(
            "arithmetic", "note", f"{line.text}: the count was not checked, a part of the line is open.", *span
        )
        return
    if line.composite:
        # The range of a composite karyotype is what was seen, with the random losses of single cells.
        allowed = _plain_range((total.low, total.high))
        message = f"{line.text}: the changes allow {allowed} chromosomes, the count says {_plain_range(line.count)}."
        if low > total.high:
            yield error("arithmetic", message, *span)
        elif low < total.low or high > total.high:
            yield Finding("arithmetic", "note", message, *span)
        return
    if any((low, high) == (total.low + more, total.high + more) for more in (0, total.or_more)):
        return
    yield error("arithmetic", f"{line.text}: {_why(line, total)}{_hint(line, earlier, level)}.", *span)


def _why(line: CellLine, total: Sum) -> str:
    made, stated = _plain_range((total.low, total.high)), _plain_range(line.count)
    parts = _gather(total.parts[1:])
    usual = line.reference or (line.sex in ("XX", "XY") and line.ploidy is None and ploidy_of(line.count[0])[0] == 2)
    words = parts if parts and usual and not line.reference else [total.parts[0], *parts]
    listed = words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]
    plural = len(words) > 1 or listed.startswith(("gains", "losses", "44 ")) or " autosomes" in listed
    return f"{listed} {'make' if plural else 'makes'} {made} chromosomes, the count says {stated}"


def _gather(parts: Sequence[str]) -> list[str]:
    """Joins gains, and losses, of several chromosomes into one phrase, in their order."""
    result: list[str] = []
    for start, many in (("a gain of ", "gains of "), ("a loss of ", "losses of ")):
        names = [p.removeprefix(start) for p in parts if p.startswith(start) and "(" not in p]
        if len(names) == 1:
            result.append(start + names[0])
        elif names:
            result.append(many + ", ".join(names[:-1]) + " and " + names[-1])
    result.extend(p for p in parts if not re.match(r"a (gain|loss) of [0-9XY]+$", p))
    return result


def _hint(line: CellLine, earlier: CellLine | None, level: int) -> str:
    """A hint where the arithmetic holds at another ploidy, an exchange of long arms was written as t, or a
    rearranged X or Y was also named as normal."""
    fused = [c for c in line.changes if _is_fusion(c)]
    if fused and not line.reference:
        head = fused[0].parts[0]
        names, bands = ";".join(head.chromosomes), ";".join(g[0].text for g in head.groups)
        return f"; a Robertsonian translocation is written der({names})({bands}) or rob({names})({bands})"
    if earlier is None and line.ploidy is None:
        for other in (2, 1, 3, 4):
            total = add_up(line, None, other)
            if other != level and (total.low, total.high) == line.count:
                read_as = f"{line.count[0]} is read as {ploidy_of(line.count[0])[1]}"
                return f"; {read_as}, write <{other}n> after the count if that is meant"
    rearranged = [
        c for c in line.changes if c.kind == "structural" and not c.sign and _SEX & set(c.parts[0].chromosomes)
    ]
    if rearranged and len(line.sex) > 1 and earlier is None:
        return "; only the normal sex chromosomes are named before the changes"
    return ""


def _is_fusion(change: Change) -> bool:
    """Whether a change exchanges the long arms of two acrocentric chromosomes and is written as t."""
    head = change.parts[0] if change.parts else None
    return (
        head is not None
        and head.symbol == "t"
        and len(head.groups) == 2
        and set(head.chromosomes) <= ACROCENTRIC
        and all(len(g) == 1 and (g[0].arm, g[0].band) == ("q", "10") for g in head.groups)
    )


def check_copies(line: CellLine, earlier: CellLine | None) -> Iterator[Finding]:
    """No chromosome is both gained and lost, nor lost more often than a cell has it."""
    if line.composite or earlier is not None:
        return
    level = line.ploidy or ploidy_of(line.count[0])[0]
    signs: dict[str, list[str]] = {}
    for change in line.changes:
        if change.kind == "whole" and change.certain:
            signs.setdefault(change.chromosome, []).append(change.sign)
    span = (line.start, line.start + len(line.text))
    for name, found in signs.items():
        if "+" in found and "-" in found and not any(c.constitutional for c in line.changes):
            yield error("copies", f"{line.text}: a gain and a loss of {name} in one line cancel each other.", *span)
        elif found.count("-") > level and name not in _SEX:
            lost, there = spelled_amount(found.count("-"), "copy", "copies"), spelled_amount(level, "copy", "copies")
            message = f"{lost} of {name} are lost, the cell has only {there}"
            yield error("copies", f"{line.text}: {message}.", *span)


def check_sex(line: CellLine, earlier: CellLine | None) -> Iterator[Finding]:
    """A sex chromosome that was lost is not listed any more: 45,X,-Y and not 45,XY,-Y."""
    losses = [c for c in line.changes if c.kind == "whole" and c.sign == "-" and c.chromosome in _SEX and c.certain]
    losses.sort(key=lambda change: change.chromosome not in line.sex)
    if earlier is not None or not losses or line.sex_constitutional or line.composite or set(line.sex) - _SEX:
        return
    if any(c.constitutional for c in losses):
        return
    level = line.ploidy or ploidy_of(line.count[0])[0]
    heads = [c.parts[0] for c in line.changes if c.kind == "structural" and not c.sign]
    lost = losses[0].chromosome
    rearranged = sum(part.chromosomes.count(lost) for part in heads if part.symbol not in NOT_COUNTED)
    there = line.sex.count(lost) + rearranged + sum(c.chromosome == lost for c in losses)
    if lost not in line.sex or there <= level - line.sex.count("Y" if lost == "X" else "X"):
        return
    left = line.sex.replace(lost, "", 1)
    span = (losses[0].start, losses[0].start + len(losses[0].text))
    if len(line.sex) > level:
        message = (
            f"a sex complement of {line.sex} from birth is marked with c, as {line.sex}c, before one of it is lost"
        )
    else:
        example = f"{line.count[0] - 1 if line.count[0] == 46 else line.count[0]},{left},{losses[0].text}"
        message = f"the {lost} that is lost is still listed among the sex chromosomes; write {example}"
    yield error("sex", f"{line.text}: {message}.", *span)

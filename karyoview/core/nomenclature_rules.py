"""The rules of one change and the arithmetic of one cell line."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from karyoview.core.bands import BandTable
from karyoview.core.chromosome import ACROCENTRIC, CLASSES
from karyoview.core.nomenclature_grammar import Breakpoint, Change, Part
from karyoview.core.nomenclature_table import SYMBOLS, UNPLACED, UNPLACED_ORDER, Edition
from karyoview.core.nomenclature_text import Finding, error

_LABELS: Final = frozenset(c.label for c in CLASSES)
_SEX: Final = frozenset("XY")


@dataclass(frozen=True, slots=True)
class CellLine:
    """One cell line or clone as written.

    ``count`` is the least and most number of chromosomes; ``sex`` the sex chromosomes as written
    (empty where ``reference`` – idem, sl, sdl1 … – stands in their place, or all are rearranged);
    ``cells`` the bracket, None where none is given; ``composite`` True for [cp…]; ``donor`` True
    after ``//``.
    """

    text: str
    count: tuple[int, int]
    sex: str = ""
    changes: tuple[Change, ...] = ()
    cells: int | None = None
    ploidy: int | None = None
    ploidy_text: str = ""
    sex_constitutional: bool = False
    reference: str = ""
    reference_times: int = 1
    composite: bool = False
    donor: bool = False
    start: int = 0

    @property
    def is_normal(self) -> bool:
        """Whether the line has the normal count, sex chromosomes and no change."""
        plain = all(change.kind == "heteromorphism" for change in self.changes)
        return self.count == (46, 46) and self.sex in ("XX", "XY", "U") and plain and not self.reference


def check_change(
    change: Change, line: CellLine, bands: BandTable | None, edition: Edition, other: bool = False
) -> Iterator[Finding]:
    """Findings on the form of one change: chromosomes, breakpoints, bands, arms.

    ``other`` True: another method follows, which may explain a derivative that the bands do not.
    """
    yield from _check_one(change, line, bands, edition, other)
    for choice in change.alternatives:
        yield from _check_one(choice, line, bands, edition, other)
    if re.search(r"[0-9]-[pq]?[0-9]", change.text):
        message = f'"{change.text}": a range is written with ~: {re.sub("(?<=[0-9])-(?=[pq]?[0-9])", "~", change.text)}'
        yield Finding("range", "note", f"{line.text}: {message}.", change.start, change.start + len(change.text))


def _check_one(
    change: Change, line: CellLine, bands: BandTable | None, edition: Edition, other: bool
) -> Iterator[Finding]:
    if change.kind in ("unchecked", "incomplete"):
        return
    span = (change.start, change.start + len(change.text))

    def wrong(rule: str, message: str) -> Finding:
        return error(rule, f"{line.text}: {message}.", *span)

    names = [n for part in change.parts for n in part.chromosomes] or [change.chromosome]
    unknown = next((n for n in names if n not in _LABELS and n not in ("?", "")), None)
    if unknown is not None:
        yield wrong("chromosome", f"there is no chromosome {unknown}; the chromosomes are 1 to 22, X and Y")
        return
    if change.kind == "whole" and not change.sign:
        yield wrong("sign", f'"{change.text}" needs a sign: + for a gain, - for a loss')
    if change.kind == "whole" and change.multiplied:
        times = ",".join([f"{change.sign}{change.chromosome}"] * min(change.amount[0], 4))
        yield wrong("multiplication", f'"{change.text}": x is for rearranged chromosomes; write {times}')
    if change.kind == "unplaced" and UNPLACED[change.symbol][1] and not change.sign:
        yield wrong("sign", f'"{change.text}" is a chromosome more and needs a sign: +{change.text}')
    if change.amount[0] > change.amount[1] or change.amount[1] == 0:
        yield wrong("amount", f'"{change.text}": the number of copies makes no sense')
    for part in change.parts:
        fault = _check_part(part, change, bands)
        if fault:
            yield wrong(*fault)
            return
        swapped = _short_arm_order(part)
        if swapped:
            severity = edition.severity["short arm order"]
            yield Finding("breakpoint order", severity, f"{line.text}: {swapped}.", *span)
            if severity == "error":
                return
    if bare := _bare_derivative(change, other):
        severity, message = bare
        yield Finding("derivative", severity, f"{line.text}: {message}.", *span)
    if len(change.parts) > 1 and change.parts[0].symbol in ("der", "ider", "rec", "dic", "psu dic"):
        named = {n for n in change.parts[0].chromosomes if n != "?"}
        later = {n for part in change.parts[1:] for n in part.chromosomes}
        stranger = next((n for n in change.parts[0].chromosomes if n in named - later), None)
        if stranger and "?" not in later:
            symbol = change.parts[0].symbol
            yield wrong(
                "derivative",
                f"{symbol}({stranger}) comes from no rearrangement of chromosome {stranger} in {change.text}",
            )


def _check_part(part: Part, change: Change, bands: BandTable | None) -> tuple[str, str] | None:
    """The first fault of one rearrangement as (rule, sentence part), or None."""
    symbol, names = SYMBOLS[part.symbol], part.chromosomes
    written = part.symbol + "(" + ";".join(names) + ")"
    low, high = symbol.chromosomes
    if not low <= len(names) <= high:
        wanted = {1: "one chromosome", 2: "two chromosomes"}.get(low, f"{low} chromosomes")
        more = " or more" if high > low and len(names) < low else ""
        given = f"{len(names)} {'is' if len(names) == 1 else 'are'} given"
        return "chromosomes", f"{written}: {article(symbol.meaning)} is of {wanted}{more}, {given}"
    if symbol.lowest_first and "?" not in names and list(names[:1]) != sorted(names, key=_rank)[:1]:
        ordered = ";".join(sorted(names, key=_rank)) if len(names) == 2 else sorted(names, key=_rank)[0] + ";…"
        return "chromosome order", f"{written}: X and Y first, then the lowest number: {part.symbol}({ordered})"
    if part.symbol == "rob":
        other = next((n for n in names if n not in ACROCENTRIC - {"Y"} and n != "?"), None)
        if other:
            return (
                "acrocentric",
                f"{written}: chromosome {other} is not acrocentric; rob joins two of 13, 14, 15, 21 and 22",
            )
    if not part.groups:
        # A recombinant chromosome takes its breakpoints from the rearrangement of the parent that follows.
        if change.parts[0].symbol == "rec" and any(p.groups for p in change.parts):
            return None
        if any(part.arms) and part.symbol in ("dup", "del"):
            return None if change.parts[0].symbol == "rec" else ("breaks", _arm_hint(part))
        if symbol.optional:
            return None
        return "breaks", _arm_hint(part) if any(part.arms) else f"{written}: the breakpoint is missing"
    return _check_breaks(part, written, bands)


def _arm_hint(part: Part) -> str:
    arm = next(a for a in part.arms if a)
    name = part.chromosomes[0]
    band = f"{arm}10" if part.symbol == "i" else f"{arm}…"
    return f"{part.symbol}({name}{arm}): the arm stands with the breakpoint: {part.symbol}({name})({band})"


def _check_breaks(part: Part, written: str, bands: BandTable | None) -> tuple[str, str] | None:
    symbol, names, groups = SYMBOLS[part.symbol], part.chromosomes, part.groups
    unknown = any(not b.certain and not any(c.isdigit() for c in b.text) for g in groups for b in g)
    if len(groups) != len(names):
        return (
            "breaks",
            f"{written}: {spelled_amount(len(names), 'chromosome')} but "
            f"{spelled_amount(len(groups), 'group')} of breakpoints",
        )
    total = sum(len(g) for g in groups)
    low, high = symbol.breaks
    if part.symbol.endswith("ins"):
        high = max(4, 2 * len(names))
    if part.symbol == "t" and not unknown and any(len(g) != 1 for g in groups):
        return "breaks", f"{written}: a translocation has one breakpoint in each chromosome"
    if not unknown and not low <= total <= high:
        # An insertion has three breaks, and more only where a piece of the receiving chromosome is lost as well.
        wanted = f"{low}" if low == high or (part.symbol.endswith("ins") and total < low) else f"{low} to {high}"
        return (
            "breaks",
            f"{written}: {article(symbol.meaning)} has {wanted} breakpoint{'s' if high > 1 else ''}, "
            f"{total} {'is' if total == 1 else 'are'} given",
        )
    for name, group in zip(names, groups, strict=True):
        for place in group:
            fault = check_band(name, place, bands)
            if fault:
                return "band", fault
            if place.certain and place.arm and not place.band and not place.end:
                return "breaks", f"{written}: ({place.text}) names no band; write ({place.text}?) where it is not known"
        fault = _check_order(part.symbol, name, group)
        if fault:
            return "breakpoint order", f"{written}: {fault}"
    return _check_arms(part, written)


def check_band(name: str, place: Breakpoint, bands: BandTable | None) -> str | None:
    """A sentence part when chromosome ``name`` has no such band; None where it has or nobody can tell."""
    if bands is None or name == "?" or not place.certain or not place.band:
        return None
    for arm, band in ((place.arm, place.band), (place.upto[:1], place.upto[1:])):
        if band and "?" not in band and not bands.has_band(name, arm, band):
            return f"there is no band {name}{arm}{band}"
    return None


def _check_order(symbol: str, name: str, group: Sequence[Breakpoint]) -> str | None:
    """Order of two breakpoints in one chromosome: p before q, and outwards in the long arm."""
    if len(group) != 2 or not all(b.arm and b.certain for b in group):
        return None
    first, second = group
    if symbol in ("inv", "r", "del") and (first.arm, second.arm) == ("q", "p"):
        return f"the breakpoint in the short arm comes first: ({second.text}{first.text})"
    if symbol == "del" and first.arm != second.arm:
        return f"both breakpoints of a deletion lie in one arm, {first.text} and {second.text} do not"
    if symbol in ("inv", "del") and first.arm == second.arm == "q" and _outwards(second, first):
        return f"the breakpoint nearer to the centromere comes first: ({second.text}{first.text})"
    return None


def _short_arm_order(part: Part) -> str | None:
    """Two breaks in one short arm stand from pter inwards, as in (p23p13)."""
    if part.symbol not in ("inv", "del") or len(part.groups) != 1 or len(part.groups[0]) != 2:
        return None
    first, second = part.groups[0]
    if first.arm == second.arm == "p" and first.certain and second.certain and _outwards(first, second):
        written, turned = f"{part.symbol}({part.chromosomes[0]})", f"({second.text}{first.text})"
        return f"{written}: the breakpoint nearer to the end of the short arm comes first: {turned}"
    return None


def _bare_derivative(change: Change, other: bool) -> tuple[str, str] | None:
    """Severity and words for a derivative that names no rearrangement: nobody can tell what it is of."""
    if len(change.parts) != 1 or change.parts[0].symbol not in ("der", "ider"):
        return None
    part = change.parts[0]
    if part.groups or "?" in part.chromosomes:
        return None
    written = f"{part.symbol}({';'.join(part.chromosomes)})"
    if change.shortened:
        return "note", f"{written}: name the rearrangement it comes from as well, as {written}t(…)"
    if other:
        return "note", f"{written}: what it comes from is left to the other method"
    return "error", f"{written}: the rearrangement it comes from is missing, as {written}t(…)(…)"


def _outwards(first: Breakpoint, second: Breakpoint) -> bool:
    """Whether ``second`` lies strictly further from the centromere in the same arm."""
    a, b = (x.band.replace(".", "") if not x.end else "99" for x in (first, second))
    shared = min(len(a), len(b))
    return a[:shared] < b[:shared]


def _check_arms(part: Part, written: str) -> tuple[str, str] | None:
    places = [b for g in part.groups for b in g]
    if part.symbol == "i" and places[0].certain and places[0].band != "10":
        return "isochromosome", f"{written}: an isochromosome is of a whole arm: (p10) or (q10), not ({places[0].text})"
    if part.symbol == "rob" and any(b.certain and b.band != "10" for b in places):
        return "whole arm", f"{written}: rob joins the long arms at the centromere: (q10;q10)"
    if part.symbol == "r" and len(places) == 2 and all(b.certain for b in places):
        arms = (places[0].arm, places[1].arm)
        if len(part.chromosomes) == 1 and arms[0] == arms[1]:
            return "ring", f"{written}: a ring closes between the short and the long arm, as (p…q…)"
    return None


def article(meaning: str) -> str:
    return ("an " if meaning[0] in "aeiou" else "a ") + meaning


def spelled_amount(number: int, word: str, many: str = "") -> str:
    spelled = {1: "one", 2: "two", 3: "three", 4: "four"}.get(number, str(number))
    return f"{spelled} {word if number == 1 else many or word + 's'}"


def _rank(name: str) -> int:
    """Place in the order of a karyotype: X, Y, then 1 to 22; unknown ones last."""
    if name in _SEX:
        return "XY".index(name)
    return 2 + int(name) if name.isdigit() else 99


def listing_rank(change: Change) -> tuple[int, int, str]:
    """Where a change stands in its line: by chromosome, whole before structural, unknown material last."""
    if change.kind == "unplaced":
        return (200 + UNPLACED_ORDER.index(change.symbol), 0, "")
    if change.kind in ("incomplete", "unchecked") or not change.first:
        return (300, 0, "")
    return (_rank(change.first), 0 if change.kind == "whole" else 1, change.parts[0].symbol if change.parts else "")


def check_order(line: CellLine, edition: Edition) -> Iterator[Finding]:
    """Changes stand in order; constitutional ones, marked c, may stand before the acquired ones."""
    changes = [c for c in line.changes if c.kind not in ("unchecked", "incomplete") and not c.constitutional]
    for before, after in itertools.pairwise(changes):
        if before.first == "?" or after.first == "?":
            continue
        first, second = listing_rank(before), listing_rank(after)
        span = (after.start, after.start + len(after.text))
        if first[0] > second[0]:
            reason = "unknown material comes last" if first[0] >= 200 else "X and Y first, then 1 to 22"
            yield error("order", f"{line.text}: {after.text} stands before {before.text} ({reason}).", *span)
            return
        if first[0] < 200 and first[0] == second[0] and first[1] > second[1]:
            message = f"{after.text} stands before {before.text} (of one chromosome, gains and losses come first)"
            yield error("order", f"{line.text}: {message}.", *span)
            return
        if first[0] < 200 and first[:2] == second[:2] and first[2] > second[2]:
            message = (
                f"of one chromosome, structural changes are usually listed by the alphabet: {after.text}, {before.text}"
            )
            yield Finding("structural order", edition.severity["structural order"], f"{line.text}: {message}.", *span)
            return

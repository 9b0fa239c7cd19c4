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
from karyoview.core.nomenclature_table import SYMBOLS, UNPLACED, UNPLACED_ORDER, Edition, ploidy_of
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


def check_change(change: Change, line: CellLine, bands: BandTable | None) -> Iterator[Finding]:
    """Findings on the form of one change: chromosomes, breakpoints, bands, arms."""
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
        return "chromosomes", f"{written}: {_article(symbol.meaning)} is of {wanted}{more}, {given}"
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
    unknown = any(b.text == "?" for g in groups for b in g)
    if len(groups) != len(names):
        return (
            "breaks",
            f"{written}: {_amount(len(names), 'chromosome')} but {_amount(len(groups), 'group')} of breakpoints",
        )
    total = sum(len(g) for g in groups)
    low, high = symbol.breaks
    if part.symbol == "ins":
        low = high = 3
    if part.symbol == "t" and not unknown and any(len(g) != 1 for g in groups):
        return "breaks", f"{written}: a translocation has one breakpoint in each chromosome"
    if not unknown and not low <= total <= high:
        wanted = f"{low}" if low == high else f"{low} to {high}"
        return (
            "breaks",
            f"{written}: {_article(symbol.meaning)} has {wanted} breakpoint{'s' if high > 1 else ''}, "
            f"{total} {'is' if total == 1 else 'are'} given",
        )
    for name, group in zip(names, groups, strict=True):
        for place in group:
            fault = check_band(name, place, bands)
            if fault:
                return "band", fault
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


def _article(meaning: str) -> str:
    return ("an " if meaning[0] in "aeiou" else "a ") + meaning


def _amount(number: int, word: str, many: str = "") -> str:
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


@dataclass(frozen=True, slots=True)
class Sum:
    """The count that a line's parts make, least and most, with each part in words."""

    low: int
    high: int
    parts: tuple[str, ...]
    checked: bool = True


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
        if change.kind in ("incomplete", "unchecked"):
            checked = False
            continue
        for amount, words in _effects(change, line, earlier is not None):
            if words:
                parts.append(words)
            lower, upper = sorted((amount * change.amount[0], amount * change.amount[1]))
            low += lower * (least if lower > 0 else 1)
            high += upper * (least if upper < 0 else 1)
    if any(c.kind == "heteromorphism" and c.first in _SEX for c in line.changes) and len(line.sex) == 1:
        # A variant of the second sex chromosome may be written in its place or after both.
        low, high = low + 1, high + 1
    return Sum(low, high, tuple(parts), checked)


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
            yield (1 if change.sign == "+" else -1), (_article(what) if many == 1 else what)
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
    sex = sum(n in _SEX for n in head.chromosomes) if head.symbol not in ("fra", "upd", "hsr") else 0
    if sex and not refers and not line.sex_constitutional:
        yield sex - taken, f"the {' and '.join(n for n in head.chromosomes if n in _SEX)} of {written}"
    elif taken:
        yield -taken, f"{written} in place of {_amount(taken + 1, 'chromosome')}"


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
        if low < total.low or high > total.high:
            allowed = _plain_range((total.low, total.high))
            message = f"the changes allow {allowed} chromosomes, the count says {_plain_range(line.count)}"
            yield error("arithmetic", f"{line.text}: {message}.", *span)
        return
    if (low, high) == (total.low, total.high):
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
    """A hint where the arithmetic holds at another ploidy, or a rearranged X or Y was also named as normal."""
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
            lost, there = _amount(found.count("-"), "copy", "copies"), _amount(level, "copy", "copies")
            message = f"{lost} of {name} are lost, the cell has only {there}"
            yield error("copies", f"{line.text}: {message}.", *span)

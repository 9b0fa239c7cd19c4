"""What a karyotype means in copies: how often each piece of each chromosome is there in one cell line.

Every rearranged chromosome is laid out as a chain of pieces of normal ones, in ISCN units of a band table; the
copies of all chromosomes of the line are then added up piece by piece. Balanced changes (t, inv, ins within a
line) move pieces and change no number.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from karyoview.core.bands import BandTable
from karyoview.core.chromosome import CLASSES
from karyoview.core.nomenclature import Karyotype
from karyoview.core.nomenclature_grammar import Breakpoint, Change, Part
from karyoview.core.nomenclature_rules import CellLine
from karyoview.core.nomenclature_table import ploidy_of

_SEX: Final = frozenset("XY")
_BALANCED: Final = ("t", "inv", "ins", "dir ins", "inv ins")
_NO_COPIES: Final = ("fra", "upd", "hsr", "neo")
_REPEATS: Final = {"dup": 1, "dir dup": 1, "inv dup": 1, "trp": 2, "inv trp": 2, "qdp": 3, "inv qdp": 3}


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of one chromosome with one number of copies; ``start`` and ``stop`` in ISCN units from pter,
    ``copies`` in the line, ``expected`` in a normal one; the names are the bands at its ends, as ``q13``."""

    chromosome: str
    start: float
    stop: float
    copies: int
    expected: int
    first_band: str
    last_band: str

    @property
    def change(self) -> int:
        """Copies more (positive) or fewer than expected."""
        return self.copies - self.expected


@dataclass(frozen=True, slots=True)
class LineCopies:
    """Copies of a cell line: the stretches of all 24 chromosomes in order, and what could not be laid out."""

    stretches: tuple[Stretch, ...]
    open_changes: tuple[str, ...] = ()

    def of(self, chromosome: str) -> tuple[Stretch, ...]:
        """The stretches of one chromosome, from pter to qter."""
        return tuple(s for s in self.stretches if s.chromosome == chromosome)

    def changed(self) -> tuple[Stretch, ...]:
        """The stretches that are not there as often as in a normal cell line."""
        return tuple(s for s in self.stretches if s.change)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A piece of a normal chromosome, read from ``start`` to ``stop`` (backwards where start is larger)."""

    name: str
    start: float
    stop: float

    def holds(self, name: str, place: float) -> bool:
        return self.name == name and min(self.start, self.stop) <= place <= max(self.start, self.stop)


class _UnplacedError(Exception):
    """A change that cannot be laid out: unknown chromosomes or breakpoints, or too many of them."""


def copies_of(karyotype: Karyotype, bands: BandTable) -> tuple[LineCopies, ...]:
    """Copies of every cell line of a valid karyotype, by the breakpoints' places in ``bands``."""
    layout = _Layout(bands)
    male = any("Y" in line.sex or any("Y" in _names(c) for c in line.changes) for line in karyotype.lines)
    found: list[_Amounts] = []
    for line in karyotype.lines:
        level = line.ploidy or ploidy_of(line.count[0])[0]
        earlier = _earlier(karyotype.lines[: len(found)], found, line)
        found.append(layout.line(line, earlier, level))
    results = []
    for line, amounts in zip(karyotype.lines, found, strict=True):
        donor_male = male if not line.donor else "Y" in line.sex
        results.append(layout.finish(amounts, line.ploidy or ploidy_of(line.count[0])[0], donor_male))
    return tuple(results)


def _names(change: Change) -> set[str]:
    return {change.chromosome, *(n for part in change.parts for n in part.chromosomes)}


@dataclass(slots=True)
class _Amounts:
    """Pieces with how often each is there, and the changes that stay open."""

    pieces: list[tuple[_Piece, int]]
    open_changes: list[str]


def _earlier(lines: Sequence[CellLine], found: Sequence[_Amounts], line: CellLine) -> _Amounts | None:
    if not line.reference or not lines:
        return None
    digits = line.reference.removeprefix("sdl") if line.reference.startswith("sdl") else ""
    index = int(digits[:6]) if digits else (1 if line.reference == "sdl" else 0)
    return found[index] if index < len(found) else None


@dataclass(slots=True)
class _Layout:
    bands: BandTable
    written: dict[tuple[str, float], str] = field(default_factory=dict)
    """Breakpoints as the karyotype writes them, by chromosome and place."""

    def line(self, line: CellLine, earlier: _Amounts | None, level: int) -> _Amounts:
        """The pieces of a line, beginning with its normal chromosomes or with the line it refers to."""
        amounts = _Amounts([], [])
        if earlier is not None:
            amounts.pieces += [(piece, n * line.reference_times) for piece, n in earlier.pieces]
            amounts.open_changes += earlier.open_changes
        else:
            amounts.pieces += [(self.whole(str(n)), level) for n in range(1, 23)]
            amounts.pieces += [(self.whole(name), line.sex.count(name)) for name in "XY"]
            if "U" in line.sex or "?" in line.sex:
                amounts.open_changes.append(f"{line.sex}: the sex chromosomes are not told")
        for change in line.changes:
            try:
                new = list(self.effect(change, line, earlier is not None))
            except _UnplacedError:
                amounts.open_changes.append(change.text)
                continue
            copies = change.amount[0]
            amounts.pieces += [(piece, n * copies) for piece, n in new]
            if any(part.symbol == "add" or "?" in part.chromosomes for part in change.parts):
                amounts.open_changes.append(f"{change.text}: material of unknown origin")
        return amounts

    def whole(self, name: str) -> _Piece:
        return _Piece(name, 0.0, self.bands.length(name))

    def effect(self, change: Change, line: CellLine, refers: bool) -> Iterator[tuple[_Piece, int]]:
        """What one copy of a change adds and takes away."""
        if change.kind == "whole":
            seen = change.chromosome in _SEX and change.sign == "-" and not line.sex_constitutional and not refers
            if not seen:
                yield self.whole(change.chromosome), 1 if change.sign == "+" else -1
            return
        if change.kind in ("unplaced", "unchecked", "incomplete"):
            raise _UnplacedError
        if change.kind != "structural":
            return
        head = change.parts[0]
        if head.symbol in _NO_COPIES:
            return
        if head.symbol in _BALANCED and not change.sign:
            # A rearranged X or Y stands for itself beside the normal ones that are named.
            yield from ((self.whole(n), 1) for n in head.chromosomes if n in _SEX and not refers)
            return
        product = self.product(change)
        sign = -1 if change.sign == "-" else 1
        yield from ((piece, sign) for piece in product)
        if not change.sign:
            taken = [n for n in head.chromosomes if n != "?" and (refers or n not in _SEX)]
            yield from ((self.whole(n), -1) for n in taken)

    def product(self, change: Change) -> list[_Piece]:
        """The chain of pieces of a rearranged chromosome."""
        head, *rest = change.parts
        if head.symbol in ("der", "ider", "rec", "dic", "psu dic") and rest:
            return self.derivative(head, rest)
        return self.simple(head)

    def simple(self, part: Part) -> list[_Piece]:
        """The product of one rearrangement, by its symbol."""
        names = part.chromosomes
        if "?" in names:
            raise _UnplacedError
        symbol = part.symbol
        if symbol in ("dic", "psu dic", "rob", "der", "trc") and len(names) > 1:
            return self.fused(part)
        if symbol in ("r", "dic r") and len(names) > 1:
            return [p for n, g in zip(names, part.groups, strict=False) for p in self.between(n, g)]
        name = names[0]
        chain = [self.whole(name)]
        if not part.groups:
            if symbol in ("r", "dic r"):
                return chain
            raise _UnplacedError
        group = part.groups[0]
        if symbol in ("i", "idic", "psu idic", "fis") or (symbol == "inv dup" and len(group) == 1):
            kept = self.side(name, group[0], arm=symbol in ("i", "fis"))
            return [kept] if symbol == "fis" else [kept, kept]
        if symbol in ("r", "dic r"):
            return self.between(name, group)
        return self.apply(chain, name, part)

    def derivative(self, head: Part, rest: Sequence[Part]) -> list[_Piece]:
        """A derivative from its rearrangements, one after the other."""
        main = head.chromosomes[0]
        if head.symbol == "rec":
            return self.recombinant(main, rest)
        parts = list(rest)
        if len(head.chromosomes) > 1:
            source = head if head.groups else parts.pop(0)
            chain = self.fused(source)
        elif main == "?":
            chain = []
        else:
            chain = [self.whole(main)]
        for part in parts:
            chain = self.apply(chain, main, part)
        if head.symbol == "ider":
            arm = head.groups[0][0].arm if head.groups else "q"
            return self.doubled(chain, main, arm)
        return chain

    def doubled(self, chain: list[_Piece], main: str, arm: str) -> list[_Piece]:
        """The arm of an isoderivative with all that is attached to it, twice."""
        centre = self.bands.centromere(main)
        at = next((k for k, p in enumerate(chain) if p.holds(main, centre)), None)
        if at is None:
            raise _UnplacedError
        piece = chain[at]
        if arm == "q":
            half = [_Piece(main, centre, piece.stop), *chain[at + 1 :]]
        else:
            half = [*chain[:at], _Piece(main, piece.start, centre)]
        return half + half

    def recombinant(self, main: str, rest: Sequence[Part]) -> list[_Piece]:
        """A recombinant of a parent's inversion: one end twice, the other lost."""
        marked = next((p for p in rest if any(p.arms)), None)
        turned = next((p for p in rest if p.symbol == "inv" and p.groups), None)
        if marked is None or turned is None or len(turned.groups[0]) != 2:
            raise _UnplacedError
        low, high = self.borders(main, turned.groups[0])
        end = self.bands.length(main)
        twice_p = ("p" in marked.arms) == (marked.symbol == "dup")
        extra, kept = (
            (_Piece(main, 0.0, low), _Piece(main, 0.0, high)) if twice_p
            else (_Piece(main, high, end), _Piece(main, low, end))
        )  # fmt: skip
        return [kept, extra]

    def apply(self, chain: list[_Piece], main: str, part: Part) -> list[_Piece]:
        """The chain after one more rearrangement."""
        symbol, names = part.symbol, part.chromosomes
        if symbol in _NO_COPIES or (symbol == "inv" and len(names) == 1):
            return chain
        if not part.groups:
            raise _UnplacedError
        if symbol in ("t", "dic", "psu dic"):
            return self.exchange(chain, main, part)
        if symbol in ("ins", "dir ins", "inv ins"):
            return self.insertion(chain, main, part)
        if symbol in ("r", "dic r"):
            return [p for n, g in zip(names, part.groups, strict=False) if n != "?" for p in self.between(n, g)]
        name, group = names[0], part.groups[0]
        if symbol in _REPEATS and len(group) == 2:
            low, high = self.borders(name, group)
            return chain + [_Piece(name, low, high)] * _REPEATS[symbol]
        if symbol in ("del", "add") and len(group) == 1:
            return self.cut(chain, main, name, group[0])[0]
        if symbol == "del" and len(group) == 2:
            low, high = self.borders(name, group)
            return list(_without(chain, name, low, high))
        raise _UnplacedError

    def exchange(self, chain: list[_Piece], main: str, part: Part) -> list[_Piece]:
        """A translocation's share in a derivative: the chain is cut, and the partner's end is attached there."""
        names = part.chromosomes
        own = next((k for k, n in enumerate(names) if n == main), None)
        if own is None:
            own = next((k for k, n in enumerate(names) if any(p.name == n for p in chain)), None)
        giver = (own - 1) % len(names) if own is not None else next(k for k, n in enumerate(names) if n != "?")
        attached = [] if names[giver] == "?" else [self.end(names[giver], part.groups[giver][0])]
        if own is None:
            return chain + attached
        if names[own] == "?":
            return chain + attached
        kept, before = self.cut(chain, main, names[own], part.groups[own][0])
        if before:
            return [_Piece(p.name, p.stop, p.start) for p in attached] + kept
        return kept + attached

    def insertion(self, chain: list[_Piece], main: str, part: Part) -> list[_Piece]:
        """An insertion's share: what is inserted comes in, or goes where the chromosome gave it."""
        names, groups = part.chromosomes, part.groups
        if len(names) == 1:
            return chain
        given = [(n, g) for n, g in zip(names[1:], groups[1:], strict=False) if n != "?" and len(g) == 2]
        places = [(n, *self.borders(n, g)) for n, g in given]
        if names[0] == main or any(p.name == names[0] for p in chain):
            if len(groups[0]) == 2:
                chain = list(_without(chain, names[0], *self.borders(names[0], groups[0])))
            return chain + [_Piece(n, low, high) for n, low, high in places]
        for name, low, high in places:
            if name == main:
                chain = list(_without(chain, name, low, high))
        return chain

    def fused(self, part: Part) -> list[_Piece]:
        """The product of two (or three) chromosomes that keep their centromeres or whole arms."""
        if not part.groups or "?" in part.chromosomes or any(not g for g in part.groups):
            raise _UnplacedError
        chain = []
        for at, (name, group) in enumerate(zip(part.chromosomes, part.groups, strict=True)):
            if len(group) == 2:
                chain += self.between(name, group)
                continue
            whole_arm = group[0].band == "10" and part.symbol in ("der", "rob")
            piece = self.side(name, group[0], arm=whole_arm)
            chain.append(piece if at == 0 else _Piece(piece.name, piece.stop, piece.start))
        return chain

    def cut(self, chain: list[_Piece], main: str, name: str, place: Breakpoint) -> tuple[list[_Piece], bool]:
        """The part of the chain with the centromere of ``main``, and whether what was cut off stood before it."""
        at_place = self.place(name, place)
        at = next((k for k, p in enumerate(chain) if p.holds(name, at_place)), None)
        if at is None:
            raise _UnplacedError
        centre = self.centre_of(chain, main)
        piece = chain[at]
        if at == centre and name == main:
            before = place.arm == "p" if piece.start <= piece.stop else place.arm == "q"
        else:
            before = centre is not None and at < centre
        if before:
            return [_Piece(name, at_place, piece.stop), *chain[at + 1 :]], True
        return [*chain[:at], _Piece(name, piece.start, at_place)], False

    def centre_of(self, chain: Sequence[_Piece], main: str) -> int | None:
        if main == "?":
            return 0
        centre = self.bands.centromere(main)
        return next((k for k, p in enumerate(chain) if p.holds(main, centre)), None)

    def place(self, name: str, place: Breakpoint) -> float:
        """Where a breakpoint lies: the middle of its band, in ISCN units from pter."""
        if place.end:
            ends = {"pter": 0.0, "qter": self.bands.length(name), "cen": self.bands.centromere(name)}
            return ends[place.end]
        digits = place.band.replace(".", "").replace("?", "")
        if not place.arm or not digits:
            raise _UnplacedError
        if digits == "10":
            return self.bands.centromere(name)
        found = [b for b in self.bands.bands[name] if b.arm == place.arm and _within(b.name, digits)]
        if not found:
            raise _UnplacedError
        middle = (found[0].start + found[-1].stop) / 2
        self.written.setdefault((name, middle), place.arm + place.band.replace("?", ""))
        return middle

    def borders(self, name: str, group: Sequence[Breakpoint]) -> tuple[float, float]:
        """The places of two breakpoints, the one nearer to pter first."""
        first, second = (self.place(name, b) for b in group)
        return min(first, second), max(first, second)

    def side(self, name: str, place: Breakpoint, *, arm: bool) -> _Piece:
        """The side of a break with the centromere, or with ``arm`` the whole arm that the break names."""
        at = self.place(name, place)
        end = self.bands.length(name)
        if arm:
            return _Piece(name, self.bands.centromere(name), end) if place.arm == "q" else _Piece(
                name, 0.0, self.bands.centromere(name)
            )  # fmt: skip
        return _Piece(name, 0.0, at) if place.arm == "q" else _Piece(name, end, at)

    def end(self, name: str, place: Breakpoint) -> _Piece:
        """The piece beyond a break, read from the break outwards."""
        at = self.place(name, place)
        return _Piece(name, at, self.bands.length(name) if place.arm == "q" else 0.0)

    def between(self, name: str, group: Sequence[Breakpoint]) -> list[_Piece]:
        if name == "?" or len(group) != 2:
            raise _UnplacedError
        low, high = self.borders(name, group)
        return [_Piece(name, low, high)]

    def finish(self, amounts: _Amounts, level: int, male: bool) -> LineCopies:
        """Stretches of equal copies along all chromosomes."""
        stretches: list[Stretch] = []
        expected = {"X": level - level // 2 if male else level, "Y": level // 2 if male else 0}
        for item in CLASSES:
            name = item.label
            own = [(p, n) for p, n in amounts.pieces if p.name == name and n]
            edges = sorted({0.0, self.bands.length(name), *(x for p, _ in own for x in (p.start, p.stop))})
            for start, stop in itertools.pairwise(edges):
                middle = (start + stop) / 2
                copies = sum(n for p, n in own if p.holds(name, middle))
                new = Stretch(
                    name, start, stop, copies, expected.get(name, level),
                    self.band_at(name, start, up=True), self.band_at(name, stop, up=False),
                )  # fmt: skip
                if stretches and (stretches[-1].chromosome, stretches[-1].copies) == (name, copies):
                    new = replace(new, start=stretches[-1].start, first_band=stretches[-1].first_band)
                    stretches.pop()
                stretches.append(new)
        return LineCopies(tuple(stretches), tuple(dict.fromkeys(amounts.open_changes)))

    def band_at(self, name: str, place: float, *, up: bool) -> str:
        """The band around a place; at a border the one that begins (``up``) or ends there, at an end pter or qter."""
        if place <= 0:
            return "pter"
        if place >= self.bands.length(name):
            return "qter"
        if place == self.bands.centromere(name):
            return "q10" if up else "p10"
        if (name, place) in self.written:
            return self.written[name, place]
        bands = self.bands.bands[name]
        inside = (b for b in bands if (b.start <= place < b.stop if up else b.start < place <= b.stop))
        band = next(inside, bands[-1])
        return band.arm + band.name


def _within(name: str, digits: str) -> bool:
    return name.replace(".", "").startswith(digits)


def _without(chain: Iterable[_Piece], name: str, low: float, high: float) -> Iterator[_Piece]:
    """The chain without one stretch of a chromosome."""
    for piece in chain:
        start, stop = min(piece.start, piece.stop), max(piece.start, piece.stop)
        if piece.name != name or low >= stop or high <= start:
            yield piece
            continue
        forwards = piece.start <= piece.stop
        left = _Piece(name, start, low) if low > start else None
        right = _Piece(name, high, stop) if high < stop else None
        rest = [p for p in (left, right) if p is not None]
        yield from rest if forwards else (_Piece(name, p.stop, p.start) for p in reversed(rest))


def describe_copies(copies: LineCopies) -> tuple[str, ...]:
    """Gains and losses of a line in words, a sentence for each, and what could not be laid out."""
    sentences = []
    for stretch in copies.changed():
        whole = (stretch.first_band, stretch.last_band) == ("pter", "qter")
        where = (
            f"chromosome {stretch.chromosome}" if whole
            else f"{stretch.chromosome}{stretch.first_band} to {stretch.chromosome}{stretch.last_band}"
        )  # fmt: skip
        kind = "Gain" if stretch.change > 0 else "Loss"
        number = f"{stretch.copies} {'copy' if stretch.copies == 1 else 'copies'}"
        sentences.append(f"{kind} of {where}: {number} instead of {stretch.expected}.")
    if not sentences and not copies.open_changes:
        sentences.append("No gain or loss.")
    sentences += [f"Not drawn: {text}." for text in copies.open_changes]
    return tuple(sentences)

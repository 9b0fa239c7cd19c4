"""The grammar of ISCN in two steps: cell lines with their fields, then one change at a time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from lark import Lark, Token, Transformer

from karyoview.core.nomenclature_table import SYMBOLS, UNPLACED

LINES: Final = r"""
start: PREFIX? body
body: DONOR lines -> donor_only
    | lines (DONOR lines?)?
lines: line ("/" line)*
line: field ("," field)*
field: TEXT BRACKET*

PREFIX.2: /(mos|chi) (?=[0-9])/
DONOR: "//"
BRACKET: /\[[^\[\]]*\]/
TEXT: /([^,\/\[\]()]|\(([^()]|\([^()]*\))*\))+/
"""

CHANGE: Final = r"""
start: QUERY? SIGN? QUERY? item (times | ORIGIN | CONSTITUTIONAL)*
item: CHROMOSOME                         -> whole
    | AMOUNT? UNPLACED INDEX?            -> unplaced
    | HETEROMORPHISM                     -> heteromorphism
    | INCOMPLETE                         -> incomplete
    | part (QUERY? part)*                -> structural
part: SYMBOL "(" chromosomes ")" ("(" breaks ")")?
chromosomes: chromosome (";" chromosome)*
chromosome: QUERY? (CHROMOSOME | QUERY) ARM?
breaks: group (";" group)*
group: breakpoint+
breakpoint: QUERY? ARM BAND?                        -> place
          | QUERY? ARM BAND _TO ARM? BAND           -> span
          | QUERY? TERMINAL                         -> end
          | QUERY                                   -> unknown
times: TIMES

SIGN: "+" | "-"
QUERY: "?"
CHROMOSOME: /[0-9]+/ | "X" | "Y"
ARM: "p" | "q"
TERMINAL: "pter" | "qter" | "cen"
_TO: "~" | "-"
BAND: /\??[0-9]+\??[0-9]*(\.[0-9?]+)?/ | /\?(?=[pq;)~])/
TIMES: /[x×][0-9]+(~[0-9]+)?/
ORIGIN: / ?(d?mat|d?pat|d?inh|dn)/
CONSTITUTIONAL.2: / ?\??c(?![a-z])/
INCOMPLETE.3: "inc"
AMOUNT: /[~>]?[0-9]+([~-]>?[0-9]+)?(?=(mar|r|dmin|min|ace|hsr|der))/
INDEX: /[0-9]+/
HETEROMORPHISM.2: /([0-9]+|X|Y)((phqh|([pq]|cen)?h|[pq](stk|s)+)[+-]?)+/
UNPLACED.1: /(%UNPLACED%)(?=(d?mat|d?pat|d?inh|dn|c)($|[^a-z])|[^a-z(]|$)/
SYMBOL: %SYMBOLS%
""".replace("%UNPLACED%", "|".join(sorted(UNPLACED, key=len, reverse=True))).replace(
    "%SYMBOLS%", " | ".join(f'"{s}"' for s in sorted(SYMBOLS, key=len, reverse=True))
)


@dataclass(frozen=True, slots=True)
class Breakpoint:
    """A break: ``arm`` p or q, ``band`` as ``13.1``, or ``end`` pter, qter or cen; ``upto`` ends a span.

    ``certain`` is False where a question mark stands; an empty arm is a break nobody could place.
    """

    arm: str = ""
    band: str = ""
    end: str = ""
    certain: bool = True
    upto: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One rearrangement, as ``t(9;22)(q34;q11.2)``; a question mark stands for an unknown chromosome."""

    symbol: str
    chromosomes: tuple[str, ...]
    groups: tuple[tuple[Breakpoint, ...], ...] = ()
    arms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a cell line.

    ``kind`` is whole (a chromosome gained or lost), structural, unplaced (markers, rings, dmin …),
    heteromorphism, incomplete or unchecked; ``sign`` + or − or empty; ``amount`` the least and most
    copies, ``open_amount`` True for "about" and "more than"; ``cells`` the bracket that a composite
    karyotype gives to one change; ``alternatives`` what stands after "or"; ``shortened`` True where breakpoints
    were taken from an earlier place.
    """

    text: str
    kind: str
    sign: str = ""
    chromosome: str = ""
    parts: tuple[Part, ...] = ()
    symbol: str = ""
    amount: tuple[int, int] = (1, 1)
    multiplied: bool = False
    origin: str = ""
    constitutional: bool = False
    certain: bool = True
    cells: int | None = None
    start: int = 0
    open_amount: bool = False
    alternatives: tuple[Change, ...] = ()
    shortened: bool = False

    @property
    def first(self) -> str:
        """The chromosome under which the change is listed; empty when it has none."""
        return self.parts[0].chromosomes[0] if self.parts else self.chromosome


@lru_cache(maxsize=1)
def lines_parser() -> Lark:
    """The parser of cell lines and fields."""
    return Lark(LINES, parser="lalr", lexer="contextual", propagate_positions=True)


@lru_cache(maxsize=1)
def change_parser() -> Lark:
    """The parser of one change."""
    return Lark(CHANGE, parser="lalr", lexer="contextual", propagate_positions=True)


def _span(text: str) -> tuple[int, int]:
    low, _, high = text.lstrip("~>").replace(">", "").replace("-", "~").partition("~")
    return int(low), int(high or low)


class ToChange(Transformer[Token, Any]):
    """Makes a Change of the tree of one; the text and its place are given by the caller."""

    def place(self, found: list[Token]) -> Breakpoint:
        text = "".join(found)
        arm = next(t for t in found if t.type == "ARM")
        band = next((str(t) for t in found if t.type == "BAND"), "")
        return Breakpoint(str(arm), band, certain="?" not in text, text=text)

    def span(self, found: list[Token]) -> Breakpoint:
        certain = all("?" not in t for t in found)
        tokens = [str(t) for t in found if t.type != "QUERY"]
        far = "".join(tokens[2:])
        text = "".join(tokens[:2]) + "~" + far
        return Breakpoint(tokens[0], tokens[1], "", certain, far if len(tokens) == 4 else tokens[0] + far, text)

    def end(self, found: list[Token]) -> Breakpoint:
        return Breakpoint(str(found[-1])[0], end=str(found[-1]), certain=len(found) == 1, text="".join(found))

    def unknown(self, found: list[Token]) -> Breakpoint:
        return Breakpoint(certain=False, text="?")

    def group(self, found: list[Breakpoint]) -> tuple[Breakpoint, ...]:
        return tuple(found)

    def breaks(self, found: list[tuple[Breakpoint, ...]]) -> tuple[tuple[Breakpoint, ...], ...]:
        return tuple(found)

    def chromosome(self, found: list[Token]) -> tuple[str, str]:
        arm = next((str(t) for t in found if t.type == "ARM"), "")
        name = next((str(t) for t in found if t.type == "CHROMOSOME"), "?")
        return name, arm

    def chromosomes(self, found: list[tuple[str, str]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        return tuple(n for n, _ in found), tuple(a for _, a in found)

    def part(self, found: list[Any]) -> Part:
        names, arms = found[1]
        return Part(str(found[0]), names, found[2] if len(found) > 2 else (), arms)

    def structural(self, found: list[Part | Token]) -> dict[str, Any]:
        parts = tuple(item for item in found if isinstance(item, Part))
        return {"kind": "structural", "parts": parts} | ({"certain": False} if len(parts) < len(found) else {})

    def whole(self, found: list[Token]) -> dict[str, Any]:
        return {"kind": "whole", "chromosome": str(found[0])}

    def unplaced(self, found: list[Token]) -> dict[str, Any]:
        written = next((str(t) for t in found if t.type == "AMOUNT"), "1")
        symbol = next(str(t) for t in found if t.type == "UNPLACED")
        vague = written.startswith("~") or ">" in written
        return {"kind": "unplaced", "symbol": symbol, "amount": _span(written), "open_amount": vague}

    def heteromorphism(self, found: list[Token]) -> dict[str, Any]:
        name = str(found[0])
        digits = name[0] if name[0] in "XY" else "".join(c for c in name[:3] if c.isdigit())
        return {"kind": "heteromorphism", "chromosome": digits}

    def incomplete(self, found: list[Token]) -> dict[str, Any]:
        return {"kind": "incomplete"}

    def times(self, found: list[Token]) -> tuple[int, int]:
        return _span(found[0][1:])

    def start(self, found: list[Any]) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for item in found:
            if isinstance(item, dict):
                result.update(item)
            elif isinstance(item, tuple):
                result.update(amount=item, multiplied=True)
            elif item.type == "SIGN":
                result["sign"] = str(item)
            elif item.type == "QUERY":
                result["certain"] = False
            elif item.type == "ORIGIN":
                result["origin"] = item.strip()
            elif item.type == "CONSTITUTIONAL":
                result["constitutional"] = True
                if "?" in item:
                    result["certain"] = False
        return result

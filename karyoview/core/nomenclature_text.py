"""Faults of writing: what can be said of a string that the grammar does not read."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from lark.exceptions import LarkError, UnexpectedInput

from karyoview.core.nomenclature_grammar import change_parser
from karyoview.core.nomenclature_table import EDITIONS, SYMBOLS, TECHNIQUES, UNPLACED


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong or worth knowing: ``rule`` names the rule, ``severity`` is error or note.

    ``sentence`` is for a person; ``start`` and ``end`` are the characters of the string it is about.
    """

    rule: str
    severity: str
    sentence: str
    start: int = 0
    end: int = 0


MAX_LENGTH: Final = 5000
_ALLOWED: Final = re.compile(r"[^0-9A-Za-z,/\[\]()<>;:.~?+\-±×→_ ]")
# Spaces that ISCN writes: inside symbols, between alternatives, after mos and chi, and before the origin of a marker.
_SPACED: Final = re.compile(
    "|".join(sorted((s for s in (*SYMBOLS, *TECHNIQUES) if " " in s), key=len, reverse=True))
    + r"| or |^mos |^chi |(?<=[a-z0-9]) (?=(?:d?mat|d?pat|d?inh|dn|\??c)(?:[,/\[ ×x]|$))"
)
# Letters of other scripts that cannot be told from Latin ones on a screen.
_LOOKALIKES: Final = dict(
    zip("АВЕКМНОРСТХУаеорсухіΑΒΕΖΗΙΚΜΝΟΡΤΥΧορχ", "ABEKMHOPCTXYaeopcyxiABEZHIKMNOPTYXopx", strict=True)
)
_CLOSING: Final = {")": "(", "]": "[", ">": "<"}
_OPENING: Final = {v: k for k, v in _CLOSING.items()}


def split_changes(text: str) -> list[str]:
    """Typed changes with blanks between them, one each; the blanks that ISCN itself writes stay (``+mar dn``)."""
    joined = _SPACED.sub(lambda m: m.group().replace(" ", "\0"), " ".join(text.split()))
    return [change.replace("\0", " ") for change in joined.split()]


def error(rule: str, sentence: str, start: int = 0, end: int = 0) -> Finding:
    """A finding that makes the string invalid."""
    return Finding(rule, "error", sentence, start, end)


def check_writing(text: str) -> Finding | None:
    """The first fault of characters, spaces or brackets; None when the string can go to the grammar."""
    if not text.strip():
        return error("empty", "There is no karyotype to read; type one such as 46,XX.")
    if len(text) > MAX_LENGTH:
        return error(
            "length", f"The text has {len(text)} characters; a karyotype of more than {MAX_LENGTH} is not read."
        )
    dash = re.search(r"[‐‑‒–—−]", text)
    if dash:
        at = dash.start()
        return error("dash", f'{text}: "{dash.group()}" is a typeset dash; write the minus sign -.', at, at + 1)
    strange = _ALLOWED.search(text)
    if strange:
        at = strange.start()
        letter = _foreign_letter(strange.group())
        if letter:
            return error("character", f"{_short(text)}: {letter}.", at, at + 1)
        shown = strange.group() if strange.group().isprintable() else f"character number {ord(strange.group())}"
        return error("character", f'{_short(text)}: "{shown}" has no meaning in ISCN.', at, at + 1)
    return _check_brackets(text) or _check_spaces(text) or _check_separators(text)


def _foreign_letter(character: str) -> str:
    """What to do about a letter of another script, as "Х" for X; empty for anything else."""
    if not character.isalpha() and not character.isdigit():
        return ""
    latin = _LOOKALIKES.get(character) or unicodedata.normalize("NFKC", character)
    script = unicodedata.name(character, "").split(" ")[0].capitalize()
    if script in ("", "Latin"):
        return ""
    kind = "a wide character" if script == "Fullwidth" else f"a {script} letter"
    if latin != character and latin.isascii():
        return f'"{character}" is {kind} that looks like the Latin {latin}; type {latin} on a Latin keyboard'
    return f'"{character}" is {kind}; ISCN is written in Latin letters'


def _short(text: str) -> str:
    shown = "".join(c if c.isprintable() else " " for c in text)
    return shown if len(shown) <= 80 else shown[:77] + "..."


def _check_brackets(text: str) -> Finding | None:
    bare = re.sub(r"(?<=[,~+?-])>(?=[0-9])", " ", text.replace("->", "  "))
    opened: list[tuple[str, int]] = []
    for at, character in enumerate(bare):
        if character in _OPENING:
            opened.append((character, at))
        elif character in _CLOSING:
            if not opened or opened[-1][0] != _CLOSING[character]:
                return error("brackets", f'{text}: "{character}" closes a bracket that was not opened.', at, at + 1)
            opened.pop()
    if opened:
        character, at = opened[-1]
        return error("brackets", f'{text}: the bracket "{character}" is not closed.', at, len(text))
    return None


def _check_spaces(text: str) -> Finding | None:
    bare = _SPACED.sub(lambda m: "_" * len(m.group()), text)
    space = bare.find(" ")
    if space < 0:
        return None
    if re.match(r"^[0-9]+ [XY]+", text):
        return error("comma", f"{text}: the count and the sex chromosomes are separated by a comma.", space, space + 1)
    before = text[:space].rpartition(" ")[2][-12:]
    return error(
        "space", f'{text}: there is a space after "{before}"; ISCN is written without spaces.', space, space + 1
    )


def _check_separators(text: str) -> Finding | None:
    found = re.match(r"[0-9~]+(?=[XY])", text)
    if found:
        at = found.end()
        return error("comma", f"{text}: the count and the sex chromosomes are separated by a comma.", at, at + 1)
    for pattern, message in (
        (r"^,|/,", "a comma stands where the count is expected"),
        (r",,", "two commas stand together; a change is missing between them"),
        (r",(?=$|/|\[)", "a comma stands at the end; a change is missing after it"),
        (r"(?<!/)/$", "the string ends with a slant line; a cell line is missing after it"),
        (r"^/(?!/)", "the string begins with a slant line; a cell line is missing before it"),
        (r"///", "three slant lines stand together"),
        (r"\[\]", "the brackets are empty; they hold the number of cells, as [20]"),
    ):
        wrong = re.search(pattern, text)
        if wrong:
            return error("separator", f"{text}: {message}.", wrong.start(), wrong.end())
    return None


def diagnose_change(text: str, line: str, start: int) -> Finding:
    """What is wrong with a change that the grammar does not read; ``start`` is its place in the string."""
    end = start + len(text)
    for pattern, message in _COMMON_FAULTS:
        found = re.search(pattern, text)
        if found and not (message is _NO_SYMBOL and found[1] in _WORDS):
            return error("form", f"{line}: " + message.format(text, *found.groups()), start, end)
    try:
        change_parser().parse(text)
    except UnexpectedInput as fault:
        at = fault.pos_in_stream if isinstance(fault.pos_in_stream, int) and fault.pos_in_stream >= 0 else len(text)
        rest = text[at:]
        if not rest:
            return error("form", f'{line}: "{text}" is not finished.', start, end)
        return error("form", f'{line}: in "{text}", "{rest}" cannot be read.', start + at, end)
    except LarkError:
        pass
    return error("form", f'{line}: "{text}" cannot be read.', start, end)


_WORDS: Final = frozenset(
    w for symbol in (*SYMBOLS, *UNPLACED, *TECHNIQUES, *EDITIONS["2024"].unchecked) for w in (symbol, *symbol.split())
)
_KNOWN: Final = "|".join(sorted((*SYMBOLS, *UNPLACED), key=len, reverse=True))

_NO_SYMBOL: Final = '"{0}": "{1}" is no symbol of ISCN that this program knows.'

# A technologist's usual slips, most telling first; {0} is the change as written.
_COMMON_FAULTS: Final = (
    (r"^(idem|sl|sdl[0-9]*)(?:[x×][0-9]+)?$", '"{0}" stands in place of the sex chromosomes, right after the count.'),
    (r"\((?:[^()]*;)?([xy])(?:;[^()]*)?\)", '"{0}": sex chromosomes are written in capitals.'),
    (r"^([0-9]+|X|Y)([+-])$", '"{0}": the sign stands before the chromosome: {2}{1}.'),
    (r"^[+-]{2,}", '"{0}" has two signs; one is written for each chromosome gained or lost.'),
    (
        r"^([0-9]+|X|Y)([pq])([+-])$",
        '"{0}" is the old short form; name the change and its breakpoint, as del({1})({2}13).',
    ),
    (r"^[+-]([0-9]+|X|Y)([pq])$", '"{0}": a whole chromosome is gained or lost, not an arm; use del, dup, add or i.'),
    (r"^[+-]([0-9]+|X|Y)[+-]", '"{0}": a comma is missing between two changes.'),
    (r"^[+-]$", 'the sign "{0}" stands alone; the chromosome is missing.'),
    (
        rf"^[+-]?\??(?:{_KNOWN})\(([^()]*,[^()]*)\)",
        '"{0}": chromosomes in parentheses are separated by ; and not by a comma.',
    ),
    (r"\)\(([^()]*,[^()]*)\)", '"{0}": breakpoints are separated by ; and not by a comma.'),
    (rf"^[+-]?\??(?:{_KNOWN})\(([^()]*[/:.][^()]*)\)", '"{0}": chromosomes in parentheses are separated by ;.'),
    (r"\)\(([^()]*[/:][^()]*)\)", '"{0}": breakpoints of different chromosomes are separated by ;.'),
    (rf"^[+-]?\??(?:{_KNOWN})\(\)", '"{0}": the parentheses are empty; the chromosome is missing.'),
    (r"\)\(\)", '"{0}": the parentheses are empty; the breakpoint is missing.'),
    (rf"^[+-]?({_KNOWN})([0-9XY]+)(?:[pq(]|$)", '"{0}": the chromosome stands in parentheses: {1}({2}).'),
    (r"\)([pq][0-9.]+)", '"{0}": the breakpoint stands in parentheses: ({1}).'),
    (r"\)\((?:[^()]*;)?([0-9]+(?:\.[0-9]+)?)[^()]*\)", '"{0}": the breakpoint {1} has no arm; write p or q before it.'),
    (r"^[+-]([xy])$", '"{0}": sex chromosomes are written in capitals.'),
    (r"^[+-]?\??([A-Z][A-Za-z]+)\(", '"{0}": symbols are written in small letters, "{1}" is not.'),
    (
        r"^ ?(dn|d?mat|d?pat|d?inh|c)$",
        '"{0}" says where a change comes from; it stands right behind that change, without a comma.',
    ),
    (r"^[+-]?\??([a-z]+)", _NO_SYMBOL),
)

"""Text for fonts that draw one glyph a character: Arabic letters joined, right-to-left runs turned, and characters
that no font has as their code.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import Final

_FORMS: Final = ("isolated", "final", "initial", "medial")
_RIGHT_TO_LEFT: Final = frozenset({"R", "AL", "NSM"})
_BETWEEN: Final = frozenset({"WS", "CS", "ON", "ES"})


def code_of(character: str) -> str:
    """A character that cannot be drawn, as ``[U+1F9EC]``."""
    return f"[U+{ord(character):04X}]"


def drawable(text: str, known: Callable[[str], bool]) -> str:
    """``text`` as it is to be drawn from left to right; what no font has (``known`` is False) stands as its code."""
    if text.isascii():
        return text
    visual = _turned(_joined(unicodedata.normalize("NFC", text)))
    return "".join(c if known(c) or c in "\n\t" else _fallback(c, known) for c in visual)


def _fallback(character: str, known: Callable[[str], bool]) -> str:
    plain = unicodedata.normalize("NFKC", character)
    if plain != character and all(known(c) for c in plain):
        return plain
    return code_of(character)


@lru_cache(maxsize=1)
def _arabic_forms() -> dict[str, dict[str, str]]:
    """Base letters (and lam with alef) → the glyphs of their joined shapes, from Unicode's own table."""
    found: dict[str, dict[str, str]] = {}
    for code in (*range(0xFB50, 0xFBFF), *range(0xFE80, 0xFEFD)):
        kind, _, base = unicodedata.decomposition(chr(code)).partition("> ")
        letters = "".join(chr(int(c, 16)) for c in base.split())
        if kind[1:] in _FORMS and (len(letters) == 1 or (len(letters) == 2 and letters[0] == "\u0644")):
            found.setdefault(letters, {}).setdefault(kind[1:], chr(code))
    return found


def _joined(text: str) -> str:
    """The text with each Arabic letter in the form that its neighbours ask for."""
    shapes = _arabic_forms()
    result: list[str] = []
    at = 0
    joins = False  # whether the letter before reaches out to this one
    while at < len(text):
        pair = text[at : at + 2]
        letters = pair if len(pair) == 2 and pair in shapes else text[at]
        if letters not in shapes:
            if unicodedata.category(text[at]) != "Mn":
                joins = False
            result.append(text[at])
            at += 1
            continue
        own = shapes[letters]
        after = next((c for c in text[at + len(letters) :] if unicodedata.category(c) != "Mn"), "")
        reaches = "initial" in own and after in shapes and "final" in shapes[after]
        name = ("medial" if reaches else "final") if joins else ("initial" if reaches else "isolated")
        result.append(own.get(name) or own.get("isolated") or letters)
        joins = reaches
        at += len(letters)
    return "".join(result)


def _turned(text: str) -> str:
    """The text with its right-to-left runs in the order in which they are drawn."""
    kinds = [unicodedata.bidirectional(c) for c in text]
    result: list[str] = []
    at = 0
    while at < len(text):
        if kinds[at] not in _RIGHT_TO_LEFT:
            result.append(text[at])
            at += 1
            continue
        end = last = at
        while end < len(text) and kinds[end] in (_RIGHT_TO_LEFT | _BETWEEN):
            last = end if kinds[end] in _RIGHT_TO_LEFT else last
            end += 1
        result.append(text[at : last + 1][::-1])
        at = last + 1
    return "".join(result)

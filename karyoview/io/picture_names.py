"""Which picture a name means: the same name, else its base name, else its stem, where that is unique."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import PurePosixPath
from typing import Final

from karyoview.io.images import IMAGE_SUFFIXES

MAX_NAME_BYTES: Final = 230
"""The longest name of a picture, so that files named after it (with ``.json``, ``.p1`` …) fit on every disk."""


def fits(name: str) -> bool:
    """Whether a name is short enough, for cases, formats and exports alike; False for what no disk can write."""
    try:
        return len(name.encode()) <= MAX_NAME_BYTES
    except UnicodeEncodeError:
        return False


def composed(name: str) -> str:
    """A name with composed letters (NFC), as two systems agree on it."""
    return unicodedata.normalize("NFC", name)


def base_name(name: str) -> str:
    """The file name at the end of a path of any system, with composed letters."""
    return composed(PurePosixPath(name.replace("\\", "/")).name)


def stem_name(name: str) -> str:
    """The base name without the suffix of an image format (``a.tif.p1`` keeps all), in small letters."""
    base = base_name(name)
    stem, dot, suffix = base.rpartition(".")
    return (stem if dot and f".{suffix.lower()}" in IMAGE_SUFFIXES else base).casefold()


_WAYS: Final[tuple[Callable[[str], str], ...]] = (composed, base_name, lambda n: base_name(n).casefold(), stem_name)


def match_names(given: Iterable[str], wanted: Sequence[str]) -> dict[str, str]:
    """Each given name → the wanted one that it means; names that could mean several, or none, are left out."""
    rest, free = list(dict.fromkeys(given)), list(dict.fromkeys(wanted))
    found: dict[str, str] = {}
    for way in _WAYS:
        there: dict[str, list[str]] = defaultdict(list)
        asked: dict[str, list[str]] = defaultdict(list)
        for name in free:
            there[way(name)].append(name)
        for name in rest:
            asked[way(name)].append(name)
        for key, names in asked.items():
            if len(names) == 1 and len(there.get(key, ())) == 1:
                found[names[0]] = there[key][0]
        taken = set(found.values())
        rest = [name for name in rest if name not in found]
        free = [name for name in free if name not in taken]
    return found

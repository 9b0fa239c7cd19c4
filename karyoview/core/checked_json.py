"""JSON of other people and programs: one reader for every file and answer, with limits that hold on writing too."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any, Final, NoReturn

from karyoview.core.plain_files import read_at_most

MAX_BYTES: Final = 64 * 2**20
MAX_DEPTH: Final = 60
"""Lists and objects within each other, in a file that is read and in one that is written."""
MAX_INTEGER: Final = 2**63 - 1


def parse_json(data: bytes | str) -> Any:
    """The value in ``data`` (UTF-8 where bytes, with or without a byte order mark).

    ValueError, with the reason, for what is no JSON, for NaN, for numbers beyond 64 bits, for more than
    :data:`MAX_DEPTH` levels and for half letters, which could never be written again.
    """
    try:
        text = data.decode("utf-8-sig") if isinstance(data, bytes) else data
        value = json.loads(text, parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise ValueError("it is not text in UTF-8") from error
    except RecursionError as error:
        raise ValueError(f"more than {MAX_DEPTH} lists or objects lie within each other") from error
    check_values(value)
    if "\\ud" in text.lower():
        json.dumps(value, ensure_ascii=False).encode()
    return value


def read_json(path: Path, limit: int = MAX_BYTES) -> Any:
    """The value in a file of at most ``limit`` bytes. Raises OSError, and ValueError as :func:`parse_json` does."""
    return parse_json(read_at_most(path, limit))


def check_values(value: object) -> None:
    """ValueError for what one end of reading and writing would refuse: depth, numbers beyond 64 bits."""
    level: list[object] = [value]
    for _ in range(MAX_DEPTH):
        inner: list[object] = []
        for item in level:
            kind = type(item)
            if kind is dict:
                inner += item.values()  # type: ignore[attr-defined]
            elif kind is list or kind is tuple:
                inner += item  # type: ignore[arg-type]
            elif kind is float:
                if not math.isfinite(item):  # type: ignore[arg-type]
                    raise ValueError("a number is too large")
            elif kind is int and not -MAX_INTEGER <= item <= MAX_INTEGER:  # type: ignore[operator]
                raise ValueError("a whole number is too large")
        if not inner:
            return
        level = inner
    raise ValueError(f"more than {MAX_DEPTH} lists or objects lie within each other")


def _no_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number in JSON")

"""JSON documents as KaryoView writes them: one layout, so that equal content gives equal bytes.

UTF-8, no byte order mark, keys in alphabetical order, one member of the outermost object a line and,
in a list of objects, one object a line: a chromosome is a line, and a line-wise diff shows what changed.
Numbers are written with the fewest digits that read back to the same 64-bit float.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NoReturn

from karyoview.core.errors import KaryoViewError
from karyoview.io.own_folder import open_to_read

Document = dict[str, Any]

MAX_BYTES: Final = 64 * 2**20
MAX_DEPTH: Final = 60
"""Lists and objects within each other, in a file that is read and in one that is written."""
MAX_INTEGER: Final = 2**63 - 1


class DocumentError(KaryoViewError):
    """A JSON document cannot be read or written."""


def compact(value: object) -> str:
    """One line of JSON, keys sorted; raises DocumentError for what JSON cannot hold (NaN, objects)."""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError) as error:
        raise DocumentError(f"This cannot be written as JSON: {error}.") from error


def dump_document(document: Mapping[str, Any]) -> bytes:
    """The bytes of a document in the one layout; raises DocumentError for what could not be read again."""
    try:
        check_values(document)
    except ValueError as error:
        raise DocumentError(f"This cannot be written as JSON: {error}.") from error
    members = []
    for key in sorted(document):
        value = document[key]
        if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
            text = "[\n  " + ",\n  ".join(compact(item) for item in value) + "\n ]"
        else:
            text = compact(value)
        members.append(f" {compact(key)}: {text}")
    try:
        return ("{\n" + ",\n".join(members) + "\n}\n").encode()
    except UnicodeEncodeError as error:
        raise DocumentError("A text holds characters that Unicode does not allow; type it again.") from error


def parse_document(data: bytes, name: str | Path) -> Document:
    """The object in ``data``; DocumentError names ``name`` when it is not one JSON object."""
    if len(data) > MAX_BYTES:
        raise DocumentError(
            f"{name} is larger than {MAX_BYTES >> 20} MB, which no file of a case is; restore a backup."
        )
    try:
        text = data.decode("utf-8-sig")
        value = json.loads(text, parse_constant=_no_constant)
        check_values(value)
        if "\\ud" in text.lower():
            # Half of a surrogate pair can be escaped in JSON but never written again.
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise DocumentError(f"{name} is not valid JSON ({error}); restore it from a backup.") from error
    if not isinstance(value, dict):
        raise DocumentError(f"{name} does not hold a JSON object; restore it from a backup.")
    return value


def read_document(path: Path, limit: int = MAX_BYTES) -> Document:
    """The object in a JSON file that a person or another program may have written, of at most ``limit`` bytes.

    A link to a file is followed, a pipe or a device is no file. Raises DocumentError, and OSError where there is none.
    """
    with os.fdopen(open_to_read(path), "rb") as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise DocumentError(f"{path} is larger than {max(limit >> 20, 1)} MB; choose the right file.")
    return parse_document(data, path)


def check_values(value: object) -> None:
    """ValueError for what one end of reading and writing would refuse: depth, numbers beyond 64 bits, odd texts."""
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


def sha256_bytes(data: bytes) -> str:
    """SHA-256 of ``data``, 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()

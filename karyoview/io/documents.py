"""JSON documents as KaryoView writes them: one layout, so that equal content gives equal bytes.

UTF-8, no byte order mark, keys in alphabetical order, one member of the outermost object a line and,
in a list of objects, one object a line: a chromosome is a line, and a line-wise diff shows what changed.
Numbers are written with the fewest digits that read back to the same 64-bit float.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from karyoview.core.checked_json import MAX_BYTES as MAX_BYTES
from karyoview.core.checked_json import check_values as check_values
from karyoview.core.checked_json import parse_json
from karyoview.core.errors import KaryoViewError
from karyoview.core.plain_files import read_at_most

Document = dict[str, Any]


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
        value = parse_json(data)
    except ValueError as error:
        raise DocumentError(f"{name} is not valid JSON ({error}); restore it from a backup.") from error
    if not isinstance(value, dict):
        raise DocumentError(f"{name} does not hold a JSON object; restore it from a backup.")
    return value


def read_document(path: Path, limit: int = MAX_BYTES) -> Document:
    """The object in a JSON file that a person or another program may have written, of at most ``limit`` bytes.

    A link to a file is followed, a pipe or a device is no file. Raises DocumentError, and OSError where there is none.
    """
    try:
        data = read_at_most(path, limit)
    except ValueError as error:
        raise DocumentError(f"{path}: {error}; choose the right file.") from error
    return parse_document(data, path)


def sha256_bytes(data: bytes) -> str:
    """SHA-256 of ``data``, 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()

"""Older schemas of the case's files, brought up to date one step at a time.

Schema 1 kept a cell's state as ``status`` (todo, done), its scale as ``scale`` and a box as an object
of named sides; schema 2 is the present one. A file that is already up to date passes unchanged.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from karyoview.io.annotation_json import SCHEMA
from karyoview.io.documents import Document, DocumentError

_Steps = dict[int, Callable[[Document], Document]]

_STATUS: Final = {
    "todo": "new",
    "proposed": "proposed",
    "started": "in_review",
    "done": "reviewed",
    "rejected": "set_aside",
}


def needs_migration(document: Document) -> bool:
    """Whether the document has an older schema than the present one."""
    schema = document.get("schema")
    return isinstance(schema, int) and 1 <= schema < SCHEMA


def migrate_case(document: Document, name: str) -> Document:
    """case.json in the present schema; DocumentError names ``name`` for a newer or unknown one."""
    return _migrate(document, name, _CASE_STEPS)


def migrate_annotation(document: Document, name: str) -> Document:
    """An annotation file in the present schema; DocumentError names ``name`` for a newer or unknown one."""
    return _migrate(document, name, _ANNOTATION_STEPS)


def _migrate(document: Document, name: str, steps: _Steps) -> Document:
    schema = document.get("schema")
    if not isinstance(schema, int) or isinstance(schema, bool) or schema < 1:
        raise DocumentError(f"{name} says no schema version, so it is no file of KaryoView; move it away.")
    if schema > SCHEMA:
        raise DocumentError(
            f"{name} was written by a newer KaryoView (schema {schema}, this one reads {SCHEMA}); update KaryoView."
        )
    try:
        while document["schema"] < SCHEMA:
            document = steps[document["schema"]](document)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise DocumentError(f"{name} cannot be brought from schema {schema} to {SCHEMA} ({error!r}).") from error
    return document


def _case_from_1(old: Document) -> Document:
    cells = []
    for item in old.get("cells", []):
        cell = {key: value for key, value in item.items() if key not in ("status", "scale")}
        cell["file"] = item.get("file", item["image"])
        cell["state"] = _STATUS[item.get("status", "todo")]
        if cell["state"] == "set_aside":
            cell.setdefault("reason", "set aside")
        if item.get("scale") is not None:
            cell["um_per_pixel"] = float(item["scale"])
        cells.append(cell)
    return {**old, "schema": 2, "cells": cells}


def _annotation_from_1(old: Document) -> Document:
    state = _STATUS[old.get("status", "todo")]
    new = {key: value for key, value in old.items() if key != "status"}
    new |= {"schema": 2, "state": state, "chromosomes": [_chromosome_from_1(c) for c in old.get("chromosomes", [])]}
    if state == "set_aside":
        new.setdefault("reason", "set aside")
    return new


def _chromosome_from_1(old: Document) -> Document:
    box: dict[str, Any] = old["box"]
    row = [float(box[key]) for key in ("cx", "cy", "w", "h")]
    new = {**old, "box": [*row, float(box["angle"])] if box.get("rotated") else row}
    if isinstance(old.get("proposal"), dict):
        new["proposal"] = _chromosome_from_1(old["proposal"])
    return new


_CASE_STEPS: Final[_Steps] = {1: _case_from_1}
_ANNOTATION_STEPS: Final[_Steps] = {1: _annotation_from_1}

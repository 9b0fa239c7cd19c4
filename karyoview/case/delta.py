"""What changed between two documents: old and new values, enough to go from one to the other.

``set`` holds changed members (``old`` or ``new`` is absent where the member is); ``items`` the lists
whose objects carry their own name (chromosomes and marks by ``id``, cells by ``image``): ``add``,
``remove``, ``change`` and, only where it is not plain, the new ``order``.
"""

from __future__ import annotations

from typing import Any, Final

from karyoview.io.documents import Document, DocumentError, compact

KEYED_LISTS: Final = {"chromosomes": "id", "count_marks": "id", "cells": "image"}


def difference(old: Document, new: Document) -> Document:
    """The delta from ``old`` to ``new``; empty when they are the same, bit for bit."""
    delta: Document = {}
    changed: Document = {}
    items: Document = {}
    for key in sorted({*old, *new}):
        if key in KEYED_LISTS and _keyed(key, old.get(key)) and _keyed(key, new.get(key)):
            part = _list_difference(old[key], new[key], KEYED_LISTS[key])
            if part:
                items[key] = part
            continue
        entry = _member_difference(old, new, key)
        if entry:
            changed[key] = entry
    if changed:
        delta["set"] = changed
    if items:
        delta["items"] = items
    return delta


def apply_delta(old: Document, delta: Document) -> Document:
    """The document after ``delta``; DocumentError when the delta does not fit."""
    new = dict(old)
    try:
        _apply_members(new, delta.get("set", {}))
        for key, part in delta.get("items", {}).items():
            new[key] = _apply_list(new[key], part, KEYED_LISTS[key])
    except (KeyError, TypeError, AttributeError) as error:
        raise DocumentError(f"The change recorded does not fit the document ({error!r}).") from error
    return new


def _keyed(key: str, value: object) -> bool:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        return False
    names = [item.get(KEYED_LISTS[key]) for item in value]
    return all(isinstance(name, str) for name in names) and len(set(names)) == len(names)


def _member_difference(old: Document, new: Document, key: str) -> Document:
    # Compared as text: 0.0 and -0.0, 1 and true are equal in Python but different documents.
    if key in old and key in new and compact(old[key]) == compact(new[key]):
        return {}
    entry: Document = {}
    if key in old:
        entry["old"] = old[key]
    if key in new:
        entry["new"] = new[key]
    return entry


def _list_difference(old: list[Document], new: list[Document], name: str) -> Document:
    before = {item[name]: item for item in old}
    after = {item[name]: item for item in new}
    part: Document = {}
    add = [item for item in new if item[name] not in before]
    remove = [item for item in old if item[name] not in after]
    change: Document = {}
    for key, item in after.items():
        if key in before and compact(before[key]) != compact(item):
            members = {
                member: entry
                for member in sorted({*before[key], *item})
                if (entry := _member_difference(before[key], item, member))
            }
            change[key] = members
    if add:
        part["add"] = add
    if remove:
        part["remove"] = remove
    if change:
        part["change"] = change
    plain = [key for key in before if key in after] + [item[name] for item in add]
    if plain != list(after):
        part["order"] = list(after)
    return part


def _apply_members(target: Document, changes: Document) -> None:
    for key, entry in changes.items():
        if "new" in entry:
            target[key] = entry["new"]
        else:
            del target[key]


def _apply_list(old: list[Document], part: Document, name: str) -> list[Any]:
    gone = {item[name] for item in part.get("remove", [])}
    items = {item[name]: dict(item) for item in old if item[name] not in gone}
    for key, members in part.get("change", {}).items():
        _apply_members(items[key], members)
    for item in part.get("add", []):
        items[item[name]] = item
    if "order" in part:
        return [items[key] for key in part["order"]]
    return list(items.values())

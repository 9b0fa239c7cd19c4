"""Where the signed list of keys and the sealed keys lie in the database, and how much of the list was seen before."""

from __future__ import annotations

import os
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from karyoview.core.checked_json import parse_json
from karyoview.io.atomic import write_atomic
from karyoview.io.database import database_errors, metadata
from karyoview.io.documents import Document, DocumentError, compact, dump_document, read_document
from karyoview.io.key_list import KeyList, KeyListError, entry_hash, read_key_list
from karyoview.io.user_data import workspace

LABORATORY_VARIABLE: Final = "KARYOVIEW_LABORATORY"
_SEEN: Final = "laboratories.json"

_key_list = sa.Table(
    "karyoview_key_list",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("entry", sa.Text, nullable=False),
)
_seals = sa.Table(
    "karyoview_seals",
    metadata,
    sa.Column("name", sa.String(100), primary_key=True),
    sa.Column("public", sa.String(64), nullable=False),
    sa.Column("sealed", sa.Text, nullable=False),
)


class KeyStore:
    """The list and the seals in one database. Methods raise KeyListError or DatabaseError."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._checked = KeyList()

    def read(self) -> KeyList:
        """The list, every entry checked, and never shorter than this computer has seen it before."""
        with database_errors(self._engine), self._engine.connect() as connection:
            texts = list(connection.execute(sa.select(_key_list.c.entry).order_by(_key_list.c.seq)).scalars())
        try:
            entries = [parse_json(text) for text in texts]
        except ValueError as error:
            raise KeyListError(f"an entry is not valid JSON ({error})") from error
        known = len(self._checked.entries)
        if entries[:known] != self._checked.entries:
            self._checked = KeyList()
        # Signatures that were checked a moment ago need not be checked again.
        if not self._checked.entries:
            self._checked = read_key_list(entries)
        else:
            for entry in entries[known:]:
                self._checked.add(entry)
        found = KeyList(
            list(self._checked.entries), dict(self._checked.members), dict(self._checked.adopted), self._checked.head
        )
        self._compare(found)
        return found

    def add(self, connection: sa.Connection, keys: KeyList, entry: Document) -> None:
        """Check an entry, and write it in the transaction of ``connection``; a number is given once."""
        keys.add(entry)
        connection.execute(sa.insert(_key_list).values(seq=entry["seq"], entry=compact(entry)))

    def sealed(self, name: str, public: str) -> str:
        """The sealed key of a person; KeyListError where it is missing."""
        with database_errors(self._engine), self._engine.connect() as connection:
            where = (_seals.c.name == name) & (_seals.c.public == public)
            found = connection.execute(sa.select(_seals.c.sealed).where(where)).scalar()
        return str(found or "{}")

    def put_seal(self, connection: sa.Connection, name: str, public: str, sealed: str) -> None:
        """Write or replace the sealed key of a person."""
        values = {"public": public, "sealed": sealed}
        if not connection.execute(sa.update(_seals).where(_seals.c.name == name).values(values)).rowcount:
            connection.execute(sa.insert(_seals).values(name=name, **values))

    def remember(self, keys: KeyList) -> None:
        """Keep how long the list was, so that one that was cut short is noticed; a failure is no reason to stop."""
        seen = _seen()
        seen.setdefault("first", keys.laboratory)
        seen[self._place()] = {"laboratory": keys.laboratory, "entries": len(keys.entries), "head": keys.head}
        try:
            workspace().mkdir(parents=True, exist_ok=True)
            write_atomic(workspace() / _SEEN, dump_document(seen), private=True)
        except OSError:
            return

    def _place(self) -> str:
        return self._engine.url.render_as_string(hide_password=True)

    def _compare(self, keys: KeyList) -> None:
        last = _seen().get(self._place())
        if not isinstance(last, dict):
            return
        number, head = last.get("entries"), last.get("head")
        if not isinstance(number, int) or not number > 0:
            return
        if number > len(keys.entries):
            raise KeyListError(f"it has {len(keys.entries)} entries, but this computer has seen {number}")
        if entry_hash(keys.entries[number - 1]) != head:
            raise KeyListError(f"entry {number} is not the one that this computer has seen")


def expected_laboratory() -> str:
    """The laboratory that may sign from this account, by its number or the first digits of it; empty for any.

    ``KARYOVIEW_LABORATORY`` says it, or ``any``; without it the laboratory that this account met first.
    """
    chosen = os.environ.get(LABORATORY_VARIABLE, "").strip().lower()
    if chosen:
        return "" if chosen == "any" else chosen
    first = _seen().get("first", "")
    return first if isinstance(first, str) else ""


def _seen() -> dict[str, Any]:
    path = workspace() / _SEEN
    try:
        return read_document(path)
    except (OSError, DocumentError):
        return {}

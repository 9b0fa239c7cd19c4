"""The last head of each record that an index knows: what tells a folder that was set back as a whole.

A folder of an earlier day is whole in itself. Outside of it, the index of the laboratory remembers how far each record
went; a record is known again by the hash of its first line, wherever its folder lies.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from karyoview.case.audit import Scan, scan
from karyoview.core.errors import KaryoViewError
from karyoview.core.plain_files import NotPlainError
from karyoview.io.atomic import explain
from karyoview.io.database import metadata

table: Final = sa.Table(
    "karyoview_heads",
    metadata,
    sa.Column("first", sa.String(64), primary_key=True),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("head", sa.String(64), nullable=False),
    sa.Column("time", sa.String(40), nullable=False),
    sa.Column("folder", sa.String(1000), nullable=False),
)


@dataclass(frozen=True, slots=True)
class KnownHead:
    """How far a record went: the hash of its ``first`` line, number, hash and time of its last, and its ``folder``."""

    first: str
    seq: int
    head: str
    time: str
    folder: str

    def detail(self) -> dict[str, Any]:
        """What the line says that takes a folder over which was set back."""
        return {"known_seq": self.seq, "known_head": self.head, "known_time": self.time}


def read_record(path: Path) -> Scan:
    """The record in ``path``, with the hashes of its lines. Raises KaryoViewError where it cannot be read."""
    try:
        return scan(path, keep_hashes=True)
    except NotPlainError as error:
        raise KaryoViewError(f"{explain(error, path)}.") from error
    except OSError as error:
        raise KaryoViewError(f"{path} cannot be read ({error.strerror or error}); check the disk.") from error


def head_of(found: Scan, folder: str) -> KnownHead | None:
    """How far the record goes; None for one without a line that can be read."""
    if not found.hashes:
        return None
    return KnownHead(next(iter(found.hashes)), found.last_seq, found.head, found.time, folder)


def difference(known: KnownHead, found: Scan, folder: str) -> str:
    """A sentence where the record in ``folder`` does not go on from what is ``known`` of it; else empty."""
    elsewhere = "" if known.folder == folder else f" in {known.folder}"
    if known.seq > found.last_seq:
        return (
            f"The index saw line {known.seq} of this record{elsewhere}, of {known.time[:19]}; here it ends with line "
            f"{found.last_seq}: the folder was set back, or is an earlier copy."
        )
    if known.head not in found.hashes:
        return (
            f"The index saw another line {known.seq} of this record{elsewhere}, of {known.time[:19]}: from an earlier "
            "copy of the folder the work went on twice, or the record was written anew."
        )
    return ""


def read(connection: sa.Connection, first: str) -> KnownHead | None:
    """What is known of the record that begins with the line of this hash."""
    row = connection.execute(sa.select(table).where(table.c.first == first)).mappings().one_or_none()
    return None if row is None else KnownHead(**{each.name: row[each.name] for each in fields(KnownHead)})


def keep(connection: sa.Connection, head: KnownHead, *, back: bool = False) -> None:
    """Remember a head; one further back than what is known only where ``back`` is meant."""
    own = table.c.first == head.first
    forward = own if back else own & (table.c.seq <= head.seq)
    if connection.execute(sa.update(table).where(forward).values(**asdict(head))).rowcount:
        return
    if connection.execute(sa.select(table.c.first).where(own)).first() is None:
        try:
            with connection.begin_nested():
                connection.execute(sa.insert(table).values(**asdict(head)))
        except sa.exc.IntegrityError:
            keep(connection, head, back=back)  # another workstation was quicker

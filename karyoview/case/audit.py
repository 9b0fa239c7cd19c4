"""The record of a case: append-only, hash-chained, one flushed line an edit. It is the journal too.

A line is one JSON object. Its last member is ``"hash"``: the SHA-256 of the line's bytes with that
member taken out, so that ``{"a":1,"prev":"…","hash":"…"}`` is hashed as ``{"a":1,"prev":"…"}``.
``prev`` is the hash of the line before, 64 zeros in the first. Whoever changes, drops or moves a
line breaks the chain there; whoever writes it anew as a whole gets another head, which is printed
on every report. ``audit.head`` beside it holds the last number and hash, for cut-off ends.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import msgspec

from karyoview.core.clock import utc_now
from karyoview.core.errors import KaryoViewError
from karyoview.io.atomic import sync_folder
from karyoview.io.documents import Document, compact

ZERO_HASH: Final = "0" * 64
FOUND_CHANGED: Final = "record found changed"
"""The action of a line that keeps the evidence when a case is opened whose record was cut off or written anew."""
MAX_LINE_BYTES: Final = 64 * 2**20
_TAIL: Final = re.compile(rb',"hash":"([0-9a-f]{64})"}$')
_TAIL_BYTES: Final = len(b',"hash":""}') + 64


class AuditError(KaryoViewError):
    """The record of a case cannot be written or read."""


class Change(msgspec.Struct, frozen=True):
    """One document that a line changed: file below the store, SHA-256 before and after, delta."""

    target: str
    before: str = ""
    after: str = ""
    delta: dict[str, Any] = {}


class AuditLine(msgspec.Struct, frozen=True):
    """One line: number from 1, UTC time, user, action, image (or empty), detail, changes, chain."""

    seq: int
    time: str
    user: str
    action: str
    prev: str
    hash: str
    image: str = ""
    detail: dict[str, Any] = {}
    changes: list[Change] = []
    cell: dict[str, Any] = {}


class _ScanChange(msgspec.Struct):
    target: str
    after: str = ""


class _ScanLine(msgspec.Struct):
    """The members that opening a case needs; the rest of a line is skipped, not built."""

    seq: int
    prev: str
    hash: str
    action: str = ""
    image: str = ""
    changes: list[_ScanChange] = []
    cell: dict[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of the record: line number (0: the whole) and a sentence."""

    line: int
    text: str


@dataclass(slots=True)
class Scan:
    """What one pass over the record found.

    ``size`` is the bytes of whole lines, ``torn`` what follows them; ``after`` the last SHA-256 of
    each document, ``cells`` the last summary of each image, ``recent`` the documents of the last lines.
    ``stored_head`` is what ``audit.head`` says, ``stored_head_seen`` whether the record has that line.
    """

    lines: int = 0
    last_seq: int = 0
    head: str = ZERO_HASH
    size: int = 0
    torn: bytes = b""
    problems: list[Problem] = field(default_factory=list)
    after: dict[str, str] = field(default_factory=dict)
    cells: dict[str, dict[str, Any]] = field(default_factory=dict)
    recent: list[str] = field(default_factory=list)
    hashes: dict[str, int] = field(default_factory=dict)
    stored_head: tuple[int, str] | None = None
    stored_head_seen: bool = False

    @property
    def head_problem(self) -> str:
        """What ``audit.head`` tells about the record: a sentence's middle, empty when they agree."""
        if self.stored_head is None or self.stored_head_seen:
            return ""
        if self.stored_head[0] > self.last_seq:
            return f"the end was cut off: {self.stored_head[0]} lines were written, {self.last_seq} are there"
        return f"line {self.stored_head[0]} is not the one that was written: the record was written anew"


def line_hash(line: bytes) -> str:
    """The hash that a line (without its newline) must carry."""
    return hashlib.sha256(line[:-_TAIL_BYTES] + b"}").hexdigest()


def scan(path: Path, *, keep_hashes: bool = False) -> Scan:
    """Read the record once and check its chain; an absent file is an empty record.

    Everything after the last readable whole line counts as torn. Raises OSError.
    """
    found = Scan(stored_head=read_head(path))
    try:
        file = open(path, "rb")  # noqa: SIM115
    except FileNotFoundError:
        return found
    decoder = msgspec.json.Decoder(_ScanLine)
    pending: list[Problem] = []
    unread = bytearray()
    with file:
        while raw := file.readline(MAX_LINE_BYTES + 1):
            number = found.lines + len(pending) + 1
            try:
                if not raw.endswith(b"\n"):
                    raise ValueError
                line = decoder.decode(raw)
            except (ValueError, msgspec.DecodeError, RecursionError):
                unread += raw
                pending.append(Problem(number, f"line {number} cannot be read"))
                continue
            # Unreadable lines that are followed by a good one are damage, not a torn end.
            found.problems += pending
            found.lines += len(pending) + 1
            found.size += len(unread) + len(raw)
            pending, unread = [], bytearray()
            _check_line(found, line, raw[:-1], number)
            if keep_hashes:
                found.hashes.setdefault(line.hash, number)
    found.torn = bytes(unread)
    return found


def _check_line(found: Scan, line: _ScanLine, raw: bytes, number: int) -> None:
    if not _TAIL.search(raw) or line_hash(raw) != line.hash:
        found.problems.append(Problem(number, f"line {number} was changed: its content does not match its hash"))
    if line.prev != found.head:
        found.problems.append(
            Problem(number, f"line {number} does not follow the line before it: a line was removed, added or moved")
        )
    elif line.seq != found.last_seq + 1:
        found.problems.append(
            Problem(number, f"line {number} has the number {line.seq}, expected {found.last_seq + 1}")
        )
    if line.action == FOUND_CHANGED:
        found.problems.append(Problem(number, f"line {number} tells that lines before it had been removed or changed"))
    if found.stored_head == (line.seq, line.hash):
        found.stored_head_seen = True
    found.head, found.last_seq = line.hash, line.seq
    for change in line.changes:
        found.after[change.target] = change.after
        if change.target in found.recent:
            found.recent.remove(change.target)
        found.recent = [*found.recent[-31:], change.target]
    if line.cell and line.image:
        found.cells[line.image] = line.cell


def read_lines(path: Path, target: str = "") -> Iterator[AuditLine]:
    """The readable lines in order, only those that changed ``target`` where one is named. Raises OSError."""
    decoder = msgspec.json.Decoder(AuditLine)
    needle = compact(target).encode() if target else b""
    with open(path, "rb") as file:
        while raw := file.readline(MAX_LINE_BYTES + 1):
            if needle and needle not in raw:
                continue
            with contextlib.suppress(ValueError, msgspec.DecodeError, RecursionError):
                line = decoder.decode(raw)
                if not target or any(change.target == target for change in line.changes):
                    yield line


class AuditLog:
    """The open record of a case; one writer, guarded by the case's lock."""

    def __init__(self, path: Path, found: Scan) -> None:
        self.path = path
        self.head_path = path.with_suffix(".head")
        self._head = found.head
        self._seq = found.last_seq
        self._size = found.size
        self._suspect = False

    @property
    def head(self) -> str:
        """Hash of the last line."""
        return self._head

    @property
    def last_seq(self) -> int:
        """Number of the last line; 0 for an empty record."""
        return self._seq

    def append(
        self,
        *,
        user: str,
        action: str,
        image: str = "",
        detail: Document | None = None,
        changes: list[Document] | None = None,
        cell: Document | None = None,
    ) -> int:
        """Write one line and flush it to disk; returns its number. Raises OSError or AuditError.

        When it raises, the record is as it was (a part that reached the disk is cut off here or,
        where even that fails, before the next line).
        """
        body: Document = {
            "seq": self._seq + 1,
            "time": utc_now(),
            "user": user,
            "action": action,
            "prev": self._head,
        }
        for key, value in (("image", image), ("detail", detail), ("changes", changes), ("cell", cell)):
            if value:
                body[key] = value
        try:
            text = compact(body).encode()
        except UnicodeEncodeError as error:
            raise AuditError("A text holds characters that Unicode does not allow; type it again.") from error
        digest = hashlib.sha256(text).hexdigest()
        self._write(text[:-1] + b',"hash":"' + digest.encode() + b'"}\n')
        self._head, self._seq = digest, self._seq + 1
        self._write_head()
        return self._seq

    def _write(self, line: bytes) -> None:
        # Opened anew for each line: a handle kept open would go on writing into a folder that is gone.
        flags = os.O_WRONLY | getattr(os, "O_BINARY", 0) | (os.O_CREAT if self._seq == 0 else 0)
        handle = os.open(self.path, flags, 0o666)
        try:
            size = os.fstat(handle).st_size
            if size != self._size and not (self._suspect and size > self._size):
                raise AuditError(f"{self.path} was changed by another program; close the case and open it again.")
            if size != self._size:
                os.ftruncate(handle, self._size)
            self._suspect = True
            os.lseek(handle, self._size, os.SEEK_SET)
            try:
                rest = memoryview(line)
                while rest:
                    rest = rest[os.write(handle, rest) :]
                os.fsync(handle)
            except BaseException:
                with contextlib.suppress(OSError):
                    os.ftruncate(handle, self._size)
                raise
            self._suspect = False
            self._size += len(line)
            if self._seq == 0:
                sync_folder(self.path.parent)
        finally:
            os.close(handle)

    def _write_head(self) -> None:
        # Written in place and not flushed: it may lag behind the record, never run ahead of it.
        with contextlib.suppress(OSError), open(self.head_path, "r+b" if self.head_path.exists() else "wb") as file:
            file.write(f"{self._seq:012d} {self._head}\n".encode())


def read_head(path: Path) -> tuple[int, str] | None:
    """Number and hash in ``audit.head`` beside the record; None where it is absent or unreadable."""
    try:
        match = re.fullmatch(rb"(\d{12}) ([0-9a-f]{64})\n", path.with_suffix(".head").read_bytes()[:200])
    except OSError:
        return None
    return (int(match[1]), match[2].decode()) if match else None

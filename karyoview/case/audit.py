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
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from karyoview.case.schema import CASE_FILE, is_document
from karyoview.core.checked_json import check_values
from karyoview.core.clock import utc_now
from karyoview.core.errors import KaryoViewError
from karyoview.io.atomic import TEMPORARY_PREFIX, TEMPORARY_SUFFIX, replace_file, sync_folder
from karyoview.io.documents import Document, compact
from karyoview.io.own_folder import open_plain, read_plain

ZERO_HASH: Final = "0" * 64
FOUND_CHANGED: Final = "record found changed"
"""The action of a line that keeps the evidence when a case is opened whose record was cut off or written anew."""
FOUND_MISSING: Final = "record found missing"
"""The action of the first line where files of a case were there and no record of them."""
TAKEN_OVER: Final = "files taken over"
"""The action of the first line about files that never had a record."""
MIGRATED: Final = "brought up to date"
"""The action of a line about a file of an older schema; one without a record before is in it as a whole."""
ADOPTED: Final = "outside change adopted"
"""The action of a line that takes over what another program, or somebody by hand, wrote into a file."""
REFUSED: Final = "outside change refused"
"""The action of a line about signatures or a lock that somebody wrote into case.json by hand."""
SET_BACK: Final = "clock set back"
"""The action of a line that says that the clock of the computer is behind the times above it."""
FOLDER_SET_BACK: Final = "folder set back"
"""The action of a line that says that an index knows later lines of the record than those above it."""
CREATED: Final = "case created"
BROUGHT_UP: Final = "record brought up to date"
RECORD_FORMAT: Final = 2
"""From 2 on a signature counts only with the proof of a key; the first line of a record says it."""
SIGNED: Final = "signed: "
AMENDED: Final = "amended"
REPORT_MADE: Final = "report made"
SKEW_S: Final = 120.0
"""Clocks of two computers may differ by so much before a line says that one of them runs behind."""
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


class _ScanSet(msgspec.Struct):
    locked: dict[str, Any] = {}


class _ScanDelta(msgspec.Struct):
    set: _ScanSet = msgspec.field(default_factory=_ScanSet)


class _ScanChange(msgspec.Struct):
    target: str
    before: str = ""
    after: str = ""
    delta: _ScanDelta = msgspec.field(default_factory=_ScanDelta)


class _ScanLine(msgspec.Struct):
    """The members that opening a case needs; the rest of a line is skipped, not built."""

    seq: int
    prev: str
    hash: str
    time: str = ""
    action: str = ""
    image: str = ""
    detail: msgspec.Raw = msgspec.Raw(b"{}")
    changes: list[_ScanChange] = []
    cell: dict[str, Any] = {}


@dataclass(frozen=True, slots=True)
class SignedLine:
    """A line that carries a signature, an amendment or a report: its number, the head before it, and what it says.

    ``head_since`` is the head before the line about the clock that came between, where there is one; ``time`` is the
    line's.
    """

    seq: int
    head_before: str
    action: str
    row: dict[str, Any]
    head_since: str = ""
    time: str = ""

    def follows(self, head: object) -> bool:
        """Whether nothing but a line about the clock stands between the line with this hash and this one."""
        return head in (self.head_before, self.head_since)


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
    ``head_since`` is the head before the last line where that is about the clock, empty otherwise.
    ``notes`` are faults that a line itself owns up to and nobody has to answer for; ``signed`` the lines with
    signatures and amendments, ``reports`` those about reports that were made, ``locked`` whether the last of them
    closed the case; ``keyed_from`` the number of the line from which signatures need a key (0: none says so),
    ``time`` the time of the last line.
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
    notes: list[Problem] = field(default_factory=list)
    signed: list[SignedLine] = field(default_factory=list)
    reports: list[SignedLine] = field(default_factory=list)
    locked: bool = False
    keyed_from: int = 0
    time: str = ""
    head_since: str = ""

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
        file = os.fdopen(open_plain(path, os.O_RDONLY), "rb")
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
    if found.torn.strip(b"\x00").endswith(b"\n"):
        # A line that ends was written as a whole: what a crash leaves has no end.
        many = f"lines {pending[0].line} to {pending[-1].line}" if len(pending) > 1 else f"line {pending[0].line}"
        found.problems.append(Problem(pending[0].line, f"{many}, the last of the file, cannot be read"))
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
    _check_time(found, line, number)
    if line.action == FOUND_CHANGED:
        found.problems.append(Problem(number, f"line {number} tells that lines before it had been removed or changed"))
    if line.action == FOUND_MISSING:
        found.problems.append(Problem(number, f"line {number} tells that the record of the files was missing"))
    if line.action == FOLDER_SET_BACK:
        text = f"line {number} tells that the folder had been set back: later lines that an index knew are missing"
        found.problems.append(Problem(number, text))
    if line.action == REFUSED:
        text = f"line {number} tells that signatures or the lock were written into case.json from outside"
        found.problems.append(Problem(number, f"{text}; they were not taken over"))
    if found.stored_head == (line.seq, line.hash):
        found.stored_head_seen = True
    _note_signature(found, line)
    found.head_since = line.prev if line.action == SET_BACK else ""
    found.head, found.last_seq = line.hash, line.seq
    for change in line.changes:
        _check_change(found, line, change, number)
    if line.cell and line.image:
        found.cells[line.image] = line.cell


def _check_time(found: Scan, line: _ScanLine, number: int) -> None:
    before, now = moment(found.time), moment(line.time)
    if line.action == SET_BACK:
        text = f"line {number} tells that the clock stood at {line.time[:19]} after {found.time[:19]}"
        found.notes.append(Problem(number, text))
    elif before is not None and now is not None and now < before:
        # Earlier versions wrote what the clock said, and two computers rarely agree to the second.
        if found.keyed_from or (before - now).total_seconds() > SKEW_S:
            text = f"line {number} has an earlier time ({line.time[:19]}) than the line before it ({found.time[:19]})"
            found.problems.append(Problem(number, f"{text}, and no line says that the clock was set back"))
    elif now is None and line.time:
        found.problems.append(Problem(number, f"line {number} has no time that can be read"))
    found.time = line.time or found.time


def _check_change(found: Scan, line: _ScanLine, change: _ScanChange, number: int) -> None:
    if not is_document(change.target):
        found.problems.append(
            Problem(number, f"line {number} names {change.target[:80]!r}, which is no file that a case has")
        )
        return
    new = change.target not in found.after
    if line.action in (ADOPTED, FOUND_MISSING) or (new and line.action in (TAKEN_OVER, MIGRATED)):
        if line.action == ADOPTED:
            text = f"line {number} takes over a change of {change.target} that was made outside KaryoView"
            found.problems.append(Problem(number, text))
    elif change.before != found.after.get(change.target, ""):
        text = f"{change.target} was changed outside KaryoView before line {number}, and no line says so"
        found.problems.append(Problem(number, text))
    found.after[change.target] = change.after
    if change.target in found.recent:
        found.recent.remove(change.target)
    found.recent = [*found.recent[-31:], change.target]
    closed = change.delta.set.locked.get("new") if change.target == CASE_FILE else None
    if not isinstance(closed, bool):
        return
    if line.action == FOUND_MISSING:
        found.signed.append(SignedLine(line.seq, line.prev, FOUND_MISSING, {"locked": closed}))
    elif closed != found.locked and line.action not in (AMENDED, ADOPTED) and not line.action.startswith(SIGNED):
        does = "closes" if closed else "opens"
        text = f"line {number} ({line.action}) {does} the case, which only an approval or an amendment does"
        found.problems.append(Problem(number, text))
    found.locked = closed


def _note_signature(found: Scan, line: _ScanLine) -> None:
    """Keep what lines of signatures say, and from which line on they need a key."""
    begins = line.action in (CREATED, BROUGHT_UP, FOUND_MISSING, TAKEN_OVER)
    if not (begins or line.action in (AMENDED, REPORT_MADE) or line.action.startswith(SIGNED)):
        return
    try:
        detail = msgspec.json.decode(line.detail, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError):
        return
    if begins:
        version = detail.get("record")
        if isinstance(version, int) and version >= RECORD_FORMAT and not found.keyed_from:
            found.keyed_from = line.seq
    else:
        kept = found.reports if line.action == REPORT_MADE else found.signed
        kept.append(SignedLine(line.seq, line.prev, line.action, detail, found.head_since, line.time))


def moment(text: str) -> datetime | None:
    """A time with its zone; None for a text that is none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def read_lines(path: Path, target: str = "") -> Iterator[AuditLine]:
    """The readable lines in order, only those that changed ``target`` where one is named. Raises OSError."""
    decoder = msgspec.json.Decoder(AuditLine)
    needle = compact(target).encode() if target else b""
    with os.fdopen(open_plain(path, os.O_RDONLY), "rb") as file:
        while raw := file.readline(MAX_LINE_BYTES + 1):
            if not raw.endswith(b"\n") or (needle and needle not in raw):
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
        self._time = found.time
        self._suspect = False

    @property
    def head(self) -> str:
        """Hash of the last line."""
        return self._head

    @property
    def last_seq(self) -> int:
        """Number of the last line; 0 for an empty record."""
        return self._seq

    @property
    def last_time(self) -> str:
        """Time of the last line."""
        return self._time

    def append(
        self,
        *,
        user: str,
        action: str,
        image: str = "",
        detail: Document | None = None,
        changes: list[Document] | None = None,
        cell: Document | None = None,
        seq: int = 0,
    ) -> int:
        """Write one line and flush it to disk; returns its number. Raises OSError or AuditError.

        A line about the clock goes before it where that was set back, unless ``seq`` is what :meth:`next_seq` gave.
        When it raises, the record is as it was (a part that reached the disk is cut off here or,
        where even that fails, before the next line).
        """
        time = self._time_of_next(user, clock_recorded=seq == self._seq + 1)
        members = {"image": image, "detail": detail, "changes": changes, "cell": cell}
        return self._append(time, user, action, members)

    def next_seq(self, user: str) -> int:
        """The number that the next line gets, for documents that name it; raises as :meth:`append`."""
        self._time_of_next(user)
        return self._seq + 1

    def _time_of_next(self, user: str, clock_recorded: bool = False) -> str:
        """The time of the next line, after one about a clock that was set back unless that was ``clock_recorded``."""
        time, last = utc_now(), moment(self._time)
        behind = (last - datetime.fromisoformat(time)).total_seconds() if last is not None else 0.0
        if behind > SKEW_S and not clock_recorded:
            self._append(time, user, SET_BACK, {"detail": {"last": self._time}})
        # Two computers rarely agree to the second, and times never run back.
        return self._time if behind > 0 and (clock_recorded or behind <= SKEW_S) else time

    def _append(self, time: str, user: str, action: str, members: Document) -> int:
        body: Document = {"seq": self._seq + 1, "time": time, "user": user, "action": action, "prev": self._head}
        body |= {key: value for key, value in members.items() if value}
        try:
            check_values(body)
            text = compact(body).encode()
        except UnicodeEncodeError as error:
            raise AuditError("A text holds characters that Unicode does not allow; type it again.") from error
        except ValueError as error:
            raise AuditError(f"This cannot be written into the record: {error}.") from error
        if len(text) + _TAIL_BYTES > MAX_LINE_BYTES:
            raise AuditError(f"This change has more than {MAX_LINE_BYTES >> 20} MB; make it in smaller steps.")
        digest = hashlib.sha256(text).hexdigest()
        self._write(text[:-1] + b',"hash":"' + digest.encode() + b'"}\n')
        self._head, self._seq, self._time = digest, self._seq + 1, time
        self._write_head()
        return self._seq

    def cut_torn_end(self) -> None:
        """Cut off what follows the last whole line. Raises OSError."""
        handle = open_plain(self.path, os.O_WRONLY)
        try:
            os.ftruncate(handle, self._size)
        finally:
            os.close(handle)

    def _write(self, line: bytes) -> None:
        # Opened anew for each line: a handle kept open would go on writing into a folder that is gone.
        handle = open_plain(self.path, os.O_WRONLY | (os.O_CREAT if self._seq == 0 else 0))
        try:
            size = os.fstat(handle).st_size
            if os.fstat(handle).st_nlink > 1:
                raise AuditError(f"{self.path} has another name elsewhere (a hard link); put a copy in its place.")
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
        # Not flushed: it may lag behind the record, never run ahead of it.
        temporary = self.path.parent / f"{TEMPORARY_PREFIX}{secrets.token_hex(6)}{TEMPORARY_SUFFIX}"
        try:
            handle = open_plain(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
            try:
                os.write(handle, f"{self._seq:012d} {self._head}\n".encode())
            finally:
                os.close(handle)
            replace_file(temporary, self.head_path)
        except OSError:
            with contextlib.suppress(OSError):
                temporary.unlink()


def read_head(path: Path) -> tuple[int, str] | None:
    """Number and hash in ``audit.head`` beside the record; None where it is absent or unreadable."""
    try:
        match = re.fullmatch(rb"(\d{12}) ([0-9a-f]{64})\n", read_plain(path.with_suffix(".head"), 200))
    except OSError:
        return None
    return (int(match[1]), match[2].decode()) if match else None

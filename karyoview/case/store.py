"""The JSON documents of a case on disk: journal first, then the file, and recovery after a crash.

Every write appends one line to the record (flushed to disk) that holds what changed, and then
replaces the file. A file that is behind the record is brought up to date from it, a damaged or lost
one is built anew from it; what was edited by other programs is kept and said.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from karyoview.case.audit import FOUND_CHANGED, AuditLine, AuditLog, read_lines, scan
from karyoview.case.delta import apply_delta, difference
from karyoview.core.clock import utc_now
from karyoview.core.errors import KaryoViewError
from karyoview.io.atomic import explain, write_atomic
from karyoview.io.documents import (
    MAX_BYTES,
    Document,
    DocumentError,
    dump_document,
    parse_document,
    sha256_bytes,
)

CASE_FILE: Final = "case.json"
SEQ: Final = "audit_seq"


class StoreError(KaryoViewError):
    """A case's files cannot be read or written."""


@dataclass(slots=True)
class _Known:
    """A document as the record has it; ``unsaved`` holds its bytes while the file could not be replaced yet."""

    document: Document | None
    sha256: str
    unsaved: bytes | None = None


class DocumentStore:
    """The documents below ``root``; thread-safe. ``writable`` False writes nothing at all."""

    def __init__(self, root: Path, *, writable: bool, user: str, guard: Callable[[], None] | None = None) -> None:
        self.root = root
        self.user = user
        self.writable = writable
        self.notices: list[str] = []
        self._guard = guard
        self._known: dict[str, _Known] = {}
        self._mutex = threading.RLock()
        path = root / "audit.jsonl"
        self.found = scan(path)
        self.audit = AuditLog(path, self.found)
        if self.found.problems:
            more = f" and {len(self.found.problems) - 1} more" if len(self.found.problems) > 1 else ""
            self.notices.append(
                f"The record {path} is damaged: {self.found.problems[0].text}{more}; run karyoview verify."
            )
        if self.found.torn:
            self._set_torn_aside()
        self._keep_evidence()
        for target in self.found.recent:
            self._recover_quietly(target)

    def path(self, target: str) -> Path:
        """Where a document lies."""
        return self.root / target

    @property
    def behind(self) -> tuple[str, ...]:
        """Documents whose file is older than the record because a write failed."""
        return tuple(target for target, known in self._known.items() if known.unsaved is not None)

    def load(self, target: str) -> Document | None:
        """The document, recovered from the record where its file is old, damaged or gone; None if there is none."""
        with self._mutex:
            return self._look_up(target).document

    def _look_up(self, target: str) -> _Known:
        known = self._known.get(target)
        if known is None:
            known = self._read(target)
            # Whoever only reads must see what the writer does meanwhile.
            if self.writable:
                self._known[target] = known
        return known

    def sha256(self, target: str) -> str:
        """SHA-256 of the document as recorded; empty where there is none."""
        with self._mutex:
            return self._look_up(target).sha256

    def commit(
        self,
        documents: Mapping[str, Document],
        *,
        action: str,
        image: str = "",
        detail: Document | None = None,
        cell: Document | None = None,
    ) -> int:
        """Record the change and replace the files; returns the number of the line.

        StoreError when the disk is full, gone or another program took the case. When the record was
        written and a file was not, the edit is safe and the file follows with the next successful write.
        """
        with self._mutex:
            self._check_writable()
            seq = self.audit.last_seq + 1
            changes: list[Document] = []
            after: dict[str, tuple[Document, bytes, str]] = {}
            for target, document in documents.items():
                old = _without_seq(self.load(target) or {})
                delta = difference(old, _without_seq(document))
                if not delta and self._known[target].document is not None:
                    continue
                new = {**document, SEQ: seq}
                data = dump_document(new)
                if len(data) > MAX_BYTES:
                    raise StoreError(
                        f"{self.path(target)} would grow beyond {MAX_BYTES >> 20} MB; remove marks or masks."
                    )
                after[target] = (new, data, sha256_bytes(data))
                change = {
                    "target": target,
                    "before": self._known[target].sha256,
                    "after": after[target][2],
                    "delta": delta,
                }
                changes.append(change)
            if self._only_a_retry(documents, after):
                self.flush()
                return self.audit.last_seq
            try:
                self.audit.append(user=self.user, action=action, image=image, detail=detail, changes=changes, cell=cell)
            except OSError as error:
                raise StoreError(f"Not saved: {explain(error, self.audit.path)}.") from error
            for target, (document, data, digest) in after.items():
                self._known[target] = _Known(document, digest, unsaved=data)
            self.flush()
            return seq

    def flush(self) -> None:
        """Bring files that are behind the record up to date; StoreError when that fails."""
        with self._mutex:
            for target, known in self._known.items():
                if known.unsaved is None:
                    continue
                try:
                    # The record is flushed and holds the same change, so the rename may reach the disk later.
                    write_atomic(self.path(target), known.unsaved, flush_name=False)
                except OSError as error:
                    raise StoreError(f"Recorded but not yet saved: {explain(error, self.path(target))}.") from error
                known.unsaved = None

    def _only_a_retry(self, documents: Mapping[str, Document], after: Mapping[str, object]) -> bool:
        return bool(documents) and not after and any(self._known[target].unsaved is not None for target in documents)

    def _check_writable(self) -> None:
        if not self.writable:
            raise StoreError(f"{self.root} is open for reading only; nothing was saved.")
        if self._guard is not None:
            self._guard()

    def _read(self, target: str) -> _Known:
        path = self.path(target)
        expected = self.found.after.get(target, "")
        try:
            with open(path, "rb") as file:
                data = file.read(MAX_BYTES + 1)
        except FileNotFoundError:
            if not expected:
                return _Known(None, "")
            return self._rebuild(target, None, "", "was missing")
        except OSError as error:
            raise StoreError(
                f"{path} cannot be read ({error.strerror or error}); check the disk and open the case again."
            ) from error
        digest = sha256_bytes(data)
        try:
            document = parse_document(data, path)
        except DocumentError as error:
            if not expected:
                raise
            return self._rebuild(target, None, digest, "was damaged", error)
        if digest == expected or not expected:
            return _Known(document, digest)
        return self._rebuild(target, document, digest, "was behind the record")

    def _rebuild(
        self, target: str, document: Document | None, digest: str, what: str, error: DocumentError | None = None
    ) -> _Known:
        """The document from the record, starting at the state that the file is in, or from nothing."""
        lines = list(read_lines(self.audit.path, target))
        start = _line_after(lines, target, digest) if document is not None else None
        if start == len(lines) and document is not None:
            # Another program has the case open and wrote on since this one read the record.
            return _Known(document, digest)
        if start is not None:
            rebuilt = _replay(document or {}, lines[start:], target)
        else:
            rebuilt = _replay({}, lines, target) if document is None else None
        if rebuilt is None:
            if document is not None:
                self.notices.append(f"{self.path(target)} was changed by another program; its present content is used.")
                return _Known(document, digest)
            raise error or StoreError(
                f"{self.path(target)} {what} and cannot be rebuilt from the record; restore a backup."
            )
        if error is not None:
            self._set_damaged_aside(target)
        data = dump_document(rebuilt)
        known = _Known(rebuilt, sha256_bytes(data))
        if self.writable:
            try:
                write_atomic(self.path(target), data)
            except OSError as problem:
                known.unsaved = data
                self.notices.append(
                    f"{self.path(target)} {what}; restored, not yet saved: {explain(problem, self.path(target))}."
                )
                return known
        self.notices.append(f"{self.path(target)} {what}; it was restored from the record.")
        return known

    def _recover_quietly(self, target: str) -> None:
        try:
            self.load(target)
        except KaryoViewError as error:
            self.notices.append(str(error))

    def _set_torn_aside(self) -> None:
        torn = self.found.torn
        if not self.writable:
            self.notices.append("The last line of the record was not finished; the edit in flight then is not there.")
            return
        name = f"audit.torn-{utc_now().replace(':', '').replace('.', '')}"
        try:
            write_atomic(self.root / name, torn)
            with open(self.audit.path, "r+b") as file:
                file.truncate(self.found.size)
            self.audit.append(
                user=self.user, action="torn line set aside", detail={"file": name, "sha256": sha256_bytes(torn)}
            )
        except OSError as error:
            raise StoreError(f"The case was not opened: {explain(error, self.audit.path)}.") from error
        self.notices.append(
            f"The last line of the record was not finished when the program ended; it was set aside as {name}."
        )

    def _keep_evidence(self) -> None:
        """Say what ``audit.head`` tells, and write it into the record before the next line overwrites it."""
        problem = self.found.head_problem
        if problem:
            self.notices.append(f"The record {self.audit.path} is damaged: {problem}; run karyoview verify.")
        if not self.writable or self.found.stored_head_seen or not (self.found.lines or problem):
            return
        action = FOUND_CHANGED if problem else "head of the record was missing"
        seq, digest = self.found.stored_head or (0, "")
        try:
            self.audit.append(user=self.user, action=action, detail={"expected_seq": seq, "expected_hash": digest})
        except OSError as error:
            raise StoreError(f"The case was not opened: {explain(error, self.audit.path)}.") from error

    def _set_damaged_aside(self, target: str) -> None:
        if self.writable:
            with contextlib.suppress(OSError):
                stamp = utc_now().replace(":", "").replace(".", "")
                write_atomic(self.root / f"damaged-{stamp}-{Path(target).name}"[:200], self.path(target).read_bytes())


def _line_after(lines: list[AuditLine], target: str, digest: str) -> int | None:
    """Index of the first line that a file with this digest has not seen; None when no line knows it."""
    for index in range(len(lines) - 1, -1, -1):
        for change in lines[index].changes:
            if change.target == target and change.after == digest:
                return index + 1
            if change.target == target and change.before == digest:
                return index
    return None


def _replay(document: Document, lines: list[AuditLine], target: str) -> Document | None:
    """The document after these lines; None when a line does not lead to the state that it says."""
    for line in lines:
        for change in line.changes:
            if change.target != target:
                continue
            try:
                document = {**apply_delta(document, change.delta), SEQ: line.seq}
                if sha256_bytes(dump_document(document)) != change.after:
                    return None
            except DocumentError:
                return None
    return document


def _without_seq(document: Document) -> Document:
    return {key: value for key, value in document.items() if key != SEQ}

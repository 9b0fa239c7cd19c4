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

from karyoview.case.audit import (
    ADOPTED,
    AMENDED,
    BROUGHT_UP,
    FOUND_CHANGED,
    FOUND_MISSING,
    RECORD_FORMAT,
    REFUSED,
    SIGNED,
    TAKEN_OVER,
    AuditLine,
    AuditLog,
    SignedLine,
    read_lines,
    scan,
)
from karyoview.case.delta import apply_delta, difference
from karyoview.case.migrate import migrate_annotation, migrate_case, needs_migration
from karyoview.case.replay import SEQ
from karyoview.case.schema import ANNOTATIONS, CASE_FILE, read_cells, read_settings
from karyoview.core.checked_json import MAX_BYTES
from karyoview.core.clock import utc_now
from karyoview.core.errors import KaryoViewError
from karyoview.core.plain_files import NotPlainError
from karyoview.io.annotation_json import annotation_from_document
from karyoview.io.atomic import explain
from karyoview.io.documents import Document, DocumentError, dump_document, parse_document, sha256_bytes
from karyoview.io.own_folder import OwnFolder

_BATCH_BYTES: Final = 8 << 20


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
        self.folder = OwnFolder(root)
        self.user = user
        self.writable = writable
        self.notices: list[str] = []
        self._guard = guard
        self._known: dict[str, _Known] = {}
        self._mutex = threading.RLock()
        path = root / "audit.jsonl"
        if writable:
            self._clear_the_way()
        self.found = scan(path)
        self.audit = AuditLog(path, self.found)
        self.signed: list[SignedLine] = list(self.found.signed)
        if self.found.problems:
            more = f" and {len(self.found.problems) - 1} more" if len(self.found.problems) > 1 else ""
            self.notices.append(
                f"The record {path} is damaged: {self.found.problems[0].text}{more}; run karyoview verify."
            )
        if self.found.torn:
            self._set_torn_aside()
        self._keep_evidence()
        if not self.found.lines and writable:
            self._begin_record()
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
        whole: bool = False,
    ) -> int:
        """Record the change and replace the files; returns the number of the line.

        ``whole`` writes the documents into the record as a whole, not as what changed.

        StoreError when the disk is full, gone or another program took the case. When the record was
        written and a file was not, the edit is safe and the file follows with the next successful write.
        """
        with self._mutex:
            self._check_writable()
            self.bring_record_up()
            seq = self._next_seq()
            changes: list[Document] = []
            after: dict[str, tuple[Document, bytes, str]] = {}
            for target, document in documents.items():
                old = {} if whole else _without_seq(self.load(target) or {})
                if whole:
                    self.load(target)
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
                    "before": "" if whole else self._known[target].sha256,
                    "after": after[target][2],
                    "delta": delta,
                }
                changes.append(change)
            if self._only_a_retry(documents, after):
                self.flush()
                return self.audit.last_seq
            head = self.audit.head
            try:
                self.audit.append(
                    user=self.user, action=action, image=image, detail=detail, changes=changes, cell=cell, seq=seq
                )
            except OSError as error:
                raise StoreError(f"Not saved: {explain(error, self.audit.path)}.") from error
            for target, (document, data, digest) in after.items():
                self._known[target] = _Known(document, digest, unsaved=data)
            if "record" in (detail or {}):
                self.found.keyed_from = self.found.keyed_from or seq
            if action == AMENDED or action.startswith(SIGNED):
                self.signed.append(SignedLine(seq, head, action, dict(detail or {}), head, self.audit.last_time))
            self.flush()
            return seq

    def _next_seq(self) -> int:
        try:
            return self.audit.next_seq(self.user)
        except OSError as error:
            raise StoreError(f"Not saved: {explain(error, self.audit.path)}.") from error

    def flush(self) -> None:
        """Bring files that are behind the record up to date; StoreError when that fails."""
        with self._mutex:
            for target, known in self._known.items():
                if known.unsaved is None:
                    continue
                try:
                    # The record is flushed and holds the same change, so the rename may reach the disk later.
                    self.folder.write(target, known.unsaved, flush_name=False)
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
            data = self.folder.read(target, MAX_BYTES)
        except FileNotFoundError:
            if not expected:
                return _Known(None, "")
            return self._rebuild(target, None, "was missing")
        except NotPlainError as error:
            if not expected:
                raise StoreError(f"{explain(error, path)}.") from error
            return self._rebuild(target, None, "was a link or a pipe")
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
            return self._rebuild(target, None, "was damaged", error, data)
        if digest == expected:
            return _Known(document, digest)
        if not expected and (not self.found.lines or needs_migration(document)):
            return _Known(document, digest)
        return self._bring_up(target, document, data)

    def _bring_up(self, target: str, document: Document, data: bytes) -> _Known:
        """A document that is not as the record has it last: older, written meanwhile, or changed from outside."""
        digest = sha256_bytes(data)
        lines = list(read_lines(self.audit.path, target))
        start = _line_after(lines, target, digest)
        if lines and start == len(lines):
            # Another program has the case open and wrote on since this one read the record.
            return _Known(document, digest)
        recorded = _replay({}, lines, target) if lines else None
        rebuilt = _replay(document, lines[start:], target) or recorded if start is not None else None
        if rebuilt is not None:
            return self._restored(target, rebuilt, "was behind the record")
        return self._take_outside_change(target, document, data, recorded)

    def _rebuild(
        self, target: str, recorded: Document | None, what: str, error: DocumentError | None = None, data: bytes = b""
    ) -> _Known:
        """The document from the record alone."""
        recorded = recorded or _replay({}, list(read_lines(self.audit.path, target)), target)
        if recorded is None:
            raise error or StoreError(
                f"{self.path(target)} {what} and cannot be rebuilt from the record; restore a backup."
            )
        if error is not None:
            self._set_aside("damaged", target, data)
        return self._restored(target, recorded, what)

    def _restored(self, target: str, document: Document, what: str) -> _Known:
        data = dump_document(document)
        known = _Known(document, sha256_bytes(data))
        if self.writable:
            try:
                self.folder.write(target, data)
            except OSError as problem:
                known.unsaved = data
                self.notices.append(
                    f"{self.path(target)} {what}; restored, not yet saved: {explain(problem, self.path(target))}."
                )
                return known
        self.notices.append(f"{self.path(target)} {what}; it was restored from the record.")
        return known

    def _take_outside_change(self, target: str, document: Document, data: bytes, recorded: Document | None) -> _Known:
        """What another program or a person wrote into a file: recorded as that before it is used.

        Signatures and the lock are what the record says, whatever the file does.
        """
        self._check_content(target, document)
        if target == CASE_FILE:
            known = recorded or {}
            rows = [line.row for line in self.found.signed if line.action.startswith(SIGNED)]
            own = {"signatures": known.get("signatures", rows), "locked": known.get("locked", self.found.locked)}
            changed = sorted(key for key, value in own.items() if document.get(key, type(value)()) != value)
            if changed:
                self._refuse_outside(target, changed, data)
                self.notices.append(
                    f"{self.path(target)}: {' and '.join(changed)} written from outside do not count; "
                    "the record's are used."
                )
            document = {**document, **own}
        if recorded is not None and not difference(_without_seq(recorded), _without_seq(document)):
            return self._restored(target, recorded, "was written anew by another program")
        self.notices.append(f"{self.path(target)} was changed by another program; its present content is used.")
        if not self.writable:
            return _Known(document, sha256_bytes(data))
        self._check_writable()
        self._set_aside("outside", target, data)
        new = {**document, SEQ: self._next_seq()}
        change = _change(target, new, recorded, self.found.after.get(target, ""))
        try:
            detail = {"found": sha256_bytes(data)}
            self.audit.append(user=self.user, action=ADOPTED, detail=detail, changes=[change], seq=new[SEQ])
            self.folder.write(target, dump_document(new))
        except OSError as error:
            raise StoreError(f"The case was not opened: {explain(error, self.path(target))}.") from error
        return _Known(new, change["after"])

    def _refuse_outside(self, target: str, members: list[str], data: bytes) -> None:
        """A line that says what was written from outside and not taken over."""
        if not self.writable:
            return
        self._set_aside("outside", target, data)
        detail = {"file": target, "members": members, "found": sha256_bytes(data)}
        try:
            self.audit.append(user=self.user, action=REFUSED, detail=detail)
        except OSError as error:
            raise StoreError(f"The case was not opened: {explain(error, self.audit.path)}.") from error

    def _check_content(self, target: str, document: Document) -> None:
        """DocumentError for what is no document of that kind, so that damage is never recorded as good."""
        name = str(self.path(target))
        if target == CASE_FILE:
            document = migrate_case(document, name)
            read_settings(document, name)
            read_cells(document, name, self.root.parent)
        else:
            annotation_from_document(migrate_annotation(document, name), name)

    def _begin_record(self) -> None:
        """Files without a record: what they hold is the first line, and where there was a record, that it is gone."""
        targets = [CASE_FILE, *(f"{ANNOTATIONS}/{n}" for n in self.folder.names(ANNOTATIONS) if n.endswith(".json"))]
        present: dict[str, Document] = {}
        digests: dict[str, str] = {}
        for target in targets:
            try:
                data = self.folder.read(target, MAX_BYTES)
                document = parse_document(data, self.path(target))
                if needs_migration(document):
                    return  # from before there were records; each file comes into it as it is brought up to date
                self._check_content(target, document)
                present[target], digests[target] = document, sha256_bytes(data)
            except FileNotFoundError:
                continue
            except (OSError, DocumentError):
                if target == CASE_FILE:
                    return  # the case does not open, and nothing of it is changed
        if not present or CASE_FILE not in present:
            return
        lost = self.audit.last_seq > 0 or any(d.get(SEQ, 0) for d in present.values())
        action = FOUND_MISSING if lost else TAKEN_OVER
        if lost:
            self.notices.append(
                f"The record {self.audit.path} of this case is missing: nothing says who did what before now. "
                "A new one begins, which says so for ever; restore a backup if there is one."
            )
        self._write_whole(present, digests, action)

    def _write_whole(self, present: Mapping[str, Document], digests: Mapping[str, str], action: str) -> None:
        detail: Document = {"record": RECORD_FORMAT, "documents": len(present), "found": dict(digests)}
        changes: list[Document] = []
        written: dict[str, bytes] = {}
        size = 0
        for target, document in present.items():
            if target == CASE_FILE and action == TAKEN_OVER:
                document = {**document, "signatures": [], "locked": False}
            new = {**document, SEQ: self._next_seq()}
            written[target] = dump_document(new)
            changes.append(_change(target, new, None, ""))
            size += len(written[target])
            if size > _BATCH_BYTES or target == list(present)[-1]:
                try:
                    self.audit.append(user=self.user, action=action, detail=detail, changes=changes, seq=new[SEQ])
                    for name, data in written.items():
                        self.folder.write(name, data)
                except OSError as error:
                    raise StoreError(f"The case was not opened: {explain(error, self.audit.path)}.") from error
                changes, written, size = [], {}, 0
        again = scan(self.audit.path)
        self.found.after, self.found.locked, self.found.keyed_from = again.after, again.locked, again.keyed_from
        self.found.lines = again.lines
        self.signed = list(again.signed)

    def bring_record_up(self) -> None:
        """A record of an earlier version says once from which line on signatures need a key. Raises StoreError."""
        if self.found.keyed_from or not self.audit.last_seq:
            return
        rows = [line for line in self.signed if line.action.startswith(SIGNED)]
        try:
            self.found.keyed_from = self.audit.append(
                user=self.user, action=BROUGHT_UP, detail={"record": RECORD_FORMAT, "signatures": len(rows)}
            )
        except OSError as error:
            raise StoreError(f"Not saved: {explain(error, self.audit.path)}.") from error

    def _clear_the_way(self) -> None:
        """Links and pipes in the place of files that can be made again are taken away; the record's stop all."""
        try:
            if self.folder.exists("audit.head") and not self.folder.is_file("audit.head"):
                self.folder.remove("audit.head")
                self.notices.append(f"{self.root / 'audit.head'} was a link or a pipe; it was taken away.")
            for name in ("audit.jsonl", "audit.head"):
                self.folder.unshare(name)
        except OSError as error:
            raise StoreError(f"The case was not opened: {explain(error, self.root)}.") from error

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
            self.folder.write(name, torn)
            self.audit.cut_torn_end()
            detail = {"file": name, "sha256": sha256_bytes(torn)}
            self.audit.append(user=self.user, action="torn line set aside", detail=detail)
            if any(problem.line > self.found.lines for problem in self.found.problems):
                self.audit.append(user=self.user, action=FOUND_CHANGED, detail={"file": name})
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

    def _set_aside(self, why: str, target: str, data: bytes) -> None:
        """Keep what was found, for a person to look at."""
        if self.writable:
            with contextlib.suppress(OSError):
                stamp = utc_now().replace(":", "").replace(".", "")
                self.folder.write(f"{why}-{stamp}-{Path(target).name}"[:200], data)


def _change(target: str, new: Document, recorded: Document | None, before: str) -> Document:
    """The member of a line about a file that was taken over, from what the record has or from nothing."""
    return {
        "target": target,
        "before": before if recorded is not None else "",
        "after": sha256_bytes(dump_document(new)),
        "delta": difference(_without_seq(recorded or {}), _without_seq(new)),
    }


def _line_after(lines: list[AuditLine], target: str, digest: str) -> int | None:
    """Index of the first line that a file with this digest has not seen; None when no line knows it."""
    for index in range(len(lines) - 1, -1, -1):
        if found_state(lines[index], target) == digest:
            return index
        for change in lines[index].changes:
            if change.target == target and change.after == digest:
                return index + 1
            if change.target == target and change.before == digest:
                return index
    return None


def found_state(line: AuditLine, target: str) -> str:
    """SHA-256 of a file as a line that took it over found it; empty for other lines."""
    found = line.detail.get("found")
    if isinstance(found, dict):
        found = found.get(target)
    changed = any(change.target == target for change in line.changes)
    return found if changed and isinstance(found, str) else ""


def _replay(document: Document, lines: list[AuditLine], target: str) -> Document | None:
    """The document after these lines; None when a line does not lead to the state that it says."""
    for line in lines:
        for change in line.changes:
            if change.target != target:
                continue
            try:
                # A file that was taken over stands in its line as a whole.
                document = {**apply_delta(document if change.before else {}, change.delta), SEQ: line.seq}
                if sha256_bytes(dump_document(document)) != change.after:
                    return None
            except DocumentError:
                return None
    return document


def _without_seq(document: Document) -> Document:
    return {key: value for key, value in document.items() if key != SEQ}

"""Two copies of one case: edits made in the workspace while the folder could not be written, brought back.

Where the folder's record did not go on meanwhile, the lines of the copy follow it as they are. Where both went
on, both are shown side by side, and a person says for each file which one is to stand; nothing is dropped, for the
lines of the copy are kept beside the record.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from karyoview.case.audit import AuditLine, read_lines, scan
from karyoview.case.location import STORE_NAME, workspace_store
from karyoview.case.lock import CaseLock
from karyoview.case.schema import ANNOTATIONS, CASE_FILE
from karyoview.case.state import CaseError
from karyoview.core.checked_json import MAX_BYTES
from karyoview.core.clock import utc_now
from karyoview.io.atomic import explain
from karyoview.io.documents import Document, DocumentError, parse_document
from karyoview.io.own_folder import OwnFolder, open_plain

RECORD: Final = "audit.jsonl"
SETTINGS: Final = (
    "protocol", "karyotype", "notes", "details", "training_consent", "sex_withheld", "blind_second_count",
)  # fmt: skip
"""What of case.json a person decides; the rest follows from the cells."""
_MOST: Final = 1 << 31


@dataclass(frozen=True, slots=True)
class ForkSide:
    """What one copy has of a file: its last line, who wrote it and when, and for a cell its count and revision."""

    seq: int = 0
    user: str = ""
    time: str = ""
    action: str = ""
    count: int | None = None
    revision: int | None = None


@dataclass(frozen=True, slots=True)
class Fork:
    """A case and its copy in the workspace after their last common line.

    ``here`` and ``there`` count the lines of the folder and of the copy beyond it; ``files`` has both sides of each
    file that the copy changed.
    """

    folder: Path
    copy: Path
    common: int
    here: int
    there: int
    files: dict[str, tuple[ForkSide, ForkSide]] = field(default_factory=dict)

    @property
    def follows(self) -> bool:
        """Whether the folder did not go on, so that the copy's lines simply follow."""
        return self.there > 0 and self.here == 0


def find_fork(folder: Path) -> Fork | None:
    """What the workspace has of this folder that the folder itself has not; None where there is nothing. OSError."""
    folder = Path(os.path.abspath(folder))
    copy, usual = workspace_store(folder), folder / STORE_NAME
    if not (copy / RECORD).is_file() or not (usual / RECORD).is_file():
        return None
    try:
        return _compared(folder, copy, usual)
    except FileNotFoundError:
        if (copy / RECORD).is_file():
            raise
        return None  # another window joined them meanwhile, and the copy went


def _compared(folder: Path, copy: Path, usual: Path) -> Fork | None:
    own, other = scan(usual / RECORD, keep_hashes=True), scan(copy / RECORD, keep_hashes=True)
    common = max((number for digest, number in other.hashes.items() if own.hashes.get(digest) == number), default=0)
    there = [line for line in read_lines(copy / RECORD) if line.seq > common]
    if not there:
        return None
    here = [line for line in read_lines(usual / RECORD) if line.seq > common]
    targets = dict.fromkeys(change.target for line in there for change in line.changes if change.target in other.after)
    if targets.pop(CASE_FILE, "") is None and _settings(OwnFolder(usual)) != _settings(OwnFolder(copy)):
        targets[CASE_FILE] = None
    files = {t: (_side(here, t, OwnFolder(usual)), _side(there, t, OwnFolder(copy))) for t in targets}
    return Fork(folder, copy, common, len(here), len(there), files)


def bring_back(fork: Fork, user: str = "") -> str:
    """Let the copy's lines follow the folder's record; returns a sentence. Raises CaseError."""
    if not fork.follows:
        raise CaseError(f"{fork.folder} went on since the copy was made; say which edits are to stand.")
    store = fork.folder / STORE_NAME
    lock, other = CaseLock.acquire(store / "lock.json", user)
    if lock is None:
        raise CaseError(f"{other.sentence() if other else 'Somebody has the case open'}; try again later.")
    try:
        # Looked at again under the lock; then the files follow from the record, as after a crash.
        now = find_fork(fork.folder)
        if now is None or not now.follows:
            raise CaseError(f"{fork.folder} went on meanwhile; look at the edits again.")
        handle = open_plain(store / RECORD, os.O_WRONLY | os.O_APPEND)
        with os.fdopen(handle, "ab") as sink, open(fork.copy / RECORD, "rb") as source:
            sink.write(b"".join(line for number, line in enumerate(source, 1) if number > fork.common))
            sink.flush()
            os.fsync(sink.fileno())
        _copy_rest(OwnFolder(fork.copy), OwnFolder(store))
    except OSError as error:
        raise CaseError(f"The edits were not brought back: {explain(error, store)}.") from error
    finally:
        lock.release()
    put_away(fork)
    return f"{fork.there} edits that were made while {fork.folder} could not be written are in it now."


def _copy_rest(source: OwnFolder, target: OwnFolder) -> None:
    """The files that the record does not hold: the head, the keys, and reports and proposals that are new."""
    for name in ("audit.head", "keys.json"):
        if source.is_file(name):
            target.write(name, source.read(name, _MOST))
    for part in ("reports", "proposals"):
        names = source.names(part)
        if names:
            target.make_part(part)
        for name in names:
            if not target.exists(f"{part}/{name}"):
                target.write(f"{part}/{name}", source.read(f"{part}/{name}", _MOST))


def _settings(folder: OwnFolder) -> Document:
    """The settings in a copy's case.json; none where it cannot be read."""
    try:
        document = parse_document(folder.read(CASE_FILE, MAX_BYTES), folder.root / CASE_FILE)
    except (OSError, DocumentError):
        return {}
    return {key: document[key] for key in SETTINGS if key in document}


def _side(lines: list[AuditLine], target: str, folder: OwnFolder) -> ForkSide:
    changed = [line for line in lines if any(change.target == target for change in line.changes)]
    if not changed:
        return ForkSide()
    last = changed[-1]
    count = last.cell.get("count")
    revision = None
    if target.startswith(ANNOTATIONS):
        try:
            revision = parse_document(folder.read(target, MAX_BYTES), folder.root / target).get("revision")
        except (OSError, DocumentError):
            revision = None
    plain = count if isinstance(count, int) else None
    return ForkSide(last.seq, last.user, last.time, last.action, plain, revision if isinstance(revision, int) else None)


def put_away(fork: Fork) -> None:
    """Keep the copy under another name: it is no longer the one that is worked on. Raises CaseError."""
    stamp = utc_now().replace(":", "").replace(".", "")
    try:
        os.replace(fork.copy, fork.copy.with_name(f"{fork.copy.name}.joined-{stamp}"))
    except OSError as error:
        raise CaseError(f"The edits are joined, but their copy is still there: {explain(error, fork.copy)}.") from error

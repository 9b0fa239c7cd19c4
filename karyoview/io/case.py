"""The case folder: a folder of images and, below ``karyoview/`` in it, everything that people did with them.

The folder is the truth; nothing else is needed to open the case in twenty years. Originals are only
ever read. Each edit is one flushed line of the record and one file replaced as a whole.
"""

from __future__ import annotations

import contextlib
import functools
import getpass
import os
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar, cast

import karyoview
from karyoview.core.annotation import ImageAnnotation, ReviewState
from karyoview.core.detection import Detections
from karyoview.core.errors import KaryoViewError
from karyoview.core.image import MetaphaseImage
from karyoview.io.annotation_json import annotation_from_document, annotation_to_document
from karyoview.io.atomic import explain, remove_leftovers
from karyoview.io.audit import utc_now
from karyoview.io.case_listing import FolderListing, list_folder, new_rows
from karyoview.io.case_migrate import migrate_annotation, migrate_case, needs_migration
from karyoview.io.case_schema import (
    EDITABLE_CELL_MEMBERS,
    EDITABLE_SETTINGS,
    CaseSettings,
    CellRecord,
    Signature,
    check_file_name,
    new_case_document,
    read_cells,
    read_settings,
    signature_row,
)
from karyoview.io.documents import Document, DocumentError, compact, sha256_bytes
from karyoview.io.lock import CaseLock
from karyoview.io.proposals import read_proposals, write_proposals
from karyoview.io.store import CASE_FILE, DocumentStore, StoreError
from karyoview.io.workspace import STORE_NAME, find_store, prepare_store


class CaseError(KaryoViewError):
    """A case cannot be opened, read or saved."""


_Method = TypeVar("_Method", bound=Callable[..., Any])


def _one_at_a_time(method: _Method) -> _Method:
    """Serialise methods that read the case's state, change it and write it."""

    @functools.wraps(method)
    def guarded(self: Case, *args: Any, **kwargs: Any) -> Any:
        with self._mutex:
            return method(self, *args, **kwargs)

    return cast(_Method, guarded)


@dataclass(frozen=True, slots=True)
class OriginalCheck:
    """One original compared with its recorded SHA-256; ``problem`` is empty when it is unchanged or new."""

    image: str
    problem: str = ""


class Case:
    """An open case; use :meth:`open`, and close it (or use it in a ``with`` statement).

    ``folder`` holds the images, ``store`` KaryoView's files. ``read_only_reason`` says why nothing can be
    saved, ``notices`` what a person should know about the opening (files set aside, images missing,
    the store being elsewhere). Methods may be called from several threads.
    """

    def __init__(self, folder: Path, documents: DocumentStore, lock: CaseLock | None, read_only_reason: str) -> None:
        self.folder = folder
        self.store = documents.root
        self.read_only_reason = read_only_reason
        self._documents = documents
        self._lock = lock
        self._mutex = threading.RLock()
        self._closed = False
        self._view_only = False
        self._dirty: set[str] = set()
        self._notices: list[str] = []
        self._cells: tuple[CellRecord, ...] = ()
        self._listing = FolderListing(folder, {})
        self._document: Document = {}
        self._settings = CaseSettings(id="")

    @classmethod
    def open(cls, folder: Path, *, read_only: bool = False, user: str = "") -> Case:
        """Open a folder of images as a case; the first opening makes its files.

        ``read_only`` promises to write nothing, not even a lock. Otherwise a case that another program
        has open comes back read-only with the reason, and a folder that cannot be written keeps its
        files in the user's workspace, with a notice. Raises CaseError.
        """
        folder = Path(os.path.abspath(folder))
        if not folder.exists():
            raise CaseError(f"{folder} does not exist; check the name or reconnect the disk.")
        if not folder.is_dir():
            raise CaseError(f"{folder} is a file; open the folder that holds it.")
        if folder.name == STORE_NAME and (folder / CASE_FILE).is_file():
            folder = folder.parent
        try:
            return cls._open(folder, read_only, user or _login_name())
        except OSError as error:
            raise CaseError(f"{folder} was not opened: {explain(error, Path(error.filename or folder))}.") from error
        except (DocumentError, StoreError) as error:
            raise CaseError(str(error)) from error

    @classmethod
    def _open(cls, folder: Path, read_only: bool, user: str) -> Case:
        _refuse_links(folder)
        place = find_store(folder) if read_only else prepare_store(folder)
        lock: CaseLock | None = None
        reason = "The case was opened for reading only." if read_only else ""
        notices = [place.notice] if place.notice else []
        if not read_only:
            lock, other = CaseLock.acquire(place.store / "lock.json", user)
            if lock is None and other is not None:
                reason = f"{other.sentence()}; it is shown for reading only."
            elif other is not None:
                who = other.user or "somebody"
                notices.append(f"The case was still marked as open by {who} on {other.host}; it was taken over.")
        try:
            if lock is not None:
                for part in (place.store, place.store / "annotations"):
                    remove_leftovers(part)
                # Batch workers may be writing proposals at this moment.
                remove_leftovers(place.store / "proposals", older_than_s=3600.0)
            guard = _lock_guard(lock) if lock is not None else None
            documents = DocumentStore(place.store, writable=lock is not None, user=user, guard=guard)
            case = cls(folder, documents, lock, reason)
            case._view_only = read_only
            case._notices = notices
            case._load_case_file()
        except BaseException:
            if lock is not None:
                lock.release()
            raise
        return case

    @property
    def read_only(self) -> bool:
        """Whether edits are refused; ``read_only_reason`` says why."""
        return bool(self.read_only_reason)

    @property
    def settings(self) -> CaseSettings:
        """The settings of the case, as in case.json."""
        return self._settings

    @property
    def cells(self) -> tuple[CellRecord, ...]:
        """The cells in order, those whose original is missing included."""
        return self._cells

    @property
    def notices(self) -> tuple[str, ...]:
        """Sentences for the user about the opening and later recoveries."""
        return (*self._notices, *self._documents.notices)

    @property
    def dirty(self) -> frozenset[str]:
        """Images (and case.json) whose last save failed."""
        return frozenset(self._dirty)

    @property
    def chain_head(self) -> str:
        """Hash of the record's last line, as printed on reports."""
        return self._documents.audit.head

    def cell(self, image: str) -> CellRecord:
        """The cell of that name; CaseError when there is none."""
        for item in self._cells:
            if item.image == image:
                return item
        raise CaseError(f"{self.folder} has no image {image!r}.")

    def annotation(self, image: str) -> ImageAnnotation:
        """What is known about an image; an empty new one where nothing was saved. Raises CaseError."""
        target = annotation_target(image)
        try:
            document = self._documents.load(target)
            if document is None:
                known = next((c.sha256 for c in self._cells if c.image == image), "")
                return ImageAnnotation(image, image_sha256=known)
            path = str(self.store / target)
            annotation = annotation_from_document(migrate_annotation(document, path), path)
        except (DocumentError, StoreError) as error:
            raise CaseError(str(error)) from error
        if annotation.image != image:
            raise CaseError(
                f"{self.store / target} is about {annotation.image!r}, not {image!r}; restore it from a backup."
            )
        return annotation

    @_one_at_a_time
    def save_annotation(
        self, annotation: ImageAnnotation, action: str, detail: Mapping[str, Any] | None = None
    ) -> None:
        """Save one edit: a flushed line of the record with old and new values, then the file.

        ``action`` says in a few words what was done. When this returns the edit survives any crash.
        When it raises CaseError the old file is whole and the image counts as dirty; saving it again
        is safe. A locked (signed) case refuses until it is amended.
        """
        self._check_unlocked()
        image = annotation.image
        documents = {annotation_target(image): annotation_to_document(annotation)}
        index = next((i for i, c in enumerate(self._cells) if c.image == image), None)
        if index is None:
            raise CaseError(f"{self.folder} has no image {image!r}, so its annotation was not saved.")
        cell = self._cells[index]
        if (cell.state, cell.reason) != (annotation.state, annotation.reason):
            documents[CASE_FILE] = self._case_document_with(
                image, {"state": str(annotation.state), "reason": annotation.reason}
            )
        summary = {"state": str(annotation.state), "reason": annotation.reason, "count": annotation.total()}
        self._commit(documents, image, action=action, image=image, detail=detail, cell=summary)
        changed = replace(cell, state=annotation.state, reason=annotation.reason, count=annotation.total())
        self._cells = tuple(changed if c.image == image else c for c in self._cells)

    def read_image(self, image: str) -> MetaphaseImage:
        """Decode an original, record its SHA-256 the first time, and note when it is another one now.

        Raises ImageError for a file that cannot be read, CaseError for a missing one.
        """
        from karyoview.io.images import read_image

        cell = self.cell(image)
        if not cell.path.is_file():
            raise CaseError(f"{cell.path} is no longer in the folder; its annotations are kept.")
        loaded = read_image(cell.path, page=cell.page)
        problem = self._note_sha256(cell.file, loaded.sha256)
        loaded = replace(loaded, name=image, um_per_pixel=cell.um_per_pixel or loaded.um_per_pixel)
        return replace(loaded, notes=(*loaded.notes, problem)) if problem else loaded

    def check_originals(self, stop: Callable[[], bool] = lambda: False) -> Iterator[OriginalCheck]:
        """Compare every original with its recorded SHA-256, recording new ones; for a background job.

        Yields one result an image; ends early when ``stop()`` is true.
        """
        from karyoview.io.images import sha256_of

        digests: dict[str, str] = {}
        fresh: dict[str, str] = {}
        try:
            for cell in self._cells:
                if stop():
                    return
                try:
                    if cell.file not in digests:
                        digests[cell.file] = sha256_of(cell.path)
                except (OSError, KaryoViewError) as error:
                    yield OriginalCheck(cell.image, f"{cell.file} cannot be compared with the original: {error}")
                    continue
                if not cell.sha256:
                    fresh[cell.file] = digests[cell.file]
                yield OriginalCheck(cell.image, _changed_sentence(cell, digests[cell.file]))
        finally:
            self._record_sha256(fresh)

    def save_proposals(self, detections: Detections) -> None:
        """Keep what an engine said about an image. Allowed while somebody else reviews the case. Raises CaseError."""
        if self._view_only:
            raise CaseError(f"{self.read_only_reason} The proposals were not saved.")
        try:
            write_proposals(self.store, detections)
        except OSError as error:
            raise CaseError(f"The proposals were not saved: {explain(error, self.store / 'proposals')}.") from error
        except DocumentError as error:
            raise CaseError(str(error)) from error

    def proposals(self, image: str, engine: str) -> Detections | None:
        """What an engine said about an image; None when it was not asked yet. Raises CaseError."""
        try:
            return read_proposals(self.store, image, engine)
        except OSError as error:
            raise CaseError(f"The proposals for {image} cannot be read ({error}); run the engine again.") from error
        except DocumentError as error:
            raise CaseError(str(error)) from error

    @_one_at_a_time
    def update_settings(self, action: str = "case settings", /, **changes: Any) -> CaseSettings:
        """Change members of :class:`CaseSettings`, recorded with old and new values. Raises CaseError."""
        self._check_unlocked()
        unknown = sorted(set(changes) - EDITABLE_SETTINGS)
        if unknown:
            raise CaseError(f"A case has no setting {unknown[0]!r} that can be changed.")
        plain = {key: dict(value) if isinstance(value, Mapping) else value for key, value in changes.items()}
        self._save_case({**self._case_document(), **plain}, action, dict(plain))
        return self._settings

    @_one_at_a_time
    def update_cell(self, image: str, action: str = "cell", /, **changes: Any) -> CellRecord:
        """Change members of a cell (slide, culture, stage, um_per_pixel, counted, …). Raises CaseError.

        ``state`` and ``reason`` belong to the annotation and are saved there as its next revision.
        """
        self._check_unlocked()
        unknown = sorted(set(changes) - EDITABLE_CELL_MEMBERS)
        if unknown:
            raise CaseError(f"A cell has no value {unknown[0]!r} that can be changed.")
        self.cell(image)
        own = {key: changes.pop(key) for key in ("state", "reason") if key in changes}
        if own:
            old = self.annotation(image)
            state = ReviewState(own.get("state", old.state))
            reason = str(own.get("reason", old.reason if state is ReviewState.SET_ASIDE else ""))
            self.save_annotation(replace(old, state=state, reason=reason, revision=old.revision + 1), action)
        if changes:
            plain = {key: list(value) if isinstance(value, tuple) else value for key, value in changes.items()}
            self._save_case(self._case_document_with(image, plain), action, plain, image)
        return self.cell(image)

    @_one_at_a_time
    def reorder_cells(self, images: list[str], action: str = "order of cells") -> None:
        """Put the cells in another order; every image must be named once. Raises CaseError."""
        self._check_unlocked()
        document = self._case_document()
        rows = {row["image"]: row for row in document["cells"]}
        if sorted(rows) != sorted(images):
            raise CaseError("The new order must name every cell of the case once.")
        self._save_case({**document, "cells": [rows[image] for image in images]}, action, {})

    @_one_at_a_time
    def rescan(self) -> tuple[str, ...]:
        """Look at the folder again; returns the images that were added. Raises CaseError."""
        try:
            return tuple(row["image"] for row in self._list_folder(""))
        except OSError as error:
            raise CaseError(f"{self.folder} cannot be listed: {explain(error, self.folder)}.") from error

    @property
    def user(self) -> str:
        """Who edits now, as written in the record."""
        return self._documents.user

    @_one_at_a_time
    def change_user(self, user: str) -> None:
        """Let somebody else go on; the change itself is recorded under the name before. Raises CaseError."""
        self._commit({}, CASE_FILE, action="user changed", detail={"to": user})
        self._documents.user = user

    @_one_at_a_time
    def record(self, action: str, detail: Mapping[str, Any] | None = None, image: str = "") -> None:
        """Write a line of the record that changes no document (a report made, a user changed). Raises CaseError."""
        self._commit({}, CASE_FILE, action=action, image=image, detail=detail)

    @_one_at_a_time
    def state_sha256(self) -> str:
        """SHA-256 over the case's content: settings, cells and every annotation, signatures left out.

        The same content gives the same value, whatever was done on the way to it, and whether the
        originals' own SHA-256 were recorded before or after.
        """
        left_out = ("signatures", "locked", "audit_seq", "program")
        own = {key: value for key, value in self._case_document().items() if key not in left_out}
        own["cells"] = [{key: value for key, value in row.items() if key != "sha256"} for row in own["cells"]]
        parts = [compact(own)]
        for cell in self._cells:
            document = self._documents.load(annotation_target(cell.image)) or {}
            parts.append(compact({key: value for key, value in document.items() if key != "audit_seq"}))
        return sha256_bytes("\n".join(parts).encode())

    @_one_at_a_time
    def add_signature(self, signature: Signature, *, lock: bool = False) -> None:
        """Append a signature and, with ``lock``, close the case to edits until :meth:`amend`.

        Every original is compared first (and recorded, where it was not yet). Raises CaseError when
        one is not the file that was reviewed, or the case is not in the state that was signed.
        """
        for check in self.check_originals():
            if check.problem and not self.cell(check.image).missing:
                raise CaseError(f"Not signed: {check.problem}")
        document = self._case_document()
        if signature.state_sha256 != self.state_sha256():
            raise CaseError("The case changed after it was shown for signing; look at it again and sign then.")
        row = signature_row(signature)
        signed = {**document, "signatures": [*document["signatures"], row], "locked": lock or document["locked"]}
        self._save_case(signed, f"signed: {signature.meaning}", row)

    @_one_at_a_time
    def amend(self, reason: str) -> None:
        """Open a signed case for an amended report; the signatures stay. Raises CaseError without a reason."""
        if not reason.strip():
            raise CaseError("An amended report needs a reason.")
        self._save_case({**self._case_document(), "locked": False}, "amended", {"reason": reason.strip()})

    @_one_at_a_time
    def flush(self) -> None:
        """Try again to save what could not be saved; CaseError when it still fails."""
        try:
            self._documents.flush()
        except StoreError as error:
            raise CaseError(str(error)) from error
        self._dirty.clear()

    @_one_at_a_time
    def close(self) -> None:
        """Give the lock back; the case is read-only afterwards. Closing twice is allowed."""
        if self._closed:
            return
        self._closed = True
        if self._documents.writable:
            with contextlib.suppress(KaryoViewError):
                self._documents.flush()
        self._documents.writable = False
        self.read_only_reason = self.read_only_reason or "The case was closed."
        if self._lock is not None:
            self._lock.release()

    def __enter__(self) -> Case:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _load_case_file(self) -> None:
        document = self._documents.load(CASE_FILE)
        action = ""
        if document is None:
            document = new_case_document(utc_now(), f"KaryoView {karyoview.__version__}")
            action = "case created"
        name = str(self.store / CASE_FILE)
        if needs_migration(document):
            if not self.read_only:
                self._migrate()
            document = migrate_case(self._documents.load(CASE_FILE) or document, name)
        else:
            document = migrate_case(document, name)
        # Checked before anything is written, so that a damaged file is never recorded as good.
        self._adopt(document)
        self._list_folder(action)
        gone = [cell.image for cell in self._cells if cell.missing]
        if gone:
            more = f" and {len(gone) - 1} more" if len(gone) > 1 else ""
            self._notices.append(f"{gone[0]}{more} is no longer in {self.folder}; the annotations are kept.")

    def _list_folder(self, action: str) -> list[Document]:
        """Look which images are there; adds rows for new ones and returns these."""
        self._listing = list_folder(self.folder)
        found, notices = new_rows(self._listing, (cell.file for cell in self._cells))
        self._notices += notices
        document = {**self._document, "cells": [*self._document["cells"], *found]}
        self._adopt(document)
        if (action or found) and not self.read_only:
            images = [row["image"] for row in found]
            self._commit({CASE_FILE: document}, CASE_FILE, action=action or "images found", detail={"images": images})
        return found

    def _adopt(self, document: Document) -> None:
        name = str(self.store / CASE_FILE)
        counts = {cell.image: cell.count for cell in self._cells}
        cells = []
        for cell in read_cells(document, name, self.folder):
            summary = self._documents.found.cells.get(cell.image, {})
            count = counts.get(cell.image, summary.get("count"))
            path = self._listing.path(cell.file)
            known = count if isinstance(count, int) else None
            cells.append(replace(cell, path=path or cell.path, count=known, missing=path is None))
        self._settings = read_settings(document, name)
        self._cells = tuple(cells)
        self._document = document

    def _migrate(self) -> None:
        """Bring all files of an older schema up to date, the originals kept in a folder beside."""
        kept = self.store / "before-schema-2"
        kept.mkdir(exist_ok=True)
        targets = [CASE_FILE]
        targets += [f"annotations/{p.name}" for p in sorted((self.store / "annotations").glob("*.json"))]
        for target in reversed(targets):
            old = self._documents.load(target)
            if old is None or not needs_migration(old):
                continue
            copy = kept / Path(target).name
            if not copy.exists():
                shutil.copyfile(self.store / target, copy)
            step = migrate_case if target == CASE_FILE else migrate_annotation
            new = step(old, str(self.store / target))
            self._commit({target: new}, target, action="brought up to date", detail={"kept": copy.name})
        self._notices.append(
            f"The case came from an earlier version and was brought up to date; the old files are in {kept}."
        )

    def _case_document(self) -> Document:
        return dict(self._document)

    def _case_document_with(self, image: str, members: Mapping[str, Any]) -> Document:
        document = self._case_document()
        rows = [{**row, **members} if row["image"] == image else row for row in document["cells"]]
        return {**document, "cells": rows}

    def _save_case(self, document: Document, action: str, detail: Mapping[str, Any], image: str = "") -> None:
        try:
            read_settings(document, action)
            read_cells(document, action, self.folder)
        except DocumentError as error:
            raise CaseError(f"This cannot be saved: {error}") from error
        self._commit({CASE_FILE: document}, CASE_FILE, action=action, image=image, detail=detail)

    def _commit(
        self,
        documents: Mapping[str, Document],
        dirty: str,
        *,
        action: str,
        image: str = "",
        detail: Mapping[str, Any] | None = None,
        cell: Document | None = None,
    ) -> None:
        if self.read_only:
            raise CaseError(f"Not saved: {self.read_only_reason}")
        try:
            self._documents.commit(documents, action=action, image=image, detail=dict(detail or {}), cell=cell)
        except KaryoViewError as error:
            self._dirty.add(dirty)
            raise CaseError(str(error)) from error
        self._dirty.discard(dirty)
        if CASE_FILE in documents:
            self._adopt(documents[CASE_FILE])

    @_one_at_a_time
    def _note_sha256(self, file: str, digest: str) -> str:
        """Record an original's SHA-256 once; returns a sentence when another one was recorded before."""
        cell = next(c for c in self._cells if c.file == file)
        if not cell.sha256:
            self._record_sha256({file: digest})
            return ""
        return _changed_sentence(cell, digest)

    @_one_at_a_time
    def _record_sha256(self, digests: Mapping[str, str]) -> None:
        if not digests or self.read_only or self._settings.locked:
            return
        document = self._case_document()
        rows = [
            {**row, "sha256": digests[row["file"]]} if row["file"] in digests and not row.get("sha256") else row
            for row in document["cells"]
        ]
        detail = {"sha256": dict(digests)}
        self._commit({CASE_FILE: {**document, "cells": rows}}, CASE_FILE, action="originals recorded", detail=detail)

    def _check_unlocked(self) -> None:
        if self._settings.locked and not self.read_only:
            raise CaseError("The case is signed and closed; amend it with a reason before changing it.")


def annotation_target(image: str) -> str:
    """The file of an image's annotation below the store; CaseError for a name that leaves the folder."""
    try:
        check_file_name(image, "annotation")
    except DocumentError as error:
        raise CaseError(str(error)) from error
    return f"annotations/{image}.json"


def _lock_guard(lock: CaseLock) -> Callable[[], None]:
    def check() -> None:
        try:
            mine = lock.is_mine()
        except OSError as error:
            raise StoreError(f"Not saved: {explain(error, lock.path)}.") from error
        if not mine:
            raise StoreError("Not saved: another program has taken this case over; close it and open it again.")

    return check


def _refuse_links(folder: Path) -> None:
    for part in (folder / STORE_NAME, *(folder / STORE_NAME / name for name in ("annotations", "proposals"))):
        if part.is_symlink():
            raise CaseError(f"{part} is a link to another place; replace it by a real folder.")


def _changed_sentence(cell: CellRecord, digest: str) -> str:
    if not cell.sha256 or cell.sha256 == digest:
        return ""
    return f"{cell.file} is not the file that was reviewed: it was changed or replaced since; restore the original."


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""

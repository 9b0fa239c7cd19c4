"""Opening a case: its place and lock, loading case.json, finding images, bringing older files up to date."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import karyoview
from karyoview.case.audit import CREATED, MIGRATED, RECORD_FORMAT
from karyoview.case.forks import bring_back, find_fork
from karyoview.case.listing import list_folder, new_rows
from karyoview.case.location import STORE_NAME, find_store, prepare_store, workspace_store
from karyoview.case.lock import CaseLock, LockHolder
from karyoview.case.migrate import migrate_annotation, migrate_case, needs_migration
from karyoview.case.schema import ANNOTATIONS, CASE_FILE, new_case_document
from karyoview.case.state import CaseError, CaseState
from karyoview.case.store import DocumentStore, StoreError
from karyoview.core.checked_json import MAX_BYTES
from karyoview.core.clock import utc_now
from karyoview.io.atomic import explain, remove_leftovers
from karyoview.io.documents import sha256_bytes


def open_state(folder: Path, read_only: bool, user: str) -> tuple[CaseState, CaseLock | None]:
    """The loaded state of a case, and its lock where this program may write; the first opening makes the files.

    Raises CaseError, DocumentError, StoreError or OSError; the lock is then given back.
    """
    _refuse_links(folder)
    place = find_store(folder) if read_only else prepare_store(folder)
    lock: CaseLock | None = None
    other: LockHolder | None = None
    reason = "The case was opened for reading only." if read_only else ""
    notices = [place.notice] if place.notice else []
    if not read_only:
        notices += _bring_back(folder, place.store, user)
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
        state = CaseState(folder, documents, reason)
        state.notices += notices
        state.held_elsewhere = lock is None and other is not None
        state.taken_over = lock is not None and other is not None
        load_case(state)
    except BaseException:
        if lock is not None:
            lock.release()
        raise
    return state, lock


def view_folder(folder: Path, user: str) -> CaseState | None:
    """The state of a folder of images that is no case yet, with nothing written; None where it is one.

    :func:`begin_files` makes the files once something is to be kept. Raises as :func:`open_state`.
    """
    if os.path.lexists(folder / STORE_NAME) or workspace_store(folder).is_dir():
        return None
    state, _ = open_state(folder, True, user)
    state.read_only_reason = ""
    return state


def begin_files(state: CaseState) -> CaseLock:
    """Make the files of a case that was only looked at, as its first opening would have. Raises CaseError."""
    viewed, lock = state.documents, None
    try:
        place = prepare_store(state.folder)
        lock, other = CaseLock.acquire(place.store / "lock.json", viewed.user)
        if lock is None:
            who = other.sentence() if other is not None else "Somebody has this case open"
            raise CaseError(f"Not saved: {who}; close the folder here and open it again.")
        documents = DocumentStore(place.store, writable=True, user=viewed.user, guard=_lock_guard(lock))
        if documents.load(CASE_FILE) is not None:
            raise CaseError(f"Not saved: {state.folder} was begun as a case elsewhere meanwhile; open it again.")
        state.documents = documents
        state.notices += [place.notice] if place.notice else []
        detail = {"images": [cell.image for cell in state.cells], "record": RECORD_FORMAT}
        state.commit({CASE_FILE: state.document}, CASE_FILE, action=CREATED, detail=detail)
    except OSError as error:
        state.documents = viewed
        if lock is not None:
            lock.release()
        raise CaseError(f"Not saved: {explain(error, Path(error.filename or state.folder))}.") from error
    except BaseException:
        state.documents = viewed
        if lock is not None:
            lock.release()
        raise
    return lock


def _bring_back(folder: Path, store: Path, user: str) -> list[str]:
    """Edits of a time when the folder could not be written: brought back, or told where both copies went on."""
    if store != folder / STORE_NAME:
        return []
    fork = find_fork(folder)
    if fork is None:
        return []
    if fork.follows:
        return [bring_back(fork, user)]
    return [
        f"{fork.there} edits made while {folder} could not be written are in {fork.copy}, and the folder has "
        f"{fork.here} others since; the window asks what is to stand, and karyoview join {folder} "
        "shows both side by side."
    ]


def load_case(state: CaseState) -> None:
    """Fill ``state`` from case.json and the folder; where it may write, new images and older files are brought in.

    Raises CaseError, DocumentError, StoreError or OSError.
    """
    document = state.documents.load(CASE_FILE)
    action = ""
    if document is None:
        document = new_case_document(utc_now(), f"KaryoView {karyoview.__version__}")
        action = CREATED
    if needs_migration(document) and not state.read_only_reason:
        _migrate(state)
        document = state.documents.load(CASE_FILE) or document
    # Checked before anything is written, so that a damaged file is never recorded as good.
    state.adopt(migrate_case(document, str(state.store / CASE_FILE)))
    _list_images(state, action)
    gone = [cell.image for cell in state.cells if cell.missing]
    if gone:
        more = f" and {len(gone) - 1} more" if len(gone) > 1 else ""
        state.notices.append(f"{gone[0]}{more} is no longer in {state.folder}; the annotations are kept.")


def _list_images(state: CaseState, action: str) -> None:
    """Look which images are there and add rows for new ones."""
    state.listing = list_folder(state.folder)
    found, notices = new_rows(state.listing, (cell.file for cell in state.cells))
    state.notices += notices
    document = {**state.document, "cells": [*state.document["cells"], *found]}
    state.adopt(document)
    if (action or found) and not state.read_only_reason:
        detail: dict[str, object] = {"images": [row["image"] for row in found]}
        if action:
            detail["record"] = RECORD_FORMAT
        state.commit({CASE_FILE: document}, CASE_FILE, action=action or "images found", detail=detail)


def _migrate(state: CaseState) -> None:
    """Bring all files of an older schema up to date, the originals kept in a folder beside."""
    folder, kept = state.documents.folder, "before-schema-2"
    folder.make_part(kept)
    targets = [CASE_FILE]
    targets += [f"{ANNOTATIONS}/{name}" for name in folder.names(ANNOTATIONS) if name.endswith(".json")]
    for target in reversed(targets):
        old = state.documents.load(target)
        if old is None or not needs_migration(old):
            continue
        copy, data = Path(target).name, folder.read(target, MAX_BYTES)
        if not folder.exists(f"{kept}/{copy}"):
            folder.write(f"{kept}/{copy}", data)
        step = migrate_case if target == CASE_FILE else migrate_annotation
        new = step(old, str(state.store / target))
        recorded = target in state.documents.found.after
        # Where the program ends before the file is replaced, the record knows the file by this.
        detail = {"kept": copy, "found": sha256_bytes(data)}
        state.commit({target: new}, target, action=MIGRATED, detail=detail, whole=not recorded)
    state.notices.append(
        f"The case came from an earlier version and was brought up to date; the old files are in {state.store / kept}."
    )


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

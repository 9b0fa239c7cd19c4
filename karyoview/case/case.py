"""The case folder: a folder of images and, below ``karyoview/`` in it, everything that people did with them.

The folder is the truth; nothing else is needed to open the case in twenty years. Originals are only
ever read. Each edit is one flushed line of the record and one file replaced as a whole.
"""

from __future__ import annotations

import contextlib
import getpass
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from karyoview.case.audit import AMENDED, REPORT_MADE, SIGNED
from karyoview.case.location import STORE_NAME
from karyoview.case.lock import CaseLock
from karyoview.case.opening import begin_files, open_state, view_folder
from karyoview.case.originals import OriginalCheck, Originals
from karyoview.case.proof import AMENDMENT, APPROVED, KEYS_FILE, SIGNATURE, proof_problem
from karyoview.case.proposals import read_proposals, write_proposals
from karyoview.case.schema import (
    CASE_FILE,
    CONSENT,
    EDITABLE_CELL_MEMBERS,
    EDITABLE_SETTINGS,
    CaseSettings,
    CellRecord,
    Signature,
    signature_row,
    state_digest,
)
from karyoview.case.state import CaseError, CaseState, annotation_target, one_at_a_time
from karyoview.case.store import StoreError
from karyoview.core.annotation import ImageAnnotation, ReviewState
from karyoview.core.clock import utc_now
from karyoview.core.detection import Detections
from karyoview.core.errors import KaryoViewError
from karyoview.core.image import MetaphaseImage
from karyoview.io.annotation_json import annotation_to_document
from karyoview.io.atomic import explain
from karyoview.io.documents import Document, DocumentError, dump_document, sha256_bytes
from karyoview.io.key_list import APPROVER, KeyList

__all__ = ["Case", "CaseError"]

REPORTS: Final = "reports"


class Case:
    """An open case; use :meth:`open`, and close it (or use it in a ``with`` statement).

    It is put together from :class:`CaseState` (what is known, and the one way of writing), :class:`Originals`
    and what :func:`open_state` does. Methods may be called from several threads.
    """

    def __init__(self, state: CaseState, lock: CaseLock | None, *, view_only: bool) -> None:
        self._state = state
        self._mutex = state.mutex
        self._originals = Originals(state)
        self._lock = lock
        self._view_only = view_only
        self._closed = False
        self._prepared = ""

    @classmethod
    def open(cls, folder: Path, *, read_only: bool = False, user: str = "", later: bool = False) -> Case:
        """Open a folder of images as a case; the first opening makes its files, with ``later`` the first change does.

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
            viewed = view_folder(folder, user or _login_name()) if later and not read_only else None
            state, lock = (viewed, None) if viewed else open_state(folder, read_only, user or _login_name())
        except OSError as error:
            raise CaseError(f"{folder} was not opened: {explain(error, Path(error.filename or folder))}.") from error
        except (DocumentError, StoreError) as error:
            raise CaseError(str(error)) from error
        case = cls(state, lock, view_only=read_only)
        if viewed is not None:
            state.begin = case._begin
        return case

    @property
    def folder(self) -> Path:
        """The folder of the images."""
        return self._state.folder

    @property
    def store(self) -> Path:
        """The folder of KaryoView's files."""
        return self._state.store

    @property
    def read_only(self) -> bool:
        """Whether edits are refused; ``read_only_reason`` says why."""
        return bool(self.read_only_reason)

    @property
    def read_only_reason(self) -> str:
        """Why nothing can be saved; empty where it can."""
        return self._state.read_only_reason

    def _begin(self) -> None:
        self._lock = begin_files(self._state)

    @property
    def begun(self) -> bool:
        """Whether the case has files; a folder that was only looked at has none."""
        return self._state.begin is None

    @property
    def waits(self) -> bool:
        """Whether it is read-only only because another program has it open."""
        return self._state.held_elsewhere and not self._closed

    @property
    def taken_over(self) -> bool:
        """Whether the program that had the case open before ended without closing it."""
        return self._state.taken_over

    @property
    def settings(self) -> CaseSettings:
        """The settings of the case, as in case.json."""
        return self._state.settings

    @property
    def cells(self) -> tuple[CellRecord, ...]:
        """The cells in order, those whose original is missing included."""
        return self._state.cells

    @property
    def notices(self) -> tuple[str, ...]:
        """Sentences for the user about the opening and later recoveries."""
        return (*self._state.notices, *self._state.documents.notices)

    @property
    def dirty(self) -> frozenset[str]:
        """Images (and case.json) whose last save failed."""
        return frozenset(self._state.dirty)

    @property
    def chain_head(self) -> str:
        """Hash of the record's last line, as printed on reports."""
        return self._state.documents.audit.head

    @property
    def user(self) -> str:
        """Who edits now, as written in the record."""
        return self._state.documents.user

    def cell(self, image: str) -> CellRecord:
        """The cell of that name; CaseError when there is none."""
        return self._state.cell(image)

    def annotation(self, image: str) -> ImageAnnotation:
        """What is known about an image; an empty new one where nothing was saved. Raises CaseError."""
        return self._state.annotation(image)

    def read_image(self, image: str) -> MetaphaseImage:
        """Decode an original, record its SHA-256 the first time, and note when it is another one now.

        Raises ImageError for a file that cannot be read, CaseError for a missing one.
        """
        return self._originals.read(image)

    def check_originals(self, stop: Callable[[], bool] = lambda: False) -> Iterator[OriginalCheck]:
        """Compare every original with its recorded SHA-256, recording new ones; for a background job.

        Yields one result an image; ends early when ``stop()`` is true.
        """
        return self._originals.check(stop)

    @one_at_a_time
    def save_annotation(
        self, annotation: ImageAnnotation, action: str, detail: Mapping[str, Any] | None = None
    ) -> None:
        """Save one edit: a flushed line of the record with old and new values, then the file.

        ``action`` says in a few words what was done. When this returns the edit survives any crash.
        When it raises CaseError the old file is whole and the image counts as dirty; saving it again
        is safe. A locked (signed) case refuses until it is amended.
        """
        state = self._state
        state.check_unlocked()
        image = annotation.image
        documents = {annotation_target(image): annotation_to_document(annotation)}
        cell = next((c for c in state.cells if c.image == image), None)
        if cell is None:
            raise CaseError(f"{self.folder} has no image {image!r}, so its annotation was not saved.")
        if (cell.state, cell.reason) != (annotation.state, annotation.reason):
            documents[CASE_FILE] = state.document_with(
                image, {"state": str(annotation.state), "reason": annotation.reason}
            )
        known = state.annotation(image).revision
        if annotation.revision < known:
            raise CaseError(
                f"{image} was not saved: revision {known} is in the case already, and this is the older "
                f"{annotation.revision}; close the case and open it again to see the newer one."
            )
        summary = {"state": str(annotation.state), "reason": annotation.reason, "count": annotation.total()}
        state.commit(documents, image, action=action, image=image, detail=detail, cell=summary)
        changed = replace(cell, state=annotation.state, reason=annotation.reason, count=annotation.total())
        state.cells = tuple(changed if c.image == image else c for c in state.cells)

    def save_proposals(self, detections: Detections) -> None:
        """Keep what an engine said about an image. Allowed while somebody else reviews the case. Raises CaseError."""
        if self._view_only:
            raise CaseError(f"{self.read_only_reason} The proposals were not saved.")
        if not self._state.read_only_reason:
            self._state.begin_now()
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

    @one_at_a_time
    def update_settings(self, action: str = "case settings", /, **changes: Any) -> CaseSettings:
        """Change members of :class:`CaseSettings`, recorded with old and new values. Raises CaseError."""
        self._state.check_unlocked()
        unknown = sorted(set(changes) - EDITABLE_SETTINGS)
        if unknown:
            raise CaseError(f"A case has no setting {unknown[0]!r} that can be changed.")
        plain = {key: dict(value) if isinstance(value, Mapping) else value for key, value in changes.items()}
        self._state.save_case({**self._state.document, **plain}, action, dict(plain))
        return self._state.settings

    @one_at_a_time
    def allow_training(self, allowed: bool) -> None:
        """Whether corrections may train engines. It is no part of what is signed, so an approved case stays approved.

        Raises CaseError.
        """
        if not self.settings.locked:
            self.update_settings(training_consent=allowed)
        document = {**self._state.document, CONSENT: allowed}
        if self.settings.training_consent != allowed:
            self._state.save_case(document, "training consent", {"training_consent": allowed})

    @one_at_a_time
    def update_cell(self, image: str, action: str = "cell", /, **changes: Any) -> CellRecord:
        """Change members of a cell (slide, culture, stage, um_per_pixel, counted, …). Raises CaseError.

        ``state`` and ``reason`` belong to the annotation and are saved there as its next revision. No cell becomes
        reviewed here: that act looks at it (:func:`karyoview.services.reviewing.review_cell`).
        """
        self._state.check_unlocked()
        if changes.get("state") == ReviewState.REVIEWED and self.cell(image).state is not ReviewState.REVIEWED:
            raise CaseError(f"{image} is not reviewed: nobody was asked about its open doubts; use karyoview review.")
        unknown = sorted(set(changes) - EDITABLE_CELL_MEMBERS)
        if unknown:
            raise CaseError(f"A cell has no value {unknown[0]!r} that can be changed.")
        self.cell(image)
        own = {key: changes.pop(key) for key in ("state", "reason") if key in changes}
        if own:
            old = self.annotation(image)
            state = ReviewState(own.get("state", old.state))
            reason = str(own.get("reason", old.reason if state is ReviewState.SET_ASIDE else ""))
            self.save_annotation(old.next_revision(state=state, reason=reason), action)
        if changes:
            plain = {key: list(value) if isinstance(value, tuple) else value for key, value in changes.items()}
            self._state.save_case(self._state.document_with(image, plain), action, plain, image)
        return self.cell(image)

    @one_at_a_time
    def change_user(self, user: str) -> None:
        """Let somebody else go on; the change itself is recorded under the name before. Raises CaseError."""
        if self._state.begin is None:
            self._state.commit({}, CASE_FILE, action="user changed", detail={"to": user})
        self._state.documents.user = user

    @one_at_a_time
    def record(self, action: str, detail: Mapping[str, Any] | None = None, image: str = "") -> None:
        """Write a line of the record that changes no document (a report made, a user changed). Raises CaseError."""
        self._state.commit({}, CASE_FILE, action=action, image=image, detail=detail)

    @one_at_a_time
    def state_sha256(self) -> str:
        """SHA-256 over the case's content: settings, cells and every annotation, signatures left out.

        The same content gives the same value, whatever was done on the way to it, and whether the
        originals' own SHA-256 were recorded before or after.
        """
        return state_digest(self._state.document, lambda image: self._state.documents.load(annotation_target(image)))

    @one_at_a_time
    def prepare_signing(self) -> None:
        """Bring the record to where a signature can follow: originals compared and recorded, an older record told.

        Raises CaseError when an original is not the file that was reviewed.
        """
        for check in self.check_originals():
            if check.problem and not self.cell(check.image).missing:
                raise CaseError(f"Not signed: {check.problem}")
        self._state.bring_record_up()
        self._prepared = self.chain_head

    @property
    def laboratory(self) -> str:
        """The laboratory whose people signed this case, by the SHA-256 of its first key; empty for none."""
        return self._state.keys.laboratory

    @one_at_a_time
    def add_signature(self, signature: Signature, keys: KeyList) -> None:
        """Append a signature whose proof holds under a list of keys; an approval closes the case until :meth:`amend`.

        Every original is compared first. Raises CaseError when one is not the file that was reviewed, the case
        is not in the state that was signed, or the proof does not hold.
        """
        if self._prepared != self.chain_head:
            self.prepare_signing()
        document = self._state.document
        if signature.state_sha256 != self.state_sha256():
            raise CaseError("The case changed after it was shown for signing; look at it again and sign then.")
        if signature.chain_head != self.chain_head:
            raise CaseError("The record went on after the case was shown for signing; look at it again and sign then.")
        row = signature_row(signature)
        approved = signature.meaning == APPROVED
        self._prove(SIGNATURE, row, keys, APPROVER if approved else "")
        signed = {**document, "signatures": [*document["signatures"], row], "locked": approved or document["locked"]}
        self._state.save_case(signed, SIGNED + signature.meaning, row)

    @one_at_a_time
    def amend(self, row: Mapping[str, Any], keys: KeyList) -> None:
        """Open a signed case for an amended report; the signatures stay.

        ``row`` has the ``reason``, who amends, the head of the record and the proof. Raises CaseError without a
        reason, and where the proof does not hold.
        """
        if not str(row.get("reason", "")).strip():
            raise CaseError("An amended report needs a reason.")
        if row.get("chain_head") != self.chain_head:
            raise CaseError("The record went on meanwhile; amend the case again.")
        self._prove(AMENDMENT, row, keys)
        # A reason to keep a karyotype was given for the counts that were approved.
        old = {k: v for k, v in self._state.document.get("details", {}).items() if k != "override_reason"}
        document = {**self._state.document, "locked": False, "details": {**old, "amended": row["reason"]}}
        self._state.save_case(document, AMENDED, row)

    @one_at_a_time
    def prepare_amending(self) -> None:
        """Bring the record to where an amendment can follow. Raises CaseError."""
        self._state.bring_record_up()

    @one_at_a_time
    def keep_report(self, pdf: bytes, prove: Callable[[Document], Mapping[str, Any]] | None = None) -> Path:
        """Keep a report under the next number, never over an older one, and note its SHA-256 in the record.

        ``prove`` gives the members by which whoever approved the report vouches for the file. Raises CaseError.
        """
        folder = self._state.documents.folder
        try:
            if self.read_only:
                raise CaseError(f"The report was not kept: {self.read_only_reason}")
            self._state.begin_now()
            folder = self._state.documents.folder
            folder.make_part(REPORTS)
            numbers = [int(n[7:-4]) for n in folder.names(REPORTS) if re.fullmatch(r"report-[0-9]{3,6}\.pdf", n)]
            name = f"report-{1 + max(numbers, default=0):03d}.pdf"
            folder.write(f"{REPORTS}/{name}", pdf)
        except OSError as error:
            raise CaseError(f"The report was not kept: {explain(error, self.store / REPORTS)}.") from error
        row: Document = {"file": name, "sha256": sha256_bytes(pdf)}
        if prove is not None:
            row = {**row, **prove({**row, "chain_head": self.chain_head})}
        self.record(REPORT_MADE, row)
        return self.store / REPORTS / name

    def _prove(self, purpose: str, row: Mapping[str, Any], keys: KeyList, role: str = "") -> None:
        """Check a proof and keep the list of keys that it is checked by. Raises CaseError."""
        own = self._state.keys
        if own.entries and (own.entries != keys.entries[: len(own.entries)]):
            raise CaseError(
                f"The case was signed by people of the laboratory {own.laboratory[:16]}; the list of keys given is of "
                f"{keys.laboratory[:16]} or older. Use the laboratory's own index."
            )
        problem = proof_problem(purpose, row, keys, role, utc_now())
        if problem:
            raise CaseError(f"Not signed: {problem}.")
        try:
            self._state.documents.folder.write(KEYS_FILE, dump_document({"entries": keys.entries}))
        except OSError as error:
            raise CaseError(f"Not signed: {explain(error, self.store / KEYS_FILE)}.") from error
        self._state.keys = keys

    @one_at_a_time
    def flush(self) -> None:
        """Try again to save what could not be saved; CaseError when it still fails."""
        try:
            self._state.documents.flush()
        except StoreError as error:
            raise CaseError(str(error)) from error
        self._state.dirty.clear()

    @one_at_a_time
    def close(self) -> None:
        """Give the lock back; the case is read-only afterwards. Closing twice is allowed."""
        if self._closed:
            return
        self._closed = True
        if self._state.documents.writable:
            with contextlib.suppress(KaryoViewError):
                self._state.documents.flush()
        self._state.documents.writable = False
        self._state.read_only_reason = self.read_only_reason or "The case was closed."
        if self._lock is not None:
            self._lock.release()

    def __enter__(self) -> Case:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""

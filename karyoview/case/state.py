"""What an open case knows, and the one way in which it is written."""

from __future__ import annotations

import functools
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar, cast

from karyoview.case.listing import FolderListing
from karyoview.case.migrate import migrate_annotation
from karyoview.case.proof import KEYS_FILE, counted_rows, is_locked, read_keys
from karyoview.case.schema import (
    CASE_FILE,
    CaseSettings,
    CellRecord,
    check_file_name,
    read_cells,
    read_settings,
    signature_row,
)
from karyoview.case.store import DocumentStore, StoreError
from karyoview.core.annotation import ImageAnnotation
from karyoview.core.errors import KaryoViewError
from karyoview.io.annotation_json import annotation_from_document
from karyoview.io.documents import Document, DocumentError, compact
from karyoview.io.key_list import KeyList, KeyListError


class CaseError(KaryoViewError):
    """A case cannot be opened, read or saved."""


_Method = TypeVar("_Method", bound=Callable[..., Any])


def one_at_a_time(method: _Method) -> _Method:
    """Serialise methods that read the case's state, change it and write it, by the ``_mutex`` of their object."""

    @functools.wraps(method)
    def guarded(self: Any, *args: Any, **kwargs: Any) -> Any:
        with self._mutex:
            return method(self, *args, **kwargs)

    return cast(_Method, guarded)


class CaseState:
    """Settings, cells and documents of an open case, shared by its parts. Every write goes through :meth:`commit`.

    ``document`` is case.json as it is now; ``settings`` and ``cells`` are read from it, ``listing`` is the folder
    when it was last looked at. ``dirty`` names images (and case.json) whose last save failed. Whoever reads,
    changes and writes holds ``mutex``.
    """

    def __init__(self, folder: Path, documents: DocumentStore, read_only_reason: str) -> None:
        self.folder = folder
        self.documents = documents
        self.read_only_reason = read_only_reason
        self.mutex = threading.RLock()
        self.dirty: set[str] = set()
        self.notices: list[str] = []
        self.document: Document = {}
        self.settings = CaseSettings(id="")
        self.cells: tuple[CellRecord, ...] = ()
        self.listing = FolderListing(folder, {})
        self.not_counted = 0
        self.taken_over = False
        self.held_elsewhere = False
        self.begin: Callable[[], None] | None = None
        """Makes the case's files at the first change, where opening the folder made none yet."""
        self.keys = KeyList()
        self.read_keys()

    @property
    def store(self) -> Path:
        """The folder of KaryoView's files."""
        return self.documents.root

    def read_keys(self) -> None:
        """Read the case's own copy of the list of keys; one that is not whole counts as none, with a notice."""
        try:
            self.keys = read_keys(self.documents.folder)
        except KeyListError as error:
            self.keys = KeyList()
            self.notices.append(f"{self.store / KEYS_FILE} is damaged: {error}; signatures cannot be checked.")

    def cell(self, image: str) -> CellRecord:
        """The cell of that name; CaseError when there is none."""
        for item in self.cells:
            if item.image == image:
                return item
        raise CaseError(f"{self.folder} has no image {image!r}.")

    def annotation(self, image: str) -> ImageAnnotation:
        """What is known about an image; an empty new one where nothing was saved. Raises CaseError."""
        target = annotation_target(image)
        try:
            document = self.documents.load(target)
            if document is None:
                known = next((c.sha256 for c in self.cells if c.image == image), "")
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

    def check_unlocked(self) -> None:
        """CaseError when the case is signed and closed."""
        if self.settings.locked and not self.read_only_reason:
            raise CaseError("The case is signed and closed; amend it with a reason before changing it.")

    def adopt(self, document: Document) -> None:
        """Take over what a checked case.json says. Raises DocumentError."""
        name = str(self.store / CASE_FILE)
        document = {"cells": [], "signatures": [], "locked": False, "details": {}, **document}
        counts = {cell.image: cell.count for cell in self.cells}
        cells = []
        for cell in read_cells(document, name, self.folder):
            summary = self.documents.found.cells.get(cell.image, {})
            count = counts.get(cell.image, summary.get("count"))
            path = self.listing.path(cell.file)
            known = count if isinstance(count, int) else None
            cells.append(replace(cell, path=path or cell.path, count=known, missing=path is None))
        settings = read_settings(document, name)
        documents = self.documents
        # A signature and a lock count as far as a line of the record carries them, whatever the file says.
        rows = counted_rows(documents.signed, self.keys, documents.found.keyed_from)
        carried = Counter(compact(row) for row in rows)
        signed = [(s, compact(signature_row(s))) for s in settings.signatures]
        counted = tuple(s for n, (s, row) in enumerate(signed) if [r for _, r in signed[:n]].count(row) < carried[row])
        locked = is_locked(documents.signed, self.keys, documents.found.keyed_from)
        self.not_counted = len(settings.signatures) - len(counted)
        self.settings = replace(settings, signatures=counted, locked=locked)
        self.cells = tuple(cells)
        self.document = document

    def document_with(self, image: str, members: Mapping[str, Any]) -> Document:
        """case.json with other members in the row of a cell."""
        rows = [{**row, **members} if row["image"] == image else row for row in self.document["cells"]]
        return {**self.document, "cells": rows}

    def bring_record_up(self) -> None:
        """Let the record of an earlier version say that signatures need keys from here on. Raises CaseError."""
        if self.read_only_reason:
            raise CaseError(f"Not signed: {self.read_only_reason}")
        self.begin_now()
        try:
            self.documents.bring_record_up()
        except KaryoViewError as error:
            raise CaseError(str(error)) from error

    def save_case(self, document: Document, action: str, detail: Mapping[str, Any], image: str = "") -> None:
        """Check another case.json and commit it. Raises CaseError."""
        try:
            read_settings(document, action)
            read_cells(document, action, self.folder)
        except DocumentError as error:
            raise CaseError(f"This cannot be saved: {error}") from error
        self.commit({CASE_FILE: document}, CASE_FILE, action=action, image=image, detail=detail)

    def begin_now(self) -> None:
        """Make the case's files where there are none yet. Raises CaseError."""
        with self.mutex:
            begin, self.begin = self.begin, None
            if begin is not None:
                try:
                    begin()
                except BaseException:
                    self.begin = begin
                    raise

    def commit(
        self,
        documents: Mapping[str, Document],
        dirty: str,
        *,
        action: str,
        image: str = "",
        detail: Mapping[str, Any] | None = None,
        cell: Document | None = None,
        whole: bool = False,
    ) -> None:
        """Record a change and write these documents; ``dirty`` is what counts as unsaved when that fails.

        ``whole`` as in :meth:`DocumentStore.commit`. Raises CaseError.
        """
        if self.read_only_reason:
            raise CaseError(f"Not saved: {self.read_only_reason}")
        self.begin_now()
        try:
            self.documents.commit(
                documents, action=action, image=image, detail=dict(detail or {}), cell=cell, whole=whole
            )
        except KaryoViewError as error:
            self.dirty.add(dirty)
            raise CaseError(str(error)) from error
        self.dirty.discard(dirty)
        if CASE_FILE in documents:
            self.adopt(documents[CASE_FILE])


def annotation_target(image: str) -> str:
    """The file of an image's annotation below the store; CaseError for a name that leaves the folder."""
    try:
        check_file_name(image, "annotation")
    except DocumentError as error:
        raise CaseError(str(error)) from error
    return f"annotations/{image}.json"

"""What an open case knows, and the one way in which it is written."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar, cast

from karyoview.case.listing import FolderListing
from karyoview.case.lock import CaseLock
from karyoview.case.migrate import migrate_annotation
from karyoview.case.schema import (
    CaseSettings,
    CellRecord,
    check_file_name,
    read_cells,
    read_settings,
)
from karyoview.case.store import CASE_FILE, DocumentStore, StoreError
from karyoview.core.annotation import ImageAnnotation
from karyoview.core.errors import KaryoViewError
from karyoview.io.annotation_json import annotation_from_document
from karyoview.io.documents import Document, DocumentError


class CaseError(KaryoViewError):
    """A case cannot be opened, read or saved."""


_Method = TypeVar("_Method", bound=Callable[..., Any])


def one_at_a_time(method: _Method) -> _Method:
    """Serialise methods that read the case's state, change it and write it."""

    @functools.wraps(method)
    def guarded(self: CaseState, *args: Any, **kwargs: Any) -> Any:
        with self._mutex:
            return method(self, *args, **kwargs)

    return cast(_Method, guarded)


class CaseState:
    """Settings, cells and documents of an open case. Every write goes through :meth:`_commit`."""

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

    @property
    def user(self) -> str:
        """Who edits now, as written in the record."""
        return self._documents.user

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

    def _check_unlocked(self) -> None:
        if self._settings.locked and not self.read_only:
            raise CaseError("The case is signed and closed; amend it with a reason before changing it.")

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


def annotation_target(image: str) -> str:
    """The file of an image's annotation below the store; CaseError for a name that leaves the folder."""
    try:
        check_file_name(image, "annotation")
    except DocumentError as error:
        raise CaseError(str(error)) from error
    return f"annotations/{image}.json"

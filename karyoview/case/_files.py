"""Loading case.json, finding the images of the folder, and bringing older files up to date."""

from __future__ import annotations

import shutil
from pathlib import Path

import karyoview
from karyoview.case._originals import CaseOriginals
from karyoview.case._state import CaseError, one_at_a_time
from karyoview.case.listing import list_folder, new_rows
from karyoview.case.migrate import migrate_annotation, migrate_case, needs_migration
from karyoview.case.schema import (
    new_case_document,
)
from karyoview.case.store import CASE_FILE
from karyoview.core.clock import utc_now
from karyoview.io.atomic import explain
from karyoview.io.documents import Document


class CaseFiles(CaseOriginals):
    """The case file and the folder's listing."""

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

    @one_at_a_time
    def rescan(self) -> tuple[str, ...]:
        """Look at the folder again; returns the images that were added. Raises CaseError."""
        try:
            return tuple(row["image"] for row in self._list_folder(""))
        except OSError as error:
            raise CaseError(f"{self.folder} cannot be listed: {explain(error, self.folder)}.") from error

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

"""Loading case.json, finding the images of the folder, and bringing older files up to date."""

from __future__ import annotations

import shutil
from pathlib import Path

import karyoview
from karyoview.case.listing import list_folder, new_rows
from karyoview.case.migrate import migrate_annotation, migrate_case, needs_migration
from karyoview.case.schema import new_case_document
from karyoview.case.state import CaseState
from karyoview.case.store import CASE_FILE
from karyoview.core.clock import utc_now


def load_case(state: CaseState) -> None:
    """Fill ``state`` from case.json and the folder; where it may write, new images and older files are brought in.

    Raises CaseError, DocumentError, StoreError or OSError.
    """
    document = state.documents.load(CASE_FILE)
    action = ""
    if document is None:
        document = new_case_document(utc_now(), f"KaryoView {karyoview.__version__}")
        action = "case created"
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
        images = [row["image"] for row in found]
        state.commit({CASE_FILE: document}, CASE_FILE, action=action or "images found", detail={"images": images})


def _migrate(state: CaseState) -> None:
    """Bring all files of an older schema up to date, the originals kept in a folder beside."""
    kept = state.store / "before-schema-2"
    kept.mkdir(exist_ok=True)
    targets = [CASE_FILE]
    targets += [f"annotations/{p.name}" for p in sorted((state.store / "annotations").glob("*.json"))]
    for target in reversed(targets):
        old = state.documents.load(target)
        if old is None or not needs_migration(old):
            continue
        copy = kept / Path(target).name
        if not copy.exists():
            shutil.copyfile(state.store / target, copy)
        step = migrate_case if target == CASE_FILE else migrate_annotation
        new = step(old, str(state.store / target))
        state.commit({target: new}, target, action="brought up to date", detail={"kept": copy.name})
    state.notices.append(
        f"The case came from an earlier version and was brought up to date; the old files are in {kept}."
    )

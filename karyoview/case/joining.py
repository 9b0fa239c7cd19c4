"""Joining a case and its copy where both went on: a person says for each file which of the two is to stand."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Final

from karyoview.case.case import Case
from karyoview.case.forks import RECORD, SETTINGS, Fork, put_away
from karyoview.case.migrate import migrate_annotation
from karyoview.case.schema import CASE_FILE
from karyoview.case.state import CaseError
from karyoview.core.annotation import ImageAnnotation
from karyoview.core.checked_json import MAX_BYTES
from karyoview.core.clock import utc_now
from karyoview.io.annotation_json import annotation_from_document
from karyoview.io.atomic import explain
from karyoview.io.documents import Document, DocumentError, parse_document
from karyoview.io.own_folder import OwnFolder

JOINED: Final = "joined"
_FLAGS: Final = ("counted", "analysed", "karyotyped")
"""What was done with a cell stands in case.json, and goes with its annotation."""


def join(case: Case, fork: Fork, take: Collection[str]) -> str:
    """Put the copy's version of the files ``take`` over the folder's, each as a new edit; returns a sentence.

    What is not taken stays as the folder has it. The copy's lines are kept as ``joined-…``. Raises CaseError.
    """
    unknown = sorted(set(take) - set(fork.files))
    if unknown:
        raise CaseError(f"{unknown[0]} was not changed in the copy.")
    detail = {"copy": str(fork.copy), "lines": fork.there, "taken": sorted(take)}
    source = OwnFolder(fork.copy)
    rows = _rows_of_copy(fork)
    try:
        name = f"joined-{utc_now().replace(':', '').replace('.', '')}.jsonl"
        OwnFolder(case.store).write(name, source.read(RECORD, 1 << 31))
        case.record(JOINED, {**detail, "file": name})
        for target in sorted(take):
            document = parse_document(source.read(target, MAX_BYTES), fork.copy / target)
            _put_over(case, target, document, rows)
    except DocumentError as error:
        raise CaseError(str(error)) from error
    except OSError as error:
        raise CaseError(f"The copies were not joined: {explain(error, case.store)}.") from error
    put_away(fork)
    return f"{len(take)} of {len(fork.files)} files were taken from the copy; its lines are kept as {name}."


def both_sides(case: Case, fork: Fork, target: str) -> tuple[ImageAnnotation, ImageAnnotation]:
    """A cell's annotation as the folder and as the copy have it. Raises CaseError."""
    theirs = _of_copy(fork, target)
    return case.annotation(theirs.image), theirs


def _of_copy(fork: Fork, target: str) -> ImageAnnotation:
    name = str(fork.copy / target)
    try:
        document = parse_document(OwnFolder(fork.copy).read(target, MAX_BYTES), name)
        return annotation_from_document(migrate_annotation(document, name), name)
    except DocumentError as error:
        raise CaseError(str(error)) from error
    except OSError as error:
        raise CaseError(f"The copy cannot be read: {explain(error, fork.copy / target)}.") from error


def _rows_of_copy(fork: Fork) -> dict[str, Document]:
    """The copy's rows of case.json by image; none where it cannot be read."""
    try:
        document = parse_document(OwnFolder(fork.copy).read(CASE_FILE, MAX_BYTES), fork.copy / CASE_FILE)
    except (OSError, DocumentError):
        return {}
    cells = document.get("cells")
    return {
        row["image"]: row
        for row in (cells if isinstance(cells, list) else [])
        if isinstance(row, dict) and isinstance(row.get("image"), str)
    }


def _put_over(case: Case, target: str, document: Document, rows: dict[str, Document]) -> None:
    if target == CASE_FILE:
        settings = {k: document[k] for k in SETTINGS if k in document}
        case.update_settings(JOINED, **settings)
        return
    name = str(case.store / target)
    theirs = annotation_from_document(migrate_annotation(document, name), name)
    # A new edit on top of both: the revision never runs back.
    ahead = max(theirs.revision, case.annotation(theirs.image).revision)
    case.save_annotation(replace(theirs, revision=ahead + 1), JOINED)
    flags = {k: v for k, v in rows.get(theirs.image, {}).items() if k in _FLAGS and isinstance(v, bool)}
    if flags:
        case.update_cell(theirs.image, JOINED, **flags)

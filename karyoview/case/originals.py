"""The originals of a case: read, and compared with what was reviewed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from karyoview.case.schema import CASE_FILE, CellRecord
from karyoview.case.state import CaseError, CaseState, one_at_a_time
from karyoview.core.errors import KaryoViewError
from karyoview.core.image import MetaphaseImage


@dataclass(frozen=True, slots=True)
class OriginalCheck:
    """One original compared with its recorded SHA-256; ``problem`` is empty when it is unchanged or new."""

    image: str
    problem: str = ""


class Originals:
    """Originals are only ever read; their SHA-256 is recorded once."""

    def __init__(self, state: CaseState) -> None:
        self._state = state
        self._mutex = state.mutex

    def read(self, image: str) -> MetaphaseImage:
        """Decode an original, record its SHA-256 the first time, and note when it is another one now.

        Raises ImageError for a file that cannot be read, CaseError for a missing one.
        """
        from karyoview.io.images import read_image

        cell = self._state.cell(image)
        if not cell.path.is_file():  # a pipe that came into its place is no file either
            raise CaseError(f"{cell.path} is no longer in the folder; its annotations are kept.")
        loaded = read_image(cell.path, page=cell.page)
        problem = self._note_sha256(cell.file, loaded.sha256)
        loaded = replace(loaded, name=image, um_per_pixel=cell.um_per_pixel or loaded.um_per_pixel)
        return replace(loaded, notes=(*loaded.notes, problem)) if problem else loaded

    def check(self, stop: Callable[[], bool] = lambda: False) -> Iterator[OriginalCheck]:
        """Compare every original with its recorded SHA-256, recording new ones; for a background job.

        Yields one result an image; ends early when ``stop()`` is true.
        """
        from karyoview.io.images import sha256_of

        digests: dict[str, str] = {}
        fresh: dict[str, str] = {}
        try:
            for cell in self._state.cells:
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
                yield OriginalCheck(cell.image, changed_sentence(cell, digests[cell.file]))
        finally:
            self._record_sha256(fresh)

    @one_at_a_time
    def _note_sha256(self, file: str, digest: str) -> str:
        """Record an original's SHA-256 once; returns a sentence when another one was recorded before."""
        cell = next(c for c in self._state.cells if c.file == file)
        if not cell.sha256:
            self._record_sha256({file: digest})
            return ""
        return changed_sentence(cell, digest)

    @one_at_a_time
    def _record_sha256(self, digests: Mapping[str, str]) -> None:
        # Looking at a folder writes nothing into it; the first edit makes the case.
        if self._state.begin is not None or not digests or self._state.read_only_reason or self._state.settings.locked:
            return
        document = self._state.document
        rows = [
            {**row, "sha256": digests[row["file"]]} if row["file"] in digests and not row.get("sha256") else row
            for row in document["cells"]
        ]
        detail = {"sha256": dict(digests)}
        self._state.commit(
            {CASE_FILE: {**document, "cells": rows}}, CASE_FILE, action="originals recorded", detail=detail
        )


def changed_sentence(cell: CellRecord, digest: str) -> str:
    """A sentence when the cell's original was another file once; empty when it is the same or new."""
    if not cell.sha256 or cell.sha256 == digest:
        return ""
    return f"{cell.file} is not the file that was reviewed: it was changed or replaced since; restore the original."

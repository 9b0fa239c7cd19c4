"""The files of a case as its record alone leads to them, line after line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from karyoview.case.audit import AuditLine
from karyoview.case.delta import apply_delta
from karyoview.case.schema import ANNOTATIONS, CASE_FILE, is_document, state_digest
from karyoview.core.errors import KaryoViewError
from karyoview.io.documents import Document, dump_document, sha256_bytes

SEQ: Final = "audit_seq"


@dataclass(slots=True)
class Replay:
    """Documents by their name below the store after the lines that :meth:`take` was given.

    ``broken`` says for a document that the record no longer leads to from which line on.
    """

    documents: dict[str, Document] = field(default_factory=dict)
    broken: dict[str, int] = field(default_factory=dict)

    def take(self, line: AuditLine) -> None:
        """Go on by one line."""
        for change in line.changes:
            if not is_document(change.target):
                continue
            # A file that was taken over stands in its line as a whole.
            before = self.documents.get(change.target, {}) if change.before else {}
            try:
                self.documents[change.target] = {**apply_delta(before, change.delta), SEQ: line.seq}
                if not change.before:
                    self.broken.pop(change.target, None)
            except KaryoViewError:
                self.broken.setdefault(change.target, line.seq)

    def leads_to(self, target: str, digest: str) -> bool:
        """Whether the document has these bytes now."""
        try:
            return target not in self.broken and sha256_bytes(dump_document(self.documents[target])) == digest
        except (KaryoViewError, KeyError):
            return False

    def images(self) -> frozenset[str]:
        """The cells that case.json has now."""
        try:
            return frozenset(row["image"] for row in self.documents[CASE_FILE]["cells"])
        except (KeyError, TypeError):
            return frozenset()

    def state_sha256(self, only: frozenset[str] | None = None) -> str:
        """What a signature at this line is about, of all cells or ``only`` of some; empty where nothing says."""
        try:
            document = self.documents[CASE_FILE]
            if only is not None:
                document = {**document, "cells": [row for row in document["cells"] if row["image"] in only]}
            return state_digest(document, lambda image: self.documents.get(f"{ANNOTATIONS}/{image}.json"))
        except (KaryoViewError, KeyError, TypeError, AttributeError):
            return ""

"""The undo steps of a session that ended without closing its case, from the case's record."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from typing import Final

from karyoview.case.audit import AuditLine, read_lines
from karyoview.case.case import Case
from karyoview.case.location import RECORD
from karyoview.case.migrate import migrate_annotation
from karyoview.case.replay import Replay
from karyoview.case.state import annotation_target
from karyoview.core.annotation import ImageAnnotation
from karyoview.core.errors import KaryoViewError
from karyoview.io.annotation_json import annotation_from_document
from karyoview.review import meter
from karyoview.review.commands import Command, between
from karyoview.review.doubt import CONTENTS

MOST: Final = 200
_IN_PASSING: Final = ("originals recorded", "images found")
"""Lines between edits after which these can still be taken back."""


def recovered_steps(case: Case, most: int = MOST) -> list[Command]:
    """The last edits of the person who opened ``case``, oldest first, as they can be taken back one after the other.

    Edits of a cell count only while its record leads to the cell as it is; a signature, another person or a file that
    was changed from outside ends what can be taken back. An empty list where the record cannot be read.
    """
    try:
        return _steps(case, most)
    except (KaryoViewError, OSError):
        return []


def _steps(case: Case, most: int) -> list[Command]:
    replay, done, undone = Replay(), OrderedDict[int, Command](), list[Command]()
    targets = {annotation_target(cell.image): cell.image for cell in case.cells}
    for line in read_lines(case.store / RECORD):
        before = {change.target: replay.documents.get(change.target) for change in line.changes}
        replay.take(line)
        target = next((t for t in before if t in targets), "")
        if not target or line.image != targets[target]:
            if line.action not in _IN_PASSING:
                done.clear()
            continue
        if line.user != case.user:
            done.clear()
        elif "ids" in line.detail:  # an edit of a person; what an engine said is none
            _follow(line, before[target], replay, target, done, undone)
        while len(done) > most:
            done.popitem(last=False)
    broken = {targets[t] for t in replay.broken if t in targets}
    return [command for command in done.values() if command.image not in broken]


def _follow(
    line: AuditLine, before: dict[str, object] | None, replay: Replay, target: str, done: OrderedDict[int, Command],
    undone: list[Command],
) -> None:  # fmt: skip
    """Follow one line: a new edit, or one that was taken back or done again."""
    if line.action.startswith("undo ") and done:
        undone.append(done.popitem()[1])
    elif line.action.startswith("redo ") and undone:
        done[line.seq] = undone.pop()
    elif target not in replay.broken:
        undone.clear()
        old = _bare(before, line.image) if before else ImageAnnotation(line.image)
        ids = tuple(str(i) for i in line.detail["ids"])
        step = between(old, _bare(replay.documents[target], line.image), line.action, ids)
        if not step.is_empty:
            done[line.seq] = step


def _bare(document: dict[str, object], image: str) -> ImageAnnotation:
    """The annotation without what is counted and measured beside an edit, which no step takes back."""
    found = annotation_from_document(migrate_annotation(document, image), image)
    return replace(found, extra={k: v for k, v in found.extra.items() if k not in (meter.KEY, CONTENTS)})

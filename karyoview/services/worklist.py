"""The worklist of a laboratory: the cases of the index with what is to be done, by whom, and who has them open now."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from karyoview.case.case import Case
from karyoview.case.index import CaseIndex, IndexedCase, RebuildReport, find_cases
from karyoview.case.location import STORE_NAME, find_store
from karyoview.case.lock import is_free, read_lock
from karyoview.case.worklist import PRIORITIES, WorkItem, set_entry
from karyoview.core.errors import KaryoViewError
from karyoview.io.user_data import index_exists

WAITING: Final = ("to sign", "to approve")


@dataclass(frozen=True, slots=True)
class WorkRow:
    """One case of the list; ``open_by`` is who has it open at this moment, empty for nobody."""

    case: IndexedCase
    item: WorkItem
    open_by: str = ""

    @property
    def waits_for(self) -> str:
        """Who is to do something next: an approver, a person by name, or nobody (empty)."""
        if self.item.state == "to approve":
            return "an approver"
        return self.item.assignee if self.item.state in ("new", "in work", "to sign", "amended") else ""


def read_worklist(search: str = "") -> list[WorkRow]:
    """The cases, urgent ones first, then those that wait for an approval, then by folder. Raises DatabaseError."""
    with CaseIndex() as index:
        items = index.work_items()
        rows = [WorkRow(c, items.get(c.folder, WorkItem(c.folder)), _open_by(c)) for c in index.cases()]
    words = search.casefold().split()
    found = [r for r in rows if all(w in _text(r) for w in words)]
    return sorted(found, key=lambda r: (PRIORITIES.index(r.item.priority), r.item.state != "to approve", r.case.folder))


def add_to_worklist(root: Path) -> RebuildReport:
    """Enter a case, or every case below a folder, and read those again that are known. Raises DatabaseError."""
    report = RebuildReport()
    with CaseIndex() as index:
        for folder in dict.fromkeys((*find_cases(root), *_itself(root))):
            _enter(index, folder, report)
    return report


def read_again(folders: Iterable[str]) -> None:
    """Bring cases of the list up to date; what cannot be read stays as it was known. Raises DatabaseError."""
    with CaseIndex() as index:
        for folder in folders:
            _enter(index, Path(folder), RebuildReport())


def note_case(case: Case) -> str:
    """Bring the worklist up to date with an open case, where this laboratory keeps one. Raises KaryoViewError.

    → a sentence where the index saw later or other lines of the case's record than it has; else empty.
    """
    if not index_exists():
        return ""
    with CaseIndex() as index:
        notice = index.follow_record(case)
        index.update(case)
    return notice


def record_difference(folder: Path) -> str:
    """What the laboratory's index knows better about the record of a case; empty without an index. Changes nothing.

    ``folder`` is the case's folder or its ``karyoview`` folder. Raises KaryoViewError.
    """
    if not index_exists():
        return ""
    folder = Path(os.path.abspath(folder))
    folder = folder.parent if folder.name == STORE_NAME else folder
    with CaseIndex() as index:
        return index.record_difference(folder, find_store(folder).store)


def change_entry(folder: Path, user: str, patient_code: str, priority: str, assignee: str) -> None:
    """Set code, priority and assignee of a case. Raises KaryoViewError where it is open elsewhere or approved."""
    with Case.open(folder, user=user) as case:
        if case.read_only:
            raise KaryoViewError(f"Not changed: {case.read_only_reason}")
        set_entry(case, patient_code, priority, assignee)
        note_case(case)


def _itself(root: Path) -> tuple[Path, ...]:
    return (root,) if (root / STORE_NAME).is_dir() else ()


def _enter(index: CaseIndex, folder: Path, report: RebuildReport) -> None:
    try:
        with Case.open(folder, read_only=True) as case:
            report.problems += filter(None, [index.follow_record(case)])
            index.update(case)
            report.cases += 1
    except KaryoViewError as error:
        report.problems.append(str(error))


def _open_by(case: IndexedCase) -> str:
    lock = Path(case.folder) / STORE_NAME / "lock.json"
    holder = read_lock(lock)
    try:
        return "" if holder is None or is_free(lock) else f"{holder.user or 'somebody'} on {holder.host}"
    except OSError:
        return ""


def _text(row: WorkRow) -> str:
    item, case = row.item, row.case
    parts = (case.folder, case.case_id, case.karyotype, item.patient_code, item.assignee, item.state, row.open_by)
    return " ".join((*parts, item.reviewed_by)).casefold()

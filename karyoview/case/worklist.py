"""What the worklist knows of a case beside the index: whose it is, how urgent, in which state, who reviewed what.

It is part of the index and, like it, made anew from the folders: code, priority and assignee stand in the case's own
details, the state follows from its cells and signatures.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa

from karyoview.case.case import Case
from karyoview.core.annotation import ReviewState
from karyoview.core.checked_json import parse_json
from karyoview.core.errors import KaryoViewError
from karyoview.io.database import metadata

PRIORITIES: Final = ("urgent", "normal", "low")
STATES: Final = ("new", "in work", "to sign", "to approve", "approved", "amended")
PATIENT_CODE: Final = "patient_code"
PRIORITY: Final = "priority"
ASSIGNEE: Final = "assignee"
ENTRY: Final = (PATIENT_CODE, PRIORITY, ASSIGNEE)
"""Members of a case's details that the worklist shows and sets."""

work = sa.Table(
    "karyoview_worklist",
    metadata,
    sa.Column("folder", sa.String(1000), primary_key=True),
    sa.Column(PATIENT_CODE, sa.Text, nullable=False),
    sa.Column(PRIORITY, sa.String(20), nullable=False),
    sa.Column(ASSIGNEE, sa.Text, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("reviewers", sa.Text, nullable=False),
)


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One case of the worklist; ``reviewers`` are the persons by reviewed image, ``state`` one of :data:`STATES`."""

    folder: str
    patient_code: str = ""
    priority: str = "normal"
    assignee: str = ""
    state: str = "new"
    reviewers: Mapping[str, str] = field(default_factory=dict)

    @property
    def reviewed_by(self) -> str:
        """Who reviewed how many cells: ``Ana 12, Eva 3``."""
        return ", ".join(f"{name} {number}" for name, number in Counter(self.reviewers.values()).most_common())


def item_of(case: Case) -> WorkItem:
    """What the worklist knows of an open case."""
    settings, details = case.settings, case.settings.details
    states = [cell.state for cell in case.cells]
    done = all(s in (ReviewState.REVIEWED, ReviewState.SET_ASIDE) for s in states) and ReviewState.REVIEWED in states
    signed = {s.meaning for s in settings.signatures}
    if settings.locked:
        state = "approved"
    elif "approved" in signed or details.get("amended"):
        state = "amended"
    elif signed:
        state = "to approve"
    elif done:
        state = "to sign"
    else:
        state = "in work" if any(s is not ReviewState.NEW for s in states) else "new"
    priority = str(details.get(PRIORITY, "normal"))
    return WorkItem(
        str(case.folder), str(details.get(PATIENT_CODE, "")), priority if priority in PRIORITIES else "normal",
        str(details.get(ASSIGNEE, "")), state, _reviewers(case),
    )  # fmt: skip


def _reviewers(case: Case) -> dict[str, str]:
    found = {}
    for cell in case.cells:
        if cell.state is ReviewState.REVIEWED:
            try:
                found[cell.image] = str(case.annotation(cell.image).extra.get("reviewed_by", ""))
            except KaryoViewError:
                continue
    return {image: name for image, name in found.items() if name}


def set_entry(case: Case, patient_code: str, priority: str, assignee: str) -> None:
    """Keep what a person entered for the worklist in the case itself. Raises CaseError."""
    wanted = {PATIENT_CODE: patient_code.strip(), PRIORITY: priority, ASSIGNEE: assignee.strip()}
    old = dict(case.settings.details)
    if all(str(old.get(key, "normal" if key == PRIORITY else "")) == value for key, value in wanted.items()):
        return
    kept = {key: value for key, value in old.items() if key not in ENTRY}
    given = {key: value for key, value in wanted.items() if value and (key, value) != (PRIORITY, "normal")}
    case.update_settings("worklist", details={**kept, **given})


def row_of(item: WorkItem) -> dict[str, Any]:
    """The row of the table."""
    return {
        "folder": item.folder, PATIENT_CODE: item.patient_code, PRIORITY: item.priority, ASSIGNEE: item.assignee,
        "state": item.state, "reviewers": json.dumps(dict(item.reviewers), ensure_ascii=False),
    }  # fmt: skip


def item_from(row: Mapping[str, Any]) -> WorkItem:
    """A row of the table, as it was put in."""
    try:
        reviewers = parse_json(row["reviewers"])
    except ValueError:
        reviewers = {}
    values = {key: row[key] for key in ("folder", PATIENT_CODE, PRIORITY, ASSIGNEE, "state")}
    return WorkItem(**values, reviewers=reviewers if isinstance(reviewers, dict) else {})

"""Whether the signatures, amendments and reports of a case hold, with nothing but the case's folder."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

from karyoview.case.audit import AMENDED, SIGNED, Scan, SignedLine
from karyoview.case.proof import KEYS_FILE, line_problem, read_keys, report_problem
from karyoview.case.schema import CASE_FILE
from karyoview.io.documents import Document, compact, sha256_bytes
from karyoview.io.key_list import KeyList, KeyListError
from karyoview.io.own_folder import OwnFolder

_MAX_REPORT: int = 1 << 30


@dataclass(slots=True)
class VerifyReport:
    """``problems`` mean that the case is not as it was recorded; ``warnings`` are harmless (a crash, say).

    ``notes`` say what the check rests on.

    ``lines`` and ``head`` describe the record, ``originals`` how many images were compared, ``signatures`` how many
    were checked by their keys, and ``laboratory`` whose keys these are.
    """

    lines: int = 0
    head: str = ""
    originals: int = 0
    signatures: int = 0
    laboratory: str = ""
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.problems


def check_signatures(
    own: OwnFolder, found: Scan, states: dict[int, str], report: VerifyReport, laboratory: str = ""
) -> None:
    """Each line with a signature or an amendment: its key, its person's role, the head and the state signed."""
    keys = _keys(own, report)
    report.laboratory = keys.laboratory
    wanted = laboratory.strip().lower()
    if wanted and not keys.laboratory.startswith(wanted):
        report.problems.append(
            f"{own.root / KEYS_FILE}: the keys are of the laboratory {keys.laboratory[:16] or '(none)'}, not {wanted}."
        )
    by_hand = 0
    for line in found.signed:
        if not (line.action.startswith(SIGNED) or line.action == AMENDED):
            continue
        who = f"line {line.seq} ({line.action} by {line.row.get('name') or line.row.get('user') or 'nobody'})"
        if problem := line_problem(line, keys, found.keyed_from):
            report.problems.append(f"{who} does not count: {problem}.")
            continue
        if line.row.get("proof"):
            report.signatures += 1
        else:
            by_hand += 1
        if text := _state_problem(line, found, states):
            report.problems.append(f"{who} does not count: {text}.")
    if by_hand and wanted:
        report.problems.append(
            f"{by_hand} signatures or amendments are not proven to be of the laboratory {wanted}: "
            "they are of an earlier version, which knew no keys."
        )
    elif by_hand:
        report.notes.append(
            f"{by_hand} signatures or amendments are not proven: they are of an earlier version, which knew no keys, "
            "and rest on the record and on printed heads alone."
        )


def check_carried(document: Document, path: Path, found: Scan, report: VerifyReport) -> None:
    """Every signature in case.json must stand in a line of the record, and so must the lock."""
    carried = [compact(line.row) for line in found.signed if line.action.startswith(SIGNED)]
    rows = document.get("signatures")
    for number, row in enumerate(rows if isinstance(rows, list) else [], 1):
        if compact(row) not in carried:
            name = json.dumps(row.get("name") if isinstance(row, dict) else row, ensure_ascii=False)[:80]
            report.problems.append(
                f"{path}: signature {number} ({name}) is in no line of the record: it does not count."
            )
    if document.get("locked", False) is not found.locked and found.lines and CASE_FILE in found.after:
        says = "closed" if document.get("locked") else "open"
        report.problems.append(f"{path} says that the case is {says}, the record does not: the record counts.")


def check_reports(own: OwnFolder, found: Scan, report: VerifyReport) -> None:
    """The reports that the record knows are there unchanged, and no others."""
    keys = _keys(own, None)
    known = set()
    try:
        for line in found.reports:
            row, name = line.row, str(line.row.get("file", ""))
            if not re.fullmatch(r"report-[0-9]{3,6}\.pdf", name):
                report.problems.append(f"{own.root}: the record names {name[:80]!r}, which is no report.")
                continue
            known.add(name)
            path = own.root / "reports" / name
            try:
                if sha256_bytes(own.read(f"reports/{name}", _MAX_REPORT)) != row.get("sha256"):
                    report.problems.append(f"{path} is not the report that was made: it was changed.")
            except FileNotFoundError:
                report.problems.append(f"{path} is missing; the record says that it was made.")
            if row.get("proof") and (problem := report_problem(line, keys)):
                report.problems.append(f"{path}: the approver's signature does not hold: {problem}.")
        for name in sorted(set(own.names("reports")) - known):
            if not name.startswith(".kv-"):
                report.problems.append(f"{own.root / 'reports' / name} was not made by KaryoView for this case.")
    except FileNotFoundError:
        return
    except OSError as error:
        report.problems.append(f"{own.root / 'reports'} cannot be read ({error.strerror or error}).")


def _state_problem(line: SignedLine, found: Scan, states: dict[int, str]) -> str:
    if line.action == AMENDED:
        at = found.hashes.get(str(line.row.get("chain_head", "")), 0 if line.row.get("proof") else 1)
        return "" if 0 < at < line.seq else "it was given on a record that is not this one"
    at = found.hashes.get(str(line.row.get("chain_head")), 0)
    if not 0 < at < line.seq:
        return "it was given on a record that is not this one"
    signed = line.row.get("state_sha256")
    if signed != states.get(line.seq):
        return f"the case was not in the state that it names ({str(signed)[:16]})"
    return ""


def _keys(own: OwnFolder, report: VerifyReport | None) -> KeyList:
    try:
        return read_keys(own)
    except KeyListError as error:
        if report is not None:
            report.problems.append(f"{own.root / KEYS_FILE} is not whole: {error}.")
        return KeyList()

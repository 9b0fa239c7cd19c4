"""Whether a PDF is the report of a case: its bytes in the record, its signatures in the case and by their keys."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from karyoview.case.audit import AMENDED, SIGNED, scan
from karyoview.case.location import find_store
from karyoview.case.proof import line_problem, read_keys, report_problem
from karyoview.core.checked_json import parse_json
from karyoview.core.errors import KaryoViewError
from karyoview.core.plain_files import open_to_read
from karyoview.io.documents import compact, sha256_bytes
from karyoview.io.key_list import KeyListError
from karyoview.io.own_folder import OwnFolder
from karyoview.report.content import ReportError
from karyoview.report.pdf import SEAL

_MAX_BYTES: Final = 1 << 30


@dataclass(slots=True)
class ReportCheck:
    """``facts`` are sentences about what the file is; with ``problems`` it is not the report of this case."""

    facts: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def check_report(pdf: Path, folder: Path) -> ReportCheck:
    """Compare a PDF with the case in ``folder``, of which nothing is written. Raises ReportError or OSError."""
    with os.fdopen(open_to_read(pdf), "rb") as file:
        data = file.read(_MAX_BYTES)
    own = OwnFolder(find_store(folder).store)
    if not own.is_file("audit.jsonl"):
        raise ReportError(f"{folder} is no case of KaryoView; name the folder that holds its images.")
    found = ReportCheck()
    digest = sha256_bytes(data)
    record = scan(own.root / "audit.jsonl")
    line = next((made for made in record.reports if made.row.get("sha256") == digest), None)
    try:
        keys = read_keys(own)
    except KeyListError as error:
        raise ReportError(f"The keys of {folder} are not whole: {error}.") from error
    if line is None:
        found.problems.append(f"{pdf} is not a file that this case made: it was changed, or is of another case.")
    else:
        row = line.row
        found.facts.append(f"{pdf} is {row.get('file')} of this case, byte for byte.")
        if row.get("proof"):
            problem = report_problem(line, keys)
            if problem:
                found.problems.append(f"The approver's signature over the file does not hold: {problem}.")
            else:
                found.facts.append(f"{row.get('name')} vouches for the file with their key.")
        since = [later.seq for later in record.signed if later.action == AMENDED and later.seq > line.seq]
        if since:
            found.facts.append(f"The case was amended since (line {since[0]} of the record); ask for a newer report.")
    seal = _seal(data, pdf)
    known = {compact(line.row): line for line in record.signed if line.action.startswith(SIGNED)}
    rows = seal.get("signatures")
    for item in rows if isinstance(rows, list) else []:
        given = known.get(compact(item))
        who = f"{item.get('meaning')} by {item.get('name')}" if isinstance(item, dict) else "a signature"
        if given is None:
            found.problems.append(f"The file says {who}, but the record of the case has no such signature.")
        elif problem := line_problem(given, keys, record.keyed_from):
            found.problems.append(f"The file says {who}, which does not count: {problem}.")
        else:
            found.facts.append(f"{who}, line {given.seq} of the record, {item.get('time')}.")
    return found


def _seal(data: bytes, path: Path) -> dict[str, Any]:
    """What the file says of itself; ReportError where it is no report of this program."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
        try:
            text = document.get_metadata_value("Keywords")
        finally:
            document.close()
        if not text.startswith(SEAL + " "):
            raise ReportError(f"{path} is no report of KaryoView, or one of a version that did not seal its reports.")
        facts = parse_json(text.removeprefix(SEAL))
    except KaryoViewError:
        raise
    except Exception as error:
        raise ReportError(f"{path} cannot be read as a report ({' '.join(str(error).split())[:120]}).") from error
    if not isinstance(facts, dict):
        raise ReportError(f"{path} is no report of KaryoView.")
    return facts

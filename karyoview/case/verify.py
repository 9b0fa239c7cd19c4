"""Whether a case is what it says: the chain of its record, the files against it, signatures, reports, originals."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from karyoview.case.audit import Scan, read_lines, scan
from karyoview.case.listing import list_folder
from karyoview.case.location import STORE_NAME, find_store
from karyoview.case.migrate import migrate_case
from karyoview.case.proof import read_keys
from karyoview.case.replay import SEQ
from karyoview.case.schema import ANNOTATIONS, CASE_FILE, CellRecord, read_cells
from karyoview.case.store import found_state
from karyoview.case.verify_approved import SignedStates
from karyoview.case.verify_signatures import VerifyReport, check_carried, check_reports, check_signatures
from karyoview.core.checked_json import MAX_BYTES
from karyoview.core.errors import KaryoViewError
from karyoview.core.plain_files import NotPlainError
from karyoview.io.atomic import explain
from karyoview.io.documents import Document, DocumentError, parse_document, sha256_bytes
from karyoview.io.key_list import KeyList, KeyListError
from karyoview.io.own_folder import OwnFolder

__all__ = ["VerifyError", "VerifyReport", "verify_case", "verify_record"]

RECORD: Final = "audit.jsonl"
_MIN_HEAD_DIGITS: Final = 16


class VerifyError(KaryoViewError):
    """There is nothing to verify, or the question is not clear."""


def verify_record(path: Path, head: str = "") -> VerifyReport:
    """Check one ``audit.jsonl`` alone; ``head`` is a hash printed on a report. Raises VerifyError.

    Finds changed, removed, added and moved lines, ends cut off (by ``audit.head``) and, with
    ``head``, a chain that was written anew as a whole.
    """
    return _record(path, head)[0]


def verify_case(folder: Path, head: str = "", *, originals: bool = True, laboratory: str = "") -> VerifyReport:
    """Check the record, every file that it wrote, signatures and, with ``originals``, the images. Writes nothing.

    ``folder`` is the case's folder or its ``karyoview`` folder; ``laboratory`` the number printed on reports (or its
    first digits), whose people alone may have signed. Nothing but the folder is needed. Raises VerifyError.
    """
    folder = Path(os.path.abspath(folder))
    if folder.name == STORE_NAME and (folder / CASE_FILE).is_file():
        folder = folder.parent
    own = OwnFolder(find_store(folder).store)
    try:
        if not own.exists(CASE_FILE) and not own.exists(RECORD):
            raise VerifyError(f"{folder} is no case of KaryoView; name the folder that holds its images.")
        listed = [f"{ANNOTATIONS}/{name}" for name in own.names(ANNOTATIONS) if name.endswith(".json")]
    except NotPlainError as error:
        raise VerifyError(f"{explain(error, Path(error.filename or folder))}.") from error
    report, found = _record(own.root / RECORD, head)
    states = _followed(own, found, report)
    for target, expected in sorted(found.after.items()):
        if _check_document(own, target, expected, found, report) and not states.replay.leads_to(target, expected):
            line = states.replay.broken.get(target)
            where = f" from line {line} on" if line else ""
            report.problems.append(f"{own.root / RECORD} no longer leads to {target}{where}: it cannot be rebuilt.")
    for target in sorted(set(listed) - set(found.after)):
        report.problems.append(f"{own.root / target} is not in the record: it was put there by another program.")
    check_signatures(own, found, states.states, report, laboratory)
    check_reports(own, found, report)
    _check_case(folder, own, found, report, originals)
    return report


def _followed(own: OwnFolder, found: Scan, report: VerifyReport) -> SignedStates:
    """The documents as the record leads to them, and the states that were signed."""
    path = own.root / RECORD
    try:
        keys = read_keys(own)
    except KeyListError:
        keys = KeyList()  # told where the signatures are checked
    states = SignedStates(found.signed, keys, found.keyed_from)
    try:
        states.follow(read_lines(path))
    except FileNotFoundError:
        pass
    except OSError as error:
        report.problems.append(f"{path} cannot be read ({error.strerror or error}).")
    report.problems += [f"{path}: {text}." for text in states.problems]
    return states


def _record(path: Path, head: str) -> tuple[VerifyReport, Scan]:
    wanted = head.strip().lower()
    if wanted and (len(wanted) < _MIN_HEAD_DIGITS or set(wanted) - set("0123456789abcdef")):
        raise VerifyError(f"{head!r} is no head of a record; give the hexadecimal digits as printed, at least 16.")
    try:
        found = scan(path, keep_hashes=True)
        absent = not path.exists()
    except NotPlainError as error:
        raise VerifyError(f"{explain(error, path)}.") from error
    except OSError as error:
        raise VerifyError(f"{path} cannot be read ({error.strerror or error}); check the disk.") from error
    report = VerifyReport(lines=found.lines, head=found.head)
    if absent:
        report.problems.append(f"{path} is missing: nothing says who did what.")
    elif not found.lines:
        report.problems.append(f"{path} holds no line of a record: it is empty, or another file has its place.")
    report.problems += [f"{path}: {problem.text}." for problem in found.problems]
    report.warnings += [f"{path}: {note.text}." for note in found.notes]
    if found.time > (datetime.now(UTC) + timedelta(days=1)).isoformat():
        report.warnings.append(f"{path}: the last line has a time that is still to come ({found.time[:19]}).")
    if found.torn and found.lines and not any(problem.line > found.lines for problem in found.problems):
        report.warnings.append(
            f"{path}: the last line was not finished, as after a crash; opening the case sets it aside."
        )
    _check_stored_head(path, found, report)
    if wanted and not any(known.startswith(wanted) for known in found.hashes):
        report.problems.append(
            f"{path}: the head {wanted} is not in the record: it was cut off before it or written anew as a whole."
        )
    return report, found


def _check_stored_head(path: Path, found: Scan, report: VerifyReport) -> None:
    if found.stored_head is None:
        if found.lines:
            report.warnings.append(
                f"{path.with_suffix('.head')} is missing or damaged, so a cut-off end may go unseen."
            )
    elif found.head_problem:
        report.problems.append(f"{path}: {found.head_problem}.")


def _check_document(own: OwnFolder, target: str, expected: str, found: Scan, report: VerifyReport) -> bool:
    """Whether a document is as the record has it last; tells what is wrong otherwise."""
    path = own.root / target
    try:
        data = own.read(target, MAX_BYTES)
    except FileNotFoundError:
        report.problems.append(f"{path} is missing; opening the case restores it from the record.")
        return False
    except NotPlainError as error:
        report.problems.append(f"{explain(error, path)}.")
        return False
    except OSError as error:
        report.problems.append(f"{path} cannot be read ({error.strerror or error}).")
        return False
    digest = sha256_bytes(data)
    if digest == expected:
        return True
    known = list(read_lines(own.root / RECORD, target))
    earlier = {c.after for line in known for c in line.changes if c.target == target}
    earlier |= {found_state(line, target) for line in known}
    if digest in earlier:
        report.warnings.append(
            f"{path} is older than the record, as after a crash; opening the case brings it up to date."
        )
        return False
    try:
        seq = parse_document(data, path).get(SEQ)
    except DocumentError as error:
        report.problems.append(str(error))
        return False
    if isinstance(seq, int) and seq > found.last_seq:
        report.problems.append(
            f"{path} was written by line {seq}, but the record ends at {found.last_seq}: it was cut off."
        )
    else:
        report.problems.append(f"{path} was changed outside KaryoView: it does not match the record.")
    return False


def _check_case(folder: Path, own: OwnFolder, found: Scan, report: VerifyReport, originals: bool) -> None:
    path = own.root / CASE_FILE
    try:
        document: Document = parse_document(own.read(CASE_FILE, MAX_BYTES), path)
        cells = read_cells(migrate_case(document, str(path)), str(path), folder)
    except OSError as error:
        report.problems.append(f"{path} cannot be read ({error.strerror or error}).")
        return
    except DocumentError as error:
        report.problems.append(str(error))
        return
    check_carried(document, path, found, report)
    if not originals:
        return
    from karyoview.io.images import sha256_of

    digests: dict[str, str] = {}
    listing = list_folder(folder)
    for cell in cells:
        if not cell.sha256 or cell.file in digests:
            continue
        try:
            digests[cell.file] = sha256_of(listing.path(cell.file) or cell.path)
        except (OSError, KaryoViewError) as error:
            report.problems.append(f"{cell.path} cannot be compared with the original that was reviewed: {error}")
            continue
        report.originals += 1
        _check_geometry(cell, listing.path(cell.file) or cell.path, own, report)
        if digests[cell.file] != cell.sha256:
            report.problems.append(f"{cell.path} is not the original that was reviewed: its SHA-256 differs.")


def _check_geometry(cell: CellRecord, path: Path, own: OwnFolder, report: VerifyReport) -> None:
    """Boxes that cannot be this picture's: made for another size, or outside it."""
    from karyoview.case.state import annotation_target
    from karyoview.io.annotation_json import annotation_from_document
    from karyoview.io.formats import misfits
    from karyoview.io.images import read_image, upright_size

    try:
        target = annotation_target(cell.image)
        name = str(own.root / target)
        annotation = annotation_from_document(parse_document(own.read(target, MAX_BYTES), name), name)
        size = upright_size(path) if cell.page == 0 else None
        if size is None:
            picture = read_image(path, page=cell.page)
            size = picture.height, picture.width
    except (OSError, KaryoViewError):
        # Files that are missing or cannot be read are told elsewhere.
        return
    report.problems += [f"{path}: {phrase}." for phrase in misfits(annotation, size)]

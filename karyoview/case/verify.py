"""Whether a case is what it says: the chain of its record, the files against it, the originals."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from karyoview.case.audit import Scan, read_lines, scan
from karyoview.case.listing import list_folder
from karyoview.case.location import STORE_NAME, find_store
from karyoview.case.schema import CellRecord, read_cells
from karyoview.case.store import CASE_FILE, SEQ
from karyoview.core.errors import KaryoViewError
from karyoview.io.documents import Document, DocumentError, parse_document, sha256_bytes

_MIN_HEAD_DIGITS: Final = 16


class VerifyError(KaryoViewError):
    """There is nothing to verify, or the question is not clear."""


@dataclass(slots=True)
class VerifyReport:
    """``problems`` mean that the case is not as it was recorded; ``warnings`` are harmless (a crash, say).

    ``lines`` and ``head`` describe the record, ``originals`` how many images were compared.
    """

    lines: int = 0
    head: str = ""
    originals: int = 0
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.problems


def verify_record(path: Path, head: str = "") -> VerifyReport:
    """Check one ``audit.jsonl`` alone; ``head`` is a hash printed on a report. Raises VerifyError.

    Finds changed, removed, added and moved lines, ends cut off (by ``audit.head``) and, with
    ``head``, a chain that was written anew as a whole.
    """
    return _record(path, head)[0]


def verify_case(folder: Path, head: str = "", *, originals: bool = True) -> VerifyReport:
    """Check the record, every file that it wrote and, with ``originals``, the images. Writes nothing.

    ``folder`` is the case's folder or its ``karyoview`` folder. Raises VerifyError.
    """
    folder = Path(os.path.abspath(folder))
    if folder.name == STORE_NAME and (folder / CASE_FILE).is_file():
        folder = folder.parent
    store = find_store(folder).store
    if not (store / CASE_FILE).is_file() and not (store / "audit.jsonl").is_file():
        raise VerifyError(f"{folder} is no case of KaryoView; name the folder that holds its images.")
    report, found = _record(store / "audit.jsonl", head)
    for target, expected in sorted(found.after.items()):
        _check_document(store, target, expected, found, report)
    listed = {str(p.relative_to(store).as_posix()) for p in (store / "annotations").glob("*.json")}
    for target in sorted(listed - set(found.after)):
        report.problems.append(f"{store / target} is not in the record: it was put there by another program.")
    _check_case(folder, store, found, report, originals)
    return report


def _record(path: Path, head: str) -> tuple[VerifyReport, Scan]:
    wanted = head.strip().lower()
    if wanted and (len(wanted) < _MIN_HEAD_DIGITS or set(wanted) - set("0123456789abcdef")):
        raise VerifyError(f"{head!r} is no head of a record; give the hexadecimal digits as printed, at least 16.")
    try:
        found = scan(path, keep_hashes=True)
        absent = not path.exists()
    except OSError as error:
        raise VerifyError(f"{path} cannot be read ({error.strerror or error}); check the disk.") from error
    report = VerifyReport(lines=found.lines, head=found.head)
    if absent:
        report.problems.append(f"{path} is missing: nothing says who did what.")
    report.problems += [f"{path}: {problem.text}." for problem in found.problems]
    if found.torn:
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


def _check_document(store: Path, target: str, expected: str, found: Scan, report: VerifyReport) -> None:
    path = store / target
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        report.problems.append(f"{path} is missing; opening the case restores it from the record.")
        return
    except OSError as error:
        report.problems.append(f"{path} cannot be read ({error.strerror or error}).")
        return
    digest = sha256_bytes(data)
    if digest == expected:
        return
    earlier = {
        c.after for line in read_lines(store / "audit.jsonl", target) for c in line.changes if c.target == target
    }
    if digest in earlier:
        report.warnings.append(
            f"{path} is older than the record, as after a crash; opening the case brings it up to date."
        )
        return
    try:
        seq = parse_document(data, path).get(SEQ)
    except DocumentError as error:
        report.problems.append(str(error))
        return
    if isinstance(seq, int) and seq > found.last_seq:
        report.problems.append(
            f"{path} was written by line {seq}, but the record ends at {found.last_seq}: it was cut off."
        )
    else:
        report.problems.append(f"{path} was changed outside KaryoView: it does not match the record.")


def _check_case(folder: Path, store: Path, found: Scan, report: VerifyReport, originals: bool) -> None:
    path = store / CASE_FILE
    try:
        document: Document = parse_document(path.read_bytes(), path)
        cells = read_cells(document, str(path), folder)
    except OSError as error:
        report.problems.append(f"{path} cannot be read ({error.strerror or error}).")
        return
    except DocumentError as error:
        report.problems.append(str(error))
        return
    for number, signature in enumerate(document.get("signatures", []), 1):
        signed = signature.get("chain_head") if isinstance(signature, dict) else None
        if signed not in found.hashes:
            text = f"{path}: signature {number} was given on a record that is not this one: {json.dumps(signed)[:80]}."
            report.problems.append(text)
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
        _check_geometry(cell, listing.path(cell.file) or cell.path, store, report)
        if digests[cell.file] != cell.sha256:
            report.problems.append(f"{cell.path} is not the original that was reviewed: its SHA-256 differs.")


def _check_geometry(cell: CellRecord, path: Path, store: Path, report: VerifyReport) -> None:
    """Boxes that cannot be this picture's: made for another size, or outside it."""
    from karyoview.case.state import annotation_target
    from karyoview.io.annotation_json import annotation_from_document
    from karyoview.io.formats import misfits
    from karyoview.io.images import read_image, upright_size

    target = store / annotation_target(cell.image)
    try:
        annotation = annotation_from_document(parse_document(target.read_bytes(), target), str(target))
        size = upright_size(path) if cell.page == 0 else None
        if size is None:
            picture = read_image(path, page=cell.page)
            size = picture.height, picture.width
    except (OSError, KaryoViewError):
        # Files that are missing or cannot be read are told elsewhere.
        return
    report.problems += [f"{path}: {phrase}." for phrase in misfits(annotation, size)]

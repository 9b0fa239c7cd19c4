"""What case.json holds: settings of the case and its cells, with their defaults and checks."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import msgspec

from karyoview.core.annotation import ReviewState
from karyoview.io.annotation_json import SCHEMA
from karyoview.io.documents import Document, DocumentError, compact, sha256_bytes

CASE_FILE: Final = "case.json"
ANNOTATIONS: Final = "annotations"
_DEVICE: Final = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *(\.|$)", re.IGNORECASE)
"""Names that are devices on Windows, whatever suffix follows."""
_ID_LETTERS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature: who, when (UTC), what it means, and what was signed.

    ``user`` is the login name, ``name`` the printed name, ``meaning`` one of analysed, reviewed,
    approved; ``state_sha256`` the state of the case, ``chain_head`` the head of the record before
    the signature, ``report_sha256`` the report where there is one. ``amends`` is the reason when the
    signature is under an amended report, ``shortfalls`` what the signer was shown to fall short and confirmed.
    ``key`` is the public key that made ``proof``, ``laboratory`` and ``key_list`` the first and last entry of
    the list of keys; empty in signatures of earlier versions.
    """

    user: str
    name: str
    meaning: str
    time: str
    state_sha256: str
    chain_head: str
    report_sha256: str = ""
    amends: str = ""
    shortfalls: tuple[str, ...] = ()
    laboratory: str = ""
    key_list: str = ""
    key: str = ""
    proof: str = ""
    extra: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class CaseSettings:
    """The case as a whole.

    ``id`` is pseudonymous; ``protocol`` names a preset; ``training_consent`` says whether corrections
    may train engines; ``sex_withheld`` hides sex in window and report; ``blind_second_count`` hides
    proposals and the colleague's work. ``karyotype`` is the ISCN text; ``details`` the header of the
    report (specimen, banding, …) and other small values; ``locked`` is true after a signature that
    closes the case, until it is amended. ``extra`` keeps members of other versions.
    """

    id: str
    created: str = ""
    protocol: str = "constitutional"
    training_consent: bool = False
    sex_withheld: bool = False
    blind_second_count: bool = False
    karyotype: str = ""
    notes: str = ""
    details: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    signatures: tuple[Signature, ...] = ()
    locked: bool = False
    extra: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class CellRecord:
    """One cell: an image file, or one page of it.

    ``image`` is the name everywhere (the file name, with ``.pN`` for page N ≥ 1), ``path`` the original.
    ``stage`` is x, y of the microscope in its own unit, ``um_per_pixel`` overrides the file's scale.
    ``state`` and ``reason`` follow the annotation; ``count`` is its last known total, None where
    nothing was saved yet. ``missing`` is true when the original is no longer in the folder.
    """

    image: str
    file: str
    page: int = 0
    path: Path = Path()
    slide: str = ""
    culture: str = ""
    stage: tuple[float, float] | None = None
    um_per_pixel: float | None = None
    state: ReviewState = ReviewState.NEW
    reason: str = ""
    counted: bool = False
    analysed: bool = False
    karyotyped: bool = False
    sha256: str = ""
    count: int | None = None
    missing: bool = False
    extra: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


CONSENT: Final = "consent_after"
"""Whether the case may train engines, decided beside what is signed; it goes before ``training_consent``."""


class _SignatureRow(msgspec.Struct):
    user: str
    name: str
    meaning: str
    time: str
    state_sha256: str
    chain_head: str
    report_sha256: str = ""
    amends: str = ""
    shortfalls: tuple[str, ...] = ()
    laboratory: str = ""
    key_list: str = ""
    key: str = ""
    proof: str = ""


class _CellRow(msgspec.Struct):
    image: str
    file: str
    page: int = 0
    slide: str = ""
    culture: str = ""
    stage: tuple[float, float] | None = None
    um_per_pixel: float | None = None
    state: ReviewState = ReviewState.NEW
    reason: str = ""
    counted: bool = False
    analysed: bool = False
    karyotyped: bool = False
    sha256: str = ""


class _CaseDocument(msgspec.Struct):
    schema: int
    id: str
    created: str = ""
    protocol: str = "constitutional"
    training_consent: bool = False
    consent_after: bool | None = None
    sex_withheld: bool = False
    blind_second_count: bool = False
    karyotype: str = ""
    notes: str = ""
    details: dict[str, Any] = {}
    signatures: list[dict[str, Any]] = []
    locked: bool = False
    cells: list[dict[str, Any]] = []
    audit_seq: int = 0
    program: str = ""


CELL_MEMBERS: Final = frozenset(_CellRow.__struct_fields__)
SETTINGS_MEMBERS: Final = frozenset(_CaseDocument.__struct_fields__)
_SIGNATURE_MEMBERS: Final = frozenset(_SignatureRow.__struct_fields__)
_KEYED_MEMBERS: Final = frozenset({"shortfalls", "laboratory", "key_list", "key", "proof"})
_NOT_SET_BY_HAND: Final = frozenset({"image", "file", "page", "sha256"})
EDITABLE_CELL_MEMBERS: Final = CELL_MEMBERS - _NOT_SET_BY_HAND
EDITABLE_SETTINGS: Final = SETTINGS_MEMBERS - {
    CONSENT,
    "schema",
    "cells",
    "audit_seq",
    "program",
    "created",
    "signatures",
    "locked",
}


def new_case_document(created: str, program: str) -> Document:
    """An empty case with a random pseudonymous id, as ``KV-7F3K-2M9Q``."""
    letters = "".join(secrets.choice(_ID_LETTERS) for _ in range(8))
    return {
        "schema": SCHEMA,
        "id": f"KV-{letters[:4]}-{letters[4:]}",
        "created": created,
        "program": program,
        "protocol": "constitutional",
        "training_consent": False,
        "sex_withheld": False,
        "blind_second_count": False,
        "karyotype": "",
        "details": {},
        "signatures": [],
        "locked": False,
        "cells": [],
    }


def new_cell_row(file: str, page: int) -> Document:
    """The row of a cell that was just found in the folder."""
    image = f"{file}.p{page}" if page else file
    return {"image": image, "file": file, "page": page, "state": str(ReviewState.NEW)}


def read_settings(document: Document, name: str) -> CaseSettings:
    """The settings in case.json; DocumentError names the file ``name`` and the member at fault."""
    row = _convert(document, _CaseDocument, name)
    return CaseSettings(
        id=row.id,
        created=row.created,
        protocol=row.protocol,
        training_consent=row.training_consent if row.consent_after is None else row.consent_after,
        sex_withheld=row.sex_withheld,
        blind_second_count=row.blind_second_count,
        karyotype=row.karyotype,
        notes=row.notes,
        details=MappingProxyType(row.details),
        signatures=tuple(_signature(s, f"{name}, signature {i + 1}") for i, s in enumerate(row.signatures)),
        locked=row.locked,
        extra=_unknown(document, SETTINGS_MEMBERS),
    )


def read_cells(document: Document, name: str, folder: Path) -> list[CellRecord]:
    """The cells in case.json, in order; DocumentError for a name that leaves the folder."""
    cells = []
    seen: set[str] = set()
    twins: dict[str, str] = {}
    for number, item in enumerate(_convert(document, _CaseDocument, name).cells, 1):
        where = f"{name}, cell {number}"
        row = _convert(item, _CellRow, where)
        check_file_name(row.file, where)
        check_file_name(row.image, where)
        if row.image in seen:
            raise DocumentError(f"{where}: the image {row.image!r} is listed twice; remove one of the two.")
        if (twin := twins.setdefault(row.image.casefold(), row.image)) != row.image and not tells_capitals(folder):
            raise DocumentError(
                f"{where}: {twin!r} and {row.image!r} differ in capitals only, which this disk does not tell apart; "
                "open the case where it was made and rename one of the two."
            )
        seen.add(row.image)
        fields = {key: getattr(row, key) for key in CELL_MEMBERS}
        cells.append(CellRecord(**fields, path=folder / row.file, extra=_unknown(item, CELL_MEMBERS)))
    return cells


def signature_row(signature: Signature) -> Document:
    """The JSON object of a signature."""
    row = {**signature.extra, **{key: getattr(signature, key) for key in _SIGNATURE_MEMBERS}}
    row["shortfalls"] = list(signature.shortfalls)
    # What earlier versions did not know stays out of their signatures.
    return {key: value for key, value in row.items() if value or key not in _KEYED_MEMBERS}


def state_digest(document: Document, annotation: Callable[[str], Document | None]) -> str:
    """SHA-256 of what a signature is about: case.json and every annotation (by image), as the help page says."""
    left_out = ("signatures", "locked", "audit_seq", "program", CONSENT)
    own = {key: value for key, value in document.items() if key not in left_out}
    rows = own.get("cells", [])
    own["cells"] = [{key: value for key, value in row.items() if key != "sha256"} for row in rows]
    parts = [compact(own)]
    for row in rows:
        found = annotation(row["image"]) or {}
        parts.append(compact({key: value for key, value in found.items() if key != "audit_seq"}))
    return sha256_bytes("\n".join(parts).encode())


def check_file_name(name: str, where: str) -> None:
    """DocumentError unless ``name`` is a plain file name that stays in its folder, and is itself, on every system."""
    drive = re.match(r"^[A-Za-z]:", name)
    if not name or name in (".", "..") or re.search(r"[/\\\x00]|[. ]$", name) or drive or _DEVICE.match(name):
        raise DocumentError(f"{where}: {name!r} is not the name of a file in the case's folder.")


def tells_capitals(folder: Path) -> bool:
    """Whether the disk of a folder tells ``a.png`` and ``A.png`` apart; True where that cannot be seen."""
    other = folder.with_name(folder.name.swapcase())
    try:
        return other == folder or not other.exists() or not other.samefile(folder)
    except OSError:
        return True


def is_document(target: str) -> bool:
    """Whether a name from a record is that of a file which records are about: case.json or an annotation."""
    if target == CASE_FILE:
        return True
    folder, _, name = target.partition("/")
    if folder != ANNOTATIONS or not name.endswith(".json"):
        return False
    try:
        check_file_name(name.removesuffix(".json"), target)
        check_file_name(name, target)
    except DocumentError:
        return False
    return True


def _signature(document: Document, where: str) -> Signature:
    row = _convert(document, _SignatureRow, where)
    fields = {key: getattr(row, key) for key in _SIGNATURE_MEMBERS}
    return Signature(**fields, extra=_unknown(document, _SIGNATURE_MEMBERS))


def _unknown(document: Document, members: frozenset[str]) -> Mapping[str, Any]:
    return MappingProxyType({key: value for key, value in document.items() if key not in members})


def _convert(document: Document, kind: type[Any], name: str) -> Any:
    try:
        return msgspec.convert(document, kind)
    except (msgspec.ValidationError, RecursionError) as error:
        raise DocumentError(f"{name}: {error}.") from error

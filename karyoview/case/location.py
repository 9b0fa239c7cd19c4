"""Where a case's files go: below the folder itself, or in the user's own space when it is read-only."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from karyoview.case.audit import scan
from karyoview.io.atomic import sync_folder, write_atomic
from karyoview.io.documents import DocumentError, dump_document, read_document
from karyoview.io.own_folder import OwnFolder
from karyoview.io.user_data import workspace

STORE_NAME: Final = "karyoview"
SOURCE_FILE: Final = "source.json"
RECORD: Final = "audit.jsonl"
_COPIED: Final = ("case.json", RECORD, "audit.head", "keys.json")
_COPIED_PARTS: Final = ("annotations", "proposals", "reports")
_MAX_COPIED: Final = 1 << 31


@dataclass(frozen=True, slots=True)
class StorePlace:
    """The folder that holds the case's files and, where it is not the usual one, a sentence about it."""

    store: Path
    notice: str = ""


def workspace_store(folder: Path) -> Path:
    """The store in the workspace for a folder of images, keyed by the folder's full path."""
    key = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:16]
    readable = re.sub(r"[^\w.-]+", "_", folder.name, flags=re.ASCII)[:40].strip("._") or "case"
    return workspace() / "cases" / f"{readable}-{key}"


def find_store(folder: Path) -> StorePlace:
    """Where to read a case without writing anything."""
    usual, own = folder / STORE_NAME, workspace_store(folder)
    if own.is_dir() and not _is_writable(usual if usual.is_dir() else folder):
        return StorePlace(own, _notice(folder, own))
    return StorePlace(usual)


def prepare_store(folder: Path) -> StorePlace:
    """Where to write a case; makes the folders. Raises OSError when no place can be written."""
    usual = folder / STORE_NAME
    try:
        OwnFolder(folder).make_part(STORE_NAME)
        _make_parts(usual)
        _probe(usual)
        return StorePlace(usual)
    except OSError as error:
        if error.errno not in (errno.EROFS, errno.EACCES, errno.EPERM):
            raise
    own = workspace_store(folder)
    if not own.is_dir():
        own.parent.mkdir(parents=True, exist_ok=True)
        _copy_store(usual, own)
        write_atomic(own / SOURCE_FILE, _source(folder, usual), private=True)
    _make_parts(own)
    return StorePlace(own, _notice(folder, own))


def _source(folder: Path, usual: Path) -> bytes:
    """What the copy in the workspace is of, and how far the record was when it was taken."""
    return dump_document({"folder": str(folder), "head": scan(usual / RECORD).head})


def read_source(path: Path) -> Path | None:
    """The folder of images that a store in the workspace belongs to; None where the file does not say."""
    try:
        folder = read_document(path).get("folder")
    except (OSError, DocumentError):
        return None
    return Path(folder) if isinstance(folder, str) else None


def _make_parts(store: Path) -> None:
    for part in ("annotations", "proposals"):
        OwnFolder(store).make_part(part)


def _probe(folder: Path) -> None:
    probe = folder / f".kv-{secrets.token_hex(6)}.tmp"
    handle = os.open(probe, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666)
    os.close(handle)
    # Another program that opens the case at this moment tidies what looks left over.
    probe.unlink(missing_ok=True)


def _is_writable(folder: Path) -> bool:
    return os.access(folder, os.W_OK)


def _copy_store(usual: Path, own: Path) -> None:
    # Under another name first, so that a copy cut short is not taken for the case. Plain files only: what a link
    # in somebody else's folder names is none of the case's files, and a pipe has no end.
    partial = own.with_name(f"{own.name}.{secrets.token_hex(4)}.partial")
    partial.mkdir(mode=0o700)
    source, target = OwnFolder(usual), OwnFolder(partial)
    try:
        for name in (n for n in source.names() if n in _COPIED or n.startswith(("audit.torn-", "damaged-"))):
            target.write(name, source.read(name, _MAX_COPIED))
        for part in _COPIED_PARTS:
            target.make_part(part)
            for name in source.names(part):
                target.write(f"{part}/{name}", source.read(f"{part}/{name}", _MAX_COPIED))
        os.replace(partial, own)
        sync_folder(own.parent)
    except BaseException as error:
        with contextlib.suppress(OSError):
            shutil.rmtree(partial)
        # Another program that opened the case at the same moment was quicker: its copy is as good.
        if not (isinstance(error, OSError) and error.errno in (errno.ENOTEMPTY, errno.EEXIST) and own.is_dir()):
            raise


def _notice(folder: Path, own: Path) -> str:
    return f"{folder} cannot be written, so this case is kept in {own}."

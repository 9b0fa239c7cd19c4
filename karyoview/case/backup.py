"""A case in one zip file, and back, every byte compared with its SHA-256 both ways.

A backup holds the originals as they are, image tags included: it belongs into the laboratory's own
safe place and is no export.
"""

from __future__ import annotations

import contextlib
import hashlib
import lzma
import os
import secrets
import shutil
import time
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Final

import msgspec

from karyoview.case.audit import scan
from karyoview.case.listing import list_folder
from karyoview.case.location import STORE_NAME, find_store
from karyoview.case.schema import CASE_FILE, CellRecord, read_cells
from karyoview.case.verify import verify_case
from karyoview.core.checked_json import MAX_BYTES
from karyoview.core.clock import utc_now
from karyoview.core.errors import KaryoViewError
from karyoview.core.plain_files import open_to_read
from karyoview.io.atomic import TEMPORARY_PREFIX, TEMPORARY_SUFFIX, explain, remove_leftovers, sync_folder
from karyoview.io.documents import DocumentError, dump_document, parse_document
from karyoview.io.images import ImageError, sha256_of
from karyoview.io.own_folder import OwnFolder, read_plain

MANIFEST: Final = "karyoview-backup.json"
_CHUNK: Final = 1 << 20
_RESTORED: Final = ".restored"
_ABANDONED_S: Final = 86400.0
_NOT_KEPT: Final = ("lock.json", "source.json")
_COMPRESSED: Final = frozenset({".json", ".jsonl", ".head", ".txt", ".csv", ".svg", ".bmp"})


class BackupError(KaryoViewError):
    """A backup cannot be made, read or restored."""


class _Entry(msgspec.Struct):
    size: int
    sha256: str


class _Manifest(msgspec.Struct):
    schema: int
    made: str
    head: str
    files: dict[str, _Entry]


@dataclass(frozen=True, slots=True)
class BackupReport:
    """What was written or restored: where, files, bytes, and the head of the record."""

    path: Path
    files: int
    size: int
    head: str


def backup_case(folder: Path, archive: Path, *, originals: bool = True) -> BackupReport:
    """Write a case to ``archive`` (zip) and read it back for comparison; an existing file is never replaced.

    May run while the case is open: the record is copied last, so that it is never behind the files.
    Raises BackupError; nothing is left at ``archive`` then.
    """
    folder, archive = Path(os.path.abspath(folder)), Path(os.path.abspath(archive))
    store = find_store(folder).store
    if not (store / CASE_FILE).is_file():
        raise BackupError(f"{folder} is no case of KaryoView; name the folder that holds its images.")
    if archive.exists():
        raise BackupError(f"{archive} exists already; choose another name.")
    partial = archive.with_name(f"{TEMPORARY_PREFIX}{secrets.token_hex(6)}{TEMPORARY_SUFFIX}")
    # What a killed backup left here is of no use to anybody, and may be large.
    remove_leftovers(archive.parent, older_than_s=_ABANDONED_S)
    try:
        files = _files(folder, store, originals)
        entries: dict[str, _Entry] = {}
        with zipfile.ZipFile(partial, "x", allowZip64=True) as bundle:
            for name, path in files:
                entries[name] = _add(bundle, name, path)
            head = scan(store / "audit.jsonl").head
            manifest = _Manifest(1, utc_now(), head, entries)
            bundle.writestr(MANIFEST, dump_document(msgspec.to_builtins(manifest)))
        with zipfile.ZipFile(partial) as bundle:
            for name, entry in _read_manifest(bundle, archive).files.items():
                with bundle.open(name) as source:
                    _copy(source, None, entry, name, archive)
        with open(partial, "rb") as file:
            os.fsync(file.fileno())
        os.replace(partial, archive)
        sync_folder(archive.parent)
    except OSError as error:
        raise BackupError(f"The backup was not made: {explain(error, Path(error.filename or archive))}.") from error
    except (DocumentError, ImageError) as error:
        raise BackupError(str(error)) from error
    finally:
        with contextlib.suppress(OSError):
            partial.unlink()
    return BackupReport(archive, len(entries), sum(e.size for e in entries.values()), head)


def restore_case(archive: Path, folder: Path) -> BackupReport:
    """Unpack a backup into ``folder``, which must not exist or be empty, and verify the case there.

    Raises BackupError when the file is no backup, is damaged, or the restored case does not verify;
    ``folder`` is then as it was.
    """
    archive, folder = Path(os.path.abspath(archive)), Path(os.path.abspath(folder))
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BackupError(f"{folder} is not empty; choose a new folder for the restored case.")
    partial = folder.with_name(f"{TEMPORARY_PREFIX}{secrets.token_hex(6)}{_RESTORED}")
    _remove_abandoned(folder.parent)
    try:
        with zipfile.ZipFile(archive) as bundle:
            manifest = _read_manifest(bundle, archive)
            need = sum(entry.size for entry in manifest.files.values())
            folder.parent.mkdir(parents=True, exist_ok=True)
            if shutil.disk_usage(folder.parent).free < need:
                raise BackupError(f"{folder.parent} has no room for {need >> 20} MB; free some space.")
            for name, entry in manifest.files.items():
                target = partial / name
                target.parent.mkdir(parents=True, exist_ok=True)
                with bundle.open(name) as source, open(target, "xb") as sink:
                    _copy(source, sink, entry, name, archive)
        report = verify_case(
            partial, manifest.head if manifest.head.strip("0") else "", originals="images" in _kinds(manifest)
        )
        if not report.ok:
            raise BackupError(f"{archive} holds a case that does not verify: {report.problems[0]}")
        if folder.exists():
            folder.rmdir()
        os.replace(partial, folder)
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError) as error:
        raise BackupError(f"{archive} is no zip file or is damaged ({error}).") from error
    except (OSError, RuntimeError, NotImplementedError, EOFError, ValueError) as error:
        text = explain(error, Path(error.filename or folder)) if isinstance(error, OSError) else str(error)
        raise BackupError(f"The backup was not restored: {text}.") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return BackupReport(folder, len(manifest.files), need, manifest.head)


def _kinds(manifest: _Manifest) -> set[str]:
    return {"store" if name.startswith(f"{STORE_NAME}/") else "images" for name in manifest.files}


def _files(folder: Path, store: Path, originals: bool) -> list[tuple[str, Path]]:
    """Names in the archive and where they lie: originals, documents, and the record last."""
    files: list[tuple[str, Path]] = []
    if originals:
        path = store / CASE_FILE
        cells = read_cells(parse_document(read_plain(path, MAX_BYTES), path), str(path), folder)
        names = dict.fromkeys(c.file for c in cells)
        listing = list_folder(folder)
        files += [(name, found) for name in names if (found := listing.path(name)) is not None]
        _refuse_foreign_links(files, cells)
    record: list[tuple[str, Path]] = []
    own = OwnFolder(store)
    parts = [e.name for e in os.scandir(store) if e.is_dir(follow_symlinks=False)]
    for relative in [*own.names(), *(f"{part}/{name}" for part in sorted(parts) for name in own.names(part))]:
        path = store / relative
        if relative in _NOT_KEPT or path.name.startswith(".kv-"):
            continue
        (record if relative.startswith("audit.") else files).append((f"{STORE_NAME}/{relative}", path))
    # audit.head may lag behind audit.jsonl but never run ahead of it, so it goes before it.
    return files + sorted(record, key=lambda item: item[0].endswith(".jsonl"))


def _refuse_foreign_links(files: list[tuple[str, Path]], cells: list[CellRecord]) -> None:
    """An original may be a link, but only to the very file that was reviewed: a backup takes no other file along."""
    recorded = {cell.file: cell.sha256 for cell in cells}
    for name, path in files:
        if path.is_symlink() and (not recorded[name] or sha256_of(path) != recorded[name]):
            raise BackupError(f"{path} is a link to another file than the one that was reviewed; put the file there.")


def _remove_abandoned(folder: Path) -> None:
    """Remove what killed restores left beside ``folder``."""
    with contextlib.suppress(OSError):
        for entry in os.scandir(folder):
            ours = entry.name.startswith(TEMPORARY_PREFIX) and entry.name.endswith(_RESTORED)
            if not ours or not entry.is_dir(follow_symlinks=False):
                continue
            if time.time() - entry.stat(follow_symlinks=False).st_mtime >= _ABANDONED_S:
                shutil.rmtree(entry.path, ignore_errors=True)


def _add(bundle: zipfile.ZipFile, name: str, path: Path) -> _Entry:
    info = zipfile.ZipInfo.from_file(path, name, strict_timestamps=False)
    info.compress_type = zipfile.ZIP_DEFLATED if path.suffix.lower() in _COMPRESSED else zipfile.ZIP_STORED
    digest, size = hashlib.sha256(), 0
    with os.fdopen(open_to_read(path), "rb") as source, bundle.open(info, "w", force_zip64=True) as sink:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
            sink.write(chunk)
    return _Entry(size, digest.hexdigest())


def _copy(source: IO[bytes], sink: IO[bytes] | None, entry: _Entry, name: str, archive: Path) -> None:
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(_CHUNK):
        digest.update(chunk)
        size += len(chunk)
        if size > entry.size:
            break
        if sink is not None:
            sink.write(chunk)
    if size != entry.size or digest.hexdigest() != entry.sha256:
        raise BackupError(f"{archive}: {name} is not what was backed up; the file is damaged or was changed.")


def _read_manifest(bundle: zipfile.ZipFile, archive: Path) -> _Manifest:
    try:
        info = bundle.getinfo(MANIFEST)
        if info.file_size > 64 << 20:
            raise BackupError(f"{archive}: the list of files is too large to be real.")
        manifest = msgspec.json.decode(bundle.read(info), type=_Manifest)
    except (KeyError, ValueError, msgspec.DecodeError, RecursionError) as error:
        raise BackupError(f"{archive} is no backup of KaryoView: its list of files is missing or damaged.") from error
    present = set(bundle.namelist())
    for name, entry in manifest.files.items():
        parts = PurePosixPath(name).parts
        if not parts or name.startswith("/") or ".." in parts or "\\" in name or ":" in name or entry.size < 0:
            raise BackupError(f"{archive}: {name!r} would leave the folder; the backup is not trusted.")
        if name not in present:
            raise BackupError(f"{archive}: {name} is missing; the backup is damaged.")
    return manifest

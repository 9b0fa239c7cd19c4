"""Writing a file whole or not at all, and saying in a sentence why it did not work."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import time
from pathlib import Path

TEMPORARY_PREFIX = ".kv-"
TEMPORARY_SUFFIX = ".tmp"


def write_atomic(path: Path, data: bytes, *, flush_name: bool = True, private: bool = False) -> None:
    """Replace ``path`` by ``data``: temporary file beside it, flush to disk, rename.

    ``flush_name`` False lets the rename reach the disk later, for files that can be built anew; ``private``
    keeps the file from other people on this computer.
    At every moment ``path`` holds either the old or the new bytes. Raises OSError; the old file is
    then untouched and the temporary file removed where that is still possible.
    """
    temporary = path.parent / f"{TEMPORARY_PREFIX}{secrets.token_hex(6)}{TEMPORARY_SUFFIX}"
    try:
        with open(temporary, "xb") as file:
            if private:
                os.chmod(temporary, 0o600)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        replace_file(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    if flush_name:
        sync_folder(path.parent)


def replace_file(source: Path | str, target: Path | str, folder: int | Path | None = None) -> None:
    """Rename over ``target``, patient with virus scanners; below ``folder`` (a handle or path) where it is given."""
    handle: dict[str, int] = {}
    if isinstance(folder, int):
        handle = {"src_dir_fd": folder, "dst_dir_fd": folder}
    elif folder is not None:
        source, target = folder / source, folder / target
    # Virus scanners on Windows hold a file for moments after it was written.
    for wait in (0.02, 0.1, 0.4):
        try:
            os.replace(source, target, **handle)
            return
        except PermissionError:
            if os.name != "nt":
                raise
            time.sleep(wait)
    os.replace(source, target, **handle)


def sync_handle(folder: int | Path) -> None:
    """Flush the list of names of a folder that is open, or named; nothing where unsupported."""
    if isinstance(folder, Path):
        sync_folder(folder)
        return
    with contextlib.suppress(OSError):
        os.fsync(folder)


def sync_folder(folder: Path) -> None:
    """Flush a folder's list of names, so that a rename survives a power cut; nothing where unsupported."""
    if os.name == "nt":
        return
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def remove_leftovers(folder: Path, older_than_s: float = 0.0) -> int:
    """Delete temporary files that a killed writer left in ``folder``; returns how many."""
    removed = 0
    with contextlib.suppress(OSError):
        for entry in os.scandir(folder):
            if not (entry.name.startswith(TEMPORARY_PREFIX) and entry.name.endswith(TEMPORARY_SUFFIX)):
                continue
            with contextlib.suppress(OSError):
                if time.time() - entry.stat(follow_symlinks=False).st_mtime >= older_than_s:
                    os.unlink(entry.path)
                    removed += 1
    return removed


def explain(error: OSError, path: Path) -> str:
    """What went wrong with ``path`` and what to do, as one sentence's second half."""
    if error.errno == errno.ENOSPC:
        return f"the disk that holds {path} is full; free some space and save again"
    if error.errno == errno.EDQUOT:
        return f"your share of the disk that holds {path} is used up; free some space and save again"
    if error.errno == errno.EFBIG:
        return f"{path} is larger than this disk allows for one file; use a disk of another format"
    if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ESTALE, errno.EIO, errno.ENOTCONN, errno.EHOSTDOWN):
        return f"{path} cannot be reached; reconnect the disk or network folder and save again"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"there is no permission to write {path}; ask for write access or work on a copy"
    if error.errno in (errno.ELOOP, errno.ENXIO, errno.EINVAL, errno.EISDIR):
        return f"{path} is no plain file (a link, a pipe or a folder); remove it and put the file itself there"
    if error.errno == errno.ENAMETOOLONG:
        return f"the name {path.name} is too long for the disk; shorten the image's name"
    return f"{path} could not be written ({error.strerror or error}); check the disk and save again"

"""Files in a folder that somebody else may have made: opened below a handle, no link followed, plain files only.

A case comes on a stick or lies on a share. Whoever made it can put a link, a pipe or another name for
a file of the reader's in the place of each file that KaryoView reads or writes there.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Final

from karyoview.core.plain_files import WAITS_FOR_NOBODY
from karyoview.core.plain_files import NotPlainError as NotPlainError
from karyoview.core.plain_files import open_to_read as open_to_read
from karyoview.io.atomic import TEMPORARY_PREFIX, TEMPORARY_SUFFIX, replace_file, sync_handle

HANDLES: Final = os.open in os.supports_dir_fd and os.rename in os.supports_dir_fd and hasattr(os, "O_NOFOLLOW")
"""Whether this system opens files below a handle; elsewhere (Windows) each part of the path is looked at first."""
_NOFOLLOW: Final = getattr(os, "O_NOFOLLOW", 0)


class OwnFolder:
    """The folder ``root``; names are relative, with ``/``, and never leave it.

    ``root`` itself may not be a link. A handle is opened anew for each call, for one kept open would go on
    writing into a folder that was moved away. Every method raises OSError.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def read(self, name: str, limit: int) -> bytes:
        """At most ``limit`` + 1 bytes of a file: more than ``limit`` says that it is too large."""
        with os.fdopen(self.open(name, os.O_RDONLY), "rb") as file:
            return file.read(limit + 1)

    def open(self, name: str, flags: int, mode: int = 0o666) -> int:
        """A descriptor of a plain file; NotPlainError for everything else."""
        with self._below(name) as (folder, last):
            try:
                handle = _open(folder, last, flags, mode)
            except OSError as error:
                raise _explained(error, self.root / name) from error
        try:
            found = os.fstat(handle)
            if not stat.S_ISREG(found.st_mode):
                raise NotPlainError(errno.EINVAL, "not a plain file", str(self.root / name))
        except BaseException:
            os.close(handle)
            raise
        return handle

    def write(self, name: str, data: bytes, *, flush_name: bool = True) -> None:
        """Replace a file as a whole: temporary file beside it, flush to disk, rename. A link there is replaced."""
        temporary = f"{TEMPORARY_PREFIX}{secrets.token_hex(6)}{TEMPORARY_SUFFIX}"
        with self._below(name) as (folder, last):
            try:
                handle = _open(folder, temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
                with os.fdopen(handle, "wb", buffering=0) as file:
                    rest = memoryview(data)
                    while rest:
                        rest = rest[os.write(file.fileno(), rest) :]
                    os.fsync(file.fileno())
                replace_file(temporary, last, folder)
            except BaseException:
                with contextlib.suppress(OSError):
                    _unlink(folder, temporary)
                raise
            if flush_name:
                sync_handle(folder)

    def stat(self, name: str) -> os.stat_result:
        """What lies there, a link itself and not what it names."""
        with self._below(name) as (folder, last):
            if isinstance(folder, int):
                return os.stat(last, dir_fd=folder, follow_symlinks=False)
            return os.stat(folder / last, follow_symlinks=False)

    def is_file(self, name: str) -> bool:
        """Whether a plain file lies there."""
        try:
            return stat.S_ISREG(self.stat(name).st_mode)
        except OSError:
            return False

    def exists(self, name: str) -> bool:
        """Whether anything lies there, be it a link to nowhere."""
        try:
            self.stat(name)
        except OSError:
            return False
        return True

    def names(self, part: str = "") -> list[str]:
        """The plain files in the folder or in the sub-folder ``part``, in order; none where it is absent."""
        try:
            with self._below(f"{part}/x" if part else "x") as (folder, _), os.scandir(folder) as entries:
                return sorted(e.name for e in entries if e.is_file(follow_symlinks=False))
        except FileNotFoundError:
            return []

    def make_part(self, part: str) -> None:
        """Make a sub-folder unless it is there; NotPlainError where a link or a file has its name."""
        try:
            if HANDLES:
                with self._below(part) as (folder, last):
                    os.mkdir(last, 0o777, dir_fd=folder if isinstance(folder, int) else None)
                    # What is flushed into a folder is gone after a power cut where the folder's own name is not there.
                    sync_handle(folder)
            else:
                os.mkdir(self.root / part)
        except FileExistsError as error:
            if not stat.S_ISDIR(self.stat(part).st_mode):
                raise NotPlainError(errno.ELOOP, "not a folder", str(self.root / part)) from error

    def remove(self, name: str) -> None:
        """Remove a file (of a link the link)."""
        with self._below(name) as (folder, last):
            _unlink(folder, last)

    def unshare(self, name: str) -> None:
        """Give a file that has another name elsewhere (a hard link) bytes of its own, before it is written on."""
        try:
            found = self.stat(name)
        except FileNotFoundError:
            return
        if stat.S_ISREG(found.st_mode) and found.st_nlink > 1:
            self.write(name, self.read(name, found.st_size))

    @contextmanager
    def _below(self, name: str) -> Iterator[tuple[int | Path, str]]:
        """The handle (or, without handles, the path) of the folder in which ``name`` lies, and its last part."""
        parts = PurePosixPath(name).parts
        if not parts or any(p in ("..", "/", "") or "\\" in p or "\x00" in p for p in parts):
            raise NotPlainError(errno.EINVAL, "not a name in this folder", str(self.root / name))
        if not HANDLES:
            yield _looked_at(self.root, parts), parts[-1]
            return
        handle = _open_folder(None, self.root, self.root)
        try:
            for number, part in enumerate(parts[:-1], 1):
                inner = _open_folder(handle, part, self.root.joinpath(*parts[:number]))
                os.close(handle)
                handle = inner
            yield handle, parts[-1]
        finally:
            os.close(handle)


def read_plain(path: Path, limit: int) -> bytes:
    """At most ``limit`` + 1 bytes of one plain file; its folder is trusted, the file is not. Raises OSError."""
    with os.fdopen(open_plain(path, os.O_RDONLY), "rb") as file:
        return file.read(limit + 1)


def open_plain(path: Path, flags: int, mode: int = 0o666) -> int:
    """A descriptor of one plain file, no link; its folder is trusted. Raises OSError."""
    try:
        handle = _open(path.parent, path.name, flags, mode)
    except OSError as error:
        raise _explained(error, path) from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise NotPlainError(errno.EINVAL, "not a plain file", str(path))
    return handle


def plain_opener(path: str | os.PathLike[str], flags: int) -> int:
    """:func:`open_to_read` as the ``opener`` of :func:`open`; ``flags`` are those of reading."""
    return open_to_read(Path(path))


def _open(folder: int | Path, name: str, flags: int, mode: int) -> int:
    flags |= _NOFOLLOW | WAITS_FOR_NOBODY
    if isinstance(folder, int):
        return os.open(name, flags, mode, dir_fd=folder)
    if not HANDLES and (folder / name).is_symlink():
        raise NotPlainError(errno.ELOOP, "a link", str(folder / name))
    return os.open(folder / name, flags, mode)


def _open_folder(handle: int | None, name: str | Path, path: Path) -> int:
    try:
        return os.open(name, os.O_RDONLY | os.O_DIRECTORY | _NOFOLLOW | os.O_CLOEXEC, dir_fd=handle)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENOTDIR) and path.is_symlink():
            raise NotPlainError(errno.ELOOP, "a link to another place", str(path)) from error
        raise


def _looked_at(root: Path, parts: tuple[str, ...]) -> Path:
    folder = root
    for part in ("", *parts[:-1]):
        folder = folder / part
        if folder.is_symlink() or getattr(os.path, "isjunction", lambda _: False)(folder):
            raise NotPlainError(errno.ELOOP, "a link to another place", str(folder))
    return folder


def _unlink(folder: int | Path, name: str) -> None:
    if isinstance(folder, int):
        os.unlink(name, dir_fd=folder)
    else:
        os.unlink(folder / name)


def _explained(error: OSError, path: Path) -> OSError:
    """The error with the whole path; a link where O_NOFOLLOW met one, a pipe where nobody reads it."""
    if error.errno in (errno.ELOOP, errno.ENXIO):
        return NotPlainError(error.errno, "not a plain file", str(path))
    return type(error)(error.errno, error.strerror, str(path)) if error.errno is not None else error

"""Who has a case open: one file, one writer, a heartbeat, and stale locks taken over.

The heartbeat is the time stamp of lock.json, renewed by a thread; it is compared with a file written
just now on the same disk, so that computers whose clocks differ agree.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import threading
from pathlib import Path
from typing import Final

import msgspec

from karyoview.core.clock import utc_now
from karyoview.io.atomic import TEMPORARY_PREFIX, TEMPORARY_SUFFIX
from karyoview.io.documents import dump_document
from karyoview.io.own_folder import read_plain
from karyoview.io.tables import printable

_MAX_BYTES: Final = 65536
_MAX_PID: Final = 2**31 - 1
HEARTBEAT_S: Final = 15.0
STALE_S: Final = 75.0


class LockHolder(msgspec.Struct, frozen=True):
    """What lock.json says: computer, user, process, since when (UTC), and a random token."""

    host: str
    user: str
    pid: int
    since: str
    token: str

    def sentence(self) -> str:
        """Who it is, for a person."""
        who = self.user or "Somebody"
        since = self.since[:16].replace("T", " ")
        return f"{who} has this case open on {self.host} (process {self.pid}) since {since} UTC"


class CaseLock:
    """A lock that this process holds; :meth:`release` gives it back and ends the heartbeat."""

    def __init__(self, path: Path, holder: LockHolder) -> None:
        self.path = path
        self.holder = holder
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="karyoview-lock", daemon=True)
        self._thread.start()

    @classmethod
    def acquire(cls, path: Path, user: str) -> tuple[CaseLock | None, LockHolder | None]:
        """The lock, or None with who has it.

        Returns (lock, holder taken over or None) or (None, present holder). Raises OSError.
        """
        mine = LockHolder(socket.gethostname(), user, os.getpid(), utc_now(), secrets.token_hex(16))
        taken_over: LockHolder | None = None
        for _ in range(5):
            if _create(path, mine):
                return cls(path, mine), taken_over
            present = read_lock(path)
            if not os.path.lexists(path):
                continue
            if present is not None and not _is_stale(path, present):
                return None, present
            if present is None and path.is_file() and not path.is_symlink() and 0 <= _age_s(path) < STALE_S:
                return None, LockHolder("an unknown computer", "", 0, utc_now(), "")
            if _remove_stale(path, present):
                taken_over = present or LockHolder("an unknown computer", "", 0, "", "")
        return None, read_lock(path) or LockHolder("an unknown computer", "", 0, utc_now(), "")

    def is_mine(self) -> bool:
        """Whether the file still carries this lock; a lock file that is gone is put back. Raises OSError."""
        if not os.path.lexists(self.path):
            return _create(self.path, self.holder)
        present = read_lock(self.path)
        return present is not None and present.token == self.holder.token

    def release(self) -> None:
        """End the heartbeat and remove the file if it is still ours; never raises."""
        self._stop.set()
        self._thread.join()
        with contextlib.suppress(OSError):
            present = read_lock(self.path)
            if present is not None and present.token == self.holder.token:
                self.path.unlink()

    def _beat(self) -> None:
        while not self._stop.wait(HEARTBEAT_S):
            with contextlib.suppress(OSError):
                present = read_lock(self.path)
                if present is not None and present.token == self.holder.token:
                    # Only the time stamp: a lock that somebody else took meanwhile is never overwritten.
                    os.utime(self.path, follow_symlinks=os.utime not in os.supports_follow_symlinks)


def is_free(path: Path) -> bool:
    """Whether nobody holds the lock at this place, or only a program that ended; nothing is taken. Raises OSError."""
    present = read_lock(path)
    return not os.path.lexists(path) or (present is not None and _is_stale(path, present))


def read_lock(path: Path) -> LockHolder | None:
    """Who holds the lock; None when there is none or it cannot be read."""
    try:
        found = msgspec.json.decode(read_plain(path, _MAX_BYTES), type=LockHolder)
    except (OSError, ValueError, msgspec.DecodeError, RecursionError):
        return None
    # What somebody else wrote is shown in one line, and its number given to the system.
    texts = {k: printable(getattr(found, k))[:100] for k in ("host", "user", "since")}
    return msgspec.structs.replace(found, **texts, pid=found.pid if 0 < found.pid <= _MAX_PID else 0)


def _create(path: Path, holder: LockHolder) -> bool:
    data = dump_document(msgspec.to_builtins(holder))
    temporary = path.parent / f"{TEMPORARY_PREFIX}{secrets.token_hex(6)}{TEMPORARY_SUFFIX}"
    with open(temporary, "xb") as file:
        file.write(data)
    try:
        # A hard link appears whole or not at all; not every network disk has them.
        os.link(temporary, path)
        return True
    except FileExistsError:
        return False
    except OSError:
        # No links here, or another program that opened the case tidied the temporary file away.
        try:
            with open(path, "xb") as file:
                file.write(data)
            return True
        except FileExistsError:
            return False
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


def _is_stale(path: Path, holder: LockHolder) -> bool:
    if holder.host == socket.gethostname() and not process_runs(holder.pid):
        return True
    # A time stamp that lies ahead of the disk's own clock by so much was not set by a heartbeat.
    return abs(_age_s(path)) >= STALE_S


def _age_s(path: Path) -> float:
    probe = path.parent / f"{TEMPORARY_PREFIX}{secrets.token_hex(6)}{TEMPORARY_SUFFIX}"
    try:
        probe.touch()
        return probe.stat().st_mtime - path.lstat().st_mtime
    except OSError:
        return 0.0
    finally:
        with contextlib.suppress(OSError):
            probe.unlink()


def _remove_stale(path: Path, judged: LockHolder | None) -> bool:
    """Move a stale lock away; False when another program was quicker."""
    aside = path.parent / f"{TEMPORARY_PREFIX}{secrets.token_hex(6)}{TEMPORARY_SUFFIX}"
    try:
        os.rename(path, aside)
    except FileNotFoundError:
        return False
    moved = read_lock(aside)
    try:
        if (moved.token if moved else "") != (judged.token if judged else ""):
            # Between the look and the move somebody took the lock: give it back.
            with contextlib.suppress(OSError):
                os.link(aside, path)
            return False
        return True
    finally:
        with contextlib.suppress(OSError):
            aside.unlink()


def process_runs(pid: int) -> bool:
    if pid <= 0:
        return False
    if os.name == "nt":
        return _windows_process_runs(pid)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _windows_process_runs(pid: int) -> bool:
    # os.kill(pid, 0) ends the process on Windows, so the system is asked for a handle instead.
    import ctypes

    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined,unused-ignore]
    handle = kernel.OpenProcess(0x1000, False, pid)
    if not handle:
        return False
    code = ctypes.c_ulong()
    running = bool(kernel.GetExitCodeProcess(handle, ctypes.byref(code))) and code.value == 259
    kernel.CloseHandle(handle)
    return running

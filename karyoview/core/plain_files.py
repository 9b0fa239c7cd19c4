"""Files that somebody else may have put there: plain ones only, and never more of one than is asked for."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Final

# A pipe without a writer would keep an opening program waiting for ever.
WAITS_FOR_NOBODY: Final = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


class NotPlainError(OSError):
    """A link, pipe, device or folder stands where a plain file was expected."""


def open_to_read(path: Path) -> int:
    """A descriptor of a file that may be a link to one, as originals may be; never a pipe or device. Raises OSError."""
    try:
        handle = os.open(path, os.O_RDONLY | WAITS_FOR_NOBODY)
    except ValueError as error:  # a name with a zero byte
        raise NotPlainError(errno.EINVAL, "not the name of a file", repr(str(path))) from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise NotPlainError(errno.EINVAL, "not a plain file", str(path))
    return handle


def read_at_most(path: Path, limit: int) -> bytes:
    """The bytes of a file. Raises OSError; ValueError where it holds more than ``limit``."""
    with os.fdopen(open_to_read(path), "rb") as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        size = f"{limit >> 20} MB" if limit >= 1 << 20 else f"{limit >> 10} KB"
        raise ValueError(f"it is larger than {size}")
    return data

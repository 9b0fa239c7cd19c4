"""What a power cut leaves of a folder: every file and name as it was when it was last flushed, or at any time since.

Nothing that was not flushed is certain: of a file each state since its last fsync can be what is found, also a part
of it or zeros; of a folder each name by itself can still be what it was, or already what it became, whatever
became of the others. File systems are kinder; what survives this survives them.
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

_HOOKED = ("write", "fsync", "replace", "rename", "link", "unlink", "ftruncate", "mkdir", "rmdir")
_Names = dict[str, int]
"""What each name in a folder is: the number of a file or folder."""


class RecordingDisk:
    """Looks at the folder ``root`` after every call that writes; :meth:`left` writes down what a cut would leave.

    ``cut`` is called after each such call; the numbers of files are given anew when the system uses one again.
    """

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.cut: Callable[[], None] = lambda: None
        self.fsyncs = 0
        self._busy = False
        self._births = 0
        self._known: dict[int, int] = {}
        self._files: dict[int, list[bytes]] = {}
        self._folders: dict[int, list[_Names]] = {}
        self._top = self._look()
        for versions in (*self._files.values(), *self._folders.values()):
            del versions[:-1]
        for name in _HOOKED:
            monkeypatch.setattr(os, name, self._hooked(name, getattr(os, name)))

    def left(self, target: Path, dice: random.Random) -> None:
        """Write what is left into a new folder."""
        shutil.rmtree(target, ignore_errors=True)
        self._write(self._top, target, dice)

    def _hooked(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **more: Any) -> Any:
            try:
                return real(*arguments, **more)
            finally:
                if not self._busy:
                    self._busy = True
                    try:
                        self._look()
                        if name == "fsync":
                            self._flushed(arguments[0])
                        self.cut()
                    finally:
                        self._busy = False

        return call

    def _look(self) -> int:
        """Note what changed in the folder; the number of its top."""
        seen: set[int] = set()
        top = self._look_into(self.root, seen)
        for inode in [i for i in self._known if i not in seen]:
            del self._known[inode]
        return top

    def _look_into(self, folder: Path, seen: set[int]) -> int:
        names: _Names = {}
        number = self._number(folder.stat().st_ino, seen)
        for entry in os.scandir(folder):
            if entry.is_dir(follow_symlinks=False):
                names[entry.name] = self._look_into(Path(entry.path), seen)
                continue
            names[entry.name] = self._number(entry.inode(), seen)
            versions = self._files.setdefault(names[entry.name], [b""])
            data = Path(entry.path).read_bytes()
            if versions[-1] != data:
                versions.append(data)
        states = self._folders.setdefault(number, [{}])
        if states[-1] != names:
            states.append(names)
        return number

    def _number(self, inode: int, seen: set[int]) -> int:
        seen.add(inode)
        if inode not in self._known:
            self._births += 1
            self._known[inode] = self._births
        return self._known[inode]

    def _flushed(self, handle: int) -> None:
        number = self._known.get(os.fstat(handle).st_ino)
        if number is None:
            return
        self.fsyncs += 1
        for versions in (self._files.get(number), self._folders.get(number)):
            if versions is not None:
                del versions[:-1]

    def _write(self, number: int, target: Path, dice: random.Random) -> None:
        target.mkdir()
        states = self._folders[number]
        for name in sorted({n for state in states for n in state}):
            choices = {state.get(name) for state in states}
            chosen = dice.choice(sorted(choices, key=lambda n: n or 0))
            if chosen is None:
                continue
            if chosen in self._folders:
                self._write(chosen, target / name, dice)
            else:
                (target / name).write_bytes(_some_version(self._files[chosen], dice))


def _some_version(versions: list[bytes], dice: random.Random) -> bytes:
    """One of the states since the last flush, or a part of the last one, or its length with zeros."""
    if len(versions) == 1:
        return versions[0]
    kind, old, new = dice.randrange(4), versions[0], versions[-1]
    if kind < 2:
        return dice.choice(versions)
    if not new.startswith(old):
        return new[: dice.randrange(len(new) + 1)]
    part = dice.randrange(len(old), len(new) + 1)
    return new[:part] if kind == 2 else new[:part] + bytes(len(new) - part)

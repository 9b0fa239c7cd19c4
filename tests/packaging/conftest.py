"""The tools of the folder packaging as modules, and a way to run a program as a stranger would."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Final

import pytest

REPOSITORY: Final = Path(__file__).resolve().parents[2]
STRANGERS: Final = (65533, 65532)
"""Users that own nothing on this machine; used where the tests run as the superuser."""


def load(name: str) -> ModuleType:
    """A tool of ``packaging/`` as a module."""
    folder = str(REPOSITORY / "packaging")
    if folder not in sys.path:
        sys.path.insert(0, folder)
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, REPOSITORY / "packaging" / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


@pytest.fixture
def tool() -> Callable[[str], ModuleType]:
    return load


@cache
def cut_off() -> tuple[str, ...]:
    """What runs a command without any network, where this user may; else nothing."""
    command = ("unshare", "--net", "--")
    if shutil.which("unshare") and subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0:
        return command
    return ()


@dataclass
class Stranger:
    """A user who is new to this machine: own home, no environment but this, no network, no special rights."""

    home: Path
    user: int | None
    extra: dict[str, str] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        return {"HOME": str(self.home), "LANG": "C.UTF-8", "QT_QPA_PLATFORM": "offscreen", **self.extra}

    def run(self, command: Sequence[str], timeout: float = 250) -> subprocess.CompletedProcess[str]:
        """Run a command with an empty PATH."""
        environment = [f"{k}={v}" for k, v in self.environment().items()]
        who = f"{self.user}"
        become = [] if self.user is None else ["setpriv", "--reuid", who, "--regid", who, "--clear-groups"]
        whole = [*cut_off(), *become, "env", "-i", *environment, *command]
        return subprocess.run(whole, capture_output=True, text=True, timeout=timeout, check=False, cwd=self.home)

    def owns(self, folder: Path) -> Path:
        """Give a folder and all in it to this user."""
        if self.user is not None:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, self.user, self.user)
        return folder


@pytest.fixture
def strangers() -> Iterator[Callable[[str], Stranger]]:
    """Makes users by the names of their homes, each with a number of its own where the tests may change users."""
    # Not below pytest's own folder, which only its owner may enter.
    base = Path(tempfile.gettempdir()) / f"kv-homes-{os.getpid()}"
    base.mkdir(mode=0o755)
    numbers = iter(STRANGERS)
    may = hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("setpriv") is not None

    def make(name: str) -> Stranger:
        home = base / name
        home.mkdir(mode=0o755)
        who = Stranger(home, next(numbers) if may else None)
        who.owns(home)
        return who

    yield make
    shutil.rmtree(base)


@pytest.fixture
def tree_of() -> Callable[..., dict[str, tuple[int, int]]]:
    """Every file and folder below a folder with size and time of its last change, but those that begin as told."""

    def tree(folder: Path, leave: tuple[str, ...] = ()) -> dict[str, tuple[int, int]]:
        found = {}
        for path in folder.rglob("*"):
            inside = path.relative_to(folder).as_posix()
            if not (leave and inside.startswith(leave)):
                status = path.lstat()
                found[inside] = (0, 0) if path.is_dir() else (status.st_size, status.st_mtime_ns)
        return found

    return tree

"""The tools of the folder packaging as modules, and a way to run a program as a stranger would."""

from __future__ import annotations

import importlib.util
import json
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

import numpy as np
import pytest
from PIL import Image

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


@cache
def own_mounts() -> tuple[str, ...]:
    """What runs a command that may mount without anybody else seeing it; empty where that is not allowed."""
    for command in (("unshare", "--mount", "--"), ("unshare", "--map-root-user", "--mount", "--")):
        trial = [*command, "mount", "-t", "tmpfs", "none", "/mnt"]
        if shutil.which("unshare") and subprocess.run(trial, capture_output=True, check=False).returncode == 0:
            return command
    return ()


_CLOSE: Final = 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && shift && exec "$@"'


def old_case(folder: Path) -> dict[str, bytes]:
    """A case as schema 1 kept it; → the bytes of its files."""
    store = draw(folder) / "karyoview"
    (store / "annotations").mkdir(parents=True)
    case = {
        "schema": 1, "id": "OLD-1", "protocol": "oncology",
        "cells": [{"image": "cell0.png", "status": "done"}, {"image": "cell1.png", "status": "rejected"}],
    }  # fmt: skip
    box = {"cx": 9.5, "cy": 8, "w": 3, "h": 9, "angle": 0.5, "rotated": True}
    annotation = {
        "schema": 1, "image": "cell0.png", "size": [40, 40], "status": "done", "revision": 4,
        "chromosomes": [{"id": "old1", "kind": "reviewed", "label": "X", "box": box}],
    }  # fmt: skip
    (store / "case.json").write_text(json.dumps(case))
    (store / "annotations" / "cell0.png.json").write_text(json.dumps(annotation))
    return {name: (store / name).read_bytes() for name in ("case.json", "annotations/cell0.png.json")}


def draw(folder: Path, names: tuple[str, ...] = ("cell0.png", "cell1.png")) -> Path:
    """A folder of small pictures."""
    folder.mkdir(parents=True)
    for number, name in enumerate(names):
        Image.fromarray(np.eye(40, dtype=np.uint8) * (50 + number)).save(folder / name)
    return folder


@dataclass
class Stranger:
    """A user who is new to this machine: own home, no environment but this, no network, no special rights."""

    home: Path
    user: int | None
    extra: dict[str, str] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        own = {"HOME": str(self.home), "LOGNAME": self.home.name}
        return {**own, "LANG": "C.UTF-8", "QT_QPA_PLATFORM": "offscreen", **self.extra}

    def run(
        self, command: Sequence[str], timeout: float = 250, read_only: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command with an empty PATH; with ``read_only`` in a world where nobody can write below that folder."""
        environment = [f"{k}={v}" for k, v in self.environment().items()]
        who = f"{self.user}"
        become = [] if self.user is None else ["setpriv", "--reuid", who, "--regid", who, "--clear-groups"]
        closed = (
            [] if read_only is None or not own_mounts() else [*own_mounts(), "sh", "-c", _CLOSE, "sh", str(read_only)]
        )
        whole = [*cut_off(), *closed, *become, "env", "-i", *environment, *command]
        return subprocess.run(whole, capture_output=True, text=True, timeout=timeout, check=False, cwd=self.home)

    def owns(self, folder: Path) -> Path:
        """Give a folder and all in it to this user."""
        if self.user is not None:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, self.user, self.user)
        return folder


@pytest.fixture
def drawn() -> Callable[[Path], Path]:
    return draw


@pytest.fixture
def schema_1() -> Callable[[Path], dict[str, bytes]]:
    return old_case


@pytest.fixture
def closed_world() -> None:
    """Skips where a folder cannot be made read-only for one program."""
    if not own_mounts():
        pytest.skip("nothing may be mounted here, not even for one program")


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

"""A program that does pieces of work in children of its own, each to be killed in the middle of it.

Started with the name of a module beside it, which is imported once. Each line of the standard input is one piece:
the name of a function there and its arguments, between tabs. The number of the child is printed, and its wait status
at its end. What the first child that got some work done had imported by then, its siblings are born with.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import os
import signal
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

_imports: Path | None = None
"""Where this child tells what it had imported when it noted something first."""


def acknowledge(note: str, text: object) -> None:
    """Say that a piece is done; a line is written whole."""
    global _imports
    handle = os.open(note, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(handle, f"{text}\n".encode())
    os.close(handle)
    if _imports is not None and not _imports.exists():
        _imports.write_text("\n".join([*sys.modules, ""]))
    _imports = None


def end_with_parent() -> None:
    """Let the system kill this process when the one that started it is gone: some of the work never ends."""
    parent_death_signal = 1
    ctypes.CDLL(None).prctl(parent_death_signal, signal.SIGKILL)


def import_all(names: list[str]) -> None:
    """Import modules that are not here yet; what cannot be imported by its name is left to those who can."""
    for name in names:
        if name not in sys.modules and name != "__main__":
            with contextlib.suppress(Exception):
                importlib.import_module(name)


def main() -> None:
    global _imports
    end_with_parent()
    module = importlib.import_module(sys.argv[1])
    known: set[str] = set()
    with tempfile.TemporaryDirectory() as folder:
        for line in sys.stdin:
            name, *arguments = line.rstrip("\n").split("\t")
            listed = Path(folder) / name
            if name not in known and listed.exists():
                known.add(name)
                import_all(listed.read_text().split("\n")[:-1])
                gc.collect()
                gc.freeze()
            _imports = listed
            child = os.fork()
            if child == 0:
                code = 1
                end_with_parent()
                try:
                    getattr(module, name)(*arguments)
                    code = 0
                except BaseException as error:
                    os.write(2, f"{name}: {error!r}\n".encode())
                os._exit(code)
            print(child, flush=True)
            _, status = os.waitpid(child, 0)
            print(status, flush=True)


if __name__ == "__main__":
    import killed_worker  # the module that the work itself imports, not a second one of its own

    killed_worker.main()

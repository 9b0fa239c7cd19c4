"""A program that does pieces of work in children of its own, each to be killed in the middle of it.

Started with the name of a module beside it, which is imported once. Each line of the standard input is one piece:
the name of a function there and its arguments, between tabs. The number of the child is printed, and its wait status
at its end.
"""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))


def acknowledge(note: str, text: object) -> None:
    """Say that a piece is done; a line is written whole."""
    handle = os.open(note, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(handle, f"{text}\n".encode())
    os.close(handle)


def main() -> None:
    module = importlib.import_module(sys.argv[1])
    for line in sys.stdin:
        name, *arguments = line.rstrip("\n").split("\t")
        child = os.fork()
        if child == 0:
            code = 1
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
    main()

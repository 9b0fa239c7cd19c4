"""Start of the program: the window without arguments or with a case, else a command."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run KaryoView with ``argv`` (without the program's name); returns the exit status."""
    from karyoview.cli import command_names, refused, run

    arguments = list(sys.argv[1:] if argv is None else argv)
    opens_window = not arguments or (not arguments[0].startswith("-") and arguments[0] not in command_names())
    try:
        shows = opens_window and all(_may_be_case(a) for a in arguments)
    except PermissionError as error:
        sys.stderr.write(f"karyoview: {refused(error)}\n")
        return 1
    if shows:
        from karyoview.gui.app import main as show_window

        return show_window(arguments)
    return run(arguments)


def _may_be_case(argument: str) -> bool:
    """Whether an argument is a path to open, so that a mistyped command is not taken for a folder."""
    from pathlib import Path

    return Path(argument).exists()


if __name__ == "__main__":
    sys.exit(main())

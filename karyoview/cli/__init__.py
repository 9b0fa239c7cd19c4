"""The command line: one file per command, composed here.

Each module of ``COMMANDS`` has ``register(app)``, which adds its command to the application and imports
anything heavy only when that command runs. A command ends with another status than 0 by ``typer.Exit(status)``.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from karyoview import __version__
from karyoview.core.errors import KaryoViewError
from karyoview.io.tables import printable

if TYPE_CHECKING:
    import typer

COMMANDS: Final = (
    "demo", "detect", "rank", "review", "dataset", "train", "weights", "evaluate", "synthesize", "convert",
    "import-karyogram", "import-archive", "teach", "export", "masks", "project", "report", "iscn", "index", "verify",
    "backup", "join", "users", "validate", "engines", "doctor", "selftest",
)  # fmt: skip


def command_names() -> tuple[str, ...]:
    """The commands that this build has, in the order of the help."""
    return tuple(name for name in COMMANDS if find_spec(_module(name)) is not None)


def _module(command: str) -> str:
    return f"karyoview.cli.{command.replace('-', '_')}"


def application() -> typer.Typer:
    """The whole command line."""
    import typer  # slow to load, and the window needs none of it

    app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)

    @app.callback(help="Review of metaphases, karyograms and karyotypes. Without a command the window opens.")
    def _root(
        version: bool = typer.Option(False, "--version", is_eager=True, callback=_print_version, help="The version."),
    ) -> None: ...

    for name in command_names():
        import_module(_module(name)).register(app)
    return app


def run(arguments: Sequence[str]) -> int:
    """Run a command; what a person can mend becomes one line on stderr. Returns the exit status (2: wrong usage)."""
    import typer

    try:
        application()(args=list(arguments), prog_name="karyoview")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except KaryoViewError as error:
        # Names of files and people are in it, and may hold what would rewrite the terminal.
        typer.echo(f"karyoview: {printable(str(error))}", err=True)
        return 1
    except PermissionError as error:
        typer.echo(f"karyoview: {refused(error)}", err=True)
        return 1
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("torch", "torchvision"):
            typer.echo(f"karyoview: {unexpected(error)}", err=True)
            return 1
        from karyoview.detectors.graphs import NEEDS_FULL

        typer.echo(f"karyoview: {arguments[0] if arguments else 'this'} needs PyTorch, and {NEEDS_FULL}.", err=True)
        return 1
    except KeyboardInterrupt:
        typer.echo("karyoview: stopped.", err=True)
        return 130
    except BrokenPipeError:
        # Whoever read the output has seen enough; Python would complain once more when it closes it.
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115
        return 1
    except Exception as error:
        typer.echo(f"karyoview: {unexpected(error)}", err=True)
        return 1
    return 0


def unexpected(error: Exception) -> str:
    """One sentence about an error that no command expected; the whole of it goes to the log."""
    import traceback

    from karyoview.io.atomic import explain
    from karyoview.services.logs import log_path

    if isinstance(error, OSError) and error.errno is not None:
        place = error.filename or error.filename2 or "the disk"
        shown = os.fsdecode(place) if isinstance(place, (str, bytes, os.PathLike)) else "the disk"
        return f"{explain(error, Path(shown))}."
    if isinstance(error, MemoryError):
        return "there is not enough memory for this; close other programs, or give a smaller picture."
    with contextlib.suppress(OSError):
        log_path().parent.mkdir(parents=True, exist_ok=True)
        with open(log_path(), "a", encoding="utf-8") as log:
            log.write("".join(traceback.format_exception(error)))
    reason = " ".join(str(error).split())[:200] or "no reason given"
    return f"this did not work ({type(error).__name__}: {reason}). The details are in {log_path()}."


def refused(error: PermissionError) -> str:
    """What to do where the system lets nobody but the owner in."""
    place = error.filename or "A file"
    return f"{place} is closed to you; ask its owner for the right to use it, or for a copy in a folder of yours."


def _print_version(wanted: bool) -> None:
    import typer

    if wanted:
        typer.echo(f"karyoview {__version__}")
        raise typer.Exit

"""The command line: one file per command, composed here.

Each module of ``COMMANDS`` has ``register(app)``, which adds its command to the application and imports
anything heavy only when that command runs. A command ends with another status than 0 by ``typer.Exit(status)``.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Final

import typer

from karyoview import __version__
from karyoview.core.errors import KaryoViewError

COMMANDS: Final = (
    "demo", "detect", "rank", "dataset", "train", "weights", "evaluate", "synthesize", "convert",
    "import-karyogram", "export", "masks", "project", "report", "iscn", "index", "verify", "backup", "users",
    "validate", "engines", "doctor", "selftest",
)  # fmt: skip


def command_names() -> tuple[str, ...]:
    """The commands that this build has, in the order of the help."""
    return tuple(name for name in COMMANDS if find_spec(_module(name)) is not None)


def _module(command: str) -> str:
    return f"karyoview.cli.{command.replace('-', '_')}"


def application() -> typer.Typer:
    """The whole command line."""
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
    try:
        application()(args=list(arguments), prog_name="karyoview")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except KaryoViewError as error:
        typer.echo(f"karyoview: {error}", err=True)
        return 1
    except PermissionError as error:
        typer.echo(f"karyoview: {refused(error)}", err=True)
        return 1
    return 0


def refused(error: PermissionError) -> str:
    """What to do where the system lets nobody but the owner in."""
    place = error.filename or "A file"
    return f"{place} is closed to you; ask its owner for the right to use it, or for a copy in a folder of yours."


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"karyoview {__version__}")
        raise typer.Exit

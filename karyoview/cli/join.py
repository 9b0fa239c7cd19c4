"""``karyoview join``: a case and the copy that was worked on while its folder could not be written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from karyoview.io.tables import printable

if TYPE_CHECKING:
    from karyoview.case.forks import ForkSide


def register(app: typer.Typer) -> None:
    """Add the command ``join``."""

    @app.command()
    def join(
        case: Annotated[Path, typer.Argument(metavar="CASE", help="The case's folder.")],
        take: Annotated[
            list[str] | None,
            typer.Option(metavar="FILE", help="A file, as listed, that is to stand as in the copy; repeatable."),
        ] = None,
        keep: bool = typer.Option(False, "--keep", help="Join: what is not taken stays as the folder has it."),
        user: str = typer.Option("", help="Who joins them, for the record."),
    ) -> None:
        """Show a case and its copy in the workspace side by side; with --take or --keep, join them.

        Nothing is dropped: the lines of the copy are kept beside the record.
        """
        from karyoview.case.case import Case
        from karyoview.case.forks import find_fork
        from karyoview.case.joining import join as join_copies
        from karyoview.core.errors import KaryoViewError

        fork = find_fork(case)
        if fork is None:
            typer.echo("There is one copy only; nothing is to be joined.")
            return
        typer.echo(f"{fork.common} lines in common, {fork.here} more in the folder, {fork.there} more in {fork.copy}")
        for target, (here, there) in fork.files.items():
            typer.echo(f"{printable(target)}\n  folder: {_told(here)}\n  copy:   {_told(there)}")
        if not (take or keep):
            raise typer.Exit(1)
        with Case.open(case, user=user) as opened:
            if opened.read_only:
                raise KaryoViewError(opened.read_only_reason)
            now = find_fork(case)
            typer.echo(join_copies(opened, now, take or []) if now is not None else "The copy's edits are in the case.")


def _told(side: ForkSide) -> str:
    if not side.seq:
        return "not changed since"
    count = f", {side.count} chromosomes" if side.count is not None else ""
    revision = f", revision {side.revision}" if side.revision is not None else ""
    return f"{printable(side.action)} by {printable(side.user) or 'nobody'}, {side.time[:19]}{count}{revision}"

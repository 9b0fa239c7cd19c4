"""``karyoview index``: the list of cases, searched or rebuilt from the folders."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from karyoview.io.tables import printable


def register(app: typer.Typer) -> None:
    """Add the command ``index``."""

    @app.command()
    def index(
        roots: Annotated[
            list[Path] | None,
            typer.Argument(metavar="[FOLDER]...", help="Folders to look for cases in (with --rebuild)."),
        ] = None,
        rebuild: bool = typer.Option(False, "--rebuild", help="Forget the list and read every case folder anew."),
        search: str = typer.Option("", "--search", metavar="WORDS", help="Only cases that hold all these words."),
        url: str = typer.Option(
            "", "--url", metavar="URL", help="sqlite:///FILE or postgresql://…; default KARYOVIEW_INDEX."
        ),
    ) -> None:
        """List the known cases, one a line; with --rebuild read them from their folders first."""
        from karyoview.case.index import CaseIndex

        if roots and not rebuild:
            raise typer.BadParameter("folders are read only with --rebuild; to look for words use --search")
        failed = False
        with CaseIndex(url or None) as cases:
            if rebuild:
                report = cases.rebuild(roots or [])
                for text in report.problems:
                    typer.echo(f"problem: {printable(text)}", err=True)
                typer.echo(f"{report.cases} cases read", err=True)
                failed = bool(report.problems) and not report.cases
            for row in cases.cases(search):
                cells = f"{row.reviewed}/{row.cells} reviewed"
                texts = (row.case_id, row.folder, row.protocol, cells, row.karyotype, row.problem or row.open_by)
                typer.echo("\t".join(map(printable, texts)))
        raise typer.Exit(1 if failed else 0)

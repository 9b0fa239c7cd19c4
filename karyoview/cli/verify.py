"""``karyoview verify``: is a case what its record says?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command ``verify``."""

    @app.command()
    def verify(
        case: Annotated[Path, typer.Argument(metavar="CASE", help="The case's folder, or its audit.jsonl alone.")],
        head: str = typer.Option(
            "", "--head", metavar="HASH", help="The head printed on a report; must be in the record."
        ),
        originals: bool = typer.Option(True, help="Compare the images with their recorded SHA-256 as well."),
    ) -> None:
        """Check the chain of a case's record, its files and its originals. Ends with 1 when something is wrong."""
        from karyoview.case.verify import verify_case, verify_record

        report = verify_record(case, head) if case.is_file() else verify_case(case, head, originals=originals)
        for text in report.problems:
            typer.echo(f"problem: {text}")
        for text in report.warnings:
            typer.echo(f"note: {text}")
        typer.echo(f"{report.lines} lines, {report.originals} originals compared, head {report.head}")
        typer.echo("The record is whole." if report.ok else f"{len(report.problems)} problems were found.")
        raise typer.Exit(0 if report.ok else 1)

"""``karyoview verify``: is a case what its record says, and a report what its case says?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from karyoview.io.tables import printable


def register(app: typer.Typer) -> None:
    """Add the command ``verify``."""

    @app.command()
    def verify(
        case: Annotated[Path, typer.Argument(metavar="CASE", help="The case's folder, or its audit.jsonl alone.")],
        head: str = typer.Option(
            "", "--head", metavar="HASH", help="The head printed on a report; must be in the record."
        ),
        originals: bool = typer.Option(True, help="Compare the images with their recorded SHA-256 as well."),
        laboratory: str = typer.Option(
            "", "--laboratory", metavar="NUMBER", help="The number printed on reports; only its people may have signed."
        ),
        report: Annotated[
            Path | None, typer.Option(metavar="FILE.pdf", help="A report to compare with the case as well.")
        ] = None,
    ) -> None:
        """Check the chain of a case's record, its files, signatures and originals. Ends with 1 when something is wrong.

        Nothing but the folder is needed: signatures are checked by the keys in it. Where there is an index of cases,
        the record must go on from what the index knows of it.
        """
        from karyoview.case.verify import verify_case, verify_record

        alone = case.is_file()
        found = (
            verify_record(case, head) if alone else verify_case(case, head, originals=originals, laboratory=laboratory)
        )
        problems, notes = list(found.problems), [*found.warnings, *found.notes]
        if not alone:
            _compare_with_index(case, problems, notes)
        if report is not None:
            from karyoview.report.checking import check_report

            checked = check_report(report, case)
            problems += checked.problems
            notes += checked.facts
        for text in problems:
            typer.echo(f"problem: {printable(text)}")
        for text in notes:
            typer.echo(f"note: {printable(text)}")
        keys = (
            f", {found.signatures} signatures by keys of laboratory {found.laboratory[:16]}" if found.laboratory else ""
        )
        typer.echo(f"{found.lines} lines, {found.originals} originals compared{keys}, head {found.head}")
        typer.echo("The record is whole." if not problems else f"{len(problems)} problems were found.")
        raise typer.Exit(1 if problems else 0)


def _compare_with_index(folder: Path, problems: list[str], notes: list[str]) -> None:
    """Add what the laboratory's index knows better about the record; one that cannot be reached is only noted."""
    from karyoview.core.errors import KaryoViewError
    from karyoview.services.worklist import record_difference

    try:
        problems += filter(None, [record_difference(folder)])
    except KaryoViewError as error:
        notes.append(f"Not compared with the index of cases: {error}")

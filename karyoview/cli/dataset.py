"""``karyoview dataset``: reviewed cases as a de-identified training set, with what is wrong with them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command ``dataset``."""

    @app.command()
    def dataset(
        cases: Annotated[list[Path], typer.Argument(metavar="CASE...", help="Case folders.")],
        output: Annotated[
            Path | None, typer.Option(metavar="DIR", help="Write the set here; without it, only look.")
        ] = None,
        held_back: Annotated[
            float, typer.Option(min=0.0, max=0.9, help="Share of the cases to compare engines on.")
        ] = 0.2,
        keep_back: Annotated[
            list[Path] | None, typer.Option(metavar="CASE", help="Hold back this case, and no share; repeatable.")
        ] = None,
        as_json: Annotated[bool, typer.Option("--json", help="The manifest as one JSON object.")] = False,
    ) -> None:
        """Show what training on reviewed cases would use, and write it as a data set without names.

        Only cells marked as reviewed, of cases whose settings allow training; whole cases are held back.
        """
        import json

        from karyotrain.data.manifest import survey, write_dataset

        manifest = (
            survey(cases, held_back, keep_back or ())
            if output is None
            else write_dataset(cases, output, held_back, keep_back or ())
        )
        if as_json:
            typer.echo(json.dumps(manifest.to_dict()))
            return
        facts = manifest.statistics
        typer.echo(
            f"version {manifest.version}: {facts['cells']} cells of {facts['cases']} cases, {facts['held_back']} held "
            f"back; {facts['chromosomes']} chromosomes, {facts['corrected']} of them corrected or drawn by a person"
        )
        for problem in manifest.problems:
            skipped = " (left out)" if problem.skipped else ""
            typer.echo(f"{problem.kind}: {problem.where}: {problem.text}{skipped}")

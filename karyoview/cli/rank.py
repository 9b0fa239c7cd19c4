"""``karyoview rank``: the unreviewed cells of a case in the order in which correcting them teaches most."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from karyoview.cli.detect import engine_info


def register(app: typer.Typer) -> None:
    """Add the command ``rank``."""

    @app.command()
    def rank(
        case: Annotated[Path, typer.Argument(metavar="CASE", help="A case whose cells an engine was asked about.")],
        engine: Annotated[str, typer.Option(help="The engine's name.")] = "karyoview",
        second: Annotated[str, typer.Option(help="Another engine, whose disagreement counts.")] = "",
        limit: Annotated[int, typer.Option(min=1, help="How many cells to show.")] = 20,
    ) -> None:
        """Say which cells to review first, and why."""
        from karyoview.case.case import Case
        from karyoview.services.ranking import rank_case

        cut = engine_info(engine).operating_threshold
        other = engine_info(second).operating_threshold if second else 0.5
        with Case.open(case, read_only=True) as opened:
            order = rank_case(opened, engine, cut, second, other)
        for place, cell in enumerate(order[:limit], 1):
            typer.echo(f"{place:3}  {cell.image}  {cell.reason}")
        if not order:
            typer.echo(f"No unreviewed cell of {case} has proposals of {engine}; run it first.", err=True)

"""``karyoview teach``: from a laboratory's archive to an engine that knows it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command ``teach``."""

    @app.command()
    def teach(
        archive: Annotated[Path, typer.Argument(metavar="ARCHIVE", help="Folder of metaphases and their karyograms.")],
        engine: Annotated[str, typer.Option(help="The engine to train further; `karyoview engines` lists them.")],
        consent: Annotated[
            bool, typer.Option("--consent", help="Confirm that these cells may train an engine on this machine.")
        ] = False,
        output: Annotated[
            Path | None, typer.Option(metavar="DIR", help="Where outcomes and cases lie; by default in the workspace.")
        ] = None,
        accept: Annotated[
            float, typer.Option(min=0.0, max=1.0, help="Confidence from which a chromosome is taken as true.")
        ] = 0.8,
        minutes: Annotated[float | None, typer.Option(min=0.05, help="Time for the training.")] = None,
        epochs: Annotated[float | None, typer.Option(help="Passes over the cells instead.")] = None,
        device: Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:N.")] = "auto",
        workers: Annotated[int, typer.Option(min=1, metavar="N", help="Processes that place karyograms.")] = 1,
        scheduler: Annotated[
            str, typer.Option(metavar="tcp://HOST:PORT", help="Place them on the workers of a Dask scheduler.")
        ] = "",
        activate: Annotated[bool, typer.Option("--activate", help="Make a better engine the active one.")] = False,
        check: Annotated[bool, typer.Option("--check", help="Only say whether every precondition holds.")] = False,
    ) -> None:
        """Teach an engine a laboratory: match, place, take in, train, compare, and activate what is better.

        Nothing starts without --consent, and all preconditions are printed before. The same command goes on where it
        stopped. Ends with 0 when a better engine is there, 3 when it is not better, 1 where something is missing.
        """
        from karyoview.cli.detect import check_engine
        from karyoview.services import teaching
        from karyoview.services.archive_import import ArchiveProject

        check_engine(engine)
        project = ArchiveProject(output) if output is not None else ArchiveProject.of_archive(archive)
        time = 20.0 if minutes is None and epochs is None else minutes
        lesson = teaching.Lesson(
            archive, engine, consent, accept, time, epochs, device, workers, scheduler,
        )  # fmt: skip
        tell = lambda text: typer.echo(text, err=True)  # noqa: E731
        if check:
            matching = project.match(archive)
            conditions = teaching.preconditions(project, matching.pairs, engine, consent)
            for condition in conditions:
                typer.echo(("met: " if condition.met else "NOT MET: ") + condition.text)
            raise typer.Exit(1 if teaching.unmet(conditions) else 0)
        learnt = teaching.teach(lesson, project, activate=activate, tell=tell)
        typer.echo(learnt.comparison.sentence())
        if learnt.comparison.offered and not learnt.activated:
            typer.echo("It is not active yet; say --activate, or `karyoview weights activate`.", err=True)
        raise typer.Exit(0 if learnt.comparison.offered else 3)

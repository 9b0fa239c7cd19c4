"""``karyoview import-archive``: a folder of metaphases and their karyograms, placed as a batch and made into cases."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command ``import-archive``."""

    @app.command("import-archive")
    def import_archive(
        archive: Annotated[Path, typer.Argument(metavar="ARCHIVE", help="Folder of metaphases and their karyograms.")],
        output: Annotated[
            Path | None, typer.Option(metavar="DIR", help="Where outcomes and cases lie; by default in the workspace.")
        ] = None,
        workers: Annotated[int, typer.Option(min=1, metavar="N", help="Processes of this machine.")] = 1,
        scheduler: Annotated[
            str, typer.Option(metavar="tcp://HOST:PORT", help="Share the pairs among the workers of a Dask scheduler.")
        ] = "",
        accept: Annotated[
            float, typer.Option(min=0.0, max=1.0, help="Confidence from which a chromosome is taken as true.")
        ] = 0.8,
        order: Annotated[
            str, typer.Option(metavar="ROWS", help="Labels row by row, '1 2 3 4 5 / 6 7 …', where none can be read.")
        ] = "",
        consent: Annotated[
            bool, typer.Option("--consent", help="The cells may train engines; noted in each case's record.")
        ] = False,
        dry_run: Annotated[bool, typer.Option("--dry-run", help="Only match the pictures, and say which.")] = False,
    ) -> None:
        """Match metaphases and karyograms, place every chromosome, and make cases with what is sure.

        The archive is only read. Each pair's outcome is kept when it is there: the same command goes on where it
        stopped. Ends with 1 when nothing was placed.
        """
        from dataclasses import replace

        from karyoview.services.archive_import import ArchiveProject
        from karyoview.services.detect import Stopwatch

        if workers > 1 and scheduler:
            raise typer.BadParameter("give --workers or --scheduler, not both", param_hint="--workers")
        project = ArchiveProject(output) if output is not None else ArchiveProject.of_archive(archive)
        matching = project.match(archive, progress=lambda done, total, name: None)
        pairs = [replace(p, order=order) for p in matching.pairs]
        for pair in pairs if dry_run else ():
            typer.echo(f"{pair.metaphase.name} {pair.karyogram.name} ({pair.how}, {pair.case})")
        for path, reason in matching.left:
            typer.echo(f"left out: {path.name}: {reason}", err=True)
        typer.echo(matching.sentence(), err=True)
        if dry_run:
            raise typer.Exit(0 if pairs else 1)
        watch, before = Stopwatch(), []

        def tell(done: int, total: int, text: str) -> None:
            before.append(done)  # what an earlier start did says nothing of the time that is left
            own = done - before[0]
            left = f", about {watch.seconds / own * (total - done):.0f} s left" if own and done < total else ""
            typer.echo(f"[{done}/{total}] {text}{left}", err=True)

        project.place(pairs, workers=workers, scheduler=scheduler, progress=tell)
        outcomes = project.accept_above(accept, pairs)
        taken = project.take_in(outcomes, consent=consent)
        for outcome in outcomes:
            typer.echo(outcome.sentence())
        for sentence in taken.refused:
            typer.echo(f"not taken in: {sentence}", err=True)
        typer.echo(f"{taken.sentence()} Cases: {project.cases}", err=True)
        raise typer.Exit(0 if taken.cases else 1)

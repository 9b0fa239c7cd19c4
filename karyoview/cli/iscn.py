"""``karyoview iscn``: the reading of an ISCN karyotype, or what is wrong with it."""

from __future__ import annotations

import typer

from karyoview.core.nomenclature_table import DEFAULT_EDITION, EDITIONS


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command(
        "iscn", help="Read an ISCN karyotype clone by clone, or say what is wrong. Status 1 when it is not valid."
    )
    def iscn(
        text: str = typer.Argument(..., metavar="STRING", help="The karyotype, in quotes."),
        edition: str = typer.Option(DEFAULT_EDITION, help=f"Edition of ISCN: {' or '.join(EDITIONS)}."),
        context: str = typer.Option("", help="constitutional or neoplasia, to check their own rules too."),
    ) -> None:
        from karyoview.core.errors import KaryoViewError
        from karyoview.core.nomenclature import describe, read_karyotype
        from karyoview.imaging.ideogram import load_bands

        if context not in ("", "constitutional", "neoplasia"):
            raise KaryoViewError(f'"{context}" is no context; write constitutional or neoplasia, or leave it out.')
        karyotype = read_karyotype(text, load_bands(850), edition, context or None)  # type: ignore[arg-type]
        for finding in karyotype.errors:
            typer.echo(finding.sentence)
        if karyotype.is_valid:
            for sentence in describe(karyotype):
                typer.echo(sentence)
            for finding in karyotype.findings:
                typer.echo(f"Note: {finding.sentence}")
        if not karyotype.is_valid:
            raise typer.Exit(1)

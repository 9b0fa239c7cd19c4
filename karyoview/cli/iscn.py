"""``karyoview iscn``: the reading of ISCN karyotypes, what they mean on ideograms, or what is wrong with them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from karyoview.core.nomenclature_table import DEFAULT_EDITION, EDITIONS

if TYPE_CHECKING:
    from karyoview.core.nomenclature import Context, Karyotype


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command(
        "iscn", help="Read an ISCN karyotype clone by clone, or say what is wrong. Status 1 when it is not valid."
    )
    def iscn(
        text: str = typer.Argument("", metavar="STRING", help="The karyotype, in quotes."),
        edition: str = typer.Option(DEFAULT_EDITION, help=f"Edition of ISCN: {' or '.join(EDITIONS)}."),
        context: str = typer.Option("", help="constitutional or neoplasia, to check their own rules too."),
        explain: bool = typer.Option(
            False, "--explain", help="Say what is gained and lost by band, and draw it on ideograms."
        ),
        output: Path = typer.Option(Path("karyotype.svg"), help="Where --explain draws, an SVG file."),
        table: Path = typer.Option(
            None,
            help="Check every line of a text file instead: a karyotype, or 1 or 0 (valid or not), a tab and a "
            "karyotype. Status 1 where a verdict is another.",
        ),
    ) -> None:
        from karyoview.core.errors import KaryoViewError
        from karyoview.core.nomenclature import describe, read_karyotype
        from karyoview.imaging.ideogram import load_bands

        if context not in ("", "constitutional", "neoplasia"):
            raise KaryoViewError(f'"{context}" is no context; write constitutional or neoplasia, or leave it out.')
        asked: Context | None = context or None  # type: ignore[assignment]
        if table is not None:
            raise typer.Exit(_check_table(table, edition, asked))
        if not text:
            raise KaryoViewError("There is no karyotype to read; type one such as 46,XX, or name a file with --table.")
        karyotype = read_karyotype(text, load_bands(850), edition, asked)
        for finding in karyotype.errors:
            typer.echo(finding.sentence)
        if not karyotype.is_valid:
            raise typer.Exit(1)
        for sentence in describe(karyotype):
            typer.echo(sentence)
        for finding in karyotype.findings:
            typer.echo(f"Note: {finding.sentence}")
        if explain:
            _explain(karyotype, output)


def _explain(karyotype: Karyotype, output: Path) -> None:
    from karyoview.core.errors import KaryoViewError
    from karyoview.core.nomenclature_copies import copies_of, describe_copies
    from karyoview.imaging.ideogram import load_bands
    from karyoview.imaging.ideogram_picture import draw_copies
    from karyoview.io.atomic import explain as why_not
    from karyoview.io.atomic import write_atomic

    if not karyotype.lines:
        raise KaryoViewError(f"{karyotype.text}: there is no cell line to draw; other methods are not laid out.")
    bands = load_bands(850)
    copies = copies_of(karyotype, bands)
    for number, line in enumerate(copies, start=1):
        for sentence in describe_copies(line):
            typer.echo(f"Line {number}: {sentence}")
    drawing = draw_copies([(line.text, c) for line, c in zip(karyotype.lines, copies, strict=True)], bands)
    try:
        write_atomic(output, drawing.encode("utf-8"))
    except OSError as error:
        raise KaryoViewError(f"The picture was not written: {why_not(error, output)}.") from error
    typer.echo(f"Drawn in {output}.")


def _check_table(path: Path, edition: str, context: Context | None) -> int:
    """Check each line of a file; prints every other verdict and the share that is right, returns the status."""
    from karyoview.core.errors import KaryoViewError
    from karyoview.core.nomenclature import read_karyotype
    from karyoview.imaging.ideogram import load_bands

    try:
        rows = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, ValueError) as error:
        raise KaryoViewError(f"{path}: the file could not be read as text; check its name and encoding.") from error
    right = total = 0
    for row in rows:
        if not row.strip() or row.startswith("#"):
            continue
        mark, tab, text = row.partition("\t")
        expected, text = (mark.strip() == "1", text) if tab and mark.strip() in ("0", "1") else (True, row)
        found = read_karyotype(text, load_bands(850), edition, context)
        total += 1
        if found.is_valid == expected:
            right += 1
        else:
            typer.echo(found.errors[0].sentence if found.errors else f"{text}: no rule is broken.")
    if not total:
        raise KaryoViewError(f"{path}: there is no karyotype in this file.")
    typer.echo(f"{right} of {total} as expected ({100 * right / total:.1f} %).")
    return 0 if right == total else 1

"""``karyoview report``: the report of a case without a window, and its other forms."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from karyoview.case.case import Case

_SUFFIXES = ".pdf .json .csv .hl7 .png .tif .svg"


def register(app: typer.Typer) -> None:
    """Add the command ``report``."""

    @app.command("report")
    def report(
        case: Path = typer.Argument(..., metavar="CASE", help="The case's folder."),
        output: Path = typer.Option(None, "--output", "-o", metavar="FILE", help=f"By its suffix: {_SUFFIXES}."),
        template: Path = typer.Option(None, help="The laboratory's template (JSON): header, logo, texts."),
        karyotype: str = typer.Option("", metavar="ISCN", help="Set the case's karyotype first; it is checked."),
        reason: str = typer.Option("", help="Why a karyotype is set that breaks a rule or differs from the counts."),
        image: str = typer.Option("", help="The cell of a karyogram picture; by default the first reviewed one."),
        pictures: int = typer.Option(4, min=0, max=12, help="Cells shown in the PDF."),
        sign: str = typer.Option("", metavar="USER", help="Sign the case as this user before the report is made."),
        meaning: str = typer.Option("analysed", help="With --sign: analysed, reviewed or approved (which locks)."),
        passphrase_fd: int = typer.Option(-1, "--passphrase-fd", metavar="N", help="Read the passphrase from here."),
        amend: str = typer.Option("", metavar="REASON", help="Open an approved case for an amended report."),
        proficiency: Path = typer.Option(None, metavar="FOLDER", help="Export reviewed cells for a proficiency test."),
        url: str = typer.Option("", "--url", metavar="URL", help="The database of users; default KARYOVIEW_INDEX."),
    ) -> None:
        """Make the report of a case; passphrases are read from the terminal or a file descriptor only."""
        from karyoview.case.case import Case
        from karyoview.core.errors import KaryoViewError

        if output is None and proficiency is None and not (sign or amend or karyotype):
            raise typer.BadParameter("name a file with --output FILE.pdf", param_hint="--output")
        writes = bool(sign or amend or karyotype or proficiency)
        with Case.open(case, user=sign) as opened:
            if writes and opened.read_only:
                raise KaryoViewError(opened.read_only_reason)
            if amend:
                from karyoview.report.signing import amend_case

                amend_case(opened, amend)
            if karyotype:
                from karyoview.case.karyotyping import set_karyotype

                for note in set_karyotype(opened, karyotype, reason):
                    typer.echo(f"note: {note}")
            if sign:
                from karyoview.accounts.users import Users
                from karyoview.cli.users import read_passphrase
                from karyoview.io.database import open_engine
                from karyoview.report.signing import sign_case

                signature = sign_case(
                    opened, Users(open_engine(url or None)), sign, read_passphrase(passphrase_fd), meaning
                )
                typer.echo(f"{signature.meaning} by {signature.name}, {signature.time}")
            if proficiency is not None:
                from karyoview.case.counting import tally_of
                from karyoview.report.export import export_proficiency

                names = [c.image for c in tally_of(opened).counted][:10]
                typer.echo(f"{len(export_proficiency(opened, names, proficiency))} files in {proficiency}")
            if output is not None:
                typer.echo(_write(opened, output, template, image, pictures))


def _write(case: Case, output: Path, template: Path | None, image: str, pictures: int) -> str:
    """Write one form of the report; returns what to say."""
    if output.suffix.lower() == ".pdf":
        from karyoview.report.content import collect_report, load_template
        from karyoview.report.pdf import report_pdf
        from karyoview.report.signing import keep_report, write_bytes

        content = collect_report(case, load_template(template) if template else None, pictures=pictures)
        pdf = report_pdf(content)
        write_bytes(output, pdf)
        if not case.read_only:
            keep_report(case, pdf)
    else:
        from karyoview.report.export import write_case_form

        content = write_case_form(case, output, template, image)
    for remark in content.remarks:
        typer.echo(f"note: {remark}", err=True)
    return f"{output}: {content.karyotype or 'no karyotype'}"

"""``karyoview report``: the report of a case without a window, and its other forms."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from karyoview.case.case import Case
    from karyoview.report.content import ReportContent

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
        amend: str = typer.Option("", metavar="REASON", help="Open an approved case for an amended report; with --by."),
        by: str = typer.Option("", "--by", metavar="USER", help="Who amends; their passphrase is asked for."),
        confirm: bool = typer.Option(False, "--confirm", help="With --sign: sign in spite of the shortfalls listed."),
        proficiency: Path = typer.Option(None, metavar="FOLDER", help="Export reviewed cells for a proficiency test."),
        url: str = typer.Option("", "--url", metavar="URL", help="The database of users; default KARYOVIEW_INDEX."),
    ) -> None:
        """Make the report of a case; passphrases are read from the terminal or a file descriptor only."""
        from karyoview.case.case import Case
        from karyoview.core.errors import KaryoViewError
        from karyoview.services.signing import write_bytes

        if output is None and proficiency is None and not (sign or amend or karyotype):
            raise typer.BadParameter("name a file with --output FILE.pdf", param_hint="--output")
        if amend and not by:
            raise typer.BadParameter("say who amends the report with --by USER", param_hint="--by")
        if amend and sign and passphrase_fd >= 0:
            raise typer.BadParameter("amend first, and sign by a call of its own", param_hint="--amend")
        writes = bool(sign or amend or karyotype or proficiency)
        with Case.open(case, user=sign or by) as opened:
            if writes and opened.read_only:
                raise KaryoViewError(opened.read_only_reason)
            if amend:
                from karyoview.cli.users import read_passphrase
                from karyoview.services.authority import Credentials, known_users
                from karyoview.services.signing import amend_case

                amend_case(opened, known_users(url), Credentials(by, read_passphrase(passphrase_fd, of=by)), amend)
            if karyotype:
                from karyoview.case.karyotyping import set_karyotype

                for note in set_karyotype(opened, karyotype, reason):
                    typer.echo(f"note: {note}")
            made: list[bytes] = []
            if sign:

                def final() -> bytes:
                    made.append(_pdf(opened, template, pictures)[1])
                    return made[0]

                _sign(opened, sign, meaning, url, passphrase_fd, confirm, final)
            if proficiency is not None:
                from karyoview.case.counting import tally_of
                from karyoview.report.export import export_proficiency

                names = [c.image for c in tally_of(opened).counted][:10]
                typer.echo(f"{len(export_proficiency(opened, names, proficiency))} files in {proficiency}")
            if output is not None and made and output.suffix.lower() == ".pdf":
                write_bytes(output, made[0])  # the approved report itself, as it is kept with the case
                typer.echo(f"{output}: {opened.settings.karyotype or 'no karyotype'}")
            elif output is not None:
                typer.echo(_write(opened, output, template, image, pictures))


def _sign(
    case: Case, name: str, meaning: str, url: str, passphrase_fd: int, confirm: bool, report: Callable[[], bytes]
) -> None:
    """Say what falls short, ask, and sign."""
    from karyoview.cli.users import read_passphrase
    from karyoview.services.authority import Credentials, known_users
    from karyoview.services.signing import shortfalls, sign_case

    found = shortfalls(case)
    for shortfall in found:
        typer.echo(f"{'stops' if shortfall.stops else 'falls short'}: {shortfall.text}", err=True)
    if any(not s.stops for s in found) and not any(s.stops for s in found) and not confirm and passphrase_fd < 0:
        confirm = typer.confirm(f"Sign as {meaning} all the same?", err=True)
    who = Credentials(name, read_passphrase(passphrase_fd, of=name))
    texts = [s.text for s in found] if confirm else []
    signature = sign_case(case, known_users(url), who, meaning, confirmed=texts, report=report)
    typer.echo(f"{signature.meaning} by {signature.name}, {signature.time}")


def _write(case: Case, output: Path, template: Path | None, image: str, pictures: int) -> str:
    """Write one form of the report; returns what to say."""
    if output.suffix.lower() == ".pdf":
        from karyoview.services.signing import keep_report, write_bytes

        content, pdf = _pdf(case, template, pictures)
        write_bytes(output, pdf)
        if not case.read_only:
            keep_report(case, pdf)
    else:
        from karyoview.report.export import write_case_form

        content = write_case_form(case, output, template, image)
    for remark in content.remarks:
        typer.echo(f"note: {remark}", err=True)
    return f"{output}: {content.karyotype or 'no karyotype'}"


def _pdf(case: Case, template: Path | None, pictures: int) -> tuple[ReportContent, bytes]:
    from karyoview.report.content import collect_report, load_template
    from karyoview.report.pdf import report_pdf

    content = collect_report(case, load_template(template) if template else None, pictures=pictures)
    return content, report_pdf(content)

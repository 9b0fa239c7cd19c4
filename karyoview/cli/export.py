"""``karyoview export``: annotations, overlay pictures and tables of a case, as the window writes them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command ``export``."""

    @app.command()
    def export(
        case: Annotated[Path, typer.Argument(metavar="CASE", help="The folder of images.")],
        output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="The folder to write.")],
        format_: Annotated[
            list[str] | None,
            typer.Option("--format", metavar="FORMAT", help="Annotations, may be repeated: labelme, coco, …"),
        ] = None,
        picture: Annotated[
            list[str] | None,
            typer.Option(
                "--picture",
                metavar="KIND",
                help="Overlays, may be repeated: png, svg, tiff; dcm: metaphase and karyogram as DICOM.",
            ),
        ] = None,
        table: Annotated[
            list[str] | None, typer.Option("--table", metavar="KIND", help="Counts, may be repeated: csv, xlsx.")
        ] = None,
        only_reviewed: Annotated[
            bool, typer.Option("--only-reviewed", help="Leave out cells not yet reviewed.")
        ] = False,
    ) -> None:
        """Export a case. Without a choice: the table of counts as CSV. The case itself is only read.

        A cell whose original is gone stops nothing: what was left out is named, and the command ends with 3.
        """
        from karyoview.case.case import Case
        from karyoview.cli.convert import PARTLY, say
        from karyoview.io.formats import FORMATS, Remarks, losses
        from karyoview.services.export import PICTURES, TABLES, ExportOptions, export_case

        choices = (("--format", format_, tuple(FORMATS)), ("--picture", picture, PICTURES), ("--table", table, TABLES))
        for option, chosen, allowed in choices:
            for name in chosen or ():
                if name not in allowed:
                    raise typer.BadParameter(f"{name!r} is none of {', '.join(allowed)}", param_hint=option)
        tables = tuple(table or ()) or (() if format_ or picture else ("csv",))
        with Case.open(case, read_only=True) as opened:
            found = {c.image: opened.annotation(c.image) for c in opened.cells}
            if only_reviewed:
                found = {k: a for k, a in found.items() if a.state == "reviewed"}
            for name in format_ or ():
                for loss in losses(list(found.values()), name):
                    typer.echo(f"{name} cannot hold {loss}", err=True)
            options = ExportOptions(tuple(format_ or ()), tuple(picture or ()), tables)
            remarks = Remarks()
            files = export_case(opened, found, options, output, remarks=remarks)
        say(remarks)
        typer.echo(f"{len(files)} files written to {output}")
        if remarks.left_out:
            raise typer.Exit(PARTLY)

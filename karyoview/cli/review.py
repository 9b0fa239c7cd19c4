"""``karyoview review``: mark cells as reviewed without a window, with what is open in them said first."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from karyoview.io.tables import printable


def register(app: typer.Typer) -> None:
    """Add the command ``review``."""

    @app.command()
    def review(
        case: Annotated[Path, typer.Argument(metavar="CASE", help="The case's folder.")],
        images: Annotated[list[str], typer.Argument(metavar="IMAGE…", help="The cells, by the names of their images.")],
        user: Annotated[str, typer.Option(help="Who reviewed them, for the record; default the login name.")] = "",
        confirm: Annotated[
            bool, typer.Option("--confirm", help="Mark them as reviewed with the doubts listed left open.")
        ] = False,
    ) -> None:
        """Mark cells as reviewed; doubts that are open in one stop it, unless they are confirmed."""
        from karyoview.case.case import Case
        from karyoview.core.errors import KaryoViewError
        from karyoview.services.reviewing import open_doubts, review_cell

        waiting = 0
        with Case.open(case, user=user) as opened:
            if opened.read_only:
                raise KaryoViewError(opened.read_only_reason)
            for image in images:
                found = [doubt.reason for doubt in open_doubts(opened, image)]
                for text in found:
                    typer.echo(f"{printable(image)}: {printable(text)}", err=True)
                if found and not confirm:
                    waiting += 1
                    continue
                review_cell(opened, image, opened.user, confirmed=found)
                typer.echo(f"{printable(image)}: reviewed")
        if waiting:
            cells = "One cell is" if waiting == 1 else f"{waiting} cells are"
            raise KaryoViewError(f"{cells} not reviewed: answer the doubts listed, or leave them open with --confirm.")

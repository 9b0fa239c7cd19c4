"""``karyoview import-karyogram``: old karyogram pictures laid back onto their metaphases."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command ``import-karyogram``."""

    @app.command("import-karyogram")
    def import_karyogram(
        case: Annotated[Path, typer.Argument(metavar="CASE", help="The case that holds the metaphases.")],
        pictures: Annotated[list[Path], typer.Argument(metavar="PICTURE...", help="Karyograms made from its cells.")],
        image: Annotated[
            str, typer.Option(metavar="NAME", help="The cell, where the picture's name does not begin with its name.")
        ] = "",
        order: Annotated[
            str, typer.Option(metavar="ROWS", help="Labels row by row, '1 2 3 4 5 / 6 7 …', where none can be read.")
        ] = "",
        reviewed: Annotated[
            bool, typer.Option("--reviewed", help="Mark a cell as reviewed where all of it was found surely.")
        ] = False,
        overlay: Annotated[
            Path | None, typer.Option(metavar="DIR", help="Draw what was found onto copies of the cells.")
        ] = None,
        dry_run: Annotated[bool, typer.Option("--dry-run", help="Look and say, but save nothing.")] = False,
    ) -> None:
        """Give cells the classes that their old karyograms show.

        Each chromosome of a picture is looked for in the cell at every angle. A cell that a person has
        worked on is never changed. Ends with 1 when nothing was imported.
        """
        from karyoview.case.case import Case
        from karyoview.core.errors import KaryoViewError
        from karyoview.services import karyogram_import as service
        from karyoview.services.overlays import save_picture

        if image and len(pictures) > 1:
            raise typer.BadParameter("one cell has one karyogram; give one picture", param_hint="--image")
        taken = 0
        with Case.open(case, read_only=dry_run) as opened:
            for picture in pictures:
                try:
                    name = image or service.cell_of(opened, picture)
                    found = service.import_karyogram(
                        opened, name, picture, order=service.read_order(order), reviewed=reviewed
                    )
                    if not dry_run:
                        service.save(opened, found)
                    if overlay is not None:
                        overlay.mkdir(parents=True, exist_ok=True)
                        cell = opened.read_image(name).to_uint8()
                        save_picture(service.overlay(cell, found), overlay / f"{Path(name).stem}-karyogram.png")
                except (KaryoViewError, OSError) as error:
                    typer.echo(f"not imported: {error}", err=True)
                    continue
                typer.echo(found.sentence())
                taken += 1
        raise typer.Exit(0 if taken else 1)

"""``karyoview backup`` and ``karyoview restore``: a case in one verified file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the commands ``backup`` and ``restore``."""

    @app.command()
    def backup(
        case: Annotated[Path, typer.Argument(metavar="CASE", help="The case's folder.")],
        archive: Annotated[
            Path, typer.Argument(metavar="FILE.zip", help="Where to write; an existing file is not replaced.")
        ],
        originals: bool = typer.Option(True, help="Put the images in as well, unchanged, tags included."),
    ) -> None:
        """Write a case to one zip file and compare every byte of it."""
        from karyoview.case.backup import backup_case

        report = backup_case(case, archive, originals=originals)
        typer.echo(f"{report.path}: {report.files} files, {report.size} bytes, head {report.head}")

    @app.command()
    def restore(
        archive: Annotated[Path, typer.Argument(metavar="FILE.zip", help="A backup.")],
        folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A new or empty folder.")],
    ) -> None:
        """Unpack a backup into a new folder and verify the case there."""
        from karyoview.case.backup import restore_case

        report = restore_case(archive, folder)
        typer.echo(f"{report.path}: {report.files} files, {report.size} bytes, head {report.head}")

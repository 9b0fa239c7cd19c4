"""``karyoview validate``: a signed record of how an engine does on a laboratory's own reviewed cases."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from karyoview.cli.detect import Device, check_engine


def register(app: typer.Typer) -> None:
    """Add the command ``validate``."""

    @app.command()
    def validate(
        cases: Annotated[list[Path], typer.Argument(metavar="CASE...", help="Cases with reviewed cells.")],
        engine: Annotated[str, typer.Option(help="The engine's name.")] = "karyoview",
        output: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the record.")] = Path(),
        user: Annotated[str, typer.Option(metavar="NAME", help="Login name of who signs; without it, unsigned.")] = "",
        passphrase_fd: Annotated[
            int, typer.Option(metavar="N", help="Read the passphrase from this file descriptor.")
        ] = -1,
        url: Annotated[str, typer.Option(metavar="URL", help="The database; default KARYOVIEW_INDEX.")] = "",
        device: Annotated[Device, typer.Option(help="Where the engine computes.")] = Device.AUTO,
    ) -> None:
        """Compare an engine with reviewed cells and write the record as JSON and as text.

        Cells that the engine was trained on are left out. Only reviewed cells count.
        """
        from karyoview.accounts.users import Users
        from karyoview.cli.users import read_passphrase
        from karyoview.io.database import open_engine
        from karyoview.services import validation
        from karyoview.services.weights import WeightsRepository

        check_engine(engine)
        signer = None
        if user:
            database = open_engine(url or None)
            try:
                signer = Users(database).verify(user, read_passphrase(passphrase_fd))
            finally:
                database.dispose()
        record = validation.validate(
            cases, engine, device=device.value, progress=lambda d, n, w: typer.echo(f"[{d}/{n}] {w}", err=True)
        )
        if signer is not None:
            record = validation.sign(record, signer, WeightsRepository(user=signer.name))
        written = validation.write(record, output)
        typer.echo(validation.as_text(record))
        typer.echo(f"written: {', '.join(map(str, written))}", err=True)

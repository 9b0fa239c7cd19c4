"""``karyoview demo``: the sample case in the window, or as pictures where there is no screen."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command ``demo``."""

    @app.command()
    def demo(
        folder: Annotated[Path, typer.Argument(metavar="[FOLDER]", help="Where the copy goes.")] = Path("demo"),
        sample: Annotated[str, typer.Option(metavar="NAME", help="Which sample patient: 46XX or 47XY+21.")] = "46XX",
        offscreen: Annotated[bool, typer.Option("--offscreen", help="Pictures and tables, no window.")] = False,
        screenshot: Annotated[
            Path | None, typer.Option(metavar="FILE.png", help="A picture of the window only.")
        ] = None,
    ) -> None:
        """Open KaryoView on a copy of the sample case (made by the generator, no person's data).

        Without a screen the pictures with boxes, a picture of the window and the tables are written instead.
        """
        from karyoview.services.demo import copy_sample, prepare, write_pictures

        quiet = offscreen or screenshot is not None or not has_screen()
        prepared = prepare(copy_sample(folder, sample), tell=lambda line: typer.echo(line, err=True))
        for reason in prepared.failures:
            typer.echo(f"not done: {reason}", err=True)
        typer.echo(f"A copy of the sample case is in {prepared.folder.resolve()}; the boxes are {prepared.given_by}.")
        if not quiet:
            from karyoview.gui.app import main as show_window

            raise typer.Exit(show_window([str(prepared.folder)]))
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        from karyoview.gui.screenshot import picture_of_window

        if screenshot is not None:
            picture_of_window(prepared.folder, screenshot)
            typer.echo(f"The window is drawn in {screenshot}.")
            return
        output = folder / "pictures"
        files = write_pictures(prepared, output)
        picture_of_window(prepared.folder, output / "window.png")
        typer.echo(f"{len(files) + 1} pictures and tables are in {output.resolve()}.")


def has_screen() -> bool:
    """Whether a window can be shown here; on Linux a display must be named."""
    if os.environ.get("QT_QPA_PLATFORM", "") in ("offscreen", "minimal"):
        return False
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or os.environ.get("QT_QPA_PLATFORM"))

"""``karyoview project``: the planes of a stack as one picture."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command ``project``."""

    @app.command()
    def project(
        stack: Annotated[Path, typer.Argument(metavar="STACK", help="A TIFF with the planes of one or more pictures.")],
        output: Annotated[Path, typer.Argument(metavar="OUTPUT.tif", help="The picture to write.")],
        way: Annotated[
            str, typer.Option(metavar="WAY", help="focus: each place from its sharpest plane; maximum.")
        ] = "focus",
        picture: Annotated[int, typer.Option(min=1, help="Which picture, where the file holds several.")] = 1,
    ) -> None:
        """Make one picture of the planes of a stack.

        A case lists the sharpest plane; this is better where depths differ. The scale is kept, the stack only read.
        """
        import tifffile

        from karyoview.core.errors import KaryoViewError
        from karyoview.imaging.projection import project as make
        from karyoview.io.images import read_image, stacks

        groups = stacks(stack)
        if picture > len(groups):
            raise KaryoViewError(f"{stack}: there are {len(groups)} pictures, so there is no picture {picture}.")
        if output.exists():
            raise KaryoViewError(f"{output} exists already; choose another name.")
        planes = [read_image(stack, page=page) for page in groups[picture - 1]]
        made = make([p.pixels for p in planes], way)
        scale = planes[0].um_per_pixel
        density = (1e4 / scale, 1e4 / scale) if scale else None
        unit = "CENTIMETER" if scale else None
        try:
            tifffile.imwrite(output, made, compression="deflate", resolution=density, resolutionunit=unit)
        except (OSError, ValueError) as error:
            raise KaryoViewError(f"The picture was not written to {output} ({error}); check the place.") from error
        typer.echo(f"{output}: {len(planes)} planes, {way}")

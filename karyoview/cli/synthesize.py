"""``karyoview synthesize``: a case of made metaphases with exact truth."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("synthesize")(synthesize)


def synthesize(
    output: Annotated[Path, typer.Option("--output", "-o", help="New folder for the case.")],
    cells: Annotated[int, typer.Option(help="How many metaphases.")] = 20,
    karyotype: Annotated[str, typer.Option(help='ISCN, as "47,XY,+21" or "mos 45,X[6]/46,XX[14]".')] = "46,XX",
    band_level: Annotated[int, typer.Option(help="400, 550 or 850 bands.")] = 550,
    seed: Annotated[int, typer.Option(help="The same seed makes the same cells.")] = 0,
    size: Annotated[str, typer.Option(help="Width×height in pixels, as 1360x1024; by default the style's own.")] = "",
    style: Annotated[str, typer.Option(help="clinic (cut to the cell) or camera (the whole field).")] = "clinic",
    bits: Annotated[int, typer.Option(help="8 or 16 bits a pixel.")] = 8,
    form: Annotated[str, typer.Option(help="png, webp or tif.")] = "png",
    paste: Annotated[
        Path | None, typer.Option(help="COCO file of real cells: cut out isolated chromosomes and paste new cells.")
    ] = None,
    images: Annotated[
        Path | None, typer.Option(help="Folder of the real pictures, if not beside the COCO file.")
    ] = None,
    pictures: Annotated[int, typer.Option(help="From how many real pictures to cut at most.")] = 500,
    workers: Annotated[int, typer.Option(help="Processes.")] = 1,
    manifest: Annotated[Path | None, typer.Option(help="Write hashes of truths and pictures to this file.")] = None,
    check: Annotated[Path | None, typer.Option(help="Compare the truths with an earlier manifest.")] = None,
) -> None:
    """Make metaphases with exact truth: a case folder with truth.json (COCO) beside the pictures."""
    from karyotrain.data.synthesis.production import Order, produce

    order = Order(
        cells=cells, karyotype=karyotype, band_level=band_level, seed=seed, size=size, style=style, bits=bits,
        form=form, paste=paste, images=images, pictures=pictures, workers=workers,
    )  # fmt: skip
    for line in produce(order, output, manifest=manifest, check=check):
        typer.echo(line)

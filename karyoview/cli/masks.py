"""``karyoview masks``: outlines and rotated boxes for boxes that a laboratory drew horizontally."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from karyoview.services.outlines import Outlined


def register(app: typer.Typer) -> None:
    """Add the command ``masks``."""

    @app.command()
    def masks(
        source: Annotated[Path, typer.Argument(metavar="CASE", help="A case, or a COCO file with its pictures.")],
        output: Annotated[
            Path | None, typer.Option(metavar="FILE.json", help="Write COCO with masks and rotated boxes.")
        ] = None,
        save: Annotated[bool, typer.Option("--save", help="Store certain masks in the case (boxes stay).")] = False,
        check: Annotated[
            int, typer.Option(min=0, metavar="N", help="Measure on N cells pasted from this COCO file's chromosomes.")
        ] = 0,
        limit: Annotated[int | None, typer.Option(min=1, help="At most this many images.")] = None,
    ) -> None:
        """Find masks and rotated boxes inside horizontal boxes.

        Prints how many are certain; the others are left out of what is written, so that training
        ignores their places. With --check the quality is measured where the truth is known.
        """
        from itertools import islice

        from karyoview.cli.detect import check_output, write_output
        from karyoview.io.documents import dump_document
        from karyoview.services import outlines

        if output is not None:
            check_output(output)
        read = outlines.check_source(source)
        if read is None and check:
            raise typer.BadParameter("--check needs a COCO file to paste from", param_hint="--check")
        if read is not None and save:
            raise typer.BadParameter("--save is for cases; use --output for a COCO file", param_hint="--save")
        if check:
            _check(source, check)
        kept: list[Outlined] = []
        total = certain = isolated = stored = 0

        def count(found: Iterator[Outlined]) -> Iterator[Outlined]:
            nonlocal total, certain, isolated
            for one in islice(found, limit):
                total += len(one.masks)
                certain += sum(m.certain for m in one.masks)
                isolated += sum(m.isolated for m in one.masks)
                yield one

        if read is not None:
            for one in count(read()):
                if output is not None:
                    kept.append(one)
        else:
            from karyoview.case.case import Case

            with Case.open(source, read_only=not save) as case:
                for one in count(outlines.outlines_of_case(case)):
                    kept.append(one)
                    if save:
                        stored += outlines.save_in_case(case, one)
        if output is not None:
            write_output(output, dump_document(outlines.coco_document(kept, source.stem)))
        share = 100 * certain / max(total, 1)
        typer.echo(f"{total} boxes, {isolated} isolated, {certain} certain ({share:.1f} %)", err=True)
        if save:
            typer.echo(f"{stored} masks stored in {source}", err=True)
        raise typer.Exit(0 if total else 1)


def _check(source: Path, cells: int) -> None:
    """Print IoU of found against true masks on cells pasted from the chromosomes of ``source``."""
    import tempfile

    import numpy as np
    from karyotrain.data.synthesis.paste import PasteLibrary, make_pasted_cell

    from karyoview.imaging.mask_quality import measure_masks, print_quality

    beside = source.parent / "images"
    with tempfile.TemporaryDirectory(prefix="karyoview-masks-") as folder:
        images = beside if beside.is_dir() else source.parent
        library = PasteLibrary.build(images, source, Path(folder), limit=max(40, 2 * cells))
        made = [make_pasted_cell(library, seed) for seed in range(cells)]
    rows = [
        measure_masks(
            np.asarray(cell.image, np.uint8),
            cell.boxes(),
            [t.full_mask(cell.image.shape) for t in cell.truth],
            [t.box for t in cell.truth],
        )
        for cell in made
    ]
    typer.echo(print_quality(rows, severe=sum(c.severe_overlap() for c in made) / max(cells, 1)))

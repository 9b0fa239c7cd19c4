"""``karyoview convert``: annotations between cases and other programs' formats."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from karyoview.core.annotation import ImageAnnotation

CASE: Final = "case"


def register(app: typer.Typer) -> None:
    """Add the command ``convert``."""

    @app.command()
    def convert(
        source: Annotated[Path, typer.Argument(metavar="INPUT", help="A case, or a file or folder of annotations.")],
        target: Annotated[Path, typer.Argument(metavar="OUTPUT", help="A case, or the file or folder to write.")],
        to: Annotated[
            str, typer.Option("--to", metavar="FORMAT", help="labelme, coco, yolo, yolo-obb, dota, voc, case.")
        ],
        from_: Annotated[str, typer.Option("--from", metavar="FORMAT", help="The same names.")] = CASE,
        images: Annotated[Path | None, typer.Option(metavar="DIR", help="The pictures, if not beside INPUT.")] = None,
        only_reviewed: Annotated[
            bool, typer.Option("--only-reviewed", help="Leave out cells not yet reviewed.")
        ] = False,
        overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace files that are there.")] = False,
        dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be lost.")] = False,
    ) -> None:
        """Convert annotations; what OUTPUT's format cannot hold is listed first.

        A cell of a case that a person has worked on is never replaced. Ends with 1 when nothing was written.
        """
        from karyoview.io.formats import FORMATS, losses, read_annotations, write_annotations

        for option, name in (("--from", from_), ("--to", to)):
            if name not in FORMATS and name != CASE:
                raise typer.BadParameter(f"no format {name!r}; one of {', '.join([*FORMATS, CASE])}", param_hint=option)
        found = read_case(source) if from_ == CASE else read_annotations(source, from_, images=images)
        if only_reviewed:
            found = [a for a in found if a.state == "reviewed"]
        if not found:
            typer.echo(f"{source}: there is nothing to convert.", err=True)
            raise typer.Exit(1)
        for phrase in [] if to == CASE else losses(found, to):
            typer.echo(f"not kept by {FORMATS[to].title}: {phrase}", err=True)
        if dry_run:
            return
        if to == CASE:
            written = write_case(found, target)
            typer.echo(f"{written} of {len(found)} annotations were taken into {target}.")
            raise typer.Exit(0 if written else 1)
        files = write_annotations(found, target, to, overwrite=overwrite)
        boxes = sum(len(a.chromosomes) for a in found)
        typer.echo(f"{len(found)} images, {boxes} chromosomes, {len(files)} files: {target}")


def read_case(folder: Path) -> list[ImageAnnotation]:
    """The annotations of a case that hold anything, in the order of its cells, with the images' sizes."""
    from dataclasses import replace

    from karyoview.case.case import Case

    found = []
    with Case.open(folder, read_only=True) as case:
        for cell in case.cells:
            annotation = case.annotation(cell.image)
            if annotation.state == "new" and not annotation.chromosomes:
                continue
            if annotation.size == (0, 0):
                image = case.read_image(cell.image)
                annotation = replace(annotation, size=(image.height, image.width))
            found.append(annotation)
    return found


def write_case(annotations: Sequence[ImageAnnotation], folder: Path) -> int:
    """Take annotations into a case where its cells have no work yet; → how many were taken."""
    from dataclasses import replace

    from karyoview.case.case import Case
    from karyoview.core.errors import KaryoViewError

    taken = 0
    with Case.open(folder) as case:
        if case.read_only:
            raise KaryoViewError(f"{folder} cannot be written: {case.read_only_reason}")
        names = {cell.image: cell.image for cell in case.cells}
        for annotation in annotations:
            image = names.get(annotation.image)
            if image is None:
                typer.echo(f"left out: {annotation.image} is no cell of this case.", err=True)
                continue
            present = case.annotation(image)
            if present.human() or present.count_marks:
                typer.echo(f"left out: {image} holds a person's work already.", err=True)
                continue
            sized = annotation.size if annotation.size != (0, 0) else present.size
            case.save_annotation(
                replace(
                    annotation,
                    size=sized,
                    image_sha256=present.image_sha256,
                    revision=present.revision + 1,
                ),
                "import",
                {"chromosomes": len(annotation.chromosomes)},
            )
            taken += 1
    return taken

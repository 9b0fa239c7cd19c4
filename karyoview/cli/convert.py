"""``karyoview convert``: annotations between cases and other programs' formats."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from karyoview.case.case import Case
    from karyoview.core.annotation import ImageAnnotation
    from karyoview.io.formats import Remarks

CASE: Final = "case"
PARTLY: Final = 3
"""The exit status where some things were left out and the rest was done."""


def register(app: typer.Typer) -> None:
    """Add the command ``convert``."""

    @app.command()
    def convert(
        source: Annotated[Path, typer.Argument(metavar="INPUT", help="A case, or a file or folder of annotations.")],
        target: Annotated[Path, typer.Argument(metavar="OUTPUT", help="A case, or the file or folder to write.")],
        to: Annotated[
            str, typer.Option("--to", metavar="FORMAT", help="labelme, coco, yolo, yolo-obb, dota, voc, cvat, case.")
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

        A cell of a case that a person has worked on is never replaced. One odd object, file or picture stops nothing:
        it is named and left out. Ends with 1 when nothing was written, with 3 when something was left out.
        """
        from karyoview.io.formats import FORMATS, Remarks, losses, read_annotations, write_annotations

        for option, name in (("--from", from_), ("--to", to)):
            if name not in FORMATS and name != CASE:
                raise typer.BadParameter(f"no format {name!r}; one of {', '.join([*FORMATS, CASE])}", param_hint=option)
        remarks = Remarks()
        found = (
            read_case(source, remarks)
            if from_ == CASE
            else read_annotations(source, from_, images=images, remarks=remarks)
        )
        if only_reviewed:
            found = [a for a in found if a.state == "reviewed"]
        if not found:
            say(remarks)
            typer.echo(f"{source}: there is nothing to convert.", err=True)
            raise typer.Exit(1)
        for phrase in [] if to == CASE else losses(found, to):
            typer.echo(f"not kept by {FORMATS[to].title}: {phrase}", err=True)
        if dry_run:
            say(remarks)
            return
        if to == CASE:
            written = write_case(found, target, remarks)
            say(remarks)
            typer.echo(f"{written} of {len(found)} annotations were taken into {target}.")
            raise typer.Exit(1 if not written else PARTLY if remarks.left_out else 0)
        files = write_annotations(found, target, to, overwrite=overwrite, remarks=remarks)
        boxes = sum(len(a.chromosomes) for a in found)
        say(remarks)
        typer.echo(f"{len(found)} images, {boxes} chromosomes, {len(files)} files: {target}")
        if remarks.left_out:
            raise typer.Exit(PARTLY)


def say(remarks: Remarks) -> None:
    """Say what was changed and left out, a line each."""
    for sentence in remarks.changed:
        typer.echo(f"changed: {sentence}", err=True)
    for sentence in remarks.left_out:
        typer.echo(f"left out: {sentence}", err=True)
    if remarks.left_out:
        typer.echo(f"{len(remarks.left_out)} left out; the rest was done.", err=True)


def read_case(folder: Path, remarks: Remarks) -> list[ImageAnnotation]:
    """The annotations of a case that hold anything, in the order of its cells, with the images' sizes.

    A vanished original stops nothing: where its size is needed, the cell goes on without and is named.
    """
    from dataclasses import replace

    from karyoview.case.case import Case
    from karyoview.core.errors import KaryoViewError

    found = []
    with Case.open(folder, read_only=True) as case:
        for cell in case.cells:
            annotation = case.annotation(cell.image)
            if annotation.state == "new" and not annotation.chromosomes:
                continue
            if annotation.size == (0, 0):
                try:
                    image = case.read_image(cell.image)
                    annotation = replace(annotation, size=(image.height, image.width))
                except KaryoViewError as error:
                    remarks.changed.append(f"{cell.image}: its size is not known. {error}")
            found.append(annotation)
    return found


def write_case(annotations: Sequence[ImageAnnotation], folder: Path, remarks: Remarks) -> int:
    """Take annotations into a case where its cells have no work yet; → how many were taken.

    A cell is found by its name, else by its stem where that is unique; boxes are brought to the cell's picture.
    """
    from collections import Counter
    from dataclasses import replace

    from karyoview.case.case import Case
    from karyoview.core.errors import KaryoViewError
    from karyoview.io.formats.remarks import collecting
    from karyoview.io.picture_names import match_names

    taken = 0
    several = {name for name, count in Counter(a.image for a in annotations).items() if count > 1}
    with Case.open(folder) as case:
        if case.read_only:
            raise KaryoViewError(f"{folder} cannot be written: {case.read_only_reason}")
        names = match_names([a.image for a in annotations], [cell.image for cell in case.cells])
        for annotation in annotations:
            image = names.get(annotation.image)
            if annotation.image in several:
                folders = " and ".join(str(a.extra.get("import_folder", "")) or "." for a in annotations
                                       if a.image == annotation.image)  # fmt: skip
                remarks.left_out.append(
                    f"{annotation.image} is there more than once (in {folders}); take in one folder only."
                )
                continue
            if image is None:
                remarks.left_out.append(f"{annotation.image} is no cell of this case.")
                continue
            present = case.annotation(image)
            if present.human() or present.count_marks:
                remarks.left_out.append(f"{image} holds a person's work already.")
                continue
            try:
                with collecting(remarks):
                    annotation = fitted_to_cell(case, image, annotation)
                sized = annotation.size if annotation.size != (0, 0) else present.size
                case.save_annotation(
                    replace(
                        annotation,
                        image=image,
                        size=sized,
                        image_sha256=present.image_sha256,
                        revision=present.revision + 1,
                    ),
                    "import",
                    {"chromosomes": len(annotation.chromosomes)},
                )
            except KaryoViewError as error:
                remarks.left_out.append(str(error))
                continue
            taken += 1
    return taken


def fitted_to_cell(case: Case, image: str, annotation: ImageAnnotation) -> ImageAnnotation:
    """The annotation turned or scaled to the cell's picture; as it is where the picture cannot be read."""
    from karyoview.core.errors import KaryoViewError
    from karyoview.io.formats import fit_to_picture
    from karyoview.io.images import orientation_of

    try:
        picture = case.read_image(image)
    except KaryoViewError:
        return annotation
    path = next((cell.path for cell in case.cells if cell.image == image), None)
    orientation = orientation_of(path) if path is not None and picture.page == 0 else 1
    return fit_to_picture(annotation, (picture.height, picture.width), orientation)

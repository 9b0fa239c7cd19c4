"""Annotation formats of other programs, one file each, and what is lost in them.

``read_annotations`` and ``write_annotations`` do the work; ``losses`` says before writing what a format
cannot hold. What was read from a format is written back to the digit where nobody changed it. How to add one
stands in ``resources/help/contributing/add-a-file-format.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath
from typing import Final

from karyoview.core.annotation import Chromosome, ImageAnnotation, PredictedChromosome, ReviewedChromosome, ReviewState
from karyoview.io.atomic import explain, write_atomic
from karyoview.io.formats import coco, cvat, dota, labelme, voc, yolo
from karyoview.io.formats.common import FOLDER, Format, FormatError
from karyoview.io.formats.fitting import fit_to_picture, misfits
from karyoview.io.formats.pictures import Pictures
from karyoview.io.formats.remarks import Remarks, attempt, collecting
from karyoview.io.images import orientation_of

__all__ = [
    "FORMATS", "Format", "FormatError", "Remarks", "fit_to_picture", "losses", "misfits", "read_annotations",
    "register_format", "write_annotations",
]  # fmt: skip

FORMATS: Final[dict[str, Format]] = {}
"""The formats by name, in the order in which the window and the commands list them."""


def register_format(form: Format) -> None:
    """Offer a format wherever formats are chosen. ValueError for a name that is taken."""
    if form.name in FORMATS:
        raise ValueError(f"there is already a format {form.name!r}")
    FORMATS[form.name] = form


for _form in (labelme.FORMAT, coco.FORMAT, yolo.YOLO, yolo.YOLO_OBB, dota.FORMAT, voc.FORMAT, cvat.FORMAT):
    register_format(_form)

_Items = Callable[[ImageAnnotation], int]


def _per_chromosome(test: Callable[[Chromosome], bool]) -> _Items:
    return lambda annotation: sum(test(c) for c in annotation.chromosomes)


def _over_edge(annotation: ImageAnnotation) -> int:
    height, width = annotation.size
    bounds = [c.box.capsule_bounds().to_xyxy() for c in annotation.chromosomes]
    return sum(x1 < 0 or y1 < 0 or x2 > width or y2 > height for x1, y1, x2, y2 in bounds)


_LOSSES: Final[tuple[tuple[str, str, _Items], ...]] = (
    ("rotated", "rotated boxes, which become the horizontal boxes around their capsules",
     _per_chromosome(lambda c: c.box.is_rotated)),
    ("corners", "boxes that are wider than long or rotated by 0, which come back turned or horizontal",
     _per_chromosome(lambda c: c.box.is_rotated and (c.box.w > c.box.h or c.box.angle == 0))),
    ("score", "scores of proposals, which come back as a person's boxes",
     _per_chromosome(lambda c: isinstance(c, PredictedChromosome))),
    ("uncertain", "marks that a chromosome is uncertain",
     _per_chromosome(lambda c: isinstance(c, ReviewedChromosome) and c.uncertain)),
    ("polarity", "probabilities of the direction", _per_chromosome(lambda c: c.polarity is not None)),
    ("mask", "masks", _per_chromosome(lambda c: bool(c.mask))),
    ("axis", "centre lines", _per_chromosome(lambda c: bool(c.axis))),
    ("proposal", "what an engine had proposed, with its probabilities and doubts", _per_chromosome(
        lambda c: getattr(c, "proposal", None) is not None or bool(getattr(c, "probabilities", ()))
        or getattr(c, "doubt", None) is not None
    )),
    ("given_by", "names of who drew or named a chromosome",
     _per_chromosome(lambda c: c.box_by.kind != "import" and bool(c.box_by.name))),
    ("state", "states of review", lambda a: int(a.state not in (ReviewState.NEW, ReviewState.IN_REVIEW))),
    ("notes", "notes", lambda a: int(bool(a.notes))),
    ("count_marks", "count marks", lambda a: len(a.count_marks)),
    ("size", "sizes of images (kept by the pictures themselves)", lambda a: int(a.size != (0, 0))),
    ("outside", "boxes over the image's edge, which are cut there", _over_edge),
)  # fmt: skip


def read_annotations(
    path: Path, fmt: str, *, images: Path | None = None, remarks: Remarks | None = None
) -> list[ImageAnnotation]:
    """Annotations in a file or folder of format ``fmt`` (a key of FORMATS), brought to their pictures.

    ``images`` is the folder of the pictures, where they do not lie beside the annotations. With ``remarks`` an odd
    object, row, file or picture stops nothing: what was left out and what was changed stands there. Raises
    FormatError, without ``remarks`` for the first odd thing.
    """
    form = _format(fmt)
    if remarks is not None:
        with collecting(remarks):
            return _fitted(form.read(path, images), path, images)
    return _fitted(form.read(path, images), path, images)


def _fitted(found: list[ImageAnnotation], path: Path, images: Path | None) -> list[ImageAnnotation]:
    """Annotations whose pictures are at hand turned or scaled to them."""
    pictures = Pictures(images or (path if path.is_dir() else path.parent))
    result = []
    for annotation in found:
        fitted = attempt(lambda a=annotation: _fit(a, pictures))  # type: ignore[misc]
        result += [] if fitted is None else [fitted]
    return result


def _fit(annotation: ImageAnnotation, pictures: Pictures) -> ImageAnnotation:
    place = Path(str(annotation.extra.get(FOLDER, "")))
    try:
        file = pictures.path_of(annotation.image, place)
        known = pictures.find(annotation.image, place) if file is not None else None
    except FormatError:
        # A picture that cannot be read says so where it is opened; its annotations are kept.
        if len(pictures.all_of(annotation.image)) > 1:
            raise
        return annotation
    if file is None or known is None:
        return annotation
    return fit_to_picture(annotation, known[1], orientation_of(file))


def write_annotations(
    annotations: Sequence[ImageAnnotation],
    path: Path,
    fmt: str,
    *,
    overwrite: bool = False,
    remarks: Remarks | None = None,
) -> list[Path]:
    """Write a file (COCO) or a folder (the others); → the files. Raises FormatError where one is in the way.

    With ``remarks`` an annotation that the format cannot write is left out and named there.
    """
    if remarks is None:
        files = _format(fmt).write(annotations)
    else:
        with collecting(remarks):
            files = _format(fmt).write(annotations)
    targets = {path / PurePosixPath(name) if name else path: data for name, data in files.items()}
    for target in targets:
        if target.exists() and not overwrite:
            raise FormatError(f"{target} exists already; choose another place or allow it to be replaced.")
    for target, data in targets.items():
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            write_atomic(target, data)
        except OSError as error:
            raise FormatError(f"Nothing more was written: {explain(error, target)}.") from error
    return list(targets)


def losses(annotations: Sequence[ImageAnnotation], fmt: str) -> list[str]:
    """What of these annotations the format cannot hold, one phrase each with its number; empty when all is kept."""
    form = _format(fmt)
    found = []
    for key, words, count in _LOSSES:
        number = 0 if key in form.holds else sum(map(count, annotations))
        if number:
            found.append(f"{number} × {words}")
    return found


def _format(name: str) -> Format:
    if name not in FORMATS:
        raise FormatError(f"There is no format {name!r}; choose one of {', '.join(FORMATS)}.")
    return FORMATS[name]

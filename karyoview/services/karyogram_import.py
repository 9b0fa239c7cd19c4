"""Old karyogram pictures as annotations: classes that a person gave long ago, laid back onto the cell.

What is found surely is a person's work, as that of any other program is; what is found less surely is a
proposal with its reason, so that it is looked at. A cell that holds a person's work is never changed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from PIL import Image

from karyoview.case.case import Case
from karyoview.core.annotation import (
    Attribution,
    Chromosome,
    ImageAnnotation,
    PredictedChromosome,
    ReviewedChromosome,
    ReviewState,
)
from karyoview.core.chromosome import CLASSES
from karyoview.core.errors import KaryoViewError
from karyoview.core.runlength import encode_mask
from karyoview.imaging.karyogram_picture import STANDARD_ORDER, KaryogramPictureError, read_print
from karyoview.imaging.karyogram_placement import SURE, Placement, place_karyogram
from karyoview.imaging.masks import GreyArray
from karyoview.io.images import read_image

ACTION: Final = "import karyogram"


class KaryogramImportError(KaryoViewError):
    """A karyogram picture that cannot be laid onto its cell."""


@dataclass(frozen=True, slots=True, eq=False)
class Imported:
    """One karyogram on its cell: ``found`` with their places, of ``pieces`` in the picture."""

    image: str
    picture: Path
    pieces: int
    found: tuple[Placement, ...]
    annotation: ImageAnnotation

    @property
    def sure(self) -> int:
        """How many chromosomes need no second look."""
        return sum(p.sure for p in self.found)

    def sentence(self) -> str:
        """The outcome for a person."""
        text = f"{self.image}: {len(self.found)} of {self.pieces} chromosomes of {self.picture.name} found again"
        return f"{text}, {self.sure} of them surely."


def import_karyogram(
    case: Case, image: str, picture: Path, *, order: Sequence[Sequence[str]] = (), reviewed: bool = False,
    progress: Callable[[float], None] | None = None,
) -> Imported:  # fmt: skip
    """Lay a karyogram picture onto the cell ``image`` of a case; nothing is saved yet, see :func:`save`.

    ``order`` tells the labels of each row where they cannot be read. ``reviewed`` marks the cell as
    reviewed where every chromosome of the picture was found surely. ``progress`` is called with the share that is
    done, in [0, 1], and may raise to stop. Raises KaryoViewError.
    """
    if image not in {c.image for c in case.cells}:
        raise KaryogramImportError(f"{image} is no cell of this case; give one of its pictures with --image.")
    cell = case.read_image(image)
    grey = cell.to_uint8()
    shown = read_print(read_image(picture).to_uint8(), order)
    pieces = shown.pieces
    try:
        found = tuple(place_karyogram(shown.picture, pieces, grey, progress))
    except KaryogramPictureError as error:
        raise KaryogramImportError(f"{picture.name} does not belong to {image}: {error}") from error
    chromosomes = tuple(_chromosome(n, r, grey, picture) for n, r in enumerate(found, 1))
    whole = len(found) == len(pieces) and all(c.is_human for c in chromosomes)
    annotation = replace(
        case.annotation(image), size=(cell.height, cell.width), chromosomes=chromosomes,
        state=ReviewState.REVIEWED if reviewed and whole else ReviewState.IN_REVIEW,
    )  # fmt: skip
    return Imported(image, picture, len(pieces), found, annotation)


def save(case: Case, imported: Imported) -> None:
    """Take an import into the case. Raises KaryogramImportError where a person has worked on the cell."""
    if case.read_only:
        raise KaryogramImportError(f"{case.folder} cannot be written: {case.read_only_reason}")
    present = case.annotation(imported.image)
    if present.human() or present.count_marks:
        raise KaryogramImportError(f"{imported.image} holds a person's work already; nothing was changed.")
    detail = {"picture": imported.picture.name, "chromosomes": len(imported.found), "sure": imported.sure}
    case.save_annotation(replace(imported.annotation, revision=present.revision + 1), ACTION, detail)


def cell_of(case: Case, picture: Path) -> str:
    """The cell that a karyogram's file name begins with, as ``0007.png`` for ``0007-karyogram.jpg``."""
    stems = {c.image: Path(c.image).stem.lower() for c in case.cells}
    name = picture.stem.lower()
    fitting = [image for image, stem in stems.items() if name.startswith(stem)]
    if not fitting:
        raise KaryogramImportError(
            f"{picture.name} begins with the name of no cell; say with --image which cell it was made from."
        )
    return max(fitting, key=lambda image: len(stems[image]))


def read_order(text: str) -> list[list[str]]:
    """Rows from a text as ``1 2 3 4 5 / 6 7 8 … / …``; ``standard`` is the four rows of the standard layout."""
    if text.strip().lower() == "standard":
        return [list(row) for row in STANDARD_ORDER]
    return [row.replace(",", " ").split() for row in text.split("/") if row.strip()]


def overlay(cell: GreyArray, imported: Imported) -> Image.Image:
    """The cell with every chromosome outlined and named: sure ones green, others orange; an RGB picture."""
    canvas = cv2.cvtColor(cell, cv2.COLOR_GRAY2RGB)
    for place in imported.found:
        colour = (0, 140, 90) if place.confidence >= SURE else (213, 94, 0)
        outline = place.full_mask((cell.shape[0], cell.shape[1])).astype(np.uint8)
        lines, _ = cv2.findContours(outline, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        cv2.drawContours(canvas, lines, -1, colour, 1, cv2.LINE_AA)
        if place.piece.label is not None:
            x, y = place.box.centre
            text = CLASSES[place.piece.label].label
            for ink, thick in (((255, 255, 255), 3), (colour, 1)):
                spot = (round(x) - 5 * len(text), round(y) + 5)
                cv2.putText(canvas, text, spot, cv2.FONT_HERSHEY_SIMPLEX, 0.5, ink, thick, cv2.LINE_AA)
    return Image.fromarray(canvas)


def _chromosome(number: int, place: Placement, cell: GreyArray, picture: Path) -> Chromosome:
    by = Attribution("import", picture.name)
    label = place.piece.label
    common = {
        "id": f"k{number}", "box": place.box, "label": label, "box_by": by,
        "label_by": None if label is None else by, "polarity": 1.0,
        "mask": encode_mask(place.full_mask((cell.shape[0], cell.shape[1]))),
    }  # fmt: skip
    if place.sure:
        return ReviewedChromosome(**common)  # type: ignore[arg-type]
    reason = "class not read in the karyogram" if label is None else "place in the cell uncertain"
    score = place.confidence
    return PredictedChromosome(**common, score=score, doubt=1 - score, reasons=(reason,))  # type: ignore[arg-type]

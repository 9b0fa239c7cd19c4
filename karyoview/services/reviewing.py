"""Marking cells as reviewed without a window, by the same act and the same doubts as in it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from karyoview.case.case import Case
from karyoview.core.annotation import ImageAnnotation, ReviewState
from karyoview.core.chromosome import CLASSES
from karyoview.core.errors import KaryoViewError
from karyoview.core.image import MetaphaseImage
from karyoview.imaging.ideogram import load_bands
from karyoview.imaging.objects import CellObjects
from karyoview.review.doubt import Doubt, Surroundings, box_row, doubts, with_contents
from karyoview.review.reviewing import OpenDoubtsError, as_reviewed
from karyoview.review.summary import usual_numbers

__all__ = ["OpenDoubtsError", "open_doubts", "relative_lengths", "review_cell"]


def open_doubts(case: Case, image: str) -> list[Doubt]:
    """What is open in a cell, the most urgent first, from its annotation, its picture's file and the other cells.

    The picture is read. Raises CaseError or ImageError where it is missing or cannot be read: nobody can see it.
    """
    return _examined(case, image)[1]


def review_cell(case: Case, image: str, person: str, *, confirmed: Collection[str] = ()) -> ImageAnnotation:
    """Mark a cell as reviewed by ``person`` and save it.

    ``confirmed`` are the sentences of :func:`open_doubts` that the person was shown; any other open doubt stops
    it. Raises OpenDoubtsError, CaseError or ImageError.
    """
    annotation, found = _examined(case, image)
    after = as_reviewed(annotation, person, found, [doubt for doubt in found if doubt.reason in confirmed])
    after = replace(after, revision=case.annotation(image).revision + 1)
    case.save_annotation(after, "reviewed", {"open": [doubt.reason for doubt in found]} if found else None)
    return after


@cache
def relative_lengths() -> Sequence[float]:
    """The expected length of each class by the band table; KaryoViewError or OSError where there is none."""
    table = load_bands(550)
    return tuple(table.relative_length(c.label) for c in CLASSES)


def _examined(case: Case, image: str) -> tuple[ImageAnnotation, list[Doubt]]:
    loaded = case.read_image(image)
    annotation = case.annotation(image)
    known = annotation.image_sha256 or case.cell(image).sha256
    size = annotation.size if annotation.size != (0, 0) else (loaded.height, loaded.width)
    annotation = replace(annotation, size=size, image_sha256=known or loaded.sha256)
    annotation = with_contents(annotation, _contents(annotation, loaded))
    others = [c.count for c in case.cells if c.image != image and c.state is ReviewState.REVIEWED]
    around = Surroundings(
        usual_numbers(number for number in others if number is not None),
        loaded.sha256 if known and known != loaded.sha256 else "",
    )
    try:
        lengths = relative_lengths()
    except (KaryoViewError, OSError):
        lengths = ()
    return annotation, doubts(annotation, None, lengths, case.settings.sex_withheld, around)


def _contents(annotation: ImageAnnotation, loaded: MetaphaseImage) -> dict[str, Any]:
    """What the picture shows in boxes that hold no chromosome, by id."""
    objects = CellObjects(loaded.to_uint8())
    seen = {item.id: (objects.content(item.box), box_row(item.box)) for item in annotation.chromosomes}
    return {key: [content, row] for key, (content, row) in seen.items() if content != "chromosome"}

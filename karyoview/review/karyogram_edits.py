"""Moves on the karyogram board as pure functions: an annotation in, the corrected annotation out.

A move between slots is a relabelling, a flip turns the box; so each is one undo step of the review
session, seen in the metaphase too. See :mod:`karyoview.review.edits` for the rest.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from karyoview.core.annotation import Attribution, ImageAnnotation, ReviewedChromosome
from karyoview.core.geometry import Box, from_opencv
from karyoview.core.karyogram import KEY, Karyogram
from karyoview.core.karyogram_notes import KaryogramNote, notes_of, with_notes
from karyoview.core.runlength import encode_mask
from karyoview.imaging.cutout import split_mask
from karyoview.imaging.karyogram_look import KaryogramLook
from karyoview.imaging.stored_look import with_look
from karyoview.review import edits

BoolArray = npt.NDArray[np.bool_]


def arrange(annotation: ImageAnnotation, karyogram: Karyogram, person: str) -> ImageAnnotation:
    """The annotation whose karyogram this is: classes that changed are given by ``person``, order is kept."""
    wanted = karyogram.labels()
    after = annotation
    for label in dict.fromkeys(wanted.values()):
        changed = [c.id for c in annotation.chromosomes if c.id in wanted and wanted[c.id] == label != c.label]
        if changed:
            after = edits.relabel(after, changed, label, person)
    return replace(after, extra={**after.extra, KEY: karyogram.stored()})


def move(
    annotation: ImageAnnotation, chromosome: str, slot: str, person: str, position: int | None = None
) -> ImageAnnotation:
    """A chromosome into a slot (a class, ``mar`` or ``tray``), before ``position`` or at its right end."""
    return arrange(annotation, Karyogram.of(annotation).move(chromosome, slot, position), person)


def swap(annotation: ImageAnnotation, first: str, second: str, person: str) -> ImageAnnotation:
    """Two chromosomes change places."""
    return arrange(annotation, Karyogram.of(annotation).swap(first, second), person)


def mirror(annotation: ImageAnnotation, chromosome: str, person: str, confirmed: bool = False) -> ImageAnnotation:
    """A chromosome mirrored, or no longer; KaryoViewError unless a person confirmed it."""
    return arrange(annotation, Karyogram.of(annotation).mirror(chromosome, confirmed), person)


def rotate(annotation: ImageAnnotation, chromosome: str, degrees: float, person: str) -> ImageAnnotation:
    """A chromosome's axis turned clockwise by some degrees about its centre."""
    box = edits.directed(annotation.chromosome(chromosome).box)
    turned = Box.rotated(box.cx, box.cy, box.w, box.h, box.angle + math.radians(degrees))
    return edits.reshape(annotation, {chromosome: turned}, person)


def set_look(annotation: ImageAnnotation, look: KaryogramLook) -> ImageAnnotation:
    """The annotation whose karyogram is shown so: greys, bends, inversion."""
    return with_look(annotation, look)


def put_note(annotation: ImageAnnotation, note: KaryogramNote) -> ImageAnnotation:
    """The annotation with one more arrow or text on its karyogram, or with another in the place of one of that id."""
    text = "\n".join(line.strip() for line in note.text.strip().splitlines())
    kept, known = replace(note, text=text), notes_of(annotation)
    if not (kept.text or kept.arrow):
        return remove_notes(annotation, [note.id])
    if any(n.id == note.id for n in known):
        return with_notes(annotation, [kept if n.id == note.id else n for n in known])
    return with_notes(annotation, [*known, kept])


def remove_notes(annotation: ImageAnnotation, ids: Collection[str]) -> ImageAnnotation:
    """The annotation without these arrows and texts."""
    return with_notes(annotation, [n for n in notes_of(annotation) if n.id not in ids])


def set_mask(annotation: ImageAnnotation, chromosome: str, mask: BoolArray, person: str) -> ImageAnnotation:
    """The outline of a chromosome as a person painted it, (H, W) of the whole image; its axis is found anew.

    Raises EditError for an empty outline.
    """
    if not mask.any():
        raise edits.EditError("An outline needs at least one pixel; delete the chromosome instead.")
    after = edits.accept(annotation, [chromosome], person)
    items = [replace(c, mask=encode_mask(mask), axis=()) if c.id == chromosome else c for c in after.chromosomes]
    return replace(after, chromosomes=tuple(items))


def split_outline(
    annotation: ImageAnnotation, chromosome: str, mask: BoolArray, stroke: Sequence[tuple[float, float]], person: str
) -> tuple[ImageAnnotation, str]:
    """An outline cut along a stroke: the larger part stays, the smaller becomes a chromosome without a class.

    Returns the annotation and the new id. Raises KaryoViewError when the stroke does not cross the outline.
    """
    parts = sorted(split_mask(mask, stroke), key=lambda part: -int(part.sum()))
    after = set_mask(annotation, chromosome, parts[0], person)
    by = Attribution("person", person)
    made = ReviewedChromosome(edits.new_id(), _box_around(parts[1]), None, by, mask=encode_mask(parts[1]))
    old = annotation.chromosome(chromosome)
    kept = replace(after.chromosome(chromosome), box=_directed_as(_box_around(parts[0]), old.box), box_by=by)
    items = [kept if c.id == chromosome else c for c in after.chromosomes]
    return replace(after, chromosomes=(*items, made)), made.id


def _box_around(mask: BoolArray) -> Box:
    ys, xs = np.nonzero(mask)
    (cx, cy), (w, h), degrees = cv2.minAreaRect(np.stack([xs, ys], 1).astype(np.float32))
    return from_opencv(((cx + 0.5, cy + 0.5), (w + 1.0, h + 1.0), degrees))


def _directed_as(box: Box, like: Box) -> Box:
    """The box turned by π where that brings its p end nearer to the other box's."""
    if not like.is_rotated:
        return box
    (ax, ay), (bx, by) = box.p_direction, like.p_direction
    return box if ax * bx + ay * by >= 0 else box.turned()

"""Moves on the karyogram board as pure functions: an annotation in, the corrected annotation out.

A move between slots is a relabelling, a flip turns the box; so each is one undo step of the review
session, seen in the metaphase too. See :mod:`karyoview.review.edits` for the rest.
"""

from __future__ import annotations

import math
from dataclasses import replace

from karyoview.core.annotation import ImageAnnotation
from karyoview.core.geometry import Box
from karyoview.core.karyogram import KEY, Karyogram
from karyoview.review import edits


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

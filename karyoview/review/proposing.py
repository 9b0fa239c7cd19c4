"""Which chromosome without a box may be meant at a point: what the engine's kept answer holds, and the picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from karyoview.core.annotation import ImageAnnotation
from karyoview.core.detection import Detections
from karyoview.core.geometry import Box
from karyoview.imaging.objects import BoolArray, CellObjects, GreyArray, polygon_mask
from karyoview.imaging.overlap import boxes_as_outlines, overlap
from karyoview.imaging.propose import ProposalError, propose_at
from karyoview.review.edits import new_finds

# Chosen on 311 places of 24 dense cells that finder and classifier did not learn from, each with all other boxes
# there: below these a find at a place without a box is another chromosome more often than the one that is meant.
_LEAST_SCORE: Final = 0.2
_LEAST_FREE: Final = 0.2
_SAME: Final = 0.7  # overlap from which the picture's box is the engine's once more


def choices_at(
    annotation: ImageAnnotation,
    found: Detections | None,
    pixels: GreyArray,
    objects: CellObjects,
    place: tuple[float, float],
    others: Sequence[Box],
) -> list[int | Box]:
    """What may be meant at a place (x, y), the likeliest first: finds of an engine (where in ``found``), then a box
    from the picture.

    ``found`` is None where no engine was asked; ``pixels`` (H, W) uint8 is the picture, ``objects`` what is in it,
    ``others`` the boxes that are there, along their chromosomes (imaging.propose.along_chromosomes).
    Raises ProposalError, with the reason, where there is nothing that may be meant.
    """
    finds = [] if found is None else finds_at(annotation, found, objects, *place)
    boxes = [c.box for c in annotation.chromosomes]
    rotated = not boxes or any(b.is_rotated for b in boxes)
    area = float(np.median([b.area for b in boxes])) if boxes else None
    try:
        shown = propose_at(pixels, *place, area, rotated, others, objects)
    except ProposalError:
        if not finds:
            raise
        return [*finds]
    if shown is None:
        return [*finds]
    seen = [] if found is None else [found.items[i] for i in finds]
    again = overlap(seen, boxes_as_outlines([shown]), annotation.size)
    return [*finds] if (again >= _SAME).any() else [*finds, shown]


def finds_at(
    annotation: ImageAnnotation, detections: Detections, objects: CellObjects, x: float, y: float
) -> list[int]:
    """The places in ``detections`` of finds that cover (x, y) in pixels and have no box, by falling score.

    A find has a box where its outline is a chromosome's that is there (review.edits.new_finds), or where less than a
    fifth of its pixels in the picture lies outside the rotated boxes that are there.
    """
    there = annotation.chromosomes
    at = [
        i for i, item in enumerate(detections.items)
        if item.score >= _LEAST_SCORE and item.box.contains(x, y)
        and new_finds(annotation, there, detections, [i])
    ]  # fmt: skip
    if not at:
        return []
    # the corners of an upright box around a slanted chromosome are no chromosome's
    free = objects.free_of((c.box for c in there if c.box.is_rotated), 0.0)
    kept = [i for i in at if _free_share(detections.items[i].box, objects, free) >= _LEAST_FREE]
    return sorted(kept, key=lambda i: -detections.items[i].score)


def _free_share(box: Box, objects: CellObjects, free: BoolArray) -> float:
    """Share of the chromosomes' pixels in a box that are ``free`` (H, W); 0 where there are none."""
    inside, (left, top) = polygon_mask(box.corners(), objects.shape)
    window = (slice(top, top + inside.shape[0]), slice(left, left + inside.shape[1]))
    own = int((objects.mask[window] & inside).sum())
    return float((free[window] & inside).sum()) / own if own else 0.0

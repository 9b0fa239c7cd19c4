"""Which chromosome without a box may be meant at a point: what the engine's kept answer holds, and the picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from karyoview.core.detection import Detections
from karyoview.core.geometry import Box
from karyoview.imaging.objects import BoolArray, CellObjects, GreyArray, polygon_mask
from karyoview.imaging.overlap import Boxed, boxes_as_outlines, overlap
from karyoview.imaging.propose import ProposalError, propose_at

# Chosen on 311 places of 24 dense cells that finder and classifier did not learn from, each with all other boxes
# there: below these a find at a place without a box is another chromosome more often than the one that is meant.
_LEAST_SCORE: Final = 0.2
_LEAST_FREE: Final = 0.2
_BOXED: Final = 0.5  # overlap from which a find has a box
_SAME: Final = 0.7  # overlap from which the picture's box is the engine's once more


def choices_at(
    there: Sequence[Boxed],
    found: Detections | None,
    pixels: GreyArray,
    objects: CellObjects,
    place: tuple[float, float],
    others: Sequence[Box],
) -> list[int | Box]:
    """What may be meant at a place (x, y), the likeliest first: finds of an engine (where in ``found``), then a box
    from the picture.

    ``there`` are the chromosomes that have a box, ``others`` their boxes along them
    (imaging.propose.along_chromosomes); ``found`` is None where no engine was asked; ``pixels`` (H, W) uint8 is the
    picture, ``objects`` what is in it.
    Raises ProposalError, with the reason, where there is nothing that may be meant.
    """
    finds = [] if found is None else finds_at(there, found, objects, *place)
    boxes = [c.box for c in there]
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
    again = overlap(seen, boxes_as_outlines([shown]), objects.shape)
    return [*finds] if (again >= _SAME).any() else [*finds, shown]


def finds_at(there: Sequence[Boxed], found: Detections, objects: CellObjects, x: float, y: float) -> list[int]:
    """The places in ``found`` of finds that cover (x, y) in pixels and have no box, by falling score.

    A find has a box where its outline is that of one of those that are ``there``, or where less than a fifth of its
    pixels in the picture lies outside the rotated boxes that are there.
    """
    at = [i for i, item in enumerate(found.items) if item.score >= _LEAST_SCORE and item.box.contains(x, y)]
    if at and there:
        covered = overlap([found.items[i] for i in at], there, objects.shape).max(1)
        at = [i for i, share in zip(at, covered, strict=True) if share < _BOXED]
    if not at:
        return []
    # the corners of an upright box around a slanted chromosome are no chromosome's
    free = objects.free_of((c.box for c in there if c.box.is_rotated), 0.0)
    kept = [i for i in at if _free_share(found.items[i].box, objects, free) >= _LEAST_FREE]
    return sorted(kept, key=lambda i: -found.items[i].score)


def _free_share(box: Box, objects: CellObjects, free: BoolArray) -> float:
    """Share of the chromosomes' pixels in a box that are ``free`` (H, W); 0 where there are none."""
    inside, (left, top) = polygon_mask(box.corners(), objects.shape)
    window = (slice(top, top + inside.shape[0]), slice(left, left + inside.shape[1]))
    own = int((objects.mask[window] & inside).sum())
    return float((free[window] & inside).sum()) / own if own else 0.0

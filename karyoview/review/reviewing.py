"""Marking a cell as reviewed: the act checks the cell by itself, and takes over as open only what it was told."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

from karyoview.core.annotation import ImageAnnotation, ReviewState
from karyoview.core.errors import KaryoViewError
from karyoview.review import edits
from karyoview.review.doubt import Doubt

REVIEWED_BY: Final = "reviewed_by"
"""Key beside the chromosomes of a cell: who marked it as reviewed."""
REVIEWED_WITH: Final = "reviewed_with"
"""Key beside the chromosomes of a cell: the doubts that were open then, as they were said."""
_FEW: Final = 4


class OpenDoubtsError(KaryoViewError):
    """A cell was to be marked as reviewed with doubts that nobody was told; ``doubts`` has all that are open."""

    def __init__(self, image: str, doubts: Sequence[Doubt]) -> None:
        more = f" and {len(doubts) - _FEW} more" if len(doubts) > _FEW else ""
        listed = "; ".join(d.reason for d in doubts[:_FEW])
        super().__init__(f"{image} is not reviewed: {listed}{more}. Answer them, or confirm that they stay open.")
        self.doubts = tuple(doubts)


def as_reviewed(
    annotation: ImageAnnotation, person: str, found: Sequence[Doubt], confirmed: Collection[Doubt] = ()
) -> ImageAnnotation:
    """The cell as reviewed by ``person``; proposals left in it are taken over, and their doubts stay open.

    ``found`` are the doubts that are open now, ``confirmed`` those of which the person was told. Raises
    OpenDoubtsError for any other.
    """
    if any(doubt not in confirmed for doubt in found):
        raise OpenDoubtsError(annotation.image, found)
    if left := [c.id for c in annotation.chromosomes if not c.is_human]:
        annotation = edits.take_over(annotation, left, person, looked_at=False)
    after = edits.set_state(annotation, ReviewState.REVIEWED)
    extra = {key: value for key, value in after.extra.items() if key != REVIEWED_WITH}
    if found:
        extra[REVIEWED_WITH] = [doubt.reason for doubt in found]
    return replace(after, extra={**extra, REVIEWED_BY: person})

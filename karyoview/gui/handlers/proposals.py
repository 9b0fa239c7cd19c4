"""The key P: a box for the chromosome at a point, from the engine's kept answer, else from the picture itself."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from karyoview.core.annotation import ImageAnnotation
from karyoview.core.detection import Detections
from karyoview.core.geometry import Box
from karyoview.gui.image_cache import LoadedImage
from karyoview.imaging.propose import ProposalError, along_chromosomes
from karyoview.imaging.propose_choices import choices_at
from karyoview.review.edits import new_finds
from karyoview.review.session import ReviewSession

_SAME_PLACE = 0.25  # of a typical box's side: so near to the point before, P asks for the next proposal there


@dataclass(frozen=True, slots=True)
class Proposal:
    """The ``number``-th of ``count`` proposals for one place.

    ``engine`` sees it, and gives it the class ``label`` (0–23, None for none); empty where the picture alone gave it.
    """

    engine: str
    label: int | None
    number: int
    count: int


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """What P made last: where, of which choices, and the cell as it was then."""

    image: str
    place: tuple[float, float]
    reach: float
    choices: Sequence[int | Box]
    shown: int
    detections: Detections | None
    after: ImageAnnotation
    made: tuple[str, ...]


@dataclass(eq=False)
class Proposing:
    """Proposes one chromosome at a point; asked again at once and there, takes it back for the next likely one.

    ``answer`` gives what the chosen engine said about a cell, None where it was not asked.
    """

    answer: Callable[[str], Detections | None]
    _last: _Asked | None = field(default=None, init=False)

    def propose(self, session: ReviewSession, loaded: LoadedImage, x: float, y: float) -> Proposal | None:
        """Box the chromosome at (x, y) in pixels and select it; None where none stands out.

        Raises ProposalError where the picture shows why nothing is proposed.
        """
        last = self._last
        if last is not None and self._is_asked_again(last, session, x, y):
            if len(last.choices) < 2:
                raise ProposalError("There is no other proposal here; change this box, or delete it and draw one.")
            session.undo()
            place, choices, found, shown = last.place, last.choices, last.detections, last.shown + 1
        else:
            found = self.answer(session.current)
            place, shown = (x, y), 0
            there = session.annotation().chromosomes
            others = along_chromosomes(loaded.pixels, [c.box for c in there])
            choices = [
                choice for choice in choices_at(there, found, loaded.pixels, loaded.objects, (x, y), others)
                if isinstance(choice, Box) or (found and new_finds(session.annotation(), there, found, [choice]))
            ]  # fmt: skip
            if not choices:
                return None
        return self._show(session, place, choices, shown % len(choices), found)

    def _show(
        self, session: ReviewSession, place: tuple[float, float], choices: Sequence[int | Box], shown: int,
        found: Detections | None,
    ) -> Proposal:  # fmt: skip
        chosen, engine, label = choices[shown], "", None
        if isinstance(chosen, Box):
            session.add(chosen)
        else:
            assert found is not None
            session.take(found, chosen, looked_at=False)
            engine, label = found.provenance.engine, found.items[chosen].label
        after = session.annotation()
        reach = _SAME_PLACE * math.sqrt(float(np.median([c.box.area for c in after.chromosomes])))
        self._last = _Asked(session.current, place, reach, choices, shown, found, after, session.selected)
        return Proposal(engine, label, shown + 1, len(choices))

    def _is_asked_again(self, last: _Asked, session: ReviewSession, x: float, y: float) -> bool:
        """Whether nothing happened since, and the place is the same."""
        step = session.history.next_undo
        return (
            session.current == last.image and session.annotation() is last.after and session.selected == last.made
            and step is not None and step.image == last.image and math.dist(last.place, (x, y)) <= last.reach
        )  # fmt: skip

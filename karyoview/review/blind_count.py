"""The blind second count: a colleague counts again without seeing proposals or the first count."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from karyoview.core.annotation import CountMark, ReviewState
from karyoview.core.errors import KaryoViewError
from karyoview.review.second_counts import KEY
from karyoview.review.session import ReviewSession

__all__ = ["KEY", "BlindCount", "BlindOutcome"]


@dataclass(frozen=True, slots=True)
class BlindOutcome:
    """Both counts, and how many boxes of the first have no mark of the second (0 where the first has no boxes)."""

    first: int
    second: int
    unmarked: int


class BlindCount:
    """The present person's second count of the present cell; its marks are undoable edits like others.

    ``is_required`` says whether the case asks for second counts.
    """

    def __init__(self, session: Callable[[], ReviewSession | None], is_required: Callable[[], bool]) -> None:
        self._session, self._is_required = session, is_required
        self.active = False
        self.compared: tuple[CountMark, ...] = ()

    def enter(self, image: str) -> None:
        """Another cell: start by itself where the case asks for a second count and somebody else has counted."""
        self.compared = ()
        self.active = self._is_due(image)

    def hides(self, image: str) -> bool:
        """Whether the present person may not see the first count of this cell, in the view or anywhere else."""
        session = self._session()
        if self.active and session is not None and image == session.current:
            return True
        return self._is_due(image)

    def toggle(self) -> bool:
        """Start or leave; returns whether it is on."""
        self.active, self.compared = not self.active, ()
        return self.active

    def leave(self) -> None:
        """Not counting."""
        self.active, self.compared = False, ()

    def marks(self) -> list[tuple[float, float]]:
        """The own marks so far, (x, y) in pixels of the image."""
        session = self._session()
        if session is None or not session.current:
            return []
        return [(float(x), float(y)) for x, y in self._own(session).get("marks", [])]

    def mark(self, x: float, y: float, reach: float) -> None:
        """Set a mark, or take away the one within ``reach`` pixels."""
        marks = self.marks()
        near = [m for m in marks if math.dist(m, (x, y)) <= reach]
        if near:
            marks.remove(near[-1])
        else:
            marks.append((round(x, 1), round(y, 1)))
        self._store(marks, done=False)

    def finish(self) -> BlindOutcome:
        """Compare with the first count; the own marks stay to be shown beside it. KaryoViewError without a cell."""
        marks = self.marks()
        annotation = self._store(marks, done=True).annotation()
        self.active = False
        self.compared = tuple(CountMark(f"second {i}", x, y) for i, (x, y) in enumerate(marks))
        unmarked = sum(not any(c.box.contains(x, y) for x, y in marks) for c in annotation.chromosomes)
        return BlindOutcome(annotation.total(), len(marks), unmarked)

    def _is_due(self, image: str) -> bool:
        session = self._session()
        if session is None or not self._is_required() or session.read_only_reason:
            return False
        annotation = session.annotation(image)
        first = annotation.extra.get("reviewed_by", "")
        done = annotation.extra.get(KEY, {}).get(session.person, {}).get("done", False)
        return annotation.state is ReviewState.REVIEWED and first not in ("", session.person) and not done

    def _own(self, session: ReviewSession) -> dict[str, Any]:
        return dict(session.annotation().extra.get(KEY, {}).get(session.person, {}))

    def _store(self, marks: list[tuple[float, float]], done: bool) -> ReviewSession:
        session = self._session()
        if session is None or not session.current:
            raise KaryoViewError("There is no cell to count in; open a case first.")
        counts = dict(session.annotation().extra.get(KEY, {}))
        counts[session.person] = {"marks": [list(m) for m in marks], "done": done}
        session.set_extra(session.current, KEY, counts, "second count")
        return session

"""The blind second count: a colleague counts again without seeing proposals or the first count."""

from __future__ import annotations

import math
from typing import Any

from PySide6.QtCore import QCoreApplication

from karyoview.core.annotation import CountMark, ReviewState
from karyoview.core.errors import KaryoViewError
from karyoview.gui.case_controller import CaseController

KEY = "second_counts"
translate = QCoreApplication.translate


class BlindCount:
    """The present person's second count of the present cell; its marks are undoable edits like others."""

    def __init__(self, controller: CaseController) -> None:
        self._controller = controller
        self.active = False
        self.compared: tuple[CountMark, ...] = ()

    def went_to(self, image: str) -> None:
        """Start by itself where the case asks for a second count and somebody else has counted."""
        self.compared = ()
        self.active = self._is_due(image)

    def hides(self, image: str) -> bool:
        """Whether the present person may not see the first count of this cell, in the view or anywhere else."""
        session = self._controller.session
        if self.active and session is not None and image == session.current:
            return True
        return self._is_due(image)

    def _is_due(self, image: str) -> bool:
        case, session = self._controller.case, self._controller.session
        if case is None or session is None or not case.settings.blind_second_count or session.read_only_reason:
            return False
        annotation = session.annotation(image)
        first = annotation.extra.get("reviewed_by", "")
        done = annotation.extra.get(KEY, {}).get(session.person, {}).get("done", False)
        return annotation.state is ReviewState.REVIEWED and first not in ("", session.person) and not done

    def toggle(self) -> bool:
        """Start or leave; returns whether it is on."""
        self.active, self.compared = not self.active, ()
        return self.active

    def leave(self) -> None:
        """Not counting."""
        self.active, self.compared = False, ()

    def marks(self) -> list[tuple[float, float]]:
        """The own marks so far."""
        session = self._controller.session
        if session is None or not session.current:
            return []
        return [(float(x), float(y)) for x, y in self._own().get("marks", [])]

    def mark(self, x: float, y: float, reach: float) -> None:
        """Set a mark, or take away the one within reach."""
        marks = self.marks()
        near = [m for m in marks if math.dist(m, (x, y)) <= reach]
        if near:
            marks.remove(near[-1])
        else:
            marks.append((round(x, 1), round(y, 1)))
        self._store(marks, done=False)

    def finish(self) -> str:
        """Compare with the first count; returns the outcome in one sentence and shows the own marks beside it."""
        session = self._controller.session
        if session is None or not session.current:
            raise KaryoViewError("There is no cell to compare.")
        marks = self.marks()
        self._store(marks, done=True)
        annotation = session.annotation()
        self.active = False
        self.compared = tuple(CountMark(f"second {i}", x, y) for i, (x, y) in enumerate(marks))
        first, second = annotation.total(), len(marks)
        missed = sum(not any(c.box.contains(x, y) for x, y in marks) for c in annotation.chromosomes)
        agree, differ = (
            translate("Blind", "Both counts agree: first {0}, yours {1}"),
            translate("Blind", "The counts differ: first {0}, yours {1}"),
        )
        sentence = (agree if first == second else differ).format(first, second)
        if missed and annotation.chromosomes:
            sentence += translate("Blind", "; {0} boxes of the first count have no mark of yours").format(missed)
        return sentence + "."

    def _own(self) -> dict[str, Any]:
        session = self._controller.session
        assert session is not None
        return dict(session.annotation().extra.get(KEY, {}).get(session.person, {}))

    def _store(self, marks: list[tuple[float, float]], done: bool) -> None:
        session = self._controller.session
        assert session is not None
        counts = dict(session.annotation().extra.get(KEY, {}))
        counts[session.person] = {"marks": [list(m) for m in marks], "done": done}
        session.set_extra(session.current, KEY, counts, "second count")

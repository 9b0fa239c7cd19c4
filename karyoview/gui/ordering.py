"""In which order the cells are listed: the case's, by doubt, or by what reviewing them is expected to bring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from karyoview.core.annotation import ReviewState

if TYPE_CHECKING:
    from karyoview.gui.window import MainWindow
    from karyoview.services.ranking import Ranked

translate = QCoreApplication.translate
_DONE = (ReviewState.REVIEWED, ReviewState.SET_ASIDE)


class CellOrder:
    """Orders the list of cells when asked; while somebody works no cell jumps about."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self.kind = "case"

    def request(self, kind: str) -> None:
        """List the cells in this order: ``case``, ``doubt`` or ``benefit`` (found in the background)."""
        window = self._window
        controller, session, case = window.controller, window.controller.session, window.controller.case
        if session is None or case is None:
            return
        if kind == "benefit":
            engine = controller.engine()
            if engine is None:
                self._refused(translate("Ordering", "No engine with weights was found, so nothing can be expected."))
                return
            second = next((e for e in controller.engines() if e.name == controller.second_engine), None)
            other = (second.name, controller.threshold(second)) if second is not None else ("", 0.5)

            def work() -> list[Ranked]:
                from karyoview.services.ranking import rank_case

                return rank_case(case, engine.name, controller.threshold(engine), *other)

            controller.run_in_pool(work, lambda ranked: self._ranked(ranked) if controller.case is case else None)
            window.show_message(translate("Ordering", "Looking which cells are best reviewed first…"))
            return
        images = list(session.images)
        if kind == "doubt":
            rows = {r.image: r for r in window.cells.model.rows}
            images.sort(key=lambda i: (rows[i].state in _DONE, -rows[i].red, -rows[i].amber))
        self._show(kind, images, {})

    def _ranked(self, ranked: list[Ranked]) -> None:
        session = self._window.controller.session
        if session is None:
            return
        if not ranked:
            self._refused(translate("Ordering", "No open cell has proposals yet: Ctrl+B asks the engine about all."))
            return
        first = [r.image for r in ranked if r.image in session.images]
        rest = [i for i in session.images if i not in set(first)]
        rest.sort(key=lambda i: session.annotation(i).state in _DONE)
        self._show("benefit", [*first, *rest], {r.image: r.reason for r in ranked})
        self._window.show_message(translate("Ordering", "{0}: {1}.").format(ranked[0].image, ranked[0].reason))

    def _show(self, kind: str, images: list[str], notes: dict[str, str]) -> None:
        self.kind = kind
        self._window.cells.show_order(kind, images, notes)
        self._window.actions_by_id["review_first"].setChecked(kind == "benefit")

    def _refused(self, sentence: str) -> None:
        self._window.show_message(sentence)
        self._show("case", list(self._window.controller.session.images), {})

"""The list of cells: a row for each, and the order in which they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Signal

from karyoview.case.case import Case
from karyoview.core.annotation import ImageAnnotation, ReviewState
from karyoview.gui.background import Background
from karyoview.gui.case_controller import CaseController
from karyoview.gui.doubt_cache import DoubtCache
from karyoview.gui.engine_runner import EngineRunner
from karyoview.gui.messages import short_state
from karyoview.gui.panels.cells import CellRow, CellsPanel
from karyoview.review.blind_count import BlindCount
from karyoview.review.doubt import Level
from karyoview.review.navigation import by_benefit, by_doubt
from karyoview.review.summary import headline

if TYPE_CHECKING:
    # scipy's solvers, which the ranking needs, are slow to load
    from karyoview.services.ranking import Ranked

translate = QCoreApplication.translate


class CellListPresenter(QObject):
    """Keeps the rows in line with the session."""

    def __init__(
        self, controller: CaseController, runner: EngineRunner, doubts: DoubtCache, blind: BlindCount,
        panel: CellsPanel, parent: QObject | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._controller, self._runner, self._doubts = controller, runner, doubts
        self._blind, self._panel = blind, panel
        self._unreadable: dict[str, str] = {}

    def mark_unreadable(self, image: str, sentence: str) -> None:
        """The file of this cell cannot be decoded: the list says so, whatever state the cell has."""
        if self._unreadable.get(image) != sentence:
            self._unreadable[image] = sentence
            self.update(image)

    def fill(self) -> None:
        """List all cells of the open case."""
        session = self._controller.session
        self._unreadable = {}
        self._panel.model.set_rows([self._row(image) for image in session.images] if session is not None else [])
        self._panel.refresh_footer()

    def clear(self) -> None:
        """List nothing."""
        self._panel.model.set_rows([])
        self._panel.footer.setText("")

    def update(self, image: str) -> None:
        """Bring one row up to date."""
        row = self._row(image)
        self._panel.model.update_row(
            image, count=row.count, state=row.state, state_text=row.state_text, red=row.red, amber=row.amber,
            problem=row.problem,
        )  # fmt: skip
        self._panel.refresh_footer()

    def _row(self, image: str) -> CellRow:
        session = self._controller.session
        assert session is not None
        annotation = session.annotation(image)
        if self._blind.hides(image):
            return CellRow(image, "–", annotation.state, translate("CellsPanel", "blind second count"), 0, 0)
        found = self._doubts.of(image)
        empty = not annotation.total() and annotation.state is ReviewState.NEW
        return CellRow(
            image, "–" if empty else headline(annotation, self._controller.sex_withheld).text, annotation.state,
            self._state_text(annotation), sum(d.level is Level.RED for d in found),
            sum(d.level is Level.AMBER for d in found), problem=self._unreadable.get(image, ""),
        )  # fmt: skip

    def _state_text(self, annotation: ImageAnnotation) -> str:
        """The state in words; of a cell without a box whether the engine sees no metaphase in it."""
        untouched = annotation.state in (ReviewState.NEW, ReviewState.PROPOSED)
        if untouched and not annotation.total():
            found = self._runner.result(annotation.image)
            if found is not None and not found.metaphase:
                return translate("CellsPanel", "no metaphase found")
        return short_state(annotation)


class CellOrder(QObject):
    """Orders the list of cells when asked; while somebody works no cell jumps about."""

    ordered = Signal(str)
    """The order in force: ``case``, ``doubt`` or ``benefit``."""
    message = Signal(str)

    def __init__(
        self, controller: CaseController, runner: EngineRunner, background: Background, panel: CellsPanel,
        parent: QObject | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._controller, self._runner, self._background, self._panel = controller, runner, background, panel

    def request(self, kind: str) -> None:
        """List the cells in this order: ``case``, ``doubt`` or ``benefit`` (found in the background)."""
        session, case = self._controller.session, self._controller.case
        if session is None or case is None:
            return
        if kind == "benefit":
            self._rank(case)
            return
        images = list(session.images)
        if kind == "doubt":
            rows = {r.image: r for r in self._panel.model.rows}
            images = by_doubt(images, lambda i: rows[i].state, lambda i: (rows[i].red, rows[i].amber))
        self._show(kind, images, {})

    def _rank(self, case: Case) -> None:
        runner, engine = self._runner, self._runner.engine()
        if engine is None:
            self._refuse(translate("Ordering", "No engine with weights was found, so nothing can be expected."))
            return
        second = runner.find(runner.second_engine)
        other = (second.name, runner.threshold(second)) if second is not None else ("", 0.5)

        def work() -> list[Ranked]:
            from karyoview.services.ranking import rank_case

            return rank_case(case, engine.name, runner.threshold(engine), *other)

        self._background.run(work, lambda ranked: self._ranked(ranked) if self._controller.case is case else None)
        self.message.emit(translate("Ordering", "Looking which cells are best reviewed first…"))

    def _ranked(self, ranked: list[Ranked]) -> None:
        session = self._controller.session
        if session is None:
            return
        if not ranked:
            self._refuse(translate("Ordering", "No open cell has proposals yet: Ctrl+B asks the engine about all."))
            return
        images = by_benefit(session.images, lambda i: session.annotation(i).state, [r.image for r in ranked])
        self._show("benefit", images, {r.image: r.reason for r in ranked})
        self.message.emit(translate("Ordering", "{0}: {1}.").format(ranked[0].image, ranked[0].reason))

    def _show(self, kind: str, images: list[str], notes: dict[str, str]) -> None:
        self._panel.show_order(kind, images, notes)
        self.ordered.emit(kind)

    def _refuse(self, sentence: str) -> None:
        self.message.emit(sentence)
        session = self._controller.session
        self._show("case", list(session.images) if session is not None else [], {})

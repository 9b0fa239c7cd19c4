"""The menu Engine: running engines, and what to do with their results."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from karyoview.gui.engine_runner import EngineRunner
from karyoview.gui.handlers.base import HandlerGroup, requires_cell, translate
from karyoview.gui.layout import WindowLayout
from karyoview.gui.panels.cells import CellsPanel
from karyoview.gui.panels.engine import EnginePanel
from karyoview.review.navigation import open_cells


@dataclass(eq=False)
class EngineHandlers(HandlerGroup):
    """Runs, thresholds, suggestions, training."""

    parent: QWidget
    runner: EngineRunner
    panel: EnginePanel
    cells: CellsPanel
    layout: WindowLayout

    @requires_cell
    def run(self) -> None:
        self.runner.run([self.session.current], here=True)

    @requires_cell
    def run_anyway(self) -> None:
        """Ask for boxes also where the engine sees no metaphase."""
        self.runner.run([self.session.current], here=True, anyway=True)

    def run_all(self) -> None:
        session = self.controller.session
        if session is not None:
            self.runner.run(open_cells(session.images, lambda i: session.annotation(i).state))

    def run_selected(self) -> None:
        self.runner.run(self.cells.selected())

    @requires_cell
    def run_named(self, name: str) -> None:
        """Run an engine on the present cell to compare it with the chosen one."""
        engine = self.runner.find(name)
        if engine is not None:
            self.runner.second_engine = name
            self.runner.run([self.session.current], engine)

    def cancel(self) -> None:
        self.runner.cancel()

    def threshold_up(self) -> None:
        self.panel.step_threshold(1)

    def threshold_down(self) -> None:
        self.panel.step_threshold(-1)

    @requires_cell
    def threshold_moved(self, value: float, all_cells: bool) -> None:
        self.runner.rethreshold(value, all_cells)

    @requires_cell
    def clear_proposals(self) -> None:
        self.session.clear_proposals()

    @requires_cell
    def take_suggestions(self) -> None:
        waiting = None if self.blind.active else self.session.suggestions.get(self.session.current)
        if waiting is None:
            self.notifier.show(translate("Handlers", "There are no suggestions for this cell."))
            return
        made = self.session.take_suggestions()
        text = translate("Handlers", "{0} suggestions taken over, {1} chromosomes now; look at their doubts (Space).")
        self.notifier.show(text.format(made, self.session.annotation().total()))

    @requires_cell
    def drop_suggestions(self) -> None:
        self.session.drop_suggestions(self.session.current)
        self.notifier.show(translate("Handlers", "The suggestions are dismissed."))

    def compare(self, checked: bool) -> None:
        self.layout.toggle("compare", checked)

    def training(self) -> None:
        """The page of the learning loop; one that is open comes to the front."""
        from karyoview.gui.training.page import TrainingPage

        page = self.parent.findChild(TrainingPage)
        if page is None:
            case = self.controller.case
            folders = [case.folder] if case is not None else []
            page = TrainingPage(folders, self.controller.person, self.parent, self._allow_training)
            page.weights_changed.connect(self._weights_changed)
        page.show()
        page.raise_()
        page.activateWindow()

    def teaching(self) -> None:
        """The page from an archive of karyograms to an engine; one that is open comes to the front."""
        from karyoview.gui.archive.page import TeachingPage

        page = self.parent.findChild(TeachingPage)
        if page is None:
            page = TeachingPage(self.controller.person, self.parent)
            page.weights_changed.connect(self._weights_changed)
            page.cell_wanted.connect(self._open_cell)
        page.show()
        page.raise_()
        page.activateWindow()

    def _open_cell(self, case: str, image: str) -> None:
        """A cell whose truth came from the archive, to be corrected in the window."""

        def show() -> None:
            session = self.controller.session
            if session is not None and image in session.images:
                session.go_to(image)
            self.parent.activateWindow()

        self.controller.opened.connect(show, Qt.ConnectionType.SingleShotConnection)
        self.controller.open(Path(case))

    def _allow_training(self, folder: Path, person: str) -> None:
        from karyoview.services.training_cases import allow_training

        case = self.controller.case
        if case is not None and case.folder == folder:
            case.allow_training(True)  # it is open here, and nobody else can write it
            self.controller.settings_changed.emit()
        else:
            allow_training(folder, person)

    def _weights_changed(self, name: str) -> None:
        self.runner.refresh_engines()
        self.panel.refresh()

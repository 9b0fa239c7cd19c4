"""The menu Engine: asking engines, and what to do with what they say."""

from __future__ import annotations

from karyoview.core.annotation import ReviewState
from karyoview.gui.handlers.base import HandlersBase, requires_cell


class EngineHandlers(HandlersBase):
    """Runs, thresholds, suggestions, training."""

    @requires_cell
    def run(self, *_: object) -> None:
        self.controller.run_engine([self.session.current], here=True)

    def run_all(self, *_: object) -> None:
        session = self.controller.session
        if session is not None:
            done = (ReviewState.REVIEWED, ReviewState.SET_ASIDE)
            self.controller.run_engine([i for i in session.images if session.annotation(i).state not in done])

    def run_selected(self, *_: object) -> None:
        self.controller.run_engine(self.window.cells.selected())

    @requires_cell
    def run_named(self, name: str) -> None:
        engine = next((e for e in self.controller.engines() if e.name == name), None)
        if engine is not None:
            self.controller.second_engine = name
            self.controller.run_engine([self.session.current], engine)

    def cancel(self, *_: object) -> None:
        self.controller.cancel_run()

    def threshold_up(self, *_: object) -> None:
        self.window.engine.step_threshold(1)

    def threshold_down(self, *_: object) -> None:
        self.window.engine.step_threshold(-1)

    @requires_cell
    def threshold_moved(self, value: float, all_cells: bool) -> None:
        self.controller.rethreshold(value, all_cells)

    @requires_cell
    def clear_proposals(self, *_: object) -> None:
        self.session.clear_proposals()

    @requires_cell
    def take_suggestions(self, *_: object) -> None:
        self.session.take_suggestions()

    @requires_cell
    def drop_suggestions(self, *_: object) -> None:
        self.session.drop_suggestions(self.session.current)

    def compare(self, *_: object) -> None:
        self._toggle_dock("compare")

    def training(self, *_: object) -> None:
        """The page of the learning loop; one that is open comes to the front."""
        from karyoview.gui.training.page import TrainingPage

        page = self.window.findChild(TrainingPage)
        if page is None:
            case = self.controller.case
            page = TrainingPage([case.folder] if case is not None else [], self.controller.person, self.window)
            page.weights_changed.connect(self._other_weights)
        page.show()
        page.raise_()
        page.activateWindow()

    def _other_weights(self, name: str) -> None:
        self.controller.refresh_engines()
        self.window.engine.refresh()

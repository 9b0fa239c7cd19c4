"""The engines of this machine: which is chosen, running one on cells, and what each said about a cell."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from karyoview.case.case import Case
from karyoview.core.detection import Detections
from karyoview.core.errors import KaryoViewError
from karyoview.detectors.protocol import EngineInfo
from karyoview.detectors.registry import available_engines
from karyoview.gui.background import Background
from karyoview.gui.case_controller import CaseController
from karyoview.services.inference import (
    InferenceRunner,
    Progress,
    Request,
    RunFinished,
    anyway_settings,
    engine_settings,
)  # fmt: skip

KEPT_PROPOSALS = 200
PREPARED_AFTER = 1500
"""Milliseconds after a case was opened when the engine is loaded: the window's own work comes first."""


class EngineRunner(QObject):
    """Runs one engine at a time in the background and hands its results to the session."""

    progressed = Signal(object)
    run_ended = Signal(object)
    result_arrived = Signal(str)
    """An engine's result about this cell is there, and not yet taken in."""
    compared = Signal(str)
    """The engine that is compared with the chosen one was asked about this cell."""
    message = Signal(str)

    def __init__(self, controller: CaseController, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.settings = controller.settings
        self.last_run = RunFinished(0, 0)
        self.second_engine = ""
        """The engine that is compared with the chosen one, empty where none is."""
        self._controller, self._main_thread = controller, background.main_thread
        self._runner: InferenceRunner | None = None
        self._proposals: OrderedDict[tuple[str, str], Detections | None] = OrderedDict()
        self._engines: list[EngineInfo] | None = None
        controller.opened.connect(lambda *_: QTimer.singleShot(PREPARED_AFTER, self, self._prepare))
        controller.closing.connect(self._stop)
        controller.closed.connect(self._proposals.clear)

    def engines(self) -> list[EngineInfo]:
        """The engines on this machine; read once."""
        if self._engines is None:
            try:
                self._engines = available_engines()
            except KaryoViewError as error:
                self.message.emit(str(error))
                self._engines = []
        return self._engines

    def refresh_engines(self) -> None:
        """Look again for engines (after a training)."""
        self._engines = None

    def engine(self) -> EngineInfo | None:
        """The chosen engine, the default one where none was chosen."""
        found = self.engines()
        return self.find(self.settings["engine"]) or (found[0] if found else None)

    def find(self, name: str) -> EngineInfo | None:
        """An engine by name."""
        return next((e for e in self.engines() if e.name == name), None)

    def threshold(self, engine: EngineInfo) -> float:
        """The threshold for an engine's proposals."""
        return self.settings.threshold(engine.name, engine.operating_threshold)

    @property
    def running(self) -> bool:
        """Whether an engine is at work."""
        return self._runner is not None and self._runner.busy

    def run(
        self, images: Iterable[str], engine: EngineInfo | None = None, here: bool = False, anyway: bool = False
    ) -> None:
        """Run an engine on cells in the background; ``here`` when a person asked about just this cell.

        ``anyway``: also where the engine sees no metaphase it says what looks like a chromosome.
        """
        engine = engine or self.engine()
        case, session = self._controller.case, self._controller.session
        if case is None or session is None:
            return
        if engine is None:
            self.message.emit(self.tr("No engine with weights was found. Help, Engines says where to put weights."))
            return
        if self.running:
            self.message.emit(self.tr("An engine is running; cancel it first (Ctrl+.) or wait for it to end."))
            return
        if self._runner is None:
            self._runner = InferenceRunner()
        cells = [Request(i, session.annotation(i).revision) for i in images]
        if not cells:
            self.message.emit(self.tr("There is no cell left to ask about."))
            return
        compare = engine.name == self.second_engine
        report = self._main_thread.wrap(lambda message: self._report(case, engine, message, here, compare))
        keep: Callable[[Detections], None] = case.save_proposals if not case.read_only else _keep_nothing
        settings = engine_settings(self.settings["quality"], engine.card)
        settings |= anyway_settings(engine.card) if anyway else {}
        self._runner.ask(engine.name, cells, case.read_image, report, self.settings["device"], settings, keep)
        self.progressed.emit(Progress(0, len(cells), "loading"))

    def _prepare(self) -> None:
        """Load the chosen engine in the background, where a case is open that it may be asked about."""
        case, engine = self._controller.case, self.engine()
        if case is None or case.read_only or engine is None or self.running:
            return
        if self._runner is None:
            self._runner = InferenceRunner()
        settings = engine_settings(self.settings["quality"], engine.card)
        self._runner.prepare(engine.name, self.settings["device"], settings)

    def cancel(self) -> None:
        """Stop the present run; the window hears of it at once."""
        if self._runner is not None:
            self._runner.cancel()

    def close(self) -> None:
        """Wait until the engine's thread has ended."""
        if self._runner is not None:
            self._runner.close()

    def proposals(self, image: str, engine: str) -> Detections | None:
        """What an engine said about a cell, from memory or disk; None when it was not asked."""
        key, case = (image, engine), self._controller.case
        if key not in self._proposals and case is not None:
            try:
                self._proposals[key] = case.proposals(image, engine)
            except KaryoViewError as error:
                self.message.emit(str(error))
                self._proposals[key] = None
        while len(self._proposals) > KEPT_PROPOSALS:
            self._proposals.popitem(last=False)
        return self._proposals.get(key)

    def result(self, image: str) -> Detections | None:
        """What the chosen engine said about a cell; None when it was not asked."""
        engine = self.engine()
        return self.proposals(image, engine.name) if engine is not None else None

    def second_proposals(self, image: str) -> Detections | None:
        """What the compared engine said about a cell, from its own threshold on."""
        found = self.proposals(image, self.second_engine) if self.second_engine else None
        engine = self.find(self.second_engine)
        return found.above(self.threshold(engine)) if found is not None and engine is not None else found

    def rethreshold(self, value: float, all_cells: bool) -> None:
        """Show the present engine's stored proposals at another threshold; other untouched cells only on demand."""
        engine, session = self.engine(), self._controller.session
        if engine is None or session is None or session.read_only_reason:
            return
        self.settings.set_threshold(engine.name, value)
        for image in session.images if all_cells else (session.current,):
            if not image:
                continue
            state = session.annotation(image).state.value
            found = self.proposals(image, engine.name) if state in ("proposed", "in_review") else None
            if found is not None:
                session.rethreshold(found, value)

    def _stop(self) -> None:
        if self.running:
            self.cancel()

    def _report(self, case: Case, engine: EngineInfo, message: Any, here: bool, compare: bool) -> None:
        session = self._controller.session
        if case is not self._controller.case or session is None:
            return
        if isinstance(message, Detections):
            self._proposals[message.image, engine.name] = message
            self.result_arrived.emit(message.image)
            if compare:
                self.compared.emit(message.image)
            elif not session.receive(message, self.threshold(engine), here):
                waiting = session.suggestions.get(message.image)
                text = self.tr("{0}: a person worked here meanwhile; {1} new finds are shown as suggestions.")
                if waiting is None:
                    text = self.tr("{0}: a person worked here meanwhile; the engine found nothing that is not boxed.")
                self.message.emit(text.format(message.image, len(waiting or ())))
            if message.note:
                self.message.emit(f"{message.image}: {message.note}")
        elif isinstance(message, RunFinished):
            self.last_run = message
            self.run_ended.emit(message)
        else:
            self.progressed.emit(message)


def _keep_nothing(detections: Detections) -> None:
    """On a read-only case results are shown and not stored."""

"""A training that is under way, said in the main window: it goes on without its page."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QPushButton

from karyoview.services.training import LIVE, RunStatus, TrainingRun, list_runs, runs_folder

_EVERY_MS = 3000


class TrainingWatch(QObject):
    """``button`` stands in the status bar while a run lives, and tells its end until somebody looks."""

    asked_for = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.button = QPushButton()
        self.button.setFlat(True)
        self.button.hide()
        self.button.clicked.connect(self._clicked)
        self._run: TrainingRun | None = None
        self._timer = QTimer(self, interval=_EVERY_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def look(self) -> None:
        """See whether a run is under way, and how far."""
        if self._run is None and runs_folder().is_dir():
            self._run = next((run for run in list_runs()[:3] if run.status().state in LIVE), None)
        if self._run is not None:
            self.show_status(self._run.plan.engine, self._run.status())

    def show_status(self, engine: str, now: RunStatus) -> None:
        """Say how a run of this engine stands."""
        if now.state in LIVE:
            text = self.tr("Training {0}: step {1} of {2}").format(engine, now.step, now.total)
            if now.state == "paused":
                text = self.tr("Training {0} is paused").format(engine)
        else:
            self._run = None
            done = now.state == "done"
            text = self.tr("Training {0} is done: compare it").format(engine)
            text = text if done else self.tr("Training {0} has stopped").format(engine)
        self.button.setText(text)
        self.button.setToolTip(now.sentence or self.tr("Engine, Train, compare, activate"))
        self.button.show()

    def stop(self) -> None:
        """Look no more."""
        self._timer.stop()

    def _clicked(self) -> None:
        if self._run is None:
            self.button.hide()
        self.asked_for.emit()

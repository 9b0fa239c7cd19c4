"""“Teach KaryoView this laboratory”: archive, truth, training, comparison and activation on one page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from karyoview.detectors.protocol import CancelToken
from karyoview.gui.archive.pairs_step import PairsStep
from karyoview.gui.archive.truth_step import TruthStep
from karyoview.gui.dialogs.help_key import add_help
from karyoview.gui.main_thread import MainThread
from karyoview.gui.screen_fit import fit_size
from karyoview.gui.training.page import TrainingPage
from karyoview.services.archive_import import ArchiveProject, TakenIn
from karyoview.services.archive_placement import PairOutcome
from karyoview.services.jobs import SerialWorker, user_message


class TeachingPage(QWidget):
    """A window of its own; ``weights_changed`` as of the training page, ``cell_wanted`` names a case and a cell."""

    weights_changed = Signal(str)
    cell_wanted = Signal(str, str)

    def __init__(self, person: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Teach KaryoView this laboratory"))
        add_help(self, "training")
        self.setObjectName("teaching-page")
        self.setWindowFlag(Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, parent is not None)
        fit_size(self, 1280, 820)
        self._person = person
        self._main_thread, self._worker = MainThread(self), SerialWorker("teaching page")
        self._reader = SerialWorker("teaching pictures")
        self.training: TrainingPage | None = None
        self.first = PairsStep(self._work, self._main_thread)
        self.second = TruthStep(self._read, person)
        self.third = QWidget()
        self._third = QVBoxLayout(self.third)
        self._third.setContentsMargins(0, 0, 0, 0)
        self.stack = QStackedWidget()
        self.steps = QButtonGroup(self)
        head = QHBoxLayout()
        titles = (self.tr("1  Archive"), self.tr("2  Truth"), self.tr("3  Train, compare, activate"))
        for number, (title, step) in enumerate(zip(titles, (self.first, self.second, self.third), strict=True)):
            button = QPushButton(title)
            button.setCheckable(True)
            button.setEnabled(number == 0)
            button.setFlat(False)
            self.steps.addButton(button, number)
            self.stack.addWidget(step)
            head.addWidget(button)
        head.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.addLayout(head)
        column.addWidget(self.stack, 1)
        self.steps.idClicked.connect(self.show_step)
        self.first.placed.connect(self._show_truth)
        self.second.taken_in.connect(self._show_training)
        self.second.cell_wanted.connect(self.cell_wanted)
        self.show_step(0)

    def show_step(self, number: int) -> None:
        """Turn to a step."""
        self.stack.setCurrentIndex(number)
        self.steps.button(number).setChecked(True)
        for button in self.steps.buttons():
            button.setProperty("primary", button.isChecked())
            button.style().polish(button)

    def _show_truth(self, project: ArchiveProject, outcomes: list[PairOutcome]) -> None:
        self.steps.button(1).setEnabled(True)
        self.show_step(1)
        self.second.show_project(project, outcomes, self.first.consent.isChecked())

    def _show_training(self, taken: TakenIn) -> None:
        """The training page on the cases that were made, where consent was given."""
        if not self.first.consent.isChecked():
            self.second.outcome.setText(
                f"{taken.sentence()} " + self.tr("Without the consent of the first step nothing is trained on them.")
            )
            return
        if self.training is None:
            self.training = TrainingPage(person=self._person)
            self.training.setWindowFlag(Qt.WindowType.Window, False)
            self.training.weights_changed.connect(self.weights_changed)
            self._third.addWidget(self.training)
        for folder in taken.cases:
            self.training.add_case(Path(folder))
        place = self.training.engine.findData(self.first.chosen_engine)
        self.training.engine.setCurrentIndex(max(place, 0))
        self.training.look_through()
        self.steps.button(2).setEnabled(True)
        self.show_step(2)

    def closeEvent(self, event: QCloseEvent) -> None:
        """What is placed is kept; a training goes on without the page."""
        self._main_thread.close()
        if self.training is not None:
            self.training.close()
        self._worker.close(wait=3.0)
        self._reader.close(wait=3.0)
        super().closeEvent(event)

    def _work(
        self, job: Callable[[CancelToken], Any], done: Callable[[Any], None], failed: Callable[[str], None]
    ) -> CancelToken:
        return self._do(self._worker, job, done, failed)

    def _read(
        self, job: Callable[[CancelToken], Any], done: Callable[[Any], None], failed: Callable[[str], None]
    ) -> CancelToken:
        """Reading does not wait for what is being placed."""
        return self._do(self._reader, job, done, failed)

    def _do(
        self,
        worker: SerialWorker,
        job: Callable[[CancelToken], Any],
        done: Callable[[Any], None],
        failed: Callable[[str], None],
    ) -> CancelToken:
        finish, fail = self._main_thread.wrap(done), self._main_thread.wrap(failed)

        def run(token: CancelToken) -> None:
            try:
                result = job(token)
            except Exception as error:
                if not token.cancelled:
                    fail(user_message(error))
                return
            if not token.cancelled:
                finish(result)

        return worker.submit(run)

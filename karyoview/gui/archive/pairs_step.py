"""The first step: the archive's folder, its pairs, consent, and everything that must hold before anything starts."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QListWidget,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from karyoview.core.errors import KaryoViewError
from karyoview.detectors.protocol import CancelToken
from karyoview.detectors.registry import ENGINES, available_engines
from karyoview.gui.main_thread import MainThread
from karyoview.services.archive_import import ArchiveProject
from karyoview.services.archive_pairs import ArchivePair, Matching
from karyoview.services.archive_placement import PairOutcome
from karyoview.services.detect import Stopwatch
from karyoview.services.karyogram_import import read_order
from karyoview.services.teaching import Precondition, preconditions, unmet

Work = Callable[[Callable[[CancelToken], Any], Callable[[Any], None], Callable[[str], None]], CancelToken]
_SHOWN = 2000


class PairsStep(QWidget):
    """``placed`` tells that the pairs are placed; it carries the project and its outcomes."""

    placed = Signal(object, object)

    def __init__(self, work: Work, main_thread: MainThread, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self._tell_matching = main_thread.wrap(self._show_matching_progress)
        self._tell_placing = main_thread.wrap(self._show_placing_progress)
        self._matching = Matching(())
        self._token: CancelToken | None = None
        self._watch, self._done_before = Stopwatch(), -1
        self.project: ArchiveProject | None = None
        self.setAcceptDrops(True)
        self._build()
        self._wire()
        self.fill_engines()
        self._judge()

    def _build(self) -> None:
        self.folder = QLabel(self.tr("Drop the folder with metaphases and karyograms here, or choose it."))
        self.folder.setWordWrap(True)
        self.choose = QPushButton(self.tr("Choose a folder…"))
        self.consent = QCheckBox(self.tr("These cells may train an engine on this machine; nothing leaves it."))
        self.engine, self.order, self.workers = QComboBox(), QLineEdit(), QSpinBox()
        self.engine.setAccessibleName(self.tr("Engine to teach"))
        self.order.setPlaceholderText(self.tr("read from the labels"))
        self.order.setToolTip(self.tr("Where the karyograms have no labels: “standard”, or 1 2 3 4 5 / 6 7 …"))
        self.order.setAccessibleName(self.tr("Order of the rows"))
        self.workers.setRange(1, max(os.cpu_count() or 1, 1))
        self.workers.setValue(max((os.cpu_count() or 2) - 1, 1))
        self.workers.setAccessibleName(self.tr("Processes"))
        form = QFormLayout()
        form.addRow(self.tr("Engine"), self.engine)
        form.addRow(self.tr("Rows"), self.order)
        form.addRow(self.tr("Processes"), self.workers)
        self.pairs = QTableWidget(0, 4)
        self.pairs.setTabKeyNavigation(False)  # arrows go from cell to cell; Tab must lead out again
        self.pairs.setHorizontalHeaderLabels(
            [self.tr("Metaphase"), self.tr("Karyogram"), self.tr("Matched by"), self.tr("Patient")]
        )
        self.pairs.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.pairs.verticalHeader().hide()
        self.pairs.setShowGrid(False)
        self.pairs.setAccessibleName(self.tr("Pairs"))
        self.pairs.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.left = QListWidget()
        self.left.setAccessibleName(self.tr("Pictures without a partner"))
        self.left_title = QLabel(self.tr("Pictures without a partner"))
        self.conditions = QListWidget()
        self.conditions.setAccessibleName(self.tr("What must hold before"))
        self.conditions.setWordWrap(True)
        self.state = QLabel()
        self.state.setWordWrap(True)
        self.bar = QProgressBar()
        self.bar.hide()
        self.cancel, self.start = QPushButton(self.tr("Cancel")), QPushButton(self.tr("Place the karyograms"))
        self.start.setProperty("primary", True)
        self.cancel.setEnabled(False)
        self._lay_out(form)

    def _lay_out(self, form: QFormLayout) -> None:
        head = QHBoxLayout()
        head.addWidget(self.choose)
        head.addWidget(self.folder, 1)
        pairs, before = QVBoxLayout(), QVBoxLayout()
        pairs.addWidget(QLabel(self.tr("Pairs")))
        pairs.addWidget(self.pairs, 3)
        pairs.addWidget(self.left_title)
        pairs.addWidget(self.left, 1)
        before.addLayout(form)
        before.addWidget(QLabel(self.tr("What must hold before")))
        before.addWidget(self.conditions, 1)
        middle = QHBoxLayout()
        middle.addLayout(pairs, 3)
        middle.addLayout(before, 2)
        foot = QHBoxLayout()
        foot.addWidget(self.state, 1)
        foot.addWidget(self.cancel)
        foot.addWidget(self.start)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.consent)
        column.addLayout(head)
        column.addLayout(middle, 1)
        column.addWidget(self.bar)
        column.addLayout(foot)

    def _wire(self) -> None:
        self.choose.clicked.connect(self._ask_folder)
        self.consent.toggled.connect(self._judge)
        self.engine.currentIndexChanged.connect(self._judge)
        self.order.editingFinished.connect(self._judge)
        self.start.clicked.connect(self.start_placing)
        self.cancel.clicked.connect(self._cancel)

    def fill_engines(self) -> None:
        """The engines that can be trained further."""
        for info in available_engines():
            if ENGINES[info.card["engine"]].trainable:
                self.engine.addItem(f"{info.title} ({info.name})", info.name)

    @property
    def chosen_engine(self) -> str:
        """The name of the engine to teach, empty where there is none."""
        return str(self.engine.currentData() or "")

    # The folder

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(u.isLocalFile() for u in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        local = [Path(u.toLocalFile()) for u in event.mimeData().urls() if u.isLocalFile()]
        if local:
            event.acceptProposedAction()
            self.show_archive(local[0] if local[0].is_dir() else local[0].parent)

    def _ask_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, self.tr("Folder of metaphases and their karyograms"))
        if folder:
            self.show_archive(Path(folder))

    def show_archive(self, archive: Path) -> None:
        """Match the pictures of a folder."""
        if self._token is not None:
            return
        self.folder.setText(str(archive))
        try:
            self.project = project = ArchiveProject.of_archive(archive)
        except KaryoViewError as error:
            self.state.setText(str(error))
            return
        self._busy(self.tr("Matching the pictures…"))
        job = partial(_match, project, archive, self._tell_matching)
        self._token = self._work(job, self._show_matching, self._failed)

    def _show_matching(self, matching: Matching) -> None:
        self._idle(matching.sentence())
        self._matching = matching
        self.pairs.setRowCount(0)
        for pair in matching.pairs[:_SHOWN]:
            row = self.pairs.rowCount()
            self.pairs.insertRow(row)
            for column, text in enumerate((pair.metaphase.name, pair.karyogram.name, pair.how, pair.case)):
                item = QTableWidgetItem(text)
                item.setToolTip(str((pair.metaphase, pair.karyogram)[column == 1]))
                self.pairs.setItem(row, column, item)
        self.left.clear()
        self.left.addItems([f"{path.name}: {reason}" for path, reason in matching.left[:_SHOWN]])
        for widget in (self.left, self.left_title):
            widget.setVisible(bool(matching.left))
        self._judge()

    def ordered_pairs(self) -> list[ArchivePair]:
        """The pairs with the order of rows that was told."""
        return [replace(p, order=self.order.text().strip()) for p in self._matching.pairs]

    def _judge(self) -> None:
        """Say what must hold, and whether placing may start."""
        self.conditions.clear()
        if self.project is None:
            self.start.setEnabled(False)
            self.conditions.addItem(self.tr("Choose the folder first."))
            return
        pairs = self.ordered_pairs()
        conditions = preconditions(self.project, pairs, self.chosen_engine, self.consent.isChecked())
        order = self.order.text().strip()
        if order and not read_order(order):
            conditions.append(Precondition(self.tr("The order of the rows cannot be read."), False))
        for condition in conditions:
            self.conditions.addItem(("✓ " if condition.met else "✗ ") + condition.text)
        # Truth may be made without an engine and without consent; training asks for both.
        self.start.setEnabled(bool(pairs) and self._token is None)
        missing = unmet(conditions)
        self.start.setToolTip("" if not missing else self.tr("Karyograms can be placed; training needs: ") + missing[0])

    # Placing

    def start_placing(self) -> None:
        """Place what is open, beside the window."""
        project = self.project
        if project is None or self._token is not None:
            return
        self._watch, self._done_before = Stopwatch(), -1
        self._busy(self.tr("The karyograms are placed…"))
        pairs = self.ordered_pairs()
        job = partial(_place, project, pairs, self.workers.value(), self._tell_placing)
        self._token = self._work(job, self._show_placed, self._failed)

    def _show_placed(self, outcomes: Sequence[PairOutcome]) -> None:
        cancelled = self._token is not None and self._token.cancelled
        self._idle(self.tr("{0} pairs are placed.").format(len(outcomes)))
        if self.project is not None and not cancelled:
            self.placed.emit(self.project, list(outcomes))

    def _show_matching_progress(self, done: int, total: int, name: str) -> None:
        if self._token is not None and total:
            self.bar.setRange(0, total)
            self.bar.setValue(done)
            self.state.setText(self.tr("Looking at {0}").format(name))

    def _show_placing_progress(self, done: int, total: int, text: str) -> None:
        if self._token is None:
            return
        if self._done_before < 0:
            self._done_before = done
        self.bar.setRange(0, max(total, 1))
        self.bar.setValue(done)
        own = done - self._done_before
        left = self._watch.seconds / own * (total - done) if own else 0.0
        remaining = self.tr(" About {0} min left.").format(max(round(left / 60), 1)) if own and done < total else ""
        self.state.setText(f"[{done}/{total}] {text}{remaining}")

    def _cancel(self) -> None:
        if self._token is not None:
            self._token.cancel()
            self._idle(self.tr("Cancelled; what was placed is kept, and the next start goes on."))

    def _failed(self, sentence: str) -> None:
        self._idle(sentence)

    def _busy(self, sentence: str) -> None:
        self.state.setText(sentence)
        self.bar.setRange(0, 0)
        self.bar.show()
        self.cancel.setEnabled(True)
        self.start.setEnabled(False)
        self.choose.setEnabled(False)

    def _idle(self, sentence: str) -> None:
        self._token = None
        self.state.setText(sentence)
        self.bar.hide()
        self.cancel.setEnabled(False)
        self.choose.setEnabled(True)
        self._judge()


def _match(
    project: ArchiveProject, archive: Path, progress: Callable[[int, int, str], None], token: CancelToken
) -> Matching:
    return project.match(archive, cancel=token, progress=progress)


def _place(
    project: ArchiveProject,
    pairs: Sequence[ArchivePair],
    workers: int,
    progress: Callable[[int, int, str], None],
    token: CancelToken,
) -> list[PairOutcome]:
    return project.place(pairs, workers=workers, cancel=token, progress=progress)

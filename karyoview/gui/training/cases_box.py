"""The cases that a training learns from: ticked, held back, and what they lack, said before anything is started."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from karyoview.core.errors import KaryoViewError
from karyoview.gui.main_thread import MainThread
from karyoview.gui.training.preconditions import Preconditions
from karyoview.services.jobs import SerialWorker
from karyoview.services.training_cases import CaseReadiness, readiness

_KEPT_BACK = Qt.ItemDataRole.UserRole + 1
Allow = Callable[[Path, str], None]


class CasesBox(QWidget):
    """``allow`` lets a case train engines for a person; ``checked`` tells that the cases were looked at."""

    checked = Signal()
    problem = Signal(str)

    def __init__(
        self, worker: SerialWorker, main_thread: MainThread, person: str, allow: Allow, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._worker, self._main_thread, self._person, self._allow = worker, main_thread, person, allow
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Cases to learn from"))
        self.share = QSpinBox()
        self.share.setRange(5, 50)
        self.share.setValue(20)
        self.share.setSuffix(" %")
        self.share.setAccessibleName(self.tr("Share of the cases held back"))
        self.share.setToolTip(self.tr("Whole cases, about so many; “Look through” says which share it is."))
        self.add, self.hold_back = QPushButton(self.tr("Add a case…")), QPushButton(self.tr("Hold back"))
        self.hold_back.setToolTip(self.tr("The chosen case teaches nothing: old and new engine are compared on it."))
        self.preconditions = Preconditions()
        buttons = QHBoxLayout()
        buttons.addWidget(self.add)
        buttons.addWidget(self.hold_back)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(QLabel(self.tr("Cases to learn from")))
        column.addWidget(self.list, 1)
        column.addLayout(buttons)
        column.addWidget(self.preconditions)
        self.list.itemChanged.connect(lambda item: self.check())
        self.add.clicked.connect(self._ask_case)
        self.hold_back.clicked.connect(self._hold_back)
        self.preconditions.consent_clicked.connect(self._give_consent)
        self.preconditions.add_clicked.connect(self._ask_case)

    def add_case(self, folder: Path) -> None:
        """Put a case on the list, ticked."""
        if str(folder) in [item.data(Qt.ItemDataRole.UserRole) for item in self._items()]:
            return
        item = QListWidgetItem(folder.name)
        item.setToolTip(str(folder))
        item.setData(Qt.ItemDataRole.UserRole, str(folder))
        item.setCheckState(Qt.CheckState.Checked)
        self.list.addItem(item)
        self.check()

    def chosen(self) -> tuple[str, ...]:
        """The folders of the ticked cases."""
        return tuple(item.data(Qt.ItemDataRole.UserRole) for item in self._ticked())

    def kept_back(self) -> tuple[str, ...]:
        """The folders of the ticked cases that a person holds back."""
        return tuple(item.data(Qt.ItemDataRole.UserRole) for item in self._ticked() if item.data(_KEPT_BACK))

    @property
    def held_back(self) -> float:
        """The share of the cases that is held back where none is chosen for it, in [0, 1]."""
        return self.share.value() / 100

    def check(self) -> None:
        """Look what the ticked cases lack, beside the window."""
        folders = [Path(c) for c in self.chosen()]
        show = self._main_thread.wrap(self._show)
        self._worker.submit(lambda token: show(folders, readiness(folders)))

    def _show(self, folders: Sequence[Path], found: Sequence[CaseReadiness]) -> None:
        if folders == [Path(c) for c in self.chosen()]:
            self.preconditions.show_cases(found)
            self.checked.emit()

    def _items(self) -> list[QListWidgetItem]:
        return [self.list.item(i) for i in range(self.list.count())]

    def _ticked(self) -> list[QListWidgetItem]:
        return [item for item in self._items() if item.checkState() == Qt.CheckState.Checked]

    def _ask_case(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, self.tr("A case to learn from"))
        if folder:
            self.add_case(Path(folder))

    def _give_consent(self, folder: str) -> None:
        try:
            self._allow(Path(folder), self._person)
        except KaryoViewError as error:
            self.problem.emit(str(error))
        self.check()

    def _hold_back(self) -> None:
        item = self.list.currentItem()
        if item is None:
            self.problem.emit(self.tr("Choose a case in the list first."))
            return
        kept, name = not item.data(_KEPT_BACK), Path(item.data(Qt.ItemDataRole.UserRole)).name
        item.setData(_KEPT_BACK, kept)
        item.setText(self.tr("{0}  (held back)").format(name) if kept else name)
        self.share.setEnabled(not self.kept_back())

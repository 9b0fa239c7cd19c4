"""The first thing a person sees: open a folder, a recent case, or the sample case."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)


class Welcome(QWidget):
    """Shown while no case is open."""

    open_clicked = Signal()
    sample_clicked = Signal(str)
    recent_chosen = Signal(str)
    worklist_clicked = Signal()
    archive_clicked = Signal()
    tour_clicked = Signal()
    help_clicked = Signal()

    def __init__(self, sample_names: Sequence[str] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = QLabel("KaryoView")
        title.setProperty("total", True)
        title.setMinimumHeight(64)
        line = QLabel(self.tr("Open a folder of metaphase images. Your originals are only ever read."))
        line.setProperty("muted", True)
        line.setWordWrap(True)
        self.open_button = QPushButton(self.tr("Open a folder…  (Ctrl+O)"))
        self.open_button.setProperty("primary", True)
        samples = QHBoxLayout()
        self.sample_buttons = [QPushButton(self.tr("Sample case {0}").format(name)) for name in sample_names]
        for button, name in zip(self.sample_buttons, sample_names, strict=True):
            button.setToolTip(self.tr("Opens a copy in your own folder; nothing you do there matters."))
            button.clicked.connect(partial(self.sample_clicked.emit, name))
            samples.addWidget(button)
        self.recent = QListWidget()
        self.recent.setAccessibleName(self.tr("Recent cases"))
        self.recent.setMaximumHeight(220)
        self.recent_title = QLabel(self.tr("Recent cases"))
        others = QHBoxLayout()
        for text, tip, clicked in (
            (self.tr("Worklist"), self.tr("All cases of the laboratory and what they wait for"), self.worklist_clicked),
            (self.tr("Teach from an archive"), self.tr("Old karyograms teach the engine this laboratory's look"),
             self.archive_clicked),
            (self.tr("Eight keys"), self.tr("A tour that can be left at any time"), self.tour_clicked),
            (self.tr("Help"), self.tr("The first quarter of an hour, step by step"), self.help_clicked),
        ):  # fmt: skip
            button = QPushButton(text)
            button.setToolTip(tip)
            button.clicked.connect(clicked)
            others.addWidget(button)
        hint = QLabel(
            self.tr("Or drop a folder here. Looking writes nothing into it; your first edit makes the case.")
        )  # fmt: skip
        hint.setProperty("muted", True)
        hint.setWordWrap(True)
        self.open_button.clicked.connect(self.open_clicked)
        self.recent.itemActivated.connect(lambda i: self.recent_chosen.emit(i.data(Qt.ItemDataRole.UserRole)))
        self.recent.itemClicked.connect(lambda i: self.recent_chosen.emit(i.data(Qt.ItemDataRole.UserRole)))
        inner = QWidget()
        inner.setMaximumWidth(560)
        inner.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        column = QVBoxLayout(inner)
        column.setSpacing(10)
        for each in (title, line, self.open_button, self.recent_title, self.recent, hint):
            column.addWidget(each)
        column.insertLayout(3, samples)
        column.insertLayout(4, others)
        outer = QVBoxLayout(self)
        outer.addStretch(2)
        outer.addWidget(inner, 0, Qt.AlignmentFlag.AlignHCenter)
        outer.addStretch(3)
        inner.setMinimumWidth(540)

    def show_recent(self, folders: list[str]) -> None:
        """List recent cases that still exist."""
        self.recent.clear()
        for folder in folders:
            path = Path(folder)
            item = QListWidgetItem(f"{path.name}\n{path.parent}")
            item.setData(Qt.ItemDataRole.UserRole, folder)
            item.setToolTip(folder)
            self.recent.addItem(item)
        for each in (self.recent, self.recent_title):
            each.setVisible(bool(folders))

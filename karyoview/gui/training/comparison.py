"""Old and new engine side by side: the sentence, the cells that got better or worse, and the classes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL.Image import Image
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QBrush, QColor, QImage, QMouseEvent, QPalette, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from karyoview.core.chromosome import CLASSES
from karyoview.core.errors import KaryoViewError
from karyoview.gui.colours import ink_like
from karyoview.gui.training.matrix import ConfusionMatrix
from karyoview.services.weights import CellChange, Comparison

_LIST = 380  # logical pixels of the list at first; it can be drawn wider
BETTER, WORSE = QColor("#0072B2"), QColor("#D55E00")


class Picture(QLabel):
    """A picture that fills its place and keeps its shape."""

    clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._whole = QPixmap()

    def show_picture(self, picture: Image | None) -> None:
        """Show it, or nothing."""
        self._whole = QPixmap()
        if picture is not None:
            data = picture.convert("RGB").tobytes()
            image = QImage(data, picture.width, picture.height, 3 * picture.width, QImage.Format.Format_RGB888)
            self._whole = QPixmap.fromImage(image.copy())
        self._fit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if not self._whole.isNull():
            self.clicked.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if self._whole.isNull():
            self.clear()
            return
        mode = Qt.TransformationMode.SmoothTransformation
        self.setPixmap(self._whole.scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio, mode))


class ComparisonView(QWidget):
    """A comparison for a person to judge."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.outcome: Comparison | None = None
        self.sentence = QLabel()
        self.sentence.setWordWrap(True)
        self.cells = _table([self.tr("Cell"), self.tr("Before"), self.tr("Now"), self.tr("Count off")])
        self.classes = _table([self.tr("Truth"), self.tr("Called"), self.tr("Before"), self.tr("Now")])
        self.cells.setAccessibleName(self.tr("Corrections of each cell"))
        self.classes.setAccessibleName(self.tr("Confused classes"))
        self.tabs = QTabWidget()
        self.tabs.addTab(self.cells, self.tr("Cells"))
        self.tabs.addTab(self.classes, self.tr("Classes"))
        self.old, self.new = Picture(), Picture()
        self.old_title, self.new_title = QLabel(self.tr("Before")), QLabel(self.tr("Now"))
        self.old_matrix, self.new_matrix = ConfusionMatrix(), ConfusionMatrix()
        self._stacks: list[QStackedWidget] = []
        self._names: Mapping[str, str] = {}
        self._large: Picture | None = None
        pictures = QHBoxLayout()
        for title, picture, matrix in (
            (self.old_title, self.old, self.old_matrix), (self.new_title, self.new, self.new_matrix)
        ):  # fmt: skip
            side, stack = QVBoxLayout(), QStackedWidget()
            stack.addWidget(picture)
            stack.addWidget(matrix)
            side.addWidget(title)
            side.addWidget(stack, 1)
            pictures.addLayout(side, 1)
            self._stacks.append(stack)
        for picture in (self.old, self.new):
            picture.clicked.connect(lambda p=picture: self._enlarge(p))
            picture.setToolTip(self.tr("A click shows it large, another one beside the other again."))
        beside, whole = QWidget(), QSplitter()
        beside.setLayout(pictures)
        pictures.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.tabs)
        whole.addWidget(beside)
        whole.setStretchFactor(1, 1)
        whole.setChildrenCollapsible(False)
        whole.setSizes([_LIST, 2 * _LIST])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.sentence)
        column.addWidget(whole, 1)
        self.cells.itemSelectionChanged.connect(self._show_cell)
        self.tabs.currentChanged.connect(self._show_side)

    def _enlarge(self, chosen: Picture | None) -> None:
        """One picture in the whole place, or both beside the list again."""
        self._large = None if chosen is self._large else chosen
        titles, pictures = (self.old_title, self.new_title), (self.old, self.new)
        for title, picture, stack in zip(titles, pictures, self._stacks, strict=True):
            shown = self._large in (None, picture)
            title.setVisible(shown)
            stack.setVisible(shown)
        self.tabs.setVisible(self._large is None)

    def _show_side(self, tab: int) -> None:
        """Cells have their pictures beside them, classes their matrices."""
        for stack in self._stacks:
            stack.setCurrentIndex(tab)

    def show_outcome(self, outcome: Comparison | None, names: Mapping[str, str] | None = None, time: str = "") -> None:
        """Show a comparison, the cells that got worse first, or nothing.

        ``names`` are the cells' own names by those of the set; ``time`` says when it was made (UTC).
        """
        self.outcome, self._names = outcome, names or {}
        self._enlarge(None)
        self.cells.setRowCount(0)
        self.classes.setRowCount(0)
        self.old.show_picture(None)
        self.new.show_picture(None)
        self.old_matrix.show_counts(None if outcome is None else outcome.old_report.get("confusion"))
        self.new_matrix.show_counts(None if outcome is None else outcome.new_report.get("confusion"))
        made = self.tr(" Compared {0} UTC.").format(time[:16].replace("T", " ")) if time else ""
        self.sentence.setText("" if outcome is None else outcome.sentence() + made)
        if outcome is None:
            return
        self.old_title.setText(self.tr("Before: {0}").format(outcome.old))
        self.new_title.setText(self.tr("Now: {0}").format(outcome.new))
        same = [c for c in outcome.cells if c.new == c.old]
        for change in (*outcome.worse, *outcome.better, *same):
            self._add_cell(change)
        self._add_classes(outcome)
        self.tabs.setTabVisible(1, self.classes.rowCount() > 0)
        if outcome.judged:
            self.cells.selectRow(0)

    def _add_cell(self, change: CellChange) -> None:
        off = f"{change.old_count_error} → {change.new_count_error}"
        colour = BETTER if change.new < change.old else WORSE if change.new > change.old else None
        name = self._names.get(change.image, Path(change.image).name)
        items = _append(self.cells, [name, str(change.old), str(change.new), off], colour)
        items[0].setData(Qt.ItemDataRole.UserRole, change.image)
        items[0].setToolTip(name)

    def _add_classes(self, outcome: Comparison) -> None:
        """The wrong classes of either engine, the most frequent first."""
        size = len(CLASSES)
        tables = [
            np.asarray(r.get("confusion") or np.zeros((size, size)), int)[:size, :size]
            for r in (outcome.old_report, outcome.new_report)
        ]  # fmt: skip
        total = tables[0] + tables[1]
        np.fill_diagonal(total, 0)
        for place in np.argsort(-total, axis=None, kind="stable")[:40]:
            truth, called = divmod(int(place), size)
            if not total[truth, called]:
                break
            before, now = (int(t[truth, called]) for t in tables)
            colour = BETTER if now < before else WORSE if now > before else None
            _append(self.classes, [CLASSES[truth].label, CLASSES[called].label, str(before), str(now)], colour)

    def _show_cell(self) -> None:
        chosen = self.cells.selectedItems()
        if not chosen or self.outcome is None:
            return
        first = self.cells.item(chosen[0].row(), 0)
        assert first is not None
        image = first.data(Qt.ItemDataRole.UserRole)
        try:
            old, new = self.outcome.pictures(image)
        except KaryoViewError as error:
            self.sentence.setText(str(error))
            return
        self.old.show_picture(old)
        self.new.show_picture(new)


def _table(titles: list[str]) -> QTableWidget:
    table = QTableWidget(0, len(titles))
    table.setTabKeyNavigation(False)  # arrows go from cell to cell; Tab must lead out again
    table.setHorizontalHeaderLabels(titles)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.verticalHeader().hide()
    table.setShowGrid(False)
    header = table.horizontalHeader()
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    return table


def _append(table: QTableWidget, texts: list[str], colour: QColor | None) -> list[QTableWidgetItem]:
    row = table.rowCount()
    table.insertRow(row)
    items = [QTableWidgetItem(text) for text in texts]
    for column, item in enumerate(items):
        if colour is not None:
            item.setForeground(QBrush(ink_like(colour, table.palette().color(QPalette.ColorRole.Base))))
        table.setItem(row, column, item)
    return items

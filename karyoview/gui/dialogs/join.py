"""A case and the copy that was worked on while its folder could not be written: a person says which edits stand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from karyoview.case.forks import Fork, ForkSide
from karyoview.case.schema import CASE_FILE
from karyoview.core.annotation import ImageAnnotation
from karyoview.core.image import MetaphaseImage
from karyoview.gui.background import Background
from karyoview.gui.dialogs.help_key import add_help
from karyoview.gui.screen_fit import fit_size

_PICTURE = 360
Sides = tuple[MetaphaseImage | None, ImageAnnotation, ImageAnnotation]
"""The picture of a cell, and its boxes in the folder and in the copy."""


class JoinDialog(QDialog):
    """One row a file that the copy changed, with what either side has of it, and the pictures of both for a cell.

    ``sides(file)`` reads a cell beside the window, None for what may not be shown. What is chosen comes with
    :attr:`join_requested`.
    """

    join_requested = Signal(list)

    def __init__(
        self, fork: Fork, sides: Callable[[str], Sides | None], background: Background, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("join-copies")
        add_help(self, "case-folder")
        self.setWindowTitle(self.tr("Two copies of this case"))
        self.files, self._sides, self._background = list(fork.files), sides, background
        text = QLabel(
            self.tr(
                "{0} edits were made on this computer while the folder could not be written, and the folder has {1} "
                "others since. Say for each row which is to stand. The other is kept in the record, so nothing is lost."
            ).format(fork.there, fork.here)
        )
        text.setWordWrap(True)
        self.table = self._table(fork)
        self.pictures = (_Picture(self.tr("In the folder")), _Picture(self.tr("In the copy")))
        beside = QHBoxLayout()
        for picture in self.pictures:
            beside.addWidget(picture)
        # No QDialogButtonBox: under a style sheet Tab passes over its first button when it comes from the table.
        self.join_button = QPushButton(self.tr("&Join"))
        later = QPushButton(self.tr("&Ask again when it is opened next"))
        self.join_button.clicked.connect(self._join)
        later.clicked.connect(self.reject)
        later.setDefault(True)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        for button in (self.join_button, later):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        for part in (text, self.table):
            column.addWidget(part)
        column.addLayout(beside)
        column.addLayout(buttons)
        fit_size(self, 880, 680)
        self.table.selectRow(0)
        self.table.setFocus()

    def _table(self, fork: Fork) -> QTableWidget:
        table = QTableWidget(len(self.files), 4)
        table.setTabKeyNavigation(False)
        titles = (self.tr("What"), self.tr("In the folder"), self.tr("In the copy"), self.tr("What stands"))
        table.setHorizontalHeaderLabels(titles)
        table.setAccessibleName(self.tr("What both copies have"))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setWordWrap(True)
        table.verticalHeader().hide()
        self.choices: list[QComboBox] = []
        for row, (file, (here, there)) in enumerate(fork.files.items()):
            for column, words in enumerate((self._name(file), self._told(here), self._told(there))):
                table.setItem(row, column, QTableWidgetItem(words))
            choice = QComboBox()
            choice.addItems([self.tr("as in the folder"), self.tr("as in the copy")])
            # A cell that only the copy went on with is what a person wants to have back.
            choice.setCurrentIndex(0 if here.seq else 1)
            choice.setAccessibleName(self.tr("What stands of {0}").format(self._name(file)))
            table.setCellWidget(row, 3, choice)
            self.choices.append(choice)
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        for narrow in (0, 3):
            header.setSectionResizeMode(narrow, QHeaderView.ResizeMode.ResizeToContents)
        table.resizeRowsToContents()
        table.currentCellChanged.connect(self._show_row)
        return table

    def _name(self, file: str) -> str:
        return self.tr("The case itself") if file == CASE_FILE else Path(file).name.removesuffix(".json")

    def _told(self, side: ForkSide) -> str:
        if not side.seq:
            return self.tr("not changed since")
        who = side.user or self.tr("nobody")
        parts = [self.tr("{0}, {1} UTC").format(who, side.time[:16].replace("T", " "))]
        if side.count is not None:
            parts.append(self.tr("{0} chromosomes").format(side.count))
        return "\n".join(parts)

    def _show_row(self, row: int) -> None:
        for picture in self.pictures:
            picture.clear_picture()
        if row < 0 or self.files[row] == CASE_FILE:
            return
        file = self.files[row]

        def done(sides: Sides | None) -> None:
            if sides is None or self.table.currentRow() != row:
                return
            image, here, there = sides
            for picture, annotation in zip(self.pictures, (here, there), strict=True):
                picture.show_boxes(image, annotation)

        self._background.run(lambda: self._sides(file), done, lambda problem: None)

    def _join(self) -> None:
        self.join_requested.emit([f for f, c in zip(self.files, self.choices, strict=True) if c.currentIndex() == 1])
        self.accept()


class _Picture(QWidget):
    """A cell with its boxes, under a title."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.title, self.view = QLabel(title), QLabel()
        self.view.setFixedHeight(_PICTURE * 3 // 4)
        self.view.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.view.setAccessibleName(title)
        self.boxes = 0
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.title)
        column.addWidget(self.view)

    def clear_picture(self) -> None:
        """Show nothing."""
        self.boxes = 0
        self.view.clear()

    def show_boxes(self, image: MetaphaseImage | None, annotation: ImageAnnotation) -> None:
        """The boxes on the picture, or on grey where the picture cannot be read."""
        if image is not None:
            grey = np.ascontiguousarray(image.to_uint8())
            height, width = grey.shape
            picture = QImage(grey.data, width, height, width, QImage.Format.Format_Grayscale8).copy()
        else:
            height, width = annotation.size if annotation.size[0] else (100, 100)
            picture = QImage(width, height, QImage.Format.Format_Grayscale8)
            picture.fill(Qt.GlobalColor.lightGray)
        small = QPixmap.fromImage(picture).scaled(
            _PICTURE, _PICTURE * 3 // 4, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        scale = small.width() / width
        painter = QPainter(small)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(Qt.GlobalColor.darkRed, 1.4))
        for item in annotation.chromosomes:
            painter.drawPolygon(QPolygonF([QPointF(x * scale, y * scale) for x, y in item.box.corners()]))
        painter.end()
        self.boxes = len(annotation.chromosomes)
        self.view.setPixmap(small)

"""The confusion matrix of an engine: rows are what is true, columns what it said, darker is more of the row."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from karyoview.core.chromosome import CLASSES

NONE = "–"
RIGHT, WRONG = QColor("#0072B2"), QColor("#D55E00")


class ConfusionMatrix(QWidget):
    """25 × 25 counts, the 24 classes and “none”: missed chromosomes in the last column, boxes of nothing in the last
    row. The share of its row is the strength of a field's colour; a pointer over a field says the counts."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.counts: npt.NDArray[np.int64] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(QSize(180, 180))
        self.setAccessibleName(self.tr("Confusion matrix"))

    def show_counts(self, counts: object) -> None:
        """Show a matrix (25, 25), or nothing."""
        found = None if counts is None else np.asarray(counts, dtype=np.int64)
        self.counts = found if found is not None and found.shape == (len(CLASSES) + 1,) * 2 else None
        self.update()

    def field_at(self, place: QPointF) -> tuple[int, int] | None:
        """Row and column under a point."""
        left, top, step = self._frame()
        row, column = int((place.y() - top) // step), int((place.x() - left) // step)
        size = len(CLASSES) + 1
        return (row, column) if 0 <= row < size and 0 <= column < size else None

    def sentence(self, row: int, column: int) -> str:
        """What a field says."""
        assert self.counts is not None
        number, of = int(self.counts[row, column]), int(self.counts[row].sum())
        if row == len(CLASSES):
            return self.tr("{0} boxes of no chromosome were called {1}").format(number, _name(column))
        if column == len(CLASSES):
            return self.tr("{0} of {1} chromosomes {2} were not found").format(number, of, _name(row))
        return self.tr("{0} of {1} chromosomes {2} were called {3}").format(number, of, _name(row), _name(column))

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            field = self.field_at(QPointF(event.pos())) if self.counts is not None else None
            if field is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), self.sentence(*field), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.counts is None:
            return
        left, top, step = self._frame()
        painter = QPainter(self)
        ink = self.palette().color(QPalette.ColorRole.Text)
        ground = self.palette().color(QPalette.ColorRole.Base)
        size = len(CLASSES) + 1
        painter.fillRect(QRectF(left, top, size * step, size * step), ground)
        shares = self.counts / np.maximum(self.counts.sum(1, keepdims=True), 1)
        for row, column in zip(*np.nonzero(self.counts), strict=True):
            colour = QColor(RIGHT if row == column else WRONG)
            # a single mistake among many must still be seen
            colour.setAlphaF(float(0.25 + 0.75 * min(shares[row, column] * (1 if row == column else 3), 1)))
            painter.fillRect(QRectF(left + column * step, top + row * step, step, step), colour)
        grid = QColor(ink)
        grid.setAlphaF(0.12)
        painter.setPen(grid)
        for k in range(size + 1):
            painter.drawLine(QPointF(left + k * step, top), QPointF(left + k * step, top + size * step))
            painter.drawLine(QPointF(left, top + k * step), QPointF(left + size * step, top + k * step))
        painter.setPen(ink)
        font = painter.font()
        font.setPixelSize(max(round(min(step * 0.68, 12)), 6))
        painter.setFont(font)
        for k in range(size):
            across = QRectF(left + k * step - step, top - 1.3 * step, 3 * step, 1.2 * step)
            beside = QRectF(left - 2.2 * step, top + k * step, 2 * step, step)
            painter.drawText(across, Qt.AlignmentFlag.AlignCenter, _name(k))
            painter.drawText(beside, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, _name(k))
        painter.end()

    def _frame(self) -> tuple[float, float, float]:
        """Left, top and side of a field."""
        size = len(CLASSES) + 1
        step = min((self.width() - 4) / (size + 2.4), (self.height() - 4) / (size + 1.5))
        return 2.3 * step + 2, 1.4 * step + 2, step


def _name(index: int) -> str:
    return CLASSES[index].label if index < len(CLASSES) else NONE

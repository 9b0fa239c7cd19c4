"""Count marks: a ring at each click of counting, with its number where there is room."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from karyoview.core.annotation import CountMark


class MarkLayer(QGraphicsItem):
    """Draws count marks, and another counter's in a second colour and shape."""

    def __init__(self) -> None:
        super().__init__()
        self._size = (1, 1)
        self._marks: tuple[CountMark, ...] = ()
        self._others: tuple[CountMark, ...] = ()
        self.setZValue(12)

    def set_size(self, size: tuple[int, int]) -> None:
        """The image's (height, width)."""
        self.prepareGeometryChange()
        self._size = size

    def set_marks(self, marks: Sequence[CountMark], others: Sequence[CountMark]) -> None:
        """Show these marks."""
        self._marks, self._others = tuple(marks), tuple(others)
        self.update()

    def boundingRect(self) -> QRectF:
        return QRectF(0, 0, self._size[1], self._size[0])

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        if not self._marks and not self._others:
            return
        transform = painter.worldTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setWorldTransform(QTransform())
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for number, mark in enumerate(self._marks, 1):
            p = transform.map(QPointF(mark.x, mark.y))
            for colour, width in ((QColor("white"), 4.5), (QColor("#0072B2"), 2.2)):
                painter.setPen(QPen(colour, width))
                painter.drawEllipse(p, 6.5, 6.5)
            painter.setPen(QColor("#003A5C"))
            painter.drawText(p + QPointF(10, -6), str(number))
        for mark in self._others:
            p = transform.map(QPointF(mark.x, mark.y))
            for colour, width in ((QColor("white"), 4.5), (QColor("#D55E00"), 2.2)):
                painter.setPen(QPen(colour, width))
                painter.drawLine(p + QPointF(-6, -6), p + QPointF(6, 6))
                painter.drawLine(p + QPointF(-6, 6), p + QPointF(6, -6))
        painter.setWorldTransform(transform)

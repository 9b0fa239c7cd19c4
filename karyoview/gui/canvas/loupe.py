"""The loupe: what is under the pointer, three times larger, in a corner of the view."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from karyoview.gui.canvas.image_item import ImageItem

SIDE = 220
POWER = 3.0


class Magnified(Protocol):
    """What is looked at: a view with an image, and where in it a point of the viewport is."""

    image_item: ImageItem

    @property
    def scale_factor(self) -> float:
        """Screen pixels per image pixel."""

    def to_image(self, point: QPointF) -> tuple[float, float]:
        """The image point under a viewport position."""

    def viewport(self) -> QWidget:
        """The widget whose corner the loupe stands in."""


class Loupe(QWidget):
    """A square in the right upper corner; hidden until :meth:`show_at_pointer`."""

    def __init__(self, view: Magnified) -> None:
        super().__init__(view.viewport())
        self._view = view
        self._at: QPointF | None = None
        self.setFixedSize(SIDE, SIDE)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_at_pointer(self, shown: bool) -> None:
        """Show or hide it; before the pointer has moved it shows the middle of the view."""
        self.setVisible(shown)
        self.follow(self._at or QPointF(self._view.viewport().rect().center()))

    def follow(self, at: QPointF | None) -> None:
        """Show what is around a viewport position; it moves out of the pointer's way."""
        if at is not None:
            self._at = at
        if not self.isHidden():
            width = self._view.viewport().width()
            near = self._at is not None and self._at.x() > width - SIDE - 40 and self._at.y() < SIDE + 40
            self.move(8 if near else width - SIDE - 8, 8)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor("#202124"))
        if self._at is not None:
            x, y = self._view.to_image(self._at)
            half = SIDE / 2 / (POWER * max(self._view.scale_factor, 0.25))
            painter.save()
            painter.scale(SIDE / (2 * half), SIDE / (2 * half))
            painter.translate(half - x, half - y)
            item = self._view.image_item
            painter.setClipRect(item.boundingRect())
            item.paint_region(painter, QRectF(x - half, y - half, 2 * half, 2 * half))
            painter.restore()
            middle = QPointF(SIDE / 2, SIDE / 2)
            painter.setPen(QPen(QColor(255, 43, 214, 180), 1))
            painter.drawLine(middle - QPointF(7, 0), middle + QPointF(7, 0))
            painter.drawLine(middle - QPointF(0, 7), middle + QPointF(0, 7))
        painter.setPen(QPen(QColor("white"), 2))
        painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        painter.end()

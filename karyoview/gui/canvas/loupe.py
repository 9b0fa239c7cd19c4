"""The loupe: what is under the pointer, three times larger, in a corner of the view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from karyoview.gui.canvas.view import MetaphaseView

SIDE = 220
POWER = 3.0


class Loupe(QWidget):
    """A square in the right upper corner; hidden until :meth:`toggle`."""

    def __init__(self, view: MetaphaseView) -> None:
        super().__init__(view.viewport())
        self._view = view
        self._at: QPointF | None = None
        self.setFixedSize(SIDE, SIDE)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def toggle(self) -> bool:
        """Show or hide it; returns whether it is shown now."""
        self.setVisible(not self.isVisible())
        self.follow(self._at or QPointF(self._view.viewport().rect().center()))
        return self.isVisible()

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

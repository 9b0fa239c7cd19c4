"""A picture with outlined chromosomes that can be clicked: accepted ones with a whole line, doubtful ones dashed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QImage,
    QMouseEvent,
    QPainter,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QGraphicsPolygonItem, QGraphicsScene, QGraphicsSimpleTextItem, QGraphicsView, QWidget

ACCEPTED, OPEN, REMOVED = "accepted", "open", "removed"
COLOURS: Final = {ACCEPTED: QColor("#0072B2"), OPEN: QColor("#D55E00"), REMOVED: QColor("#8A8F98")}
_CHOSEN: Final = QColor("#CC79A7")
_LARGEST_ZOOM: Final = 12.0


@dataclass(frozen=True, slots=True)
class Outline:
    """A chromosome: its number, corners (x, y) in pixels, the text beside it and its state."""

    number: int
    corners: tuple[tuple[float, float], ...]
    text: str
    state: str


class OutlinedPicture(QGraphicsView):
    """Fits its place; the wheel zooms at the pointer, dragging moves. ``chosen`` tells which chromosome was clicked."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setScene(QGraphicsScene(self))
        self.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        self.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._items: dict[int, QGraphicsPolygonItem] = {}
        self._texts: list[QGraphicsSimpleTextItem] = []
        self._outlines: tuple[Outline, ...] = ()
        self._current = -1
        self._region = QRectF()
        self._fitted = True
        self._pressed = QPointF()

    def show_picture(self, pixels: npt.NDArray[np.uint8] | None, region: QRectF | None = None) -> None:
        """A grey picture (H, W), or nothing; ``region`` is the part that is shown at first, by default all."""
        self.scene().clear()
        self._items, self._texts, self._outlines, self._current = {}, [], (), -1
        if pixels is None:
            self.scene().setSceneRect(QRectF())
            return
        data = np.ascontiguousarray(pixels)
        height, width = data.shape
        image = QImage(data.data, width, height, width, QImage.Format.Format_Grayscale8).copy()
        item = self.scene().addPixmap(QPixmap.fromImage(image))
        item.setTransformationMode(Qt.TransformationMode.SmoothTransformation)
        self.scene().setSceneRect(item.boundingRect())
        self._region = region.intersected(item.boundingRect()) if region is not None else item.boundingRect()
        self._fitted = True
        self._fit()

    def show_outlines(self, outlines: Sequence[Outline], current: int) -> None:
        """Draw the chromosomes, the ``current`` one heavily."""
        for item in (*self._items.values(), *self._texts):
            self.scene().removeItem(item)
        self._items, self._texts, self._outlines, self._current = {}, [], tuple(outlines), current
        font = QFont(self.font())
        font.setPixelSize(13)
        font.setBold(True)
        for outline in outlines:
            colour = _CHOSEN if outline.number == current else COLOURS[outline.state]
            pen = QPen(colour, 3 if outline.number == current else 1.6)
            pen.setCosmetic(True)
            if outline.state != ACCEPTED:
                pen.setStyle(Qt.PenStyle.DashLine)
            polygon = QPolygonF([QPointF(x, y) for x, y in outline.corners])
            item = self.scene().addPolygon(polygon, pen, QBrush(Qt.BrushStyle.NoBrush))
            item.setZValue(2 if outline.number == current else 1)
            self._items[outline.number] = item
            text = self.scene().addSimpleText(outline.text, font)
            text.setBrush(QBrush(colour))
            text.setFlag(QGraphicsSimpleTextItem.GraphicsItemFlag.ItemIgnoresTransformations)
            # Beside the outline itself, not the corner of its bounds, which of a bent one lies far off.
            x, y = max(outline.corners, key=lambda c: c[0] - c[1])
            text.setPos(x, y)
            text.setTransform(QTransform.fromTranslate(-10 if len(outline.corners) == 4 else 2, -15))
            text.setZValue(3)
            self._texts.append(text)
        if current in self._items:
            self.ensureVisible(self._items[current], 30, 30)

    def number_at(self, point: QPointF) -> int:
        """The number of the smallest chromosome at a point in pixels, -1 where there is none."""
        under = [
            (bounds.width() * bounds.height(), number)
            for number, item in self._items.items()
            if item.polygon().containsPoint(point, Qt.FillRule.OddEvenFill)
            and (bounds := item.polygon().boundingRect()).isValid()
        ]
        return min(under)[1] if under else -1

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = event.position()
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        moved = event.position() - self._pressed
        if event.button() == Qt.MouseButton.LeftButton and moved.manhattanLength() < 4:
            number = self.number_at(self.mapToScene(event.position().toPoint()))
            if number >= 0:
                self.chosen.emit(number)

    def wheelEvent(self, event: QWheelEvent) -> None:
        factor = 1.2 ** (event.angleDelta().y() / 120)
        if 0.05 < self.transform().m11() * factor < _LARGEST_ZOOM:
            self._fitted = False
            self.scale(factor, factor)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Back to the whole picture."""
        self._fitted = True
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fitted:
            self._fit()

    def _fit(self) -> None:
        if self._region.isValid():
            self.fitInView(self._region, Qt.AspectRatioMode.KeepAspectRatio)

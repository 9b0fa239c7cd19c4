"""Draws the shapes of a karyogram with Qt: on the board, on the printer."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from karyoview.imaging.karyogram_shapes import AreaShape, LineShape, Shape

_FINE = 100


def draw_shapes(painter: QPainter, shapes: Iterable[Shape], inverted: bool, colour: QColor | None = None) -> None:
    """Draw shapes in the painter's coordinates; light on dark where ``inverted``; ``colour`` in place of the ink."""
    ink = colour or (QColor("white") if inverted else QColor("black"))
    for shape in shapes:
        if isinstance(shape, LineShape):
            painter.setPen(QPen(ink, shape.width))
            painter.drawLine(QPointF(shape.x1, shape.y1), QPointF(shape.x2, shape.y2))
        elif isinstance(shape, AreaShape):
            _draw_area(painter, shape, ink, inverted)
        else:
            draw_text(painter, shape.x, shape.y, shape.text, shape.size, ink, shape.anchor)


def _draw_area(painter: QPainter, shape: AreaShape, ink: QColor, inverted: bool) -> None:
    outline = QPolygonF([QPointF(x, y) for x, y in shape.points])
    painter.setPen(QPen(ink, shape.edge) if shape.edge else QPen(QColor(0, 0, 0, 0), 0))
    if shape.fill is None:
        painter.setBrush(QColor(0, 0, 0, 0))
    elif shape.fill == 0 and not shape.edge:
        painter.setBrush(ink)  # the head of an arrow
    else:
        grey = 255 - shape.fill if inverted else shape.fill
        painter.setBrush(QColor(grey, grey, grey))
    painter.drawPolygon(outline)


def draw_text(
    painter: QPainter, x: float, y: float, text: str, size: float, ink: QColor, anchor: str = "start"
) -> None:
    """One line of text on the baseline ``y``, as high as in the report whatever the painter's scale."""
    font = QFont(painter.font())
    font.setPixelSize(_FINE)  # Qt's pixel sizes are whole numbers, sizes of shapes are not
    wide = QFontMetricsF(font).horizontalAdvance(text)
    painter.save()
    painter.setFont(font)
    painter.setPen(QPen(ink))
    painter.translate(x, y)
    painter.scale(size / _FINE, size / _FINE)
    painter.drawText(QPointF({"start": 0.0, "middle": -wide / 2, "end": -wide}[anchor], 0.0), text)
    painter.restore()

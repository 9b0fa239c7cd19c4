"""The scale bar: a round length in micrometres, or in pixels where the scale is unknown."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter


def round_length(limit: float) -> float:
    """The largest 1, 2 or 5 times a power of ten that is not over ``limit``."""
    power = 10.0 ** math.floor(math.log10(limit))
    return max(m * power for m in (1.0, 2.0, 5.0) if m * power <= limit * (1 + 1e-9))


def paint_scale_bar(painter: QPainter, area: QRectF, scale: float, um_per_pixel: float | None, font: QFont) -> None:
    """Draw it into the left lower corner; ``scale`` is screen pixels per image pixel."""
    per_unit = scale / um_per_pixel if um_per_pixel else scale
    length = round_length(160.0 / per_unit)
    text = f"{length:g} µm" if um_per_pixel else f"{length:g} px"
    width = length * per_unit
    metrics = QFontMetricsF(font)
    plate = QRectF(area.left() + 10, area.bottom() - 36, max(width, metrics.horizontalAdvance(text)) + 16, 28)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(255, 255, 255, 215))
    painter.drawRoundedRect(plate, 4, 4)
    painter.setBrush(QColor("#202124"))
    painter.drawRect(QRectF(plate.left() + 8, plate.bottom() - 8, width, 3))
    painter.setFont(font)
    painter.setPen(QColor("#202124"))
    painter.drawText(QPointF(plate.left() + 8, plate.bottom() - 12), text)
    painter.setBrush(Qt.BrushStyle.NoBrush)

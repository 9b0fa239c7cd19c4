"""The metaphase in the scene: a pyramid of pictures, so that zooming out costs no more than the screen."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

GreyImage = npt.NDArray[np.uint8]


def to_qimage(pixels: GreyImage) -> QImage:
    """A QImage of its own memory, in the format Qt paints fastest."""
    colour = cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_GRAY2BGRA)
    h, w = pixels.shape
    return QImage(colour.data, w, h, 4 * w, QImage.Format.Format_RGB32).copy()


class ImageItem(QGraphicsItem):
    """Shows the level of a pyramid that fits the zoom; coordinates are pixels of the full image."""

    def __init__(self) -> None:
        super().__init__()
        self._levels: list[QImage] = []
        self._size = (0, 0)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)

    def set_levels(self, levels: list[QImage], size: tuple[int, int]) -> None:
        """Show these pictures; ``size`` is (height, width) of the full image."""
        self.prepareGeometryChange()
        self._levels, self._size = levels, size
        self.update()

    def boundingRect(self) -> QRectF:
        return QRectF(0, 0, self._size[1], self._size[0])

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        self.paint_region(painter, option.exposedRect)

    def paint_region(self, painter: QPainter, region: QRectF) -> None:
        """Paint a part of the image, given in its own pixels."""
        if not self._levels:
            return
        scale = abs(painter.worldTransform().m11()) * painter.device().devicePixelRatioF()
        number = 0
        while number + 1 < len(self._levels) and scale * 2 ** (number + 1) <= 1.3:
            number += 1
        picture = self._levels[number]
        factor = picture.width() / self._size[1]
        seen = region.intersected(self.boundingRect()).adjusted(-1, -1, 1, 1)
        seen = seen.intersected(self.boundingRect())
        source = QRectF(seen.x() * factor, seen.y() * factor, seen.width() * factor, seen.height() * factor)
        # Single pixels should be seen as such when somebody zooms in far.
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale < 6)
        painter.drawImage(seen, picture, source)

"""A view of one picture that is zoomed and moved: image pixels are its items' coordinates."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QResizeEvent, QTransform
from PySide6.QtWidgets import QFrame, QGraphicsItem, QGraphicsRectItem, QGraphicsScene, QGraphicsView, QWidget

_SMALLEST, _LARGEST = 0.02, 40.0
"""Screen pixels per image pixel between which the wheel zooms."""
_MARGIN = 0.01


class PictureView(QGraphicsView):
    """Shows a part of a picture of ``size_yx`` (height, width) pixels, (0, 0) for none; keeps it when it is resized."""

    zoom_changed = Signal(float)

    def __init__(self, background: QColor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.size_yx = (0, 0)
        # the scene is the viewport, pixel by pixel, and one item over all others holds the zoom: so nothing scrolls
        self._frame = QGraphicsRectItem()
        self._frame.setFlag(QGraphicsItem.GraphicsItemFlag.ItemHasNoContents)
        self._asked = QRectF(0.0, 0.0, 1.0, 1.0)
        scene = QGraphicsScene(self)
        scene.addItem(self._frame)
        self.setScene(scene)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setBackgroundBrush(background)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)

    def sizeHint(self) -> QSize:
        """The same whatever is shown: docks beside the view keep their sizes."""
        return QSize(640, 480)

    def add_item(self, item: QGraphicsItem) -> None:
        """Show an item; its coordinates are pixels of the picture."""
        item.setParentItem(self._frame)

    # Coordinates

    def transform_to_screen(self) -> QTransform:
        """Image pixels → pixels of the viewport."""
        return self._frame.transform()

    def to_screen(self, x: float, y: float) -> QPoint:
        """Where an image point is in the viewport."""
        return self.transform_to_screen().map(QPointF(x, y)).toPoint()

    def to_image(self, point: QPointF) -> tuple[float, float]:
        """The image point under a viewport position."""
        inverse, _ = self.transform_to_screen().inverted()
        p = inverse.map(point)
        return p.x(), p.y()

    def visible_part(self) -> QRectF:
        """What of the plane of the picture is in view, in image pixels."""
        inverse, _ = self.transform_to_screen().inverted()
        return inverse.mapRect(QRectF(self.viewport().rect()))

    def centre_in_image(self) -> tuple[float, float]:
        """The image point in the middle of the view."""
        centre = self.visible_part().center()
        return centre.x(), centre.y()

    @property
    def scale_factor(self) -> float:
        """Screen pixels per image pixel."""
        return self.transform_to_screen().m11() or 1.0

    # Zoom

    def show_part(self, part: QRectF) -> None:
        """Bring all of a part of the picture's plane into view, as large as it goes."""
        self._asked = part
        self._place()
        self.zoom_changed.emit(self.scale_factor)

    def fit(self) -> None:
        """Bring the whole image into view."""
        height, width = self.size_yx
        if height:
            dx, dy = _MARGIN * width, _MARGIN * height
            self.show_part(QRectF(0, 0, width, height).adjusted(-dx, -dy, dx, dy))

    def zoom_to(self, factor: float, centre: tuple[float, float] | None = None) -> None:
        """Set screen pixels per image pixel, about the middle of the view or a point."""
        if self.size_yx[0]:
            x, y = centre or self.centre_in_image()
            w, h = self.viewport().width() / factor, self.viewport().height() / factor
            self.show_part(QRectF(x - w / 2, y - h / 2, w, h))

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom by a factor about a screen point, the middle by default; between 2 % and 4000 %."""
        step = self.scale_factor / min(max(self.scale_factor * factor, _SMALLEST), _LARGEST)
        x, y = self.to_image(at if at is not None else QPointF(self.viewport().rect().center()))
        seen = self.visible_part()
        left, top = x + (seen.x() - x) * step, y + (seen.y() - y) * step
        self.show_part(QRectF(left, top, seen.width() * step, seen.height() * step))

    def pan_by(self, dx: float, dy: float) -> None:
        """Move the picture by screen pixels."""
        s = self.scale_factor
        self._asked = self.visible_part().translated(-dx / s, -dy / s)
        self._place()

    def travel_to(self, x: float, y: float) -> None:
        """Bring a point into view without changing the zoom, when it is not comfortably in view."""
        inner = self.viewport().rect().adjusted(60, 60, -60, -60)
        if not inner.contains(self.to_screen(x, y)):
            self.zoom_to(self.scale_factor, (x, y))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()
        self.zoom_changed.emit(self.scale_factor)

    def _place(self) -> None:
        """Lay the part that was asked for into the middle of the viewport."""
        room, part = self.viewport().rect(), self._asked
        self.setSceneRect(QRectF(room))
        if part.width() <= 0 or part.height() <= 0 or room.isEmpty():
            return
        scale = min(room.width() / part.width(), room.height() / part.height())
        x = room.width() / 2 - part.center().x() * scale
        y = room.height() / 2 - part.center().y() * scale
        self._frame.setTransform(QTransform(scale, 0.0, 0.0, scale, x, y))
        self.viewport().update()

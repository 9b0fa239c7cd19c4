"""The metaphase view: image, boxes, and the mouse. Gestures end in signals; it changes no data itself."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFont,
    QImage,
    QMouseEvent,
    QPainter,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from karyoview.core.annotation import CountMark
from karyoview.core.geometry import Box
from karyoview.gui.canvas.box_layer import BoxLayer, OverlayBox, ShownBox
from karyoview.gui.canvas.image_item import ImageItem
from karyoview.gui.canvas.loupe import Loupe
from karyoview.gui.canvas.marks import MarkLayer
from karyoview.gui.canvas.picture_view import PictureView
from karyoview.gui.canvas.scale_bar import paint_scale_bar
from karyoview.gui.canvas.tool import Tool, make_tool
from karyoview.gui.canvas.tools import SelectTool
from karyoview.imaging.label_places import BackgroundMap

_JUDGED, _LARGEST = 1 / 6, 3.0
"""Share of the view that a chromosome in doubt takes at least, and the scale beyond which nothing more is seen."""


class MetaphaseView(PictureView):
    """One metaphase with its overlays; image pixels are the scene's coordinates.

    Signals carry what a gesture means: ``selected`` (ids), ``added`` (Box), ``reshaped`` ({id: Box},
    action), ``split`` (id, stroke), ``marked`` (x, y, reach), ``proposed`` (x, y of a double click on
    empty ground), ``overlay_clicked`` (index), ``edit_requested`` (a function of the session),
    ``pointer_moved`` (x, y), ``tool_changed`` (id).
    """

    selected = Signal(tuple)
    added = Signal(object)
    reshaped = Signal(dict, str)
    split = Signal(str, list)
    marked = Signal(float, float, float)
    proposed = Signal(float, float)
    overlay_clicked = Signal(int)
    edit_requested = Signal(object)
    pointer_moved = Signal(float, float)
    tool_changed = Signal(str)
    image_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(QColor("#3C4043"), parent)
        self.setObjectName("metaphase")
        self.setAccessibleName(self.tr("Metaphase"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(360, 260)
        self.setMouseTracking(True)
        self.image_item, self.layer, self.mark_layer = ImageItem(), BoxLayer(), MarkLayer()
        for item in (self.image_item, self.layer, self.mark_layer):
            self.add_item(item)
        self.loupe = Loupe(self)
        self.um_per_pixel: float | None = None
        self.message = ""
        self.tool: Tool = SelectTool(self)
        self._pan_from: QPointF | None = None
        self.pointer = QPointF(-1, -1)

    # What is shown

    def set_image(self, levels: list[QImage], size: tuple[int, int], ground: BackgroundMap | None, fit: bool) -> None:
        """Show a picture of ``size`` (height, width); ``fit`` brings all of it into view."""
        self.size_yx = size
        self.image_item.set_levels(levels, size)
        self.mark_layer.set_size(size)
        self.layer.ground = ground
        self.layer.set_boxes(self.layer.boxes, size)
        if fit:
            self.fit()
        self.image_changed.emit()

    def set_boxes(self, boxes: Sequence[ShownBox], selected: tuple[str, ...]) -> None:
        """Show these boxes, some of them selected."""
        self.layer.selected = selected
        self.layer.set_boxes(boxes, self.size_yx)

    def set_selected(self, ids: tuple[str, ...]) -> None:
        """Mark boxes as selected."""
        self.layer.set_selected(ids)

    def set_marks(self, marks: Sequence[CountMark], others: Sequence[CountMark] = ()) -> None:
        """Show count marks, and in another colour somebody else's."""
        self.mark_layer.set_marks(marks, others)

    def set_overlays(self, overlays: Sequence[OverlayBox]) -> None:
        """Show another opinion's boxes dotted."""
        self.layer.overlays = tuple(overlays)
        self.layer.update()

    def set_label_font(self, font: QFont) -> None:
        """The font of labels."""
        self.layer.set_font(font)

    def set_tool(self, tool: str) -> None:
        """Take up a registered tool by its id, such as ``select`` or ``split``."""
        self.tool.cancel()
        self.tool = make_tool(tool, self)
        self.viewport().setCursor(self.tool.cursor)
        self.layer.update()
        self.tool_changed.emit(tool)

    def drop_gesture(self) -> bool:
        """Forget what is half drawn or dragged; whether there was anything."""
        begun = self.tool.begun
        if begun:
            self.tool.cancel()
        return begun

    # Zoom

    def look_at(self, box: Box) -> None:
        """Bring a box into view, large enough to be judged: its long side takes a sixth of the view or more."""
        side, room = max(box.w, box.h), min(self.viewport().width(), self.viewport().height())
        wanted = min(_JUDGED * room / max(side, 1.0), _LARGEST)
        if self.scale_factor < wanted:
            self.zoom_to(wanted, box.centre)
        else:
            self.travel_to(*box.centre)

    def pointer_in_image(self) -> tuple[float, float] | None:
        """The image point under the pointer, None when it is elsewhere."""
        if not self.viewport().rect().contains(self.pointer.toPoint()):
            return None
        x, y = self.to_image(self.pointer)
        return (x, y) if 0 <= x < self.size_yx[1] and 0 <= y < self.size_yx[0] else None

    def preview(self, boxes: dict[str, Box]) -> None:
        """Show boxes at other places while a gesture goes on."""
        self.layer.preview = boxes
        self.layer.update()

    # The mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if event.button() == Qt.MouseButton.MiddleButton:
            self.start_pan(event.position())
        elif event.button() == Qt.MouseButton.LeftButton and self.size_yx[0]:
            self.tool.press(event.position(), event.modifiers())
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.pointer = event.position()
        if self._pan_from is not None:
            d = event.position() - self._pan_from
            self._pan_from = event.position()
            self.pan_by(d.x(), d.y())
        elif self.size_yx[0]:
            self.tool.move(event.position(), event.buttons(), event.modifiers())
        self.loupe.follow(event.position())
        x, y = self.to_image(event.position())
        self.pointer_moved.emit(x, y)
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pan_from is not None:
            self._pan_from = None
            self.viewport().setCursor(self.tool.cursor)
        elif event.button() == Qt.MouseButton.LeftButton and self.size_yx[0]:
            self.tool.release(event.position(), event.modifiers())
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.size_yx[0]:
            self.tool.double_click(event.position(), event.modifiers())
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.zoom_by(1.0015 ** event.angleDelta().y(), event.position())
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        event.ignore()

    def leaveEvent(self, event: object) -> None:
        self.pointer = QPointF(-1, -1)
        self.loupe.follow(None)

    def start_pan(self, at: QPointF) -> None:
        """Begin to drag the picture."""
        self._pan_from = at
        self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        """What does not move with the image: tool shapes, scale bar, a message where there is no picture."""
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.viewport().rect())
        if self.size_yx[0]:
            self.tool.paint(painter, self.transform_to_screen())
            paint_scale_bar(painter, area, self.scale_factor, self.um_per_pixel, self.font())
        elif self.message:
            painter.setPen(QPen(QColor("#DADCE0")))
            painter.drawText(
                area.adjusted(60, 0, -60, 0), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self.message
            )
        painter.restore()

"""What stands on the board: chromosomes, slots, ideograms, arrows and texts, pairs that differ."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from karyoview.core.bands import BandTable
from karyoview.core.karyogram import TRAY
from karyoview.core.karyogram_notes import KaryogramNote
from karyoview.gui.canvas.image_item import to_qimage
from karyoview.gui.colours import RED_DOUBT, SELECTED
from karyoview.gui.karyogram.shape_painter import draw_shapes
from karyoview.imaging.ideogram import load_bands
from karyoview.imaging.karyogram_layout import Placed, SlotArea, Strip, scaled_strip
from karyoview.imaging.karyogram_shapes import IDEOGRAM_SPACE, LineShape, Shape, TextShape, ideogram_shapes, shapes_box
from karyoview.imaging.masks import GreyArray

PAPER = QColor("white")
INK = QColor("#1F2328")
_INK_INVERTED = QColor("#F2F4F6")
_QUIET = QColor("#8A929B")


def ink_of(inverted: bool) -> QColor:
    """The colour of lines and letters on the board's paper."""
    return _INK_INVERTED if inverted else INK


class ScaledStrips:
    """Chromosomes at the zoom they are shown at, by the same resampling as report and exports."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[GreyArray, float, bool, QPixmap]] = {}

    def pixmap(self, strip: Strip, zoom: float, inverted: bool) -> QPixmap:
        """The strip at ``zoom`` screen pixels a pixel."""
        kept = self._kept.get(strip.id)
        if kept is not None and kept[0] is strip.pixels and kept[1:3] == (zoom, inverted):
            return kept[3]
        grey = scaled_strip(strip.pixels, zoom)
        made = QPixmap.fromImage(to_qimage(255 - grey if inverted else grey))
        self._kept[strip.id] = (strip.pixels, zoom, inverted, made)
        return made

    def forget(self) -> None:
        """Another cell is shown."""
        self._kept.clear()


class StripItem(QGraphicsItem):
    """One chromosome on the board."""

    def __init__(
        self, strip: Strip, place: Placed, human: bool, remark: str = "", label_height: float = 22.0,
        scaled: ScaledStrips | None = None, inverted: bool = False,
    ) -> None:  # fmt: skip
        super().__init__()
        self.strip, self.id = strip, strip.id
        self.human = human
        self.doubt = strip.polarity_doubt
        self.chosen = self.dragged = self.mirrored = False
        self.inverted = inverted
        self._scaled = scaled or ScaledStrips()
        height, width = strip.pixels.shape
        self.frame = QRectF(0, 0, width, height)
        self.setPos(place.x, place.y)
        self.setToolTip(remark)
        self.remarked = bool(remark)
        self._sign = round(max(0.45 * label_height, 9))
        self.setZValue(2)

    def show_mirrored(self, mirrored: bool) -> None:
        """Mark it as a mirror image, which is not what the microscope showed."""
        self.mirrored = mirrored
        if mirrored:
            mirror = QCoreApplication.translate("KaryogramBoard", "mirror image")
            self.setToolTip(", ".join(t for t in (mirror, self.toolTip()) if t))

    def boundingRect(self) -> QRectF:
        return self.frame.adjusted(-3, -self._sign, self._sign, 3)

    def shape(self) -> QPainterPath:
        path = QPainterPath()
        path.addRect(self.frame.adjusted(-2, -2, 2, 2))
        return path

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        self._paint_pixels(painter)
        frame = self.frame.adjusted(-1.5, -1.5, 1.5, 1.5)
        if self.chosen:
            pen = QPen(QColor(SELECTED), 2)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawRect(frame)
        if not self.human:
            # A proposal that nobody has looked at is dashed here as it is in the metaphase.
            pen = QPen(_QUIET, 1, Qt.PenStyle.DotLine)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawLine(frame.bottomLeft(), frame.bottomRight())
        signs = "⇋" * self.mirrored + ("↕" if self.doubt else "?" if self.remarked else "")
        if signs:
            painter.setPen(QPen(ink_of(self.inverted)))
            font = QFont(painter.font())
            font.setPixelSize(self._sign)
            font.setBold(True)
            painter.setFont(font)
            back = 0.5 * self._sign + (0.9 * self._sign if len(signs) > 1 else 0.0)
            painter.drawText(frame.topRight() + QPointF(-back, 0.2 * self._sign), signs)

    def _paint_pixels(self, painter: QPainter) -> None:
        """The chromosome, one picture pixel on one screen pixel: nothing is resampled a second time."""
        device = painter.device()
        ratio = device.devicePixelRatioF() if device is not None else 1.0
        on_device, on_widget = painter.deviceTransform(), painter.worldTransform()
        pixmap = self._scaled.pixmap(self.strip, on_device.m11(), self.inverted)
        # Whole pixels of the device, told in the widget's units, whose origin may lie between two of them.
        place = QPointF(
            (math.floor(on_device.dx() + 0.5) - on_device.dx()) / ratio + on_widget.dx(),
            (math.floor(on_device.dy() + 0.5) - on_device.dy()) / ratio + on_widget.dy(),
        )
        painter.save()
        painter.resetTransform()
        if self.dragged:
            # The paper round the pixels must not hide what it is dragged over.
            mode = QPainter.CompositionMode
            painter.setCompositionMode(mode.CompositionMode_Lighten if self.inverted else mode.CompositionMode_Darken)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        if ratio != 1.0:
            pixmap = QPixmap(pixmap)
            pixmap.setDevicePixelRatio(ratio)
        painter.drawPixmap(place, pixmap)
        painter.restore()


class SlotItem(QGraphicsItem):
    """A slot: its line and label, and the outline while something hovers over it."""

    def __init__(self, area: SlotArea, label_height: float = 22.0, inverted: bool = False) -> None:
        super().__init__()
        self.area, self.label_height, self.inverted = area, label_height, inverted
        self.hovered = False
        self.setZValue(0)

    def boundingRect(self) -> QRectF:
        a = self.area
        return QRectF(a.x - 2, a.y - 4, max(a.width, self._least()) + 4, a.height + 8 + 0.85 * self.label_height)

    def _least(self) -> float:
        return 6.0 * self.label_height if self.area.slot == TRAY else 0.0

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        a = self.area
        pen = QPen(ink_of(self.inverted), 1.2)
        pen.setCosmetic(True)
        painter.setPen(pen)
        line = a.y + a.height + 4
        painter.drawLine(QPointF(a.label_x - a.line, line), QPointF(a.label_x + a.line, line))
        font = QFont(painter.font())
        font.setPixelSize(round(0.6 * self.label_height))
        painter.setFont(font)
        high = 0.8 * self.label_height
        if a.slot == TRAY:
            where, how = QRectF(a.x + 3, line + 1, self._least(), high), Qt.AlignmentFlag.AlignLeft
            text = QCoreApplication.translate("KaryogramBoard", "not assigned")
        else:
            where, how = QRectF(a.label_x - 60, line + 1, 120, high), Qt.AlignmentFlag.AlignHCenter
            text = a.slot
        painter.drawText(where, how | Qt.AlignmentFlag.AlignVCenter, text)
        if self.hovered:
            pen = QPen(QColor(SELECTED), 2, Qt.PenStyle.DashLine)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawRoundedRect(self.boundingRect().adjusted(1, 1, -1, -1), 4, 4)


class IdeogramItem(QGraphicsItem):
    """The ideogram of a class, centromere on the row's line, band names beside where they can be read."""

    WIDTH = 9.0
    SPACE = IDEOGRAM_SPACE

    def __init__(
        self, label: str, level: int, length: float, centromere_y: float, x: float, inverted: bool = False
    ) -> None:
        super().__init__()
        self.label, self.level, self.length, self.inverted = label, level, length, inverted
        self.table: BandTable = load_bands(level)
        self._centromere, self._x = centromere_y, x
        self._top = centromere_y - self.table.centromere_index(label) * length
        self._shapes = ideogram_shapes(self.table, label, x, centromere_y, length, width=self.WIDTH)
        self.setZValue(1)

    def boundingRect(self) -> QRectF:
        return QRectF(self._x - 1, self._top - 2, self.SPACE, self.length + 4)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        readable = abs(painter.deviceTransform().m11()) * 5.0 >= 5.0
        shown = [s for s in self._shapes if readable or not isinstance(s, TextShape)]
        draw_shapes(painter, shown, self.inverted)


class NoteItem(QGraphicsItem):
    """An arrow, a text, or both, as the report draws them."""

    def __init__(self, note: KaryogramNote, shapes: Sequence[Shape], inverted: bool) -> None:
        super().__init__()
        self.note, self.inverted = note, inverted
        self.shapes = tuple(shapes)
        self.chosen = False
        self._box = QRectF(*shapes_box(self.shapes)).adjusted(-2, -2, 2, 2)
        self.setZValue(6)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def boundingRect(self) -> QRectF:
        return self._box

    def show_at(self, shapes: Sequence[Shape]) -> None:
        """Draw it at another place."""
        self.prepareGeometryChange()
        self.shapes = tuple(shapes)
        self._box = QRectF(*shapes_box(self.shapes)).adjusted(-2, -2, 2, 2)
        self.update()

    def shape(self) -> QPainterPath:
        """Near enough to its line or on its letters, so that chromosomes below a long arrow can be clicked."""
        path = QPainterPath()
        for one in self.shapes:
            if isinstance(one, LineShape):
                path.addPolygon(_band_around(one, 4.0))
            else:
                path.addRect(QRectF(*shapes_box([one])).adjusted(-2, -2, 2, 2))
        return path

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        draw_shapes(painter, self.shapes, self.inverted, QColor(SELECTED) if self.chosen else None)


def _band_around(line: LineShape, reach: float) -> QPolygonF:
    length = math.hypot(line.x2 - line.x1, line.y2 - line.y1) or 1.0
    nx, ny = (line.y1 - line.y2) / length * reach, (line.x2 - line.x1) / length * reach
    corners = ((line.x1 + nx, line.y1 + ny), (line.x2 + nx, line.y2 + ny), (line.x2 - nx, line.y2 - ny),
               (line.x1 - nx, line.y1 - ny))  # fmt: skip
    return QPolygonF([QPointF(x, y) for x, y in corners])


class PairDoubtItem(QGraphicsItem):
    """Two homologues that differ more than pairs of their class do: a bracket over both, with a question mark."""

    def __init__(self, area: QRectF, text: str, size: float) -> None:
        super().__init__()
        self._area, self._size = area, size
        self.setToolTip(text)
        self.setZValue(3)

    def boundingRect(self) -> QRectF:
        return self._area.adjusted(-2, -1.4 * self._size, 2, 2)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        pen = QPen(QColor(RED_DOUBT), 1.5)
        pen.setCosmetic(True)
        painter.setPen(pen)
        a, drop = self._area, 0.3 * self._size
        top = a.top() - 0.35 * self._size
        for x in (a.left(), a.right()):
            painter.drawLine(QPointF(x, top), QPointF(x, top + drop))
        painter.drawLine(QPointF(a.left(), top), QPointF(a.right(), top))
        font = QFont(painter.font())
        font.setPixelSize(round(self._size))
        font.setBold(True)
        painter.setFont(font)
        painter.drawText(QRectF(a.left() - 20, top - 1.15 * self._size, a.width() + 40, 1.1 * self._size),
                         Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom, "≠ ?")  # fmt: skip

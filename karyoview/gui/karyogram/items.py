"""What stands on the board: chromosomes, slots, ideograms."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QGraphicsItem, QGraphicsPixmapItem, QStyleOptionGraphicsItem, QWidget

from karyoview.core.karyogram import TRAY
from karyoview.gui.canvas.image_item import to_qimage
from karyoview.gui.colours import SELECTED
from karyoview.imaging.ideogram import load_bands
from karyoview.imaging.karyogram_layout import Placed, SlotArea, Strip

PAPER = QColor("white")
INK = QColor("#1F2328")
_QUIET = QColor("#8A929B")


class StripItem(QGraphicsPixmapItem):
    """One chromosome on the board."""

    def __init__(self, strip: Strip, place: Placed, human: bool, remark: str = "", label_height: float = 22.0) -> None:
        super().__init__(QPixmap.fromImage(to_qimage(strip.pixels)))
        self.id = strip.id
        self.human = human
        self.doubt = strip.polarity_doubt
        self.chosen = False
        self.mirrored = False
        self.setPos(place.x, place.y)
        self.setTransformationMode(Qt.TransformationMode.SmoothTransformation)
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
        return super().boundingRect().adjusted(-3, -self._sign, self._sign, 3)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        # White paper round the pixels must not hide a neighbour.
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Multiply)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(QPointF(0, 0), self.pixmap())
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
        frame = super().boundingRect().adjusted(-1.5, -1.5, 1.5, 1.5)
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
            painter.setPen(QPen(INK))
            font = QFont(painter.font())
            font.setPixelSize(self._sign)
            font.setBold(True)
            painter.setFont(font)
            back = 0.5 * self._sign + (0.9 * self._sign if len(signs) > 1 else 0.0)
            painter.drawText(frame.topRight() + QPointF(-back, 0.2 * self._sign), signs)


class SlotItem(QGraphicsItem):
    """A slot: its line and label, and the outline while something hovers over it."""

    def __init__(self, area: SlotArea, label_height: float = 22.0) -> None:
        super().__init__()
        self.area, self.label_height = area, label_height
        self.hovered = False
        self.setZValue(0)

    def boundingRect(self) -> QRectF:
        a = self.area
        return QRectF(a.x - 2, a.y - 4, max(a.width, self._least()) + 4, a.height + 8 + 0.85 * self.label_height)

    def _least(self) -> float:
        return 6.0 * self.label_height if self.area.slot == TRAY else 0.0

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        a = self.area
        pen = QPen(INK, 1.2)
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
    """The ideogram of a class, centromere on the row's line, band names beside when they can be read."""

    WIDTH = 9.0
    SPACE = 36.0

    def __init__(self, label: str, level: int, length: float, centromere_y: float, x: float) -> None:
        super().__init__()
        self.label, self.level, self.length = label, level, length
        self.table = load_bands(level)
        self._top = centromere_y - self.table.centromere_index(label) * length
        self._x = x
        self.setZValue(1)

    def boundingRect(self) -> QRectF:
        return QRectF(self._x - 1, self._top - 2, self.SPACE, self.length + 4)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        unit = self.length / self.table.length(self.label)
        scale = abs(painter.worldTransform().m11())
        thin = QPen(INK, 0.6)
        thin.setCosmetic(True)
        font = QFont(painter.font())
        font.setPixelSize(5)
        painter.setFont(font)
        last_name = -99.0
        for band in self.table.bands[self.label]:
            top, height = self._top + band.start * unit, (band.stop - band.start) * unit
            area = QRectF(self._x, top, self.WIDTH, height)
            grey = {"acen": 150, "gvar": 175, "stalk": 225}.get(band.stain, round(255 - 2.3 * band.density))
            painter.fillRect(area, QColor(grey, grey, grey))
            middle = top + height / 2
            if scale * height > 4.5 and middle - last_name >= 5.0:
                painter.setPen(QPen(INK))
                painter.drawText(
                    QRectF(self._x + self.WIDTH + 1.5, middle - 4, self.SPACE - self.WIDTH - 2, 8),
                    Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
                    f"{band.arm}{band.name}",
                )
                last_name = middle
        painter.setPen(thin)
        centromere = self._top + self.table.centromere_index(self.label) * self.length
        painter.drawRoundedRect(QRectF(self._x, self._top, self.WIDTH, centromere - self._top), 3, 3)
        painter.drawRoundedRect(QRectF(self._x, centromere, self.WIDTH, self._top + self.length - centromere), 3, 3)

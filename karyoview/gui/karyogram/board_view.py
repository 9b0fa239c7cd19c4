"""The scene of the karyogram board: chromosomes on their slots, and the mouse over them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QBrush, QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QGraphicsScene, QGraphicsView, QWidget

from karyoview.core.karyogram import MARKERS, TRAY
from karyoview.gui.karyogram.items import PAPER, IdeogramItem, SlotItem, StripItem
from karyoview.imaging.karyogram_layout import Layout, Strip

_WIDEST = 2.0


@dataclass(frozen=True, slots=True)
class Marks:
    """What is said of chromosomes on the board: seen by a person, selected, remarks by id, shown as mirror images."""

    human: frozenset[str]
    selected: frozenset[str]
    remarks: Mapping[str, str]
    mirrored: frozenset[str] = frozenset()


class BoardView(QGraphicsView):
    """The scene of the board: selects, drags, zooms; what a gesture means leaves as a signal."""

    chosen = Signal(str, bool)
    """The chromosome that was pressed, empty beside all, and whether it is added to the selection."""
    dropped = Signal(str, float, float)
    """A chromosome that was dragged to a place of the scene."""
    menu_requested = Signal(str, QPoint)
    """The menu of a chromosome, at a place of the screen."""
    reshaped = Signal()
    """The view has another shape."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setScene(QGraphicsScene(self))
        self.setBackgroundBrush(QBrush(PAPER))
        self.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter)
        self.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        self.setAccessibleName(self.tr("Karyogram"))
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self.message = ""
        self._fitted = True
        self._pressed: tuple[StripItem, QPoint] | None = None
        self._dragged = False
        self._resized = QTimer(self)
        self._resized.setSingleShot(True)
        self._resized.setInterval(60)
        self._resized.timeout.connect(self.reshaped)

    def aspect(self) -> float:
        """The shape to spread the rows to: the view's own, but no wider than they can be read across."""
        port = self.viewport()
        return min(port.width() / max(port.height(), 1), _WIDEST)

    def clear(self) -> None:
        """Show nothing."""
        self.scene().clear()

    def fill(self, layout: Layout, strips: dict[str, Strip], marks: Marks, ideograms: bool) -> None:
        """Show a layout."""
        self._pressed = None
        scene = self.scene()
        scene.clear()
        scene.setSceneRect(QRectF(0, 0, layout.width, layout.height))
        lengths: dict[str, list[float]] = {}
        for place in layout.placed:
            remark = marks.remarks.get(place.id, "")
            item = StripItem(strips[place.id], place, place.id in marks.human, remark, layout.label_height)
            item.chosen = place.id in marks.selected
            item.show_mirrored(place.id in marks.mirrored)
            scene.addItem(item)
            lengths.setdefault(place.slot, []).append(place.height)
        unit = self._unit(lengths)
        for area in layout.slots:
            scene.addItem(SlotItem(area, layout.label_height))
            if ideograms and area.slot not in (MARKERS, TRAY):
                own = lengths.get(area.slot)
                length = sum(own) / len(own) if own else unit * self._expected(area.slot)
                scene.addItem(IdeogramItem(area.slot, 400, length, area.centromere_y, area.x + 3))
        if self._fitted:
            self.fit()

    def mark(self, selected: set[str]) -> None:
        """Show which chromosomes are selected."""
        for item in self.scene().items():
            if isinstance(item, StripItem) and item.chosen != (item.id in selected):
                item.chosen = not item.chosen
                item.update()
                if item.chosen:
                    self.ensureVisible(item)

    def fit(self) -> None:
        """All of the board in the view."""
        self._fitted = True
        self.fitInView(self.sceneRect(), Qt.AspectRatioMode.KeepAspectRatio)

    def zoom(self, factor: float) -> None:
        """Larger or smaller, about the pointer."""
        self._fitted = False
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
        if 0.2 < self.transform().m11() * factor < 20:
            self.scale(factor, factor)

    def strip_at(self, place: QPoint) -> StripItem | None:
        """The chromosome under a point of the view."""
        return next((i for i in self.items(place) if isinstance(i, StripItem)), None)

    def _unit(self, lengths: dict[str, list[float]]) -> float:
        pairs = [(sum(v) / len(v), self._expected(s)) for s, v in lengths.items() if s not in (MARKERS, TRAY)]
        return sum(a for a, _ in pairs) / max(sum(b for _, b in pairs), 1e-9) if pairs else 0.02

    def _expected(self, slot: str) -> float:
        from karyoview.imaging.ideogram import load_bands

        return load_bands(400).length(slot)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.zoom(1.2 if event.angleDelta().y() > 0 else 1 / 1.2)
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fitted:
            self.fit()
        self._resized.start()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        place = event.position().toPoint()
        item = self.strip_at(place)
        if event.button() is not Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        if item is None:
            self.chosen.emit("", False)
            return
        name = item.id
        extend = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        self.chosen.emit(name, extend)
        self._pressed = None if extend else (item, place)
        self._dragged = False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            super().mouseMoveEvent(event)
            return
        item, start = self._pressed
        place = event.position().toPoint()
        if not self._dragged and (place - start).manhattanLength() < 5:
            return
        self._dragged = True
        here = self.mapToScene(place)
        item.setPos(here.x() - item.pixmap().width() / 2, here.y() - item.pixmap().height() / 2)
        item.setZValue(9)
        for slot in self.scene().items():
            if isinstance(slot, SlotItem):
                hovered = slot.boundingRect().contains(here)
                if hovered != slot.hovered:
                    slot.hovered = hovered
                    slot.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        if pressed is None or not self._dragged:
            super().mouseReleaseEvent(event)
            return
        here = self.mapToScene(event.position().toPoint())
        self.dropped.emit(pressed[0].id, here.x(), here.y())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        item = self.strip_at(event.pos())
        if item is not None:
            self.menu_requested.emit(item.id, event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()

    def focusNextPrevChild(self, forwards: bool) -> bool:
        # Tab goes from chromosome to chromosome (an action); F6 leaves the board.
        return False

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        if not any(isinstance(i, StripItem) for i in self.scene().items()):
            painter.resetTransform()
            painter.setPen(QPen(Qt.GlobalColor.darkGray))
            text = self.message or self.tr("No chromosome yet: run an engine (I) or draw boxes (R, O).")
            how = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.viewport().rect().adjusted(16, 0, -16, 0), how, text)

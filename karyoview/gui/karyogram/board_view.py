"""The scene of the karyogram board: chromosomes on their slots, and the mouse over them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QGraphicsScene, QGraphicsView, QWidget

from karyoview.core.karyogram import MARKERS, TRAY
from karyoview.core.karyogram_notes import KaryogramNote
from karyoview.gui.karyogram.items import (
    PAPER,
    IdeogramItem,
    NoteItem,
    PairDoubtItem,
    ScaledStrips,
    SlotItem,
    StripItem,
)
from karyoview.gui.karyogram.note_tools import NoteTools
from karyoview.imaging.ideogram import load_bands
from karyoview.imaging.karyogram_layout import FLAT, Layout, Strip
from karyoview.imaging.karyogram_shapes import note_shapes

WIDEST = 2.0
"""Width over height to which four rows are spread at most."""
_FLATTEST = 3.4
_DARK = QColor("black")


@dataclass(frozen=True, slots=True)
class PairDoubt:
    """Two homologues that differ, and the sentence about them."""

    first: str
    second: str
    text: str


@dataclass(frozen=True, slots=True)
class Marks:
    """What is said of chromosomes on the board: seen by a person, selected, remarks by id, shown as mirror images.

    ``pairs`` are homologues that differ, ``ideograms`` the band level of the ideograms (0: none are shown).
    """

    human: frozenset[str]
    selected: frozenset[str]
    remarks: Mapping[str, str]
    mirrored: frozenset[str] = frozenset()
    notes: tuple[KaryogramNote, ...] = ()
    pairs: tuple[PairDoubt, ...] = ()
    ideograms: int = 0
    inverted: bool = False


@dataclass(slots=True)
class _Press:
    """A chromosome or a note under the pressed button, and where it was pressed."""

    item: StripItem | NoteItem
    start: QPoint
    slots: list[SlotItem] = field(default_factory=list)
    moved: bool = False


class BoardView(QGraphicsView):
    """The scene of the board: selects, drags, zooms, draws notes; what a gesture means leaves as a signal."""

    chosen = Signal(str, bool)
    """The chromosome that was pressed, empty beside all, and whether it is added to the selection."""
    dropped = Signal(str, float, float)
    """A chromosome that was dragged to a place of the scene."""
    opened = Signal(str)
    """A chromosome that was clicked twice."""
    note_chosen = Signal(str)
    """An arrow or text that was pressed; empty where none is any more."""
    note_moved = Signal(str, float, float)
    """A note that was dragged, by so many units of the scene."""
    menu_requested = Signal(str, QPoint)
    """The menu of a chromosome, at a place of the screen."""
    reshaped = Signal()
    """The view has another shape."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        scene = QGraphicsScene(self)
        scene.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)  # some hundred items, and all move at once
        self.setScene(scene)
        self.setBackgroundBrush(QBrush(PAPER))
        self.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter)
        self.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        self.setAccessibleName(self.tr("Karyogram"))
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.MinimalViewportUpdate)
        self.message = ""
        self.note = ""
        """The id of the note that is selected."""
        self.tools = NoteTools(self)
        self.scaled = ScaledStrips()
        self._layout: Layout | None = None
        self._strips: dict[str, Strip] = {}
        self._marks = Marks(frozenset(), frozenset(), {})
        self._fitted = True
        self._press: _Press | None = None
        self._resized = QTimer(self)
        self._resized.setSingleShot(True)
        self._resized.setInterval(60)
        self._resized.timeout.connect(self.reshaped)

    def sizeHint(self) -> QSize:
        return QSize(720, 520)

    def aspect(self) -> float:
        """The shape to spread the rows to: the view's own, but no wider than they can be read across.

        A low view has two rows instead of four.
        """
        port = self.viewport()
        own = port.width() / max(port.height(), 1)
        return min(own, WIDEST if own < FLAT else _FLATTEST)

    def clear(self) -> None:
        """Show nothing."""
        self._press, self._layout = None, None
        self.tools.drop()
        self.scaled.forget()
        self.scene().clear()
        self.viewport().update()

    def fill(self, layout: Layout, strips: dict[str, Strip], marks: Marks) -> None:
        """Show a layout."""
        self._press = None
        self.tools.forget_arrow()
        self._layout, self._strips, self._marks = layout, strips, marks
        scene = self.scene()
        scene.clear()
        scene.setSceneRect(QRectF(0, 0, layout.width, layout.height))
        self.setBackgroundBrush(QBrush(_DARK if marks.inverted else PAPER))
        for place in layout.placed:
            item = StripItem(
                strips[place.id], place, place.id in marks.human, marks.remarks.get(place.id, ""),
                layout.label_height, self.scaled, marks.inverted,
            )  # fmt: skip
            item.chosen = place.id in marks.selected
            item.show_mirrored(place.id in marks.mirrored)
            scene.addItem(item)
        for area in layout.slots:
            scene.addItem(SlotItem(area, layout.label_height, marks.inverted))
        if marks.ideograms:
            self._add_ideograms(layout, marks)
        self._add_notes()
        self._add_pairs(layout, marks)
        if self._fitted:
            self.fit()

    def _add_ideograms(self, layout: Layout, marks: Marks) -> None:
        lengths: dict[str, list[float]] = {}
        for place in layout.placed:
            lengths.setdefault(place.slot, []).append(place.height)
        table = load_bands(marks.ideograms)
        known = {s: sum(v) / len(v) for s, v in lengths.items() if s not in (MARKERS, TRAY)}
        expected = sum(map(table.length, known))
        unit = sum(known.values()) / expected if expected else 0.02
        for area in layout.slots:
            if area.slot not in (MARKERS, TRAY):
                length = known.get(area.slot, unit * table.length(area.slot))
                item = IdeogramItem(area.slot, marks.ideograms, length, area.centromere_y, area.x + 3, marks.inverted)
                self.scene().addItem(item)

    def _add_notes(self) -> None:
        layout = self._layout
        assert layout is not None
        for note in self._marks.notes:
            shapes = note_shapes(note, layout, self._strips)
            if shapes:
                item = NoteItem(note, shapes, self._marks.inverted)
                item.chosen = note.id == self.note
                self.scene().addItem(item)

    def _add_pairs(self, layout: Layout, marks: Marks) -> None:
        places = {p.id: QRectF(p.x, p.y, p.width, p.height) for p in layout.placed}
        for pair in marks.pairs:
            if pair.first in places and pair.second in places:
                both = places[pair.first].united(places[pair.second])
                self.scene().addItem(PairDoubtItem(both, pair.text, 0.55 * layout.label_height))

    def mark(self, selected: set[str]) -> None:
        """Show which chromosomes are selected."""
        for item in self.scene().items():
            if isinstance(item, StripItem) and item.chosen != (item.id in selected):
                item.chosen = not item.chosen
                item.update()
                if item.chosen:
                    self.ensureVisible(item)

    def mark_note(self, note: str) -> None:
        """Show which arrow or text is selected, empty for none."""
        if note != self.note:
            self.note = note
            for item in self.scene().items():
                if isinstance(item, NoteItem) and item.chosen != (item.note.id == note):
                    item.chosen = not item.chosen
                    item.update()
            self.note_chosen.emit(note)

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

    def note_at(self, place: QPoint) -> NoteItem | None:
        """The arrow or text under a point of the view."""
        return next((i for i in self.items(place) if isinstance(i, NoteItem)), None)

    # Mouse and keys

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
        if event.button() is not Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        if self.tools.press(self.mapToScene(place)):
            return
        note = self.note_at(place)
        self.mark_note(note.note.id if note is not None else "")
        if note is not None:
            self._press = _Press(note, place)
            return
        item = self.strip_at(place)
        if item is None:
            self.chosen.emit("", False)
            return
        extend = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        self.chosen.emit(item.id, extend)
        if not extend:
            self._press = _Press(item, place, [i for i in self.scene().items() if isinstance(i, SlotItem)])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = event.position().toPoint()
        if self.tools.move(self.mapToScene(place)):
            return
        press = self._press
        if press is None:
            super().mouseMoveEvent(event)
            return
        if not press.moved and (place - press.start).manhattanLength() < 5:
            return
        press.moved = True
        here = self.mapToScene(place)
        if isinstance(press.item, NoteItem):
            by = here - self.mapToScene(press.start)
            self._drag_note(press.item, by)
            return
        press.item.dragged = True
        press.item.setPos(here - press.item.frame.center())
        press.item.setZValue(9)
        for slot in press.slots:
            hovered = slot.boundingRect().contains(here)
            if hovered != slot.hovered:
                slot.hovered = hovered
                slot.update()

    def _drag_note(self, item: NoteItem, by: QPointF) -> None:
        if self._layout is not None:
            moved = item.note.moved(by.x(), by.y())
            item.show_at(note_shapes(moved, self._layout, self._strips))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        place = event.position().toPoint()
        if self.tools.release(self.mapToScene(place)):
            return
        press, self._press = self._press, None
        if press is None or not press.moved:
            super().mouseReleaseEvent(event)
            return
        here = self.mapToScene(place)
        if isinstance(press.item, NoteItem):
            by = here - self.mapToScene(press.start)
            self.note_moved.emit(press.item.note.id, by.x(), by.y())
        else:
            self.dropped.emit(press.item.id, here.x(), here.y())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        place = event.position().toPoint()
        note, strip = self.note_at(place), self.strip_at(place)
        if note is not None:
            self.tools.edit(note.note, note.sceneBoundingRect().topLeft())
        elif strip is not None:
            self.opened.emit(strip.id)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        item = self.strip_at(event.pos())
        if item is not None:
            self.menu_requested.emit(item.id, event.globalPos())

    def event(self, event: QEvent) -> bool:
        # Keys that mean something else here than in the rest of the window are heard by the board itself.
        if event.type() == QEvent.Type.ShortcutOverride:
            event.ignore()
            return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()

    def focusNextPrevChild(self, forwards: bool) -> bool:
        # Tab goes from chromosome to chromosome (an action); F6 leaves the board.
        return False

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        if self._layout is None or not self._layout.placed:
            painter.resetTransform()
            painter.setPen(QPen(Qt.GlobalColor.darkGray))
            text = self.message or self.tr("No chromosome yet: run an engine (I) or draw boxes (R, O).")
            how = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.viewport().rect().adjusted(16, 0, -16, 0), how, text)

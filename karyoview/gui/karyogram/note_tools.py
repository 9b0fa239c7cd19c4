"""Drawing arrows and writing texts on the board: what is half done until it is kept."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGraphicsView, QLineEdit

from karyoview.core.karyogram_notes import LONGEST_TEXT, KaryogramNote
from karyoview.gui.karyogram.items import NoteItem
from karyoview.imaging.karyogram_shapes import arrow_shapes

ARROW, TEXT = "arrow", "text"
_SHORTEST = 4.0


class NoteTools(QObject):
    """The arrow tool, the text tool, and the field in which a text is typed; one note, and the tool is put down."""

    drawn = Signal(QPointF, QPointF)
    """An arrow from a tail to a tip, in the scene."""
    written = Signal(QPointF, str)
    """A text at a place of the scene."""
    changed = Signal(str, str)
    """Another text of a note."""
    taken_up = Signal(str)
    """The tool in use: ``arrow``, ``text`` or none."""

    def __init__(self, view: QGraphicsView) -> None:
        super().__init__(view)
        self._view = view
        self.tool = ""
        self._tail: QPointF | None = None
        self._line: NoteItem | None = None
        self._note = ""
        self._place = QPointF()
        self.field: QLineEdit | None = None

    def take_up(self, tool: str) -> None:
        """Use a tool, or none; the one in use is put down."""
        self.forget_arrow()
        self.tool = "" if tool == self.tool else tool
        cursors = {ARROW: Qt.CursorShape.CrossCursor, TEXT: Qt.CursorShape.IBeamCursor}
        self._view.viewport().setCursor(cursors.get(self.tool, Qt.CursorShape.ArrowCursor))
        self.taken_up.emit(self.tool)

    def drop(self) -> None:
        """Nothing is begun any more: another cell is shown. A text that was being typed is kept first."""
        self.finish()
        self.forget_arrow()
        if self.tool:
            self.take_up("")

    def press(self, place: QPointF) -> bool:
        """The left button goes down; whether that was for a tool."""
        if self.field is not None:
            self.finish()
        if self.tool == ARROW:
            self._tail = place
            return True
        if self.tool == TEXT:
            self._write(place, "", "")
            return True
        return False

    def move(self, place: QPointF) -> bool:
        """The pointer moves; whether that was for a tool."""
        if self._tail is None:
            return False
        self._draw(self._tail, place)
        return True

    def release(self, place: QPointF) -> bool:
        """The left button goes up; whether that was for a tool."""
        tail = self._tail
        if tail is None:
            return self.tool == TEXT
        self.forget_arrow()
        if math.hypot(place.x() - tail.x(), place.y() - tail.y()) >= _SHORTEST:
            self.take_up("")
            self.drawn.emit(tail, place)
        return True

    def edit(self, note: KaryogramNote, place: QPointF) -> None:
        """Type another text for a note."""
        self._write(place, note.id, note.text)

    def cancel(self) -> bool:
        """Esc: what is begun is forgotten; whether anything was."""
        begun = bool(self.tool or self.field is not None)
        self._close_field()
        self.forget_arrow()
        if self.tool:
            self.take_up("")
        return begun

    def finish(self) -> None:
        """Keep the text that is being typed."""
        field = self.field
        if field is None:
            return
        text, note, place = field.text().strip(), self._note, self._place
        self._close_field()
        if note:
            self.changed.emit(note, text)
        elif text:
            self.written.emit(place, text)

    def _write(self, place: QPointF, note: str, text: str) -> None:
        self._close_field()
        self._note, self._place = note, place
        field = QLineEdit(text.replace("\n", " "), self._view.viewport())
        field.setMaxLength(LONGEST_TEXT)
        field.setPlaceholderText(self.tr("Text, then Enter"))
        field.setAccessibleName(self.tr("Text on the karyogram"))
        at = self._view.mapFromScene(place)
        wide = 240
        port = self._view.viewport().rect()
        field.setGeometry(
            max(min(at.x(), port.width() - wide), 0), max(min(at.y() - 14, port.height() - 30), 0), wide, 30
        )
        field.installEventFilter(self)
        self.field = field
        if self.tool:
            self.take_up("")
        field.show()
        field.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is not self.field:
            return False
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.finish()
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.cancel()
                return True
        elif event.type() == QEvent.Type.FocusOut:
            self.finish()
        return False

    def _close_field(self) -> None:
        field, self.field = self.field, None
        if field is not None:
            field.removeEventFilter(self)
            field.hide()
            field.deleteLater()
            self._view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _draw(self, tail: QPointF, tip: QPointF) -> None:
        size = 12.0 / max(self._view.transform().m11(), 0.05)
        shapes = arrow_shapes(tail.x(), tail.y(), tip.x(), tip.y(), size)
        if self._line is None:
            self._line = NoteItem(KaryogramNote("", "", "", 0, 0, arrow=True), shapes, False)
            self._line.chosen = True
            self._view.scene().addItem(self._line)
        else:
            self._line.show_at(shapes)

    def forget_arrow(self) -> None:
        """An arrow that is being drawn is gone."""
        self._tail = None
        line, self._line = self._line, None
        if line is not None and line.scene() is not None:
            line.scene().removeItem(line)

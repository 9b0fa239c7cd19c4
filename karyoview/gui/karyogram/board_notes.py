"""Arrows and texts of the board: drawn, typed, dragged, removed; each is one undo step of the session."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, QPointF

from karyoview.core.karyogram_notes import KaryogramNote
from karyoview.gui.karyogram.note_tools import ARROW, TEXT
from karyoview.gui.karyogram.shown_board import ShownBoard


class BoardNotes(QObject):
    """What the board does with arrows and texts."""

    def __init__(self, board: ShownBoard, parent: QObject) -> None:
        super().__init__(parent)
        self._board = board
        tools = board.view.tools
        tools.drawn.connect(self._drawn)
        tools.written.connect(self._written)
        tools.changed.connect(self._changed)
        tools.taken_up.connect(self._show_tool)
        board.view.note_chosen.connect(self.show_chosen)
        board.view.note_moved.connect(self._moved)

    @property
    def is_begun(self) -> bool:
        """Whether Esc would put something down: a tool, or a text that is being typed."""
        tools = self._board.view.tools
        return bool(tools.tool) or tools.field is not None

    def draw_arrow(self) -> None:
        """Take up the arrow, or put it down."""
        self._take_up(ARROW, self.tr("Drag from where the arrow begins to what it points at; Esc leaves it."))

    def write_text(self) -> None:
        """Take up the text, or put it down."""
        self._take_up(TEXT, self.tr("Click beside a chromosome, type, and press Enter; Esc leaves it."))

    def remove(self) -> None:
        """Remove the selected arrow or text."""
        note = self._board.view.note
        if note:
            self._board.view.mark_note("")
            self._board.do(lambda model: model.remove_note(note))

    def show_chosen(self, note: str) -> None:
        """Delete means the arrow or text while one is selected, else the chromosome."""
        action = self._board.actions_by_id.get("remove_note")
        if action is not None:
            action.setEnabled(bool(note))

    def _take_up(self, tool: str, hint: str) -> None:
        board = self._board
        if board.model is None or not board.model.strips:
            self._show_tool("")
            return
        reason = board.model.session.read_only_reason
        if reason:
            self._show_tool("")
            board.message.emit(reason)
            return
        board.view.setFocus()
        board.view.tools.take_up(tool)
        if board.view.tools.tool:
            board.message.emit(hint)

    def _show_tool(self, tool: str) -> None:
        self._board.bar.arrow.setChecked(tool == ARROW)
        self._board.bar.text.setChecked(tool == TEXT)

    def _drawn(self, tail: QPointF, tip: QPointF) -> None:
        made: list[str] = []
        self._board.do(lambda model: made.append(model.add_note((tip.x(), tip.y()), (tail.x(), tail.y()), arrow=True)))
        if made:
            self._board.view.mark_note(made[0])
            self._board.message.emit(self.tr("Double-click the arrow to give it a text; Delete removes it."))

    def _written(self, place: QPointF, text: str) -> None:
        where = (place.x(), place.y())
        self._board.do(lambda model: model.add_note(where, where, text))

    def _changed(self, note: str, text: str) -> None:
        old = self._find(note)
        if old is not None and old.text != text:
            self._board.do(lambda model: model.put_note(replace(old, text=text)))

    def _moved(self, note: str, dx: float, dy: float) -> None:
        old = self._find(note)
        if old is not None:
            self._board.do(lambda model: model.put_note(old.moved(dx, dy)))
        self._board.refresh()

    def _find(self, note: str) -> KaryogramNote | None:
        model = self._board.model
        return next((n for n in model.notes() if n.id == note), None) if model is not None else None

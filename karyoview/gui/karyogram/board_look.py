"""Contrast, straightening, inversion: how the board shows the chromosomes of a cell, kept with the cell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject

from karyoview.gui.karyogram.board_bar import STEPS
from karyoview.gui.karyogram.shown_board import ShownBoard
from karyoview.imaging.stored_look import look_of
from karyoview.review.board import BoardModel


class BoardLook(QObject):
    """The commands of the board that change its look; each is one undo step, a moving slider only when let go."""

    def __init__(self, board: ShownBoard, parent: QObject) -> None:
        super().__init__(parent)
        self._board = board
        board.bar.straight_switched.connect(lambda: self._change(lambda model: model.toggle_straight(())))
        board.bar.contrast_tried.connect(self._try)
        board.bar.contrast_chosen.connect(self._choose)

    def straighten(self) -> None:
        """Straighten the selected chromosomes, or show them bent as they were; with none selected, all."""
        self._change(lambda model: model.toggle_straight(model.session.selected))

    def cut_out(self) -> None:
        """Show the selected chromosomes as they were cut from the picture, or as before; with none selected, all."""
        self._change(lambda model: model.toggle_original(model.session.selected))

    def invert(self) -> None:
        """Light on dark, or dark on light again."""
        self._change(lambda model: model.set_look(replace(look_of(model.annotation), inverted=not model.look.inverted)))

    def contrast_by(self, steps: int) -> None:
        """More or less contrast."""
        if self._board.model is not None and self._board.model.image:
            at = round(self._board.model.look.strength * STEPS) + steps
            self._choose(min(max(at, 0), STEPS) / STEPS)

    def _try(self, strength: float) -> None:
        model = self._board.model
        if model is not None and model.image:
            model.tried = replace(look_of(model.annotation), strength=strength)
            self._board.refresh()

    def _choose(self, strength: float) -> None:
        self._change(lambda model: model.set_look(replace(look_of(model.annotation), strength=strength)))

    def _change(self, edit: Callable[[BoardModel], object]) -> None:
        board = self._board
        model = board.model
        if model is None or not model.image:
            return
        board.do(edit)
        if model.tried is not None or model.look != look_of(model.annotation):
            model.tried = None
        board.refresh()

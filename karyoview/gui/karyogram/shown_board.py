"""What the parts of a karyogram board need of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtGui import QAction
    from PySide6.QtWidgets import QWidget

    from karyoview.gui.karyogram.board_bar import BoardBar
    from karyoview.gui.karyogram.board_view import BoardView
    from karyoview.review.board import BoardModel


class ShownBoard(Protocol):
    """The board, a QWidget; ``message`` is its signal of sentences, ``run`` works beside the window."""

    model: BoardModel | None
    view: BoardView
    bar: BoardBar
    sex_withheld: bool
    actions_by_id: Mapping[str, QAction]
    message: Any
    run: Any

    @property
    def close_up(self) -> QWidget: ...
    def do(self, edit: Callable[[BoardModel], object]) -> None: ...
    def refresh(self) -> None: ...
    def show_layout(self) -> None: ...
    def toggle_close_up(self) -> None: ...
    def ideogram_level(self) -> int: ...

"""What all handlers share: the window, the session, and the guard around an edit."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np
from PySide6.QtCore import QCoreApplication

from karyoview.core.errors import KaryoViewError
from karyoview.gui.messages import step_name
from karyoview.review.session import ReviewSession

if TYPE_CHECKING:
    from karyoview.gui.window import MainWindow

_F = TypeVar("_F", bound=Callable[..., Any])
translate = QCoreApplication.translate


def requires_cell(method: _F) -> _F:
    """Do nothing without a cell; show a KaryoViewError in the status bar."""

    @wraps(method)
    def guarded(self: HandlersBase, *arguments: Any) -> Any:
        if self.controller.session is None or not self.controller.session.current:
            return None
        try:
            return method(self, *arguments)
        except KaryoViewError as error:
            self.window.show_message(str(error))
            self.window.show_boxes()
            return None

    return cast(_F, guarded)


class HandlersBase:
    """Holds no data of its own but the doubt that was shown last."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self.controller = window.controller
        self.view = window.view
        self._last_doubt: object = ""

    @property
    def session(self) -> ReviewSession:
        """The session, where :func:`requires_cell` has made sure of it."""
        assert self.controller.session is not None
        return self.controller.session

    def _chosen(self) -> list[str]:
        return [] if self.window.blind.active else list(self.session.selected)

    def _activate_tool(self, tool: str) -> None:
        if self.controller.session is not None and self.controller.session.current:
            self.view.set_tool(tool)
            self.view.setFocus()

    def _report_step(self, command: Any, text: str, nothing: str) -> None:
        self.window.show_message(text.format(step_name(command.action)) if command is not None else nothing)

    def _middle(self) -> tuple[float, float]:
        centre = self.view.box_view.viewRect().center()
        return centre.x(), centre.y()

    def _typical(self) -> tuple[float, float, bool]:
        boxes = [c.box for c in self.session.annotation().chromosomes]
        if boxes:
            w, h = (float(np.median([getattr(b, side) for b in boxes])) for side in ("w", "h"))
            return w, h, any(b.is_rotated for b in boxes)
        side = max(self.view.size_yx) / 25
        return side / 2, side, True

    def _toggle_dock(self, name: str) -> None:
        dock = self.window.docks[name]
        dock.setVisible(self.window.actions_by_id[name].isChecked())
        dock.raise_()

"""One panel alone in the window, and everything as it was again."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QByteArray, QObject, QTimer, Signal
from PySide6.QtWidgets import QDockWidget, QMainWindow


class WholeWindow(QObject):
    """Hides all of a window but one dock, and brings it back with the sizes it had."""

    changed = Signal(bool)
    """Whether the dock has the window to itself now."""

    def __init__(self, window: QMainWindow, pause: Callable[[bool], None]) -> None:
        """``pause`` tells whoever keeps the sizes of panels that the whole layout changes at once."""
        super().__init__(window)
        self._window, self._pause = window, pause
        self._before: QByteArray | None = None

    @property
    def active(self) -> bool:
        """Whether a dock has the window to itself."""
        return self._before is not None

    def enter(self, dock: QDockWidget) -> None:
        """Give the window to ``dock``."""
        if self._before is not None:
            return
        window = self._window
        self._pause(True)
        self._before = window.saveState()
        dock.setFloating(False)
        dock.show()
        for other in window.findChildren(QDockWidget):
            if other is not dock:
                other.hide()
        if (centre := window.centralWidget()) is not None:
            centre.hide()
        self.changed.emit(True)

    def leave(self) -> None:
        """Show everything as it was."""
        before, self._before = self._before, None
        if before is None:
            return
        window = self._window
        if (centre := window.centralWidget()) is not None:
            centre.show()
        window.restoreState(before)
        QTimer.singleShot(0, self, lambda: self._pause(self.active))
        self.changed.emit(False)

"""Sizes of panels that outlive hiding and showing: what a panel leaves or takes comes from the metaphase alone."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QDockWidget, QMainWindow

_ACROSS, _DOWN = Qt.Orientation.Horizontal, Qt.Orientation.Vertical


class DockSizes(QObject):
    """Watches the docks of a window.

    Qt shares the room of a hidden dock among its neighbours, who keep it when it comes back. Here every dock has the
    size again that it had before, unless a person drags its edge.
    """

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._docks: list[QDockWidget] = []
        self._kept: dict[QDockWidget, tuple[int, int]] = {}
        self._paused = False
        self._again = QTimer(self, singleShot=True, interval=0)
        self._again.timeout.connect(self.put_back)

    def watch(self, dock: QDockWidget) -> None:
        """Keep the size of this dock too."""
        self._docks.append(dock)
        dock.installEventFilter(self)

    def pause(self, paused: bool) -> None:
        """While the whole layout is changed at once (the welcome page, a restored layout) nothing is kept."""
        self._paused = paused
        if paused:
            self.settle()

    def settle(self) -> None:
        """Put back at once what waits for the next turn of the event loop."""
        if self._again.isActive():
            self._again.stop()
            self.put_back()

    def forget(self) -> None:
        """Keep nothing of what was: the panels get their first sizes."""
        self._again.stop()
        self._kept.clear()

    def keep(self, dock: QDockWidget, width: int, height: int) -> None:
        """The size that a dock is to have when it is shown next, in pixels."""
        self._kept[dock] = (width, height)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Hide, QEvent.Type.Show) and not event.spontaneous() and not self._paused:
            self.remember()
        return False

    def put_back(self) -> None:
        """Give every dock that is seen the size that is kept of it."""
        seen = [d for d in self._docks if self._stands(d) and d in self._kept]
        if seen and self._window.isVisible():
            self._window.resizeDocks(seen, [self._kept[d][0] for d in seen], _ACROSS)
            self._window.resizeDocks(seen, [self._kept[d][1] for d in seen], _DOWN)

    def remember(self) -> None:
        """A dock comes or goes: its neighbours still have their sizes, the first time in this turn."""
        if not self._again.isActive() and self._window.isVisible() and not self._window.isMinimized():
            for dock in self._docks:
                if self._stands(dock):
                    self._kept[dock] = (dock.width(), dock.height())
        self._again.start()

    def _stands(self, dock: QDockWidget) -> bool:
        """Whether a dock takes room beside the metaphase, and is not behind another tab."""
        return dock.isVisible() and not dock.isFloating() and not dock.visibleRegion().isEmpty()

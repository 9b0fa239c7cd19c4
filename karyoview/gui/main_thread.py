"""The one place where results of other threads reach Qt."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot

_log = logging.getLogger(__name__)


class MainThread(QObject):
    """Runs callables in the window's thread; after :meth:`close` whatever still arrives is dropped."""

    _posted = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._open = True
        self._posted.connect(self._run, Qt.ConnectionType.QueuedConnection)

    def post(self, call: Callable[[], None]) -> None:
        """Run ``call`` soon in the window's thread; may be called from any thread."""
        if self._open:
            self._posted.emit(call)

    def wrap(self, function: Callable[..., None]) -> Callable[..., None]:
        """A function for workers to call that runs ``function`` in the window's thread."""
        return lambda *arguments: self.post(lambda: function(*arguments))

    def close(self) -> None:
        """Take no more calls."""
        self._open = False

    @Slot(object)
    def _run(self, call: Any) -> None:
        if self._open:
            call()

"""Sentences to the person at the window: in the status bar, or in a box that must be read."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMainWindow, QMessageBox

_SHOWN_MS = 15_000


class Notifier(QObject):
    """Speaks for a window."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window

    def show(self, sentence: str) -> None:
        """One sentence in the status bar."""
        self._window.statusBar().showMessage(sentence, _SHOWN_MS)

    def clear(self) -> None:
        """Say nothing: what was said is about something else."""
        self._window.statusBar().clearMessage()

    def show_error(self, sentence: str) -> None:
        """One sentence that must be read."""
        self.show(sentence)
        box = QMessageBox(QMessageBox.Icon.Warning, "KaryoView", sentence, QMessageBox.StandardButton.Ok, self._window)
        box.setObjectName("error")
        box.open()

"""The one Qt application, and texts that are marked for translation before there is one."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication


def application() -> QApplication:
    """The running application."""
    running = QApplication.instance()
    assert isinstance(running, QApplication)
    return running


def mark(context: str, text: str) -> str:
    """Mark a text for translation in a context, and leave it English: Qt's ``QT_TRANSLATE_NOOP`` with its type."""
    return text

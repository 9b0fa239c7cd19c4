"""While a text field has the focus, letters, digits and editing keys belong to it; Space to a button."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
)

_TEXT_FIELDS: Final = (QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox)
_COMES_BACK: Final = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)
"""The focus returns to where it was when the window comes to the front or a menu closes."""


class TextFieldKeys(QObject):
    """An event filter of the application: keeps the window's shortcuts from what is typed into a field.

    Space presses the button that has the focus, but not one that was clicked: there it goes on meaning what the
    window says.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clicked: QObject | None = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.MouseButtonPress and isinstance(watched, QAbstractButton):
            self._clicked = watched
        elif kind == QEvent.Type.FocusIn and isinstance(event, QFocusEvent) and isinstance(watched, QAbstractButton):
            if event.reason() != Qt.FocusReason.MouseFocusReason and event.reason() not in _COMES_BACK:
                self._clicked = None
        elif kind == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            focus = QApplication.focusWidget()
            typing = isinstance(focus, _TEXT_FIELDS) or (isinstance(focus, QComboBox) and focus.isEditable())
            command = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
            space = event.key() == Qt.Key.Key_Space and isinstance(focus, QAbstractButton)
            pressing = space and focus is not self._clicked
            if (typing or pressing) and not command and not Qt.Key.Key_F1 <= event.key() <= Qt.Key.Key_F12:
                event.accept()
                return True
        return False

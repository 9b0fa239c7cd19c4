"""A dialog of fields that asks before what was typed into it is lost."""

from __future__ import annotations

from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QLineEdit, QMessageBox, QPlainTextEdit, QWidget

from karyoview.gui.dialogs.confirm import confirm


class TypedDialog(QDialog):
    """Esc, Cancel and the window's cross ask once where a field is no longer as it was when the dialog was shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: list[object] | None = None
        self._question: QMessageBox | None = None

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._shown is None:
            self._shown = self._values()

    def reject(self) -> None:
        """Close, after a question where something was typed or chosen."""
        if self._question is not None:
            return
        if self._shown is None or self._values() == self._shown:
            super().reject()
            return
        self._question = confirm(
            self, "lose-typed", self.tr("What was entered here is not kept yet."), self.tr("&Close without it"),
            super().reject,
        )  # fmt: skip
        self._question.finished.connect(self._answered)

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()
        self.reject()

    def _answered(self) -> None:
        self._question = None

    def _values(self) -> list[object]:
        found: list[object] = [field.text() for field in self.findChildren(QLineEdit)]
        found += [field.toPlainText() for field in self.findChildren(QPlainTextEdit)]
        found += [box.isChecked() for box in self.findChildren(QCheckBox)]
        return [*found, *(choice.currentIndex() for choice in self.findChildren(QComboBox))]

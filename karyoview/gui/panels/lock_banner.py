"""The line above the metaphase that says, as long as it is so, why nothing can be changed."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget


class LockBanner(QFrame):
    """Hidden while the case can be changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self.text = QLabel()
        self.text.setWordWrap(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 14, 6)
        row.addWidget(self.text, 1)
        self.hide()

    def show_reason(self, reason: str, waits: bool = False) -> None:
        """Say why; ``waits``: it becomes writable by itself."""
        by_itself = self.tr("As soon as it is closed there, it can be changed here.")
        self.text.setText(self.tr("Read-only: {0}").format(f"{reason} {by_itself if waits else ''}".strip()))
        self.setVisible(bool(reason))

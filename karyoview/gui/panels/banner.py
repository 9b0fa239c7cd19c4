"""The line above the metaphase that offers late suggestions."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget


class SuggestionBanner(QFrame):
    """Says how many suggestions there are; they are taken or dismissed together here."""

    take_clicked = Signal()
    dismiss_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.take, self.dismiss = QPushButton(), QPushButton(self.tr("Dismiss"))
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 4, 14, 4)
        row.addWidget(self.text, 1)
        for button, clicked in ((self.take, self.take_clicked), (self.dismiss, self.dismiss_clicked)):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(clicked)
            row.addWidget(button)
        self.hide()

    def offer(self, number: int, engine: str) -> None:
        """Offer so many suggestions of an engine."""
        self.text.setText(
            self.tr("{0} suggestions from {1}: click one to take it, or take all.").format(number, engine)
        )
        self.take.setText(self.tr("Take all (Shift+G)"))
        self.show()

"""A tour of eight keys: one card each, that can be left at once; pressing the key goes on."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from karyoview.gui.dialogs.help_key import add_help
from karyoview.gui.keys import KeyMap, find

STOPS = ("run", "next_doubt", "accept", "rotated", "delete", "undo", "karyogram", "reviewed")
"""Actions of the tour in the order in which a cell is worked through."""


class TourDialog(QDialog):
    """Stays beside the window, so that each key can be tried there; Esc leaves it."""

    help_wanted = Signal()

    def __init__(self, keymap: KeyMap, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Eight keys"))
        add_help(self, "quick-start")
        self.setMinimumWidth(420)
        self._keys = {stop: keymap.keys(stop)[:1] for stop in STOPS}
        self._texts = {
            "run": self.tr("asks the engine about this cell; nothing of yours is overwritten."),
            "next_doubt": self.tr("goes to what is most doubtful. Follow it until nothing is left."),
            "accept": self.tr("says that the selected chromosome is right. 1 to 22, X and Y say what it is."),
            "rotated": self.tr("draws a box: drag along the chromosome, then its width, and click."),
            "delete": self.tr("removes the selected box."),
            "undo": self.tr("takes back the last step, and every one before it."),
            "karyogram": self.tr("shows the karyogram; drag chromosomes to where they belong."),
            "reviewed": self.tr("marks the cell as reviewed and goes to the next one. All is saved already."),
        }
        self.at = 0
        self.step, self.key, self.text = QLabel(), QLabel(), QLabel()
        self.step.setProperty("muted", True)
        self.key.setProperty("total", True)
        self.text.setWordWrap(True)
        self.text.setMinimumHeight(self.fontMetrics().lineSpacing() * 3)
        self.back, self.next = QPushButton(self.tr("Back")), QPushButton()
        leave, more = QPushButton(self.tr("Leave")), QPushButton(self.tr("Step by step…"))
        self.next.setProperty("primary", True)
        row = QHBoxLayout()
        for button in (leave, more):
            row.addWidget(button)
        row.addStretch(1)
        for button in (self.back, self.next):
            row.addWidget(button)
        column = QVBoxLayout(self)
        for label in (self.step, self.key, self.text):
            column.addWidget(label)
        column.addLayout(row)
        self.next.setDefault(True)
        self.back.clicked.connect(lambda: self.show_stop(self.at - 1))
        self.next.clicked.connect(lambda: self.show_stop(self.at + 1))
        leave.clicked.connect(self.reject)
        more.clicked.connect(self.help_wanted)
        self.show_stop(0)

    def show_stop(self, number: int) -> None:
        """Show a card by its number from 0; after the last one the tour is over."""
        if number >= len(STOPS):
            self.accept()
            return
        self.at = max(number, 0)
        stop = STOPS[self.at]
        names = [QKeySequence(k).toString(QKeySequence.SequenceFormat.NativeText) for k in self._keys[stop]]
        self.step.setText(self.tr("{0} of {1}: {2}").format(self.at + 1, len(STOPS), find(stop).title))
        self.key.setText(names[0] if names else "–")
        self.text.setText(self._texts[stop])
        self.back.setEnabled(self.at > 0)
        self.next.setText(self.tr("Done") if self.at == len(STOPS) - 1 else self.tr("Next"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        pressed = QKeySequence(event.keyCombination())
        if any(pressed == QKeySequence(k) for k in self._keys[STOPS[self.at]]):
            self.show_stop(self.at + 1)
        elif event.key() == Qt.Key.Key_Escape:
            self.reject()
        else:
            super().keyPressEvent(event)

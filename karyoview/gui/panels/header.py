"""The strip above the metaphase: cell, state, the total in large figures, doubts, and whether all is saved."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from karyoview.core.annotation import ImageAnnotation, ReviewState
from karyoview.gui.colours import AMBER_DOUBT, RED_DOUBT
from karyoview.gui.fitted_label import FittedLabel
from karyoview.gui.messages import doubt_text, state_text
from karyoview.review.doubt import Doubt, red
from karyoview.review.summary import headline

_LONG = 10
_NARROW = 640
"""Pixels of the strip below which doubts and saving are said by their signs, so that the cell's name has room."""


class Header(QFrame):
    """Always visible, whatever docks are hidden."""

    doubt_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("header")
        self.name = FittedLabel(Qt.TextElideMode.ElideMiddle)
        self.name.setTextFormat(Qt.TextFormat.PlainText)
        self.state = FittedLabel()
        self.state.setProperty("muted", True)
        self.total = QLabel("–")
        self.total.setProperty("total", True)
        self.total.setAccessibleName(self.tr("Number of chromosomes"))
        self.odd = QLabel()
        """What departs from two of each, where it is too long for the large figures."""
        self.typed = QLabel()
        self.doubt = QPushButton()
        self.doubt.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.doubt.clicked.connect(self.doubt_clicked)
        self.saved = FittedLabel()
        self.saved.setProperty("muted", True)
        self._doubts, self._worst, self._saved = 0, False, ""
        for label in (self.name, self.state):
            label.setMinimumWidth(60)  # in a narrow window they give way before the total does
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addWidget(self.name)
        left.addWidget(self.state)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 4, 10, 4)
        row.setSpacing(10)
        row.addLayout(left)
        row.addStretch(1)
        for each in (self.typed, self.total, self.odd):
            row.addWidget(each)
        row.addStretch(1)
        row.addWidget(self.doubt)
        row.addWidget(self.saved)
        self.clear()

    def clear(self) -> None:
        """Nothing is open."""
        self.name.setText("KaryoView")
        self.state.setText("")
        self.total.setText("")
        self.odd.setText("")
        self.doubt.hide()
        self._saved = ""
        self._show_narrow()

    def show_cell(
        self, annotation: ImageAnnotation, place: str, found: list[Doubt], sex_withheld: bool, blind: int | None,
        remark: str = "",
    ) -> None:  # fmt: skip
        """Show a cell; ``blind`` is the own count of a blind second counter, who must see nothing else.

        ``remark`` stands beside the state.
        """
        self.name.setText(f"{annotation.image}   {place}")
        self.name.setToolTip(annotation.image)
        if blind is not None:
            self.state.setText(self.tr("blind second count: the first count and all proposals are hidden"))
            self.state.setToolTip(self.state.text())
            self.total.setText(str(blind))
            self.odd.setText("")
            self.doubt.hide()
            return
        state = state_text(annotation)
        self.state.setText(f"{state} · {remark}" if remark else state)
        self.state.setToolTip(self.state.text())
        shown = headline(annotation, sex_withheld)
        empty = not annotation.chromosomes and not annotation.count_marks
        apart = len(shown.gains) > _LONG
        self.odd.setText(shown.gains if apart else "")
        self.odd.setToolTip(self.odd.text())
        figures = str(shown.total) if apart else shown.text
        self.total.setText("–" if empty and annotation.state is ReviewState.NEW else figures)
        tip = self.tr("{0} without a class").format(shown.unclassed) if shown.unclassed else ""
        self.total.setToolTip(tip)
        self.doubt.setVisible(bool(found))
        self._doubts, self._worst = len(found), bool(red(found))
        colour = RED_DOUBT if self._worst else AMBER_DOUBT
        self._show_narrow()
        self.doubt.setStyleSheet(f"QPushButton {{ border: 2px solid {colour}; font-weight: 600; }}")
        self.doubt.setToolTip("\n".join(doubt_text(d) for d in found[:12]))

    def show_typed(self, text: str) -> None:
        """A class being typed, such as ``1_``."""
        self.typed.setText(self.tr("class {0}").format(text) if text else "")

    def show_saved(self, state: str, sentence: str) -> None:
        """Saved, saving or failed."""
        self._saved = state
        self.saved.setToolTip(sentence)
        self.saved.setStyleSheet(f"color: {RED_DOUBT}; font-weight: 600;" if state == "failed" else "")
        self._show_narrow()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_narrow()

    def _show_narrow(self) -> None:
        """Doubts and saving in as many words as there is room for; what failed is always said whole."""
        narrow = 0 < self.width() < _NARROW
        sign = "‼" if self._worst else "?"
        many = self.tr("{0} {1} to look at").format(sign, self._doubts) + "  (Space)"
        self.doubt.setText(f"{sign} {self._doubts}" if narrow else many)
        self.doubt.setAccessibleName(many)
        text = {
            "saved": self.tr("✔ saved"), "saving": self.tr("saving…"),
            "failed": self.tr("✕ not saved: Ctrl+S tries again"), "read_only": self.tr("read-only"),
        }.get(self._saved, "")  # fmt: skip
        self.saved.setText(text)
        self.saved.setAccessibleName(text)
        self.saved.setMinimumWidth(min(self.saved.sizeHint().width(), 90))

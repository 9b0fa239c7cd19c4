"""The bar over the board: what is shown, and how; what does not fit goes behind its arrow."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QSlider, QToolBar, QToolButton, QWidget

from karyoview.gui.keys import find
from karyoview.imaging.karyogram_look import KaryogramLook

STEPS = 20
"""Steps of the contrast slider."""


class BoardBar(QToolBar):
    """Switches, the contrast slider, and buttons that ask for an action of the key table by its id."""

    ideograms_switched = Signal()
    straight_switched = Signal()
    contrast_tried = Signal(float)
    """The slider moves: a strength, 0–1."""
    contrast_chosen = Signal(float)
    """The slider was let go."""
    asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setIconSize(QSize(16, 16))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.ideograms = self._switch(self.tr("Ideograms"), self.ideograms_switched.emit,
                                      self.tr("Ideogram of 550 bands beside each pair"))  # fmt: skip
        self.straight = self._switch(self.tr("Straight"), self.straight_switched.emit,
                                     self.tr("Straighten bent chromosomes; S does it for the selected"))  # fmt: skip
        self.inverted = self._switch(self.tr("Inverted"), lambda: self.asked.emit("invert_board"),
                                     self._tip("invert_board"))  # fmt: skip
        self.addWidget(self._contrast())
        self.addSeparator()
        self.arrow = self._switch(self.tr("Arrow"), lambda: self.asked.emit("draw_arrow"), self._tip("draw_arrow"))
        self.text = self._switch(self.tr("Text"), lambda: self.asked.emit("write_text"), self._tip("write_text"))
        self.close_up = self._switch(self.tr("Close-up"), lambda: self.asked.emit("close_up"), self._tip("close_up"))
        self.whole = self._switch(
            self.tr("Whole window"), lambda: self.asked.emit("whole_board"), self._tip("whole_board")
        )
        self.addSeparator()
        for text, name in (
            (self.tr("One class…"), "strips"), (self.tr("Tally…"), "tally"), (self.tr("Report…"), "report"),
            (self.tr("Picture…"), "save_board"), (self.tr("Print…"), "print_board"),
        ):  # fmt: skip
            self._button(text, partial(self.asked.emit, name), self._tip(name))

        more = self.findChild(QToolButton, "qt_toolbar_ext_button")
        if more is not None:
            more.setToolTip(self.tr("More"))

    def show_look(self, look: KaryogramLook) -> None:
        """Show how the chromosomes are shown."""
        self.straight.setChecked(look.straight)
        self.inverted.setChecked(look.inverted)
        with QSignalBlocker(self.contrast):
            self.contrast.setValue(round(look.strength * STEPS))
        self._show_value()

    def _contrast(self) -> QWidget:
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(6, 0, 6, 0)
        name = QLabel(self.tr("Contrast"))
        self.contrast = QSlider(Qt.Orientation.Horizontal)
        self.contrast.setRange(0, STEPS)
        self.contrast.setFixedWidth(110)
        self.contrast.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.contrast.setAccessibleName(self.tr("Contrast"))
        self.contrast.setToolTip(self.tr("The same for all chromosomes of the cell; 0 leaves the greys as they are."))
        self.value = QLabel()
        self.value.setMinimumWidth(30)
        for widget in (name, self.contrast, self.value):
            row.addWidget(widget)
        box.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.contrast.valueChanged.connect(self._moved)
        self.contrast.sliderReleased.connect(lambda: self.contrast_chosen.emit(self.contrast.value() / STEPS))
        return box

    def _moved(self) -> None:
        self._show_value()
        if self.contrast.isSliderDown():
            self.contrast_tried.emit(self.contrast.value() / STEPS)
        else:  # a click beside the handle, or the wheel
            self.contrast_chosen.emit(self.contrast.value() / STEPS)

    def _show_value(self) -> None:
        self.value.setText(f"{100 * self.contrast.value() // STEPS} %")

    def _switch(self, text: str, pressed: Callable[[], None], tip: str) -> QToolButton:
        button = self._button(text, pressed, tip)
        button.setCheckable(True)
        return button

    def _button(self, text: str, pressed: Callable[[], None], tip: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setToolTip(tip)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keys stay with the board
        button.clicked.connect(lambda _=False: pressed())
        self.addWidget(button)
        return button

    @staticmethod
    def _tip(name: str) -> str:
        action = find(name)
        shown = [QKeySequence(k).toString(QKeySequence.SequenceFormat.NativeText) for k in action.keys[:1]]
        return f"{action.tip or action.title}{f'  ({shown[0]})' if shown else ''}"

"""Display only: brightness, contrast, gamma, sharpness, inversion, even background."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFormLayout, QLabel, QPushButton, QSlider, QVBoxLayout, QWidget

from karyoview.imaging.display import Adjustments


class AdjustPanel(QWidget):
    """Sliders for the eye; :attr:`moved` carries the new Adjustments."""

    moved = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.brightness = self._slider(-100, 100, 0, self.tr("Brightness"))
        self.contrast = self._slider(-90, 90, 0, self.tr("Contrast"))
        self.gamma = self._slider(-100, 100, 0, self.tr("Gamma"))
        self.unsharp = self._slider(0, 300, 0, self.tr("Sharpness"))
        self.inverted = QCheckBox(self.tr("Inverted"))
        self.even = QCheckBox(self.tr("Even background"))
        self.reset = QPushButton(self.tr("As it was taken"))
        form = QFormLayout()
        for slider in (self.brightness, self.contrast, self.gamma, self.unsharp):
            form.addRow(slider.accessibleName(), slider)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.addLayout(form)
        for each in (self.inverted, self.even, self.reset):
            column.addWidget(each)
        note = QLabel(self.tr("For the eye only: neither the original nor what engines see is changed."))
        note.setWordWrap(True)
        note.setProperty("muted", True)
        column.addWidget(note)
        column.addStretch(1)
        self.inverted.toggled.connect(self._emit_moved)
        self.even.toggled.connect(self._emit_moved)
        self.reset.clicked.connect(self._reset)

    def adjustments(self) -> Adjustments:
        """What the controls say."""
        return Adjustments(
            brightness=self.brightness.value() / 100, contrast=self.contrast.value() / 100,
            gamma=5.0 ** (self.gamma.value() / 100), inverted=self.inverted.isChecked(),
            unsharp=self.unsharp.value() / 100, even_background=self.even.isChecked(),
        )  # fmt: skip

    def _slider(self, low: int, high: int, value: int, name: str) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(low, high)
        slider.setValue(value)
        slider.setAccessibleName(name)
        slider.valueChanged.connect(self._emit_moved)
        return slider

    def _emit_moved(self) -> None:
        self.moved.emit(self.adjustments())

    def _reset(self) -> None:
        for slider in (self.brightness, self.contrast, self.gamma, self.unsharp):
            slider.setValue(0)
        self.inverted.setChecked(False)
        self.even.setChecked(False)

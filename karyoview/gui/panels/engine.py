"""The engine panel: which engine, where, from which score on, and how the present run goes."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QProgressBar,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from karyoview.core.errors import KaryoViewError
from karyoview.detectors.cards import DIFFERENCES, measured_on
from karyoview.detectors.folders import user_weights_folder
from karyoview.gui.choices import choice_box
from karyoview.gui.dialogs.differences import DifferencesDialog
from karyoview.gui.engine_runner import EngineRunner
from karyoview.services.inference import Progress, RunFinished, offers_effort


class EnginePanel(QWidget):
    """Engine, device, effort and threshold; progress, remaining time, cancel; cells that failed."""

    run_clicked = Signal()
    run_all_clicked = Signal()
    threshold_moved = Signal(float, bool)
    engine_changed = Signal()

    def __init__(self, runner: EngineRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self.engine = QComboBox()
        self.engine.setAccessibleName(self.tr("Engine"))
        self.device = choice_box(("auto", "cpu", "cuda"), runner.settings["device"])
        self.device.setAccessibleName(self.tr("Device"))
        self.quality = choice_box(("fast", "balanced", "best"), runner.settings["quality"])
        self.quality.setAccessibleName(self.tr("Effort"))
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(5, 99)
        self.slider.setAccessibleName(self.tr("Threshold"))
        self.value = QLabel("0.50")
        self.note = QLabel()
        self.note.setWordWrap(True)
        self.note.setProperty("muted", True)
        self.differences = QPushButton()
        self.differences.setFlat(True)
        self.differences.hide()
        self.run_here = QPushButton(self.tr("This cell (I)"))
        self.run_all = QPushButton(self.tr("All cells"))
        self.run_all.setToolTip("Ctrl+B")
        self.cancel = QPushButton(self.tr("Cancel"))
        self.bar = QProgressBar()
        self.status = QLabel()
        self.status.setWordWrap(True)
        self.failures = QListWidget()
        self.failures.setAccessibleName(self.tr("Cells that failed"))
        self.failures.setMaximumHeight(90)
        self.failures.setWordWrap(True)
        form = QFormLayout()
        form.addRow(self.tr("Engine"), self.engine)
        form.addRow(self.tr("Device"), self.device)
        form.addRow(self.tr("Effort"), self.quality)
        line = QHBoxLayout()
        line.addWidget(self.slider, 1)
        line.addWidget(self.value)
        form.addRow(self.tr("Threshold"), line)
        buttons = QHBoxLayout()
        buttons.addWidget(self.run_here)
        buttons.addWidget(self.run_all)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.addLayout(form)
        column.addWidget(self.note)
        column.addWidget(self.differences)
        column.addLayout(buttons)
        progress = QHBoxLayout()
        progress.addWidget(self.bar, 1)
        progress.addWidget(self.cancel)
        column.addLayout(progress)
        column.addWidget(self.status)
        column.addWidget(self.failures)
        column.addStretch(1)
        for widget in (self.bar, self.cancel, self.failures):
            widget.hide()
        for key, box in (("device", self.device), ("quality", self.quality)):
            box.currentIndexChanged.connect(lambda _, k=key, b=box: runner.settings.__setitem__(k, b.currentData()))
        self.engine.activated.connect(self._chosen)
        self._all_later = QTimer(self, singleShot=True, interval=400)
        self._all_later.timeout.connect(lambda: self.threshold_moved.emit(self.slider.value() / 100, True))
        self.slider.valueChanged.connect(self._slider_moved)
        self.run_here.clicked.connect(self.run_clicked)
        self.run_all.clicked.connect(self.run_all_clicked)
        self.differences.clicked.connect(self._show_differences)
        self.cancel.clicked.connect(runner.cancel)
        runner.progressed.connect(self.show_progress)
        runner.run_ended.connect(self.show_end)
        self.refresh()

    def refresh(self) -> None:
        """Show the engines of this machine and the chosen one's threshold."""
        self.engine.clear()
        for info in self._runner.engines():
            self.engine.addItem(info.title or info.name, info.name)
        chosen = self._runner.engine()
        if chosen is None:
            self.note.setText(
                self.tr("No engine has weights here. Count by clicks (C), or put weights into the weights folder.")
            )
        else:
            self.engine.setCurrentIndex(self.engine.findData(chosen.name))
            kinds = self.tr("24 classes") if chosen.names_classes else self.tr("counts only")
            boxes = self.tr("rotated boxes") if chosen.rotated else self.tr("horizontal boxes")
            lines = [f"{kinds}, {boxes}"]
            measured = list(measured_on(chosen.card).values())
            if measured and (corrections := measured[0].get("corrections_per_cell")) is not None:
                lines.append(self.tr("measured: {0} corrections a cell").format(f"{corrections:.1f}"))
            if activated := self._activated(chosen.name):
                lines.append(activated)
            if chosen.card.get("experimental"):
                lines.append(self.tr("Experimental: to be trained further, not to work with."))
            differences = chosen.card.get(DIFFERENCES, [])
            self.differences.setVisible(bool(differences))
            self.differences.setText(self.tr("Differs from its paper in {0} points…").format(len(differences)))
            self.note.setText("\n".join(lines))
            self.slider.blockSignals(True)
            self.slider.setValue(round(self._runner.threshold(chosen) * 100))
            self.slider.blockSignals(False)
            self.value.setText(f"{self.slider.value() / 100:.2f}")
        for widget in (self.run_here, self.run_all, self.slider, self.engine):
            widget.setEnabled(chosen is not None)
        self.quality.setEnabled(chosen is not None and offers_effort(chosen.card))

    def _activated(self, name: str) -> str:
        """Since when this laboratory's own weights of an engine are at work, and who activated them; else empty."""
        if not (user_weights_folder() / "weights.jsonl").is_file():
            return ""
        from karyoview.services.weights import WeightsRepository  # no part of the first paint

        try:
            change = WeightsRepository().last_change(name)
        except (KaryoViewError, OSError):
            return ""
        if change is None:
            return ""
        time = str(change["time"])[:16].replace("T", " ")
        return self.tr("at work since {0} UTC, by {1}").format(time, change["user"] or "–")

    def show_nothing(self) -> None:
        """No case is open: what was said of a run is about another one."""
        for widget in (self.bar, self.cancel, self.failures):
            widget.hide()
        self.failures.clear()
        self.status.setText("")

    def step_threshold(self, step: int) -> None:
        """Move the threshold by hundredths (keys)."""
        self.slider.setValue(self.slider.value() + step)

    def show_progress(self, progress: Progress) -> None:
        """How far the run is, and how long it may still take."""
        self.bar.show()
        self.cancel.show()
        self.failures.hide()
        self.bar.setRange(0, progress.total if progress.text != "loading" else 0)
        self.bar.setValue(progress.done)
        if progress.text == "loading":
            self.status.setText(self.tr("Loading the engine…"))
            return
        text = self.tr("{0} of {1}: {2}").format(progress.done + 1, progress.total, progress.text)
        if progress.remaining is not None:
            text += self.tr(", about {0} left").format(duration(progress.remaining))
        self.status.setText(text)

    def show_end(self, end: RunFinished) -> None:
        """What a run came to."""
        self.bar.hide()
        self.cancel.hide()
        if end.cancelled:
            self.status.setText(self.tr("Cancelled. Cells that were done keep their proposals."))
        elif end.failures and not end.done:
            self.status.setText(self.tr("The run failed."))
        else:
            self.status.setText(self.tr("{0} of {1} cells in {2}").format(end.done, end.total, duration(end.seconds)))
        self.failures.clear()
        for image, sentence in end.failures:
            self.failures.addItem(f"{image}: {sentence}" if image and image not in sentence else sentence)
        self.failures.setVisible(bool(end.failures))

    def _show_differences(self) -> None:
        """Every point in which the chosen engine differs from its paper, as its card says."""
        chosen = self._runner.engine()
        if chosen is not None:
            dialog = DifferencesDialog(chosen, self)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.open()

    def _chosen(self) -> None:
        self._runner.settings["engine"] = self.engine.currentData() or ""
        self.refresh()
        self.engine_changed.emit()

    def _slider_moved(self, value: int) -> None:
        self.value.setText(f"{value / 100:.2f}")
        self.threshold_moved.emit(value / 100, False)
        self._all_later.start()


def duration(seconds: float) -> str:
    """Seconds in words: ``8 s``, ``3 min``, ``1 h 20 min``."""
    whole = round(seconds)
    if whole < 90:
        return f"{max(whole, 1)} s"
    if whole < 5400:
        return f"{round(whole / 60)} min"
    return f"{whole // 3600} h {whole % 3600 // 60} min"

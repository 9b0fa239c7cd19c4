"""Two engines on one cell: where they agree, and what only one of them saw."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from karyoview.core.chromosome import CLASSES
from karyoview.core.detection import Detections
from karyoview.gui.canvas.box_layer import OverlayBox
from karyoview.gui.engine_runner import EngineRunner

FIRST, SECOND, DIFFER = "#56B4E9", "#F0E442", "#FF9E1B"


class ComparePanel(QWidget):
    """Choose two engines; the view shows dotted what only one saw, the list walks through it."""

    overlays_changed = Signal(list)
    place_chosen = Signal(float, float)
    run_requested = Signal(str)

    def __init__(self, runner: EngineRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self.image = ""
        self._missing = ""
        self._overlays: list[OverlayBox] = []
        self._sources: list[tuple[Detections, int]] = []
        self.names = {c.index: c.label for c in CLASSES}
        """Class names as they may be shown here."""
        self.first, self.second = QComboBox(), QComboBox()
        self.first.setAccessibleName(self.tr("First engine"))
        self.second.setAccessibleName(self.tr("Second engine"))
        self.result = QLabel()
        self.result.setWordWrap(True)
        self.list = QListWidget()
        self.list.setObjectName("differences")
        self.list.setAccessibleName(self.tr("Differences"))
        self.list.setIconSize(QSize(16, 12))
        self.list.setWordWrap(True)
        self.run = QPushButton()
        self.hint = QLabel(
            self.tr("Blue: only the first. Yellow: only the second; a click on one in the picture takes it over. "
                    "Orange: another class.")
        )  # fmt: skip
        self.hint.setWordWrap(True)
        self.hint.setProperty("muted", True)
        form = QFormLayout()
        form.addRow(self.tr("First"), self.first)
        form.addRow(self.tr("Second"), self.second)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.addLayout(form)
        column.addWidget(self.run)
        column.addWidget(self.result)
        column.addWidget(self.list, 1)
        column.addWidget(self.hint)
        self.first.activated.connect(self.refresh)
        self.second.activated.connect(self.refresh)
        self.run.clicked.connect(self._ask)
        self.list.currentItemChanged.connect(self._walk)
        runner.run_ended.connect(self._asked)

    def show_cell(self, image: str) -> None:
        """Compare on this cell."""
        self.image = image
        engines = self._runner.engines()
        if self.first.count() != len(engines):
            chosen = self._runner.engine()
            for combo in (self.first, self.second):
                combo.clear()
                for info in engines:
                    combo.addItem(info.title or info.name, info.name)
            at = self.first.findData(chosen.name) if chosen is not None else 0
            self.first.setCurrentIndex(at)
            others = [i for i in range(len(engines)) if i != at]
            self.second.setCurrentIndex(others[0] if others else at)
        self.refresh()

    def refresh(self) -> None:
        """Compare again; asks for an engine's result where it is missing. The same list keeps its place."""
        rows, at = self._rows(), self.list.currentRow()
        self.list.clear()
        self._overlays, self._sources = [], []
        names = (self.first.currentData() or "", self.second.currentData() or "")
        self._runner.second_engine = names[1] if names[1] != names[0] else ""
        found = [self._result(name) for name in names]
        self._missing = next((n for n, f in zip(names, found, strict=True) if f is None and n), "")
        same = names[0] == names[1]
        self.run.setVisible(bool(self._missing) and not same)
        self.run.setEnabled(not self._runner.running)
        self.hint.setVisible(not self._missing and not same)
        if same:
            self.result.setText(self.tr("Choose two different engines.") if names[0] else "")
        elif not self.image or found[0] is None or found[1] is None:
            title = self._title(self._missing)
            self.run.setText(self.tr("Ask {0} about this cell").format(title))
            self.result.setText(
                self.tr("{0} was not asked about this cell yet.").format(title) if self._missing else ""
            )
        else:
            self._compare(found[0], found[1])
        at = at if self._rows() == rows else -1
        if at >= 0:
            with QSignalBlocker(self.list):  # the picture does not travel: nobody asked for another place
                self.list.setCurrentRow(at)
        self._show_overlays(at)

    def leave(self) -> None:
        """Stop comparing."""
        self._runner.second_engine = ""
        self._overlays, self._sources = [], []
        self.overlays_changed.emit([])

    def source(self, overlay: int) -> tuple[Detections, int] | None:
        """What stands behind a overlay of this panel: an engine's result and the place in it."""
        return self._sources[overlay] if 0 <= overlay < len(self._sources) else None

    def _title(self, name: str) -> str:
        return next((e.title or e.name for e in self._runner.engines() if e.name == name), name)

    def _result(self, name: str) -> Detections | None:
        info = next((e for e in self._runner.engines() if e.name == name), None)
        found = self._runner.proposals(self.image, name) if info and self.image else None
        return found.above(self._runner.threshold(info)) if found is not None and info is not None else None

    def _compare(self, first: Detections, second: Detections) -> None:
        from karyoview.review.comparison import compare  # scipy's solvers are slow to load

        outcome = compare(first, second)
        one, two = self.first.currentText(), self.second.currentText()
        self.result.setText(
            self.tr("{0} agree, {1} differ in class, {2} only {3}, {4} only {5}").format(
                len(outcome.agree), len(outcome.other_class), len(outcome.only_first), one,
                len(outcome.only_second), two,
            )
        )  # fmt: skip
        for found, title in ((first, one), (second, two)):
            if len(found) and (found.labels() < 0).all():
                self.result.setText(self.result.text() + ". " + self.tr("{0} names no classes.").format(title))
        for i, j in outcome.other_class:
            a, b = self._name(first, i), self._name(second, j)
            self._add(self.tr("{0} says {1}, {2} says {3}").format(one, a, two, b), first, i, DIFFER, f"{a}/{b}")
        for found, singles, title, colour in (
            (first, outcome.only_first, one, FIRST),
            (second, outcome.only_second, two, SECOND),
        ):
            for k in singles:
                score = f"{found.items[k].score:.2f}"
                named = int(found.labels()[k]) >= 0
                name = self._name(found, k) if named else ""
                known, unnamed = self.tr("only {0}: {1}, score {2}"), self.tr("only {0}: no class, score {1}")
                text = known.format(title, name, score) if named else unnamed.format(title, score)
                self._add(text, found, k, colour, name)

    def _name(self, found: Detections, index: int) -> str:
        label = int(found.labels()[index])
        return self.names[label] if label >= 0 else "?"

    def _add(self, text: str, found: Detections, index: int, colour: str, short: str) -> None:
        overlay = OverlayBox(found.items[index].box, short, colour)
        self._overlays.append(overlay)
        self._sources.append((found, index))
        item = QListWidgetItem(_swatch(colour), text)
        item.setData(Qt.ItemDataRole.UserRole, overlay.box.centre)
        self.list.addItem(item)

    def _walk(self, now: QListWidgetItem | None, before: QListWidgetItem | None) -> None:
        if now is not None:
            self.place_chosen.emit(*now.data(Qt.ItemDataRole.UserRole))
            self._show_overlays(self.list.row(now))

    def _rows(self) -> list[tuple[str, object]]:
        items = (self.list.item(i) for i in range(self.list.count()))
        return [(item.text(), item.data(Qt.ItemDataRole.UserRole)) for item in items]

    def _show_overlays(self, chosen: int) -> None:
        self.overlays_changed.emit([replace(g, chosen=i == chosen) for i, g in enumerate(self._overlays)])

    def _ask(self) -> None:
        wanted = self._missing
        self.run_requested.emit(wanted)
        if self._runner.running:
            self.run.setEnabled(False)
            self.result.setText(self.tr("{0} looks at this cell… Ctrl+. cancels.").format(self._title(wanted)))

    def _asked(self, end: object) -> None:
        if self.isVisible() and not self._runner.running:
            self.refresh()


def _swatch(colour: str) -> QIcon:
    """A small dotted frame, as the picture shows it."""
    picture = QPixmap(16, 12)
    picture.fill(QColor("#3C4043"))
    painter = QPainter(picture)
    painter.setPen(QPen(QColor(colour), 2.0))
    painter.drawRect(2, 2, 12, 8)
    painter.end()
    return QIcon(picture)

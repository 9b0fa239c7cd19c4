"""Two engines on one cell: where they agree, and what only one of them saw."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
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
from karyoview.gui.canvas.box_layer import Ghost
from karyoview.gui.desk import Desk

FIRST, SECOND, DIFFER = "#56B4E9", "#F0E442", "#FF9E1B"


class ComparePanel(QWidget):
    """Choose two engines; the view shows dotted what only one saw, the list walks through it."""

    ghosts_changed = Signal(list)
    place_chosen = Signal(float, float)
    run_wanted = Signal(str)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.image = ""
        self._missing = ""
        self.names = {c.index: c.label for c in CLASSES}
        """Class names as they may be shown here."""
        self.first, self.second = QComboBox(), QComboBox()
        self.first.setAccessibleName(self.tr("First engine"))
        self.second.setAccessibleName(self.tr("Second engine"))
        self.result = QLabel()
        self.result.setWordWrap(True)
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Differences"))
        self.run = QPushButton(self.tr("Ask the missing engine"))
        form = QFormLayout()
        form.addRow(self.tr("First"), self.first)
        form.addRow(self.tr("Second"), self.second)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.addLayout(form)
        column.addWidget(self.run)
        column.addWidget(self.result)
        column.addWidget(self.list, 1)
        self.first.activated.connect(self.refresh)
        self.second.activated.connect(self.refresh)
        self.run.clicked.connect(lambda: self.run_wanted.emit(self._missing))
        self.list.currentItemChanged.connect(self._walk)

    def show_cell(self, image: str) -> None:
        """Compare on this cell."""
        self.image = image
        if self.first.count() != len(self._desk.engines()):
            for combo in (self.first, self.second):
                combo.clear()
                for info in self._desk.engines():
                    combo.addItem(info.title or info.name, info.name)
            self.second.setCurrentIndex(min(1, self.second.count() - 1))
        self.refresh()

    def refresh(self) -> None:
        """Compare again; asks for an engine's result where it is missing."""
        self.list.clear()
        names = (self.first.currentData() or "", self.second.currentData() or "")
        self._desk.second_engine = names[1] if names[1] != names[0] else ""
        found = [self._result(name) for name in names]
        self._missing = next((n for n, f in zip(names, found, strict=True) if f is None and n), "")
        self.run.setVisible(bool(self._missing))
        if not self.image or found[0] is None or found[1] is None:
            self.result.setText(
                self.tr("{0} was not asked about this cell yet.").format(self._missing) if self._missing else ""
            )
            self.ghosts_changed.emit([])
            return
        self._show(found[0], found[1], names)

    def leave(self) -> None:
        """Stop comparing."""
        self._desk.second_engine = ""
        self.ghosts_changed.emit([])

    def _result(self, name: str) -> Detections | None:
        info = next((e for e in self._desk.engines() if e.name == name), None)
        found = self._desk.proposals(self.image, name) if info and self.image else None
        return found.above(self._desk.threshold(info)) if found is not None and info is not None else None

    def _show(self, first: Detections, second: Detections, names: tuple[str, str]) -> None:
        from karyoview.review.comparison import compare  # scipy's solvers are slow to load

        outcome = compare(first, second)
        self.result.setText(outcome.sentence(*names))
        ghosts = []
        for i in outcome.only_first:
            ghosts.append(Ghost(first.items[i].box, "", FIRST))
            self._add(self.tr("only {0}").format(names[0]), ghosts[-1])
        for j in outcome.only_second:
            ghosts.append(Ghost(second.items[j].box, "", SECOND))
            self._add(self.tr("only {0}").format(names[1]), ghosts[-1])
        for i, j in outcome.other_class:
            a, b = (self.names[int(d)] for d in (first.labels()[i], second.labels()[j]))
            ghosts.append(Ghost(first.items[i].box, f"{a}/{b}", DIFFER))
            self._add(self.tr("{0} says {1}, {2} says {3}").format(names[0], a, names[1], b), ghosts[-1])
        self.ghosts_changed.emit(ghosts)

    def _add(self, text: str, ghost: Ghost) -> None:
        item = QListWidgetItem(text)
        item.setData(Qt.ItemDataRole.UserRole, ghost.box.centre)
        self.list.addItem(item)

    def _walk(self, now: QListWidgetItem | None, before: QListWidgetItem | None) -> None:
        if now is not None:
            self.place_chosen.emit(*now.data(Qt.ItemDataRole.UserRole))

"""Live curves of a run: the loss of the steps, and the corrections per cell where cells are held back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedLayout, QWidget

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
CORRECTIONS = ("corrections_per_cell_with_class", "corrections_per_cell")


class Curves(QWidget):
    """Two plots side by side; they are drawn anew only where a point came."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.loss = self._plot(self.tr("Mistakes on the cells it learns from"))
        self.figure = self._plot(self.tr("Corrections a cell, held-back cells"))
        self.loss_note = self._note(self.tr("The curve begins with the first steps of a training."))
        self.figure_note = self._note(self.tr("Corrections a cell are measured where cells are held back for it."))
        self._lines: dict[str, pg.PlotDataItem] = {}
        self._seen: dict[str, int] = {}
        self._stacks = []
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(1)
        for note, plot in ((self.loss_note, self.loss), (self.figure_note, self.figure)):
            side = QWidget()
            stack = QStackedLayout(side)
            stack.addWidget(note)
            stack.addWidget(plot)
            self._stacks.append(stack)
            row.addWidget(side, 1)

    def show_run(self) -> None:
        """Forget the curves of the run before."""
        for plot in (self.loss, self.figure):
            plot.clear()
        self._lines, self._seen = {}, {}
        for stack in self._stacks:
            stack.setCurrentIndex(0)

    def update_with(self, losses: Mapping[str, list[tuple[int, float]]], figures: Mapping[str, list[Any]]) -> None:
        """Draw what came since the last time."""
        named = self._words()
        for name, points in losses.items():
            self._stacks[0].setCurrentIndex(1)
            part = name.removeprefix("loss_")
            self._line(self.loss, f"loss {name}", named.get(part, part.replace("_", " ")), points, name == "all")
        shown = next((k for k in CORRECTIONS if figures.get(k)), "")
        if shown:
            self._stacks[1].setCurrentIndex(1)
            self._line(self.figure, "figure", self.tr("held-back cells"), figures[shown], True)

    def _words(self) -> dict[str, str]:
        """What each part of the loss is about, by its name in the training."""
        what, place = self.tr("what it is"), self.tr("place of the box")
        return {
            "all": self.tr("all together"), "whole": self.tr("whole chromosome, or a part"),
            "objectness": self.tr("chromosome or ground"), "rpn_box_reg": self.tr("first guess of the box"),
            "classifier": what, "cls": what, "class": self.tr("class"), "names": self.tr("class"),
            "box_reg": place, "reg": place, "aam": self.tr("class, apart from the others"),
            "gia": self.tr("class, within its group"), "saliency": self.tr("shape of the chromosomes"),
            "pull": self.tr("boxes of one chromosome"), "push": self.tr("boxes of neighbours"),
            "repulsion": self.tr("boxes of neighbours"), "polarity": self.tr("which end is the short arm"),
        }  # fmt: skip

    def _line(self, plot: pg.PlotWidget, key: str, name: str, points: list[tuple[int, float]], strong: bool) -> None:
        if self._seen.get(key) == len(points):
            return
        self._seen[key] = len(points)
        if key not in self._lines:
            colour = COLOURS[len(plot.listDataItems()) % len(COLOURS)]
            symbol = "o" if len(points) < 3 or plot is self.figure else None
            pen = pg.mkPen(colour, width=2.5 if strong else 1.2)
            self._lines[key] = plot.plot(
                pen=pen, name=name, symbol=symbol, symbolSize=6, symbolBrush=colour, symbolPen=None
            )
        self._lines[key].setData([p[0] for p in points], [p[1] for p in points])

    def _note(self, text: str) -> QLabel:
        """What stands where a curve will be."""
        note = QLabel(text)
        note.setWordWrap(True)
        note.setMargin(24)
        note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        note.setProperty("muted", True)
        note.setAutoFillBackground(True)
        note.setBackgroundRole(QPalette.ColorRole.Base)
        return note

    def _plot(self, title: str) -> pg.PlotWidget:
        palette = self.palette()
        ink = palette.color(QPalette.ColorRole.Text)
        plot = pg.PlotWidget(background=palette.color(QPalette.ColorRole.Base))
        plot.setMouseEnabled(False, False)
        plot.setMenuEnabled(False)
        plot.hideButtons()
        plot.setTitle(title, color=ink, size="10pt")
        plot.setLabel("bottom", self.tr("steps of training"), color=ink.name())
        plot.addLegend(offset=(-8, 8), labelTextColor=ink)
        for side in ("left", "bottom"):
            plot.getAxis(side).setPen(ink)
            plot.getAxis(side).setTextPen(ink)
        plot.setAccessibleName(title)
        return plot

"""The selected chromosomes large, beside the ideogram of their class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from karyoview.core.bands import LEVELS, USUAL_LEVEL
from karyoview.gui.canvas.image_item import to_qimage
from karyoview.gui.colours import RED_DOUBT
from karyoview.gui.karyogram.items import ink_of
from karyoview.gui.karyogram.shape_painter import draw_shapes, draw_text
from karyoview.imaging.ideogram import load_bands
from karyoview.imaging.karyogram_layout import Strip, scaled_strip
from karyoview.imaging.karyogram_shapes import ideogram_shapes
from karyoview.imaging.masks import GreyArray

_MOST = 4
_MARGIN, _FOOT, _GAP = 14, 34, 18
_IDEOGRAM, _NAMES = 26, 52


@dataclass(frozen=True, slots=True, eq=False)
class Enlarged:
    """One chromosome in the close-up: its strip, the cut-out as the picture has it, and what is said below it.

    ``doubt`` is a place on it, 0 at its upper end to 1 at the lower, that differs from its homologue; None for none.
    """

    strip: Strip
    original: GreyArray
    name: str
    doubt: float | None = None


class CloseUp(QWidget):
    """Shows up to four chromosomes at one scale, centromeres on one line with the ideogram."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title, self.note = QLabel(), QLabel()
        self.title.setStyleSheet("font-weight: 600;")
        self.note.setWordWrap(True)
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.note.setProperty("muted", True)
        self.level = QComboBox()
        self.level.setAccessibleName(self.tr("Bands of the ideogram"))
        self.level.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for level in LEVELS:
            self.level.addItem(self.tr("{0} bands").format(level), level)
        self.level.setCurrentIndex(LEVELS.index(USUAL_LEVEL))
        self.picture = _Picture()
        top = QHBoxLayout()
        top.addWidget(self.title, 1)
        top.addWidget(self.level)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 4, 0, 0)
        column.addLayout(top)
        column.addWidget(self.picture, 1)
        column.addWidget(self.note)
        self.level.currentIndexChanged.connect(self._show_level)
        self.setMinimumWidth(220)

    def show_chromosomes(self, items: Sequence[Enlarged], inverted: bool, remark: str = "") -> None:
        """Show these chromosomes; which ideogram stands beside them a person chooses."""
        shown = list(items[:_MOST])
        labels = {i.strip.label for i in shown}
        self.picture.show_items(shown, labels.pop() if len(labels) == 1 else "", inverted)
        if not shown:
            self.title.setText(self.tr("Close-up"))
            self.note.setText(self.tr("Select a chromosome; Ctrl+click adds its homologue."))
        else:
            self.title.setText(", ".join(dict.fromkeys(i.name for i in shown)))
            more = len(items) - len(shown)
            beyond = self.tr("{0} more are selected.").format(more) if more > 0 else ""
            self.note.setText(" ".join(t for t in (remark, beyond) if t))
        self.note.setVisible(bool(self.note.text()))
        self._show_level()

    def _show_level(self) -> None:
        self.picture.set_level(self.level.currentData())


class _Picture(QWidget):
    """Ideogram, straightened strips, and each one's original cut-out at its right."""

    def __init__(self) -> None:
        super().__init__()
        self._items: list[Enlarged] = []
        self._label, self._level, self._inverted = "", USUAL_LEVEL, False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Close-up"))

    def sizeHint(self) -> QSize:
        return QSize(340, 420)

    def show_items(self, items: list[Enlarged], label: str, inverted: bool) -> None:
        """Show these chromosomes, with the ideogram of the class ``label`` where they have one."""
        self._items, self._label, self._inverted = items, label, inverted
        self.update()

    def set_level(self, level: int) -> None:
        """Bands of the ideogram."""
        self._level = level
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor("black") if self._inverted else QColor("white"))
        if not self._items:
            return
        strips = [i.strip for i in self._items]
        above = max(s.centromere for s in strips)
        below = max(s.pixels.shape[0] - s.centromere for s in strips)
        room = self.height() - _FOOT - 2 * _MARGIN
        left = _IDEOGRAM + _NAMES + _GAP if self._label else 0
        wide = sum(i.strip.pixels.shape[1] + i.original.shape[1] for i in self._items)
        free = self.width() - left - 2 * _MARGIN - _GAP * 2 * len(self._items)
        zoom = max(min(room / max(above + below, 1), free / max(wide, 1)), 0.5)
        line = _MARGIN + above * zoom
        if self._label:
            self._draw_ideogram(painter, line, zoom)
        x = float(_MARGIN + left)
        for item in self._items:
            x = self._draw_item(painter, item, x, line, zoom)
        pen = QPen(QColor("#8A929B"), 1, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.drawLine(QPointF(_MARGIN, line), QPointF(x - _GAP, line))

    def _draw_ideogram(self, painter: QPainter, line: float, zoom: float) -> None:
        lengths = [i.strip.pixels.shape[0] * zoom for i in self._items]
        shapes = ideogram_shapes(
            load_bands(self._level), self._label, _MARGIN, line, sum(lengths) / len(lengths), width=_IDEOGRAM,
            name_size=11.0, least=11.5,
        )  # fmt: skip
        draw_shapes(painter, shapes, self._inverted)

    def _draw_item(self, painter: QPainter, item: Enlarged, x: float, line: float, zoom: float) -> float:
        strip, first = item.strip, x
        for pixels, mark in ((strip.pixels, item.doubt), (item.original, None)):
            grey = scaled_strip(pixels, zoom)
            grey = np.asarray(255 - grey if self._inverted else grey, np.uint8)
            top = line - strip.centromere * zoom
            if pixels is item.original:
                top += (strip.pixels.shape[0] - pixels.shape[0]) * zoom / 2
            painter.drawPixmap(QPointF(round(x), round(top)), QPixmap.fromImage(to_qimage(grey)))
            if mark is not None:
                self._mark(painter, QRectF(x, line - strip.centromere * zoom, grey.shape[1], grey.shape[0]), mark)
            x += grey.shape[1] + _GAP
        ink = ink_of(self._inverted)
        low = self.height() - _FOOT + 12
        draw_text(painter, first, low, item.name, 13, ink)
        small = QFont(painter.font())
        small.setPixelSize(11)
        painter.setFont(small)
        painter.setPen(QPen(QColor("#8A929B")))
        painter.drawText(QPointF(x - _GAP - item.original.shape[1] * zoom, low + 14), self.tr("as in the picture"))
        return x

    @staticmethod
    def _mark(painter: QPainter, area: QRectF, at: float) -> None:
        """A bracket at the place that differs from the homologue."""
        painter.setPen(QPen(QColor(RED_DOUBT), 2))
        y, half = area.top() + at * area.height(), max(0.04 * area.height(), 6.0)
        x = area.left() - 5
        for first, second in (
            (QPointF(x, y - half), QPointF(x, y + half)), (QPointF(x, y - half), QPointF(x + 4, y - half)),
            (QPointF(x, y + half), QPointF(x + 4, y + half)),
        ):  # fmt: skip
            painter.drawLine(first, second)

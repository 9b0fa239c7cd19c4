"""What the typed karyotype means: ideograms with gains and losses, and the same in words."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtSvgWidgets import QSvgWidget
from PySide6.QtWidgets import QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from karyoview.core.nomenclature import Karyotype
from karyoview.core.nomenclature_copies import copies_of, describe_copies
from karyoview.gui.withheld import karyotype_text, sentences
from karyoview.imaging.ideogram import load_bands
from karyoview.imaging.ideogram_picture import draw_copies

_PER_ROW = 8
_NARROWEST, _WIDEST = 300, 556  # one row of ideograms is seen whole where the screen has room


class KaryotypeMeaning(QWidget):
    """Gains and losses of a karyotype by band; one sentence while what is typed breaks a rule."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture = QSvgWidget()
        self.picture.setAccessibleName(self.tr("Gains and losses on ideograms"))
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(4, 4, 4, 4)
        column.addWidget(self.words)
        column.addWidget(self.picture)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidget(inside)
        area.setWidgetResizable(True)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)
        self.setMinimumWidth(_NARROWEST)
        self.setMaximumWidth(_WIDEST)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self._shown: tuple[str, bool] | None = None
        self.show_karyotype(None)

    def show_karyotype(self, karyotype: Karyotype | None, *, withheld: bool = False) -> None:
        """Show a valid karyotype; None, or one that breaks a rule, leaves one sentence."""
        if karyotype is None or not karyotype.is_valid or not karyotype.lines:
            self._shown = None
            self.picture.hide()
            self.words.setText(self.tr("Type a valid karyotype to see what it gains and loses."))
            return
        if self._shown == (karyotype.text, withheld):
            return
        self._shown = (karyotype.text, withheld)
        bands = load_bands(850)
        copies = copies_of(karyotype, bands)
        titles = [karyotype_text(line.text, withheld) for line in karyotype.lines]
        without = "XY" if withheld else ""
        drawing = draw_copies(list(zip(titles, copies, strict=True)), bands, without=without, per_row=_PER_ROW)
        data = QByteArray(drawing.encode("utf-8"))
        self.picture.load(data)
        self.picture.setFixedSize(QSvgRenderer(data).defaultSize())
        self.picture.show()
        words = []
        for number, line in enumerate(copies, start=1):
            for sentence in sentences(describe_copies(line), withheld):
                words.append(self.tr("Line {0}: {1}").format(number, sentence) if len(copies) > 1 else sentence)
        self.words.setText("\n".join(words))

"""One class over all cells of the case, side by side, and the composite karyogram."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import median
from typing import Any

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QFont, QImage, QPainter, QPixmap
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QGraphicsPixmapItem,
    QGraphicsScene,
    QGraphicsView,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from karyoview.core.annotation import ImageAnnotation
from karyoview.core.chromosome import CLASSES, X_INDEX
from karyoview.core.errors import KaryoViewError
from karyoview.gui.canvas.image_item import to_qimage
from karyoview.gui.karyogram.board import Executor, run_inline
from karyoview.gui.karyogram.items import IdeogramItem
from karyoview.gui.screen_fit import fit_size
from karyoview.imaging.composite import class_strip, composite, copies_of
from karyoview.imaging.karyogram_layout import Strip, make_strips
from karyoview.imaging.masks import GreyArray
from karyoview.report.pictures import export_karyogram, karyogram_image, picture_of

Load = Callable[[str], GreyArray]


class StripsDialog(QDialog):
    """All copies of a class; a click on one goes to its cell, Ctrl+click takes it into the composite."""

    asked_for = Signal(str, str)
    """Image and chromosome that a person clicked."""

    def __init__(
        self, annotations: list[ImageAnnotation], load: Load, parent: QWidget | None = None, run: Executor = run_inline,
        sex_withheld: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.setWindowTitle(self.tr("One class over all cells"))
        fit_size(self, 1000, 480)
        self.cells: dict[str, Mapping[str, Strip]] = {}
        self.chosen: list[str] = []
        self.problems: list[str] = []
        self._run = run
        self._waiting = list(annotations)
        self._load = load
        self.label = QComboBox()
        self.label.setAccessibleName(self.tr("Class"))
        self.sex_withheld = sex_withheld
        self.label.addItems(self._classes())
        self.whole = QCheckBox(self.tr("Composite karyogram"))
        self.save = QPushButton(self.tr("Save the picture…"))
        self.save.setAutoDefault(False)
        self.note = QLabel()
        self.note.setWordWrap(True)
        self.view = _StripView(self)
        top = QHBoxLayout()
        top.addWidget(QLabel(self.tr("Class")))
        top.addWidget(self.label)
        top.addWidget(self.whole)
        top.addStretch(1)
        top.addWidget(self.save)
        column = QVBoxLayout(self)
        column.addLayout(top)
        column.addWidget(self.view, 1)
        column.addWidget(self.note)
        self.label.currentIndexChanged.connect(self.draw)
        self.whole.toggled.connect(self.draw)
        self.save.clicked.connect(self._save_as)
        self._closed = False
        self._next()

    def _classes(self) -> list[str]:
        return [c.label for c in (CLASSES[:X_INDEX] if self.sex_withheld else CLASSES)]

    def withhold_sex(self, withheld: bool) -> None:
        """Leave the sex chromosomes out, or show them again."""
        if withheld == self.sex_withheld:
            return
        self.sex_withheld = withheld
        chosen = self.label.currentText()
        self.label.blockSignals(True)
        self.label.clear()
        self.label.addItems(self._classes())
        self.label.setCurrentIndex(max(self.label.findText(chosen), 0))
        self.label.blockSignals(False)
        self.draw()

    def _next(self) -> None:
        """Cut out one cell after the other, so that the first are seen soon."""
        if not self._waiting or self._closed:
            return
        annotation = self._waiting.pop(0)

        def work() -> tuple[str, dict[str, Strip], str]:
            try:
                return annotation.image, make_strips(self._load(annotation.image), annotation), ""
            except KaryoViewError as error:
                return annotation.image, {}, str(error)

        self._run(work, self._cut)

    def _cut(self, result: tuple[str, dict[str, Strip], str]) -> None:
        if self._closed:
            return
        image, strips, problem = result
        if problem:
            self.problems.append(problem)
        else:
            self.cells[image] = strips
        self.draw()
        self._next()

    def draw(self) -> None:
        """Show the class, or the composite, of the cells that are there."""
        missing = self.tr("{0} cells are still being cut out. ").format(len(self._waiting)) if self._waiting else ""
        problems = " ".join(self.problems)
        if self.whole.isChecked():
            karyogram, strips = composite(self.cells, self.copies(), self.chosen)
            picture = karyogram_image(picture_of(karyogram, strips, zoom=2.0, withhold_sex=self.sex_withheld))
            self.view.show_picture(_qimage(picture))
            words = self.tr("Composed of {0} cells: each chromosome is real, the karyogram is no cell.")
            self.note.setText(missing + words.format(len(self.cells)) + " " + problems)
            return
        copies = copies_of(self.label.currentText(), self.cells)
        picture_pixels, places = class_strip(copies)
        centromere = max((c.strip.centromere for c in copies), default=0.0)
        length = median([c.strip.pixels.shape[0] for c in copies]) if copies else 0.0
        marks = [(f"{c.image}\n{c.score:.2f}", c.key, x1, x2) for c, (x1, x2) in zip(copies, places, strict=True)]
        self.view.show_strip(
            picture_pixels, marks, self.label.currentText(), centromere, float(length), set(self.chosen)
        )
        words = self.tr("{0} copies in {1} cells, scaled to one length; the number is how well the bands fit.")
        self.note.setText(missing + words.format(len(copies), len(self.cells)) + " " + problems)

    def copies(self) -> list[int]:
        """How many copies of each class the composite has: the median over the cells."""
        counts = []
        for item in CLASSES:
            numbers = [sum(s.label == item.label for s in strips.values()) for strips in self.cells.values()]
            counts.append(round(median(numbers)) if numbers else 0)
        return counts

    def clicked(self, key: str, choose: bool) -> None:
        """A copy was clicked."""
        if choose:
            self.chosen = [k for k in self.chosen if k != key] if key in self.chosen else [*self.chosen, key]
            self.draw()
        else:
            image, _, chromosome = key.partition("\n")
            self.asked_for.emit(image, chromosome)

    def _save_as(self) -> None:
        from pathlib import Path

        name, _ = QFileDialog.getSaveFileName(
            self, self.tr("Save the picture"), "", "PNG (*.png);;TIFF (*.tif);;SVG (*.svg)"
        )
        if not name:
            return
        try:
            karyogram, strips = composite(self.cells, self.copies(), self.chosen)
            title = self.tr("Composite of {0} cells").format(len(self.cells))
            export_karyogram(picture_of(karyogram, strips, withhold_sex=self.sex_withheld), Path(name), title)
        except KaryoViewError as error:
            self.note.setText(str(error))

    def done(self, result: int) -> None:
        self._closed = True
        super().done(result)


class _StripView(QGraphicsView):
    """The picture, with names below and the ideogram at the left."""

    def __init__(self, dialog: StripsDialog) -> None:
        super().__init__(dialog)
        self._dialog = dialog
        self._marks: list[tuple[str, str, float, float]] = []
        self.setScene(QGraphicsScene(self))
        self.setBackgroundBrush(Qt.GlobalColor.white)
        self.setRenderHints(QPainter.RenderHint.SmoothPixmapTransform | QPainter.RenderHint.Antialiasing)
        self.setAccessibleName(self.tr("Copies of one class"))

    def show_picture(self, picture: QImage) -> None:
        """Show a finished picture."""
        self._marks = []
        self.scene().clear()
        item = QGraphicsPixmapItem(QPixmap.fromImage(picture))
        item.setTransformationMode(Qt.TransformationMode.SmoothTransformation)
        self.scene().addItem(item)
        self.setSceneRect(QRectF(picture.rect()))
        self.fitInView(self.sceneRect(), Qt.AspectRatioMode.KeepAspectRatio)

    def show_strip(
        self, pixels: GreyArray, marks: list[tuple[str, str, float, float]], label: str, centromere: float,
        length: float, chosen: set[str],
    ) -> None:  # fmt: skip
        """Show the copies of a class with their names."""
        scene = self.scene()
        scene.clear()
        self._marks = marks
        item = QGraphicsPixmapItem(QPixmap.fromImage(to_qimage(pixels)))
        item.setTransformationMode(Qt.TransformationMode.SmoothTransformation)
        scene.addItem(item)
        if length > 0:
            scene.addItem(IdeogramItem(label, 550, length, float(int(centromere) + 1), -IdeogramItem.SPACE - 4))
        font = QFont(self.font())
        font.setPixelSize(6)
        for text, key, x1, x2 in marks:
            name = scene.addText(("● " if key in chosen else "") + text.replace("\n", " · "), font)
            name.setRotation(60)
            name.setPos((x1 + x2) / 2 + 4, pixels.shape[0] + 2)
        area = QRectF(-IdeogramItem.SPACE - 8, -6, pixels.shape[1] + IdeogramItem.SPACE + 60, pixels.shape[0] + 70)
        self.setSceneRect(area)
        self.fitInView(area, Qt.AspectRatioMode.KeepAspectRatio)

    def mousePressEvent(self, event: Any) -> None:
        x = self.mapToScene(event.position().toPoint()).x()
        hit = next((key for _, key, x1, x2 in self._marks if x1 <= x <= x2), None)
        if hit is not None:
            self._dialog.clicked(hit, bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))

    def wheelEvent(self, event: Any) -> None:
        factor = 1.2 if event.angleDelta().y() > 0 else 1 / 1.2
        self.scale(factor, factor)


def _qimage(picture: Any) -> QImage:
    data = picture.tobytes()
    return QImage(data, picture.width, picture.height, picture.width, QImage.Format.Format_Grayscale8).copy()

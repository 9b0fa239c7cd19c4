"""One class over all cells of the case, side by side, and the composite karyogram."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPen, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QGraphicsLineItem,
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
from karyoview.gui.colours import SELECTED
from karyoview.gui.dialogs.help_key import add_help
from karyoview.gui.dialogs.save_file import ask_to_save
from karyoview.gui.karyogram.board import Executor, run_inline
from karyoview.gui.karyogram.board_pages import paint_picture
from karyoview.gui.screen_fit import fit_size
from karyoview.imaging.band_alignment import FARTHEST, FEWEST, AlignedCopy, align_copies
from karyoview.imaging.composite import composite, copies_of
from karyoview.imaging.karyogram_layout import Strip, make_strips
from karyoview.imaging.karyogram_look import KaryogramLook
from karyoview.imaging.masks import GreyArray
from karyoview.imaging.profile import SAMPLES
from karyoview.imaging.stored_look import look_of
from karyoview.report.class_sheet import ClassSheet, CopyPlace, class_sheet
from karyoview.report.pictures import KaryogramPicture, export_karyogram, picture_of

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
        add_help(self, "tasks")
        fit_size(self, 1000, 480)
        self.cells: dict[str, Mapping[str, Strip]] = {}
        self.chosen: list[str] = []
        self.problems: list[str] = []
        self._run = run
        self._waiting = list(annotations)
        self.sheet = class_sheet([], "1")
        self._load = load
        self.label = QComboBox()
        self.label.setAccessibleName(self.tr("Class"))
        self.sex_withheld = sex_withheld
        self.label.addItems(self._classes())
        self.align = QCheckBox(self.tr("Align the bands"))
        self.align.setChecked(True)
        self.align.setToolTip(self.tr("Off: lengths and centromeres alone are brought together, no band is moved."))
        self.whole = QCheckBox(self.tr("Composite karyogram"))
        self.save = QPushButton(self.tr("Save the picture…"))
        self.save.setAutoDefault(False)
        self.note = QLabel()
        self.note.setWordWrap(True)
        self.view = _StripView(self)
        top = QHBoxLayout()
        top.addWidget(QLabel(self.tr("Class")))
        top.addWidget(self.label)
        top.addWidget(self.align)
        top.addWidget(self.whole)
        top.addStretch(1)
        top.addWidget(self.save)
        column = QVBoxLayout(self)
        column.addLayout(top)
        column.addWidget(self.view, 1)
        column.addWidget(self.note)
        self.label.currentIndexChanged.connect(self.draw)
        self.whole.toggled.connect(self.draw)
        self.align.toggled.connect(self.draw)
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
                look = KaryogramLook(strength=look_of(annotation).strength)  # bands compare only on straight ones
                return annotation.image, make_strips(self._load(annotation.image), annotation, look), ""
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
            self.view.show_picture(picture_of(karyogram, strips, zoom=2.0, withhold_sex=self.sex_withheld))
            words = self.tr("Composed of {0} cells: each chromosome is real, the karyogram is no cell.")
            self.note.setText(missing + words.format(len(self.cells)) + " " + problems)
            return
        label = self.label.currentText()
        aligned = align_copies(copies_of(label, self.cells), self.cells, shift=self.align.isChecked())
        self.sheet = class_sheet(aligned, label, aspect=self.view.aspect(), chosen=self.chosen)
        self.view.show_sheet(self.sheet)
        self.note.setText(missing + self._words(aligned) + " " + problems)

    def _words(self, aligned: list[AlignedCopy]) -> str:
        """What was done to the copies, and what the marks say."""
        words = self.tr("{0} copies in {1} cells, scaled to one length; the number is how well the bands fit.")
        text = words.format(len(aligned), len(self.cells))
        if self.align.isChecked():
            percent = round(100 * FARTHEST / SAMPLES)
            text += " " + self.tr("Bands were moved by up to {0} % of the length onto those of the others.").format(
                percent
            )
        odd = sum(bool(c.differences) or c.odd_length for c in aligned)
        if len(aligned) < FEWEST:
            return text + " " + self.tr("Differences are marked from {0} copies on.").format(FEWEST)
        if odd:
            text += " " + self.tr("≠ marks where {0} of them differ from the others: look there.").format(odd)
        return text

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
        name = "composite" if self.whole.isChecked() else f"chromosome-{self.label.currentText()}"
        ask_to_save(self, self.tr("Save the picture"), Path(f"{name}.png"), ("png", "tif", "svg"), self.save_to)

    def save_to(self, path: Path) -> None:
        """Write what is shown, the copies of the class or the composite, as .png, .tif or .svg."""
        target = path if path.suffix else path.with_suffix(".png")
        try:
            if self.whole.isChecked():
                karyogram, strips = composite(self.cells, self.copies(), self.chosen)
                title = self.tr("Composite of {0} cells").format(len(self.cells))
                picture = picture_of(karyogram, strips, withhold_sex=self.sex_withheld)
            else:
                title = self.tr("Chromosome {0}, {1} cells").format(self.label.currentText(), len(self.cells))
                picture = self.sheet.picture
            export_karyogram(picture, target, title)
        except KaryoViewError as error:
            self.note.setText(str(error))
        else:
            self.note.setText(self.tr("{0} is written.").format(target.name))

    def done(self, result: int) -> None:
        self._closed = True
        super().done(result)


class _StripView(QGraphicsView):
    """The sheet; a line over all copies follows the pointer, so that bands can be compared along it."""

    def __init__(self, dialog: StripsDialog) -> None:
        super().__init__(dialog)
        self._dialog = dialog
        self.places: tuple[CopyPlace, ...] = ()
        self._line: QGraphicsLineItem | None = None
        self.setScene(QGraphicsScene(self))
        self.setBackgroundBrush(Qt.GlobalColor.white)
        self.setRenderHints(QPainter.RenderHint.SmoothPixmapTransform | QPainter.RenderHint.Antialiasing)
        self.setAccessibleName(self.tr("Copies of one class"))
        self.setMouseTracking(True)

    def aspect(self) -> float:
        """Width over height of the view."""
        port = self.viewport()
        return float(min(max(port.width() / max(port.height(), 1), 0.5), 6.0))

    def show_picture(self, picture: KaryogramPicture) -> None:
        """Show a finished picture."""
        self.places = ()
        self.scene().clear()
        height, width = picture.pixels.shape
        image = QImage(width, height, QImage.Format.Format_RGB32)
        painter = QPainter(image)
        painter.setFont(self.font())
        paint_picture(painter, picture)
        painter.end()
        item = QGraphicsPixmapItem(QPixmap.fromImage(image))
        item.setTransformationMode(Qt.TransformationMode.SmoothTransformation)
        self.scene().addItem(item)
        pen = QPen(QColor(SELECTED), 0, Qt.PenStyle.DotLine)
        self._line = self.scene().addLine(0, 0, width, 0, pen)
        self._line.hide()
        self.setSceneRect(QRectF(0, 0, width, height))
        self.fitInView(self.sceneRect(), Qt.AspectRatioMode.KeepAspectRatio)

    def show_sheet(self, sheet: ClassSheet) -> None:
        """Show the copies of a class."""
        self.show_picture(sheet.picture)
        self.places = sheet.places

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fitInView(self.sceneRect(), Qt.AspectRatioMode.KeepAspectRatio)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = self.mapToScene(event.position().toPoint())
        over = self._copy_at(place.x(), place.y())
        if self._line is not None:
            self._line.setVisible(over is not None)
            self._line.setLine(0, place.y(), self.sceneRect().width(), place.y())
        self.viewport().setToolTip(over.key.replace("\n", " · ") if over is not None else "")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self.mapToScene(event.position().toPoint())
        hit = self._copy_at(place.x(), place.y())
        if hit is not None:
            self._dialog.clicked(hit.key, bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))

    def _copy_at(self, x: float, y: float) -> CopyPlace | None:
        hits = (p for p in self.places if p.x <= x <= p.x + p.width and p.y <= y <= p.y + p.height)
        return next(hits, None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
        factor = 1.2 if event.angleDelta().y() > 0 else 1 / 1.2
        self.scale(factor, factor)

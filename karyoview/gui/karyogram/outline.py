"""The outline of one chromosome, painted with a brush or cut by a stroke."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QKeySequence, QPainterPath, QPen, QPixmap, QShortcut
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QDialogButtonBox,
    QGraphicsPathItem,
    QGraphicsPixmapItem,
    QGraphicsScene,
    QGraphicsView,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from karyoview.core.errors import KaryoViewError
from karyoview.gui.canvas.image_item import to_qimage
from karyoview.gui.colours import SELECTED
from karyoview.gui.dialogs.help_key import add_help
from karyoview.gui.screen_fit import fit_size
from karyoview.imaging.cutout import masks_of, paint, split_mask
from karyoview.imaging.masks import BoolArray, GreyArray
from karyoview.review import karyogram_edits
from karyoview.review.session import ReviewSession

_ROOM = 24
OTHER_PART = "#D55E00"
_STEPS_KEPT = 60

_Drawn: TypeAlias = tuple[BoolArray, list[tuple[float, float]]]
"""An outline, and the stroke along which it is to be cut."""


class OutlineDialog(QDialog):
    """Left drag paints, erases or cuts, as chosen; right drag always erases.

    Nothing is kept and the dialog stays open until OK, which is one undo step of the case; a cut shows both parts and a
    new stroke takes its place. Strokes can be undone and done again by themselves before.
    """

    def __init__(
        self, session: ReviewSession, pixels: GreyArray, chromosome: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Outline"))
        add_help(self, "tasks")
        fit_size(self, 620, 640)
        self.cut: list[tuple[float, float]] = []
        """The stroke along which the outline is to be cut, empty where it is not."""
        self.session, self.chromosome, self.image = session, chromosome, session.current
        annotation = session.annotation(self.image)
        index = [c.id for c in annotation.chromosomes].index(chromosome)
        found = masks_of(pixels, annotation.chromosomes)[index]
        self.outline: BoolArray = found.full(*pixels.shape)
        height, width = found.mask.shape
        self._x, self._y = max(found.x - _ROOM, 0), max(found.y - _ROOM, 0)
        self._crop = pixels[self._y : found.y + height + _ROOM, self._x : found.x + width + _ROOM]
        self.modes = QButtonGroup(self)
        row = QHBoxLayout()
        for number, text in enumerate((self.tr("Paint"), self.tr("Erase"), self.tr("Cut in two"))):
            button = QRadioButton(text)
            self.modes.addButton(button, number)
            row.addWidget(button)
        self.modes.button(0).setChecked(True)
        self.radius = QSlider(Qt.Orientation.Horizontal)
        self.radius.setRange(1, 12)
        self.radius.setValue(3)
        self.radius.setAccessibleName(self.tr("Brush"))
        row.addWidget(QLabel(self.tr("Brush")))
        row.addWidget(self.radius)
        self._done: list[_Drawn] = []
        self._undone: list[_Drawn] = []
        self.undo_button = self._step_button(self.tr("Undo"), QKeySequence.StandardKey.Undo, self.undo)
        self.redo_button = self._step_button(self.tr("Redo"), QKeySequence.StandardKey.Redo, self.redo)
        row.addWidget(self.undo_button)
        row.addWidget(self.redo_button)
        self.note = QLabel()
        self.note.setWordWrap(True)
        self.view = _OutlineView(self)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addLayout(row)
        column.addWidget(self.view, 1)
        column.addWidget(self.note)
        column.addWidget(buttons)
        self.draw()

    def _step_button(self, text: str, key: QKeySequence.StandardKey, act: Callable[[], None]) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(False)
        button.setEnabled(False)
        button.setToolTip(QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText))
        button.clicked.connect(act)
        QShortcut(key, self).activated.connect(act)
        return button

    def undo(self) -> None:
        """Take back the last stroke."""
        self._step(self._done, self._undone)

    def redo(self) -> None:
        """Draw the stroke again that was taken back last."""
        self._step(self._undone, self._done)

    def _step(self, source: list[_Drawn], target: list[_Drawn]) -> None:
        if source:
            target.append((self.outline, self.cut))
            self.outline, self.cut = source.pop()
            self._show_step()

    def _keep_step(self) -> None:
        """A stroke changes what is drawn: keep it as it is now."""
        self._done = [*self._done[1 - _STEPS_KEPT :], (self.outline, self.cut)]
        self._undone = []

    def _show_step(self) -> None:
        self.undo_button.setEnabled(bool(self._done))
        self.redo_button.setEnabled(bool(self._undone))
        self.note.setText(self._cut_text() if self.cut else "")
        self.draw()

    def _cut_text(self) -> str:
        return self.tr("OK makes the marked part a chromosome of its own, without a class.")

    def draw(self) -> None:
        """Show the chromosome with its outline."""
        part = self.outline[self._y : self._y + self._crop.shape[0], self._x : self._x + self._crop.shape[1]]
        tint = np.zeros((*part.shape, 4), dtype=np.uint8)
        colour = QColor(SELECTED)
        tint[part] = (colour.blue(), colour.green(), colour.red(), 90)
        if self.cut:
            smaller = min(split_mask(self.outline, self.cut), key=lambda mask: int(mask.sum()))
            other = QColor(OTHER_PART)
            window = smaller[self._y : self._y + part.shape[0], self._x : self._x + part.shape[1]]
            tint[window] = (other.blue(), other.green(), other.red(), 130)
        height, width = part.shape
        overlay = QImage(tint.data, width, height, 4 * width, QImage.Format.Format_ARGB32).copy()
        self.view.show_pictures(to_qimage(np.ascontiguousarray(self._crop)), overlay)

    def stroke(self, points: list[QPointF], erase: bool) -> None:
        """A stroke was drawn, in pixels of the crop."""
        line = [(p.x() + self._x, p.y() + self._y) for p in points]
        if self.modes.checkedId() == 2 and not erase:
            self._cut(line)
            return
        self._keep_step()
        self.cut = []
        add = self.modes.checkedId() == 0 and not erase
        self.outline = paint(self.outline, line, float(self.radius.value()), add)
        self._show_step()

    def _cut(self, line: list[tuple[float, float]]) -> None:
        try:
            split_mask(self.outline, line)
        except KaryoViewError as error:
            if self.cut:
                self._keep_step()
                self.cut = []
                self._show_step()
            self.note.setText(str(error))
            return
        self._keep_step()
        self.cut = line
        self._show_step()

    def accept(self) -> None:
        """Keep the outline, or both parts of it, as one undo step."""
        annotation, person = self.session.annotation(self.image), self.session.person
        if self.chromosome not in {c.id for c in annotation.chromosomes}:
            self.note.setText(self.tr("This chromosome is gone: it was deleted or proposed anew meanwhile."))
            return
        try:
            if self.cut:
                after, made = karyogram_edits.split_outline(annotation, self.chromosome, self.outline, self.cut, person)
                self.session.do(after, "cut outline", (self.chromosome, made))
            else:
                after = karyogram_edits.set_mask(annotation, self.chromosome, self.outline, person)
                self.session.do(after, "outline", (self.chromosome,))
        except KaryoViewError as error:
            self.note.setText(str(error))
            return
        super().accept()


class _OutlineView(QGraphicsView):
    """The crop, enlarged; collects strokes."""

    def __init__(self, dialog: OutlineDialog) -> None:
        super().__init__(dialog)
        self._dialog = dialog
        self._points: list[QPointF] = []
        self._erase = False
        self.setScene(QGraphicsScene(self))
        self.setAccessibleName(self.tr("Outline"))
        self._line = QGraphicsPathItem()
        pen = QPen(QColor(SELECTED), 2)
        pen.setCosmetic(True)
        self._line.setPen(pen)
        self._picture, self._overlay = QGraphicsPixmapItem(), QGraphicsPixmapItem()
        for item in (self._picture, self._overlay, self._line):
            self.scene().addItem(item)

    def show_pictures(self, picture: QImage, overlay: QImage) -> None:
        """The chromosome and the tint over it."""
        self._picture.setPixmap(QPixmap.fromImage(picture))
        self._overlay.setPixmap(QPixmap.fromImage(overlay))
        self.setSceneRect(QRectF(picture.rect()))
        self.fitInView(self.sceneRect(), Qt.AspectRatioMode.KeepAspectRatio)

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        self.fitInView(self.sceneRect(), Qt.AspectRatioMode.KeepAspectRatio)

    def mousePressEvent(self, event: Any) -> None:
        self._erase = event.button() == Qt.MouseButton.RightButton
        self._points = [self.mapToScene(event.position().toPoint())]

    def mouseMoveEvent(self, event: Any) -> None:
        if self._points:
            self._points.append(self.mapToScene(event.position().toPoint()))
            path = QPainterPath(self._points[0])
            for point in self._points[1:]:
                path.lineTo(point)
            self._line.setPath(path)

    def mouseReleaseEvent(self, event: Any) -> None:
        points, self._points = self._points, []
        self._line.setPath(QPainterPath())
        if points:
            self._dialog.stroke(points, self._erase)

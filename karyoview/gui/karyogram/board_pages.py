"""The board as a picture of its own and on paper: the same pixels, arrows and texts, at 600 dpi."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRectF
from PySide6.QtGui import QImage, QPageLayout, QPainter
from PySide6.QtWidgets import QDialog, QWidget

from karyoview.core.errors import KaryoViewError
from karyoview.core.karyogram import Karyogram
from karyoview.gui.dialogs.save_file import ask_to_save
from karyoview.gui.karyogram.board_view import WIDEST
from karyoview.gui.karyogram.items import ink_of
from karyoview.gui.karyogram.shape_painter import draw_shapes, draw_text
from karyoview.gui.karyogram.shown_board import ShownBoard
from karyoview.imaging.karyogram_shapes import LineShape, TextShape
from karyoview.report.karyogram_page import karyogram_pdf
from karyoview.report.pictures import PRINT_DPI, PRINT_WIDTH, KaryogramPicture, export_karyogram, picture_of

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter


_FORMS = ("png", "tif", "svg", "pdf")


class BoardPages(QObject):
    """Saves and prints what the board shows."""

    def __init__(self, board: ShownBoard, parent: QWidget) -> None:
        super().__init__(parent)
        self._parent = parent
        self._board = board
        self.case_name: Callable[[], str] = str
        """The name of the case, for the title of a page; empty where there is none."""

    def picture(self, wide: int = PRINT_WIDTH) -> Callable[[], KaryogramPicture] | None:
        """What makes the picture of the board ``wide`` pixels wide, for a worker; None where the board is empty."""
        board, model = self._board, self._board.model
        if model is None or not model.strips:
            board.message.emit(self.tr("There is no karyogram to save or print yet."))
            return None
        karyogram: Karyogram = model.karyogram()
        strips, look, notes = dict(model.strips), model.look, model.notes()
        # on paper a karyogram has its four rows, also where a low board shows two
        withheld, aspect, level = board.sex_withheld, min(board.view.aspect(), WIDEST), board.ideogram_level()
        return lambda: picture_of(
            karyogram, strips, withhold_sex=withheld, aspect=aspect, wide=wide, look=look, notes=notes, ideograms=level
        )

    def title(self) -> str:
        """Case, cell and count, for the head of a page."""
        model = self._board.model
        if model is None:
            return ""
        parts = (self.case_name(), model.image, model.headline(self._board.sex_withheld))
        return "   ".join(part for part in parts if part)

    def save(self) -> None:
        """Ask where to, and write the board as a picture."""
        make = self.picture()
        if make is None:
            return
        assert self._board.model is not None
        parts = (self.case_name(), Path(self._board.model.image).stem, "karyogram")
        proposed = Path("-".join(part for part in parts if part) + ".png")
        ask_to_save(self._parent, self.tr("Save the karyogram"), proposed, _FORMS, self.save_to)

    def save_to(self, path: Path) -> None:
        """Write the board as .png, .tif, .svg or .pdf; what came of it is said."""
        make, title = self.picture(), self.title()
        if make is None:
            return
        target = path if path.suffix else path.with_suffix(".png")
        saved = self.tr("{0} is written at {1} dpi.").format(target.name, PRINT_DPI)

        def work() -> str:
            try:
                if target.suffix.lower() == ".pdf":
                    karyogram_pdf(make(), target, title)
                else:
                    export_karyogram(make(), target, title)
            except KaryoViewError as error:
                return str(error)
            return saved

        self._board.run(work, self._board.message.emit)

    def print_out(self) -> None:
        """Ask for a printer, and print the board on one page."""
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter

        make = self.picture(PRINT_WIDTH * 3 // 2)
        if make is None:
            return
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setResolution(PRINT_DPI)
        printer.setPageOrientation(QPageLayout.Orientation.Landscape)
        printer.setDocName(self.title())
        dialog = QPrintDialog(printer, self._parent)

        def go() -> None:
            title = self.title()
            self._board.run(make, lambda picture: self._print(printer, picture, title))

        dialog.accepted.connect(go)
        dialog.finished.connect(dialog.deleteLater)
        QDialog.open(dialog)  # its own takes the name of a slot

    def _print(self, printer: QPrinter, picture: KaryogramPicture, title: str) -> None:
        painter = QPainter()
        if not painter.begin(printer):
            self._board.message.emit(self.tr("The printer cannot be used; choose another, or save as PDF."))
            return
        paint_page(painter, QRectF(painter.viewport()), picture, title)
        painter.end()
        self._board.message.emit(self.tr("The karyogram was sent to the printer."))


def paint_page(painter: QPainter, page: QRectF, picture: KaryogramPicture, title: str) -> None:
    """Paint a karyogram with its head and the sentence of what was applied into a page, in device pixels."""
    size = page.height() / 55
    area = page.adjusted(0, 2.2 * size, 0, -1.8 * size)
    height, width = picture.pixels.shape
    scale = min(area.width() / width, area.height() / height)
    left = area.left() + (area.width() - scale * width) / 2
    black = ink_of(False)
    draw_text(painter, page.left(), page.top() + size, title, size, black)
    draw_text(painter, page.left(), page.bottom() - 0.4 * size, picture.applied, 0.8 * size, black)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.LosslessImageRendering)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.translate(left, area.top())
    painter.scale(scale, scale)
    paint_picture(painter, picture)
    painter.restore()


def paint_picture(painter: QPainter, picture: KaryogramPicture) -> None:
    """Paint a karyogram and all that is drawn over it, a pixel of the picture a unit of the painter."""
    height, width = picture.pixels.shape
    grey = QImage(picture.pixels.tobytes(), width, height, width, QImage.Format.Format_Grayscale8)
    painter.drawImage(QRectF(0, 0, width, height), grey)
    lines = [LineShape(x1, y, x2, y, max(0.6 * picture.zoom, 1.0)) for x1, y, x2 in picture.lines]
    labels = [TextShape(x, y, text, picture.label_size, "middle") for text, x, y in picture.labels]
    draw_shapes(painter, [*lines, *labels, *picture.shapes], picture.inverted)

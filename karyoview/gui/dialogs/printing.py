"""A report on paper: the pages of its PDF, as they are, through the system's printer."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QPageSize, QPainter
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QWidget

from karyoview.core.errors import KaryoViewError

_DPI = 300.0


class PrintError(KaryoViewError):
    """A report cannot be printed."""


def ask_and_print(parent: QWidget, pdf: bytes, title: str) -> QPrintDialog:
    """Ask which printer, then print; the dialog that is open is returned."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    printer.setDocName(title)
    dialog = QPrintDialog(printer, parent)
    dialog.accepted.connect(lambda: print_pdf(pdf, printer))
    QDialog.open(dialog)
    return dialog


def print_pdf(pdf: bytes, printer: QPrinter) -> int:
    """Print the pages from first to last that the printer asks for; → how many. Raises PrintError."""
    from karyoview.report.pdf import pdf_pages

    pages = pdf_pages(pdf, _DPI)
    first, last = printer.fromPage() or 1, printer.toPage() or len(pages)
    printer.setFullPage(True)
    painter = QPainter()
    if not painter.begin(printer):
        raise PrintError("The printer does not take the report; look whether it is on and has paper, then try again.")
    printed = 0
    try:
        for page in pages[first - 1 : last]:
            if printed:
                printer.newPage()
            image = QImage(
                page.tobytes("raw", "RGB"), page.width, page.height, 3 * page.width, QImage.Format.Format_RGB888
            )  # fmt: skip
            room = printer.pageRect(QPrinter.Unit.DevicePixel)
            size = QSizeF(image.size()).scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
            painter.drawImage(QRectF(room.topLeft(), size), image)
            printed += 1
    finally:
        painter.end()
    return printed

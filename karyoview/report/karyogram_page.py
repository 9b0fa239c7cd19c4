"""A karyogram alone on a page, as PDF."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Final

from reportlab import rl_config
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from karyoview.io.atomic import explain, write_atomic
from karyoview.report.content import ReportError
from karyoview.report.figures import KaryogramFlowable
from karyoview.report.pictures import KaryogramPicture
from karyoview.report.styles import INK, font_name_runs, register_fonts

_MARGIN: Final = 12 * mm
_HEAD: Final = 9 * mm


def karyogram_pdf(picture: KaryogramPicture, path: Path, title: str = "") -> None:
    """Write a karyogram as one page of A4, its title above, what was applied below. Raises ReportError."""
    register_fonts()
    rl_config.useA85 = 0
    width, height = landscape(A4)
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(width, height), invariant=1)
    canvas.setTitle(title or "Karyogram")
    canvas.setCreator("KaryoView")
    figure = KaryogramFlowable(picture, width - 2 * _MARGIN, height - 2 * _MARGIN - 2 * _HEAD)
    left, low = (width - figure.width) / 2, height - _MARGIN - _HEAD - figure.height
    figure.drawOn(canvas, left, low)
    _line(canvas, title, 11.0, height - _MARGIN)
    _line(canvas, picture.applied, 8.0, _MARGIN)
    canvas.showPage()
    canvas.save()
    try:
        write_atomic(path, buffer.getvalue())
    except OSError as error:
        raise ReportError(f"{path} was not written: {explain(error, path)}.") from error


def _line(canvas: Canvas, text: str, size: float, y: float) -> None:
    canvas.setFillColor(INK)
    x = _MARGIN
    for font, words in font_name_runs(text):
        canvas.setFont(font, size)
        canvas.drawString(x, y, words)
        x += canvas.stringWidth(words, font, size)

"""The figures of a report: metaphase and karyogram side by side, pictures at print resolution, the rest as vectors."""

from __future__ import annotations

from typing import Any, Final

from PIL import Image as PilImage
from reportlab.lib.colors import Color, white
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.platypus import Flowable, Paragraph, Table, TableStyle

from karyoview.imaging.karyogram_shapes import AreaShape, LineShape, Shape, TextShape
from karyoview.report.content import CellPicture, ReportContent
from karyoview.report.pictures import ASPECT, KaryogramPicture, karyogram_picture, metaphase_picture, scale_bar
from karyoview.report.styles import HEAD, INK, MUTED, PLAIN, SANS, SMALL, TIGHT, font_name_runs, rich

_METAPHASE: Final = 0.34
_GUTTER: Final = 4 * mm
_DPI: Final = 320
_TALLEST: Final = 150 * mm
_LABEL: Final = 8.0


class KaryogramFlowable(Flowable):  # type: ignore[misc]
    """A karyogram: the chromosomes as one picture, labels as text and lines as vectors."""

    def __init__(self, picture: KaryogramPicture, width: float, most: float) -> None:
        super().__init__()
        height, full = picture.pixels.shape
        self.picture = picture
        self.scale = min(width / full, most / height)
        self.width, self.height = full * self.scale, height * self.scale
        self.hAlign = "CENTER"

    def draw(self) -> None:
        canvas, scale = self.canv, self.scale
        ink = white if self.picture.inverted else INK
        image = PilImage.fromarray(self.picture.pixels)
        canvas.drawImage(ImageReader(image), 0, 0, self.width, self.height)
        canvas.setStrokeColor(ink)
        canvas.setLineWidth(0.5)
        for x1, y, x2 in self.picture.lines:
            canvas.line(x1 * scale, self.height - y * scale, x2 * scale, self.height - y * scale)
        canvas.setFillColor(ink)
        size = min(_LABEL, self.picture.label_size * scale)
        canvas.setFont(SANS, size)
        for text, x, y in self.picture.labels:
            canvas.drawCentredString(x * scale, self.height - y * scale - 0.12 * size, text)
        for shape in self.picture.shapes:
            self._draw_shape(shape, ink)

    def _draw_shape(self, shape: Shape, ink: Color) -> None:
        canvas, scale = self.canv, self.scale
        if isinstance(shape, LineShape):
            canvas.setStrokeColor(ink)
            canvas.setLineWidth(max(shape.width * scale, 0.4))
            ends = shape.x1 * scale, self.height - shape.y1 * scale, shape.x2 * scale, self.height - shape.y2 * scale
            canvas.line(*ends)
        elif isinstance(shape, AreaShape):
            path = canvas.beginPath()
            for number, (x, y) in enumerate(shape.points):
                (path.lineTo if number else path.moveTo)(x * scale, self.height - y * scale)
            path.close()
            if shape.fill is not None:
                grey = (255 - shape.fill if self.picture.inverted else shape.fill) / 255
                canvas.setFillColor(Color(grey, grey, grey))
            canvas.setStrokeColor(ink)
            canvas.setLineWidth(max(shape.edge * scale, 0.25))
            canvas.drawPath(path, stroke=int(shape.edge > 0), fill=int(shape.fill is not None))
        else:
            self._draw_text(shape, ink)

    def _draw_text(self, shape: TextShape, ink: Color) -> None:
        """A person's text, run by run, each in a font that has its letters."""
        canvas, scale = self.canv, self.scale
        size = min(_LABEL, shape.size * scale)
        runs = font_name_runs(shape.text)
        whole = sum(canvas.stringWidth(words, font, size) for font, words in runs)
        x = shape.x * scale - {"start": 0.0, "middle": whole / 2, "end": whole}[shape.anchor]
        canvas.setFillColor(ink)
        for font, words in runs:
            canvas.setFont(font, size)
            canvas.drawString(x, self.height - shape.y * scale, words)
            x += canvas.stringWidth(words, font, size)


class MetaphaseFlowable(Flowable):  # type: ignore[misc]
    """A metaphase with its scale bar below it, outside the picture."""

    def __init__(self, cell: CellPicture, width: float, most: float) -> None:
        super().__init__()
        assert cell.image is not None
        self.pixels, self.zoom = metaphase_picture(cell.image)
        height, full = self.pixels.shape
        self.scale = min(width / full, (most - 14) / height)
        self.width, self.height = full * self.scale, height * self.scale + 14
        self.um = cell.record.um_per_pixel or cell.image.um_per_pixel
        self.full = full
        self.hAlign = "LEFT"

    def draw(self) -> None:
        canvas = self.canv
        canvas.drawImage(ImageReader(PilImage.fromarray(self.pixels)), 0, 14, self.width, self.height - 14)
        canvas.setFillColor(MUTED)
        canvas.setFont(SANS, 7)
        if not self.um:
            canvas.drawString(0, 3, "Scale not known")
            return
        length, pixels = scale_bar(self.um, self.full / self.zoom)
        bar = pixels * self.zoom * self.scale
        canvas.setStrokeColor(INK)
        canvas.setLineWidth(1.5)
        canvas.line(0, 6, bar, 6)
        canvas.drawString(bar + 4, 3, f"{length:g} µm")


def cell_figure(cell: CellPicture, content: ReportContent, width: float, most: float = 0.0) -> list[Flowable]:
    """A cell: its metaphase at the left, its karyogram at the right, both with what must be said of them.

    ``most`` is the height to fill, in points; 0 takes the usual shape. A cell whose original cannot be read
    has its sentence instead.
    """
    record = cell.record
    head = Paragraph(rich(f"{record.image}: {cell.karyotype}"), HEAD)
    if cell.image is None:
        return [head, Paragraph(rich(cell.problem), PLAIN)]
    parts: list[Flowable] = [head]
    if cell.problem:
        parts.append(Paragraph(rich("Remark: " + cell.problem), PLAIN))
    left = _METAPHASE * width
    right = width - left - _GUTTER
    used = sum(p.wrap(width, 1000.0)[1] for p in parts) + HEAD.spaceBefore + HEAD.spaceAfter
    tall = min(most - used, _TALLEST) if most else right / ASPECT
    where = ", ".join(
        f"{name} {value}" for name, value in (("slide", record.slide), ("culture", record.culture)) if value
    )
    if record.stage:
        where += f"{', ' if where else ''}stage {record.stage[0]:g} / {record.stage[1]:g}"
    words = [where[:1].upper() + where[1:]] if where else []
    if not cell.annotation.chromosomes:
        words.append("The cell was counted by marks; it has no karyogram")
        picture: Flowable | None = None
    else:
        made = karyogram_picture(
            cell.image.to_uint8(), cell.annotation, withhold_sex=content.sex_withheld, wide=round(right / 72 * _DPI),
            aspect=min(max(right / tall, 0.8), 1.6),
        )  # fmt: skip
        picture = KaryogramFlowable(made, right, tall)
        words.append(made.applied.removesuffix("."))
    legend = Paragraph(rich(". ".join(words) + "."), SMALL)
    _, below = legend.wrap(left, 1000.0)
    metaphase = MetaphaseFlowable(cell, left, max(tall - below - 4, 40 * mm))
    row: list[Any] = [[metaphase, legend], picture or ""]
    table = Table([row], colWidths=[left + _GUTTER, right])
    table.setStyle(TableStyle([*TIGHT, ("VALIGN", (0, 0), (-1, -1), "TOP"), ("ALIGN", (1, 0), (1, 0), "CENTER")]))
    parts.append(table)
    return parts

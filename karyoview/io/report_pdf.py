"""The report as PDF: real text with embedded fonts, vector lines, pictures at print resolution."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

from PIL import Image as PilImage
from reportlab import rl_config
from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    Image,
    KeepTogether,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)
from reportlab.platypus.flowables import HRFlowable

from karyoview._resources import resource
from karyoview.core.chromosome import CLASSES
from karyoview.io.report_content import CellPicture, ReportContent
from karyoview.io.report_pictures import (
    KaryogramPicture,
    karyogram_picture,
    metaphase_picture,
    scale_bar,
)

SANS, BOLD = "KV-Sans", "KV-Sans-Bold"
_WIDE: Final = ("KV-CJK", "KV-Hangul")
_MARGIN: Final = 18 * mm
_INK, _MUTED, _LINE, _TINT = (colors.HexColor(c) for c in ("#1F2328", "#59636E", "#C9D1D9", "#F3F4F6"))
_PLAIN: Final = ParagraphStyle("plain", fontName=SANS, fontSize=9, leading=12.5, textColor=_INK)
_SMALL: Final = ParagraphStyle("small", parent=_PLAIN, fontSize=7.5, leading=10, textColor=_MUTED)
_CELL: Final = ParagraphStyle("cell", parent=_PLAIN, fontSize=7.5, leading=9.5)
_HEAD: Final = ParagraphStyle(
    "head", parent=_PLAIN, fontName=BOLD, fontSize=11, leading=15, spaceBefore=9, spaceAfter=3
)
_TITLE: Final = ParagraphStyle("title", parent=_PLAIN, fontName=BOLD, fontSize=17, leading=22)
_ISCN: Final = ParagraphStyle("iscn", parent=_PLAIN, fontName=BOLD, fontSize=15, leading=20, alignment=TA_CENTER)
_NOTICE: Final = ParagraphStyle("notice", parent=_PLAIN, fontSize=8, leading=11, textColor=_MUTED)
_MOST_ROWS: Final = 60


def report_pdf(content: ReportContent) -> bytes:
    """The report as a PDF file's bytes; the same content gives the same bytes."""
    _register_fonts()
    # Pictures as they are: text armour would make them a quarter larger and take seconds.
    rl_config.useA85 = 0
    buffer = io.BytesIO()
    width, height = A4
    frame = Frame(_MARGIN, 24 * mm, width - 2 * _MARGIN, height - 24 * mm - 20 * mm, 0, 0, 0, 0)
    document = BaseDocTemplate(
        buffer, pagesize=A4, title=f"{content.template.title} {content.case_id}", author=content.template.laboratory,
        creator="KaryoView", invariant=1,
    )  # fmt: skip
    document.addPageTemplates(
        PageTemplate("page", [frame], onPage=lambda canvas, doc: _furniture(canvas, doc, content))
    )
    document.build(_story(content, width - 2 * _MARGIN), canvasmaker=_NumberedCanvas)
    return buffer.getvalue()


class _NumberedCanvas(Canvas):  # type: ignore[misc]
    """Writes "page n of m", which is known only at the end."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._pages: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 (reportlab's name)
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for number, page in enumerate(self._pages, start=1):
            self.__dict__.update(page)
            self.setFont(SANS, 7.5)
            self.setFillColor(_MUTED)
            self.drawRightString(A4[0] - _MARGIN, 10 * mm, f"Page {number} of {len(self._pages)}")
            super().showPage()
        super().save()


def _furniture(canvas: Canvas, document: Any, content: ReportContent) -> None:
    """Header and footer of every page."""
    width, height = A4
    canvas.saveState()
    canvas.setStrokeColor(_LINE)
    canvas.setLineWidth(0.5)
    canvas.line(_MARGIN, height - 15 * mm, width - _MARGIN, height - 15 * mm)
    canvas.line(_MARGIN, 20 * mm, width - _MARGIN, 20 * mm)
    left = Paragraph(rich(content.template.laboratory or content.template.title), _SMALL)
    left.wrapOn(canvas, width / 2 - _MARGIN, 12)
    left.drawOn(canvas, _MARGIN, height - 13 * mm)
    canvas.setFont(SANS, 7.5)
    canvas.setFillColor(_MUTED)
    state = "DRAFT, not approved" if content.is_draft else "Approved"
    if content.amended:
        state = "AMENDED REPORT · " + state
    canvas.drawRightString(width - _MARGIN, height - 12.4 * mm, f"{content.case_id} · {state}")
    notice = Paragraph(rich(content.template.notice), ParagraphStyle("foot", parent=_SMALL, fontSize=6.5, leading=8))
    _, used = notice.wrapOn(canvas, width - 2 * _MARGIN, 30)
    notice.drawOn(canvas, _MARGIN, 19 * mm - used)
    canvas.setFont(SANS, 6.5)
    canvas.drawString(_MARGIN, 10 * mm, f"Record head {content.chain_head}")
    canvas.restoreState()


def _story(content: ReportContent, width: float) -> list[Flowable]:
    story: list[Flowable] = [*_header(content, width), *_result(content, width), *_counts(content, width)]
    for picture in content.pictures:
        story += _cell(picture, content, width)
    story += _ending(content, width)
    return story


def _header(content: ReportContent, width: float) -> list[Flowable]:
    template = content.template
    lines = [Paragraph(rich(template.title), _TITLE)]
    for text in (template.laboratory, template.address):
        if text:
            lines.append(Paragraph(rich(text).replace("\n", "<br/>"), _PLAIN))
    head: list[Flowable] = list(lines)
    if template.logo is not None:
        with PilImage.open(template.logo) as logo:
            ratio = logo.width / logo.height
        size = min(16 * mm * ratio, 50 * mm)
        picture = Image(str(template.logo), size, size / ratio)
        table = Table([[lines, picture]], colWidths=[width - size - 4 * mm, size + 4 * mm])
        table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("ALIGN", (1, 0), (1, 0), "RIGHT"), *_TIGHT]))
        head = [table]
    rows = [("Case", content.case_id), *content.details, ("Protocol", content.protocol.title)]
    rows.append(("Report made", content.created.replace("T", " ").split(".")[0].removesuffix("Z") + " UTC"))
    if content.amended:
        rows.append(("Amended because", content.amended))
    half = (len(rows) + 1) // 2
    cells = []
    for i in range(half):
        pair = [rows[i], rows[half + i] if half + i < len(rows) else ("", "")]
        cells.append([Paragraph(rich(t), _SMALL if k == 0 else _CELL) for item in pair for k, t in enumerate(item)])
    table = Table(cells, colWidths=[width * 0.16, width * 0.34] * 2)
    table.setStyle(
        TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LINEBELOW", (0, 0), (-1, -1), 0.3, _LINE), *_LOOSE])
    )
    return [*head, Spacer(1, 4 * mm), table]


_TIGHT: Final = [(f"{side}PADDING", (0, 0), (-1, -1), 0) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")]
_LOOSE: Final = [
    ("LEFTPADDING", (0, 0), (-1, -1), 2),
    ("TOPPADDING", (0, 0), (-1, -1), 2),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
]


def _result(content: ReportContent, width: float) -> list[Flowable]:
    tally = content.tally
    # A long karyotype may break after a comma or between lines, as the standard has it.
    shown = karyotype_lines(content.karyotype or "not determined", width - 16)
    box = Table([[Paragraph("<br/>".join(map(rich, shown)), _ISCN)]], colWidths=[width])
    box.setStyle(
        TableStyle(
            [
                ("BOX", (0, 0), (-1, -1), 0.8, _INK),
                ("TOPPADDING", (0, 0), (-1, -1), 7),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 9),
            ]
        )
    )
    story: list[Flowable] = [Paragraph("Karyotype (ISCN)", _HEAD), box]
    if content.karyotype_note:
        story.append(Paragraph(rich(content.karyotype_note), _SMALL))
    protocol = tally.protocol
    modal = " and ".join(map(str, tally.modal))
    facts = [
        ("Cells counted", f"{len(tally.counted)} of {protocol.count}"),
        ("analysed", f"{tally.analysed} of {protocol.analyse}"),
        ("karyotyped", f"{tally.karyotyped} of {protocol.karyograms}"),
        ("set aside", str(len(tally.set_aside))),
        ("Modal number", modal),
    ]
    table = Table(
        [
            [Paragraph(k, _SMALL) for k, _ in facts],
            [Paragraph(rich(v), ParagraphStyle("fact", parent=_PLAIN, fontName=BOLD)) for _, v in facts],
        ],
        colWidths=[width / len(facts)] * len(facts),
    )
    table.setStyle(TableStyle(_LOOSE))
    story += [Spacer(1, 3 * mm), table]
    sentences = []
    if tally.exclusion is not None:
        sentences.append(
            f"All {len(tally.counted)} cells are normal: this excludes mosaicism of {100 * tally.exclusion:.1f} % "
            "or more with 95 % confidence."
        )
    for clone in tally.clones:
        what = _spoken(clone.changes, content.sex_withheld) or "no clonal change"
        where = f" in culture {', '.join(clone.cultures)}" if clone.cultures else ""
        sentences.append(f"{what}: {_cells(len(clone.images))}{where}.")
    for image, changes in tally.odd:
        sentences.append(
            f"{image}: {_spoken(changes, content.sex_withheld)}, in too few cells for a clone (random loss or gain)."
        )
    for culture, (counted, analysed, karyotyped) in sorted(tally.per_culture().items()):
        if culture:
            sentences.append(f"Culture {culture}: {counted} counted, {analysed} analysed, {karyotyped} karyotyped.")
    for cell in tally.set_aside:
        sentences.append(f"{cell.image} was set aside: {cell.set_aside}.")
    story += [Paragraph(rich(s), _PLAIN) for s in sentences]
    for remark in content.remarks:
        story.append(Paragraph(rich("Remark: " + remark), _PLAIN))
    return story


def _cells(number: int) -> str:
    return f"{number} cell{'' if number == 1 else 's'}"


def _spoken(changes: Sequence[str], withheld: bool) -> str:
    """Changes in words of the table; those of sex chromosomes are left out where sex is withheld."""
    names = [c.split(" ")[0] for c in changes]
    return ", ".join(n for n in names if not (withheld and n[1:] in ("X", "Y")))


def _counts(content: ReportContent, width: float) -> list[Flowable]:
    labels = [c.label for c in CLASSES if not (content.sex_withheld and c.label in "XY")]
    indices = [c.index for c in CLASSES if c.label in labels]
    head = ["Cell", *labels, "mar", "?", "total"]
    rows: list[list[Any]] = [[Paragraph(h, _CELL) if i == 0 else h for i, h in enumerate(head)]]
    style: list[Any] = []
    cells = content.tally.counted[:_MOST_ROWS]
    for number, cell in enumerate(cells, start=1):
        name = rich(cell.image if len(cell.image) <= 26 else cell.image[:23] + "…")
        marks = "".join(m for m, on in (("A", cell.analysed), ("K", cell.karyotyped)) if on)
        unclassed = cell.unclassed or ""
        rows.append(
            [
                Paragraph(f"{name} {marks}", _CELL),
                *(cell.counts[i] or "" for i in indices),
                cell.markers or "",
                unclassed,
                cell.total,
            ]
        )
        if not cell.unclassed:
            normal = [2] * 22
            for column, i in enumerate(indices, start=1):
                if i < 22 and cell.counts[i] != normal[i]:
                    style += [
                        ("BACKGROUND", (column, number), (column, number), colors.HexColor("#FFE1A8")),
                        ("FONT", (column, number), (column, number), BOLD, 7),
                    ]
    first, last = width * 0.2, width * 0.055
    middle = (width - first - last) / (len(head) - 2)
    table = Table(rows, colWidths=[first, *[middle] * (len(head) - 2), last], repeatRows=1)
    table.setStyle(
        TableStyle(
            [
                ("FONT", (0, 0), (-1, -1), SANS, 7), ("TEXTCOLOR", (0, 0), (-1, -1), _INK),
                ("ALIGN", (1, 0), (-1, -1), "CENTER"), ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
                ("BACKGROUND", (0, 0), (-1, 0), _TINT), ("FONT", (0, 0), (-1, 0), BOLD, 7),
                ("LINEBELOW", (0, 0), (-1, -1), 0.25, _LINE), ("FONT", (-1, 1), (-1, -1), BOLD, 7), *_TIGHT,
                ("TOPPADDING", (0, 0), (-1, -1), 1.5), ("BOTTOMPADDING", (0, 0), (-1, -1), 2), *style,
            ]
        )
    )  # fmt: skip
    story: list[Flowable] = [Paragraph("Counts", _HEAD), table]
    more = len(content.tally.counted) - len(cells)
    note = "A analysed, K karyotyped; mar markers, ? without a class; shaded: not two copies."
    if more:
        note += f" {more} more cells are in the case's own record."
    story.append(Paragraph(note, _SMALL))
    return story


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
        image = PilImage.fromarray(self.picture.pixels)
        canvas.drawImage(ImageReader(image), 0, 0, self.width, self.height)
        canvas.setStrokeColor(_INK)
        canvas.setLineWidth(0.5)
        for x1, y, x2 in self.picture.lines:
            canvas.line(x1 * scale, self.height - y * scale, x2 * scale, self.height - y * scale)
        canvas.setFillColor(_INK)
        canvas.setFont(SANS, 8)
        for text, x, y in self.picture.labels:
            canvas.drawCentredString(x * scale, self.height - y * scale - 1, text)


class MetaphaseFlowable(Flowable):  # type: ignore[misc]
    """A metaphase with its scale bar drawn over a white strip at the foot, outside the picture."""

    def __init__(self, cell: CellPicture, width: float, most: float) -> None:
        super().__init__()
        assert cell.image is not None
        self.pixels, self.zoom = metaphase_picture(cell.image)
        height, full = self.pixels.shape
        self.scale = min(width / full, (most - 14) / height)
        self.width, self.height = full * self.scale, height * self.scale + 14
        self.um = cell.record.um_per_pixel or cell.image.um_per_pixel
        self.full = full
        self.hAlign = "CENTER"

    def draw(self) -> None:
        canvas = self.canv
        canvas.drawImage(ImageReader(PilImage.fromarray(self.pixels)), 0, 14, self.width, self.height - 14)
        canvas.setFillColor(_MUTED)
        canvas.setFont(SANS, 7)
        if not self.um:
            canvas.drawString(0, 3, "Scale not known")
            return
        length, pixels = scale_bar(self.um, self.full / self.zoom)
        bar = pixels * self.zoom * self.scale
        canvas.setStrokeColor(_INK)
        canvas.setLineWidth(1.5)
        canvas.line(0, 6, bar, 6)
        canvas.drawString(bar + 4, 3, f"{length:g} µm")


def _cell(cell: CellPicture, content: ReportContent, width: float) -> list[Flowable]:
    record = cell.record
    where = ", ".join(
        f"{name} {value}" for name, value in (("slide", record.slide), ("culture", record.culture)) if value
    )
    if record.stage:
        where += f"{', ' if where else ''}stage {record.stage[0]:g} / {record.stage[1]:g}"
    head = Paragraph(rich(f"{record.image}: {cell.karyotype}"), _HEAD)
    if cell.image is None:
        return [head, Paragraph(rich(cell.problem), _PLAIN)]
    pixels = cell.image.to_uint8()
    parts: list[Flowable] = [head]
    if cell.problem:
        parts.append(Paragraph(rich("Remark: " + cell.problem), _PLAIN))
    if cell.annotation.chromosomes:
        picture = karyogram_picture(pixels, cell.annotation, zoom=2.5, withhold_sex=content.sex_withheld)
        words = [where] if where else []
        words.append("Chromosomes straightened, short arm up, greys stretched once for all")
        if picture.band_level:
            words.append(f"about {picture.band_level} bands seen in a haploid set (computed)")
        legend = Paragraph(rich(". ".join(words) + "."), _SMALL)
        parts += [KaryogramFlowable(picture, width, 125 * mm), legend, Spacer(1, 2 * mm)]
    else:
        parts.append(Paragraph("The cell was counted by marks; it has no karyogram.", _PLAIN))
    parts.append(MetaphaseFlowable(cell, width, 92 * mm))
    return [KeepTogether(parts)]


def _ending(content: ReportContent, width: float) -> list[Flowable]:
    story: list[Flowable] = []
    if content.steps:
        story.append(Paragraph("How the karyotype follows from the counts", _HEAD))
        story += [Paragraph(rich(step), _PLAIN) for step in content.steps]
    for title, text in (("Method", content.template.method), ("Limits", content.template.limits)):
        if text:
            story += [Paragraph(title, _HEAD), Paragraph(rich(text), _PLAIN)]
    story.append(Paragraph("Signatures", _HEAD))
    current = [s for s in content.signatures if s.state_sha256 == content.state_sha256]
    if not current:
        story.append(Paragraph("This state of the case is not signed.", _PLAIN))
    for signature in content.signatures:
        here = signature.state_sha256 == content.state_sha256
        text = f"{signature.meaning.capitalize()} by {signature.name} ({signature.user}), {signature.time}"
        if not here:
            text += ", an earlier state of the case"
        if signature.amends:
            text += f"; amended because: {signature.amends}"
        story += [Paragraph(rich(text + "."), _PLAIN), HRFlowable(width="100%", thickness=0.3, color=_LINE)]
    rows = [[Paragraph(rich(k), _SMALL), Paragraph(rich(v), _SMALL)] for k, v in content.provenance]
    table = Table(rows, colWidths=[width * 0.22, width * 0.78])
    table.setStyle(TableStyle([*_TIGHT, ("VALIGN", (0, 0), (-1, -1), "TOP")]))
    story.append(KeepTogether([Paragraph("Provenance", _HEAD), table]))
    if content.template.footer:
        story += [Spacer(1, 3 * mm), Paragraph(rich(content.template.footer), _NOTICE)]
    return story


def rich(text: str) -> str:
    """Text as reportlab's markup: nothing in it is markup, and each character has a font that knows it."""
    _register_fonts()
    parts: list[str] = []
    for font, run in groupby(text, key=_font_of):
        words = "".join(run)
        if font is None:
            parts.append("?" * len(words))
        else:
            parts.append(escape(words) if font == SANS else f'<font name="{font}">{escape(words)}</font>')
    return "".join(parts)


def _font_of(character: str) -> str | None:
    """The first font that has a character; None where none has."""
    code = ord(character)
    if character in "\n\t" or code in _known(SANS):
        return SANS
    return next((font for font in _WIDE if code in _known(font)), None)


def karyotype_lines(text: str, width: float, size: float = 15.0) -> list[str]:
    """A karyotype in lines of at most ``width`` points, broken after a comma or before a slant line."""
    _register_fonts()
    lines, line = [], ""
    for piece in re.findall(r"[^,/]+,?|/+|,", text):
        if line and pdfmetrics.stringWidth(line + piece, BOLD, size) > width:
            lines.append(line)
            line = ""
        line += piece
    return [*lines, line]


@lru_cache(maxsize=8)
def _known(font: str) -> frozenset[int]:
    return frozenset(pdfmetrics.getFont(font).face.charToGlyph)


@lru_cache(maxsize=1)
def _register_fonts() -> None:
    files = {SANS: "report-sans.ttf", BOLD: "report-sans-bold.ttf"}
    files.update(zip(_WIDE, ("report-cjk.ttf", "report-hangul.ttf"), strict=True))
    for name, file in files.items():
        pdfmetrics.registerFont(TTFont(name, str(resource("fonts", file))))
    for name in files:
        pdfmetrics.registerFontFamily(
            name,
            normal=name,
            bold=BOLD if name == SANS else name,
            italic=name,
            boldItalic=BOLD if name == SANS else name,
        )


def pdf_pages(pdf: bytes, dpi: float = 96.0) -> list[PilImage.Image]:
    """The pages as pictures, for the preview."""
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    try:
        return [document[i].render(scale=dpi / 72).to_pil().convert("RGB") for i in range(len(document))]
    finally:
        document.close()


def write_report(content: ReportContent, path: Path) -> bytes:
    """Write the PDF; returns its bytes. Raises OSError where the place cannot be written."""
    from karyoview.io.atomic import write_atomic

    pdf = report_pdf(content)
    write_atomic(path, pdf)
    return pdf

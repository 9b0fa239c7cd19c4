"""The report as PDF: real text with embedded fonts, vector lines, pictures at print resolution.

The first page says it all: case, karyotype, tally, one cell as metaphase and karyogram, signatures. Counts of every
cell, further cells, method, limits and provenance follow.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from PIL import Image as PilImage
from reportlab import rl_config
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    Image,
    KeepTogether,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)
from reportlab.platypus.flowables import HRFlowable

from karyoview.case.schema import Signature, signature_row
from karyoview.core.chromosome import CLASSES
from karyoview.io.documents import compact
from karyoview.report.content import ReportContent
from karyoview.report.figures import cell_figure
from karyoview.report.styles import (
    ACCENT,
    BOLD,
    CELL,
    HEAD,
    INK,
    ISCN,
    LABORATORY,
    LINE,
    LOOSE,
    MUTED,
    ODD,
    PLAIN,
    SANS,
    SMALL,
    STRONG,
    TIGHT,
    TINT,
    TITLE,
    karyotype_lines,
    register_fonts,
    rich,
)

__all__ = ["karyotype_lines", "pdf_pages", "report_pdf", "rich", "write_report"]

SEAL: Final = "karyoview-report 1"
"""Begins the keywords of a report's PDF; what follows is one JSON object."""
_MARGIN: Final = 18 * mm
_TOP, _FOOT = 20 * mm, 24 * mm
_LEAST_FIGURE: Final = 78 * mm
_MOST_ROWS: Final = 60


def report_pdf(content: ReportContent) -> bytes:
    """The report as a PDF file's bytes; the same content gives the same bytes."""
    register_fonts()
    # Pictures as they are: text armour would make them a quarter larger and take seconds.
    rl_config.useA85 = 0
    buffer = io.BytesIO()
    width, height = A4
    area = (width - 2 * _MARGIN, height - _FOOT - _TOP)
    frame = Frame(_MARGIN, _FOOT, *area, 0, 0, 0, 0)
    document = BaseDocTemplate(
        buffer, pagesize=A4, title=f"{content.template.title} {content.case_id}", author=content.template.laboratory,
        creator="KaryoView", invariant=1, keywords=seal_text(content),
    )  # fmt: skip
    document.addPageTemplates(
        PageTemplate("page", [frame], onPage=lambda canvas, doc: _header_footer(canvas, doc, content))
    )
    document.build(_story(content, *area), canvasmaker=_NumberedCanvas)
    return buffer.getvalue()


def seal_text(content: ReportContent) -> str:
    """What a program reads from the file to check it against its case: the state, the head and the signatures."""
    rows = [signature_row(s) for s in content.signatures if s.state_sha256 == content.state_sha256]
    facts = {
        "case": content.case_id, "state_sha256": content.state_sha256, "chain_head": content.chain_head,
        "laboratory": content.laboratory, "signatures": rows,
    }  # fmt: skip
    return f"{SEAL} {compact(facts)}"


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
            self.setFillColor(MUTED)
            self.drawRightString(A4[0] - _MARGIN, 10 * mm, f"Page {number} of {len(self._pages)}")
            super().showPage()
        super().save()


def _header_footer(canvas: Canvas, document: Any, content: ReportContent) -> None:
    """Header and footer of every page."""
    width, height = A4
    canvas.saveState()
    canvas.setStrokeColor(LINE)
    canvas.setLineWidth(0.5)
    canvas.line(_MARGIN, height - 15 * mm, width - _MARGIN, height - 15 * mm)
    canvas.line(_MARGIN, 20 * mm, width - _MARGIN, 20 * mm)
    left = Paragraph(rich(content.template.laboratory or content.template.title), SMALL)
    left.wrapOn(canvas, width / 2 - _MARGIN, 12)
    left.drawOn(canvas, _MARGIN, height - 13 * mm)
    canvas.setFont(BOLD if content.is_draft or content.amended else SANS, 7.5)
    canvas.setFillColor(MUTED)
    state = "DRAFT, not approved" if content.is_draft else "Approved"
    if content.amended:
        state = "AMENDED REPORT · " + state
    canvas.drawRightString(width - _MARGIN, height - 12.4 * mm, f"{content.case_id} · {state}")
    notice = Paragraph(rich(content.template.notice), ParagraphStyle("foot", parent=SMALL, fontSize=6.5, leading=8))
    _, used = notice.wrapOn(canvas, width - 2 * _MARGIN, 30)
    notice.drawOn(canvas, _MARGIN, 19 * mm - used)
    canvas.setFont(SANS, 6.5)
    canvas.drawString(_MARGIN, 10 * mm, f"Record head {content.chain_head}")
    canvas.restoreState()


def _story(content: ReportContent, width: float, height: float) -> list[Flowable]:
    first = [*_header(content, width), *_result(content, width)]
    signed = _signatures(content, width)
    left = height - _tall([*first, *signed], width, height) - 3 * mm
    pictures = list(content.pictures)
    story = first
    if pictures and left >= _LEAST_FIGURE:
        story += cell_figure(pictures.pop(0), content, width, left)
    spare = height - _tall([*story, *signed], width, height) - 1 * mm
    story += [Spacer(1, max(spare, 0.0)), *signed, PageBreak(), *_counts(content, width)]
    for picture in pictures:
        story.append(KeepTogether(cell_figure(picture, content, width)))
    return [*story, *_ending(content, width)]


def _tall(flowables: Sequence[Flowable], width: float, height: float) -> float:
    """The height that flowables take in one column, in points."""
    return float(sum(f.wrap(width, height)[1] + f.getSpaceBefore() + f.getSpaceAfter() for f in flowables))


def _header(content: ReportContent, width: float) -> list[Flowable]:
    template = content.template
    lines: list[Flowable] = [Paragraph(rich(template.laboratory), LABORATORY)] if template.laboratory else []
    if template.address:
        lines.append(Paragraph(rich(template.address).replace("\n", "<br/>"), SMALL))
    lines.append(Paragraph(rich(template.title), TITLE))
    head: list[Flowable] = list(lines)
    if template.logo is not None:
        with PilImage.open(template.logo) as logo:
            ratio = logo.width / logo.height
        size = min(16 * mm * ratio, 50 * mm)
        picture = Image(str(template.logo), size, size / ratio)
        table = Table([[lines, picture]], colWidths=[width - size - 4 * mm, size + 4 * mm])
        table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("ALIGN", (1, 0), (1, 0), "RIGHT"), *TIGHT]))
        head = [table]
    rows = [("Case", content.case_id), *(d for d in content.details if d[0] != _INTERPRETATION)]
    rows += [("Protocol", content.protocol.title), ("Report made", format_time(content.created))]
    if content.amended:
        rows.append(("Amended because", content.amended))
    half = (len(rows) + 1) // 2
    cells = []
    for i in range(half):
        pair = [rows[i], rows[half + i] if half + i < len(rows) else ("", "")]
        cells.append([Paragraph(rich(t), SMALL if k == 0 else CELL) for item in pair for k, t in enumerate(item)])
    table = Table(cells, colWidths=[width * 0.17, width * 0.33] * 2)
    table.setStyle(
        TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LINEBELOW", (0, 0), (-1, -1), 0.3, LINE), *LOOSE])
    )
    rule = HRFlowable(width="100%", thickness=1.2, color=ACCENT, spaceBefore=3, spaceAfter=5)
    return [*head, rule, table]


_INTERPRETATION: Final = "Interpretation"


def format_time(time: str) -> str:
    """A time of the record, ``2026-11-21T09:30:05.1Z``, as it is printed: to the minute, in UTC."""
    return time[:16].replace("T", " ") + " UTC"


def _result(content: ReportContent, width: float) -> list[Flowable]:
    tally = content.tally
    # A long karyotype may break after a comma or between lines, as the standard has it.
    shown = karyotype_lines(content.karyotype or "not determined", width - 16)
    box = Table(
        [
            [Paragraph(rich(f"Karyotype (ISCN {content.edition})"), SMALL)],
            [Paragraph("<br/>".join(map(rich, shown)), ISCN)],
        ],
        colWidths=[width],
    )
    box.setStyle(
        TableStyle(
            [
                ("BACKGROUND", (0, 0), (-1, -1), TINT), ("LINEBEFORE", (0, 0), (0, -1), 2.5, ACCENT),
                ("LEFTPADDING", (0, 0), (-1, -1), 8), ("RIGHTPADDING", (0, 0), (-1, -1), 8),
                ("TOPPADDING", (0, 0), (-1, 0), 3), ("BOTTOMPADDING", (0, 0), (-1, 0), 0),
                ("TOPPADDING", (0, 1), (-1, 1), 0), ("BOTTOMPADDING", (0, 1), (-1, 1), 9),
            ]
        )
    )  # fmt: skip
    story: list[Flowable] = [Spacer(1, 4 * mm), box]
    if content.karyotype_note:
        story.append(Paragraph(rich(content.karyotype_note), SMALL))
    for title, text in content.details:
        if title == _INTERPRETATION:
            story.append(Spacer(1, 2 * mm))
            story += [Paragraph(rich(line) or "&nbsp;", STRONG) for line in text.splitlines()]
    story += [Spacer(1, 2.5 * mm), _facts(content, width), Spacer(1, 1.5 * mm)]
    story += [Paragraph(rich(s), PLAIN) for s in _sentences(content)]
    story += [Paragraph(rich("Remark: " + remark), PLAIN) for remark in content.remarks]
    if content.shortfalls:
        # Beside the result and in the signers' own sentences: what they confirmed is no small print.
        story.append(Paragraph(rich("Signed in spite of: " + " ".join(content.shortfalls)), PLAIN))
    if not tally.counted:
        story.append(Paragraph("No cell is reviewed yet.", PLAIN))
    return story


def _facts(content: ReportContent, width: float) -> Table:
    """The tally in one line of large numbers."""
    tally, protocol = content.tally, content.tally.protocol

    def of(number: int, wanted: int) -> str:
        return f"{number} of {wanted}" if wanted else str(number)

    facts = [
        ("Cells counted", of(len(tally.counted), protocol.count)),
        ("Analysed", of(tally.analysed, protocol.analyse)),
        ("Karyotyped", of(tally.karyotyped, protocol.karyograms)),
        ("Set aside", str(len(tally.set_aside))),
        ("Modal number", " and ".join(map(str, tally.modal)) or "–"),
    ]
    table = Table(
        [[Paragraph(k, SMALL) for k, _ in facts], [Paragraph(rich(v), STRONG) for _, v in facts]],
        colWidths=[width / len(facts)] * len(facts),
    )
    rules = [("LINEBEFORE", (k, 0), (k, -1), 0.5, LINE) for k in range(1, len(facts))]
    table.setStyle(
        TableStyle(
            [
                ("LEFTPADDING", (0, 0), (-1, -1), 7), ("LEFTPADDING", (0, 0), (0, -1), 2),
                ("TOPPADDING", (0, 0), (-1, -1), 0), ("BOTTOMPADDING", (0, 0), (-1, -1), 1), *rules,
            ]
        )
    )  # fmt: skip
    return table


def _sentences(content: ReportContent) -> list[str]:
    """What the cells say: exclusion of mosaicism, clones, odd cells, cultures, cells set aside."""
    tally, sentences = content.tally, []
    if tally.exclusion is not None:
        one = len(tally.counted) == 1
        who = "The cell is normal" if one else f"All {len(tally.counted)} cells are normal"
        sentences.append(
            f"{who}: this excludes mosaicism of {100 * tally.exclusion:.1f} % or more with 95 % confidence."
        )
    else:
        for clone in tally.clones:
            what = _spoken(clone.changes, content.sex_withheld) or "no clonal change"
            where = f" in culture {', '.join(clone.cultures)}" if clone.cultures else ""
            share = f" of {len(tally.counted)}" if len(clone.images) < len(tally.counted) else ""
            number = f"{len(clone.images)}{share} cell{'' if len(clone.images) == 1 and not share else 's'}"
            sentences.append(f"{what}: {number}{where}.")
    for image, changes in tally.odd:
        sentences.append(
            f"{image}: {_spoken(changes, content.sex_withheld)}, in too few cells for a clone (random loss or gain)."
        )
    for culture, (counted, analysed, karyotyped) in sorted(tally.per_culture().items()):
        if culture:
            sentences.append(f"Culture {culture}: {counted} counted, {analysed} analysed, {karyotyped} karyotyped.")
    sentences += [f"{cell.image} was set aside: {cell.set_aside}." for cell in tally.set_aside]
    return sentences


def _spoken(changes: Sequence[str], withheld: bool) -> str:
    """Changes in words of the table; those of sex chromosomes are left out where sex is withheld."""
    names = [c.split(" ")[0] for c in changes]
    return ", ".join(n for n in names if not (withheld and n[1:] in ("X", "Y")))


def _signatures(content: ReportContent, width: float) -> list[Flowable]:
    """Who stands for this state of the case; empty places where nobody does yet."""
    current = {s.meaning: s for s in content.signatures if s.state_sha256 == content.state_sha256}
    columns = [m for m in ("analysed", "reviewed", "approved") if m != "reviewed" or m in current]
    cells = [_signature_cell(meaning, current.get(meaning)) for meaning in columns]
    table = Table([cells], colWidths=[width / len(cells)] * len(cells))
    table.setStyle(
        TableStyle(
            [
                ("LINEABOVE", (0, 0), (-1, 0), 0.8, ACCENT), ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 2), ("TOPPADDING", (0, 0), (-1, -1), 4),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
            ]
        )
    )  # fmt: skip
    return [Spacer(1, 3 * mm), table]


def _signature_cell(meaning: str, signature: Signature | None) -> list[Flowable]:
    head = Paragraph(f"{meaning.capitalize()} by", SMALL)
    if signature is None:
        return [head, Paragraph("not signed", ParagraphStyle("open", parent=STRONG, textColor=MUTED, fontName=SANS))]
    made = f"signed electronically as {signature.user}, {format_time(signature.time)}"
    return [head, Paragraph(rich(signature.name), STRONG), Paragraph(rich(made), SMALL)]


def _counts(content: ReportContent, width: float) -> list[Flowable]:
    labels = [c.label for c in CLASSES if not (content.sex_withheld and c.label in "XY")]
    indices = [c.index for c in CLASSES if c.label in labels]
    head = ["Cell", *labels, "mar", "?", "total"]
    rows: list[list[Any]] = [[Paragraph(h, CELL) if i == 0 else h for i, h in enumerate(head)]]
    style: list[Any] = []
    cells = content.tally.counted[:_MOST_ROWS]
    for number, cell in enumerate(cells, start=1):
        name = rich(cell.image if len(cell.image) <= 26 else cell.image[:23] + "…")
        marks = "".join(m for m, on in (("A", cell.analysed), ("K", cell.karyotyped)) if on)
        unclassed = cell.unclassed or ""
        rows.append(
            [
                Paragraph(f"{name} {marks}", ParagraphStyle("name", parent=CELL, fontSize=7.5, leading=9.5)),
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
                        ("BACKGROUND", (column, number), (column, number), ODD),
                        ("FONT", (column, number), (column, number), BOLD, 7),
                    ]
    first, last = width * 0.2, width * 0.055
    middle = (width - first - last) / (len(head) - 2)
    table = Table(rows, colWidths=[first, *[middle] * (len(head) - 2), last], repeatRows=1)
    table.setStyle(
        TableStyle(
            [
                ("FONT", (0, 0), (-1, -1), SANS, 7), ("TEXTCOLOR", (0, 0), (-1, -1), INK),
                ("ALIGN", (1, 0), (-1, -1), "CENTER"), ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
                ("BACKGROUND", (0, 0), (-1, 0), TINT), ("FONT", (0, 0), (-1, 0), BOLD, 7),
                ("LINEBELOW", (0, 0), (-1, -1), 0.25, LINE), ("FONT", (-1, 1), (-1, -1), BOLD, 7), *TIGHT,
                ("TOPPADDING", (0, 0), (-1, -1), 1.5), ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
                ("LEFTPADDING", (0, 0), (0, -1), 2), *style,
            ]
        )
    )  # fmt: skip
    story: list[Flowable] = [Paragraph("Counts", HEAD), table, Spacer(1, 1 * mm)]
    more = len(content.tally.counted) - len(cells)
    note = "A analysed, K karyotyped; mar markers, ? without a class; shaded: not two copies."
    if more:
        note += f" {more} more cells are in the case's own record."
    story.append(Paragraph(note, SMALL))
    return story


def _ending(content: ReportContent, width: float) -> list[Flowable]:
    story: list[Flowable] = []
    if content.steps:
        steps = [Paragraph(rich(step), PLAIN) for step in content.steps]
        story.append(KeepTogether([Paragraph("How the karyotype follows from the counts", HEAD), *steps]))
    method = " ".join(t for t in (content.template.method, content.confirmed) if t)
    for title, text in (("Method", method), ("Limits", content.template.limits)):
        if text:
            story.append(KeepTogether([Paragraph(title, HEAD), Paragraph(rich(text), PLAIN)]))
    story.append(CondPageBreak(20 * mm))
    story.append(Paragraph("Signatures", HEAD))
    current = [s for s in content.signatures if s.state_sha256 == content.state_sha256]
    if not current:
        story.append(Paragraph("This state of the case is not signed.", PLAIN))
    for signature in content.signatures:
        here = signature.state_sha256 == content.state_sha256
        text = f"{signature.meaning.capitalize()} by {signature.name} ({signature.user}), {signature.time}"
        if not here:
            text += ", an earlier state of the case"
        if signature.amends:
            text += f"; amended because: {signature.amends}"
        story += [Paragraph(rich(text + "."), PLAIN)]
        if here and signature.proof:
            proof = " ".join(signature.proof[k : k + 32] for k in range(0, len(signature.proof), 32))
            story.append(Paragraph(rich(f"Key {signature.key}; proof (Ed25519) {proof}"), SMALL))
    rows = [[Paragraph(rich(k), SMALL), Paragraph(rich(v), SMALL)] for k, v in content.provenance]
    table = Table(rows, colWidths=[width * 0.22, width * 0.78])
    table.setStyle(TableStyle([*TIGHT, ("VALIGN", (0, 0), (-1, -1), "TOP")]))
    story.append(KeepTogether([Paragraph("Provenance", HEAD), table]))
    if content.template.footer:
        story += [Spacer(1, 3 * mm), Paragraph(rich(content.template.footer), SMALL)]
    return story


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

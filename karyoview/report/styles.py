"""How the report looks: fonts that are embedded, colours, paragraph styles, and text that is never markup."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import groupby
from typing import Final
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from karyoview._resources import resource
from karyoview.core.script import drawable

SANS, BOLD = "KV-Sans", "KV-Sans-Bold"
_WIDE: Final = ("KV-CJK", "KV-Hangul", "KV-Scripts")
_FILES: Final = {
    SANS: "report-sans.ttf", BOLD: "report-sans-bold.ttf",
    **dict(zip(_WIDE, ("report-cjk.ttf", "report-hangul.ttf", "report-scripts.ttf"), strict=True)),
}  # fmt: skip
INK, MUTED, LINE, TINT, ACCENT = (colors.HexColor(c) for c in ("#1F2328", "#59636E", "#C9D1D9", "#EEF3F8", "#0B3D66"))
ODD: Final = colors.HexColor("#FFE1A8")
PLAIN: Final = ParagraphStyle("plain", fontName=SANS, fontSize=9, leading=12.5, textColor=INK)
SMALL: Final = ParagraphStyle("small", parent=PLAIN, fontSize=7.5, leading=10, textColor=MUTED)
CELL: Final = ParagraphStyle("cell", parent=PLAIN, fontSize=8, leading=10.5)
STRONG: Final = ParagraphStyle("strong", parent=PLAIN, fontName=BOLD, fontSize=10, leading=13)
HEAD: Final = ParagraphStyle(
    "head", parent=PLAIN, fontName=BOLD, fontSize=10.5, leading=14, spaceBefore=8, spaceAfter=3, textColor=ACCENT
)
TITLE: Final = ParagraphStyle("title", parent=PLAIN, fontName=BOLD, fontSize=16, leading=20, textColor=ACCENT)
LABORATORY: Final = ParagraphStyle("laboratory", parent=PLAIN, fontName=BOLD, fontSize=12, leading=15)
ISCN_SIZE: Final = 16.0
ISCN: Final = ParagraphStyle("iscn", parent=PLAIN, fontName=BOLD, fontSize=ISCN_SIZE, leading=21, alignment=TA_CENTER)
TIGHT: Final = [(f"{side}PADDING", (0, 0), (-1, -1), 0) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")]
LOOSE: Final = [
    ("LEFTPADDING", (0, 0), (-1, -1), 2),
    ("TOPPADDING", (0, 0), (-1, -1), 2),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
]


def rich(text: str) -> str:
    """Text as reportlab's markup: nothing in it is markup, and each character has a font that knows it.

    Arabic letters are joined; a character that no font has stands as its code, as ``[U+1F9EC]``.
    """
    register_fonts()
    parts: list[str] = []
    for font, run in groupby(drawable(text, lambda c: _font_of(c) is not None), key=_font_of):
        words = "".join(run)
        if font is not None:
            parts.append(escape(words) if font == SANS else f'<font name="{font}">{escape(words)}</font>')
    return "".join(parts)


def font_runs(text: str) -> list[tuple[str, str]]:
    """Text as it is drawn: (font file, run of characters that it has), from left to right."""
    return [(_FILES[font], run) for font, run in font_name_runs(text)]


def font_name_runs(text: str) -> list[tuple[str, str]]:
    """As :func:`font_runs`, with the names under which the PDF knows the fonts."""
    register_fonts()
    runs = groupby(drawable(text, lambda c: _font_of(c) is not None), key=_font_of)
    return [(font or SANS, "".join(run)) for font, run in runs]


def _font_of(character: str) -> str | None:
    """The first font that has a character; None where none has."""
    code = ord(character)
    if character in "\n\t" or code in _known(SANS):
        return SANS
    return next((font for font in _WIDE if code in _known(font)), None)


def karyotype_lines(text: str, width: float, size: float = ISCN_SIZE) -> list[str]:
    """A karyotype in lines of at most ``width`` points, broken after a comma or before a slant line."""
    register_fonts()
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
def register_fonts() -> None:
    for name, file in _FILES.items():
        pdfmetrics.registerFont(TTFont(name, str(resource("fonts", file))))
    for name in _FILES:
        pdfmetrics.registerFontFamily(
            name,
            normal=name,
            bold=BOLD if name == SANS else name,
            italic=name,
            boldItalic=BOLD if name == SANS else name,
        )

"""Ideograms with what a karyotype gains and loses beside them, as SVG text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from xml.sax.saxutils import escape

from karyoview.core.bands import Band, BandTable
from karyoview.core.chromosome import CLASSES
from karyoview.core.nomenclature_copies import LineCopies, Stretch

GAIN: Final = "#0072B2"
LOSS: Final = "#D55E00"
"""Blue bars on the right are gains, orange ones on the left losses; told apart by place as well as by colour."""

_COLUMN: Final = 62.0
_TALLEST: Final = 150.0
_WIDTH: Final = 16.0
_BAR: Final = 4.0
_MOST_BARS: Final = 4
_MARGIN: Final = 12.0
_TITLE: Final = 34.0
_FOOT: Final = 46.0
_LEGEND: Final = 40.0
_SHADES: Final = {"gneg": "#FFFFFF", "acen": "#C9A0A0", "gvar": "#B8C4D6", "stalk": "#DADADA"}


def draw_copies(
    lines: Sequence[tuple[str, LineCopies]], bands: BandTable, *, without: str = "", per_row: int = 12
) -> str:
    """An SVG document: for each (title, copies) the 24 chromosomes with gains right and losses left of them.

    ``without`` names chromosomes that are not drawn (``XY`` where sex is withheld); ``per_row`` chromosomes
    stand side by side.
    """
    shown = [c.label for c in CLASSES if c.label not in without]
    rows = [shown[k : k + per_row] for k in range(0, len(shown), per_row)]
    scale = _TALLEST / max(bands.length(name) for name in shown)
    heights = [max(bands.length(name) for name in row) * scale for row in rows]
    panel = _TITLE + sum(heights) + _FOOT * len(rows)
    width = 2 * _MARGIN + _COLUMN * per_row
    height = panel * len(lines) + _LEGEND
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" font-family="DejaVu Sans, Arial, sans-serif" font-size="11">',
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="#FFFFFF"/>',
    ]
    for number, (title, copies) in enumerate(lines):
        foot = panel * number + _TITLE
        parts.append(_text(_MARGIN, panel * number + 20, _shortened(title, width), size=13))
        for row, tall in zip(rows, heights, strict=True):
            foot += tall
            for column, name in enumerate(row):
                left = _MARGIN + column * _COLUMN + (_COLUMN - _WIDTH) / 2
                parts += _chromosome(left, foot, name, copies.of(name), bands, scale)
            foot += _FOOT
    parts += _legend(_MARGIN, height - _LEGEND + 14)
    parts.append("</svg>")
    return "\n".join(parts) + "\n"


def _shortened(title: str, width: float) -> str:
    most = int((width - 2 * _MARGIN) / 7.5)
    return title if len(title) <= most else title[: most - 1] + "…"


def _chromosome(
    left: float, foot: float, name: str, stretches: Sequence[Stretch], bands: BandTable, scale: float
) -> list[str]:
    """One ideogram that stands on the row's foot, its bars, its name and its number of copies."""
    length = bands.length(name) * scale
    top = foot - length
    parts = [_band(left, top, band, scale) for band in bands.bands[name]]
    centre = top + bands.centromere(name) * scale
    for y, h in ((top, centre - top), (centre, top + length - centre)):
        parts.append(
            f'<rect x="{left:.1f}" y="{y:.1f}" width="{_WIDTH}" height="{h:.1f}" rx="4" fill="none" stroke="#333333"/>'
        )
    for stretch in stretches:
        colour = GAIN if stretch.change > 0 else LOSS
        y, h = top + stretch.start * scale, max((stretch.stop - stretch.start) * scale, 1.5)
        for k in range(min(abs(stretch.change), _MOST_BARS)):
            x = left + _WIDTH + 3 + k * (_BAR + 1) if stretch.change > 0 else left - 3 - _BAR - k * (_BAR + 1)
            parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{_BAR}" height="{h:.1f}" fill="{colour}"/>')
    numbers = sorted({s.copies for s in stretches})
    number = str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]}–{numbers[-1]}"
    changed = any(s.change for s in stretches)
    middle = left + _WIDTH / 2
    parts.append(_text(middle, foot + 15, name, anchor="middle", bold=True))
    parts.append(_text(middle, foot + 29, f"× {number}", anchor="middle", bold=changed))
    return parts


def _band(left: float, top: float, band: Band, scale: float) -> str:
    fill = _SHADES.get(band.stain)
    if fill is None:
        grey = round(235 - 1.9 * min(max(band.density, 0.0), 100.0))
        fill = f"#{grey:02X}{grey:02X}{grey:02X}"
    y, h = top + band.start * scale, (band.stop - band.start) * scale
    name = escape(band.arm + band.name)
    return (
        f'<rect x="{left:.1f}" y="{y:.2f}" width="{_WIDTH}" height="{h:.2f}" fill="{fill}"><title>{name}</title></rect>'
    )


def _legend(x: float, y: float) -> list[str]:
    return [
        f'<rect x="{x}" y="{y - 9}" width="{_BAR}" height="10" fill="{LOSS}"/>',
        _text(x + 10, y, "left of the chromosome: one copy lost for each bar"),
        f'<rect x="{x}" y="{y + 7}" width="{_BAR}" height="10" fill="{GAIN}"/>',
        _text(x + 10, y + 16, "right of it: one copy gained for each bar"),
    ]


def _text(x: float, y: float, text: str, *, size: int = 11, anchor: str = "start", bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}"{weight} '
        f'fill="#1F2328">{escape(text)}</text>'
    )

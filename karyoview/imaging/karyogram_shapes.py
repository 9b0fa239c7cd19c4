"""What is drawn on a karyogram beside its chromosomes: ideograms, arrows, texts, as shapes that every output draws.

The board, the report's PDF, PNG, TIFF, SVG and the printer draw the same shapes; only the pen differs.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

import numpy as np

from karyoview.core.bands import BandTable
from karyoview.core.karyogram import MARKERS, TRAY
from karyoview.core.karyogram_notes import KaryogramNote
from karyoview.imaging.ideogram import load_bands
from karyoview.imaging.karyogram_layout import Layout, Placed, Strip

IDEOGRAM_WIDTH: Final = 9.0
IDEOGRAM_SPACE: Final = 36.0
"""Strip pixels kept free for an ideogram and the names of its bands."""

_LETTER: Final = 0.56  # widths of a letter in its height, for keeping texts inside the picture
_CORNER: Final = 3.0
_SHADES: Final = {"acen": 150, "gvar": 175, "stalk": 225}


@dataclass(frozen=True, slots=True)
class LineShape:
    """A line of ``width`` pixels."""

    x1: float
    y1: float
    x2: float
    y2: float
    width: float


@dataclass(frozen=True, slots=True)
class AreaShape:
    """A closed outline (x, y), filled with a grey 0–255 (None: not filled), its edge ``edge`` pixels wide (0: none)."""

    points: tuple[tuple[float, float], ...]
    fill: int | None = None
    edge: float = 0.0


@dataclass(frozen=True, slots=True)
class TextShape:
    """One line of text ``size`` pixels high on a baseline; ``anchor`` is ``start``, ``middle`` or ``end``."""

    x: float
    y: float
    text: str
    size: float
    anchor: str = "start"


Shape: TypeAlias = LineShape | AreaShape | TextShape


def scaled(shapes: Sequence[Shape], zoom: float) -> tuple[Shape, ...]:
    """The shapes in pixels of a picture ``zoom`` times as large."""
    found: list[Shape] = []
    for shape in shapes:
        if isinstance(shape, LineShape):
            found.append(LineShape(*(v * zoom for v in (shape.x1, shape.y1, shape.x2, shape.y2, shape.width))))
        elif isinstance(shape, AreaShape):
            found.append(AreaShape(tuple((x * zoom, y * zoom) for x, y in shape.points), shape.fill, shape.edge * zoom))
        else:
            found.append(TextShape(shape.x * zoom, shape.y * zoom, shape.text, shape.size * zoom, shape.anchor))
    return tuple(found)


def note_places(
    note: KaryogramNote, layout: Layout, strips: Mapping[str, Strip]
) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """Where a note points to and where its text or tail stands, in strip pixels; None where it has no place."""
    placed = next((p for p in layout.placed if p.id == note.chromosome), None)
    if placed is not None:
        x, y = _on_strip(note, strips[note.chromosome])
        x, y = placed.x + x, placed.y + y
    else:
        area = next((a for a in layout.slots if a.slot == note.slot), None)
        if area is None:
            return None
        x, y = area.x + area.width / 2, area.y + area.height / 2
    tip = x + note.off_x, y + note.off_y
    return tip, (tip[0] + note.dx, tip[1] + note.dy)


def _on_strip(note: KaryogramNote, strip: Strip) -> tuple[float, float]:
    """The note's point of the picture as a place (x, y) of the strip."""
    height, width = strip.pixels.shape
    if strip.places is None:
        return width / 2, height / 2
    far = np.hypot(strip.places[0] - note.x, strip.places[1] - note.y)
    row, column = np.unravel_index(int(np.argmin(far)), far.shape)
    return float(column) + 0.5, float(row) + 0.5


def place_note(tip: tuple[float, float], layout: Layout, strips: Mapping[str, Strip]) -> KaryogramNote | None:
    """A note that points to a place of the layout, without id, text and arrow; None on an empty board.

    It belongs to the chromosome that is nearest to the place.
    """
    if not layout.placed:
        return None
    near = min(layout.placed, key=lambda p: _distance(p, tip))
    x, y = tip[0] - near.x, tip[1] - near.y
    column, row = min(max(x, 0.5), near.width - 0.5), min(max(y, 0.5), near.height - 0.5)
    places = strips[near.id].places
    at = (0.0, 0.0) if places is None else tuple(float(v[int(row), int(column)]) for v in places)
    note = KaryogramNote("", near.id, near.slot, at[0], at[1])
    x0, y0 = _on_strip(note, strips[near.id])
    return replace(note, off_x=x - x0, off_y=y - y0)


def _distance(place: Placed, point: tuple[float, float]) -> float:
    """From a point to a chromosome's rectangle, 0 within."""
    dx = max(place.x - point[0], point[0] - place.x - place.width, 0.0)
    dy = max(place.y - point[1], point[1] - place.y - place.height, 0.0)
    return math.hypot(dx, dy)


def note_shapes(note: KaryogramNote, layout: Layout, strips: Mapping[str, Strip]) -> tuple[Shape, ...]:
    """The arrow and the text of a note, in strip pixels."""
    places = note_places(note, layout, strips)
    if places is None:
        return ()
    (x, y), (tail_x, tail_y) = places
    size = 0.55 * layout.label_height
    shapes: list[Shape] = []
    if note.arrow:
        shapes += arrow_shapes(tail_x, tail_y, x, y, size)
    if note.text:
        shapes += _note_text(note, tail_x, tail_y, size, layout.width)
    return tuple(shapes)


def arrow_shapes(x1: float, y1: float, x2: float, y2: float, size: float) -> list[Shape]:
    """An arrow from (x1, y1) to its tip (x2, y2), its head for letters of ``size``; nothing where both are one."""
    length = math.hypot(x2 - x1, y2 - y1)
    if length < 1e-6:
        return []
    ux, uy = (x2 - x1) / length, (y2 - y1) / length
    head = min(0.7 * size, 0.8 * length)
    back_x, back_y = x2 - ux * head, y2 - uy * head
    wing = 0.38 * head
    points = ((x2, y2), (back_x - uy * wing, back_y + ux * wing), (back_x + uy * wing, back_y - ux * wing))
    return [LineShape(x1, y1, back_x, back_y, 0.1 * size), AreaShape(points, 0)]


def _note_text(note: KaryogramNote, x: float, y: float, size: float, whole: float) -> list[Shape]:
    """The lines of a text beside the tail of its arrow, on the side away from the tip, kept inside the picture."""
    lines = note.text.splitlines() or [""]
    wide = max(map(len, lines)) * _LETTER * size
    gap = 0.3 * size if note.arrow else 0.0
    start = note.dx >= 0 or not note.arrow
    if start and x + gap + wide > whole:
        start = x - gap - wide < 0
    elif not start and x - gap - wide < 0:
        start = True
    left = x + gap if start else x - gap - wide
    left = min(max(left, 0.0), max(whole - wide, 0.0))
    place = left if start else left + wide
    anchor = "start" if start else "end"
    first = y + 0.35 * size - (len(lines) - 1) * 0.6 * size
    return [TextShape(place, first + 1.2 * size * k, text, size, anchor) for k, text in enumerate(lines)]


def shapes_box(shapes: Sequence[Shape]) -> tuple[float, float, float, float]:
    """x, y, width and height around shapes, texts by their usual width."""
    xs: list[float] = []
    ys: list[float] = []
    for shape in shapes:
        if isinstance(shape, LineShape):
            xs += [shape.x1, shape.x2]
            ys += [shape.y1, shape.y2]
        elif isinstance(shape, AreaShape):
            xs += [x for x, _ in shape.points]
            ys += [y for _, y in shape.points]
        else:
            wide = (len(shape.text) + 1) * _LETTER * 1.15 * shape.size
            back = {"start": 0.0, "middle": wide / 2, "end": wide}[shape.anchor]
            xs += [shape.x - back, shape.x - back + wide]
            ys += [shape.y - shape.size, shape.y + 0.35 * shape.size]
    if not xs:
        return 0.0, 0.0, 0.0, 0.0
    return min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)


# Ideograms


def layout_ideograms(layout: Layout, level: int) -> tuple[Shape, ...]:
    """The ideogram of every class at the left of its slot, as long as the class's chromosomes are here."""
    table = load_bands(level)
    lengths: dict[str, list[float]] = {}
    for place in layout.placed:
        lengths.setdefault(place.slot, []).append(place.height)
    known = {s: sum(v) / len(v) for s, v in lengths.items() if s not in (MARKERS, TRAY)}
    expected = sum(table.length(s) for s in known)
    unit = sum(known.values()) / expected if expected else 0.02
    shapes: list[Shape] = []
    for area in layout.slots:
        if area.slot in (MARKERS, TRAY):
            continue
        length = known.get(area.slot, unit * table.length(area.slot))
        shapes += ideogram_shapes(table, area.slot, area.x + 3, area.centromere_y, length)
    return tuple(shapes)


def ideogram_shapes(
    table: BandTable, label: str, x: float, centromere_y: float, length: float, *, width: float = IDEOGRAM_WIDTH,
    name_size: float = 5.0, least: float = 5.0,
) -> list[Shape]:  # fmt: skip
    """An ideogram with its left edge at ``x``; names of bands stand right of it where ``least`` pixels are free."""
    top = centromere_y - table.centromere_index(label) * length
    unit = length / table.length(label)
    shapes: list[Shape] = []
    last_name = -math.inf
    for band in table.bands[label]:
        y1, y2 = top + band.start * unit, top + band.stop * unit
        grey = _SHADES.get(band.stain, round(255 - 2.3 * band.density))
        shapes.append(AreaShape(((x, y1), (x + width, y1), (x + width, y2), (x, y2)), grey))
        middle = (y1 + y2) / 2
        if middle - last_name >= least:
            name = f"{band.arm}{band.name}"
            shapes.append(TextShape(x + width + 0.3 * name_size, middle + 0.36 * name_size, name, name_size))
            last_name = middle
    for y1, y2 in ((top, centromere_y), (centromere_y, top + length)):
        shapes.append(AreaShape(_rounded(x, y1, width, y2 - y1), None, 0.06 * width))
    return shapes


def _rounded(x: float, y: float, width: float, height: float) -> tuple[tuple[float, float], ...]:
    """A rectangle with round corners."""
    r = max(min(_CORNER, width / 3, height / 2), 0.0)
    points = []
    for cx, cy, first in (
        (x + width - r, y + r, -90),
        (x + width - r, y + height - r, 0),
        (x + r, y + height - r, 90),
        (x + r, y + r, 180),
    ):
        for step in range(5):
            angle = math.radians(first + 22.5 * step)
            points.append((cx + r * math.cos(angle), cy + r * math.sin(angle)))
    return tuple(points)

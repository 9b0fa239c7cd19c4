"""All copies of one class on one sheet: bands on one line, differences marked, cells named."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import numpy as np

from karyoview.core.bands import BandTable
from karyoview.imaging.band_alignment import AlignedCopy
from karyoview.imaging.ideogram import load_bands
from karyoview.imaging.karyogram_layout import PAPER, scaled_strip
from karyoview.imaging.karyogram_shapes import IDEOGRAM_SPACE, LineShape, Shape, TextShape, ideogram_shapes, scaled
from karyoview.report.pictures import KaryogramPicture

_GAP: Final = 9.0
_BETWEEN: Final = 16.0
_FOOT: Final = 26.0
_NAME: Final = 7.0
_SMALL: Final = 5.0


@dataclass(frozen=True, slots=True)
class CopyPlace:
    """Where a copy stands on the sheet, in pixels of the picture."""

    key: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, eq=False)
class ClassSheet:
    """The picture and the places of its copies."""

    picture: KaryogramPicture
    places: tuple[CopyPlace, ...]


def class_sheet(
    copies: Sequence[AlignedCopy], label: str, *, level: int = 550, zoom: float = 3.0, aspect: float = 2.0,
    chosen: Collection[str] = (),
) -> ClassSheet:  # fmt: skip
    """The copies in rows of about the shape ``aspect`` (width over height), each row with the ideogram at its left.

    Brackets show where a copy differs from the others; ``chosen`` are keys of copies that get a dot.
    """
    if not copies:
        return ClassSheet(KaryogramPicture(np.full((4, 4), PAPER, np.uint8), (), (), zoom), ())
    above = max(c.strip.centromere for c in copies)
    below = max(c.strip.pixels.shape[0] - c.strip.centromere for c in copies)
    tall = above + below + _FOOT + _BETWEEN
    groups = [list(found) for _, found in groupby(copies, key=lambda c: c.copy.image)]
    rows = _rows(groups, tall, aspect)
    width = IDEOGRAM_SPACE + 8 + max(sum(map(_wide, row)) for row in rows)
    shapes: list[Shape] = []
    spots: list[tuple[AlignedCopy, float, float]] = []
    for number, row in enumerate(rows):
        line = _BETWEEN + number * tall + above
        table = load_bands(level)
        shapes += _ideogram(table, label, line, copies)
        x = IDEOGRAM_SPACE + 8.0
        for group in row:
            start = x
            for copy in group:
                spots.append((copy, x, line - copy.strip.centromere))
                shapes += _marks(copy, x, line, line + below, copy.copy.key in chosen)
                x += copy.strip.pixels.shape[1] + _GAP
            shapes += _cell_name(group[0].copy.image, start, x - _GAP, line + below + 2)
            x += _BETWEEN
    canvas = np.full((int(np.ceil(tall * len(rows) * zoom)), int(np.ceil(width * zoom))), PAPER, dtype=np.uint8)
    places = []
    for copy, x, y in spots:
        grey = scaled_strip(copy.strip.pixels, zoom)
        left, top = int(x * zoom + 0.5), int(y * zoom + 0.5)
        target = canvas[top : top + grey.shape[0], left : left + grey.shape[1]]
        np.minimum(target, grey[: target.shape[0], : target.shape[1]], out=target)
        places.append(CopyPlace(copy.copy.key, left, top, grey.shape[1], grey.shape[0]))
    return ClassSheet(KaryogramPicture(canvas, (), (), zoom, shapes=scaled(shapes, zoom)), tuple(places))


def _wide(group: Sequence[AlignedCopy]) -> float:
    return float(sum(c.strip.pixels.shape[1] + _GAP for c in group)) + _BETWEEN


def _rows(groups: list[list[AlignedCopy]], tall: float, aspect: float) -> list[list[list[AlignedCopy]]]:
    """The cells in as many rows as give the sheet its shape; a cell is not broken."""
    whole = sum(map(_wide, groups))
    number = max(round((whole / (aspect * tall)) ** 0.5), 1)
    most = max(whole / number * 1.02, max(map(_wide, groups)))
    rows: list[list[list[AlignedCopy]]] = [[]]
    used = 0.0
    for group in groups:
        if rows[-1] and used + _wide(group) > most:
            rows.append([])
            used = 0.0
        rows[-1].append(group)
        used += _wide(group)
    return rows


def _ideogram(table: BandTable, label: str, line: float, copies: Sequence[AlignedCopy]) -> list[Shape]:
    length = float(np.median([c.strip.pixels.shape[0] for c in copies]))
    return ideogram_shapes(table, label, 2.0, line, length)


def _marks(copy: AlignedCopy, x: float, line: float, low: float, chosen: bool) -> list[Shape]:
    """Brackets beside the places that differ, the fit, and what is said of the length."""
    height, width = copy.strip.pixels.shape
    top = line - copy.strip.centromere
    shapes: list[Shape] = []
    for first, last in copy.differences:
        y1, y2, left = top + first * height, top + last * height, x - 3.0
        shapes += [
            LineShape(left, y1, left, y2, 0.9), LineShape(left, y1, left + 2, y1, 0.9),
            LineShape(left, y2, left + 2, y2, 0.9), TextShape(left - 0.8, (y1 + y2) / 2 + 2, "≠", 6.0, "end"),
        ]  # fmt: skip
    words = f"{copy.copy.score:.2f}"
    if copy.odd_length and copy.length is not None:
        words = f"≠ {100 * copy.length:.0f} %"
    shapes.append(TextShape(x + width / 2, low + 3 + _SMALL, words, _SMALL, "middle"))
    if chosen:
        shapes.append(TextShape(x + width / 2, top - 2, "●", 6.0, "middle"))
    return shapes


def _cell_name(image: str, x1: float, x2: float, y: float) -> list[Shape]:
    fits = max(int((x2 - x1 + _BETWEEN) / (0.58 * _NAME)), 3)
    shown = image if len(image) <= fits else "…" + image[-(fits - 1) :]
    return [
        LineShape(x1, y, x2, y, 0.6),
        TextShape((x1 + x2) / 2, y + 5 + _SMALL + _NAME, shown, _NAME, "middle"),
    ]

"""Reading a karyogram print: its chromosomes, and which class each has.

Nothing is known of the program that made it: the zoom, the paper, the order of the classes and the type face are free.
The class of a chromosome is that of the label below or above it; where none can be read, that of its slot in the
standard layout, if bracket lines show the slots; or an order that is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

import cv2
import numpy as np

from karyoview.core.chromosome import CLASSES, KARYOGRAM_ROWS
from karyoview.imaging.karyogram_segmentation import KaryogramPictureError, Piece, Segmentation, segment_karyogram
from karyoview.imaging.label_reading import Word, read_labels
from karyoview.imaging.masks import GreyArray

__all__ = ["STANDARD_ORDER", "KaryogramPictureError", "Piece", "read_karyogram"]

STANDARD_ORDER: Final = tuple(tuple(name for group in row for name in group) for row in KARYOGRAM_ROWS)
"""Labels of the four rows of the standard layout."""

_FEWEST: Final = 15
_BESIDE: Final = 0.7


def read_karyogram(picture: GreyArray, order: Sequence[Sequence[str]] = ()) -> list[Piece]:
    """The chromosomes of a karyogram (H, W) uint8 with their classes, row by row from the left.

    ``order`` gives the labels of each row (``1`` … ``22``, ``X``, ``Y``) where they are not to be read.
    Raises KaryogramPictureError when there are too few chromosomes, or no order can be read.
    """
    found = segment_karyogram(picture)
    if order:
        return _by_order(found.pieces, order)
    words = read_labels(found.print_depth, found.width)
    readable = sum(w.label is not None for w in words)
    if readable >= _FEWEST:
        return _by_labels(found.pieces, words)
    if placed := _by_brackets(found):
        return placed
    raise KaryogramPictureError(
        f"Only {readable} labels can be read in this picture; tell the order of its rows with --order."
    )


def _by_labels(pieces: Sequence[Piece], words: Sequence[Word]) -> list[Piece]:
    """The class of each piece: the label nearest to its middle, in the line below or above its row.

    A piece whose own label could not be read gets no class, not its neighbour's.
    """
    rows = _rows(pieces)
    places = np.array([[word.x, word.y] for word in words])
    outcomes = []
    for below in (True, False):
        found, cost = [], 0.0
        for row in rows:
            top, bottom = min(p.y for p in row), max(p.y + p.mask.shape[0] for p in row)
            middle = (top + bottom) / 2
            away = places[:, 1] - middle if below else middle - places[:, 1]
            ahead = np.where(away > 0, away, np.inf)
            line = np.flatnonzero(np.isfinite(ahead) & (ahead < ahead.min() + 0.3 * (bottom - top)))
            cost += float(ahead.min()) if len(line) else 1e6
            apart = float(np.median(np.diff(np.sort(places[line, 0])))) if len(line) > 1 else np.inf
            for piece in row:
                label = None
                if len(line):
                    aside = np.abs(places[line, 0] - piece.centre[0])
                    near = aside.min() < _BESIDE * apart  # further off its own label is missing
                    label = words[int(line[aside.argmin()])].label if near else None
                found.append(replace(piece, label=label))
        outcomes.append((cost, found))
    return min(outcomes, key=lambda o: o[0])[1]


def _by_brackets(found: Segmentation) -> list[Piece]:
    """The class of each piece by the bracket line that underlines its slot; empty where they show no standard layout.

    A row needs as many lines as the standard layout has slots, or one less where Y's is missing.
    """
    rows = _rows(found.pieces)
    if len(rows) != len(STANDARD_ORDER):
        return []
    index = {c.label: c.index for c in CLASSES}
    lines = _bracket_spans(found)
    placed: list[Piece] = []
    for row, labels in zip(rows, STANDARD_ORDER, strict=True):
        top, bottom = min(p.y for p in row), max(p.y + p.mask.shape[0] for p in row)
        tall = bottom - top
        near = [s for s in lines if bottom - 0.1 * tall < s[2] < bottom + 0.5 * tall or top - 0.5 * tall < s[2] < top]
        spans = sorted({(s[0], s[1]) for s in near})
        if len(spans) not in {len(labels), len(labels) - (labels[-1] == "Y")}:
            return []
        for piece in row:
            over = [k for k, (x1, x2) in enumerate(spans) if x1 <= piece.centre[0] <= x2]
            placed.append(replace(piece, label=index[labels[over[0]]] if over else None))
    return placed


def _bracket_spans(found: Segmentation) -> list[tuple[float, float, float]]:
    """The bracket lines of the print: x from, x to, y in pixels."""
    ink = (found.print_depth > 0).astype(np.uint8)
    long = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, max(round(found.width), 15)), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(long, connectivity=8)
    return [(float(x), float(x + w), float(y)) for x, y, w, h, _ in stats[1:].tolist() if h <= 0.2 * w]


def _by_order(pieces: Sequence[Piece], order: Sequence[Sequence[str]]) -> list[Piece]:
    """The class of each piece by the told order: a row falls into its slots at its widest gaps."""
    index = {c.label: c.index for c in CLASSES}
    rows = _rows(pieces)
    if unknown := [t for row in order for t in row if t.upper() not in index]:
        raise KaryogramPictureError(f"There is no chromosome {unknown[0]!r}; write 1 to 22, X and Y.")
    if len(rows) != len(order):
        raise KaryogramPictureError(f"The picture has {len(rows)} rows of chromosomes and {len(order)} were told.")
    found = []
    for row, labels in zip(rows, order, strict=True):
        gaps = np.array([b.x - (a.x + a.mask.shape[1]) for a, b in pairwise(row)])
        if len(row) < len(labels):
            raise KaryogramPictureError(
                f"The row {' '.join(labels)} has only {len(row)} chromosomes; tell it as it is."
            )
        widest = np.sort(np.argsort(-gaps, kind="stable")[: len(labels) - 1])
        slot = np.searchsorted(widest, np.arange(len(row)), side="left")
        found += [replace(p, label=index[labels[int(s)].upper()]) for p, s in zip(row, slot, strict=True)]
    return found


def _rows(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Pieces whose heights overlap stand in one row; rows from above, pieces from the left."""
    rows: list[list[Piece]] = []
    reach = -1.0
    for piece in sorted(pieces, key=lambda p: p.y):
        height = piece.mask.shape[0]
        if rows and piece.y + 0.35 * height < reach:
            rows[-1].append(piece)
            reach = max(reach, float(np.median([p.y + p.mask.shape[0] for p in rows[-1]])))
        else:
            rows.append([piece])
            reach = piece.y + height
    return [sorted(row, key=lambda p: p.x) for row in rows]

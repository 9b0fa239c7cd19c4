"""Reading a karyogram print: its chromosomes, and which class each has.

Nothing is known of the program that made it: the zoom, the paper, the order of the classes and the type face are free.
The class of a chromosome is that of the label below or above it; where none can be read, that of its slot in the
standard layout, if bracket lines show the slots; or an order that is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import cv2
import numpy as np

from karyoview.core.chromosome import CLASSES, KARYOGRAM_ROWS
from karyoview.imaging.karyogram_segmentation import KaryogramPictureError, Piece, Segmentation, segment_karyogram
from karyoview.imaging.label_reading import LabelLine, Word, label_lines, read_labels, repeated_labels
from karyoview.imaging.masks import GreyArray
from karyoview.imaging.print_rectification import rectified, stands_on_its_side

__all__ = [
    "STANDARD_ORDER",
    "KaryogramPictureError",
    "KaryogramPrint",
    "Piece",
    "read_karyogram",
    "read_print",
    "upright",
]

STANDARD_ORDER: Final = tuple(tuple(name for group in row for name in group) for row in KARYOGRAM_ROWS)
"""Labels of the four rows of the standard layout."""

_FEWEST: Final = 15
_IN_ROWS: Final = 0.7  # share of the pieces that stand on their row's line
_LOOKED_AT: Final = 1200  # px of the longer side, at which a picture is judged
_REPEATED: Final = 10  # labels
_ONE_CELL: Final = 60  # chromosomes
_LEAST_LABELLED: Final = 0.6  # of the pairs


@dataclass(frozen=True, slots=True, eq=False)
class KaryogramPrint:
    """A karyogram as it is read: ``picture`` (H, W) uint8, even and level, in whose pixels ``pieces`` are.

    ``turns`` are the quarter turns anticlockwise by which it was set upright, see :func:`upright`.
    """

    picture: GreyArray
    pieces: tuple[Piece, ...]
    turns: int = 0


def upright(picture: GreyArray, turns: int) -> GreyArray:
    """A karyogram (H, W) uint8 even and level, after ``turns`` quarter turns, as a KaryogramPrint holds it."""
    return np.ascontiguousarray(np.rot90(rectified(picture), turns))


def read_print(picture: GreyArray, order: Sequence[Sequence[str]] = ()) -> KaryogramPrint:
    """A karyogram (H, W) uint8 from a program, a scanner or a camera, standing on any of its sides.

    ``order`` as in :func:`read_karyogram`. Raises KaryogramPictureError with what to do.
    """
    level = rectified(picture)
    turns = (1, 3, 0, 2) if stands_on_its_side(level) else (0, 2, 1, 3)
    refused: list[KaryogramPictureError] = []
    for turn in turns[:1] if order else turns:
        turned = np.ascontiguousarray(np.rot90(level, turn))
        try:
            return KaryogramPrint(turned, tuple(read_karyogram(turned, order)), turn)
        except KaryogramPictureError as error:
            refused.append(error)
    raise refused[0]


def looks_like_karyogram(picture: GreyArray) -> bool:
    """Whether a picture (H, W) uint8 shows chromosomes upright in rows rather than lying anyhow, as in a metaphase."""
    try:
        found = segment_karyogram(_not_larger(rectified(picture)))
    except KaryogramPictureError:
        return False
    if sum(len(line.words) for line in label_lines(read_labels(found.print_depth, found.width))) >= _FEWEST:
        return True
    rows = _rows(found.pieces)
    if not 2 <= len(rows) <= 8:
        return False
    # In a row all stand on one line, or hang from one; in a metaphase neither.
    level = 0
    for row in rows:
        tall = float(np.median([p.mask.shape[0] for p in row]))
        feet = np.array([p.y + p.mask.shape[0] for p in row])
        level += int((np.abs(feet - np.median(feet)) < 0.12 * tall).sum())
    return level >= _IN_ROWS * len(found.pieces)


def _not_larger(picture: GreyArray) -> GreyArray:
    factor = _LOOKED_AT / max(picture.shape)
    if factor >= 1:
        return picture
    return np.asarray(cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)


def read_karyogram(picture: GreyArray, order: Sequence[Sequence[str]] = ()) -> list[Piece]:
    """The chromosomes of a karyogram (H, W) uint8 with their classes, row by row from the left.

    ``order`` gives the labels of each row (``1`` … ``22``, ``X``, ``Y``) where they are not to be read.
    Raises KaryogramPictureError when there are too few chromosomes, or no order can be read.
    """
    found = segment_karyogram(picture)
    if order:
        return _by_order(found.pieces, order)
    found, words, lines = _with_labels(found)
    if repeated_labels(lines, words) >= _REPEATED and len(found.pieces) > _ONE_CELL:
        raise KaryogramPictureError(
            f"This picture shows {len(found.pieces)} chromosomes and most labels twice, as of two cells; cut it so "
            "that one karyogram is in it."
        )
    readable = sum(w.label is not None for line in lines for w in line.words)
    # Half a page has fewer labels, and as many fewer chromosomes.
    if readable >= min(_FEWEST, max(_LEAST_LABELLED * len(found.pieces) / 2, 3)):
        return _by_labels(found.pieces, lines, found.width)
    if placed := _by_brackets(found):
        return placed
    raise KaryogramPictureError(
        f"Only {readable} labels can be read in this picture; tell the order of its rows with --order."
    )


def _with_labels(found: Segmentation) -> tuple[Segmentation, list[Word], list[LabelLine]]:
    """All words, the lines of labels, and the segmentation without pieces that are labels: soft print is thick."""
    words = read_labels(found.print_depth, found.width)
    lines = label_lines(words)
    if not lines:
        return found, words, []
    tall = float(np.median([w.height for line in lines for w in line.words]))
    labels = [p for p in found.pieces if _stands_on_a_line(p, lines, tall)]
    if not labels:
        return found, words, lines
    depth = found.print_depth.copy()
    for piece in labels:
        h, w = piece.mask.shape
        part = np.s_[piece.y : piece.y + h, piece.x : piece.x + w]
        depth[part] = np.maximum(depth[part], np.where(piece.mask, np.clip(found.depth[part], 1, 255), 0))
    kept = tuple(p for p in found.pieces if p not in labels)
    words = read_labels(depth, found.width)
    return replace(found, pieces=kept, print_depth=depth), words, label_lines(words)


def _stands_on_a_line(piece: Piece, lines: Sequence[LabelLine], tall: float) -> bool:
    """Whether a piece is as high as letters ``tall`` px are, and stands where labels do."""
    h, w = piece.mask.shape
    near = any(abs(piece.centre[1] - line.y) < 0.3 * tall for line in lines)
    return near and 0.7 * tall < h < 1.35 * tall and w < 2.4 * tall


def _by_labels(pieces: Sequence[Piece], lines: Sequence[LabelLine], width: float) -> list[Piece]:
    """The class of each piece: the label nearest to its middle, in the line of labels below or above its row.

    A piece whose own label could not be read gets no class, not its neighbour's.
    """
    rows = _rows(pieces)
    apart = _usual_distance(lines, width)
    outcomes = []
    for below in (True, False):
        found, cost = [], 0.0
        for row in rows:
            top, bottom = min(p.y for p in row), max(p.y + p.mask.shape[0] for p in row)
            middle = (top + bottom) / 2
            ahead = [(line.y - middle if below else middle - line.y, k) for k, line in enumerate(lines)]
            away, k = min(((d, k) for d, k in ahead if d > 0), default=(np.inf, -1))
            cost += away if k >= 0 else 1e6
            found += [replace(p, label=lines[k].label_at(p.centre[0], apart) if k >= 0 else None) for p in row]
        outcomes.append((cost, found))
    return min(outcomes, key=lambda o: o[0])[1]


def _usual_distance(lines: Sequence[LabelLine], width: float) -> float:
    """How far neighbouring labels usually are from each other, in pixels."""
    steps = [b.x - a.x for line in lines for a, b in pairwise(line.words)]
    return float(np.median(steps)) if len(steps) >= 5 else 6 * width


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

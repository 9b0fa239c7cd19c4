"""Reading an old karyogram picture: its chromosomes, its labels, and which belongs to which.

Nothing is known of the program that made it: the zoom, the paper, the order of the classes and the type
face are free. What is asked is that the chromosomes stand apart, upright, and that a label stands
above or below each class, or that the order is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont
from scipy.optimize import linear_sum_assignment

from karyoview._resources import resource
from karyoview.core.chromosome import CLASSES
from karyoview.core.errors import KaryoViewError
from karyoview.imaging.masks import GreyArray

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]

_THIN: Final = 0.5  # strokes of letters and lines are thinner than this share of a chromosome's half width
_GLYPH: Final = (28, 20)
_READ: Final = 0.55  # mean correlation at which a label counts as read
_FEWEST: Final = 15
_BESIDE: Final = 0.7


class KaryogramPictureError(KaryoViewError):
    """A picture in which no karyogram can be read; the message says what to do."""


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """One chromosome of the picture: its own pixels ``mask`` (h, w) bool at ``x``, ``y``, and its class.

    ``label`` is the class index 0–23, None where none is known.
    """

    x: int
    y: int
    mask: BoolArray
    label: int | None = None

    @property
    def centre(self) -> tuple[float, float]:
        """Of its frame, x, y."""
        return self.x + self.mask.shape[1] / 2, self.y + self.mask.shape[0] / 2


@dataclass(frozen=True, slots=True)
class _Word:
    """Letters on one line: their frames (K, 4) x1, y1, x2, y2 from left to right."""

    frames: FloatArray

    @property
    def x(self) -> float:
        return float(self.frames[0, 0] + self.frames[-1, 2]) / 2

    @property
    def y(self) -> float:
        return float(self.frames[:, 1].min() + self.frames[:, 3].max()) / 2


def read_karyogram(picture: GreyArray, order: Sequence[Sequence[str]] = ()) -> list[Piece]:
    """The chromosomes of a karyogram (H, W) uint8 with their classes, row by row from the left.

    ``order`` gives the labels of each row (``1`` … ``22``, ``X``, ``Y``) where they are not to be read.
    Raises KaryogramPictureError when there are too few chromosomes, or no order can be read.
    """
    own, ink = _not_paper(picture)
    count, parts, stats, _ = cv2.connectedComponentsWithStats(own.astype(np.uint8), connectivity=8)
    if count < 20:
        raise KaryogramPictureError("There are hardly any chromosomes in this picture; give one with a karyogram.")
    # Of what is clearly dark: a small 0 or 8 is full of grey inside, and no chromosome for that.
    half = cv2.distanceTransform((ink > 0).astype(np.uint8), cv2.DIST_L2, 5)
    thickest = np.zeros(count)
    np.maximum.at(thickest, parts.ravel().astype(np.int64), half.ravel())
    thickest[0] = 0
    largest = np.argsort(-stats[1:, cv2.CC_STAT_AREA])[:40] + 1
    usual = float(np.median(thickest[largest]))
    thick = np.flatnonzero((thickest >= _THIN * usual) & (thickest < 3 * usual) & (stats[:, 4] > 2 * usual**2))
    thick = thick[thick > 0]
    pieces = []
    for number in thick.tolist():
        x, y, w, h, _ = (int(v) for v in stats[number])
        pieces.append(Piece(x, y, parts[y : y + h, x : x + w] == number))
    if len(pieces) < 20:
        raise KaryogramPictureError(
            f"Only {len(pieces)} chromosomes stand apart in this picture; give it larger, or uncut."
        )
    if order:
        return _by_order(pieces, order)
    ink[np.isin(parts, thick)] = 0
    _, _, stats, _ = cv2.connectedComponentsWithStats((ink > 0).astype(np.uint8), connectivity=8)
    return _by_labels(pieces, _named(_words(stats[1:, :4].astype(float), usual, ink), ink))


def _not_paper(picture: GreyArray) -> tuple[BoolArray, GreyArray]:
    """Pixels that are not paper (the picture's most frequent grey), gaps closed; and how dark ink is, 0 beside it."""
    smooth = np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.7), np.uint8)
    histogram = cv2.GaussianBlur(np.bincount(picture.ravel(), minlength=256).astype(np.float64)[None], (0, 0), 1.5)[0]
    paper = int(histogram.argmax())
    away = np.abs(smooth.astype(np.float32) - paper)
    limit, _ = cv2.threshold(np.clip(away, 0, 255).astype(np.uint8), 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    # Pale bands lie far below Otsu's limit, paper and its noise near zero.
    own = (away > max(0.22 * limit, 10)).astype(np.uint8)
    own = np.asarray(cv2.morphologyEx(own, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)), np.uint8)
    ink = np.abs(picture.astype(np.float32) - paper)
    ink[ink <= max(0.4 * limit, 20)] = 0
    return np.asarray(own > 0), ink.astype(np.uint8)


def _words(stats: FloatArray, usual: float, ink: GreyArray) -> list[_Word]:
    """Letters joined to words: equal in height, on one line, close together. Lines and specks are left out.

    ``stats`` (N, 4) are x, y, width and height of components.
    """
    width, tall = stats[:, 2], stats[:, 3]
    stats = stats[(tall >= 5) & (tall <= 8 * usual) & (width <= 2.4 * tall) & (width >= 2)]
    if not len(stats):
        return []
    height = float(np.median(stats[:, 3]))
    stats = stats[(0.6 * height <= stats[:, 3]) & (stats[:, 3] <= 1.5 * height)]
    frames = np.array([frame for row in stats for frame in _letters(row, ink)])
    letters = sorted(range(len(frames)), key=lambda i: float(frames[i, 0]))
    words: list[list[int]] = []
    for i in letters:
        for word in words:
            last = frames[word[-1]]
            close = -0.3 * height < frames[i, 0] - last[2] < 0.65 * height
            if close and abs(frames[i, 3] - last[3]) < 0.35 * height:
                word.append(i)
                break
        else:
            words.append([i])
    return [_Word(frames[word]) for word in words if len(word) <= 2]


def _letters(row: FloatArray, ink: GreyArray) -> list[list[float]]:
    """The frame of a component, or of the two letters that touch in one too wide for a letter."""
    x, y, w, h = (int(v) for v in row)
    if w <= 1.15 * h:
        return [[x, y, x + w, y + h]]
    columns = ink[y : y + h, x : x + w].sum(0, dtype=np.float64)
    first, last = round(0.3 * w), round(0.7 * w)
    cut = first + int(columns[first:last].argmin())
    return [[x, y, x + cut, y + h], [x + cut, y, x + w, y + h]]


@lru_cache(maxsize=1)
def _alphabet() -> dict[str, FloatArray]:
    """Each of 0–9, X and Y in several type faces, (K, 28·20) of mean 0 and norm 1."""
    found: dict[str, FloatArray] = {}
    names = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "report-sans.ttf", "report-sans-bold.ttf")
    faces = [ImageFont.truetype(str(resource("fonts", name)), 48) for name in names]
    strokes = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_COMPLEX, cv2.FONT_HERSHEY_TRIPLEX)
    for letter in "0123456789XY":
        rows = []
        for face in faces:
            plate = Image.new("L", (100, 100))
            ImageDraw.Draw(plate).text((25, 20), letter, fill=255, font=face)
            rows.append(_unit(np.asarray(plate)))
        for stroke in strokes:
            canvas = np.zeros((100, 100), np.uint8)
            cv2.putText(canvas, letter, (25, 75), stroke, 2.0, 255, 4)
            rows.append(_unit(canvas))
        found[letter] = np.stack(rows)
    # Many faces write 1 without a foot, some as a bare bar.
    bar = np.zeros((60, 40), np.uint8)
    bar[5:55, 18:25] = 255
    flag = bar.copy()
    cv2.line(flag, (20, 8), (8, 18), 255, 5)
    found["1"] = np.concatenate([found["1"], [_unit(bar), _unit(flag)]])
    return found


def _unit(letter: GreyArray) -> FloatArray:
    """A letter (h, w), its ink bright, cut to that and brought to one height with its own proportions.

    → (28·20,) of mean 0 and norm 1.
    """
    strong = letter > 0.35 * float(letter.max())
    rows, columns = np.flatnonzero(strong.any(1)), np.flatnonzero(strong.any(0))
    ink = letter[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].astype(np.float32)
    ink /= max(float(ink.max()), 1.0)
    height, width = _GLYPH
    wide = int(np.clip(round(ink.shape[1] * height / ink.shape[0]), 2, width))
    kind = cv2.INTER_AREA if ink.shape[0] > height else cv2.INTER_CUBIC
    even = np.asarray(cv2.resize(ink, (wide, height), interpolation=kind))
    left = (width - wide) // 2
    whole = (
        cv2.GaussianBlur(np.pad(even, ((0, 0), (left, width - wide - left))), (0, 0), 1.2).astype(np.float64).ravel()
    )
    whole -= whole.mean()
    return np.asarray(whole / max(float(np.linalg.norm(whole)), 1e-9))


def _named(words: Sequence[_Word], ink: GreyArray) -> list[tuple[_Word, int | None]]:
    """Each word with the class it stands for, None where it cannot be read.

    Every class is named once, all of them together as well as they can be read.
    """
    alphabet = _alphabet()
    likeness = np.full((len(words), len(CLASSES)), -1.0)
    for w, word in enumerate(words):
        units = [_unit(ink[y1:y2, x1:x2]) for x1, y1, x2, y2 in word.frames.astype(int).tolist()]
        for c, kind in enumerate(CLASSES):
            if len(kind.label) == len(units):
                likeness[w, c] = np.mean(
                    [float((alphabet[letter] @ unit).max()) for letter, unit in zip(kind.label, units, strict=True)]
                )
    rows, columns = linear_sum_assignment(-likeness)
    read = {int(r): int(c) for r, c in zip(rows, columns, strict=True) if likeness[r, c] >= _READ}
    return [(word, read.get(w)) for w, word in enumerate(words)]


def _by_labels(pieces: Sequence[Piece], named: Sequence[tuple[_Word, int | None]]) -> list[Piece]:
    """The class of each piece: the label nearest to its middle, in the line below or above its row.

    A piece whose own label could not be read gets no class, not its neighbour's.
    """
    readable = sum(c is not None for _, c in named)
    if readable < _FEWEST:
        raise KaryogramPictureError(
            f"Only {readable} labels can be read in this picture; tell the order of its rows with --order."
        )
    rows = _rows(pieces)
    places = np.array([[word.x, word.y] for word, _ in named])
    classes = [c for _, c in named]
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
                    label = classes[int(line[aside.argmin()])] if near else None
                found.append(replace(piece, label=label))
        outcomes.append((cost, found))
    return min(outcomes, key=lambda o: o[0])[1]


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

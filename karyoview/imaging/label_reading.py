"""Printed labels of a karyogram read by template matching: 0–9, X and Y in several type faces.

Every class is named once in a karyogram, so all words are read together, each as one class, as well as they can be.
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
from karyoview.imaging.masks import GreyArray

FloatArray = npt.NDArray[np.float64]

_GLYPH: Final = (28, 20)
_READ: Final = 0.55  # mean correlation at which a label counts as read
_CLEAR: Final = 0.72  # the same for a word by itself
_BESIDE: Final = 0.7
_LONGEST: Final = 4  # letters, as "mar1"; longer words are no labels


@dataclass(frozen=True, slots=True, eq=False)
class Word:
    """Letters on one line: their frames (K, 4) x1, y1, x2, y2 from left to right in pixels.

    ``label`` is the class index 0–23 that it stands for, None where it is none, cannot be read, or another word is
    read as that class; ``likely`` is the class that it looks like clearly by itself.
    """

    frames: FloatArray
    label: int | None = None
    likely: int | None = None

    @property
    def x(self) -> float:
        """The middle, in pixels."""
        return float(self.frames[0, 0] + self.frames[-1, 2]) / 2

    @property
    def y(self) -> float:
        """The middle, in pixels."""
        return float(self.frames[:, 1].min() + self.frames[:, 3].max()) / 2

    @property
    def height(self) -> float:
        """In pixels."""
        return float(self.frames[:, 3].max() - self.frames[:, 1].min())


@dataclass(frozen=True, slots=True, eq=False)
class LabelLine:
    """Words on one level, from the left, at least one of which is read."""

    words: tuple[Word, ...]

    @property
    def y(self) -> float:
        """The middle of those that are read, in pixels."""
        return float(np.median([w.y for w in self.words if w.label is not None]))

    def label_at(self, x: float, apart: float) -> int | None:
        """The class of what stands at ``x``, labels being usually ``apart`` px from each other; None if there is none.

        Further off than its neighbours are, its own label is missing.
        """
        place = min(self.words, key=lambda w: abs(w.x - x))
        return place.label if abs(place.x - x) < _BESIDE * apart else None


def label_lines(words: Sequence[Word]) -> list[LabelLine]:
    """The lines of labels, from above; snippets that stand beside a line are left out.

    A word that cannot be read has the one class that is missing between its neighbours, where exactly one is.
    """
    open_ = sorted((w for w in words if w.label is not None), key=lambda w: w.y)
    groups: list[list[Word]] = []
    for word in open_:
        if groups and word.y - groups[-1][-1].y < 0.6 * word.height:
            groups[-1].append(word)
        else:
            groups.append([word])
    lines = []
    for group in groups:
        y, tall = float(np.median([w.y for w in group])), float(np.median([w.height for w in group]))
        beside = [
            w for w in words
            if w.label is None and abs(w.y - y) < 0.35 * tall and 0.6 * tall < w.height < 1.4 * tall
        ]  # fmt: skip
        lines.append(LabelLine(tuple(sorted([*group, *beside], key=lambda w: w.x))))
    # A snippet beside a chromosome may be read as 1; alone on its level a label has to be clear.
    lines = [line for line in lines if len(line.words) >= 2 or line.words[0].likely == line.words[0].label]
    return _filled_in([_doubled(line) for line in lines])


def _doubled(line: LabelLine) -> LabelLine:
    """Words with the class of their neighbour, as where each chromosome has a label of its own."""
    words = list(line.words)
    for k, word in enumerate(words):
        beside = {w.label for w in (*words[max(k - 1, 0) : k], *words[k + 1 : k + 2])}
        if word.label is None and word.likely is not None and word.likely in beside:
            words[k] = replace(word, label=word.likely)
    return LabelLine(tuple(words))


def repeated_labels(lines: Sequence[LabelLine], words: Sequence[Word]) -> int:
    """How many words stand for a class that is read elsewhere already: of two karyograms in one picture about 20."""
    taken = {id(w.frames) for line in lines for w in line.words if w.label is not None}
    read = {w.label for line in lines for w in line.words}
    return sum(w.likely in read and id(w.frames) not in taken for w in words if w.likely is not None)


def _filled_in(lines: Sequence[LabelLine]) -> list[LabelLine]:
    """Unread words between two neighbours of a line that are as many numbers apart as there are words between them."""
    read = {w.label for line in lines for w in line.words}
    filled = []
    for line in lines:
        words = list(line.words)
        known = [k for k, w in enumerate(words) if w.label is not None]
        for a, b in pairwise(known):
            low, high = words[a].label, words[b].label
            if low is None or high is None or high - low != b - a or not read.isdisjoint(range(low + 1, high)):
                continue
            for k in range(a + 1, b):
                words[k] = replace(words[k], label=low + k - a)
        filled.append(LabelLine(tuple(words)))
    return filled


def read_labels(print_depth: GreyArray, width: float) -> list[Word]:
    """The words of a karyogram's print, each with its class where it is one.

    ``print_depth`` (H, W) uint8 is ink that belongs to no chromosome, 0 beside it; ``width`` the usual width of a
    chromosome in pixels.
    """
    _, _, stats, _ = cv2.connectedComponentsWithStats((print_depth > 0).astype(np.uint8), connectivity=8)
    return _named(_words(stats[1:, :4].astype(float), width, print_depth), print_depth)


def _words(stats: FloatArray, width: float, ink: GreyArray) -> list[Word]:
    """Letters joined to words: equal in height, on one line, close together. Lines and specks are left out.

    ``stats`` (N, 4) are x, y, width and height of components.
    """
    wide, tall = stats[:, 2], stats[:, 3]
    stats = stats[(tall >= 5) & (tall <= 4 * width) & (wide <= 2.4 * tall) & (wide >= 2)]
    if not len(stats):
        return []
    height = _letter_height(stats)
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
    return [Word(frames[word]) for word in words if len(word) <= _LONGEST]


def _letter_height(stats: FloatArray) -> float:
    """The height that most letters share; snippets beside chromosomes are of any height."""
    heights = stats[:, 3]
    near = np.abs(heights[:, None] - heights[None]) <= 0.12 * heights[:, None] + 0.5
    return float(np.median(heights[near[int(near.sum(1).argmax())]]))


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


def _named(words: Sequence[Word], ink: GreyArray) -> list[Word]:
    """Each word with the class it stands for, None where it cannot be read."""
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
    clear = [int(row.argmax()) if row.max() >= _CLEAR else None for row in likeness]
    return [replace(word, label=read.get(w), likely=clear[w]) for w, word in enumerate(words)]

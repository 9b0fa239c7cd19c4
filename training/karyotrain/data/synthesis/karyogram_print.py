"""Karyograms as programs of laboratories print them, drawn from made cells, with the truth of what stands where.

Each chromosome is cut out by its mask, which in the crossing of two holds the other's ink too, turned upright or
straightened, sharpened, enlarged, sometimes mirrored, and set beside its homologue, sometimes touching it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from karyotrain.data.synthesis.truth import ChromosomeTruth, SyntheticCell
from karyoview.core.chromosome import CLASSES
from karyoview.imaging.axis import line_length
from karyoview.imaging.straighten import straighten

GreyArray = npt.NDArray[np.uint8]
BoolArray = npt.NDArray[np.bool_]

_STANDARD: Final = ("1 2 3 | 4 5", "6 7 8 9 10 11 12", "13 14 15 | 16 17 18", "19 20 | 21 22 | X Y")
_SEX_APART: Final = ("1 2 3 | 4 5", "6 7 8 9 10 11 12", "13 14 15 | 16 17 18", "19 20 | 21 22", "X Y")
_SEX_EARLY: Final = ("1 2 3 | 4 5", "6 7 8 9 10 11 12 X", "13 14 15 | 16 17 18", "19 20 | 21 22 Y")


@dataclass(frozen=True, slots=True)
class PrintLayout:
    """Where classes stand: ``rows`` of labels, groups parted by ``|``; what is printed, and on which ground.

    ``brackets`` underlines each slot; ``below`` says where labels stand; ``paper`` is the ground's grey level.
    """

    rows: tuple[str, ...]
    brackets: bool
    below: bool
    paper: int
    bright: bool = False


LAYOUTS: Final = {
    "brackets, labels below": PrintLayout(_STANDARD, True, True, 255),
    "labels above": PrintLayout(_STANDARD, False, False, 240),
    "bright on dark": PrintLayout(_STANDARD, True, True, 250, bright=True),
    "sex chromosomes apart": PrintLayout(_SEX_APART, False, True, 255),
    "X in the third row": PrintLayout(_SEX_EARLY, True, True, 248),
}


@dataclass(frozen=True, slots=True)
class PrintStyle:
    """How chromosomes are shown: ``enlargement`` of the metaphase, ``sharpening`` (0 to 2), share ``straightened``,

    ``mirrored`` and ``touching`` (0 to 1 of all), ``tilt`` in degrees, ``contrast`` and its ``variation`` from one
    chromosome to the next, JPEG ``quality``.
    """

    enlargement: float = 1.8
    sharpening: float = 0.5
    straightened: float = 0.0
    mirrored: float = 0.03
    touching: float = 0.2
    tilt: float = 4.0
    contrast: float = 1.1
    variation: float = 0.06
    quality: int = 88


def draw_print_style(rng: np.random.Generator) -> PrintStyle:
    """A random style; in a third of the prints most chromosomes are straightened."""
    return PrintStyle(
        enlargement=rng.uniform(1.5, 3.0),
        sharpening=rng.uniform(0.0, 1.5),
        straightened=0.8 if rng.random() < 1 / 3 else 0.0,
        mirrored=0.03,
        touching=rng.uniform(0.0, 0.5),
        tilt=rng.uniform(1.0, 8.0),
        contrast=rng.uniform(0.9, 1.35),
        variation=rng.uniform(0.0, 0.12),
        quality=int(rng.integers(75, 96)),
    )


@dataclass(frozen=True, slots=True, eq=False)
class KaryogramPrint:
    """A printed karyogram: ``picture`` (H, W) uint8, and for each chromosome shown its number in the cell's truth and
    its own pixels (h, w) bool in the print with their left upper corner (x, y)."""

    picture: GreyArray
    shown: tuple[tuple[int, BoolArray, tuple[int, int]], ...]


def draw_karyogram(cell: SyntheticCell, layout: PrintLayout, style: PrintStyle, seed: int = 0) -> KaryogramPrint:
    """The karyogram of a made cell of 8 bits, the same for the same arguments."""
    rng = np.random.default_rng(seed)
    tiles: dict[str, list[tuple[int, GreyArray, BoolArray]]] = {}
    for number, truth in enumerate(cell.truth):
        grey, own = _tile(rng, cell, truth, style, layout.paper)
        tiles.setdefault(CLASSES[truth.label].label, []).append((number, grey, own))
    canvas, shown, slots = _laid_out(rng, layout, style, tiles)
    _print_labels(canvas, layout, style, slots)
    picture = 255 - canvas if layout.bright else canvas
    packed = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, style.quality])[1]
    return KaryogramPrint(np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8), tuple(shown))


def _tile(
    rng: np.random.Generator, cell: SyntheticCell, truth: ChromosomeTruth, style: PrintStyle, paper: int
) -> tuple[GreyArray, BoolArray]:
    """One chromosome as it is shown, (h, w) on paper, and its own pixels."""
    picture = np.asarray(cell.image, np.float32)
    ground = float(np.percentile(picture, 80))
    whole = cv2.dilate(truth.full_mask(picture.shape[:2]).astype(np.uint8), np.ones((3, 3), np.uint8))
    depth = (ground - picture) * style.contrast * math.exp(rng.normal(0, style.variation))
    zoom = style.enlargement
    if rng.random() < style.straightened and line_length(truth.axis) > 0:
        height = int((line_length(truth.axis) + 14) * zoom)
        width = int((2 * truth.mask.sum() / max(line_length(truth.axis), 1) + 14) * zoom)
        shade = np.asarray(straighten(depth, truth.axis, width, height, zoom=zoom, outside=0.0))
        own = np.asarray(straighten(whole.astype(np.float32), truth.axis, width, height, zoom=zoom, outside=0.0)) > 0.5
    else:
        shade, own = _turned_upright(rng, depth, np.asarray(whole, np.uint8), truth, style)
    own = _largest(own)
    if style.sharpening > 0:
        shade = shade + style.sharpening * (shade - cv2.GaussianBlur(shade, (0, 0), 1.2 * zoom))
    if rng.random() < style.mirrored:
        shade, own = shade[:, ::-1], own[:, ::-1]
    rows, columns = np.flatnonzero(own.any(1)), np.flatnonzero(own.any(0))
    part = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return np.where(own[part], np.clip(paper - shade[part], 0, paper), paper).astype(np.uint8), own[part]


def _turned_upright(
    rng: np.random.Generator,
    depth: npt.NDArray[np.float32],
    whole: GreyArray,
    truth: ChromosomeTruth,
    style: PrintStyle,
) -> tuple[npt.NDArray[np.float32], BoolArray]:
    """A chromosome turned as a whole, its short arm up."""
    h, w = truth.mask.shape
    x, y = truth.offset
    up = truth.axis[0] - truth.axis[-1]
    turn = math.degrees(math.atan2(up[0], -up[1])) + rng.uniform(-style.tilt, style.tilt)
    side = int(math.hypot(h + 8, w + 8) * style.enlargement)
    middle = (x + w / 2, y + h / 2)
    matrix = cv2.getRotationMatrix2D(middle, turn, style.enlargement)
    matrix = matrix + np.array([[0, 0, side / 2 - middle[0]], [0, 0, side / 2 - middle[1]]])
    shade = cv2.warpAffine(depth, matrix, (side, side), flags=cv2.INTER_CUBIC)
    own = cv2.warpAffine(whole * 255, matrix, (side, side)) > 127
    return np.asarray(shade, np.float32), np.asarray(own)


def _largest(own: BoolArray) -> BoolArray:
    _, parts, stats, _ = cv2.connectedComponentsWithStats(own.astype(np.uint8), connectivity=8)
    return np.asarray(parts == 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax()))


def _laid_out(
    rng: np.random.Generator,
    layout: PrintLayout,
    style: PrintStyle,
    tiles: dict[str, list[tuple[int, GreyArray, BoolArray]]],
) -> tuple[GreyArray, list[tuple[int, BoolArray, tuple[int, int]]], list[tuple[str, float, float, float]]]:
    """The canvas with all chromosomes, what stands where, and the slots: label, x from, x to, y of their foot."""
    zoom = style.enlargement
    shown: list[tuple[int, BoolArray, tuple[int, int]]] = []
    slots: list[tuple[str, float, float, float]] = []
    pasted: list[tuple[GreyArray, BoolArray, int, int]] = []
    base = 20 * zoom
    for row in layout.rows:
        tall = max((own.shape[0] for name in row.split() for _, _, own in tiles.get(name, [])), default=20)
        base += tall + (0 if layout.below else 30 * zoom)
        x = 25 * zoom
        for name in row.split():
            if name == "|":
                x += 40 * zoom
                continue
            begun = x
            for number, grey, own in tiles.get(name, []):
                left = int(x)
                if x > begun and rng.random() < style.touching:
                    left = _touching(pasted[-1], own, int(base), round(rng.uniform(0, 0.8) * zoom))
                top = int(base) - own.shape[0]
                pasted.append((grey, own, left, top))
                shown.append((number, own, (left, top)))
                x = left + own.shape[1] + 6 * zoom
            x = max(x, begun + 34 * zoom)
            slots.append((name, begun, x - 6 * zoom, base))
            x += 14 * zoom
        base += (44 if layout.below else 14) * zoom
    width = max(int(max(s[2] for s in slots) + 25 * zoom), max(p[2] + p[1].shape[1] for p in pasted) + 10)
    canvas = np.full((int(base + 20 * zoom), width), layout.paper, np.uint8)
    for grey, own, left, top in pasted:
        place = canvas[top : top + own.shape[0], left : left + own.shape[1]]
        place[own] = np.minimum(place[own], grey[own])
    return canvas, shown, slots


def _touching(before: tuple[GreyArray, BoolArray, int, int], own: BoolArray, base: int, deep: int) -> int:
    """The left edge at which a chromosome touches the one before it on their common foot, ``deep`` px into it."""
    _, other, left, _ = before
    rows = min(len(other), len(own))
    right_edges = np.where(other.any(1), other.shape[1] - other[:, ::-1].argmax(1), -(10**6))[-rows:]
    left_edges = np.where(own.any(1), own.argmax(1), 10**6)[-rows:]
    return left + int((right_edges - left_edges).max()) - deep


def _print_labels(
    canvas: GreyArray, layout: PrintLayout, style: PrintStyle, slots: list[tuple[str, float, float, float]]
) -> None:
    zoom = style.enlargement
    thick = max(round(0.9 * zoom), 1)
    tallest: dict[float, float] = {}
    for _, _, _, base in slots:
        tallest.setdefault(base, base)
    tops = sorted(tallest)
    for name, x1, x2, base in slots:
        size = 0.42 * zoom
        (w, h), _ = cv2.getTextSize(name, cv2.FONT_HERSHEY_SIMPLEX, size, thick)
        before = max((t for t in tops if t < base), default=0.0)
        y = base + 8 * zoom + h + 4 if layout.below else before + 30 * zoom
        cv2.putText(canvas, name, (int((x1 + x2 - w) / 2), int(y)), cv2.FONT_HERSHEY_SIMPLEX, size, 20, thick)
        if layout.brackets:
            line = int(base + 5 * zoom)
            cv2.line(canvas, (int(x1), line), (int(x2), line), 60, max(round(0.5 * zoom), 1))
            for x in (x1, x2):
                cv2.line(canvas, (int(x), line), (int(x), line - round(3 * zoom)), 60, max(round(0.5 * zoom), 1))

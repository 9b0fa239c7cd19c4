"""A real karyogram print changed as other programs, scanners and cameras would have made it, for the study of prints.

Each change takes the karyogram and its metaphase and gives both, with the factor by which the metaphase was enlarged.
Laid anew are the chromosomes that can be read in the print as it is, so a change of layout says nothing of prints that
cannot be read at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from karyoview._resources import resource
from karyoview.core.chromosome import CLASSES
from karyoview.imaging.axis import line_length, medial_axis
from karyoview.imaging.karyogram_picture import Piece, read_karyogram
from karyoview.imaging.straighten import straighten

GreyArray = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """A karyogram (H, W) and its metaphase (H, W), uint8, the metaphase ``zoom`` times as large as it was."""

    karyogram: GreyArray
    metaphase: GreyArray
    zoom: float = 1.0


Change = Callable[[Pair], Pair]

_GROUPED: Final = ("1 2 3 | 4 5", "6 7 8 9 10 11 12", "13 14 15 | 16 17 18", "19 20 | 21 22 | X Y")
_EARLY_X: Final = ("1 2 3 | 4 5", "6 7 X 8 9 10 11 12", "13 14 15 | 16 17 18", "19 20 | 21 22 | Y")
_APART: Final = ("1 2 3 | 4 5", "6 7 8 9 10 11 12", "13 14 15 | 16 17 18", "19 20 | 21 22", "X Y")
_EVEN: Final = ("1 2 3 4 5 6", "7 8 9 10 11 12", "13 14 15 16 17 18", "19 20 21 22 X Y")
_LONG: Final = ("1 2 3 4 5 6 7 8", "9 10 11 12 13 14 15 16", "17 18 19 20 21 22 X Y")


def _scaled(picture: GreyArray, factor: float) -> GreyArray:
    kind = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, None, fx=factor, fy=factor, interpolation=kind), np.uint8)


def _print(change: Callable[[GreyArray], npt.ArrayLike]) -> Change:
    """A change of the karyogram alone."""
    return lambda pair: Pair(np.clip(change(pair.karyogram), 0, 255).astype(np.uint8), pair.metaphase, pair.zoom)


def _metaphase_scaled(factor: float, pair: Pair) -> Pair:
    return Pair(pair.karyogram, _scaled(pair.metaphase, factor), pair.zoom * factor)


def _sharpened(amount: float, picture: GreyArray) -> npt.NDArray[np.float64]:
    soft = cv2.GaussianBlur(picture, (0, 0), 2.0).astype(np.float64)
    return picture + amount * (picture - soft)


def _jpeg(quality: int, picture: GreyArray) -> GreyArray:
    packed = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)


def _turned(degrees: float, picture: GreyArray) -> GreyArray:
    h, w = picture.shape
    matrix = cv2.getRotationMatrix2D((w / 2, h / 2), degrees, 1.0)
    return np.asarray(cv2.warpAffine(picture, matrix, (w, h), borderValue=255.0), np.uint8)


def _photographed(slant: float, picture: GreyArray) -> GreyArray:
    """A photograph of the print on a dark desk: at an angle, unevenly lit, the paper's edge in the picture."""
    h, w = picture.shape
    before = np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32)
    inset = np.array([[slant, 0.02], [1 - slant, 0.04], [0.99, 0.97], [0.01, 0.98]], np.float32)
    matrix = cv2.getPerspectiveTransform(before, (inset * (w, h)).astype(np.float32))
    shown = cv2.warpPerspective(picture, matrix, (w, h), borderValue=45.0).astype(np.float64)
    x, y = np.meshgrid(np.linspace(0, 1, w), np.linspace(0, 1, h))
    noise = np.random.default_rng(3).normal(0, 2.0, (h, w))
    return np.clip(shown * (0.95 - 0.22 * x - 0.12 * y) + noise, 0, 255).astype(np.uint8)


def _on_grey(picture: GreyArray) -> npt.NDArray[np.float64]:
    """A scan of a print: grey paper, grain, softened."""
    soft = cv2.GaussianBlur(picture, (0, 0), 0.8).astype(np.float64)
    return 30 + soft * 0.78 + np.random.default_rng(5).normal(0, 3.0, picture.shape)


def laid_anew(
    rows: tuple[str, ...],
    pair: Pair,
    *,
    above: bool = False,
    brackets: bool = False,
    enlargement: float = 1.0,
    straight: bool = False,
    touching: bool = False,
    labels: bool = True,
    dark: bool = False,
    bold: bool = False,
) -> Pair:
    """The chromosomes of the print in other ``rows``, with other labels and ground."""
    tiles: dict[str, list[tuple[GreyArray, npt.NDArray[np.bool_]]]] = {}
    for piece in read_karyogram(pair.karyogram):
        name = "mar" if piece.label is None else CLASSES[piece.label].label
        tiles.setdefault(name, []).append(_tile(pair.karyogram, piece, enlargement, straight))
    z = enlargement
    canvas = np.full((int(1100 * z), int(1150 * z)), 255, np.uint8)
    image = Image.fromarray(canvas)
    pen = ImageDraw.Draw(image)
    face = "report-sans-bold.ttf" if bold else "DejaVuSans.ttf"
    font = ImageFont.truetype(str(resource("fonts", face)), int(17 * z))
    base, paste = 30 * z, []
    for row in rows:
        tall = max((o.shape[0] for n in row.split() for _, o in tiles.get(n, [])), default=20)
        top = base
        base += tall + (40 * z if above else 20 * z)
        x = 30 * z
        for name in row.split():
            if name == "|":
                x += 60 * z
                continue
            begun = x
            for grey, own in tiles.get(name, []):
                paste.append((grey, own, int(x), int(base) - own.shape[0]))
                x += own.shape[1] + (-1 if touching else 8 * z)
            x = max(x, begun + 40 * z)
            if labels:
                pen.text(((begun + x) / 2, top if above else base + 14 * z), name, fill=0, font=font, anchor="ma")
            if brackets:
                pen.line((begun - 4 * z, base + 7 * z, x + 4 * z, base + 7 * z), fill=0, width=max(int(z), 1))
            x += 24 * z
        base += 20 * z if above else 50 * z
    canvas = np.asarray(image).copy()
    for grey, own, left, up in paste:
        place = canvas[up : up + own.shape[0], left : left + own.shape[1]]
        place[own] = np.minimum(place[own], grey[own])
    return Pair(255 - canvas if dark else canvas, pair.metaphase, pair.zoom)


def _tile(
    picture: GreyArray, piece: Piece, enlargement: float, straight: bool
) -> tuple[GreyArray, npt.NDArray[np.bool_]]:
    h, w = piece.mask.shape
    grey = np.where(piece.mask, picture[piece.y : piece.y + h, piece.x : piece.x + w], 255).astype(np.uint8)
    own = piece.mask
    if straight and h > 25:
        axis = medial_axis(np.pad(piece.mask, 4))
        if axis[0, 1] > axis[-1, 1]:
            axis = axis[::-1]
        wide = int(line_length(axis)) + 30
        padded = np.pad(grey, 4, constant_values=255).astype(np.float32)
        mask = np.pad(own, 4).astype(np.float32)
        grey = np.asarray(straighten(padded, axis, 44, wide, zoom=1.0, outside=255.0)).clip(0, 255).astype(np.uint8)
        own = np.asarray(straighten(mask, axis, 44, wide, zoom=1.0, outside=0.0)) > 0.5
    if enlargement != 1:
        grey = _scaled(grey, enlargement)
        own = cv2.resize(own.astype(np.uint8) * 255, grey.shape[::-1], interpolation=cv2.INTER_LINEAR) > 127
    rows, columns = np.flatnonzero(own.any(1)), np.flatnonzero(own.any(0))
    part = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return grey[part], np.asarray(own[part])


CHANGES: Final[Mapping[str, Change]] = {
    "as it is": lambda pair: pair,
    "print 0.6 times": _print(lambda p: _scaled(p, 0.6)),
    "print 1.5 times": _print(lambda p: _scaled(p, 1.5)),
    "print 3 times (3,000 px)": _print(lambda p: _scaled(p, 3.0)),
    "metaphase 1.8 times": partial(_metaphase_scaled, 1.8),
    "metaphase 0.6 times": partial(_metaphase_scaled, 0.6),
    "sharpened": _print(partial(_sharpened, 1.5)),
    "soft, pale": _print(lambda p: 255 - 0.6 * (255.0 - cv2.GaussianBlur(p, (0, 0), 1.5))),
    "gamma 0.6": _print(lambda p: 255 * (p / 255.0) ** 0.6),
    "gamma 1.8": _print(lambda p: 255 * (p / 255.0) ** 1.8),
    "bright on dark": _print(lambda p: 255 - p),
    "JPEG 40": _print(partial(_jpeg, 40)),
    "grey paper, grain": _print(_on_grey),
    "turned by 2°": _print(partial(_turned, 2.0)),
    "turned by -4°": _print(partial(_turned, -4.0)),
    "on its side": _print(lambda p: np.rot90(p).copy()),
    "photograph, hardly slanted": _print(partial(_photographed, 0.02)),
    "photograph, slanted": _print(partial(_photographed, 0.1)),
    "upper half": _print(lambda p: p[: round(0.55 * p.shape[0])].copy()),
    "labels above": partial(laid_anew, _GROUPED, above=True),
    "labels below, bold, brackets": partial(laid_anew, _GROUPED, brackets=True, bold=True),
    "X among C": partial(laid_anew, _EARLY_X),
    "X and Y apart": partial(laid_anew, _APART, brackets=True),
    "six a row": partial(laid_anew, _EVEN),
    "eight a row, dark, labels above": partial(laid_anew, _LONG, above=True, dark=True),
    "enlarged 2.5 times": partial(laid_anew, _GROUPED, enlargement=2.5),
    "enlarged 1.5 times, touching": partial(laid_anew, _GROUPED, enlargement=1.5, touching=True),
    "straightened, 2 times": partial(laid_anew, _GROUPED, enlargement=2.0, straight=True),
}
"""What is done to a pair, by name."""

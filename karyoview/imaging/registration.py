"""Where the chromosomes of a karyogram lie in their metaphase: one similarity for each, all of one zoom.

Each piece is looked for in the whole cell at every angle by correlation of its own pixels (not of its
surroundings, where neighbours lie), first small, then refined at full size in place, angle and zoom.
Homologues look alike, so places are given out by falling likeness, and none twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
import scipy.fft
from scipy.optimize import minimize

from karyoview.core.geometry import Box
from karyoview.imaging.karyogram_picture import KaryogramPictureError, Piece
from karyoview.imaging.masks import GreyArray

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

_COARSE_WIDTH: Final = 6.0  # px of a chromosome in the small pictures
_ANGLES: Final = 36
_TRIES: Final = 6
_SHARED: Final = 0.5  # share of a chromosome that others may cover
_CROSSED: Final = 0.65
_WORTH: Final = 0.6
_ZOOM_STEPS: Final = np.exp(np.arange(-6, 7) * 0.06)
_SAME_ZOOM: Final = 0.07
_ONE_ZOOM: Final = 8.0


@dataclass(frozen=True, slots=True, eq=False)
class Registered:
    """A piece in its cell: ``matrix`` (2, 3) takes picture pixels to cell pixels, ``likeness`` in [−1, 1]."""

    piece: Piece
    matrix: FloatArray
    likeness: float

    @property
    def zoom(self) -> float:
        """Cell pixels for one pixel of the picture."""
        return float(np.hypot(self.matrix[0, 0], self.matrix[1, 0]))

    def box(self) -> Box:
        """The rotated box in the cell, the end that is up in the karyogram first."""
        points = np.argwhere(np.pad(self.piece.mask, 1))[:, ::-1].astype(np.float32)
        (x, y), (w, h), tilt = cv2.minAreaRect(points - 1)
        lean = np.radians(tilt)
        # OpenCV's angle may be of either side; the one that stands most upright is the length, and up stays up
        if abs(np.cos(lean)) < abs(np.sin(lean)):
            w, h, lean = h, w, lean - np.pi / 2
        lean = (lean + np.pi / 2) % np.pi - np.pi / 2
        cx, cy = self.matrix @ [self.piece.x + x + 0.5, self.piece.y + y + 0.5, 1.0]
        angle = float(np.arctan2(self.matrix[1, 0], self.matrix[0, 0]) + lean)
        return Box.rotated(float(cx), float(cy), (w + 1) * self.zoom, (h + 1) * self.zoom, angle)

    def mask(self, shape: tuple[int, int]) -> BoolArray:
        """Its own pixels in a cell of ``shape`` (H, W)."""
        whole = self.matrix.copy()
        # OpenCV counts from the centres of pixels, and the mask from the piece's corner
        whole[:, 2] += whole[:, :2] @ [self.piece.x + 0.5, self.piece.y + 0.5] - 0.5
        drawn = cv2.warpAffine(self.piece.mask.astype(np.uint8) * 255, whole, shape[::-1], flags=cv2.INTER_LINEAR)
        return np.asarray(drawn > 127)


def register(picture: GreyArray, pieces: Sequence[Piece], cell: GreyArray) -> list[Registered]:
    """The places of pieces of ``picture`` (H, W) uint8 in ``cell`` (H, W) uint8; those of no place are left out.

    Raises KaryogramPictureError when the two have no common zoom, as when they are of different cells.
    """
    board, field = _darkness(picture), _darkness(cell)
    width = 2 * float(np.median([_half_width(p.mask) for p in pieces]))
    zoom = _common_zoom(board, pieces, field, width)
    patterns = [_Pattern(board, piece) for piece in pieces]
    taken = np.zeros(field.shape, bool)
    found: dict[int, Registered] = {}
    for tries, shared in ((_TRIES, _SHARED), (3 * _TRIES, _CROSSED)):
        # What crosses others is looked for once more, where those are no longer seen.
        small = _Field(np.where(taken, 0, field).astype(np.float32), min(_COARSE_WIDTH / (width * zoom), 1.0))
        tried = [
            (number, pattern.refined(field, place, zoom))
            for number, pattern in enumerate(patterns)
            if number not in found
            for place in small.places(pattern, zoom, _ANGLES)[:tries]
        ]
        _give_out(tried, zoom, shared, found, taken)
    return [found[k] for k in sorted(found)]


def _give_out(
    tried: list[tuple[int, Registered]], zoom: float, shared: float, found: dict[int, Registered], taken: BoolArray
) -> None:
    """Add to ``found`` each piece in at most one place and each place for one piece, the most alike first."""
    before = taken.copy()
    for number, place in sorted(tried, key=lambda t: -t[1].likeness):
        if number in found or abs(np.log(place.zoom / zoom)) > _SAME_ZOOM or place.likeness < _WORTH:
            continue
        own = place.mask((taken.shape[0], taken.shape[1]))
        covered = (own & taken).sum()
        if own.sum() < 10 or covered > shared * own.sum() or (own & taken & ~before).sum() > _SHARED * own.sum():
            continue
        taken |= own
        found[number] = place


def _darkness(grey: GreyArray) -> npt.NDArray[np.float32]:
    """How far each pixel is from the ground, float32, whichever of both is the brighter."""
    ground = float(np.argmax(cv2.GaussianBlur(np.bincount(grey.ravel(), minlength=256).astype(float)[None], (0, 0), 2)))
    values = ground - grey.astype(np.float32)
    return np.asarray(values if ground > 100 else -values, dtype=np.float32)


def _half_width(mask: BoolArray) -> float:
    return float(cv2.distanceTransform(np.pad(mask, 1).astype(np.uint8), cv2.DIST_L2, 5).max())


def _common_zoom(
    board: npt.NDArray[np.float32], pieces: Sequence[Piece], field: npt.NDArray[np.float32], width: float
) -> float:
    """The zoom at which a few large pieces are found best: about that of their widths, then tried around it."""
    dark = (field > max(0.35 * float(np.percentile(field, 99)), 8)).astype(np.uint8)
    depth = cv2.distanceTransform(dark, cv2.DIST_L2, 5)
    ridge = depth[(depth >= cv2.dilate(depth, np.ones((3, 3)))) & (depth > 2)]
    if not len(ridge):
        raise KaryogramPictureError("There are no chromosomes in the cell; choose the cell of this karyogram.")
    guess = 2 * float(np.median(ridge)) / width
    chosen = [pieces[i] for i in np.argsort([-int(p.mask.sum()) for p in pieces])[1:9:2]]
    patterns = [_Pattern(board, piece) for piece in chosen]
    small = _Field(field, min(_COARSE_WIDTH / (width * guess), 1.0))
    worth = []
    for step in _ZOOM_STEPS:
        found = [small.places(pattern, guess * step, _ANGLES * 2 // 3) for pattern in patterns]
        worth.append(float(np.mean([places[0].likeness for places in found if places] or [-1.0])))
    best = int(np.argmax(worth))
    refined = []
    for pattern in patterns:
        for place in small.places(pattern, guess * _ZOOM_STEPS[best], _ANGLES)[:_TRIES]:
            refined.append(pattern.refined(field, place, guess * _ZOOM_STEPS[best]))
    good = [r.zoom for r in refined if r.likeness > 0.75]
    if not good:
        raise KaryogramPictureError(
            "The largest chromosomes of this karyogram are not in the cell; choose the cell it was made from."
        )
    return float(np.median(good))


class _Pattern:
    """One piece as something to look for: its pixels with a narrow rim of paper."""

    def __init__(self, board: npt.NDArray[np.float32], piece: Piece) -> None:
        self.piece = piece
        rim = max(round(0.15 * 2 * _half_width(piece.mask)), 2)
        h, w = piece.mask.shape
        self.own = cv2.dilate(
            np.pad(piece.mask, rim).astype(np.uint8), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * rim + 1,) * 2)
        )
        x, y = piece.x - rim, piece.y - rim
        padded = np.pad(board, rim)[y + rim : y + rim + h + 2 * rim, x + rim : x + rim + w + 2 * rim]
        self.pixels = np.where(np.pad(piece.mask, rim), padded, 0).astype(np.float32)
        rows, columns = np.nonzero(self.own)
        self.centre = np.array(piece.centre)
        self.points = np.stack([columns + x + 0.5, rows + y + 0.5], 1) - self.centre
        values = self.pixels[rows, columns].astype(np.float64)
        self.values = (values - values.mean()) / max(float(np.linalg.norm(values - values.mean())), 1e-9)

    def turned(self, zoom: float, angle: float) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Pixels and weights of the piece at a zoom, turned clockwise, its centre in the middle of odd frames."""
        h, w = self.own.shape
        side = int(np.ceil(np.hypot(h, w) * zoom)) | 1
        c, s = zoom * np.cos(angle), zoom * np.sin(angle)
        matrix = np.array([[c, -s, 0.0], [s, c, 0.0]])
        matrix[:, 2] = (side - 1) / 2 - matrix[:, :2] @ [(w - 1) / 2, (h - 1) / 2]
        blur = 0.4 / zoom
        pixels = cv2.GaussianBlur(self.pixels, (0, 0), blur) if zoom < 0.7 else self.pixels
        weight = cv2.warpAffine(self.own.astype(np.float32), matrix, (side, side))
        drawn = np.asarray(cv2.warpAffine(pixels, matrix, (side, side)), np.float32)
        return drawn, np.asarray(weight > 0.5, np.float32)

    def refined(self, field: npt.NDArray[np.float32], place: _Place, zoom: float) -> Registered:
        """The best similarity near a place, by likeness at full size."""

        def matrix_of(v: FloatArray) -> FloatArray:
            z, angle = zoom * np.exp(v[3] / 50), place.angle + v[2] / 20
            c, s = z * np.cos(angle), z * np.sin(angle)
            turn = np.array([[c, -s], [s, c]])
            return np.column_stack([turn, np.array([place.x + v[0], place.y + v[1]]) - turn @ self.centre])

        def likeness(v: FloatArray) -> float:
            matrix = matrix_of(v)
            at = (self.points + self.centre) @ matrix[:, :2].T + matrix[:, 2] - 0.5
            seen = cv2.remap(
                field, at[:, 0].astype(np.float32), at[:, 1].astype(np.float32), cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_CONSTANT,
            ).ravel().astype(np.float64)  # fmt: skip
            seen -= seen.mean()
            return float(seen @ self.values) / max(float(np.linalg.norm(seen)), 1e-6)

        def unlike(v: FloatArray) -> float:
            return _ONE_ZOOM * float(v[3] / 50) ** 2 - likeness(v)  # a small piece says little about the zoom

        first = np.array([[0, 0, 0, 0], [3, 0, 0, 0], [0, 3, 0, 0], [0, 0, 2, 0], [0, 0, 0, 2]], float)
        options = {"initial_simplex": first, "maxfev": 130, "xatol": 0.05, "fatol": 1e-4}
        done = minimize(unlike, np.zeros(4), method="Nelder-Mead", options=options)
        return Registered(self.piece, matrix_of(done.x), likeness(done.x))


@dataclass(frozen=True, slots=True)
class _Place:
    """The middle of a piece in cell pixels, its angle, and how alike the small pictures are."""

    x: float
    y: float
    angle: float
    likeness: float


class _Field:
    """A cell made small, with the transforms that every correlation shares."""

    def __init__(self, field: npt.NDArray[np.float32], factor: float) -> None:
        self.factor = factor
        self.pixels = cv2.resize(field, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        self.size = tuple(scipy.fft.next_fast_len(n + 80, real=True) for n in self.pixels.shape)
        self.first = scipy.fft.rfft2(self.pixels, self.size)
        self.second = scipy.fft.rfft2(self.pixels**2, self.size)

    def places(self, pattern: _Pattern, zoom: float, angles: int) -> list[_Place]:
        """Where a pattern may lie, the most alike first; near neighbours of a better place are left out."""
        found: list[_Place] = []
        for angle in 2 * np.pi * np.arange(angles) / angles:
            pixels, weight = pattern.turned(zoom * self.factor, float(angle))
            likeness = self._likeness(pixels, weight)
            for _ in range(2):
                y, x = np.unravel_index(int(likeness.argmax()), likeness.shape)
                value = float(likeness[y, x])
                found.append(_Place((x + 0.5) / self.factor, (y + 0.5) / self.factor, float(angle), value))
                likeness[max(y - 3, 0) : y + 4, max(x - 3, 0) : x + 4] = -1
        kept: list[_Place] = []
        near = 3.0 / self.factor
        for place in sorted(found, key=lambda p: -p.likeness):
            if all(np.hypot(place.x - k.x, place.y - k.y) > near or np.cos(place.angle - k.angle) < 0.85 for k in kept):
                kept.append(place)
        return kept

    def _likeness(self, pixels: npt.NDArray[np.float32], weight: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Correlation (H, W) of the pattern with what lies under its own pixels, its middle at each pixel."""
        count = max(float(weight.sum()), 1.0)
        pattern = (pixels - float((pixels * weight).sum()) / count) * weight
        norm = max(float(np.sqrt((pattern**2).sum())), 1e-6)
        seen, own = (np.conj(scipy.fft.rfft2(a, self.size)) for a in (pattern, weight))
        cross, total, squares = (
            scipy.fft.irfft2(f, self.size) for f in (self.first * seen, self.first * own, self.second * own)
        )
        spread = np.sqrt(np.maximum(squares - total**2 / count, 1.0))
        half = pixels.shape[0] // 2
        # a correlation at shift s has the pattern's corner there; its middle lies half a side further
        rolled = np.roll(cross / (spread * norm), (half, half), (0, 1))
        h, w = self.pixels.shape
        return np.asarray(rolled[:h, :w], dtype=np.float32).copy()

"""The chromosomes of a laboratory's karyogram placed on its metaphase.

A common zoom first, from the areas of ink and a few large chromosomes; then each chromosome is searched at every angle
in the small metaphase, its best candidates fitted at half and at full size, and all settled one to one. What found no
good place is searched again among the ink that is left over: mirrored, and bent, as a program may have straightened it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from karyoview.core.geometry import Box
from karyoview.imaging.bent_search import CentreLine, centre_lines, is_straight, poses_along
from karyoview.imaging.correlation_search import CorrelationSearch, Float32Array, Template
from karyoview.imaging.karyogram_segmentation import KaryogramPictureError, Piece, ink_depth, ink_limit
from karyoview.imaging.masks import GreyArray
from karyoview.imaging.placement_assignment import PlaceCandidate, places_of, settle_places
from karyoview.imaging.template_fit import FitLevel, Pose, drawn_mask, fit, start_of

BoolArray = npt.NDArray[np.bool_]
Progress = Callable[[float], None]

COARSE_WIDTH: Final = 4.0  # px of a chromosome in the small metaphase
_STEP: Final = 10.0  # degrees between angles; the fit reaches further than half of that
_TRIED: Final = 6
_WORSE: Final = 0.3  # correlation at half size
_FINE: Final = 5  # places of a chromosome that are fitted at full size
_GOOD: Final = 0.9  # correlation from which a chromosome is not searched again
SURE: Final = 0.8
"""Confidence from which a placement needs no second look."""
_OWN: Final = 0.6  # share of a karyogram's chromosomes that must be sure
_AT_FIRST: Final = 0.12  # share that the first round finds, even where most were straightened
_ALIKE: Final = 0.87  # correlation that half of them must reach
_WIDE: Final = 0.2
_ZOOMS: Final = (1.0, 1.12, 0.9, 1.26, 0.8, 1.42, 0.7)
_AGREED: Final = 0.03
_BENT: Final = 0.35  # worth that a bend costs, and a mirror image
_MIRRORED: Final = 0.15


@dataclass(frozen=True, slots=True, eq=False)
class Placement:
    """A chromosome of the karyogram on its metaphase.

    ``mask`` (h, w) bool are its own pixels, whole where another crosses it, their left upper corner at ``corner``
    (x, y); ``box`` is the rotated box, the end that is up in the karyogram first. ``correlation`` in [−1, 1];
    ``confidence`` in [0, 1]. ``mirrored`` where the print shows its mirror image. ``margin`` is by how much it
    correlates better than what else would fit.
    """

    piece: Piece
    mask: BoolArray
    corner: tuple[int, int]
    box: Box
    correlation: float
    confidence: float
    mirrored: bool = False
    margin: float = 0.0

    @property
    def sure(self) -> bool:
        """Whether it needs no second look."""
        return self.confidence >= SURE and self.piece.label is not None

    def full_mask(self, shape: tuple[int, int]) -> BoolArray:
        """Its own pixels in a metaphase of ``shape`` (H, W)."""
        whole = np.zeros(shape, bool)
        h, w = self.mask.shape
        x, y = self.corner
        whole[y : y + h, x : x + w] = self.mask
        return whole


def place_karyogram(
    picture: GreyArray, pieces: Sequence[Piece], metaphase: GreyArray, progress: Progress | None = None
) -> list[Placement]:
    """The places of ``pieces`` of a karyogram (H, W) uint8 in its metaphase (H, W) uint8, in the order of the pieces.

    Pieces of no place are left out. ``progress`` is called with the share that is done and may raise to stop.
    Raises KaryogramPictureError where the two have no common zoom, as when they are of different cells.
    """
    search = _PlacementSearch(picture, pieces, metaphase, progress or (lambda _: None))
    search.first_round()
    search.refuse_strangers()
    search.second_round()
    search.third_round()
    found = search.placements()
    if not belongs(found, len(pieces)):
        sure = sum(p.confidence >= SURE for p in found)
        raise KaryogramPictureError(
            f"Only {sure} of {len(pieces)} chromosomes of this karyogram are surely found in the cell; "
            "choose the cell that it was made from."
        )
    return found


def common_chromosomes(picture: GreyArray, pieces: Sequence[Piece], metaphase: GreyArray) -> bool:
    """Whether a few large chromosomes of a karyogram are in a metaphase at one zoom; a fraction of placing all."""
    try:
        _PlacementSearch(picture, pieces, metaphase, lambda _: None)
    except KaryogramPictureError:
        return False
    return True


def belongs(found: Sequence[Placement], pieces: int) -> bool:
    """Whether a karyogram of so many ``pieces`` is of this metaphase.

    Homologues of two people are alike, and up to 0.6 of another cell's look found where both are drawn, but never as
    well: of its own, most are the very same grey levels.
    """
    if not found:
        return False
    sure = sum(p.confidence >= SURE for p in found)
    return sure >= _OWN * pieces and float(np.median([p.correlation for p in found])) >= _ALIKE


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """A fitted place of chromosome ``piece``, of itself or of its mirror image."""

    piece: int
    pose: Pose
    correlation: float
    mirrored: bool
    pixels: npt.NDArray[np.int64]


class _PlacementSearch:
    """One karyogram being placed."""

    def __init__(self, picture: GreyArray, pieces: Sequence[Piece], metaphase: GreyArray, progress: Progress) -> None:
        self.pieces = pieces
        self.progress = progress
        self.shape = metaphase.shape
        board, whole = ink_depth(picture), ink_depth(metaphase)
        self.width = 2 * float(np.median([_half_width(p.mask) for p in pieces]))
        self.field, self.corner = _cropped(whole)
        self.templates = [
            Template.cut(board[p.y : p.y + p.mask.shape[0], p.x : p.x + p.mask.shape[1]], p.mask, self.width)
            for p in pieces
        ]
        self.half, self.full = FitLevel(self.field, 0.5, 0.5), FitLevel(self.field, 1.0, 0.5)
        self.zoom = self._common_zoom()
        self.found: list[_Found] = []
        self.chosen: dict[int, int] = {}

    def first_round(self) -> None:
        """Every chromosome as it stands, searched in the whole metaphase."""
        coarse = self._coarse(self.field)
        angles = np.radians(np.arange(0, 360, _STEP))
        for number, template in enumerate(self.templates):
            places = coarse.candidates(template, self.zoom, angles, _TRIED)
            self.found += self._fitted(number, template, [start_of(p, self.zoom) for p in places], False)
            self.progress(0.1 + 0.6 * (number + 1) / len(self.templates))
        self._settle()

    def refuse_strangers(self) -> None:
        """Raise KaryogramPictureError where hardly a chromosome was found, before more time is spent."""
        good = len(self.pieces) - len(self._missing()[0])
        if good < _AT_FIRST * len(self.pieces):
            raise KaryogramPictureError(
                f"Only {good} of {len(self.pieces)} chromosomes of this karyogram are in the cell as they stand; "
                "choose the cell that it was made from."
            )

    def second_round(self) -> None:
        """Straight ones that have no good place, along centre lines of the ink that is left over, again and again,

        as what is found leaves less; at last along those of all ink, for what crosses others.
        """
        width = self.width * self.zoom
        before = -1
        while before != (before := len(self._missing()[0])):
            missing, left = self._missing()
            self._along(centre_lines(left, width), missing, _TRIED)
        missing, _ = self._missing()
        if any(is_straight(self.templates[i], self.width) for i in missing):
            self._along(centre_lines(self.field, width), missing, _TRIED // 2)

    def _along(self, lines: Sequence[CentreLine], missing: Sequence[int], count: int) -> None:
        for number in missing:
            template = self.templates[number]
            if is_straight(template, self.width):
                starts = poses_along(template, lines, self.zoom, count)
                self.found += self._fitted(number, template, starts, False, _freedom(template, self.width))
        self._settle()
        self.progress(0.8)

    def third_round(self) -> None:
        """What has no good place still, searched once more in the ink that is left over, as mirror image too."""
        missing, left = self._missing()
        coarse = self._coarse(left)
        angles = np.radians(np.arange(0, 360, _STEP))
        for at, number in enumerate(missing):
            template = self.templates[number]
            for mirrored in (False, True):
                tried = template.mirrored() if mirrored else template
                places = coarse.candidates(tried, self.zoom, angles, _TRIED)
                self.found += self._fitted(number, tried, [start_of(p, self.zoom) for p in places], mirrored)
            self.progress(0.8 + 0.2 * (at + 1) / len(missing))
        self._settle()

    def _missing(self) -> tuple[list[int], Float32Array]:
        """Chromosomes of no good place, and the metaphase's ink without the others."""
        good = {i for i, k in self.chosen.items() if self.found[k].correlation >= _GOOD}
        left = np.where(self._covered(good), 0, self.field).astype(np.float32)
        return [i for i in range(len(self.pieces)) if i not in good], left

    def placements(self) -> list[Placement]:
        """The chosen places in the order of the pieces."""
        margins = self._margins()
        return [self._placement(self.found[self.chosen[i]], margins[i]) for i in sorted(self.chosen)]

    def _margins(self) -> dict[int, float]:
        """By how much each chosen place correlates better than another chromosome there, or than another place.

        Of another class, as homologues may stand for each other; a place that is a homologue's does not count.
        """
        places = places_of(self._candidates())
        label = [p.label if p.label is not None else -1 - i for i, p in enumerate(self.pieces)]
        owner = {places[k]: label[i] for i, k in self.chosen.items()}
        margins: dict[int, float] = {}
        for i, k in self.chosen.items():
            best = _WIDE
            for other, place in zip(self.found, places, strict=True):
                elsewhere = other.piece == i and place != places[k] and owner.get(place) != label[i]
                instead = place == places[k] and label[other.piece] != label[i]
                if elsewhere or instead:
                    best = min(best, self.found[k].correlation - other.correlation)
            margins[i] = best
        return margins

    def _coarse(self, depth: Float32Array) -> CorrelationSearch:
        return CorrelationSearch(depth, min(COARSE_WIDTH / (self.width * self.zoom), 1.0))

    def _fitted(
        self, number: int, template: Template, starts: Sequence[Pose], mirrored: bool, bends: float = 0.0
    ) -> list[_Found]:
        half, full = (level.sampled(template, self.zoom) for level in (self.half, self.full))
        found: list[_Found] = []
        coarse = sorted((fit(self.half, half, s, self.zoom, bends=bends) for s in starts), key=lambda c: -c[1])
        kept: list[Pose] = []
        for pose, value in coarse:
            # Several starts come to one place, and what fits far worse at half the size is not the place.
            if value < coarse[0][1] - _WORSE or any(_is_near(pose, k) for k in kept) or len(kept) == _FINE:
                continue
            kept.append(pose)
        for begun in kept:
            pose, value = fit(self.full, full, begun, self.zoom, bends=bends, steps=5)
            mask = drawn_mask(template.own, pose, (self.field.shape[0], self.field.shape[1]))
            pixels = np.flatnonzero(mask)
            if len(pixels) > 10:
                found.append(_Found(number, pose, value, mirrored, pixels))
        return found

    def _settle(self) -> None:
        self.chosen = settle_places(self._candidates(), len(self.pieces))

    def _candidates(self) -> list[PlaceCandidate]:
        return [
            PlaceCandidate(f.piece, f.pixels, f.correlation, _BENT * any(f.pose.bend) + _MIRRORED * f.mirrored)
            for f in self.found
        ]

    def _covered(self, pieces: set[int]) -> BoolArray:
        mask = np.zeros(self.field.size, bool)
        for i in pieces:
            mask[self.found[self.chosen[i]].pixels] = True
        return mask.reshape(self.field.shape)

    def _common_zoom(self) -> float:
        """Metaphase px a karyogram px: by the areas of ink, then as a few large chromosomes fit best."""
        ink = self.field > ink_limit(self.field)
        guess = float(np.sqrt(ink.sum() / sum(int(p.mask.sum()) for p in self.pieces)))
        order = np.argsort([-int(p.mask.sum()) for p in self.pieces])
        # The largest say most, but straightened they lie bent in the cell; those of half their size hardly do.
        quarter = max(len(self.pieces) // 4, 4)
        for part in (order[:quarter], order[quarter : 3 * quarter]):
            tried = [int(i) for i in part[:: max(len(part) // 5, 1)]][:5]
            if (zoom := self._agreed_zoom(guess, tried)) is not None:
                return zoom
        raise KaryogramPictureError(
            "The largest chromosomes of this karyogram are not in the cell; choose the cell it was made from."
        )

    def _agreed_zoom(self, guess: float, tried: Sequence[int]) -> float | None:
        """The zoom near ``guess`` at which three of the chromosomes ``tried`` fit well; None where they disagree."""
        angles = np.radians(np.arange(0, 360, _STEP))
        seen: list[tuple[float, float]] = []
        for step in _ZOOMS:
            zoom = guess * step
            coarse = CorrelationSearch(self.field, min(COARSE_WIDTH / (self.width * zoom), 1.0))
            for i in tried:
                samples = self.half.sampled(self.templates[i], zoom)
                best = (-1.0, zoom)
                for place in coarse.candidates(self.templates[i], zoom, angles, 3):
                    pose, value = fit(self.half, samples, start_of(place, zoom), zoom, loose=0.1)
                    best = max(best, (value, pose.zoom))
                seen.append(best)
            zooms = np.array([z for value, z in seen if value > 0.85])
            if len(zooms) >= 3:
                middle = float(np.median(zooms))
                if (np.abs(np.log(zooms / middle)) < _AGREED).sum() >= 3:
                    return float(np.median(zooms[np.abs(np.log(zooms / middle)) < _AGREED]))
        return None

    def _placement(self, found: _Found, margin: float) -> Placement:
        drawn = np.zeros(self.field.size, np.uint8)
        drawn[found.pixels] = 1
        mask = cv2.morphologyEx(drawn.reshape(self.field.shape), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
        rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
        y, x = int(rows[0]), int(columns[0])
        own = mask[y : rows[-1] + 1, x : columns[-1] + 1] > 0
        corner = (x + self.corner[0], y + self.corner[1])
        box = _box(own, corner, found.pose.angle)
        return Placement(
            self.pieces[found.piece],
            own,
            corner,
            box,
            found.correlation,
            _confidence(found.correlation, margin),
            found.mirrored,
            margin,
        )


def _is_near(a: Pose, b: Pose) -> bool:
    """Whether two poses are of one place."""
    return float(np.hypot(a.x - b.x, a.y - b.y)) < 1.5 and float(np.cos(a.angle - b.angle)) > 0.98


def _confidence(correlation: float, margin: float) -> float:
    """That a place is right, in [0, 1], by its correlation and how much better it is than what else would fit."""
    # Fitted to placements of real and drawn prints: below 0.8 wrong ones correlate too, and a wrong one is rather
    # one of two places that fit alike than one that fits badly.
    fits = 1 / (1 + np.exp(-(correlation - 0.80) / 0.03))
    alone = 1 / (1 + np.exp(-(margin + 0.005) / 0.012))
    return float(fits * alone)


def _half_width(mask: BoolArray) -> float:
    return float(cv2.distanceTransform(np.pad(mask, 1).astype(np.uint8), cv2.DIST_L2, 5).max())


def _freedom(template: Template, width: float) -> float:
    """How much a chromosome may be bent, by its length: 0.1 for the shortest to 1."""
    length = np.count_nonzero(template.own.any(1)) / width
    return float(np.clip((length - 1) / 5, 0.1, 1.0))


def _cropped(depth: Float32Array) -> tuple[Float32Array, tuple[int, int]]:
    """The part of a metaphase (H, W) that holds ink, with a margin, and its left upper corner (x, y)."""
    dark = (depth > ink_limit(depth)).astype(np.uint8)
    ink = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    if not ink.any():
        raise KaryogramPictureError("There are no chromosomes in the cell; choose the cell of this karyogram.")
    rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
    margin = 20
    y, x = max(int(rows[0]) - margin, 0), max(int(columns[0]) - margin, 0)
    return np.ascontiguousarray(depth[y : rows[-1] + margin, x : columns[-1] + margin]), (x, y)


def _box(mask: BoolArray, corner: tuple[int, int], angle: float) -> Box:
    """The rectangle of least area around a mask (h, w), its upper end the one up in the karyogram."""
    lines, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    points = np.concatenate([line.reshape(-1, 2) for line in lines])
    corners = np.concatenate([points + d for d in ((0, 0), (1, 0), (0, 1), (1, 1))]).astype(np.float32)
    (x, y), (w, h), degrees = cv2.minAreaRect(corners)
    lean = (np.radians(degrees) - angle + np.pi) % (2 * np.pi) - np.pi
    # OpenCV's angle is that of either side; the one nearest to the karyogram's upright is the length.
    turns = round(lean / (np.pi / 2))
    if turns % 2:
        w, h = h, w
    return Box.rotated(x + corner[0], y + corner[1], w, h, float(angle + lean - turns * np.pi / 2))

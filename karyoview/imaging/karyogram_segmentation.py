"""The chromosomes of a printed karyogram, cut apart: ink, bracket lines and print taken out, touching neighbours cut.

Homologues stand side by side, so two that touch meet along a line from top to bottom. That line is sought as the
path of least ink through the connected component, and taken as a cut where both sides are as tall as chromosomes are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from karyoview.core.errors import KaryoViewError
from karyoview.imaging.masks import GreyArray

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]
DepthArray = npt.NDArray[np.float32]

_THIN: Final = 0.5  # strokes of letters and lines are thinner than this share of a chromosome's half width
_FEWEST: Final = 20
_CRACK: Final = 1.2e-4  # of the picture
_INKED: Final = 0.78  # of a chromosome's outline that holds ink, at least
_SHORT: Final = 0.35  # of the component's height, which both sides of a cut reach
_TALL: Final = 0.55  # the same where they do not meet in a short neck
_NECK: Final = 0.55  # of a chromosome's width
_SEAM_WIDTH: Final = 14.0  # px of a chromosome where cuts are sought
_BESIDE: Final = 0.6  # of the smaller side's height, over which both stand beside each other
_SHARE: Final = 0.27  # of the component's area, which both sides of a cut have
_CLEAN: Final = 0.45  # ink on a cut, in chromosome widths of median ink
_DEEPEST: Final = 0.85  # mean ink on a cut over the component's median ink
_FULL: Final = 1.5  # area over height times width; about 1 for one upright chromosome, 2 for two


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


@dataclass(frozen=True, slots=True, eq=False)
class Segmentation:
    """A karyogram taken apart.

    ``pieces`` are its chromosomes, ``print_depth`` (H, W) uint8 the ink that belongs to none of them (labels and
    bracket lines), 0 beside it, ``width`` the usual width of a chromosome in pixels, ``depth`` (H, W) float32 all ink.
    """

    pieces: tuple[Piece, ...]
    print_depth: GreyArray
    width: float
    depth: DepthArray


def ink_depth(grey: GreyArray) -> DepthArray:
    """How far each pixel (H, W) uint8 lies from the ground towards the chromosomes, float32, at least 0.

    The ground is the most frequent grey; the chromosomes are on whichever side of it more ink lies.
    """
    histogram = np.bincount(grey.ravel(), minlength=256).astype(np.float64)
    ground = float(cv2.GaussianBlur(histogram[None], (0, 0), 1.5)[0].argmax())
    signed = ground - grey.astype(np.float32)
    strong = np.abs(signed) > 25
    if float(signed[strong].sum()) < 0:
        signed = -signed
    return np.asarray(np.maximum(signed, 0), np.float32)


def ink_limit(depth: DepthArray) -> float:
    """The depth from which a pixel is ink: pale bands lie far below Otsu's limit, paper and its noise near zero."""
    limit, _ = cv2.threshold(np.clip(depth, 0, 255).astype(np.uint8), 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    return max(0.22 * float(limit), 10.0)


def segment_karyogram(picture: GreyArray) -> Segmentation:
    """The chromosomes and the rest of the ink of a printed karyogram (H, W) uint8, dark or bright on its ground.

    Raises KaryogramPictureError where there are fewer than 20 chromosomes.
    """
    depth = ink_depth(picture)
    limit = ink_limit(depth)
    own = cv2.GaussianBlur(depth, (0, 0), 0.5) > limit
    own &= ~bracket_lines(own)
    inked, own = own, _without_cracks(own)
    count, parts, stats, _ = cv2.connectedComponentsWithStats(own.astype(np.uint8), connectivity=8)
    if count < _FEWEST:
        raise KaryogramPictureError("There are hardly any chromosomes in this picture; give one with a karyogram.")
    half = np.asarray(cv2.distanceTransform(own.astype(np.uint8), cv2.DIST_L2, 5), np.float32)
    usual = _usual_half_width(half, np.where(parts > 0, stats[parts, cv2.CC_STAT_AREA], 0))
    # Of what is clearly dark: a small 0 or 8 is full of grey inside, and no chromosome for that.
    dark = cv2.distanceTransform((depth > max(1.8 * limit, 20)).astype(np.uint8), cv2.DIST_L2, 5)
    thickest = np.zeros(count)
    np.maximum.at(thickest, parts.ravel().astype(np.int64), dark.ravel())
    # Where sharpening broke a chromosome up into bands, it is still wide, and nearly all of it is ink.
    whole = np.zeros(count)
    np.maximum.at(whole, parts.ravel().astype(np.int64), half.ravel())
    full = np.bincount(parts[inked], minlength=count) >= _INKED * stats[:, cv2.CC_STAT_AREA]
    broken = (whole >= 1.3 * _THIN * usual) & full & (stats[:, 4] > 5 * usual**2)  # letters are smaller
    wide = (thickest >= _THIN * usual) | broken
    thick = np.flatnonzero(wide & (thickest < 5 * usual) & (stats[:, 4] > 2 * usual**2))
    thick = thick[thick > 0]
    pieces: list[Piece] = []
    for number in thick.tolist():
        x, y, w, h, _ = (int(v) for v in stats[number])
        mask = parts[y : y + h, x : x + w] == number
        for part in cut_apart(mask, depth[y : y + h, x : x + w], 2 * usual):
            pieces.append(_trimmed(part, x, y))
    if len(pieces) < _FEWEST:
        raise KaryogramPictureError(
            f"Only {len(pieces)} chromosomes stand apart in this picture; give it larger, or uncut."
        )
    printed = np.where(np.isin(parts, thick), 0, depth)
    printed[printed <= max(1.8 * limit, 20)] = 0
    return Segmentation(tuple(pieces), np.clip(printed, 0, 255).astype(np.uint8), 2 * usual, depth)


def _without_cracks(own: BoolArray) -> BoolArray:
    """Ink (H, W) with the small holes filled that sharpening makes along the pale bands."""
    _, parts, stats, _ = cv2.connectedComponentsWithStats((~own).astype(np.uint8), connectivity=4)
    small = np.flatnonzero(stats[:, cv2.CC_STAT_AREA] < max(_CRACK * own.size, 4))
    return np.asarray(own | np.isin(parts, small[small > 0]))


def bracket_lines(own: BoolArray) -> BoolArray:
    """Pixels (H, W) of ink on long level lines a few pixels thick, as they underline the slots."""
    long = max(own.shape[1] // 40, 15)
    ink = own.astype(np.uint8)
    level = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, long), np.uint8))
    solid = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((6, 6), np.uint8))
    return np.asarray((level > 0) & (cv2.dilate(solid, np.ones((3, 3))) == 0))


def _usual_half_width(half: npt.NDArray[np.float32], area: npt.NDArray[np.int32]) -> float:
    """The median half width along the middle lines of the larger components, which lines of print are not."""
    ridge = (half >= cv2.dilate(half, np.ones((3, 3)))) & (half > 1.5)
    if not ridge.any():
        raise KaryogramPictureError("There are hardly any chromosomes in this picture; give one with a karyogram.")
    large = ridge & (area > 0.15 * np.percentile(area[ridge], 90))
    return float(np.median(half[large if large.any() else ridge]))


def _trimmed(mask: BoolArray, x: int, y: int) -> Piece:
    """A piece cut to its own bounds, pale spots inside it filled."""
    closed = cv2.morphologyEx(np.pad(mask, 3).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    lines, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(closed, lines, -1, 1, cv2.FILLED)
    rows, columns = np.flatnonzero(closed.any(1)), np.flatnonzero(closed.any(0))
    own = closed[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] > 0
    return Piece(x + int(columns[0]) - 3, y + int(rows[0]) - 3, np.asarray(own))


def cut_apart(mask: BoolArray, depth: DepthArray, width: float) -> list[BoolArray]:
    """The chromosomes of one component (h, w), from the left; one where nothing speaks for more.

    ``depth`` (h, w) is its ink, ``width`` the usual width of a chromosome in pixels.
    """
    if mask.shape[1] < 1.3 * width:
        return [mask]
    ink = np.where(mask, depth, 0).astype(np.float64)
    # Sharpened prints have rims of pure ground inside their outlines.
    median = max(float(np.median(depth[mask])), 1.0)
    best: tuple[float, BoolArray, BoolArray] | None = None
    step = max(round(width / 3), 2)
    coarse = max(int(width / _SEAM_WIDTH), 1)
    for middle in range(round(0.4 * width), mask.shape[1] - round(0.4 * width) + 1, step):
        seam = _seam(ink, middle, 2 * step, coarse)
        left = mask & (np.arange(mask.shape[1])[None] < seam[:, None])
        sides = _two_sides(left, mask & ~left, mask)
        if sides is None:
            continue
        on = ink[np.arange(len(seam)), np.clip(seam, 0, mask.shape[1] - 1)]
        crossed = float(on.sum()) / (median * width)
        if (best is None or crossed < best[0]) and _is_contact(on, median, width, sides, mask):
            best = (crossed, *sides)
    if best is None:
        return [mask]
    return [part for side in best[1:] for part in cut_apart(side, depth, width)]


def _is_contact(
    on: FloatArray, median: float, width: float, sides: tuple[BoolArray, BoolArray], mask: BoolArray
) -> bool:
    """Whether two chromosomes meet where a path crosses ink ``on`` (h,), rather than one going on.

    A short neck is a contact, and so is a long pale line; what is as long as a chromosome is wide may be a pale band.
    """
    touching = on[on > 0]
    length = len(touching) / width
    valley = float(touching.mean()) / median if len(touching) else 0.0
    height = min(int(np.flatnonzero(s.any(1))[[0, -1]] @ [-1, 1]) + 1 for s in sides)
    full = float(mask.sum()) / max(height * width, 1.0)
    if length < _NECK:
        return True
    if height < _TALL * mask.shape[0]:
        return False
    pale = valley * length < _CLEAN and (length > 1.3 or full > _FULL)
    return pale or (valley < _DEEPEST and full > _FULL)


def _seam(ink: FloatArray, middle: int, reach: int, coarse: int) -> npt.NDArray[np.int64]:
    """For each row of ``ink`` (h, w) the column of the path of least ink from top to bottom within ``reach`` px.

    The path is sought ``coarse`` times smaller.
    """
    if coarse > 1:
        small = cv2.resize(ink, (-(-ink.shape[1] // coarse), -(-ink.shape[0] // coarse)), interpolation=cv2.INTER_AREA)
        found = _seam(np.asarray(small, np.float64), middle // coarse, max(reach // coarse, 2), 1)
        return np.asarray(np.repeat(found * coarse + coarse // 2, coarse)[: len(ink)])
    first, last = max(middle - reach, 0), min(middle + reach + 1, ink.shape[1])
    # A little for every row, so that of equal ways the one nearest the middle is taken.
    aside = np.abs(np.arange(first, last) - middle) * 1e-3
    cost = ink[:, first:last] + aside
    total = cost.copy()
    came = np.zeros(cost.shape, np.int64)
    for row in range(1, len(cost)):
        padded = np.pad(total[row - 1], 2, constant_values=np.inf)
        choices = np.stack([padded[k : k + cost.shape[1]] for k in range(5)])
        came[row] = choices.argmin(0) - 2
        total[row] += choices.min(0)
    seam = np.zeros(len(cost), np.int64)
    seam[-1] = int(total[-1].argmin())
    for row in range(len(cost) - 1, 0, -1):
        seam[row - 1] = seam[row] + came[row, seam[row]]
    return seam + first


def _two_sides(left: BoolArray, right: BoolArray, mask: BoolArray) -> tuple[BoolArray, BoolArray] | None:
    """Both sides of a cut as one component each, snippets given to the other side; None where they are no two."""
    own, snippets = [], []
    for side in (left, right):
        count, parts, stats, _ = cv2.connectedComponentsWithStats(side.astype(np.uint8), connectivity=8)
        if count < 2:
            return None
        largest = 1 + int(stats[1:, 4].argmax())
        own.append(parts == largest)
        snippets.append((parts > 0) & (parts != largest))
    if max(s.sum() for s in snippets) > 0.08 * mask.sum():
        return None
    sides = own[0] | snippets[1], own[1] | snippets[0]
    spans = [np.flatnonzero(side.any(1))[[0, -1]] for side in own]
    heights = [int(last - first) + 1 for first, last in spans]
    beside = min(int(s[1]) for s in spans) - max(int(s[0]) for s in spans) + 1
    if min(heights) < _SHORT * mask.shape[0] or beside < _BESIDE * min(heights):
        return None
    return sides if min(s.sum() for s in sides) >= _SHARE * mask.sum() else None

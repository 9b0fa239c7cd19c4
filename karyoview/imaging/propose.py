"""A box from the image itself: the chromosome at or near a point that no box holds yet, found without an engine."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from karyoview.core.errors import KaryoViewError
from karyoview.core.geometry import Box, FloatArray
from karyoview.imaging.objects import BoolArray, CellObjects, GreyArray, on_light_ground

IntLabels = npt.NDArray[np.int32]

_FILLED, _FILLED_UPRIGHT = 0.7, 0.45  # share of its rotated or upright box that a chromosome's pixels take
_SMALLEST, _LARGEST = 0.1, 4.2  # areas of boxes in typical ones: between a G chromosome and chromosome 1, with room
_HEAP: Final = 2.2  # typical chromosomes' pixels from which one piece is looked at as several
_PIECE: Final = 0.3  # least share of a typical chromosome's pixels in a piece of a heap
_SLENDER: Final = 2.4  # widths of a chromosome; a large piece that is broader is no single one
_MOST: Final = 0.8  # share of the pixels on one side of a stroke that one piece must have to be meant
_MARGIN: Final = 1.5  # px around the pixels
# Shares of a piece's rim, weighted by how dark it is, that may be other chromosomes' pixels. Chosen on 240 places of 24
# cells: of what is cut off more than that most is not one whole chromosome; without any box there is less to go by.
_CUT, _PARTED, _CUT_WITHOUT_BOXES = 0.18, 0.25, 0.05
_THIN: Final = 1.0  # widths of a chromosome; what is thinner is the edge of one


class ProposalError(KaryoViewError):
    """No box is proposed here; the sentence says why."""


def propose_at(
    pixels: GreyArray,
    x: float,
    y: float,
    typical_area: float | None = None,
    rotated: bool = True,
    boxes: Sequence[Box] = (),
    objects: CellObjects | None = None,
) -> Box | None:
    """The box of the chromosome nearest to (x, y) outside ``boxes``, None where there is none in reach.

    ``pixels`` is (H, W) uint8 with a bright or a dark background, ``objects`` what was found in it before;
    ``typical_area`` the area in pixels of boxes already there, which sets how far to look and what is too large. Of
    several chromosomes that touch, the one at the point. The box is the smallest rectangle around the pixels, axis
    along its longer side, or their bounds where ``rotated`` is False. Raises ProposalError, with the reason, for a
    nucleus, a heap that cannot be taken apart, a piece no chromosome is as small as, one that has a box, and one whose
    ends among its neighbours cannot be told.
    """
    objects = objects or CellObjects(pixels)
    typical = typical_area or _typical_area(objects)
    ink = (_FILLED if rotated else _FILLED_UPRIGHT) * typical  # a typical chromosome's pixels
    reach = 0.8 * math.sqrt(typical) + 1.0
    free = _without_slivers(objects.free_of(boxes, 2.0)) if boxes else objects.mask
    piece = _piece_at(free, x, y, reach, max(20.0, 0.08 * ink))
    if piece is None or _beside_nucleus(piece, objects):
        _say_why_none(objects, boxes, x, y, reach)
        return None
    parted = piece.sum() > _HEAP * ink
    if parted:
        piece = _one_of_a_heap(piece, objects, x, y, _PIECE * ink)
    upright = not rotated
    box = box_around(piece, upright)
    least = box_around(piece, upright=False)
    heap = piece.sum() > _HEAP * ink and min(least.w, least.h) > _SLENDER * objects.width
    if box.area > _LARGEST * typical or heap:
        raise ProposalError("Several chromosomes lie together here; draw a box along one of them with O.")
    if box.area < _SMALLEST * typical:
        raise ProposalError("What stands out here is too small for a chromosome; draw a box with R or O.")
    bearable = _CUT_WITHOUT_BOXES if not boxes else _PARTED if parted else _CUT
    if _cut_share(piece, objects) > bearable or min(least.w, least.h) < _THIN * objects.width:
        raise ProposalError("Where this chromosome ends among its neighbours cannot be told; draw a box with R or O.")
    return box


def along_chromosomes(pixels: GreyArray, boxes: Sequence[Box]) -> list[Box]:
    """The boxes, upright ones turned along their chromosomes, so that no corner of theirs lies on a neighbour.

    ``pixels`` is (H, W) uint8, chromosomes dark or bright; all boxes of the cell, since they decide together.
    """
    if all(b.is_rotated for b in boxes):
        return list(boxes)
    from karyoview.imaging.masks import masks_from_boxes  # slow to load: the window is up before

    masks = masks_from_boxes(on_light_ground(pixels), [b.capsule_bounds().to_xyxy() for b in boxes])
    return [b if b.is_rotated or not m.mask.any() else m.box for b, m in zip(boxes, masks, strict=True)]


def split_pieces(
    objects: CellObjects, box: Box, stroke: Sequence[tuple[float, float]], others: Sequence[Box] = ()
) -> tuple[Box, Box] | None:
    """The boxes around the pixels on either side of a stroke through ``box``, each along its own piece.

    A stroke that comes back to where it began cuts out what lies inside it. Pixels in the ``others`` alone take no
    part. None where a side holds too few pixels to be fitted.
    """
    points = _simplified(stroke)
    if len(points) < 2:
        return None
    own = objects.mask & ~objects.free_of([box], 2.0)
    for other in others:
        theirs = objects.mask & ~objects.free_of([other], 0.0)
        if (theirs & own).sum() < 0.5 * theirs.sum():
            own &= ~theirs | (objects.mask & ~objects.free_of([box], -0.2 * min(box.w, box.h)))
    ys, xs = np.nonzero(own)
    if len(xs) < 20:
        return None
    places = np.stack([xs + 0.5, ys + 0.5], 1)
    side = _inside(stroke, places) if is_closed(stroke) else _side_of(points, places)
    found = []
    for which in (side > 0, side <= 0):
        part = np.zeros_like(own)
        part[ys[which], xs[which]] = True
        whole = part.sum()
        part = _largest(_without_slivers(part, max(round(0.4 * objects.width), 3)))
        if part.sum() < max(0.05 * len(xs), 12, _MOST * whole):
            return None
        found.append(_directed_like(box_around(part, not box.is_rotated), box))
    return found[0], found[1]


def is_closed(stroke: Sequence[tuple[float, float]]) -> bool:
    """Whether a stroke (x, y) is a contour: its ends lie nearer to each other than a sixth of its length."""
    line = np.asarray(stroke, np.float64).reshape(-1, 2)
    length = float(np.hypot(*np.diff(line, axis=0).T).sum()) if len(line) > 3 else 0.0
    return length > 0 and float(np.hypot(*(line[0] - line[-1]))) < length / 6


def _inside(contour: Sequence[tuple[float, float]], places: FloatArray) -> FloatArray:
    """+1 for places (N, 2) inside a contour, −1 for the others."""
    polygon = np.asarray(contour, np.float32).reshape(-1, 1, 2)
    return np.array([cv2.pointPolygonTest(polygon, (float(x), float(y)), False) or 1.0 for x, y in places])


def box_around(mask: BoolArray, upright: bool) -> Box:
    """The box around the pixels of a mask (H, W): their bounds, or the smallest rectangle, nearest to upright."""
    ys, xs = np.nonzero(mask)
    points = np.stack([xs, ys], 1).astype(np.float32) + 0.5
    if upright:
        low, high = points.min(0) - _MARGIN, points.max(0) + _MARGIN
        return Box.from_xyxy(float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    (cx, cy), (w, h), degrees = cv2.minAreaRect(points)
    angle = math.radians(degrees)
    if w > h:
        w, h, angle = h, w, angle + math.pi / 2
    if math.cos(angle) < 0:
        angle += math.pi
    return Box.rotated(float(cx), float(cy), float(w) + 2 * _MARGIN, float(h) + 2 * _MARGIN, angle)


def _typical_area(objects: CellObjects) -> float:
    """The area of a chromosome's box: by the single pieces of the picture, else by the chromosomes' width."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(objects.mask.astype(np.uint8), connectivity=8)
    area, square = stats[1:, cv2.CC_STAT_AREA].astype(np.float64), objects.width**2
    single = area[(area > 0.8 * square) & (area < 16 * square)]
    return float(np.median(single)) / _FILLED if len(single) >= 5 else 6.0 * square


def _piece_at(free: BoolArray, x: float, y: float, reach: float, smallest: float) -> BoolArray | None:
    """The connected piece (H, W) of at least ``smallest`` pixels nearest to a point, None beyond ``reach`` pixels."""
    height, width = free.shape
    _, labels, stats, _ = cv2.connectedComponentsWithStats(free.astype(np.uint8), connectivity=8)
    x1, x2 = max(int(x - reach), 0), min(int(x + reach) + 2, width)
    y1, y2 = max(int(y - reach), 0), min(int(y + reach) + 2, height)
    if x2 <= x1 or y2 <= y1:
        return None
    window = labels[y1:y2, x1:x2]
    ys, xs = np.nonzero((window > 0) & (stats[window, cv2.CC_STAT_AREA] >= smallest))
    if not len(xs):
        return None
    away = np.hypot(xs + x1 + 0.5 - x, ys + y1 + 0.5 - y)
    nearest = int(away.argmin())
    if away[nearest] > reach:
        return None
    return np.asarray(labels == window[ys[nearest], xs[nearest]])


def _without_slivers(free: BoolArray, side: int = 4) -> BoolArray:
    """Without what is thinner than ``side`` pixels: what is left of a chromosome along a box or a stroke."""
    disk = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    return cv2.morphologyEx(free.astype(np.uint8), cv2.MORPH_OPEN, disk) > 0


def _cut_share(piece: BoolArray, objects: CellObjects) -> float:
    """Share of a rim of two pixels around a piece (H, W) that is as dark as it: there it was cut from others."""
    rim = (cv2.dilate(piece.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0) & ~piece
    usual = max(float(np.median(objects.depth[piece])), 1.0)
    return float(np.minimum(objects.depth[rim & objects.mask] / usual, 1.0).sum()) / max(int(rim.sum()), 1)


def _beside_nucleus(piece: BoolArray, objects: CellObjects) -> bool:
    """Whether a piece is only the rim of a nucleus."""
    if not objects.nuclei.any():
        return False
    side = max(round(objects.width) | 1, 3)
    disk = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    rim = cv2.dilate(objects.nuclei.astype(np.uint8), disk) > 0
    return bool((piece & rim).sum() > 0.5 * piece.sum())


def _say_why_none(objects: CellObjects, boxes: Sequence[Box], x: float, y: float, reach: float) -> None:
    """Raise the reason why nothing is proposed, where there is one."""
    height, width = objects.shape
    if not (0 <= x < width and 0 <= y < height):
        return
    if objects.nuclei[int(y), int(x)]:
        raise ProposalError("This is too broad for a chromosome: a nucleus, or several that lie over each other.")
    near = _piece_at(objects.mask, x, y, reach / 2, 20)
    if near is not None and boxes and (near & objects.free_of(boxes, 2.0)).sum() < 0.5 * near.sum():
        raise ProposalError("Every chromosome here has a box already.")


def _one_of_a_heap(piece: BoolArray, objects: CellObjects, x: float, y: float, smallest: float) -> BoolArray:
    """The chromosome at a point of a piece that is too large for one; the whole piece where it does not come apart.

    Chromosomes that touch are parted where they are narrow together, then where the picture is lighter between them.
    """
    ys, xs = np.nonzero(piece)
    window = (slice(int(ys.min()), int(ys.max()) + 1), slice(int(xs.min()), int(xs.max()) + 1))
    heap, depth = piece[window], objects.depth[window]
    distance = cv2.distanceTransform(np.pad(heap, 1).astype(np.uint8), cv2.DIST_L2, 5)[1:-1, 1:-1]
    scales = (objects.width / 2, max(float(depth[heap].max()), 1.0))
    for height in (np.asarray(h / s, np.float32) for h, s in zip((distance, depth), scales, strict=True)):
        best = np.asarray(heap, dtype=np.int32)
        for level in np.linspace(0.3, 0.9, 9):
            cores = _cores(heap & (height > level), smallest * 0.25)
            if cores.max() <= best.max():
                continue
            parts = _grown(cores, heap, height)
            if np.bincount(parts[heap])[1:].min() >= smallest:
                best = parts
        if best.max() > 1:
            one = np.zeros_like(piece)
            one[window] = _nearest_part(best, x - window[1].start, y - window[0].start)
            return one
    return piece


def _cores(mask: BoolArray, smallest: float) -> IntLabels:
    """The connected pieces of a mask that are large enough, numbered from 1."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    kept = [k for k in range(1, count) if stats[k, cv2.CC_STAT_AREA] >= smallest]
    numbers = np.zeros(count, dtype=np.int32)
    numbers[kept] = np.arange(1, len(kept) + 1)
    return np.asarray(numbers[labels], dtype=np.int32)


def _grown(cores: IntLabels, piece: BoolArray, height: npt.NDArray[np.float32]) -> IntLabels:
    """Every pixel of the piece given to a core, down the height from it."""
    from skimage.segmentation import watershed

    return np.asarray(watershed(-height, cores, mask=piece), dtype=np.int32)


def _nearest_part(parts: IntLabels, x: float, y: float) -> BoolArray:
    ys, xs = np.nonzero(parts)
    nearest = int(np.hypot(xs + 0.5 - x, ys + 0.5 - y).argmin())
    return np.asarray(parts == parts[ys[nearest], xs[nearest]])


def _simplified(stroke: Sequence[tuple[float, float]]) -> npt.NDArray[np.float64]:
    """The stroke as few points, its ends drawn out straight on beyond any box."""
    points = np.asarray(stroke, dtype=np.float32).reshape(-1, 1, 2)
    if len(points) < 2:
        return np.zeros((0, 2))
    line = cv2.approxPolyDP(points, 2.0, False).reshape(-1, 2).astype(np.float64)
    if len(line) < 2 or math.dist(line[0], line[-1]) < 1e-6:
        return np.zeros((0, 2))
    far = 1e4
    first, last = line[0] - line[1], line[-1] - line[-2]
    line[0] += first / max(float(np.hypot(*first)), 1e-9) * far
    line[-1] += last / max(float(np.hypot(*last)), 1e-9) * far
    return line


def _side_of(line: npt.NDArray[np.float64], points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """On which side of its nearest stretch of a line (K, 2) each point (N, 2) lies, by the sign."""
    side = np.zeros(len(points))
    nearest = np.full(len(points), np.inf)
    for a, b in pairwise(line):
        along = b - a
        share = np.clip(((points - a) @ along) / max(float(along @ along), 1e-9), 0.0, 1.0)
        away = np.hypot(*(points - (a + share[:, None] * along)).T)
        cross = along[0] * (points[:, 1] - a[1]) - along[1] * (points[:, 0] - a[0])
        closer = away < nearest
        side[closer], nearest[closer] = cross[closer], away[closer]
    return side


def _largest(mask: BoolArray) -> BoolArray:
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    if count < 2:
        return mask
    return np.asarray(labels == 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA])))


def _directed_like(box: Box, like: Box) -> Box:
    """The box turned by π where that brings its p end nearer to the other box's."""
    if not (box.is_rotated and like.is_rotated):
        return box
    (ax, ay), (bx, by) = box.p_direction, like.p_direction
    return box if ax * bx + ay * by >= 0 else box.turned()

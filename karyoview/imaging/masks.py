"""Instance masks inside horizontal boxes, where nobody drew masks.

A lone chromosome is its blob of foreground. Where chromosomes touch or cross, each box picks its
own centre line from the skeleton of the blob (:mod:`karyoview.imaging.skeleton_graph`), the lines
of one cell are chosen together, and foreground goes to the nearest line; pixels where two lines
cross belong to both. How well line and blob fill the box is the mask's confidence: masks that are
not certain must be ignored by a loss, not taught.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt
from skimage.graph import MCP_Geometric
from skimage.morphology import skeletonize

from karyoview.core.errors import KaryoViewError
from karyoview.core.geometry import Box
from karyoview.imaging.skeleton_graph import Path, SkeletonGraph

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]
GreyArray = npt.NDArray[np.uint8]

CERTAIN_FROM = 0.55


@dataclass(frozen=True, slots=True, eq=False)
class InstanceMask:
    """The pixels of one chromosome.

    ``mask`` is a bool crop whose left upper pixel is (``x``, ``y``) in the image; ``confidence`` in
    [0, 1]; ``isolated`` where the chromosome is a blob of its own; ``certain`` where the mask may
    be taught; ``box`` the least rectangle around the mask, its axis along the chromosome, polarity
    unknown; ``axis`` (K, 2) x, y of the centre line from end to end, empty where none was found.
    """

    mask: BoolArray
    x: int
    y: int
    confidence: float
    isolated: bool
    certain: bool
    box: Box
    axis: FloatArray

    def full(self, height: int, width: int) -> BoolArray:
        """The mask as (height, width) bool in image coordinates."""
        out = np.zeros((height, width), dtype=np.bool_)
        h, w = self.mask.shape
        out[self.y : self.y + h, self.x : self.x + w] = self.mask
        return out


@dataclass(frozen=True, slots=True, eq=False)
class Foreground:
    """Chromosomes' ``mask`` (H, W) bool, ``depth`` below the background (H, W) float32, and their ``width`` in px."""

    mask: BoolArray
    depth: npt.NDArray[np.float32]
    width: float


def masks_from_boxes(
    image: GreyArray, boxes: npt.ArrayLike, *, start: int = 0, counted: int | None = None
) -> list[InstanceMask]:
    """One mask for each horizontal box from the ``start``-th on; the boxes before take part but are not outlined.

    ``image`` is (H, W) uint8, chromosomes dark; ``boxes`` (N, 4) x1, y1, x2, y2 in pixels, drawn
    around whole chromosomes with any even margin. The first ``counted`` boxes are outlined as if the others were not
    there, so that a doubtful double takes no pixels; None: all count. Raises KaryoViewError for other shapes.
    """
    grey = np.asarray(image)
    if grey.ndim != 2 or grey.dtype != np.uint8:
        raise KaryoViewError(f"Masks need one 8-bit grey image, got shape {grey.shape} of {grey.dtype}.")
    rows = np.asarray(boxes, dtype=np.float64)
    if rows.size == 0:
        return []
    if rows.ndim != 2 or rows.shape[1] != 4:
        raise KaryoViewError(f"Masks need boxes of shape (N, 4) x1, y1, x2, y2, got {rows.shape}.")
    height, width = grey.shape
    rows = np.stack([rows[:, 0::2].min(1), rows[:, 1::2].min(1), rows[:, 0::2].max(1), rows[:, 1::2].max(1)], 1)
    rows = np.clip(rows, 0, [width, height, width, height])
    rows[:, 2:] = np.maximum(rows[:, 2:], rows[:, :2] + 1)
    sure = len(rows) if counted is None else min(max(counted, 0), len(rows))
    cell = _Cell(grey, rows, sure or len(rows))
    masks = cell.masks(start)
    if 0 < sure < len(rows):
        cell.take(len(rows))
        masks += cell.masks(max(start, sure))
    return masks


def find_foreground(image: GreyArray, boxes: npt.ArrayLike | None = None) -> Foreground:
    """The chromosomes' foreground in a grey metaphase (H, W) uint8.

    The background is a wide closing, so that nuclei and stain clouds count as background; the
    threshold is Otsu's within the boxes (N, 4), or in the whole image without boxes.
    """
    grey = np.asarray(image)
    height, width = grey.shape
    rows = np.asarray([] if boxes is None else boxes, dtype=np.float64).reshape(-1, 4)
    side = float(np.median(np.maximum(*(rows[:, 2:] - rows[:, :2]).T))) if len(rows) else 65.0
    smooth = cv2.GaussianBlur(grey, (0, 0), 0.8)
    factor = 4
    small = cv2.resize(smooth, (max(width // factor, 1), max(height // factor, 1)), interpolation=cv2.INTER_AREA)
    reach = max(int(1.3 * side / factor) | 1, 9)
    closed = cv2.morphologyEx(small, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach)))
    closed = cv2.GaussianBlur(closed, (0, 0), reach / 4)
    background = cv2.resize(closed, (width, height), interpolation=cv2.INTER_LINEAR).astype(np.float32)
    depth = np.clip(background - smooth, 0, 255).astype(np.float32)
    if len(rows):
        inside = np.zeros(grey.shape, np.uint8)
        for x1, y1, x2, y2 in rows.astype(int):
            inside[y1 : y2 + 1, x1 : x2 + 1] = 1
        sample = depth[inside > 0]
    else:
        sample = depth.ravel()
    level, _ = cv2.threshold(sample.astype(np.uint8).reshape(-1, 1), 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    # Otsu sits between background and mean chromosome; pale bands and ends are nearer the background
    mask = (depth > max(0.62 * level, 8.0)).astype(np.uint8)
    mask = _without_specks(_filled(mask, 30), 30)
    return Foreground(mask > 0, depth, _typical_width(mask, rows))


def _filled(mask: npt.NDArray[np.uint8], largest: int) -> npt.NDArray[np.uint8]:
    """The mask with holes of at most ``largest`` px² filled."""
    return 1 - _without_specks(1 - mask, largest)


def _without_specks(mask: npt.NDArray[np.uint8], largest: int) -> npt.NDArray[np.uint8]:
    """The mask without components of at most ``largest`` px²."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
    keep = stats[:, cv2.CC_STAT_AREA] > largest
    keep[0] = False
    return np.asarray(keep[labels], dtype=np.uint8)


def _typical_width(mask: npt.NDArray[np.uint8], rows: FloatArray) -> float:
    """The chromosomes' width in pixels: twice the median ridge height of the distance map."""
    distance = cv2.distanceTransform(mask, cv2.DIST_L2, 5)
    ridge = (distance >= cv2.dilate(distance, np.ones((3, 3), np.uint8))) & (distance > 2)
    values = distance[ridge]
    return float(np.clip(2 * np.median(values), 5, 60)) if len(values) else 16.0


class _Cell:
    """The masks of one cell, decided together."""

    def __init__(self, grey: GreyArray, rows: FloatArray, counted: int) -> None:
        self.every = rows
        self.front = find_foreground(grey, rows[:counted])
        self.width = self.front.width
        self.shape = grey.shape
        self.count, self.labels, self.stats, _ = cv2.connectedComponentsWithStats(
            self.front.mask.astype(np.uint8), connectivity=4
        )
        self.ridge = np.zeros(self.shape, np.float32)
        self.graph = SkeletonGraph.from_skeleton(self._ridges(), self.width)
        self.options: list[list[Path]] = []
        self.take(counted)

    def take(self, number: int) -> None:
        """Choose the lines of the first ``number`` boxes; what was found of those taken before is kept."""
        self.rows = self.every[:number]
        self.cover = self._cover(self.rows)
        self.owner = self._owners()
        self.isolated, self.margin = self._isolated()
        self.options += self._candidates(len(self.options))
        self.paths = self._choose(self.options)

    def _cover(self, rows: FloatArray) -> npt.NDArray[np.uint8]:
        """By how many of these boxes a pixel is covered, (H, W)."""
        cover = np.zeros(self.shape, np.uint8)
        for x1, y1, x2, y2 in rows.astype(int):
            cover[y1 : y2 + 1, x1 : x2 + 1] += 1
        return cover

    def masks(self, start: int = 0) -> list[InstanceMask]:
        lines = [None if p is None else p.points for p in self.paths]
        return [self._mask(i, lines) for i in range(start, len(self.rows))]

    # -- lone chromosomes -------------------------------------------------------------------------

    def _owners(self) -> npt.NDArray[np.int64]:
        """For each box the component whose bounds fit it best, −1 for none."""
        s = self.stats
        bounds = np.stack([s[:, 0], s[:, 1], s[:, 0] + s[:, 2], s[:, 1] + s[:, 3]], 1).astype(np.float64)
        owners = np.full(len(self.rows), -1)
        for i, (x1, y1, x2, y2) in enumerate(self.rows):
            present = np.unique(self.labels[int(y1) : int(np.ceil(y2)), int(x1) : int(np.ceil(x2))])
            present = present[present > 0]
            if len(present):
                off = np.abs(bounds[present] - self.rows[i]).sum(1)
                owners[i] = present[np.argmin(off)]
        return owners

    def _isolated(self) -> tuple[BoolArray, float]:
        """Which boxes hold a blob of their own, and the margin (px) that boxes leave around one."""
        s = self.stats[np.maximum(self.owner, 0)]
        bounds = np.stack([s[:, 0], s[:, 1], s[:, 0] + s[:, 2], s[:, 1] + s[:, 3]], 1)
        inset = np.concatenate([bounds[:, :2] - self.rows[:, :2], self.rows[:, 2:] - bounds[:, 2:]], 1)
        alone = (np.bincount(np.maximum(self.owner, 0), minlength=self.count)[self.owner] == 1) & (self.owner > 0)
        fits = alone & (inset.min(1) > -0.2 * self.width) & (inset.max(1) < 0.9 * self.width)
        margin = float(np.median(inset[fits])) if fits.sum() >= 3 else 0.15 * self.width
        even = np.abs(inset - margin).max(1) < max(0.45 * self.width, 5.0)
        return fits & even, margin

    # -- crossing and touching ones ---------------------------------------------------------------

    def _ridges(self) -> BoolArray:
        """The skeleton of dark ridges, which parts chromosomes lying side by side."""
        sigma = self.width / 4
        smooth = cv2.GaussianBlur(self.front.depth, (0, 0), sigma)
        xx = cv2.Sobel(smooth, cv2.CV_32F, 2, 0, ksize=3)
        yy = cv2.Sobel(smooth, cv2.CV_32F, 0, 2, ksize=3)
        xy = cv2.Sobel(smooth, cv2.CV_32F, 1, 1, ksize=3)
        lowest = (xx + yy) / 2 - np.sqrt(((xx - yy) / 2) ** 2 + xy**2)
        ridge = self.front.mask & (lowest < -0.002 * smooth)
        self.ridge = np.clip(-lowest / (0.02 * smooth + 1e-3), 0.0, 1.0)
        ridge_u8 = _without_specks(_filled((ridge & (self._cover(self.every) > 0)).astype(np.uint8), 12), 12)
        return np.asarray(skeletonize(ridge_u8 > 0), dtype=np.bool_)

    def _window(self, i: int) -> tuple[float, float, float, float]:
        """Where the centre line of box ``i`` must reach: its box less margin and half a width."""
        x1, y1, x2, y2 = self.rows[i]
        inset = self.margin + 0.5 * self.width
        inset_x, inset_y = min(inset, (x2 - x1) / 2), min(inset, (y2 - y1) / 2)
        return (x1 + inset_x, y1 + inset_y, x2 - inset_x - 1, y2 - inset_y - 1)

    def _candidates(self, first: int) -> list[list[Path]]:
        """The ways that fit each box from the ``first`` on, by rising cost."""
        options = []
        for i in range(first, len(self.rows)):
            own = self.graph.paths_in(self._window(i), self.width)
            options.append(own)
            if self.isolated[i]:
                continue
            if not own or own[0].misfit > 0.35:
                own += self._bridged(i)
            if len(own) > 1:
                alone = self._alone(i)
                options[-1] = sorted((self._explaining(p, alone) for p in own), key=lambda p: p.cost)
        return options

    def _alone(self, i: int) -> FloatArray:
        """Some foreground pixels (K, 2) x, y that lie in box ``i`` and in no other box."""
        edge = max(int(self.margin), 0) + 1
        x1, y1, x2, y2 = (int(v) for v in self.rows[i])
        part = (slice(y1 + edge, max(y2 - edge, y1 + edge)), slice(x1 + edge, max(x2 - edge, x1 + edge)))
        ys, xs = np.nonzero(self.front.mask[part] & (self.cover[part] == 1))
        step = max(len(ys) // 80, 1)
        return np.stack([xs[::step] + x1 + edge, ys[::step] + y1 + edge], 1).astype(np.float64)

    def _explaining(self, path: Path, alone: FloatArray) -> Path:
        """The path, dearer by the share of these pixels that it leaves unexplained: they can be no one else's."""
        if len(alone) < 5:
            return path
        line = path.points[:: max(int(self.width / 4), 1)]
        across, down = alone[:, :1] - line[:, 0], alone[:, 1:] - line[:, 1]
        near = (across * across + down * down).min(1) < (0.9 * self.width) ** 2
        return replace(path, cost=path.cost + 1.5 * float(1.0 - near.mean()))

    def _bridged(self, i: int) -> list[Path]:
        """Ways from corner to corner of a box's window, where its skeleton is broken: least cost over dark ridges."""
        x1, y1, x2, y2 = self._window(i)
        left, top = max(int(x1) - 2, 0), max(int(y1) - 2, 0)
        right, bottom = min(int(x2) + 4, self.shape[1]), min(int(y2) + 4, self.shape[0])
        if right - left < 4 or bottom - top < 4:
            return []
        front = self.front.mask[top:bottom, left:right]
        ridge = self.ridge[top:bottom, left:right]
        price = np.where(front, 1.0 + 3.0 * (1.0 - ridge), 12.0)
        ys, xs = np.nonzero(front)
        if len(ys) < 4:
            return []
        ways, found = MCP_Geometric(price), []
        for a, b in (((x1, y1), (x2, y2)), ((x2, y1), (x1, y2))):
            ends = [int(np.argmin(np.abs(xs + left - x) + np.abs(ys + top - y))) for x, y in (a, b)]
            start, stop = ((int(ys[k]), int(xs[k])) for k in ends)
            if start == stop:
                continue
            ways.find_costs([start], [stop])
            route = np.array(ways.traceback(stop))
            points = route[:, ::-1] + np.array([left, top], dtype=np.float64)
            misses = np.abs(np.concatenate([points.min(0), points.max(0)]) - [x1, y1, x2, y2]) / self.width
            chord = math.dist(points[0], points[-1])
            length = float(np.hypot(*np.diff(points, axis=0).T).sum())
            paid = float(price[route[:, 0], route[:, 1]].mean()) - 1.0
            cost = float(np.minimum(misses, 3.0).sum()) + 0.15 + 0.15 * paid + max(length / max(chord, 1.0) - 1.1, 0.0)
            found.append(Path(points, (), cost, float(misses.max())))
        return found

    def _choose(self, candidates: list[list[Path]]) -> list[Path | None]:
        """One path a box, so that few pieces of centre line are used twice (iterated modes)."""
        usage: dict[int, int] = {}
        chosen = [c[0] if c else None for c in candidates]
        for path in chosen:
            for e in path.edges if path else ():
                usage[e] = usage.get(e, 0) + 1
        lengths = [e.length / self.width for e in self.graph.edges]
        for _ in range(3):
            for i, options in enumerate(candidates):
                current = chosen[i]
                if current is None or len(options) < 2:
                    continue
                for e in current.edges:
                    usage[e] -= 1
                costs = []
                for option in options:
                    twice = sum(max(lengths[e] - 1.2, 0.0) for e in option.edges if usage.get(e, 0) > 0)
                    fresh = sum(lengths[e] for e in option.edges if usage.get(e, 0) == 0)
                    costs.append(option.cost + 0.5 * twice - 0.1 * fresh)
                best = options[int(np.argmin(costs))]
                chosen[i] = best
                for e in best.edges:
                    usage[e] = usage.get(e, 0) + 1
        return chosen

    # -- from lines to masks ----------------------------------------------------------------------

    def _mask(self, i: int, lines: list[FloatArray | None]) -> InstanceMask:
        pad = 1
        x1, y1 = max(int(self.rows[i, 0]) - pad, 0), max(int(self.rows[i, 1]) - pad, 0)
        x2, y2 = min(int(self.rows[i, 2]) + pad + 1, self.shape[1]), min(int(self.rows[i, 3]) + pad + 1, self.shape[0])
        line, path = lines[i], self.paths[i]
        front = self.front.mask[y1:y2, x1:x2]
        contested = 0.0
        if self.isolated[i]:
            mask = self.labels[y1:y2, x1:x2] == self.owner[i]
        elif line is None:
            mask = _largest(front)
        else:
            mask, contested = self._share(i, lines, (x1, y1, x2, y2))
        if mask.sum() < 4:
            mask = front if front.any() else np.ones_like(front)
        confidence = self._confidence(i, mask, (x1, y1, x2, y2), path) * (1.0 - 0.5 * contested)
        axis = np.zeros((0, 2)) if line is None else line
        box = _rectangle(mask, x1, y1, axis)
        certain = confidence >= CERTAIN_FROM
        return InstanceMask(mask, x1, y1, confidence, bool(self.isolated[i]), certain, box, axis)

    def _share(
        self, i: int, lines: list[FloatArray | None], crop: tuple[int, int, int, int]
    ) -> tuple[BoolArray, float]:
        """The foreground of crop ``x1, y1, x2, y2`` that belongs to line ``i``, and the share that others claim too."""
        x1, y1, x2, y2 = crop
        own = _distance_to(lines[i], crop)
        half = 0.5 * self.width
        front = self.front.mask[y1:y2, x1:x2]
        mask = front & (own <= 1.6 * half)
        # where chromosomes touch in one line, only the box says where one ends
        edge = max(int(self.margin) - 1, 0)
        if edge:
            mask[:edge], mask[-edge:], mask[:, :edge], mask[:, -edge:] = False, False, False, False
        claimed = np.zeros(front.shape, dtype=np.bool_)
        for j, other in enumerate(lines):
            if j == i or other is None or not _meet(self.rows[i], self.rows[j]):
                continue
            theirs = _distance_to(other, crop)
            if not (theirs <= 2 * half).any():
                continue
            shared = (own <= 1.05 * half) & (theirs <= 1.05 * half) & _near_crossing(own, theirs, self.width)
            mask &= (own <= theirs) | shared
            claimed |= theirs <= half
        mask = _reachable(mask, own)
        return mask, float((mask & claimed).sum() / max(mask.sum(), 1))

    def _confidence(self, i: int, mask: BoolArray, crop: tuple[int, int, int, int], path: Path | None) -> float:
        """How well mask and line explain the box, in [0, 1]."""
        x1, y1, _, _ = crop
        ys, xs = np.nonzero(mask)
        if len(ys) == 0:
            return 0.0
        bounds = np.array([xs.min() + x1, ys.min() + y1, xs.max() + x1 + 1, ys.max() + y1 + 1], dtype=np.float64)
        target = self.rows[i] + np.array([1, 1, -1, -1]) * self.margin
        miss = np.abs(bounds - target).max() / self.width
        fit = math.exp(-((miss / 0.6) ** 2))
        if self.isolated[i]:
            return 0.9 + 0.1 * fit
        if path is None:
            return 0.2 * fit
        if not path.edges:  # a bridge over a broken skeleton
            return float(0.75 * fit)
        turn = math.exp(-max(path.cost - path.misfit, 0.0))
        return float(0.95 * fit * (0.4 + 0.6 * turn))


def _meet(a: FloatArray, b: FloatArray) -> bool:
    return bool(a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3])


def _distance_to(line: FloatArray | None, crop: tuple[int, int, int, int]) -> npt.NDArray[np.float32]:
    """Distance in px of every pixel of the crop to the line, (h, w) float32."""
    x1, y1, x2, y2 = crop
    reach = 24
    canvas = np.ones((y2 - y1 + 2 * reach, x2 - x1 + 2 * reach), np.uint8)
    if line is not None:
        points = np.rint(line - [x1 - reach, y1 - reach]).astype(np.int32)
        cv2.polylines(canvas, [points.reshape(-1, 1, 2)], False, 0, 1)
    return np.asarray(cv2.distanceTransform(canvas, cv2.DIST_L2, 3)[reach:-reach, reach:-reach], dtype=np.float32)


def _near_crossing(own: npt.NDArray[np.float32], theirs: npt.NDArray[np.float32], width: float) -> BoolArray:
    """Pixels near a place where the two lines meet."""
    meeting = ((own < 1.5) & (theirs < 1.5)).astype(np.uint8)
    if not meeting.any():
        return np.zeros(own.shape, dtype=np.bool_)
    return cv2.distanceTransform(1 - meeting, cv2.DIST_L2, 3) <= width


def _reachable(mask: BoolArray, own: npt.NDArray[np.float32]) -> BoolArray:
    """The components of the mask that the line runs through."""
    count, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)
    keep = np.zeros(count, dtype=np.bool_)
    keep[np.unique(labels[(own < 1.5) & mask])] = True
    keep[0] = False
    return np.asarray(keep[labels], dtype=np.bool_)


def _largest(mask: BoolArray) -> BoolArray:
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    if count < 2:
        return mask
    return np.asarray(labels == 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA])), dtype=np.bool_)


def _rectangle(mask: BoolArray, x: int, y: int, axis: FloatArray) -> Box:
    """The least rectangle around the mask; its axis is the side nearer the line's own direction."""
    contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    points = np.concatenate(contours).reshape(-1, 2).astype(np.float32)
    (cx, cy), (w, h), degrees = cv2.minAreaRect(points)
    # contours run through pixel centres; the pixels reach half a pixel further
    w, h, angle = w + 1.0, h + 1.0, math.radians(degrees)
    along = math.atan2(axis[-1, 0] - axis[0, 0], axis[0, 1] - axis[-1, 1]) if len(axis) > 1 else None
    upright = abs(math.cos(angle - along)) >= math.sqrt(0.5) if along is not None else h >= w
    if max(w, h) > 1.5 * min(w, h):
        upright = h >= w
    if not upright:
        w, h, angle = h, w, angle + math.pi / 2
    return Box.rotated(cx + x + 0.5, cy + y + 0.5, w, h, angle)


def boxes_of(masks: Sequence[InstanceMask]) -> FloatArray:
    """(N, 5) float64: the masks' rotated boxes."""
    return np.array([m.box.to_array() for m in masks], dtype=np.float64).reshape(-1, 5)

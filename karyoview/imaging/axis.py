"""The medial axis of one chromosome: its centre line from end to end."""

from __future__ import annotations

import math
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt
from skimage.graph import MCP_Geometric

FloatArray = npt.NDArray[np.float64]

_BULGE = 1.3  # usual widths of a mask from which a place says nothing of its middle
_REACH = 0.3  # widths over which a line is smoothed
_TURN = 1.1  # radians by which the two pieces may differ that tell how a line bends on
_FARTHEST_TURN = 0.9  # radians by which a line bends on in all
_END = 1.6  # widths of a chromosome over which the bend near an end is measured


def medial_axis(mask: npt.NDArray[np.bool_], step: float = 2.0) -> FloatArray:
    """The smoothed centre line of a mask (h, w) as points (K, 2) x, y about ``step`` pixels apart.

    The line joins the two ends that lie farthest apart inside the mask, and runs where the mask is
    wide. Its direction is open. Empty (0, 2) for a mask of fewer than 4 pixels.
    """
    inside = np.zeros((mask.shape[0] + 2, mask.shape[1] + 2), dtype=bool)
    inside[1:-1, 1:-1] = _one_piece(np.asarray(mask, dtype=bool))
    if inside.sum() < 4:
        return np.zeros((0, 2))
    depth = cv2.distanceTransform(inside.astype(np.uint8), cv2.DIST_L2, 3)
    even = np.where(inside, 1.0, -1.0)  # no way leads over what is negative
    first = _farthest(even, _any_inside(inside))
    second = _farthest(even, first)
    # Cheap where the mask is wide: the path keeps to the middle instead of cutting corners.
    ways = MCP_Geometric(np.where(inside, 1.0 / np.maximum(depth, 0.5) ** 2, -1.0))
    ways.find_costs([first], [second])
    line = np.asarray(ways.traceback(second), dtype=np.float64)[:, ::-1] - 1.0 + 0.5
    return smooth_line(line, step, float(depth.max()))


def smooth_line(line: FloatArray, step: float, reach: float) -> FloatArray:
    """A polyline (K, 2) at even steps of about ``step`` pixels, smoothed over ``reach`` pixels, its ends kept."""
    along = _along(line)
    length = float(along[-1])
    count = max(-(-round(length / step + 1) // 4) * 4, 4)  # multiples of four: few matrices serve all lines
    even = _at(line, along, np.linspace(0.0, length, count))
    return _smoother(count, max(round(4 * reach * (count - 1) / max(length, 1e-9)), 1)) @ even


@lru_cache(maxsize=512)
def _smoother(count: int, quarters: int) -> FloatArray:
    """Gaussian smoothing of ``count`` even points of sigma ``quarters`` / 4 steps, mirrored through the end points."""
    pad = min(max(int(0.75 * quarters), 1), count - 1)
    spread = _kernel_rows(count, pad, max(quarters / 4, 0.3))
    matrix = spread[:, pad : pad + count].copy()
    matrix[:, 0] += 2 * spread[:, :pad].sum(1)
    matrix[:, 1 : pad + 1] -= spread[:, pad - 1 :: -1]
    matrix[:, -1] += 2 * spread[:, pad + count :].sum(1)
    matrix[:, -pad - 1 : -1] -= spread[:, : pad + count - 1 : -1]
    return matrix


@lru_cache(maxsize=512)
def _averager(count: int, half: int, quarters: int) -> FloatArray:
    """Gaussian means of ``count`` values over ``half`` to either side, sigma ``quarters`` / 4, the ends repeated."""
    spread = _kernel_rows(count, half, max(quarters / 4, 0.5))
    matrix = spread[:, half : half + count].copy()
    matrix[:, 0] += spread[:, :half].sum(1)
    matrix[:, -1] += spread[:, half + count :].sum(1)
    return matrix


def _kernel_rows(count: int, pad: int, sigma: float) -> FloatArray:
    """The rows (count, count + 2 · pad) of a Gaussian moved along by one each."""
    rows = np.zeros((count, count + 2 * pad + 1))
    rows[:, : 2 * pad + 1] = cv2.getGaussianKernel(2 * pad + 1, sigma).ravel()
    return rows.ravel()[: count * (count + 2 * pad)].reshape(count, count + 2 * pad)


def centre_line(mask: npt.NDArray[np.bool_], start: FloatArray | None = None, step: float = 2.0) -> FloatArray:
    """The line in the middle of a mask (h, w) from end to end, (K, 2) x, y about ``step`` pixels apart, without kinks.

    It begins as ``start`` (K, 2) where that lies within the mask, else as its medial axis, and is moved to the middle
    between the mask's flanks; beyond the last place where both flanks are seen it bends on as before. Its direction
    is that of ``start``. Empty (0, 2) for a mask of fewer than 4 pixels.
    """
    area = int(mask.sum())
    if area < 4:
        return np.zeros((0, 2))
    line = start if start is not None and _mostly_inside(mask, start) else _rough_axis(mask)
    length = line_length(line)
    if length <= 0:
        return line
    width = area / max(length, np.sqrt(area))
    flat = np.zeros((mask.shape[0] + 2, mask.shape[1] + 2), np.uint8)
    flat[1:-1, 1:-1] = mask
    line = _trimmed(line, min(0.45 * width, 0.25 * length), max(round(length / step), 8))
    for _ in range(3):
        line = smooth_line(_between_flanks(flat, line, width), step, _REACH * width)
    return extended_line(line, mask, max(round(_END * width / step), 2))


def _rough_axis(mask: npt.NDArray[np.bool_]) -> FloatArray:
    """The medial axis of a mask, found at half its size where it is large enough."""
    if mask.sum() < 160:
        return medial_axis(mask)
    size = (-(-mask.shape[1] // 2), -(-mask.shape[0] // 2))
    half = cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_AREA) >= 0.5
    line = medial_axis(half, 1.0)
    return line * 2.0 if len(line) > 1 else medial_axis(mask)


def extended_line(line: FloatArray, mask: npt.NDArray[np.bool_], back: int = 4) -> FloatArray:
    """The line lengthened at both ends to the mask's end, bending on as it does over its last ``back`` pieces."""
    height, width = mask.shape
    back = min(back, len(line) - 1)
    ends = []
    for end in (line[: back + 1], line[::-1][: back + 1]):
        places = _onward(end)
        cell = np.floor(places).astype(int)
        within = (cell >= 0).all(1) & (cell[:, 0] < width) & (cell[:, 1] < height)
        cell = np.clip(cell, 0, [width - 1, height - 1])
        inside = within & mask[cell[:, 1], cell[:, 0]]
        far = int(np.argmin(inside)) if not inside.all() else len(inside)
        ends.append(np.concatenate([places[3 : far - 1 : 4], places[far - 1 : far]]) if far else end[:1])
    return np.concatenate([ends[0][::-1], line[1:-1], ends[1]])


def _onward(end: FloatArray) -> FloatArray:
    """Places (120, 2) half a pixel apart beyond the first of these points, on an arc through them, or straight on.

    An arc of a turn without end would go round and round in a broad mask and never reach its end.
    """
    reach = np.arange(1, 121) * 0.5
    middle = len(end) // 2
    last = end[0] - end[middle] if middle else end[0] - end[-1]
    heading = math.atan2(last[1], last[0])
    turn = 0.0
    if middle and len(end) > 2:
        before = end[middle] - end[-1]
        turned = (heading - math.atan2(before[1], before[0]) + math.pi) % (2 * math.pi) - math.pi
        apart = (math.hypot(*last) + math.hypot(*before)) / 2
        turn = float(np.clip(turned, -_TURN, _TURN)) / max(apart, 1e-9)
        heading += turn * math.hypot(*last) / 2  # from the middle of the last piece to its end
    angles = heading + np.clip(turn * (reach - 0.25), -_FARTHEST_TURN, _FARTHEST_TURN)
    return np.asarray(end[0] + 0.5 * np.cumsum(np.stack([np.cos(angles), np.sin(angles)], 1), axis=0), np.float64)


def _mostly_inside(mask: npt.NDArray[np.bool_], line: FloatArray) -> bool:
    """Whether nine tenths of a line of two points or more lie in the mask."""
    if len(line) < 2 or line_length(line) <= 0:
        return False
    along = np.linspace(0, 1, 40)
    points = np.stack([np.interp(along, np.linspace(0, 1, len(line)), line[:, k]) for k in (0, 1)], 1)
    cell = np.clip(np.floor(points).astype(int), 0, [mask.shape[1] - 1, mask.shape[0] - 1])
    return bool(mask[cell[:, 1], cell[:, 0]].mean() >= 0.9)


def _trimmed(line: FloatArray, less: float, count: int) -> FloatArray:
    """``count`` points at even steps of a polyline without ``less`` pixels at either end."""
    along = _along(line)
    return _at(line, along, np.linspace(less, along[-1] - less, count))


def _along(line: FloatArray) -> FloatArray:
    """The length of a polyline (K, 2) up to each of its points, rising."""
    along = np.zeros(len(line))
    step = line[1:] - line[:-1]
    np.cumsum(np.sqrt(step[:, 0] ** 2 + step[:, 1] ** 2), out=along[1:])
    return along


def _at(line: FloatArray, along: FloatArray, places: FloatArray) -> FloatArray:
    """The points of a polyline at these lengths."""
    found = np.empty((len(places), 2))
    found[:, 0], found[:, 1] = np.interp(places, along, line[:, 0]), np.interp(places, along, line[:, 1])
    return found


def _between_flanks(flat: npt.NDArray[np.uint8], line: FloatArray, width: float) -> FloatArray:
    """The line moved across itself to the middle of the mask; ``flat`` is the mask with a rim of one pixel."""
    normal = np.empty_like(line)
    normal[1:-1, 0], normal[1:-1, 1] = line[:-2, 1] - line[2:, 1], line[2:, 0] - line[:-2, 0]
    normal[0] = line[0, 1] - line[1, 1], line[1, 0] - line[0, 0]
    normal[-1] = line[-2, 1] - line[-1, 1], line[-1, 0] - line[-2, 0]
    normal /= np.maximum(np.sqrt(normal[:, 0] ** 2 + normal[:, 1] ** 2), 1e-9)[:, None]
    count = max(round(2.2 * width), 4)
    offsets = np.arange(-count, count + 1, dtype=np.float32) * np.float32(0.5)
    line32, normal32 = line.astype(np.float32) + np.float32(0.5), normal.astype(np.float32)
    x, y = (line32[:, k, None] + normal32[:, k, None] * offsets for k in (0, 1))
    inside = cv2.remap(flat, x, y, cv2.INTER_NEAREST, borderMode=cv2.BORDER_CONSTANT, borderValue=0) > 0
    right, left = _first_outside(inside[:, count:]), _first_outside(inside[:, count::-1])
    # where the flank is out of reach another arm leaves here; its neighbours say where the middle is
    within = inside[:, count] & (right <= count) & (left <= count)
    wide = (right + left).astype(np.float64)
    usual = float(np.median(wide[within])) if within.any() else 0.0
    # where it is much wider than elsewhere a neighbour's pixels are in the mask
    seen = (within & (wide <= _BULGE * usual)).astype(np.float64)
    means = _averager(len(line), max(round(0.5 * width), 1), max(round(0.8 * width), 1))
    shift = (means @ (seen * (right - left))) * 0.25 / np.maximum(means @ seen, 1e-3)
    return line + normal * np.clip(shift, -0.4 * width, 0.4 * width)[:, None]


def _first_outside(inside: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """The place of the first False of each row; the length of the row where there is none."""
    first = inside.argmin(1)
    return np.asarray(np.where(inside.all(1), inside.shape[1], first), np.int64)


def line_length(line: FloatArray) -> float:
    """Length of a polyline (K, 2) in pixels."""
    if len(line) < 2:
        return 0.0
    step = line[1:] - line[:-1]
    return float(np.sqrt(step[:, 0] ** 2 + step[:, 1] ** 2).sum())


def _one_piece(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    if count <= 2:
        return mask
    return np.asarray(labels == 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA])), dtype=bool)


def _any_inside(inside: npt.NDArray[np.bool_]) -> tuple[int, int]:
    place = int(np.flatnonzero(inside)[0])
    return place // inside.shape[1], place % inside.shape[1]


def _farthest(even: FloatArray, start: tuple[int, int]) -> tuple[int, int]:
    """The place farthest from ``start`` on a way over positive prices."""
    far, _ = MCP_Geometric(even).find_costs([start])
    far[even < 0] = -1.0
    place = int(np.argmax(far))
    return place // even.shape[1], place % even.shape[1]

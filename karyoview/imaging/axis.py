"""The medial axis of one chromosome: its centre line from end to end."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
from skimage.graph import route_through_array

FloatArray = npt.NDArray[np.float64]


def medial_axis(mask: npt.NDArray[np.bool_], step: float = 2.0) -> FloatArray:
    """The smoothed centre line of a mask (h, w) as points (K, 2) x, y about ``step`` pixels apart.

    The line joins the two ends that lie farthest apart inside the mask, and runs where the mask is
    wide. Its direction is open. Empty (0, 2) for a mask of fewer than 4 pixels.
    """
    inside = np.pad(_one_piece(np.asarray(mask, dtype=bool)), 1)
    if inside.sum() < 4:
        return np.zeros((0, 2))
    depth = cv2.distanceTransform(inside.astype(np.uint8), cv2.DIST_L2, 3)
    first = _farthest(inside, _any_inside(inside))
    second = _farthest(inside, first)
    # Cheap where the mask is wide: the path keeps to the middle instead of cutting corners.
    cost = np.where(inside, 1.0 / np.maximum(depth, 0.5) ** 2, 1e6)
    path, _ = route_through_array(cost, first, second, fully_connected=True, geometric=True)
    line = np.asarray(path, dtype=np.float64)[:, ::-1] - 1.0 + 0.5
    return smooth_line(line, step, float(depth.max()))


def smooth_line(line: FloatArray, step: float, reach: float) -> FloatArray:
    """A polyline (K, 2) at even steps of about ``step`` pixels, smoothed over ``reach`` pixels, its ends kept."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    keep = np.concatenate([[True], np.diff(along) > 1e-9])
    count = max(round(along[-1] / step) + 1, 4)
    places = np.linspace(0.0, along[-1], count)
    even = np.stack([np.interp(places, along[keep], line[keep, k]) for k in (0, 1)], 1)
    sigma = reach / step
    pad = min(max(int(3 * sigma), 1), count - 1)
    mirrored = np.concatenate([2 * even[:1] - even[pad:0:-1], even, 2 * even[-1:] - even[-2 : -pad - 2 : -1]])
    kernel = cv2.getGaussianKernel(2 * pad + 1, max(sigma, 0.3)).ravel()
    return np.stack([np.convolve(mirrored[:, k], kernel, "valid") for k in (0, 1)], 1)


def centre_line(mask: npt.NDArray[np.bool_], start: FloatArray | None = None, step: float = 2.0) -> FloatArray:
    """The line in the middle of a mask (h, w) from end to end, (K, 2) x, y about ``step`` pixels apart, without kinks.

    It begins as ``start`` (K, 2) where that lies within the mask, else as its medial axis, and is moved to the middle
    between the mask's flanks; beyond the last place where both flanks are seen it goes straight on. Its direction
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
    flat = np.pad(mask.astype(np.uint8), 1)
    line = _trimmed(line, min(0.45 * width, 0.25 * length), max(round(length / step), 8))
    for _ in range(3):
        line = smooth_line(_between_flanks(flat, line, width), step, 0.3 * width)
    return extended_line(line, mask, max(round(0.6 * width / step), 2))


def _rough_axis(mask: npt.NDArray[np.bool_]) -> FloatArray:
    """The medial axis of a mask, found at half its size where it is large enough."""
    if mask.sum() < 160:
        return medial_axis(mask)
    size = (-(-mask.shape[1] // 2), -(-mask.shape[0] // 2))
    half = cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_AREA) >= 0.5
    line = medial_axis(half, 1.0)
    return line * 2.0 if len(line) > 1 else medial_axis(mask)


def extended_line(line: FloatArray, mask: npt.NDArray[np.bool_], back: int = 4) -> FloatArray:
    """The line lengthened straight on at both ends, in the direction of its last ``back`` pieces, to the mask's end."""
    height, width = mask.shape
    back = min(back, len(line) - 1)
    reach = (np.arange(1, 121) * 0.5)[:, None]
    ends = []
    for end, before in ((line[0], line[back]), (line[-1], line[-1 - back])):
        step = (end - before) / max(float(np.hypot(*(end - before))), 1e-9)
        places = end + reach * step
        cell = np.floor(places).astype(int)
        within = (cell >= 0).all(1) & (cell[:, 0] < width) & (cell[:, 1] < height)
        cell = np.clip(cell, 0, [width - 1, height - 1])
        inside = within & mask[cell[:, 1], cell[:, 0]]
        far = int(np.argmin(inside)) if not inside.all() else len(inside)
        ends.append(places[far - 1] if far else end)
    return np.concatenate([ends[0][None], line[1:-1], ends[1][None]])


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
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    places = np.linspace(less, along[-1] - less, count)
    return np.stack([np.interp(places, along, line[:, k]) for k in (0, 1)], 1)


def _between_flanks(flat: npt.NDArray[np.uint8], line: FloatArray, width: float) -> FloatArray:
    """The line moved across itself to the middle of the mask; ``flat`` is the mask with a rim of one pixel."""
    tangent = np.gradient(line, axis=0)
    tangent /= np.maximum(np.hypot(*tangent.T), 1e-9)[:, None]
    normal = np.stack([-tangent[:, 1], tangent[:, 0]], 1)
    count = max(round(2.2 * width), 4)
    offsets = np.arange(-count, count + 1) * 0.5
    x = (line[:, :1] + normal[:, :1] * offsets + 0.5).astype(np.float32)
    y = (line[:, 1:] + normal[:, 1:] * offsets + 0.5).astype(np.float32)
    inside = cv2.remap(flat, x, y, cv2.INTER_NEAREST, borderMode=cv2.BORDER_CONSTANT, borderValue=0) > 0
    right = np.cumprod(inside[:, count:], 1).sum(1)
    left = np.cumprod(inside[:, count::-1], 1).sum(1)
    # where the flank is out of reach another arm leaves here; its neighbours say where the middle is
    seen = (inside[:, count] & (right <= count) & (left <= count)).astype(np.float64)
    kernel = cv2.getGaussianKernel(2 * max(round(0.5 * width), 1) + 1, max(0.2 * width, 0.5)).ravel()
    half = len(kernel) // 2

    def smoothed(values: FloatArray) -> FloatArray:
        return np.convolve(np.pad(values, half, mode="edge"), kernel, "valid")

    shift = smoothed(seen * (right - left) * 0.25) / np.maximum(smoothed(seen), 1e-3)
    return line + normal * np.clip(shift, -0.4 * width, 0.4 * width)[:, None]


def line_length(line: FloatArray) -> float:
    """Length of a polyline (K, 2) in pixels."""
    return float(np.hypot(*np.diff(line, axis=0).T).sum()) if len(line) > 1 else 0.0


def _one_piece(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    if count <= 2:
        return mask
    return np.asarray(labels == 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA])), dtype=bool)


def _any_inside(inside: npt.NDArray[np.bool_]) -> tuple[int, int]:
    place = int(np.flatnonzero(inside)[0])
    return place // inside.shape[1], place % inside.shape[1]


def _farthest(inside: npt.NDArray[np.bool_], start: tuple[int, int]) -> tuple[int, int]:
    """The pixel of the mask farthest from ``start`` on a way inside it (a dilation a step)."""
    reached = np.zeros(inside.shape, dtype=np.uint8)
    reached[start] = 1
    open_ = inside.astype(np.uint8)
    kernels = (np.ones((3, 3), np.uint8), cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3)))
    last, turn = reached, 0
    while True:
        grown = cv2.dilate(reached, kernels[turn % 2]).astype(np.uint8) & open_
        new = grown & ~reached
        if not new.any():
            if turn % 2 == 0:
                break
            turn += 1
            continue
        last, reached, turn = new, grown, turn + 1
    place = int(np.flatnonzero(last)[0])
    return place // inside.shape[1], place % inside.shape[1]

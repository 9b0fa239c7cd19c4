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

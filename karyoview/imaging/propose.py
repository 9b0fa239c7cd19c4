"""A box from the image itself: the chromosome at or near a point, found without an engine."""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt

from karyoview.core.geometry import Box


def propose_at(
    pixels: npt.NDArray[np.uint8], x: float, y: float, typical_area: float | None = None, rotated: bool = True
) -> Box | None:
    """The box of the object nearest to (x, y), None where there is none in reach.

    ``pixels`` is (H, W) uint8 with a bright or a dark background; ``typical_area`` the area in pixels of
    boxes already there, which sets how far to look. A local threshold (Otsu) parts object and ground;
    the box is the smallest rectangle around the object, axis along its longer side.
    """
    height, width = pixels.shape
    reach = int(1.6 * math.sqrt(typical_area)) if typical_area else max(48, round(0.06 * max(height, width)))
    points, cut = _object_at(pixels, x, y, reach, reach, typical_area)
    for wider in (1.6, 2.5):
        if not cut:
            break
        # An object that the window cuts off is looked at again in a wider one, unless it is a heap of many.
        whole, cut = _object_at(pixels, x, y, reach, round(reach * wider), typical_area)
        if whole is None or (typical_area and len(whole) > 3.5 * typical_area):
            break
        points = whole
    if points is None:
        return None
    if not rotated:
        low, high = points.min(0) - 1.5, points.max(0) + 1.5
        return Box.from_xyxy(float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    return _smallest_rectangle(points)


def _object_at(
    pixels: npt.NDArray[np.uint8], x: float, y: float, near: int, reach: int, typical_area: float | None
) -> tuple[npt.NDArray[np.float32] | None, bool]:
    """The pixels (K, 2) x, y of the object near a point, and whether the window of ``reach`` pixels cuts it off.

    The object lies within half of ``near`` pixels of the point; None where there is none.
    """
    height, width = pixels.shape
    x0, x1 = max(int(x) - reach, 0), min(int(x) + reach + 1, width)
    y0, y1 = max(int(y) - reach, 0), min(int(y) + reach + 1, height)
    if x1 - x0 < 8 or y1 - y0 < 8:
        return None, False
    window = cv2.GaussianBlur(pixels[y0:y1, x0:x1], (0, 0), 1.0)
    if float(np.ptp(window)) < 20:
        return None, False
    dark_ground = float(np.median(pixels[:: max(height // 64, 1), :: max(width // 64, 1)])) < 100
    flag = cv2.THRESH_BINARY if dark_ground else cv2.THRESH_BINARY_INV
    _, mask = cv2.threshold(window, 0, 255, flag | cv2.THRESH_OTSU)
    number, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    at = (int(np.clip(y - y0, 0, y1 - y0 - 1)), int(np.clip(x - x0, 0, x1 - x0 - 1)))
    distance = cv2.distanceTransform((labels == 0).astype(np.uint8), cv2.DIST_L2, 3)[at]
    smallest = max(20.0, (typical_area or 0) * 0.08)
    best, best_distance = 0, near / 2 + 1.0
    if labels[at] and stats[labels[at], cv2.CC_STAT_AREA] >= smallest:
        best = int(labels[at])
    elif distance < best_distance:
        ys, xs = np.nonzero(labels)
        away = np.hypot(ys - at[0], xs - at[1])
        for k in np.argsort(away)[:2000]:
            component = int(labels[ys[k], xs[k]])
            if away[k] < best_distance and stats[component, cv2.CC_STAT_AREA] >= smallest:
                best, best_distance = component, float(away[k])
                break
    if not best or number < 2:
        return None, False
    left, top, wide, high = (int(stats[best, k]) for k in range(4))
    cut = (left == 0 and x0 > 0) or (top == 0 and y0 > 0)
    cut = cut or (left + wide == x1 - x0 and x1 < width) or (top + high == y1 - y0 and y1 < height)
    ys, xs = np.nonzero(labels == best)
    return np.stack([xs + x0, ys + y0], 1).astype(np.float32) + 0.5, cut


def _smallest_rectangle(points: npt.NDArray[np.float32]) -> Box:
    """The smallest rotated box around points, its axis along the longer side and nearest to upright."""
    (cx, cy), (w, h), degrees = cv2.minAreaRect(points)
    angle = math.radians(degrees)
    if w > h:
        w, h, angle = h, w, angle + math.pi / 2
    if math.cos(angle) < 0:
        angle += math.pi
    return Box.rotated(float(cx), float(cy), float(w) + 3.0, float(h) + 3.0, angle)

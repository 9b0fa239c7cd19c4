"""Straightening: a chromosome along its axis, its length and bands kept."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from karyoview.core.errors import KaryoViewError
from karyoview.core.geometry import Box
from karyoview.imaging.axis import FloatArray, line_length


def straighten(
    image: npt.NDArray[np.generic],
    line: Box | npt.ArrayLike,
    width: int,
    height: int,
    *,
    zoom: float | None = None,
    outside: float | None = None,
) -> npt.NDArray[np.generic]:
    """The strip along a centre line, (height, width), of the image's dtype.

    ``image`` is (H, W). ``line`` is an axis (K, 2) x, y from the p end to the q end, or a rotated box,
    whose straight axis is taken. Rows are equally far apart on the line, so lengths are kept. With
    ``zoom`` (rows per image pixel) the chromosome is centred and keeps its size; without it the line
    fills the height and the width follows the same scale. ``outside`` is the grey beyond the image,
    by default its border's. Raises KaryoViewError for a line of fewer than two points.
    """
    points = _points(line)
    length = line_length(points)
    if len(points) < 2 or length <= 0:
        raise KaryoViewError("A chromosome needs a centre line of two points to be straightened; draw its box again.")
    scale = zoom if zoom is not None else height / length
    x, y = strip_places(points, width, height, scale)
    source = np.ascontiguousarray(image)
    if source.dtype == bool:
        source = source.astype(np.uint8)
    if scale < 0.7:
        source = cv2.GaussianBlur(source, (0, 0), 0.4 / scale)
    border = cv2.BORDER_REPLICATE if outside is None else cv2.BORDER_CONSTANT
    flag = cv2.INTER_LINEAR if scale < 1.5 else cv2.INTER_CUBIC
    return np.asarray(cv2.remap(source, x, y, flag, borderMode=border, borderValue=outside or 0))


def strip_places(
    line: FloatArray, width: int, height: int, zoom: float
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Where the pixels (height, width) of a strip about an axis (K, 2) lie in the image: x and y for cv2.remap."""
    offsets = ((np.arange(height, dtype=np.float64) + 0.5) - height / 2) / zoom
    centre, normal = points_along(line, offsets + line_length(line) / 2)
    across = ((np.arange(width) + 0.5) - width / 2) / zoom
    grid = (centre[:, None, :] + normal[:, None, :] * across[None, :, None] - 0.5).astype(np.float32)
    return np.ascontiguousarray(grid[..., 0]), np.ascontiguousarray(grid[..., 1])


def points_along(line: FloatArray, places: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Points and unit normals (to the right, seen from p to q with p up) at distances from the p end.

    Beyond its ends the line goes straight on. → (N, 2), (N, 2).
    """
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    keep = np.concatenate([[True], np.diff(along) > 1e-9])
    line, along = line[keep], along[keep]
    tangent = np.gradient(line, along, axis=0) if len(line) > 2 else np.repeat((line[1] - line[0])[None], 2, 0)
    tangent /= np.maximum(np.hypot(*tangent.T), 1e-9)[:, None]
    inside = np.clip(places, 0.0, along[-1])
    points = np.stack([np.interp(inside, along, line[:, k]) for k in (0, 1)], 1)
    direction = np.stack([np.interp(inside, along, tangent[:, k]) for k in (0, 1)], 1)
    direction /= np.maximum(np.hypot(*direction.T), 1e-9)[:, None]
    points = points + direction * (places - inside)[:, None]
    return points, np.stack([direction[:, 1], -direction[:, 0]], 1)


def _points(line: Box | npt.ArrayLike) -> FloatArray:
    if isinstance(line, Box):
        dx, dy = line.p_direction
        half = np.array([dx, dy]) * line.h / 2
        return np.stack([np.array(line.centre) + half, np.array(line.centre) - half])
    points = np.asarray(line, dtype=np.float64)
    return points.reshape(-1, 2) if points.size else np.zeros((0, 2))

"""The scale of a metaphase, read from the picture itself: how many pixels wide its chromosomes are.

Magnification and cameras differ, and few files say theirs; the width of a chromosome hardly does. All
engines bring images to the width that they were trained at.
"""

from __future__ import annotations

import functools
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

REFERENCE_WIDTH: Final = 15.0
"""Chromosome width in pixels of the images that the default engine was trained on."""
READABLE_WIDTH: Final = 5.0
"""Chromosomes narrower than this many pixels are not read: a third of the usual width, bands of less than a pixel."""
_MIN_CONTRAST: Final = 20.0
_NARROW_WIDTH: Final = 14.0
_MIN_ELONGATION: Final = 1.6
_LARGEST_FACTOR: Final = 4.0
_MIN_RIDGE_SHARE: Final = 0.6
_DOUBTFUL_RATIO: Final = 1.35  # ratio to the usual width from which a reading is doubted


def estimate_width(pixels: npt.NDArray[np.uint8]) -> float | None:
    """Median width in pixels of the chromosomes in a grey image (H, W), dark on light; None where none are seen.

    Otsu's threshold, the distance to the background along the ridge of every blob, and the median over
    blobs weighted by length; round blobs (nuclei, dust) do not count. Narrow chromosomes are measured
    again at twice the size, where a pixel matters less.
    """
    return _estimate(pixels.tobytes(), *pixels.shape)


@functools.lru_cache(maxsize=2)
def _estimate(data: bytes, height: int, columns: int) -> float | None:
    """:func:`estimate_width`, which several stages ask of one picture, by its bytes."""
    pixels = np.frombuffer(data, np.uint8).reshape(height, columns)
    width = _measure(pixels)
    if width is not None and width < _NARROW_WIDTH:
        enlarged = cv2.resize(pixels, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC).astype(np.uint8, copy=False)
        twice = _measure(enlarged, 2.0)
        width = twice / 2 if twice is not None else width
    return width


def scale_factor(pixels: npt.NDArray[np.uint8], target_width: float) -> float | None:
    """What to scale an image by so that its chromosomes become ``target_width`` pixels wide; None where none are seen.

    Held within 1/4 and 4: beyond that the width was most likely misread.
    """
    width = estimate_width(pixels)
    if width is None:
        return None
    return float(np.clip(target_width / width, 1 / _LARGEST_FACTOR, _LARGEST_FACTOR))


def scales_to_try(
    pixels: npt.NDArray[np.uint8], target_width: float, usual: float, tolerance: float
) -> tuple[float, ...]:
    """What an image may be scaled by for a network that was trained with ``usual`` and ``target_width`` (0: no width).

    As in training where the width read from the picture asks for nearly that (their ratio is at most
    1 + ``tolerance``) or cannot be read; else what it asks for. Clusters mislead the reading: where it
    is far from the usual one, both.
    """
    read = scale_factor(pixels, target_width) if target_width else None
    if read is None:
        return (usual,)
    away = max(read / usual, usual / read)
    if away <= 1 + tolerance:
        return (usual,)
    return (read, usual) if away > _DOUBTFUL_RATIO else (read,)


def size_note(width: float | None) -> str:
    """A sentence where chromosomes of ``width`` px cannot be read, or none were seen (None); else ""."""
    if width is None:
        return "No chromosomes can be made out in this picture, so their size could not be read."
    if width < READABLE_WIDTH:
        return (
            f"What is dark here is {width:.1f} px wide; chromosomes narrower than {READABLE_WIDTH:g} px show no bands. "
            "Give a picture of higher magnification."
        )
    return ""


def _measure(pixels: npt.NDArray[np.uint8], sigma: float = 1.0) -> float | None:
    smooth = cv2.GaussianBlur(pixels, (0, 0), sigma)
    _, mask = cv2.threshold(smooth, 0, 1, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    dark = mask.astype(bool)
    if not dark.any() or dark.all():
        return None
    if float(smooth[~dark].mean()) - float(smooth[dark].mean()) < _MIN_CONTRAST:
        return None
    # A white frame, so that a chromosome cut off by the edge is not measured as if it went on.
    distance = cv2.distanceTransform(cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT), cv2.DIST_L2, 5)[
        1:-1, 1:-1
    ]
    ridge = dark & (distance >= cv2.dilate(distance, np.ones((3, 3), np.uint8)) - 0.25) & (distance > 1.0)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    rows, columns = np.nonzero(ridge)
    owners, widths = labels[rows, columns], 2 * distance[rows, columns] - 0.5
    medians, lengths = [], []
    order = np.argsort(owners, kind="stable")
    owners, widths = owners[order], widths[order]
    starts = np.searchsorted(owners, np.arange(1, count + 1))
    for label in range(1, count):
        part = widths[starts[label - 1] : starts[label]]
        if len(part) == 0:
            continue
        # A ragged edge has ridges of its own; they are lower than the one along the middle.
        width = float(np.median(part[part >= _MIN_RIDGE_SHARE * np.percentile(part, 90)]))
        length = float(stats[label, cv2.CC_STAT_AREA]) / width
        if length >= _MIN_ELONGATION * width:
            medians.append(width)
            lengths.append(length)
    if not medians:
        return None
    by_width = np.argsort(medians)
    total = np.cumsum(np.asarray(lengths)[by_width])
    return float(np.asarray(medians)[by_width][np.searchsorted(total, total[-1] / 2)])

"""The size of a cell's chromosomes, read from their area: width alone misleads where they are contracted.

Contracted chromosomes are short and as wide as any. Scaled by their width the smallest become dots; the
area that all chromosomes of a cell cover says how large they are, also where they touch.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from karyoview.core.chromosome import DIPLOID_COUNT
from karyoview.detectors.nets.chromosome_width import READABLE_WIDTH, REFERENCE_WIDTH, estimate_width

REFERENCE_SIZE: Final = 37.2
"""Square root of a chromosome's area in pixels, the median of the cells that the default engine learnt from."""
_TOLERANCE: Final = (0.8, 1.32)  # times the reference: the sizes of 95 % of those cells
_AIM: Final = 0.92  # times the reference, to which other sizes are brought: smaller cells take less time
_LOWEST_FACTOR, _LARGEST_FACTOR = 0.1, 4.0
_WIDEST: Final = 2.6  # times the chromosomes' width; what is wider is a nucleus
_SMALLEST: Final = 0.3  # of the square of the width; what is less is a speck
_WIDTHS: Final = (6.0, 34.0)  # px that a chromosome may be wide after scaling
_APART: Final = 0.2  # natural logarithm of the ratio of two factors that are worth trying both


class CellSize(NamedTuple):
    """``size`` square root of the mean area of a chromosome, and their ``width``, both in pixels."""

    size: float
    width: float


def measure_size(pixels: npt.NDArray[np.uint8]) -> CellSize | None:
    """Size of the chromosomes of a diploid cell in a grey image (H, W), dark on light; None where none are seen.

    Otsu's threshold, moved towards the ground so that pale ends count; nuclei and specks do not.
    """
    width = estimate_width(pixels)
    if width is None:
        return None
    smooth = cv2.GaussianBlur(pixels, (0, 0), 1.0)
    cut, _ = cv2.threshold(smooth, 0, 1, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    ground = float(np.percentile(smooth, 85))
    mask = (smooth < cut + 0.3 * max(ground - cut, 0.0)).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
    depth = np.zeros(count)
    inside = mask > 0
    np.maximum.at(depth, labels[inside].astype(np.int64), cv2.distanceTransform(mask, cv2.DIST_L2, 5)[inside])
    area = stats[:, cv2.CC_STAT_AREA].astype(np.float64)
    chromosomes = (2 * depth < _WIDEST * width) & (area > _SMALLEST * width**2)
    chromosomes[0] = False
    return CellSize(math.sqrt(float(area[chromosomes].sum()) / DIPLOID_COUNT), width)


def factors_to_try(pixels: npt.NDArray[np.uint8]) -> list[float]:
    """Factors by which a grey image (H, W), dark on light, may be scaled to the reference size, the likeliest first.

    1 where its chromosomes are about of that size; several where clusters or nuclei may mislead the reading.
    Empty where its chromosomes are too narrow to show bands.
    """
    measured = measure_size(pixels)
    if measured is None:
        return [1.0]
    size, width = measured
    if width < READABLE_WIDTH:
        return []
    ratio = size / REFERENCE_SIZE
    by_area = 1.0 if _TOLERANCE[0] < ratio < _TOLERANCE[1] else _held(_AIM / max(ratio, 1e-3))
    found = [by_area]
    for factor in (1.0, width_factor(width)):
        apart = all(abs(math.log(factor / other)) > _APART for other in found)
        if apart and _WIDTHS[0] < factor * width < _WIDTHS[1]:
            found.append(factor)
    return found


def width_factor(width: float | None) -> float:
    """The factor that brings chromosomes ``width`` pixels wide (None: not known) to the width the networks know.

    1 where it is within a third of the reference, since contraction varies from cell to cell.
    """
    if width is None or 0.74 < width / REFERENCE_WIDTH < 1.32:
        return 1.0
    return _held(REFERENCE_WIDTH / width)


def _held(factor: float) -> float:
    return float(np.clip(factor, _LOWEST_FACTOR, _LARGEST_FACTOR))

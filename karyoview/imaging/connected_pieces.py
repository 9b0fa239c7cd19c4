"""Connected pieces of foreground that may be chromosomes lying alone.

What lies alone on light ground is found by any threshold. These pieces are proposals beside those of a
network, so that a lone chromosome can only be lost by a judgement, never by being overlooked.
"""

from __future__ import annotations

import functools

import cv2
import numpy as np
import numpy.typing as npt

from karyoview.core.geometry import iou_xyxy
from karyoview.imaging.masks import find_foreground

FloatArray = npt.NDArray[np.float64]

# areas in squares of the chromosomes' width: half of a small G chromosome, twice chromosome 1
_SMALLEST, _LARGEST = 0.5, 16.0
_WIDEST = 2.2  # times the chromosomes' width; what is wider is a nucleus or a cluster
_COVERED = 0.5  # IoU
_MARGIN = 4.0  # px


def lone_pieces(image: npt.NDArray[np.uint8]) -> FloatArray:
    """Boxes (N, 4) x1, y1, x2, y2 of connected pieces in (H, W) uint8 ``image`` that are as large as a chromosome.

    Chromosomes are dark. Pieces that the image's edge cuts, that are wider than chromosomes are, or that are
    specks or clusters by their area are left out. Read-only.
    """
    return _lone_pieces(image.tobytes(), *image.shape)


@functools.lru_cache(maxsize=2)
def _lone_pieces(data: bytes, height: int, width: int) -> FloatArray:
    """:func:`lone_pieces`, which several stages ask of one picture, by its bytes."""
    image = np.frombuffer(data, np.uint8).reshape(height, width)
    front = find_foreground(image)
    mask = front.mask.astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    depth = np.zeros(count)
    inside = mask > 0
    np.maximum.at(depth, labels[inside].astype(np.int64), cv2.distanceTransform(mask, cv2.DIST_L2, 3)[inside])
    x, y, w, h, area = stats.T[:5].astype(np.float64)
    whole = (x > 0) & (y > 0) & (x + w < width) & (y + h < height)
    square = front.width**2
    plausible = (area >= _SMALLEST * square) & (area <= _LARGEST * square) & (2 * depth <= _WIDEST * front.width)
    kept = np.flatnonzero(whole & plausible)
    kept = kept[kept > 0]  # the first component is the ground
    boxes = np.stack([x - 1, y - 1, x + w + 1, y + h + 1], 1)[kept]
    boxes.setflags(write=False)
    return boxes


def uncovered(
    pieces: FloatArray, boxes: FloatArray, counted: npt.NDArray[np.bool_] | None = None
) -> npt.NDArray[np.bool_]:
    """Which of ``pieces`` (N, 4) no region of ``boxes`` (M, 4) covers, both x1, y1, x2, y2.

    A piece is covered by a box of IoU 0.5 or more, and by two or more boxes of its own inside it that are ``counted``
    (M,) as chromosomes (None: all are): then it is a cluster that was taken apart. Chromosomes in the bay of a bent one
    are pieces of their own and cover nothing.
    """
    if len(pieces) == 0 or len(boxes) == 0:
        return np.ones(len(pieces), dtype=np.bool_)
    overlap = iou_xyxy(pieces, boxes)
    low = (boxes[None, :, :2] > pieces[:, None, :2] - _MARGIN).all(2)
    high = (boxes[None, :, 2:] < pieces[:, None, 2:] + _MARGIN).all(2)
    own = overlap.argmax(0) == np.arange(len(pieces))[:, None]
    parts = low & high & own
    if counted is not None:
        parts &= counted
    return np.asarray((overlap.max(1) < _COVERED) & (parts.sum(1) < 2), dtype=np.bool_)

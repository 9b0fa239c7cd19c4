"""What the picture of a cell shows without any box: chromosomes' pixels, nuclei, and what a box holds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal

import cv2
import numpy as np
import numpy.typing as npt

from karyoview.core.geometry import Box, FloatArray, corners

BoolArray = npt.NDArray[np.bool_]
GreyArray = npt.NDArray[np.uint8]
Content = Literal["chromosome", "nothing", "nucleus"]

# Of 2,760 true boxes of 60 cells none holds less than 16 % of chromosomes' pixels or lies on a nucleus by half; empty
# ground holds none at all.
_LEAST: Final = 0.12
_ON_NUCLEUS: Final = 0.5
_NUCLEUS: Final = 2.6  # widths of a chromosome that fit into a nucleus and into no heap of chromosomes
_DARK_GROUND: Final = 100
_FAINTEST: Final = 20  # grey values between the darkest and the lightest of a picture that shows anything


class CellObjects:
    """The objects of one picture; made once, in a worker (0.3 s for a picture of 1,000 × 1,000 pixels).

    ``pixels`` is (H, W) uint8 with a bright or a dark background. ``mask`` (H, W) bool are the chromosomes' pixels,
    ``nuclei`` those of round things wider than chromosomes are, ``width`` the chromosomes' width in pixels, ``depth``
    (H, W) float32 how much darker than the ground around a pixel is.
    """

    def __init__(self, pixels: GreyArray) -> None:
        from karyoview.imaging.masks import find_foreground  # slow to load: the window is up before

        grey = on_light_ground(pixels)
        front = find_foreground(grey)
        self.width = front.width
        self.depth = front.depth
        self.shape: tuple[int, int] = (pixels.shape[0], pixels.shape[1])
        smooth = cv2.GaussianBlur(grey, (0, 0), 1.0)
        level, _ = cv2.threshold(smooth, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
        dark = (smooth < level).astype(np.uint8)
        side = max(round(_NUCLEUS * front.width) | 1, 3)
        disk = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
        self.nuclei: BoolArray = cv2.morphologyEx(dark, cv2.MORPH_OPEN, disk) > 0
        shows = float(np.ptp(smooth)) >= _FAINTEST
        self.mask: BoolArray = front.mask & ~self.nuclei & shows
        self.nuclei &= shows

    def content(self, box: Box) -> Content:
        """What a box holds; a box that lies outside the picture holds nothing."""
        inside, (x, y) = polygon_mask(box.corners(), self.shape)
        if not inside.any():
            return "nothing"
        window = (slice(y, y + inside.shape[0]), slice(x, x + inside.shape[1]))
        whole = int(inside.sum())
        if (self.nuclei[window] & inside).sum() > _ON_NUCLEUS * whole:
            return "nucleus"
        return "nothing" if (self.mask[window] & inside).sum() < _LEAST * whole else "chromosome"

    def free_of(self, boxes: Iterable[Box], margin: float = 1.0) -> BoolArray:
        """The chromosomes' pixels (H, W) outside these boxes, each ``margin`` pixels wider on every side."""
        free = self.mask.copy()
        for box in boxes:
            wider = Box(box.cx, box.cy, box.w + 2 * margin, box.h + 2 * margin, box.angle, box.is_rotated)
            inside, (x, y) = polygon_mask(wider.corners(), self.shape)
            free[y : y + inside.shape[0], x : x + inside.shape[1]] &= ~inside
        return free


def on_light_ground(pixels: GreyArray) -> GreyArray:
    """A picture (H, W) uint8 with its chromosomes dark: as it is, or inverted where its ground is dark."""
    ground = float(np.median(pixels[:: max(pixels.shape[0] // 64, 1), :: max(pixels.shape[1] // 64, 1)]))
    return 255 - pixels if ground < _DARK_GROUND else pixels


def polygon_mask(points: FloatArray, shape: tuple[int, int]) -> tuple[BoolArray, tuple[int, int]]:
    """The pixels of a polygon (K, 2) x, y within an image ``shape`` (height, width): a crop, and its corner (x, y)."""
    x1, y1 = (int(np.clip(np.floor(points[:, k].min()), 0, shape[1 - k])) for k in (0, 1))
    x2, y2 = (int(np.clip(np.ceil(points[:, k].max()) + 1, 0, shape[1 - k])) for k in (0, 1))
    crop = np.zeros((max(y2 - y1, 0), max(x2 - x1, 0)), dtype=np.uint8)
    if crop.size:
        cv2.fillPoly(crop, [np.rint(points - 0.5 - [x1, y1]).astype(np.int32)], 1)
    return crop > 0, (x1, y1)


def box_polygon(box: Box, grow: float = 0.0) -> FloatArray:
    """The corners (4, 2) of a box, ``grow`` pixels wider on every side."""
    row = box.to_array()
    row[2:4] += 2 * grow
    rows: FloatArray = corners(row[None])[0]
    return rows

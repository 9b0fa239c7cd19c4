"""A stroke that closes to a contour cuts out what lies inside it."""

from __future__ import annotations

import cv2
import numpy as np

from karyoview.core.geometry import Box
from karyoview.imaging.objects import CellObjects
from karyoview.imaging.propose import is_closed, split_pieces


def touching() -> np.ndarray:
    """A long rod with a short one that touches its middle from the right, and some rods apart."""
    pixels = np.full((300, 400), 225, np.uint8)
    cv2.rectangle(pixels, (100, 60), (116, 240), 70, -1)
    cv2.rectangle(pixels, (117, 140), (190, 156), 70, -1)
    for x in (250, 300, 350):
        cv2.rectangle(pixels, (x, 60), (x + 16, 130), 70, -1)
    return cv2.GaussianBlur(pixels, (0, 0), 0.8)


def test_a_contour_around_one_of_two_touching_chromosomes_parts_them() -> None:
    box = Box.from_xyxy(98, 58, 192, 242)
    contour = [(120, 130), (200, 130), (200, 166), (120, 166), (119, 132)]
    assert is_closed(contour)
    inside, outside = split_pieces(CellObjects(touching()), box, contour)
    assert abs(inside.cx - 155) < 3
    assert abs(inside.cy - 148) < 3
    assert abs(inside.w - 72) < 8
    assert abs(outside.cx - 109) < 4
    assert outside.h > 170


def test_a_stroke_across_is_no_contour() -> None:
    assert not is_closed([(10, 10), (40, 12), (80, 15), (120, 10)])
    assert not is_closed([(10, 10), (40, 12)])

"""What makes a metaphase better in the gallery."""

from __future__ import annotations

import cv2
import numpy as np

from karyoview.imaging.metaphase_quality import metaphase_quality


def rods(number: int = 46, touching: bool = False, contrast: int = 150) -> np.ndarray:
    rng = np.random.default_rng(2)
    pixels = np.full((700, 900), 225, np.uint8)
    for k in range(number):
        x, y = (60 + 100 * (k % 8), 60 + 100 * (k // 8)) if not touching else (380 + 16 * (k % 8), 260 + 22 * (k // 8))
        angle = float(rng.uniform(0, 180))
        corners = cv2.boxPoints(((x, y), (14, 60), angle))
        cv2.fillPoly(pixels, [np.rint(corners).astype(np.int32)], 225 - contrast)
    return cv2.GaussianBlur(pixels, (0, 0), 0.8)


def test_a_heap_a_blurred_and_a_pale_picture_are_worse() -> None:
    good = metaphase_quality(rods())
    assert good.lone == 46
    assert good.score > 0.8
    assert metaphase_quality(rods(touching=True)).score < good.score - 0.2
    blurred = metaphase_quality(cv2.GaussianBlur(rods(), (0, 0), 5.0))
    assert blurred.sharpness < good.sharpness
    assert blurred.score < good.score
    assert metaphase_quality(rods(contrast=40)).score < good.score


def test_chromosomes_far_apart_are_better_than_as_many_close_together() -> None:
    close = rods()
    apart = cv2.copyMakeBorder(close, 400, 400, 500, 500, cv2.BORDER_CONSTANT, value=225)
    spread = np.full_like(apart, 225)
    for k in range(46):  # the same rods, each moved away from the middle
        y, x = 60 + 100 * (k // 8), 60 + 100 * (k % 8)
        rod = close[y - 45 : y + 45, x - 45 : x + 45]
        at_y, at_x = 60 + 200 * (k // 8), 60 + 200 * (k % 8)
        spread[at_y - 45 : at_y + 45, at_x - 45 : at_x + 45] = rod
    one, other = metaphase_quality(close), metaphase_quality(spread)
    assert one.lone == other.lone == 46
    assert other.room > one.room + 0.1
    assert other.score > one.score


def test_a_picture_without_chromosomes_has_no_score() -> None:
    assert metaphase_quality(np.full((200, 300), 220, np.uint8)).score == 0

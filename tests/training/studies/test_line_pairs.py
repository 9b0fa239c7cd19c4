"""Pairs in one line: they touch, they are in one line, the score tells two from one, and masks part them."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from karyotrain.studies.line_pairs import make_line_pairs, score_pairs

from karyoview.core.geometry import Box, boxes_to_array
from karyoview.imaging.masks import masks_from_boxes


def test_pairs_touch_and_lie_in_one_line() -> None:
    cell = make_line_pairs(3, pairs=6)
    assert len(cell.truth) == 12
    assert np.array_equal(cell.image, make_line_pairs(3, pairs=6).image)
    for a, b in zip(cell.truth[::2], cell.truth[1::2], strict=True):
        union = a.full_mask(cell.image.shape) | b.full_mask(cell.image.shape)
        closed = cv2.dilate(union.astype(np.uint8), np.ones((3, 3), np.uint8))
        assert cv2.connectedComponents(closed)[0] == 2  # background and one blob
        along = math.atan2(b.box.cy - a.box.cy, b.box.cx - a.box.cx)
        for item in (a, b):
            if item.box.h > 1.5 * item.box.w:
                assert abs(math.cos(item.box.angle - along)) < 0.25  # the axis is at a right angle to w
        assert a.overlap_pixels < 0.1 * a.mask.sum()


def test_the_score_tells_two_from_one_and_from_none() -> None:
    a, b = Box.rotated(50, 50, 14, 40, math.pi / 2), Box.rotated(90, 50, 14, 40, math.pi / 2)
    c, d = Box.rotated(50, 150, 14, 40, math.pi / 2), Box.rotated(90, 150, 14, 40, math.pi / 2)
    merged = Box.rotated(70, 150, 14, 80, math.pi / 2)
    score = score_pairs(boxes_to_array([a, b, merged]), [a, b, c, d])
    assert (score.pairs, score.two, score.one, score.lost) == (2, 1, 1, 0)
    assert score_pairs(boxes_to_array([a]), [a, b]).lost == 1
    assert score_pairs(np.zeros((0, 5)), [a, b]).lost == 1
    assert "two 50.0 %" in str(score)
    assert (score + score).pairs == 4
    # one true box and one over both: still taken for one
    assert score_pairs(boxes_to_array([c, d, merged]), [c, d]).one == 1


def test_masks_part_pairs_by_their_boxes(capsys: pytest.CaptureFixture[str]) -> None:
    good = total = 0
    for seed in range(3):
        cell = make_line_pairs(seed)
        found = masks_from_boxes(cell.image, cell.boxes())
        for one, truth in zip(found, cell.truth, strict=True):
            full, mask = one.full(*cell.image.shape), truth.full_mask(cell.image.shape)
            good += (full & mask).sum() / (full | mask).sum() >= 0.7
            total += 1
    with capsys.disabled():
        print(f"\npairs in one line: {100 * good / total:.1f} % of {total} masks with IoU ≥ 0.7, given the boxes")
    assert good > 0.85 * total

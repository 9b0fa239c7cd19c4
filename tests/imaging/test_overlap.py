"""One overlap for boxes of every kind and masks."""

from __future__ import annotations

import math

import numpy as np
import pytest

from karyoview.core.annotation import ReviewedChromosome
from karyoview.core.geometry import Box
from karyoview.core.matching import unmatched
from karyoview.core.runlength import encode_mask
from karyoview.imaging.overlap import boxes_as_outlines, overlap, self_overlap

SLANTED = Box.rotated(100, 100, 20, 90, math.pi / 4)
CROSSING = Box.rotated(100, 100, 20, 90, -math.pi / 4)
UPRIGHT = SLANTED.capsule_bounds()


def one(a: Box, b: Box) -> float:
    return float(overlap(boxes_as_outlines([a]), boxes_as_outlines([b]))[0, 0])


def test_the_upright_box_around_a_slanted_chromosome_is_the_same_one() -> None:
    wider = Box(UPRIGHT.cx + 2, UPRIGHT.cy - 1, UPRIGHT.w + 8, UPRIGHT.h + 6)
    assert one(SLANTED, wider) > 0.75
    assert one(wider, SLANTED) == pytest.approx(one(SLANTED, wider))
    assert one(SLANTED, SLANTED.turned()) == pytest.approx(1.0)
    assert one(UPRIGHT, UPRIGHT) == pytest.approx(1.0)
    assert one(SLANTED, Box(300, 300, 60, 60)) == 0.0


def test_crossing_chromosomes_are_two_as_rotated_boxes_and_as_masks() -> None:
    assert one(SLANTED, CROSSING) < 0.3
    y, x = np.mgrid[:200, :200]
    both = []
    for sign in (1, -1):
        across = np.abs((x - 100) + sign * (y - 100)) / math.sqrt(2)
        along = np.abs((x - 100) - sign * (y - 100)) / math.sqrt(2)
        both.append((across < 10) & (along < 45))
    items = [ReviewedChromosome(str(k), UPRIGHT, mask=encode_mask(m)) for k, m in enumerate(both)]
    assert self_overlap(items, (200, 200))[0, 1] < 0.3
    assert self_overlap(items)[0, 1] == pytest.approx(1.0), "without a size only the bounds are known"
    found = overlap(boxes_as_outlines([SLANTED, CROSSING]), items, (200, 200))
    assert found[0, 0] > 0.7, "a mask within an upright box meets the rotated box along it"
    assert found[1, 1] > 0.7
    assert max(found[1, 0], found[0, 1]) < 0.3


def test_finds_are_matched_one_to_one_and_a_second_find_of_the_same_is_none_more() -> None:
    finds = boxes_as_outlines([SLANTED, CROSSING])
    among = self_overlap(finds)
    there = boxes_as_outlines([UPRIGHT])
    assert unmatched(overlap(finds, there), among).sum() == 1, "one box holds one of two crossing chromosomes"
    assert not unmatched(overlap(finds, boxes_as_outlines([UPRIGHT, UPRIGHT])), among).any()
    again = boxes_as_outlines([SLANTED, SLANTED.moved(1, 1)])
    assert not unmatched(overlap(again, there), self_overlap(again)).any()
    assert unmatched(np.zeros((2, 0)), among).all()

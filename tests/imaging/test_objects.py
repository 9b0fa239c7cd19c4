"""What a picture shows in a box, boxes proposed beside others, and pieces along a stroke."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest

from karyoview.core.geometry import Box, iou_rotated
from karyoview.imaging.objects import CellObjects
from karyoview.imaging.propose import ProposalError, propose_at, split_pieces

RODS = [Box.rotated(60 + 70 * k, 60 + 60 * (k % 2), 16, 62, 0.3 * k) for k in range(6)]


def picture(boxes: list[Box], size: tuple[int, int] = (360, 480), ground: int = 225, ink: int = 70) -> np.ndarray:
    pixels = np.full(size, ground, np.uint8)
    for box in boxes:
        cv2.fillPoly(pixels, [np.rint(box.corners()).astype(np.int32)], ink)
    return cv2.GaussianBlur(pixels, (0, 0), 0.9)


def same(a: Box, b: Box) -> float:
    return float(iou_rotated(a.to_array()[None], b.to_array()[None])[0, 0])


@pytest.mark.parametrize(("ground", "ink"), [(225, 70), (20, 200)])
def test_a_box_holds_a_chromosome_nothing_or_a_nucleus(ground: int, ink: int) -> None:
    pixels = picture(RODS, ground=ground, ink=ink)
    cv2.circle(pixels, (240, 280), 50, (ground + 2 * ink) // 3, -1)
    objects = CellObjects(pixels)
    assert [objects.content(b) for b in RODS] == ["chromosome"] * 6
    assert objects.content(RODS[2].capsule_bounds()) == "chromosome"
    assert objects.content(Box(60, 300, 30, 60)) == "nothing"
    assert objects.content(Box.rotated(400, 320, 12, 40, 1.0)) == "nothing"
    assert objects.content(Box(240, 280, 40, 60)) == "nucleus"
    assert objects.content(Box(240, 280, 104, 104)) == "nucleus"
    assert objects.content(Box(-50, -50, 20, 20)) == "nothing"


def test_beside_a_nucleus_no_nucleus_is_proposed() -> None:
    pixels = picture(RODS)
    cv2.circle(pixels, (240, 280), 50, 120, -1)
    area = RODS[0].area
    assert propose_at(pixels, 240 + 58, 280, area) is None
    with pytest.raises(ProposalError, match="a nucleus"):
        propose_at(pixels, 240, 280, area)


@pytest.mark.parametrize("rotated", [True, False])
def test_touching_chromosomes_are_proposed_one_by_one_and_never_twice(rotated: bool) -> None:
    heap = [Box.rotated(200, 200, 17, 70, 0.0), Box.rotated(242, 228, 17, 70, math.pi / 2),
            Box.rotated(284, 256, 17, 70, 0.0)]  # fmt: skip
    pixels = picture([*RODS, *heap])
    pixels[219:237, 207:212] = pixels[219:237, 273:278] = 150  # where two touch it is lighter
    objects, found = CellObjects(pixels), list(RODS)
    for x, y in ((200, 190), (245, 228), (284, 262)):
        box = propose_at(pixels, x, y, 17 * 70, rotated, found, objects)
        assert box is not None
        assert all(same(box, other) < 0.35 for other in found)
        assert box.area < 2.0 * 17 * 70
        found.append(box)
    assert all(max(same(b, h if rotated else h.bounds()) for h in heap) > 0.5 for b in found[len(RODS) :])
    for x, y in ((200, 190), (245, 228), (284, 262)):
        with pytest.raises(ProposalError, match="has a box already"):
            propose_at(pixels, x, y, 17 * 70, rotated, found, objects)


def test_a_heap_that_does_not_come_apart_is_refused_with_a_word() -> None:
    heap = [Box.rotated(240, 260, 18, 90, a) for a in (0.0, 0.6, 1.2, 1.8, 2.4)]
    with pytest.raises(ProposalError, match="several that lie over each other"):
        propose_at(picture([*RODS, *heap]), 240, 260, 16 * 62)


@pytest.mark.parametrize("angle", [0.0, 0.8, -1.3])
def test_both_pieces_of_a_split_fit_their_own_pixels(angle: float) -> None:
    first, second = Box.rotated(200, 200, 16, 70, angle), Box.rotated(200, 200, 16, 50, angle + 1.1)
    (dx, dy) = second.p_direction
    away = np.array(second.p_direction) * (25 + 9)
    second = second.moved(away[0], away[1])
    pixels = picture([*RODS, first, second])
    both = Box.from_xyxy(*np.concatenate([first.corners(), second.corners()]).min(0),
                         *np.concatenate([first.corners(), second.corners()]).max(0))  # fmt: skip
    whole = Box.rotated(both.cx, both.cy, both.w, both.h, 0.0)
    at = (200 + dx * 9, 200 + dy * 9)
    along = first.p_direction
    stroke = [(at[0] - 60 * along[0], at[1] - 60 * along[1]), (at[0] + 60 * along[0], at[1] + 60 * along[1])]
    pieces = split_pieces(CellObjects(pixels), whole, stroke, RODS)
    assert pieces is not None
    assert max(same(pieces[0], first), same(pieces[1], first)) > 0.6
    assert max(same(pieces[0], second), same(pieces[1], second)) > 0.6
    assert split_pieces(CellObjects(pixels), Box(420, 320, 30, 30), stroke) is None, "nothing lies there"

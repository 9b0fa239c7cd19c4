"""Boxes: one convention, exact corners, IoU against shapely, and conversions that lose nothing."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
import shapely
import torch
import torchvision
from hypothesis import example, given, settings
from hypothesis import strategies as st

from karyoview.core.errors import KaryoViewError
from karyoview.core.geometry import (
    Box,
    box_from_corners,
    boxes_from_array,
    boxes_to_array,
    capsule_bounds,
    corners,
    from_opencv,
    iou_matrix,
    iou_rotated,
    iou_xyxy,
    normalise_angle,
    rectangle_bounds,
)

places = st.floats(-500, 500)
sides = st.floats(0.5, 300)
angles = st.floats(-math.pi, math.pi, exclude_min=True)
rotated = st.builds(Box.rotated, places, places, sides, sides, angles)
horizontal = st.builds(Box, places, places, sides, sides)
near = st.builds(Box.rotated, st.floats(-30, 30), st.floats(-30, 30), st.floats(2, 60), st.floats(2, 60), angles)


def to_opencv(box: Box) -> tuple[tuple[float, float], tuple[float, float], float]:
    """OpenCV's RotatedRect: degrees clockwise."""
    return (box.cx, box.cy), (box.w, box.h), math.degrees(box.angle)


def to_torchvision(box: Box) -> tuple[float, float, float, float, float]:
    """torchvision's ``cxcywhr``: degrees counter-clockwise."""
    return box.cx, box.cy, box.w, box.h, -math.degrees(box.angle)


def same_angle(a: float, b: float, tolerance: float = 1e-9) -> bool:
    return abs(math.remainder(a - b, math.tau)) < tolerance


@given(st.floats(-1e4, 1e4))
def test_angles_are_brought_into_the_half_open_circle(angle: float) -> None:
    found = normalise_angle(angle)
    assert -math.pi < found <= math.pi
    assert same_angle(found, angle, 1e-8)
    assert normalise_angle(found) == found


@given(rotated)
def test_corners_round_trip(box: Box) -> None:
    back = box_from_corners(box.corners())
    assert (back.cx, back.cy, back.w, back.h) == pytest.approx((box.cx, box.cy, box.w, box.h), abs=1e-6)
    assert same_angle(back.angle, box.angle, 1e-6)


def test_the_convention_as_drawn() -> None:
    up = Box.rotated(0, 0, 10, 40, 0.0)
    np.testing.assert_allclose(up.corners(), [[-5, -20], [5, -20], [5, 20], [-5, 20]], atol=1e-12)
    right = Box.rotated(0, 0, 10, 40, math.pi / 2)
    assert right.p_direction == pytest.approx((1, 0))
    np.testing.assert_allclose(right.corners()[0], [20, -5], atol=1e-12)
    assert up.turned().p_direction == pytest.approx((0, 1))


@given(rotated)
def test_turning_twice_is_nothing_and_keeps_the_rectangle(box: Box) -> None:
    assert same_angle(box.turned().turned().angle, box.angle)
    np.testing.assert_allclose(box.turned().corners(), np.roll(box.corners(), 2, 0), atol=1e-6)
    assert box.turned().p_direction == pytest.approx(tuple(-v for v in box.p_direction), abs=1e-9)


@given(places, places, places, places, sides)
def test_a_box_from_its_axis_runs_from_q_to_p(px: float, py: float, qx: float, qy: float, width: float) -> None:
    length = math.dist((px, py), (qx, qy))
    if length < 1e-3:
        return
    box = Box.from_axis((px, py), (qx, qy), width)
    dx, dy = box.p_direction
    assert (box.cx + dx * box.h / 2, box.cy + dy * box.h / 2) == pytest.approx((px, py), abs=1e-6)
    assert (box.w, box.h) == pytest.approx((width, length))


@given(horizontal)
def test_horizontal_boxes_round_trip_through_corner_coordinates(box: Box) -> None:
    assert not box.is_rotated
    back = Box.from_xyxy(*box.to_xyxy())
    assert (back.cx, back.cy, back.w, back.h) == pytest.approx((box.cx, box.cy, box.w, box.h), abs=1e-9)
    x1, y1, x2, y2 = box.to_xyxy()
    assert Box.from_xywh(x1, y1, x2 - x1, y2 - y1).w == pytest.approx(box.w)
    assert Box.from_xyxy(x2, y1, x1, y2) == Box.from_xyxy(x1, y1, x2, y2), "corners in any order"
    assert box.bounds() is box.capsule_bounds() is box


@given(st.lists(rotated, max_size=5))
def test_arrays_lose_nothing(boxes: list[Box]) -> None:
    assert boxes_from_array(boxes_to_array(boxes)) == boxes


@settings(max_examples=150, deadline=None)
@given(near, near)
@example(Box.rotated(-1.1, 1.0, 32.0, 32.0, 0.78125), Box.rotated(-1.1, 1.0, 52.24283610571018, 32.0, 0.78125))
def test_iou_is_shapelys_symmetric_and_bounded(a: Box, b: Box) -> None:
    found = iou_matrix([a, b], [a, b])
    first, second = shapely.Polygon(a.corners()), shapely.Polygon(b.corners())
    # without a grid GEOS finds no intersection where sides all but lie on one another
    shared, whole = (f(first, second, grid_size=1e-10).area for f in (shapely.intersection, shapely.union))
    assert found[0, 1] == pytest.approx(shared / whole, abs=1e-8)
    np.testing.assert_allclose(found, found.T, atol=1e-9)
    np.testing.assert_allclose(np.diag(found), 1.0, atol=1e-9)
    assert found.min() >= 0
    assert found.max() <= 1


@given(near, st.floats(-1000, 1000), st.floats(-1000, 1000))
def test_iou_does_not_care_where_the_picture_begins(box: Box, dx: float, dy: float) -> None:
    other = Box.rotated(box.cx + 3, box.cy - 2, box.w + 1, box.h + 4, box.angle + 0.3)
    before = iou_matrix([box], [other])
    after = iou_matrix([box.moved(dx, dy)], [other.moved(dx, dy)])
    np.testing.assert_allclose(before, after, atol=1e-7)


def test_iou_of_many_boxes_against_torchvision() -> None:
    rng = np.random.default_rng(3)
    rows = np.column_stack([rng.uniform(0, 300, (60, 2)), rng.uniform(5, 80, (60, 2)), rng.uniform(-3, 3, 60)])
    boxes = boxes_from_array(rows)
    theirs = torch.tensor([to_torchvision(b) for b in boxes], dtype=torch.float64)
    expected = torchvision.ops.box_iou(theirs, theirs, fmt="cxcywhr").numpy()
    np.testing.assert_allclose(iou_rotated(rows, rows), expected, atol=1e-6)


def test_iou_of_touching_nested_and_no_boxes() -> None:
    box = Box.rotated(0, 0, 10, 20, 0.4)
    inner = Box.rotated(0, 0, 5, 10, 0.4)
    beside = Box.rotated(10 * math.cos(0.4), 10 * math.sin(0.4), 10, 20, 0.4)
    assert iou_matrix([box], [inner])[0, 0] == pytest.approx(0.25)
    assert iou_matrix([box], [beside])[0, 0] == pytest.approx(0.0, abs=1e-9)
    assert iou_rotated(np.zeros((0, 5)), boxes_to_array([box])).shape == (0, 1)
    assert iou_xyxy(np.zeros((0, 4)), [[0, 0, 1, 1]]).shape == (0, 1)


@given(rotated)
def test_capsules_lie_in_their_rectangle_and_hold_the_axis(box: Box) -> None:
    row = boxes_to_array([box])
    inner, outer = capsule_bounds(row)[0], rectangle_bounds(row)[0]
    assert (inner[:2] >= outer[:2] - 1e-6).all()
    assert (inner[2:] <= outer[2:] + 1e-6).all()
    radius, reach = min(box.w, box.h) / 2, abs(box.h - box.w) / 2
    along = box.angle if box.h >= box.w else box.angle + math.pi / 2
    ends = [shapely.Point(box.cx + s * reach * math.sin(along), box.cy - s * reach * math.cos(along)) for s in (-1, 1)]
    capsule = shapely.LineString(ends).buffer(radius, quad_segs=512) if reach > 1e-6 else ends[0].buffer(radius, 512)
    assert capsule.bounds == pytest.approx(tuple(inner), abs=1e-3 * max(box.w, box.h))


@given(rotated)
def test_a_box_from_opencv_is_the_same_box(box: Box) -> None:
    np.testing.assert_allclose(iou_matrix([from_opencv(to_opencv(box))], [box]), 1.0, atol=1e-6)


@given(near)
def test_opencv_draws_the_same_corners(box: Box) -> None:
    theirs = cv2.boxPoints(to_opencv(box))
    distance = np.linalg.norm(theirs[:, None] - box.corners()[None], axis=-1)
    assert distance.min(1).max() < 1e-2


@given(near, st.floats(-1, 1), st.floats(-1, 1))
def test_contains_agrees_with_shapely(box: Box, u: float, v: float) -> None:
    x, y = box.cx + u * 60, box.cy + v * 60
    polygon = shapely.Polygon(box.corners())
    if polygon.exterior.distance(shapely.Point(x, y)) > 1e-6:
        assert box.contains(x, y) == polygon.contains(shapely.Point(x, y))


@pytest.mark.parametrize(
    "numbers",
    [(0, 0, 0, 5), (0, 0, 5, -1), (math.nan, 0, 5, 5), (0, math.inf, 5, 5)],
)
def test_impossible_boxes_are_refused(numbers: tuple[float, ...]) -> None:
    with pytest.raises(KaryoViewError):
        Box(*numbers)
    with pytest.raises(KaryoViewError):
        Box.rotated(*numbers, 0.5)


def test_a_horizontal_box_has_no_angle_and_no_direction() -> None:
    with pytest.raises(KaryoViewError):
        Box(0, 0, 5, 5, 0.5)
    with pytest.raises(KaryoViewError):
        Box(0, 0, 5, 5).turned()


def test_corner_function_and_method_agree() -> None:
    boxes = [Box.rotated(1, 2, 3, 4, 0.1 * k) for k in range(5)]
    np.testing.assert_allclose(corners(boxes_to_array(boxes)), [b.corners() for b in boxes])

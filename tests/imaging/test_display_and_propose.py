"""Pictures for the eye, and boxes from the image itself."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from karyoview.core.geometry import Box, iou_rotated
from karyoview.imaging.display import Adjustments, foreground, pyramid, render, tone_curve
from karyoview.imaging.propose import propose_at


def rod(box: Box, ground: int = 220, ink: int = 60) -> np.ndarray:
    pixels = np.full((300, 400), ground, np.uint8)
    cv2.fillPoly(pixels, [np.rint(box.corners()).astype(np.int32)], ink)
    return cv2.GaussianBlur(pixels, (0, 0), 1.0)


def test_raw_is_the_very_same_picture() -> None:
    pixels = rod(Box.rotated(200, 150, 20, 80, 0.4))
    assert render(pixels, Adjustments()) is pixels


def test_adjustments_do_what_they_say_and_leave_the_original() -> None:
    pixels = rod(Box.rotated(200, 150, 20, 80, 0.4))
    kept = pixels.copy()
    assert np.array_equal(render(pixels, Adjustments(inverted=True)), 255 - pixels)
    assert render(pixels, Adjustments(brightness=0.3)).mean() > pixels.mean()
    assert np.ptp(render(pixels, Adjustments(contrast=0.4)).astype(int)) > np.ptp(pixels.astype(int))
    assert render(pixels, Adjustments(gamma=2.0)).mean() > pixels.mean()
    assert (
        cv2.Laplacian(render(pixels, Adjustments(unsharp=2.0)), cv2.CV_64F).std()
        > cv2.Laplacian(pixels, cv2.CV_64F).std()
    )
    assert np.array_equal(pixels, kept)


def test_the_tone_curve_never_turns_back() -> None:
    for how in (
        Adjustments(contrast=0.9),
        Adjustments(contrast=-0.9),
        Adjustments(gamma=0.3),
        Adjustments(brightness=-1),
    ):
        assert np.all(np.diff(tone_curve(how).astype(int)) >= 0)


def test_an_uneven_background_becomes_even() -> None:
    slope = np.linspace(0.6, 1.0, 1600)[None]
    pixels = (cv2.resize(rod(Box.rotated(200, 150, 20, 80, 0.4)), (1600, 1200)) * slope).astype(np.uint8)
    even = render(pixels, Adjustments(even_background=True)).astype(int)
    assert np.ptp(even[20, 20:-20]) < np.ptp(pixels[20, 20:-20].astype(int)) / 4


def test_the_pyramid_halves_down_to_the_screen() -> None:
    shapes = [p.shape for p in pyramid(np.zeros((2200, 3200), np.uint8))]
    assert shapes == [(2200, 3200), (1100, 1600), (550, 800)]


@pytest.mark.parametrize("ground", [220, 20])
def test_foreground_is_the_chromosome_on_bright_and_dark_ground(ground: int) -> None:
    box = Box.rotated(200, 150, 30, 100, 0.0)
    mask = foreground(rod(box, ground, 240 if ground < 100 else 40), 4)
    assert mask[150 // 4, 200 // 4]
    assert not mask[5, 5]
    assert mask.sum() * 16 == pytest.approx(box.area, rel=0.35)


@pytest.mark.parametrize("ground", [220, 15])
@pytest.mark.parametrize("angle", [-1.2, 0.0, 0.7])
def test_the_box_at_a_point_is_that_of_the_chromosome_there(angle: float, ground: int) -> None:
    truth = Box.rotated(200, 150, 22, 90, angle)
    pixels = rod(truth, ground, 235 if ground < 100 else 60)
    for x, y in ((200, 150), (200 + 18 * np.cos(angle), 150 + 18 * np.sin(angle))):
        found = propose_at(pixels, x, y, truth.area)
        assert found is not None
        assert iou_rotated(found.to_array()[None], truth.to_array()[None])[0, 0] > 0.7


def test_a_horizontal_box_where_the_cell_has_those() -> None:
    truth = Box.rotated(200, 150, 22, 90, 0.7)
    found = propose_at(rod(truth), 200, 150, truth.area, rotated=False)
    assert found is not None
    assert not found.is_rotated
    assert found.to_xyxy() == pytest.approx(truth.to_xyxy(), abs=6)


@pytest.mark.parametrize(("x", "y"), [(30, 30), (-50, 9000), (399, 299)])
def test_empty_ground_proposes_nothing(x: float, y: float) -> None:
    assert propose_at(rod(Box.rotated(200, 150, 22, 90, 0.7)), x, y, 2000.0) is None


def test_a_chromosome_much_longer_than_the_typical_is_proposed_whole() -> None:
    pixels = np.full((400, 400), 225, np.uint8)
    cv2.line(pixels, (60, 200), (340, 200), 70, 18)
    box = propose_at(pixels, 200, 200, typical_area=20 * 90)
    assert box is not None
    assert box.h == pytest.approx(300, abs=8)
    assert box.w == pytest.approx(21, abs=5)

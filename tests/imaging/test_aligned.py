"""Straightened crops: what a bent chromosome looks like once it is straight."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from karyoview.core.geometry import Box
from karyoview.imaging.aligned import (
    HEIGHT,
    MEDIAN_LENGTH,
    WIDTH,
    CellScale,
    aligned_crop,
    axis_length,
    cell_scale,
    chromosome_axis,
)
from karyoview.imaging.masks import InstanceMask

BANDS = np.repeat([40, 190, 70, 190, 190, 50, 120, 200], 12)[:90]


def arc(bend: float, length: int = 90) -> np.ndarray:
    """Points (length, 2) one pixel apart; ``bend`` radians in all, starting upwards at (80, 140)."""
    heading = np.linspace(-bend / 2, bend / 2, length)
    steps = np.stack([np.sin(heading), -np.cos(heading)], 1)
    return np.array([80.0, 140.0]) + np.cumsum(steps, 0)


def drawn(bend: float) -> tuple[np.ndarray, InstanceMask]:
    """A banded chromosome 14 px wide along an arc on a bright field, and its mask."""
    line = arc(bend)
    image = np.full((180, 180), 230, np.uint8)
    mask = np.zeros((180, 180), np.uint8)
    for (x, y), grey in zip(line, BANDS, strict=True):
        cv2.circle(image, (round(x), round(y)), 1, int(grey), -1)
    for (x, y), heading, grey in zip(line, np.linspace(-bend / 2, bend / 2, 90), BANDS, strict=True):
        across = np.array([np.cos(heading), np.sin(heading)]) * 7
        ends = [tuple(int(v) for v in np.rint((x, y) + s * across)) for s in (-1, 1)]
        cv2.line(image, *ends, int(grey), 2)
        cv2.line(mask, *ends, 1, 2)
    box = Box.rotated(float(line[:, 0].mean()), float(line[:, 1].mean()), 30, 90, 0.0)
    return image, InstanceMask(mask > 0, 0, 0, 1.0, True, True, box, line[4:-4])


def band_profile(crop: np.ndarray) -> np.ndarray:
    own = crop[1] > 127
    rows = np.flatnonzero(own.any(1))
    values = [crop[0][r][own[r]].mean() for r in range(rows[0], rows[-1] + 1)]
    return np.interp(np.linspace(0, 1, 60), np.linspace(0, 1, len(values)), values)


@pytest.mark.parametrize("bend", [0.6, 1.5, 2.4])
def test_a_bent_chromosome_shows_the_bands_of_the_straight_one(bend: float) -> None:
    scale = CellScale(1.0, 230.0, 190.0)
    image, mask = drawn(0.0)
    straight = band_profile(aligned_crop(image, mask, scale))
    image, mask = drawn(bend)
    profile = band_profile(aligned_crop(image, mask, scale))
    agreement = max(np.corrcoef(straight, p)[0, 1] for p in (profile, profile[::-1]))
    assert agreement > 0.9


def test_the_axis_reaches_the_ends_of_the_mask() -> None:
    _, mask = drawn(1.0)
    assert axis_length(chromosome_axis(mask)) == pytest.approx(90, abs=6)


def test_crops_have_the_size_and_channels_the_network_takes() -> None:
    image, mask = drawn(0.3)
    crop = aligned_crop(image, mask, cell_scale(image, [mask]))
    assert crop.shape == (2, HEIGHT, WIDTH)
    assert crop.dtype == np.uint8
    rows = np.flatnonzero((crop[1] > 127).any(1))
    assert rows[-1] - rows[0] + 1 == pytest.approx(MEDIAN_LENGTH, abs=6)
    assert abs((rows[0] + rows[-1]) / 2 - HEIGHT / 2) < 4


def test_crops_do_not_depend_on_the_magnification() -> None:
    image, mask = drawn(0.8)
    half = cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    small = InstanceMask(
        cv2.resize(mask.mask.astype(np.uint8), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA) > 0,
        0, 0, 1.0, True, True,
        Box.rotated(mask.box.cx / 2, mask.box.cy / 2, mask.box.w / 2, mask.box.h / 2, 0.0), mask.axis / 2,
    )  # fmt: skip
    large, little = (aligned_crop(i, m, cell_scale(i, [m])) for i, m in ((image, mask), (half, small)))
    assert np.corrcoef(band_profile(large), band_profile(little))[0, 1] > 0.9


def test_a_very_long_chromosome_is_shortened_to_fit() -> None:
    image, mask = drawn(0.0)
    crop = aligned_crop(image, mask, CellScale(3.0, 230.0, 190.0))
    rows = np.flatnonzero((crop[1] > 127).any(1))
    assert rows[0] > 0
    assert rows[-1] < HEIGHT - 1
    assert rows[-1] - rows[0] > 0.8 * HEIGHT


def test_without_a_centre_line_the_box_gives_the_axis() -> None:
    _, mask = drawn(0.0)
    bare = InstanceMask(mask.mask, 0, 0, 0.1, False, False, Box.rotated(80, 95, 16, 90, 0.0), np.zeros((0, 2)))
    np.testing.assert_allclose(chromosome_axis(bare), [[80, 50], [80, 140]])


def test_a_contracted_chromosome_fills_its_crop_as_a_long_one_of_that_width_does() -> None:
    image, mask = drawn(0.0)
    contracted = cv2.resize(image, None, fx=1.0, fy=0.5, interpolation=cv2.INTER_AREA)
    half = cv2.resize(mask.mask.astype(np.uint8), None, fx=1.0, fy=0.5, interpolation=cv2.INTER_NEAREST) > 0
    line = mask.axis * [1.0, 0.5]
    short = InstanceMask(half, 0, 0, 1.0, True, True, Box.rotated(80, 47, 14, 45, 0.0), line)
    crops = [aligned_crop(i, m, cell_scale(i, [m], 17.0)) for i, m in ((image, mask), (contracted, short))]
    for crop in crops:
        own = crop[1] > 127
        assert own.any(1).sum() == pytest.approx(MEDIAN_LENGTH, abs=7)
        assert own[80:110].sum(1).mean() == pytest.approx(17, abs=2)
    agreement = [
        np.corrcoef(band_profile(crops[0]), p)[0, 1] for p in (band_profile(crops[1]), band_profile(crops[1])[::-1])
    ]
    assert max(agreement) > 0.85


def test_without_columns_of_its_own_a_crop_has_one_scale() -> None:
    image, mask = drawn(0.0)
    scale = cell_scale(image, [mask])
    assert scale.columns == scale.zoom

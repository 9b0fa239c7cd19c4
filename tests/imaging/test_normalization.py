"""Which way round a picture is: read from the picture, whatever lies in it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from karyotrain.data.synthesis import make_cell

from karyoview.imaging.normalization import (
    READ_INVERTED,
    READ_PALE,
    background_and_contrast,
    bright_on_dark,
    dark_on_light,
    normalize,
    reading_note,
    stretch_contrast,
)


def nuclei() -> np.ndarray:
    """Large round nuclei that cover much of a light field."""
    picture = np.full((300, 300), 225, np.uint8)
    for x, y in ((80, 80), (200, 90), (140, 220)):
        cv2.circle(picture, (x, y), 55, 110, -1)
    return picture


@pytest.mark.parametrize("style", ["clinic", "camera"])
@pytest.mark.parametrize("strength", [1.0, 0.67])  # fainter, the ground of a dim field is no longer light
def test_a_metaphase_and_its_negative_are_told_apart(style: str, strength: float) -> None:
    pixels = np.asarray(make_cell("46,XY", 5, size=(420, 500), style=style).image)
    faint = (20 + strength * (235 - 20) * (pixels / 255.0)).astype(np.uint8)
    assert not bright_on_dark(faint)
    assert bright_on_dark(255 - faint)
    turned, inverted = dark_on_light(255 - faint)
    assert inverted
    np.testing.assert_array_equal(turned, faint)
    assert dark_on_light(faint)[0] is faint


def test_nuclei_and_empty_fields_are_not_inverted() -> None:
    for picture in (nuclei(), np.zeros((50, 50), np.uint8), np.full((50, 50), 255, np.uint8)):
        assert not bright_on_dark(picture)
    assert bright_on_dark(255 - nuclei())


def test_the_note_says_how_it_was_read_and_that_nothing_was_found() -> None:
    assert reading_note(nuclei(), 3) == ""
    assert reading_note(nuclei(), 0) == "No chromosomes were found in this image."
    assert reading_note(255 - nuclei(), 3) == READ_INVERTED
    assert reading_note(255 - nuclei(), 0).startswith(READ_INVERTED)


def pale(pixels: np.ndarray, contrast: float, grain: float = 0.0) -> np.ndarray:
    """The picture with less contrast on a grey ground."""
    faint = 180 + contrast * (pixels.astype(np.float32) - float(np.percentile(pixels, 80)))
    noise = np.random.default_rng(4).normal(0, 1, pixels.shape).astype(np.float32)
    return np.clip(np.rint(faint + grain * noise), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("style", ["clinic", "camera"])
def test_a_pale_metaphase_is_read_nearly_as_the_strong_one(style: str) -> None:
    pixels = np.asarray(make_cell("46,XY", 5, size=(420, 500), style=style).image)
    assert stretch_contrast(pixels)[0] is pixels  # nothing is done to what is usual
    strong, notes = normalize(pale(pixels, 0.2))
    assert notes == [READ_PALE]
    assert background_and_contrast(strong)[0] == pytest.approx(250, abs=5)
    assert background_and_contrast(strong)[1] == pytest.approx(110, abs=15)
    shown = [np.percentile(p, 80) - p.astype(float) for p in (pixels, strong, pale(pixels, 0.2))]
    assert np.abs(shown[1] - shown[0]).mean() < 0.5 * np.abs(shown[2] - shown[0]).mean()
    turned, notes = normalize(255 - pale(pixels, 0.2))
    assert READ_PALE in notes
    assert READ_INVERTED in notes
    np.testing.assert_allclose(turned, strong, atol=1)


def test_grain_is_not_raised_with_the_contrast() -> None:
    pixels = np.asarray(make_cell("46,XY", 5, size=(420, 500)).image)
    field = pixels >= np.percentile(pixels, 75)
    clean, grainy = (stretch_contrast(pale(pixels, 0.25, grain))[0].astype(float)[field] for grain in (0.0, 4.0))
    raised = 4.0 * 110 / background_and_contrast(pale(pixels, 0.25))[1]
    assert np.std(grainy - clean) < 0.4 * raised


def test_what_is_empty_stays_empty() -> None:
    grain = np.random.default_rng(1).normal(225, 6, (420, 520)).clip(0, 255).astype(np.uint8)
    for picture in (grain, np.zeros((50, 50), np.uint8), np.full((50, 50), 255, np.uint8)):
        assert normalize(picture)[0] is picture

"""Which way round a picture is: read from the picture, whatever lies in it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from karyotrain.synthesis import make_cell

from karyoview.imaging.ground import READ_INVERTED, bright_on_dark, dark_on_light, reading_note


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

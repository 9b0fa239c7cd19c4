"""The scale of a cell is read from the area of its chromosomes, so that contracted ones are not read as dots."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from karyoview.detectors.nets.chromosome_size import REFERENCE_SIZE, factors_to_try, measure_size, width_factor


def cell(width: int, length: int, nuclei: int = 0, count: int = 46) -> np.ndarray:
    """A light field with ``count`` bars of that width and length, 8 a row, and round nuclei beside them."""
    step_x, step_y = width + 22, length + 22
    image = np.full((step_y * 6 + 40, step_x * 8 + 40 + 260 * (nuclei > 0)), 238, np.uint8)
    for i in range(count):
        x, y = 20 + step_x * (i % 8), 20 + step_y * (i // 8)
        cv2.rectangle(image, (x, y), (x + width - 1, y + length - 1), 80, -1)
    for i in range(nuclei):
        cv2.circle(image, (step_x * 8 + 150, 80 + 170 * i), 70, 110, -1)
    return image


def test_the_size_is_the_root_of_the_mean_area() -> None:
    measured = measure_size(cell(15, 80))
    assert measured is not None
    assert measured.size == pytest.approx((15 * 80) ** 0.5, rel=0.08)
    assert measured.width == pytest.approx(15, abs=2)


def test_nuclei_do_not_count() -> None:
    plain, beside = measure_size(cell(15, 80)), measure_size(cell(15, 80, nuclei=2))
    assert plain is not None
    assert beside is not None
    assert beside.size == pytest.approx(plain.size, rel=0.05)


def test_a_usual_cell_is_read_as_it_is() -> None:
    assert factors_to_try(cell(15, 90)) == [1.0]


def test_contracted_chromosomes_of_usual_width_are_enlarged() -> None:
    image = cell(15, 34)
    measured = measure_size(image)
    assert measured is not None
    assert width_factor(measured.width) == 1.0
    first = factors_to_try(image)[0]
    assert first > 1.2
    assert first * measured.size == pytest.approx(0.92 * REFERENCE_SIZE, rel=0.01)


@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_other_magnifications_come_to_the_same_size(factor: float) -> None:
    image = cell(15, 90)
    scaled = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    measured = measure_size(scaled)
    assert measured is not None
    assert factors_to_try(scaled)[0] * measured.size == pytest.approx(0.92 * REFERENCE_SIZE, rel=0.01)


def test_what_is_too_narrow_to_show_bands_has_no_factor() -> None:
    assert factors_to_try(cv2.resize(cell(15, 90), None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)) == []


def test_an_empty_field_is_read_as_it_is() -> None:
    assert factors_to_try(np.full((300, 300), 240, np.uint8)) == [1.0]

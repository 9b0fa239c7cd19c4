"""The width of chromosomes is read from drawn cells at half to twice the size, in spite of nuclei and dust."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from karyoview.detectors.nets.chromosome_width import (
    READABLE_WIDTH,
    estimate_width,
    scale_factor,
    scales_to_try,
    size_note,
)


def draw_cell(seed: int, *, width: int = 16, count: int = 46, nuclei: int = 2, size: int = 700) -> np.ndarray:
    """A grey cell of bent-free capsules ``width`` px wide, with round nuclei, dust, blur and noise."""
    random = np.random.default_rng(seed)
    image = np.full((size, size), 225, np.uint8)
    for _ in range(count):
        centre, angle = random.uniform(60, size - 60, 2), random.uniform(0, np.pi)
        half = max(random.uniform(25, 100) - width, 1) / 2 * np.array([np.cos(angle), np.sin(angle)])
        ends = [tuple(np.int32((centre + s * half) * 16)) for s in (-1, 1)]
        cv2.line(image, *ends, int(random.uniform(70, 120)), width, cv2.LINE_AA, 4)
    for _ in range(nuclei):
        cv2.circle(image, tuple(int(v) for v in random.uniform(0, size, 2)), 90, 120, -1)
    for _ in range(60):
        cv2.circle(image, tuple(int(v) for v in random.uniform(0, size, 2)), 2, 80, -1)
    noisy = cv2.GaussianBlur(image, (0, 0), 1.2) + random.normal(0, 5, image.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)


def resized(image: np.ndarray, factor: float) -> np.ndarray:
    kind = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return cv2.resize(image, None, fx=factor, fy=factor, interpolation=kind)


@pytest.mark.parametrize("factor", [0.4, 0.5, 0.7, 1.0, 1.4, 2.0, 2.5])
def test_width_follows_the_magnification(factor: float) -> None:
    for seed in range(3):
        got = estimate_width(resized(draw_cell(seed), factor))
        assert got is not None
        assert got == pytest.approx(17.0 * factor, rel=0.12)  # 16 px drawn, about 1 px of blur


@pytest.mark.parametrize("width", [10, 14, 20, 28])
def test_width_follows_the_chromosomes(width: int) -> None:
    got = estimate_width(draw_cell(1, width=width))
    assert got is not None
    assert got == pytest.approx(width + 1.0, rel=0.12)


def test_ragged_edges_of_pale_nuclei_are_not_measured() -> None:
    """Noise frays what is hardly darker than the threshold; its frayed edge has ridges of its own."""

    def field(noise: float) -> np.ndarray:
        random = np.random.default_rng(4)
        cell = draw_cell(4, width=11, nuclei=0, size=900).astype(np.float32)
        for _ in range(3):
            nucleus = np.zeros(cell.shape, np.float32)
            cv2.circle(nucleus, tuple(int(v) for v in random.uniform(100, 800, 2)), 110, 1.0, -1)
            cell = np.where(nucleus > 0, np.minimum(cell, 165), cell)
        grain = cv2.GaussianBlur(random.normal(0, noise, cell.shape), (0, 0), 0.6)
        return np.clip(cell + grain, 0, 255).astype(np.uint8)

    calm, noisy = estimate_width(field(12)), estimate_width(field(30))
    assert calm is not None
    assert noisy == pytest.approx(calm, rel=0.1)


def test_factor_brings_the_cell_to_the_wanted_width() -> None:
    cell = draw_cell(2)
    factor = scale_factor(cell, 11.0)
    assert factor is not None
    again = estimate_width(resized(cell, factor))
    assert again == pytest.approx(11.0, rel=0.1)
    assert scale_factor(cell, 1000.0) == 4.0
    assert scale_factor(cell, 0.1) == 0.25


def test_near_the_usual_size_nothing_is_scaled_and_far_from_it_both_are_tried() -> None:
    cell = draw_cell(2)
    width = estimate_width(cell)
    assert width is not None
    read = scale_factor(cell, 11.0)
    assert read is not None
    assert scales_to_try(cell, 11.0, 1.2 * read, 0.0) == (read,)
    assert scales_to_try(cell, 11.0, 1.2 * read, 0.25) == (1.2 * read,)
    assert scales_to_try(cell, 11.0, read / 1.2, 0.25) == (read / 1.2,)
    for far in (1.5 * read, read / 1.5):
        assert scales_to_try(cell, 11.0, far, 0.25) == (read, far)
        assert scales_to_try(cell, 0.0, far, 0.25) == (far,)
    assert scales_to_try(np.full((60, 60), 200, np.uint8), 11.0, 0.7, 0.0) == (0.7,)


def test_no_chromosomes_no_width() -> None:
    random = np.random.default_rng(0)
    assert estimate_width(np.full((60, 60), 200, np.uint8)) is None
    assert estimate_width(random.integers(195, 206, (200, 200)).astype(np.uint8)) is None
    nucleus = np.full((300, 300), 220, np.uint8)
    cv2.circle(nucleus, (150, 150), 80, 100, -1)
    assert estimate_width(nucleus) is None
    assert scale_factor(nucleus, 11.0) is None


def test_what_is_too_small_to_be_read_is_said() -> None:
    """A page of print looks like short chromosomes; its strokes are narrower than any that can be read."""
    page = np.full((300, 500), 245, np.uint8)
    for line in range(8):
        place = (15, 35 + 33 * line)
        cv2.putText(page, "Request form, page 1 of 2", place, cv2.FONT_HERSHEY_SIMPLEX, 0.62, 40, 1, cv2.LINE_AA)
    width = estimate_width(page)
    assert width is not None
    assert width < READABLE_WIDTH
    assert "higher magnification" in size_note(width)
    assert "No chromosomes" in size_note(None)
    small = estimate_width(resized(draw_cell(0), 0.4))
    assert small is not None
    assert size_note(small) == ""

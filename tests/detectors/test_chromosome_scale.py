"""The width of chromosomes is read from drawn cells at half to twice the size, in spite of nuclei and dust."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from karyoview.detectors.nets.scale import estimate_width, scale_factor


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


@pytest.mark.parametrize("factor", [0.5, 0.7, 1.0, 1.4, 2.0])
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


def test_factor_brings_the_cell_to_the_wanted_width() -> None:
    cell = draw_cell(2)
    factor = scale_factor(cell, 11.0)
    assert factor is not None
    again = estimate_width(resized(cell, factor))
    assert again == pytest.approx(11.0, rel=0.1)
    assert scale_factor(cell, 1000.0) == 4.0
    assert scale_factor(cell, 0.1) == 0.25


def test_no_chromosomes_no_width() -> None:
    random = np.random.default_rng(0)
    assert estimate_width(np.full((60, 60), 200, np.uint8)) is None
    assert estimate_width(random.integers(195, 206, (200, 200)).astype(np.uint8)) is None
    nucleus = np.full((300, 300), 220, np.uint8)
    cv2.circle(nucleus, (150, 150), 80, 100, -1)
    assert estimate_width(nucleus) is None
    assert scale_factor(nucleus, 11.0) is None

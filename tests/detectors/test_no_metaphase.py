"""Pictures without a chromosome, given to the engine that is shipped: few boxes or none, and a note."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from karyoview.core.image import MetaphaseImage
from karyoview.detectors.protocol import Detector
from karyoview.detectors.registry import find_engines, load_engine

FEW = 6
"""Boxes that a reviewer takes away in seconds; a metaphase has about 46."""


def _smooth(rng: np.random.Generator, shape: tuple[int, int], cells: int) -> np.ndarray:
    small = rng.random((cells, cells)).astype(np.float32)
    return cv2.resize(small, shape[::-1], interpolation=cv2.INTER_CUBIC)


def black() -> np.ndarray:
    return np.zeros((420, 520), np.uint8)


def white() -> np.ndarray:
    return np.full((420, 520), 255, np.uint8)


def noise() -> np.ndarray:
    return np.random.default_rng(1).normal(225, 6, (420, 520)).clip(0, 255).astype(np.uint8)


def nuclei() -> np.ndarray:
    """Interphase nuclei: large, round, mottled."""
    rng = np.random.default_rng(2)
    picture = np.full((480, 600), 228, np.float32)
    for x, y, r in ((120, 120, 62), (300, 180, 75), (470, 110, 55), (200, 360, 80), (430, 350, 68)):
        own = np.zeros_like(picture)
        cv2.ellipse(own, (x, y), (r, int(0.85 * r)), float(rng.uniform(0, 180)), 0, 360, 1.0, -1)
        picture -= cv2.GaussianBlur(own, (0, 0), 2.0) * (70 + 50 * _smooth(rng, picture.shape, 40))
    return np.clip(picture + rng.normal(0, 3, picture.shape), 0, 255).astype(np.uint8)


def text() -> np.ndarray:
    """A page of print."""
    picture = np.full((420, 620), 245, np.uint8)
    for line in range(11):
        line_text = "Cytogenetic laboratory, request form, page 1 of 2"[line % 7 :]
        cv2.putText(picture, line_text, (15, 35 + 35 * line), cv2.FONT_HERSHEY_SIMPLEX, 0.62, 40, 1, cv2.LINE_AA)
    return picture


def photograph() -> np.ndarray:
    """Hills, a sky and a house: large tones, edges, a fine grain."""
    rng = np.random.default_rng(3)
    shape = (420, 560)
    picture = np.linspace(225, 180, shape[0])[:, None] * np.ones(shape, np.float32)
    for top, tone in ((230, 130), (290, 95), (340, 70)):
        edge = top + 40 * (_smooth(rng, (1, shape[1]), 6)[0] - 0.5)
        below = np.arange(shape[0])[:, None] > edge[None]
        picture = np.where(below, tone + 25 * _smooth(rng, shape, 30), picture)
    cv2.rectangle(picture, (330, 210), (440, 310), 160, -1)
    cv2.fillPoly(picture, [np.array([[320, 210], [385, 150], [450, 210]], np.int32)], 60)
    return np.clip(cv2.GaussianBlur(picture, (0, 0), 1.0) + rng.normal(0, 3, shape), 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def engine() -> Detector:
    if "karyoview" not in find_engines()[0]:
        pytest.skip("this version ships no weights of the default engine")
    return load_engine("karyoview", device="cpu")


PICTURES = [black, white, noise, nuclei, text, photograph]


@pytest.mark.parametrize("make", PICTURES, ids=lambda f: f.__name__)
def test_a_picture_without_a_chromosome_gives_few_boxes_and_a_note(make, engine: Detector) -> None:
    found = engine.predict([MetaphaseImage(make(), f"{make.__name__}.png")])[0]
    print(f"{make.__name__}: {len(found.items)} boxes; {found.note}")
    assert len(found.items) <= FEW
    assert found.items or found.note, "an empty result must say that no metaphase was recognised"

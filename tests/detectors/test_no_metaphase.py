"""Pictures that show no metaphase, given to the engine that is shipped: no boxes, and a sentence."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from karyotrain.data.synthesis import make_cell
from karyotrain.data.synthesis.karyogram_print import LAYOUTS, PrintStyle, draw_karyogram

from karyoview.core.detection import Detection
from karyoview.core.geometry import Box
from karyoview.core.image import MetaphaseImage
from karyoview.detectors.metaphase_check import refusal
from karyoview.detectors.protocol import Detector
from karyoview.detectors.registry import find_engines, load_engine
from karyoview.services.inference import anyway_settings


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


def bar_and_specks() -> np.ndarray:
    """A scale bar with its length in print, dye specks and one nucleus."""
    rng = np.random.default_rng(5)
    picture = np.full((460, 560), 235, np.uint8)
    for _ in range(60):
        place = (int(rng.integers(10, 550)), int(rng.integers(10, 400)))
        cv2.circle(picture, place, int(rng.integers(1, 4)), int(rng.integers(40, 140)), -1, cv2.LINE_AA)
    cv2.circle(picture, (300, 200), 70, 150, -1, cv2.LINE_AA)
    cv2.rectangle(picture, (400, 425), (520, 432), 20, -1)
    cv2.putText(picture, "10 um", (430, 418), cv2.FONT_HERSHEY_SIMPLEX, 0.5, 20, 1, cv2.LINE_AA)
    blurred = cv2.GaussianBlur(picture, (0, 0), 0.8)
    return np.clip(blurred + rng.normal(0, 2, picture.shape), 0, 255).astype(np.uint8)


def karyogram() -> np.ndarray:
    """A printed karyogram of a drawn cell."""
    cell = make_cell("46,XY", seed=12)
    return draw_karyogram(cell, LAYOUTS["brackets, labels below"], PrintStyle(), seed=4).picture


PICTURES = [black, white, noise, nuclei, text, photograph, bar_and_specks, karyogram]


@pytest.mark.parametrize("make", PICTURES, ids=lambda f: f.__name__)
def test_a_picture_without_a_metaphase_gives_no_box_and_a_sentence(make, engine: Detector) -> None:
    found = engine.predict([MetaphaseImage(make(), f"{make.__name__}.png")])[0]
    assert not found.items
    assert not found.metaphase
    assert found.note


def test_a_refused_picture_can_be_looked_at_anyway(engine: Detector) -> None:
    anyway = load_engine("karyoview", device="cpu", settings=anyway_settings({"engine": "karyoview"}))
    picture = MetaphaseImage(karyogram(), "karyogram.png")
    assert "karyogram" in engine.predict([picture])[0].note
    found = anyway.predict([picture])[0]
    assert len(found.items) > 30
    assert found.metaphase
    assert ("check_metaphase", "False") in found.provenance.settings


def _detections(angles: np.ndarray, certain: float, score: float = 1.0) -> list[Detection]:
    probabilities = np.full(24, (1 - certain) / 23)
    probabilities[0] = certain
    shares = tuple(score * probabilities)
    return [Detection(Box.rotated(50, 50, 15, 60, a), score, 0, probabilities=shares) for a in angles]


def test_few_boxes_equal_directions_and_guessed_classes_are_no_metaphase() -> None:
    angles = np.random.default_rng(0).uniform(0, 2 * np.pi, 46)
    assert refusal(_detections(angles, 0.9)) == ""
    assert "only one thing looks" in refusal(_detections(angles[:1], 0.9))
    assert "only 11 things look" in refusal(_detections(angles[:11], 0.9))
    assert "does not look like" in refusal(_detections(angles, 0.5, score=0.8))
    assert refusal(_detections(angles, 0.45, score=0.95)) == ""  # short chromosomes: sure ones, of doubtful class
    assert "karyogram" in refusal(_detections(0.05 * angles, 0.9))
    assert refusal([]) == "No metaphase was found in this picture."


def test_upright_and_upside_down_chromosomes_stand_the_same_way() -> None:
    angles = np.pi * np.random.default_rng(0).integers(0, 2, 46)
    assert "karyogram" in refusal(_detections(angles, 0.9))


@pytest.mark.parametrize("name", ["deepace-v2", "deepchm"])
def test_the_published_engines_too_say_that_an_empty_field_is_none(name: str) -> None:
    field = MetaphaseImage(np.full((240, 240), 228, np.uint8), "empty")
    (found,) = load_engine(name, device="cpu").predict([field])
    assert not found.items
    assert not found.metaphase

"""The key P: one chromosome without a box, from the engine's answer or from the picture, never one twice."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt

from karyoview.case.case import Case
from karyoview.core.annotation import ReviewedChromosome
from karyoview.core.detection import Detection, Detections, Provenance
from karyoview.core.geometry import Box, iou_rotated
from karyoview.imaging.objects import CellObjects
from karyoview.imaging.propose import along_chromosomes
from karyoview.review.doubt import doubts

CTRL = Qt.KeyboardModifier.ControlModifier
UPRIGHT, LYING = Box.rotated(300, 240, 22, 150, 0.0), Box.rotated(300, 240, 22, 150, 1.4)
LONE = [Box.rotated(70 + 90 * k, 60, 20, 70, 0.2 * k) for k in range(6)]
SIZE = (480, 640)


def drawn(*boxes: Box) -> np.ndarray:
    pixels = np.full(SIZE, 225, np.uint8)
    for box in boxes:
        cv2.fillPoly(pixels, [np.rint(box.corners()).astype(np.int32)], 70)
    return cv2.GaussianBlur(pixels, (0, 0), 0.9)


def same(a: Box, b: Box) -> bool:
    return float(iou_rotated(a.to_array()[None], b.to_array()[None])[0, 0]) > 0.6


@pytest.fixture
def crossing(tmp_path: Path) -> Path:
    """A cell with two chromosomes that cross."""
    folder = tmp_path / "crossing"
    folder.mkdir()
    cv2.imencode(".png", drawn(UPRIGHT, LYING, *LONE))[1].tofile(folder / "c00.png")
    return folder


def open_answered(driver, folder: Path, *items: Detection) -> None:
    """The window on a cell beside which an engine's answer lies, as a worker left it."""
    with Case.open(folder) as case:
        case.save_proposals(Detections("c00.png", SIZE, items, Provenance("fake", "0" * 64)))
    driver.open(folder)


def press_p(driver, x: float, y: float) -> str:
    driver.in_sight("c00.png")
    driver.move(x, y)
    driver.key(Qt.Key.Key_P)
    return driver.window.statusBar().currentMessage()


def test_p_takes_what_the_engine_sees_with_its_class_and_its_doubt(driver, case_folder: Path, places) -> None:
    driver.open(case_folder)
    driver.key(Qt.Key.Key_I)
    driver.until(lambda: len(driver.annotation.chromosomes) == 46)
    target = places(seed=0)[5]  # the engine doubts this one
    driver.click(target.cx, target.cy)
    driver.key(Qt.Key.Key_Delete)
    assert len(driver.annotation.chromosomes) == 45
    sentence = press_p(driver, target.cx, target.cy)
    made = driver.annotation.chromosomes[-1]
    assert same(made.box, target)
    assert made.label == 2
    assert "fake sees a 3 here. 46 now" in sentence
    assert isinstance(made, ReviewedChromosome)
    assert not made.looked_at
    driver.move(target.cx + 60, target.cy + 200)
    driver.key(Qt.Key.Key_Z, CTRL)
    assert len(driver.annotation.chromosomes) == 45


def test_p_again_shows_the_next_likely_one_in_its_place(driver, crossing: Path) -> None:
    open_answered(driver, crossing, Detection(UPRIGHT, 0.45, 3, doubt=0.6), Detection(LYING, 0.4, 8, doubt=0.7))
    sentence = press_p(driver, 300, 240)
    assert [same(c.box, UPRIGHT) for c in driver.annotation.chromosomes] == [True]
    assert "Proposal 1 of 2" in sentence
    sentence = press_p(driver, 301, 241)
    assert [same(c.box, LYING) for c in driver.annotation.chromosomes] == [True]
    assert "sees a 9 here. 1 now" in sentence
    assert "Proposal 2 of 2" in sentence
    driver.key(Qt.Key.Key_Z, CTRL)
    assert driver.annotation.chromosomes == ()


def test_once_it_is_answered_p_proposes_the_other_one_and_then_none(driver, crossing: Path) -> None:
    open_answered(driver, crossing, Detection(UPRIGHT, 0.45, 3, doubt=0.6), Detection(LYING, 0.4, 8, doubt=0.7))
    press_p(driver, 300, 240)
    driver.key("4")
    driver.key(Qt.Key.Key_Escape)
    press_p(driver, 300, 240)
    first, second = driver.annotation.chromosomes
    assert same(first.box, UPRIGHT)
    assert same(second.box, LYING)
    driver.key("9")
    driver.key(Qt.Key.Key_Escape)
    sentence = press_p(driver, 300, 240)
    assert len(driver.annotation.chromosomes) == 2
    assert "has a box already" in sentence or "No chromosome stands out" in sentence


def test_a_find_of_which_too_little_is_free_or_that_is_too_unsure_is_not_proposed(driver, crossing: Path) -> None:
    inside = Box.rotated(300, 270, 20, 60, 0.0)  # a part of what is boxed
    open_answered(driver, crossing, Detection(inside, 0.9, 20), Detection(LYING, 0.1, 8))
    driver.session.add(UPRIGHT)
    press_p(driver, 300, 262)
    assert not any(same(c.box, inside) for c in driver.annotation.chromosomes)
    assert not any(c.label == 8 for c in driver.annotation.chromosomes)


def test_without_an_answer_the_picture_proposes_and_a_refusal_says_how_to_ask(driver, crossing: Path) -> None:
    driver.open(crossing)
    sentence = press_p(driver, LONE[0].cx, LONE[0].cy)
    assert "A box from the picture. 1 now" in sentence
    assert same(driver.annotation.chromosomes[0].box, LONE[0])
    sentence = press_p(driver, 300, 240)
    assert len(driver.annotation.chromosomes) == 1
    assert sentence.endswith("I asks the engine, and P then proposes what it sees.")


def test_what_p_took_from_the_engine_stays_a_doubt_until_somebody_looks(driver, crossing: Path) -> None:
    open_answered(driver, crossing, Detection(LONE[1], 0.3, 3, doubt=0.8, reasons=("4 or 5",)))
    press_p(driver, LONE[1].cx, LONE[1].cy)
    (made,) = driver.annotation.chromosomes
    found = doubts(driver.annotation)
    assert any(d.chromosome == made.id for d in found)


def test_upright_boxes_are_turned_along_their_chromosomes() -> None:
    slanted = [replace(b, angle=0.7) for b in LONE[:4]]
    pixels = drawn(*slanted)
    along = along_chromosomes(pixels, [b.capsule_bounds() for b in slanted])
    assert all(same(a, b) for a, b in zip(along, slanted, strict=True))
    assert along_chromosomes(pixels, slanted) == slanted
    dark = along_chromosomes(255 - pixels, [b.capsule_bounds() for b in slanted])
    assert all(same(a, b) for a, b in zip(dark, slanted, strict=True))
    assert CellObjects(pixels).mask.any()

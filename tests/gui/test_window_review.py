"""The real window, driven by mouse and keys: from an empty folder to corrected, saved and reopened work."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from karyoview.core.annotation import ReviewState
from karyoview.core.chromosome import parse_class

CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)


def test_opening_shows_cells_and_the_first_picture(driver, case_folder: Path) -> None:
    driver.open(case_folder)
    rows = driver.window.cells.model.rows
    assert [r.image for r in rows] == ["c00.png", "c01.png", "c02.png"]
    assert driver.view.size_yx == (480, 640)
    driver.until(lambda: not any(r.thumb.isNull() for r in driver.window.cells.model.rows))


def test_a_person_draws_relabels_deletes_and_takes_it_all_back(driver, case_folder: Path) -> None:
    driver.open(case_folder)
    driver.key(Qt.Key.Key_R)
    driver.drag((100, 100), (160, 200))
    (box,) = [c.box for c in driver.annotation.chromosomes]
    assert not box.is_rotated
    assert box.to_xyxy() == pytest.approx((100, 100, 160, 200), abs=1.5)
    driver.key(Qt.Key.Key_O)
    driver.drag((300, 300), (300, 200))
    driver.move(320, 250)
    driver.click(320, 250)
    rotated = driver.annotation.chromosomes[1].box
    assert rotated.is_rotated
    assert abs(rotated.angle) == pytest.approx(math.pi, abs=0.05)
    assert (rotated.w, rotated.h) == pytest.approx((40, 100), abs=2.5)
    driver.key(Qt.Key.Key_V)
    driver.click(300, 250)
    driver.key("1")
    driver.key("8")
    assert driver.annotation.chromosomes[1].label == parse_class("18").index
    driver.key(Qt.Key.Key_X)
    assert driver.annotation.chromosomes[1].label == parse_class("X").index
    driver.key(Qt.Key.Key_Delete)
    assert len(driver.annotation.chromosomes) == 1
    driver.key(Qt.Key.Key_Z, CTRL)
    assert driver.annotation.chromosomes[1].label == parse_class("X").index
    for _ in range(4):
        driver.key(Qt.Key.Key_Z, CTRL)
    assert driver.annotation.chromosomes == ()
    for _ in range(5):
        driver.key(Qt.Key.Key_Y, CTRL)
    assert [c.box for c in driver.annotation.chromosomes] == [box]
    driver.saved()
    assert len(driver.on_disk(case_folder, "c00.png")["chromosomes"]) == 1


def test_detect_here_then_walk_the_doubts_and_finish_by_keyboard(driver, case_folder: Path) -> None:
    driver.open(case_folder)
    driver.key(Qt.Key.Key_I)
    driver.until(lambda: len(driver.annotation.chromosomes) == 46)
    assert driver.window.header.total.text() == "46"
    assert driver.annotation.state is ReviewState.PROPOSED
    driver.key(Qt.Key.Key_Space)
    (chosen,) = driver.session.selection()
    assert chosen.doubt == pytest.approx(0.7)
    driver.key(Qt.Key.Key_G)
    assert driver.annotation.chromosome(chosen.id).is_human
    driver.reviewed()
    assert driver.session.annotation("c00.png").state is ReviewState.REVIEWED
    assert driver.session.current == "c01.png"

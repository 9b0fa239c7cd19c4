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


def test_opening_shows_cells_and_the_first_picture(hands, case_folder: Path) -> None:
    hands.open(case_folder)
    rows = hands.window.cells.model.rows
    assert [r.image for r in rows] == ["c00.png", "c01.png", "c02.png"]
    assert hands.view.size_yx == (480, 640)
    hands.until(lambda: not any(r.thumb.isNull() for r in hands.window.cells.model.rows))


def test_a_person_draws_relabels_deletes_and_takes_it_all_back(hands, case_folder: Path) -> None:
    hands.open(case_folder)
    hands.key(Qt.Key.Key_R)
    hands.drag((100, 100), (160, 200))
    (box,) = [c.box for c in hands.annotation.chromosomes]
    assert not box.is_rotated
    assert box.to_xyxy() == pytest.approx((100, 100, 160, 200), abs=1.5)
    hands.key(Qt.Key.Key_O)
    hands.drag((300, 300), (300, 200))
    hands.move(320, 250)
    hands.click(320, 250)
    rotated = hands.annotation.chromosomes[1].box
    assert rotated.is_rotated
    assert abs(rotated.angle) == pytest.approx(math.pi, abs=0.05)
    assert (rotated.w, rotated.h) == pytest.approx((40, 100), abs=2.5)
    hands.key(Qt.Key.Key_V)
    hands.click(300, 250)
    hands.key("1")
    hands.key("8")
    assert hands.annotation.chromosomes[1].label == parse_class("18").index
    hands.key(Qt.Key.Key_X)
    assert hands.annotation.chromosomes[1].label == parse_class("X").index
    hands.key(Qt.Key.Key_Delete)
    assert len(hands.annotation.chromosomes) == 1
    hands.key(Qt.Key.Key_Z, CTRL)
    assert hands.annotation.chromosomes[1].label == parse_class("X").index
    for _ in range(4):
        hands.key(Qt.Key.Key_Z, CTRL)
    assert hands.annotation.chromosomes == ()
    for _ in range(5):
        hands.key(Qt.Key.Key_Y, CTRL)
    assert [c.box for c in hands.annotation.chromosomes] == [box]
    hands.saved()
    assert len(hands.on_disk(case_folder, "c00.png")["chromosomes"]) == 1


def test_detect_here_then_walk_the_doubts_and_finish_by_keyboard(hands, case_folder: Path) -> None:
    hands.open(case_folder)
    hands.key(Qt.Key.Key_I)
    hands.until(lambda: len(hands.annotation.chromosomes) == 46)
    assert hands.window.header.total.text() == "46"
    assert hands.annotation.state is ReviewState.PROPOSED
    hands.key(Qt.Key.Key_Space)
    (chosen,) = hands.session.selection()
    assert chosen.doubt == pytest.approx(0.7)
    hands.key(Qt.Key.Key_G)
    assert hands.annotation.chromosome(chosen.id).is_human
    hands.key(Qt.Key.Key_Return)
    assert hands.session.annotation("c00.png").state is ReviewState.REVIEWED
    assert hands.session.current == "c01.png"

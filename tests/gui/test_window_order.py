"""The list of cells in other orders: the case's, by doubt, by what reviewing them brings."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from karyoview.services.ranking import rank_case

CONTROL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


def test_review_these_first_lists_and_walks_in_the_order_of_benefit(hands, case_folder: Path) -> None:
    # One cell of another look: dark, with little contrast.
    pixels = cv2.imdecode(np.fromfile(case_folder / "c02.png", np.uint8), cv2.IMREAD_GRAYSCALE)
    cv2.imencode(".png", (pixels // 3 + 20).astype(np.uint8))[1].tofile(case_folder / "c02.png")
    hands.open(case_folder)
    cells = hands.window.cells
    hands.key(Qt.Key.Key_R, CONTROL_SHIFT)
    hands.until(lambda: "Ctrl+B" in hands.window.statusBar().currentMessage())
    assert cells.order.currentData() == "case"
    hands.key(Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    hands.until(lambda: hands.window.controller.last_run.done == 3)
    hands.key(Qt.Key.Key_R, CONTROL_SHIFT)
    hands.until(lambda: cells.order.currentData() == "benefit")
    expected = [r.image for r in rank_case(hands.window.controller.case, "fake", 0.5)]
    assert len(expected) == 3
    assert cells.images() == expected
    assert "corrections expected" in cells.model.rows[0].note
    assert cells.list.currentIndex().row() == expected.index(hands.session.current)
    hands.window.handlers.go_to(expected[0])
    hands.key(Qt.Key.Key_D)
    assert hands.session.current == expected[1]
    hands.key(Qt.Key.Key_R, CONTROL_SHIFT)
    assert cells.images() == ["c00.png", "c01.png", "c02.png"]
    assert not any(r.note for r in cells.model.rows)


def test_the_most_doubtful_stand_first_and_what_is_done_last(hands, case_folder: Path) -> None:
    hands.window.settings["confirm_red"] = False
    hands.open(case_folder)
    hands.key(Qt.Key.Key_D)
    hands.key(Qt.Key.Key_I)
    hands.until(lambda: hands.window.controller.last_run.done == 1 and hands.annotation.total() == 46)
    order = hands.window.cells.order
    order.setFocus()
    QTest.keyClick(order, Qt.Key.Key_Down)
    hands.until(lambda: hands.window.cells.images()[0] == "c01.png")
    hands.view.setFocus()
    hands.key(Qt.Key.Key_Return)
    assert hands.session.current == "c00.png"
    order.setFocus()
    QTest.keyClick(order, Qt.Key.Key_Up)
    QTest.keyClick(order, Qt.Key.Key_Down)
    hands.until(lambda: hands.window.cells.images()[-1] == "c01.png")

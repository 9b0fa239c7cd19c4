"""The list of cells in other orders: the case's, by doubt, by what reviewing them brings."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from karyoview.services.ranking import rank_case

CONTROL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


def test_review_these_first_lists_and_walks_in_the_order_of_benefit(driver, case_folder: Path) -> None:
    # One cell of another look: dark, with little contrast.
    pixels = cv2.imdecode(np.fromfile(case_folder / "c02.png", np.uint8), cv2.IMREAD_GRAYSCALE)
    cv2.imencode(".png", (pixels // 3 + 20).astype(np.uint8))[1].tofile(case_folder / "c02.png")
    driver.open(case_folder)
    cells = driver.window.cells
    driver.key(Qt.Key.Key_R, CONTROL_SHIFT)
    driver.until(lambda: "Ctrl+B" in driver.window.statusBar().currentMessage())
    assert cells.order.currentData() == "case"
    driver.key(Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    driver.until(lambda: driver.window.runner.last_run.done == 3)
    driver.key(Qt.Key.Key_R, CONTROL_SHIFT)
    driver.until(lambda: cells.order.currentData() == "benefit")
    expected = [r.image for r in rank_case(driver.window.controller.case, "fake", 0.5)]
    assert len(expected) == 3
    assert cells.images() == expected
    assert "corrections expected" in cells.model.rows[0].note
    assert cells.list.currentIndex().row() == expected.index(driver.session.current)
    driver.window.handlers.cell.go_to(expected[0])
    driver.key(Qt.Key.Key_D)
    assert driver.session.current == expected[1]
    driver.key(Qt.Key.Key_R, CONTROL_SHIFT)
    assert cells.images() == ["c00.png", "c01.png", "c02.png"]
    assert not any(r.note for r in cells.model.rows)


def test_the_most_doubtful_stand_first_and_what_is_done_last(driver, case_folder: Path) -> None:
    driver.window.settings["confirm_red"] = False
    driver.open(case_folder)
    driver.key(Qt.Key.Key_D)
    driver.key(Qt.Key.Key_I)
    driver.until(lambda: driver.window.runner.last_run.done == 1 and driver.annotation.total() == 46)
    order = driver.window.cells.order
    order.setFocus()
    QTest.keyClick(order, Qt.Key.Key_Down)
    driver.until(lambda: driver.window.cells.images()[0] == "c01.png")
    driver.view.setFocus()
    driver.reviewed()
    assert driver.session.current == "c00.png"
    order.setFocus()
    QTest.keyClick(order, Qt.Key.Key_Up)
    QTest.keyClick(order, Qt.Key.Key_Down)
    driver.until(lambda: driver.window.cells.images()[-1] == "c01.png")

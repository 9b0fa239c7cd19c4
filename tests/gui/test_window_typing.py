"""A digit that waits for a second belongs to the chromosome that was selected when it was typed."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

FIRST, SECOND = 20, 30
"""Two of the drawn boxes far from each other; the fake engine gives them the classes 11 and 16."""


@pytest.fixture
def typed(driver, case_folder: Path, places):
    """A window with proposals, where the digit 1 was just typed for one chromosome; gives that chromosome's id."""
    driver.window.settings["digit_wait"] = 2000
    driver.open(case_folder)
    driver.key(Qt.Key.Key_I)
    driver.until(lambda: driver.annotation.total() == 46)
    driver.click(*places()[FIRST].centre)
    (chosen,) = driver.session.selected
    assert label(driver, chosen) == 10
    driver.key("1")
    assert driver.window.header.typed.text() == "class 1_"
    assert label(driver, chosen) == 10, "it waits for a second digit"
    return chosen


def label(driver, chromosome: str, image: str = "c00.png") -> int | None:
    return driver.session.annotation(image).chromosome(chromosome).label


def test_a_click_on_another_chromosome_leaves_the_digit_with_the_first(driver, typed: str, places) -> None:
    driver.click(*places()[SECOND].centre)
    (second,) = driver.session.selected
    assert (label(driver, typed), label(driver, second)) == (0, 15)
    assert driver.window.header.typed.text() == ""
    driver.key("2")
    driver.key("1")
    assert (label(driver, typed), label(driver, second)) == (0, 20), "the next digits are the second one's"


def test_tab_and_the_next_doubt_leave_the_digit_with_the_first(driver, typed: str) -> None:
    driver.key(Qt.Key.Key_Tab)
    (second,) = driver.session.selected
    assert second != typed
    assert label(driver, typed) == 0
    assert label(driver, second) == 1, "Tab goes on in the order of the classes"
    driver.key("1")
    driver.key(Qt.Key.Key_Space)
    assert driver.session.selected != (second,)
    assert label(driver, second) == 0


def test_the_next_cell_gets_nothing_of_it(driver, typed: str) -> None:
    driver.key(Qt.Key.Key_D)
    assert driver.session.current == "c01.png"
    assert label(driver, typed) == 0
    assert driver.session.annotation().chromosomes == ()
    driver.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert driver.session.current == "c00.png", "it is a step of its own, in the cell it was typed in"
    assert label(driver, typed) == 10


def test_a_click_in_the_list_of_cells_settles_it_too(driver, typed: str) -> None:
    cells = driver.window.cells.list
    place = cells.visualRect(cells.model().index(2, 0)).center()
    QTest.mouseClick(cells.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    QApplication.processEvents()
    assert driver.session.current == "c02.png"
    assert label(driver, typed) == 0


@pytest.mark.parametrize("key", [Qt.Key.Key_R, Qt.Key.Key_C, Qt.Key.Key_F6, Qt.Key.Key_Return])
def test_another_tool_another_pane_and_finishing_the_cell_settle_it(driver, typed: str, key: Qt.Key) -> None:
    driver.window.settings["confirm_red"] = False
    driver.key(key)
    assert label(driver, typed) == 0


def test_escape_drops_it(driver, typed: str) -> None:
    driver.key(Qt.Key.Key_Escape)
    driver.key(Qt.Key.Key_Tab)
    assert driver.window.header.typed.text() == ""
    assert label(driver, typed) == 10


def test_two_digits_and_the_wait_are_as_they_were(driver, typed: str) -> None:
    driver.key("2")
    assert label(driver, typed) == 11
    driver.window.settings["digit_wait"] = 200
    driver.key("2")
    driver.until(lambda: label(driver, typed) == 1)


def test_undo_takes_the_digit_back_and_the_palette_goes_after_it(driver, typed: str) -> None:
    driver.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert label(driver, typed) == 10
    driver.key("2")
    QTest.mouseClick(driver.window.inspector.buttons[4], Qt.MouseButton.LeftButton)
    assert label(driver, typed) == 4
    QTest.qWait(50)
    assert label(driver, typed) == 4


def test_closing_the_window_saves_it(driver, typed: str, case_folder: Path) -> None:
    driver.window.close()
    kept = driver.on_disk(case_folder, "c00.png")["chromosomes"]
    assert next(c for c in kept if c["id"] == typed)["label"] == "A1"

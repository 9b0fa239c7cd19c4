"""What is selected after a command, questions before acts on many, and a status line that tells the last act."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from karyoview.core.annotation import ReviewState

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def proposed(driver, case_folder: Path):
    """A window with 46 proposals in its first cell."""
    driver.open(case_folder)
    driver.key(Qt.Key.Key_I)
    driver.until(lambda: driver.annotation.total() == 46)
    return driver


def status(driver) -> str:
    return driver.window.statusBar().currentMessage()


def test_undo_of_reviewed_selects_nothing_and_delete_then_does_nothing(proposed) -> None:
    proposed.reviewed()
    proposed.key(Qt.Key.Key_Z, CTRL)
    assert proposed.session.current == "c00.png"
    assert proposed.session.selected == ()
    assert status(proposed) == "c00.png: Undone: reviewed"
    proposed.key(Qt.Key.Key_Delete)
    assert proposed.annotation.total() == 46
    assert QApplication.activeModalWidget() is None
    proposed.key(Qt.Key.Key_Y, CTRL)
    assert proposed.session.annotation("c00.png").state is ReviewState.REVIEWED
    assert proposed.session.selected == ()


def test_undo_and_redo_select_what_they_brought_back(proposed, places) -> None:
    proposed.click(*places()[20].centre)
    chosen = proposed.session.selected
    proposed.key(Qt.Key.Key_Delete)
    assert status(proposed) == "Deleted. 45 left."
    proposed.key(Qt.Key.Key_Z, CTRL)
    assert proposed.session.selected == chosen
    proposed.key(Qt.Key.Key_Y, CTRL)
    assert proposed.session.selected == ()


def test_the_class_after_a_split_is_for_one_part(proposed, places) -> None:
    box = places()[0]
    proposed.click(*box.centre)
    whole = proposed.session.selected
    proposed.key(Qt.Key.Key_S)
    proposed.key(Qt.Key.Key_S)
    assert len(proposed.session.selected) == 1
    proposed.key("5")
    assert [c.label for c in proposed.annotation.chromosomes].count(4) == 3, "one part, beside two that were there"
    proposed.key(Qt.Key.Key_Z, CTRL)
    proposed.key(Qt.Key.Key_Z, CTRL)
    assert proposed.session.selected == whole


@pytest.mark.parametrize(("key", "letter", "name"), [(Qt.Key.Key_Delete, Qt.Key.Key_D, "many-deleted"),
                                                     (Qt.Key.Key_J, Qt.Key.Key_J, "many-joined"),
                                                     ("9", Qt.Key.Key_G, "many-classes")])  # fmt: skip
def test_acts_on_more_than_three_ask_once_and_enter_leaves_all_as_it_is(proposed, key, letter, name: str) -> None:
    before = proposed.annotation.chromosomes
    proposed.key(Qt.Key.Key_A, CTRL)
    proposed.key(key)
    asked = QApplication.activeModalWidget()
    assert asked.objectName() == name
    assert "46" in asked.text()
    proposed.answer(Qt.Key.Key_Return)
    assert proposed.annotation.chromosomes == before
    proposed.key(key)
    proposed.answer(letter)
    assert proposed.annotation.chromosomes != before
    assert QApplication.activeModalWidget() is None, "once"
    proposed.key(Qt.Key.Key_Z, CTRL)
    assert proposed.annotation.chromosomes == before
    assert proposed.session.selected == ()


def test_three_are_deleted_and_named_without_a_question(proposed, places) -> None:
    for k in (10, 20, 30):
        proposed.click(*places()[k].centre, CTRL)
    proposed.key("9")
    assert QApplication.activeModalWidget() is None
    assert status(proposed) == "Class 9 given."
    proposed.key(Qt.Key.Key_Delete)
    assert proposed.annotation.total() == 43


def test_every_act_is_told_and_nothing_is_told_in_the_next_cell(proposed, places) -> None:
    proposed.click(*places()[20].centre)
    for key, modifier, sentence in (
        (Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier, "Moved."),
        (Qt.Key.Key_E, Qt.KeyboardModifier.NoModifier, "Turned a little."),
        (Qt.Key.Key_W, Qt.KeyboardModifier.NoModifier, "Turned by 180°."),
        (Qt.Key.Key_U, Qt.KeyboardModifier.NoModifier, "Mark of uncertainty changed."),
        (Qt.Key.Key_7, Qt.KeyboardModifier.NoModifier, "Class 7 given."),
        (Qt.Key.Key_G, Qt.KeyboardModifier.NoModifier, "Class 7 given."),
        (Qt.Key.Key_N, Qt.KeyboardModifier.NoModifier, "Box added. 47 now."),
        (Qt.Key.Key_Z, CTRL, "c00.png: Undone: add"),
    ):
        proposed.key(key, modifier)
        assert status(proposed) == sentence
    proposed.key(Qt.Key.Key_D)
    assert status(proposed) == ""


def test_taking_all_suggestions_selects_none_of_them(driver, case_folder: Path, places) -> None:
    driver.open(case_folder)
    driver.double_click(*places()[20].centre)
    driver.key(Qt.Key.Key_B, CTRL)
    driver.until(lambda: driver.window.runner.last_run.total == 3)
    driver.until(lambda: driver.session.suggestions.get("c00.png") is not None)
    driver.key(Qt.Key.Key_G, SHIFT)
    assert driver.annotation.total() == 46
    assert driver.session.selected == ()
    assert status(driver).startswith("45 suggestions taken over, 46 chromosomes now")
    driver.key(Qt.Key.Key_Delete)
    assert driver.annotation.total() == 46


def test_a_key_held_down_does_not_go_through_the_cells(driver, case_folder: Path) -> None:
    driver.open(case_folder)
    repeated = {name for name, action in driver.window.menus.actions.items() if action.autoRepeat()}
    assert not {"reviewed", "delete", "accept", "split", "take_suggestions", "set_aside", "new_box"} & repeated
    assert {"right", "left_far", "zoom_in", "next_cell"} <= repeated

"""The board opens at a size to read it, takes the whole window by one key, and gives it back as it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication


@pytest.fixture
def shown(driver, case_folder: Path):
    driver.window.resize(1366, 768)
    driver.open(case_folder)
    driver.key(Qt.Key.Key_I)
    driver.until(lambda: len(driver.annotation.chromosomes) > 40)
    driver.key(Qt.Key.Key_K)
    QApplication.processEvents()
    return driver


def test_the_board_opens_at_a_size_to_read_it(shown) -> None:
    board = shown.window.karyogram.board
    view = board.view
    assert view.width() >= 700
    assert view.height() >= 280
    shown.until(lambda: bool(board.model.strips))
    shown.until(lambda: view.transform().m11() > 0.6)  # logical pixels for one of the picture; four rows give 0.41


def test_a_low_board_has_two_rows_and_is_saved_with_the_usual_four(shown) -> None:
    board = shown.window.karyogram.board
    shown.until(lambda: bool(board.model.strips))
    assert board.view.aspect() > 2.3
    assert len({area.y for area in board.model.layout().slots if area.slot != "tray"}) == 2
    picture = board.pages.picture()()
    assert len({y for text, _, y in picture.labels if text in ("1", "6", "13", "19")}) == 4


def test_f11_gives_the_board_the_window_and_brings_all_panels_back(shown) -> None:
    window = shown.window
    docks = window.window_layout.docks
    QApplication.processEvents()
    before = {name: (dock.isVisible(), dock.size()) for name, dock in docks.items()}
    shown.key(Qt.Key.Key_F11)
    QApplication.processEvents()
    assert docks["karyogram"].width() > 0.97 * window.width()
    assert not window.centralWidget().isVisible()
    assert window.menus.actions["whole_board"].isChecked()
    shown.key(Qt.Key.Key_F11)
    for _ in range(4):
        QApplication.processEvents()
    assert window.centralWidget().isVisible()
    after = {name: (dock.isVisible(), dock.size()) for name, dock in docks.items()}
    assert {n: v for n, (v, _) in after.items()} == {n: v for n, (v, _) in before.items()}
    for name, (visible, size) in before.items():
        if visible:
            assert abs(after[name][1].width() - size.width()) <= 4, name
            assert abs(after[name][1].height() - size.height()) <= 4, name


def test_a_board_that_was_only_out_of_sight_cuts_nothing_out_again(shown) -> None:
    board = shown.window.karyogram.board
    shown.until(lambda: bool(board.model.strips))
    strips = board.model.strips
    for key in (Qt.Key.Key_F11, Qt.Key.Key_F11, Qt.Key.Key_K, Qt.Key.Key_K):
        shown.key(key)
        QApplication.processEvents()
        assert board.model.strips
    assert all(board.model.strips[i].pixels is strips[i].pixels for i in strips)


def test_the_button_over_the_board_does_the_same(shown) -> None:
    window, button = shown.window, shown.window.karyogram.board.bar.whole
    button.click()
    assert not window.centralWidget().isVisible()
    assert button.isChecked()
    button.click()
    assert window.centralWidget().isVisible()
    assert not button.isChecked()


def test_a_case_that_is_closed_and_a_reset_bring_the_panels_back(shown) -> None:
    window = shown.window
    shown.key(Qt.Key.Key_F11)
    window.window_layout.reset()
    assert window.centralWidget().isVisible()
    shown.key(Qt.Key.Key_F11)
    window.controller.close_case()
    QApplication.processEvents()
    assert window.centralWidget().isVisible()
    assert not window.menus.actions["whole_board"].isChecked()


def test_s_splits_in_the_metaphase_and_straightens_on_the_board(shown) -> None:
    window = shown.window
    board = window.karyogram.board
    shown.until(lambda: bool(board.model.strips))
    first = next(iter(board.model.strips))
    board.setFocus()
    board.select(first)
    QTest.keyClick(board.view, Qt.Key.Key_S)
    assert window.view.tool.id == "select"
    assert first in board.model.look.unlike
    window.view.setFocus()
    QTest.keyClick(window.view, Qt.Key.Key_S)
    assert window.view.tool.id == "split"

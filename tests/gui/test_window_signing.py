"""The window around a signature: idle lock, approved cases refuse edits, marks of the tally, and the board's room."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import argon2
import pytest
from people_samples import sign_all_the_same
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from karyoview.accounts.users import Credentials, Role, Users
from karyoview.gui.accounts import idle_lock as lock_module
from karyoview.gui.dialogs.tally import TallyDialog
from karyoview.io.database import open_engine
from karyoview.services.signing import amend_case

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Users]:
    engine = open_engine(f"sqlite:///{tmp_path / 'users.db'}")
    known = Users(engine, argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    known.create("ana", "Ana Ng", Role.ANALYST, "first passphrase")
    known.create("bob", "Bob Li", Role.APPROVER, "second passphrase")
    monkeypatch.setattr(lock_module, "known_users", lambda: known)
    yield known
    engine.dispose()


def reviewed(driver, folder: Path) -> None:
    driver.window.settings["confirm_red"] = False
    driver.open(folder)
    driver.key(Qt.Key.Key_B, CTRL)
    driver.until(lambda: driver.window.runner.last_run.done == 3)
    for _ in range(3):
        driver.reviewed()
    assert driver.window.controller.all_saved()


def test_every_window_locks_itself_when_idle_and_covers_what_else_is_open(driver, users: Users) -> None:
    window = driver.window
    window.idle_lock._users = lambda: users
    beside = QLabel("a patient's cells")
    beside.show()
    window.idle_lock.check()
    assert window.idle_lock.dialog is None, "somebody was here a moment ago"
    window.settings["idle_lock"] = 1
    window.idle_lock._last -= 61.0
    QTest.keyClick(window, Qt.Key.Key_H)
    window.idle_lock.check()
    assert window.idle_lock.dialog is None, "a key is a sign of life"
    window.idle_lock._last -= 61.0
    window.idle_lock.check()
    dialog = window.idle_lock.dialog
    assert dialog.isVisible()
    assert not beside.isVisible()
    QTest.keyClicks(dialog.name, "bob")
    QTest.keyClicks(dialog.passphrase, "second passphrase")
    QTest.keyClick(dialog.passphrase, Qt.Key.Key_Return)
    assert window.idle_lock.dialog is None
    assert window.controller.person == "Bob Li"
    assert beside.isVisible()
    beside.close()


def test_an_approved_case_refuses_edits_until_it_is_amended(driver, case_folder: Path, users: Users) -> None:
    reviewed(driver, case_folder)
    window, case = driver.window, driver.window.controller.case
    sign_all_the_same(case, users, "ana", "first passphrase", "analysed")
    sign_all_the_same(case, users, "bob", "second passphrase", "approved")
    window.lock_changed()
    assert window.header.saved.text() == "read-only"
    driver.in_sight()
    before = driver.annotation
    driver.view.setFocus()
    driver.key(Qt.Key.Key_Z, CTRL)
    assert "approved" in window.statusBar().currentMessage()
    driver.click(before.chromosomes[0].box.cx, before.chromosomes[0].box.cy)
    driver.key(Qt.Key.Key_Delete)
    assert driver.annotation == before
    assert window.controller.all_saved(), "nothing was sent to the disk in vain"
    driver.key(Qt.Key.Key_A, SHIFT)
    assert not case.cell(driver.session.current).analysed
    amend_case(case, users, Credentials("bob", "second passphrase"), "wrong specimen")
    window.lock_changed()
    driver.click(before.chromosomes[0].box.cx, before.chromosomes[0].box.cy)
    driver.key(Qt.Key.Key_Delete)
    assert driver.annotation.total() == before.total() - 1


def test_a_cell_is_marked_by_a_key_on_the_board_and_in_the_tally_alike(driver, case_folder: Path) -> None:
    reviewed(driver, case_folder)
    window, case, image = driver.window, driver.window.controller.case, driver.session.current
    driver.key(Qt.Key.Key_K)
    assert not window.karyogram.board.karyotyped.isChecked()
    driver.key(Qt.Key.Key_K, SHIFT)
    assert case.cell(image).karyotyped
    assert window.karyogram.board.karyotyped.isChecked()
    driver.key(Qt.Key.Key_T, CTRL | SHIFT)
    tally = window.findChild(TallyDialog)
    row = next(r for r in range(tally.table.rowCount()) if tally.table.item(r, 0).text() == image)
    assert tally.table.item(row, 3).checkState() is Qt.CheckState.Checked
    tally.table.item(row, 3).setCheckState(Qt.CheckState.Unchecked)
    assert not case.cell(image).karyotyped
    assert not window.karyogram.board.karyotyped.isChecked()
    tally.reject()
    window.activateWindow()
    QTest.mouseClick(window.karyogram.board.analysed, Qt.MouseButton.LeftButton)
    assert case.cell(image).analysed


@pytest.mark.parametrize("width", [1280, 1440])
def test_the_board_finds_its_room_inside_the_window(driver, case_folder: Path, width: int) -> None:
    driver.window.resize(width, 900)
    driver.open(case_folder)
    driver.key(Qt.Key.Key_I)
    driver.until(lambda: driver.annotation.total() == 46)
    driver.session.relabel([driver.annotation.chromosomes[0].id], 20)  # a long headline, and doubts in the header
    driver.key(Qt.Key.Key_K)
    driver.until(lambda: driver.window.karyogram.board is not None and driver.window.karyogram.board.isVisible())
    QApplication.processEvents()
    assert driver.window.width() == width
    assert driver.window.height() == 900
    assert driver.view.width() >= 200


def test_the_board_never_shows_another_cell_than_the_metaphase(driver, case_folder: Path) -> None:
    (case_folder / "c00b.png").write_bytes(b"\x89PNG\r\n\x1a\n broken")
    driver.open(case_folder)
    driver.key(Qt.Key.Key_I)
    driver.until(lambda: driver.annotation.total() == 46)
    driver.key(Qt.Key.Key_K)
    board = driver.window.karyogram.board
    driver.until(lambda: len(board.model.strips) == 46)
    driver.key(Qt.Key.Key_D)
    driver.until(lambda: "c00b.png" in driver.view.message and "Loading" not in driver.view.message)
    assert board.view.message == driver.view.message
    assert not board.model.strips
    assert board.headline.text() == ""
    driver.key(Qt.Key.Key_A)
    driver.until(lambda: len(board.model.strips) == 46)
    assert board.headline.text().startswith("46")

"""The worklist in real windows, on SQLite and on PostgreSQL: what waits for whom, and who has a case open."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import argon2
import pytest
from people_samples import sign_all_the_same
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from karyoview.accounts.users import Role, Users
from karyoview.case.case import Case
from karyoview.case.index import CaseIndex
from karyoview.gui.worklist.dialog import WorklistDialog
from karyoview.gui.worklist.entry_dialog import EntryDialog
from karyoview.io.database import open_engine
from karyoview.services.worklist import add_to_worklist, read_worklist

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture(params=["sqlite", "postgresql"])
def index(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of an index of its own."""
    address = f"sqlite:///{tmp_path / 'index.sqlite'}"
    if request.param == "postgresql":
        address = request.getfixturevalue("postgres_server")
        with CaseIndex(address) as old:
            for case in old.cases():
                old.remove(Path(case.folder))
    monkeypatch.setenv("KARYOVIEW_INDEX", address)
    return address


def texts(dialog: WorklistDialog, row: int = 0) -> list[str]:
    return [dialog.table.item(row, column).text() for column in range(dialog.table.columnCount())]


def test_two_windows_share_one_worklist(driver, another, index: str, case_folder: Path) -> None:
    driver.window.settings["person"] = "Ana"
    driver.open(case_folder)
    driver.key("n")
    driver.reviewed()
    driver.until(lambda: len(read_worklist()) == 1)
    driver.until(lambda: read_worklist()[0].item.reviewed_by == "Ana 1")
    other = another("Eva")
    other.menus.actions["worklist"].trigger()
    dialog = other.findChild(WorklistDialog)
    driver.until(lambda: dialog.table.rowCount() == 1)
    shown = texts(dialog)
    assert shown[3:5] == ["in work", "1/3"]
    assert shown[6].startswith("Ana on ")
    assert shown[7] == "Ana 1"
    dialog.table.selectRow(0)
    assert "c00.png: Ana" in dialog.note.text()
    # While Ana has it open, nobody else can assign it; Ana can.
    dialog._set(dialog.rows()[0], "P-17", "urgent", "Eva")
    assert "Ana has this case open" in dialog.note.text()
    driver.window.menus.actions["worklist"].trigger()
    own = driver.window.findChild(WorklistDialog)
    driver.until(lambda: own.table.rowCount() == 1)
    own.table.selectRow(0)
    QTest.mouseClick(own.edit, Qt.MouseButton.LeftButton)
    entry = own.findChild(EntryDialog)
    QTest.keyClicks(entry.code, "P-17")
    entry.priority.setCurrentIndex(0)
    entry.person.setCurrentText("Eva")
    entry._give()
    driver.until(lambda: texts(own)[:1] == ["P-17"])
    assert texts(own)[2] == "urgent"
    assert texts(own)[5] == "Eva"
    dialog.refresh()
    driver.until(lambda: texts(dialog)[0] == "P-17")
    dialog.shown.setCurrentIndex(dialog.shown.findData("mine"))
    assert dialog.table.rowCount() == 1
    own.shown.setCurrentIndex(own.shown.findData("mine"))
    assert own.table.rowCount() == 0
    driver.window.close()
    driver.until(lambda: not read_worklist()[0].open_by)
    dialog.table.selectRow(0)
    QTest.mouseClick(dialog.open_button, Qt.MouseButton.LeftButton)
    driver.until(lambda: other.controller.session is not None)
    assert other.controller.case.settings.details["assignee"] == "Eva"
    assert not other.controller.session.read_only_reason


def test_the_list_comes_back_from_the_folders(index: str, case_folder: Path) -> None:
    from karyoview.case.worklist import set_entry

    with Case.open(case_folder, user="Ana") as case:
        set_entry(case, "P-4", "low", "Ana")
    report = add_to_worklist(case_folder.parent)
    assert (report.cases, report.problems) == (1, [])
    (row,) = read_worklist("p-4")
    assert (row.item.patient_code, row.item.priority, row.item.state, row.waits_for) == ("P-4", "low", "new", "Ana")
    with CaseIndex() as opened:
        opened.remove(case_folder)
        assert read_worklist() == []
        opened.rebuild([case_folder.parent])
    assert read_worklist()[0].item.assignee == "Ana"
    assert read_worklist("nobody") == []


@pytest.fixture
def users(tmp_path: Path) -> Iterator[Users]:
    engine = open_engine(f"sqlite:///{tmp_path / 'users.db'}")
    known = Users(engine, argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    known.create("ana", "Ana", Role.ANALYST, "first passphrase")
    known.create("bob", "Bob", Role.APPROVER, "second passphrase")
    yield known
    engine.dispose()


def show_queue(dialog: WorklistDialog) -> None:
    """Choose what waits for an approval, and read the list anew."""
    dialog.shown.setCurrentIndex(dialog.shown.findData("approval"))
    dialog.refresh()


def test_a_signed_case_waits_for_an_approver_and_leaves_the_queue_once_approved(
    driver, another, index: str, case_folder: Path, users: Users
) -> None:
    driver.window.settings["person"], driver.window.settings["confirm_red"] = "Ana", False
    driver.open(case_folder)
    driver.key(Qt.Key.Key_B, CTRL)
    driver.until(lambda: driver.window.runner.last_run.done == 3)
    for _ in range(3):
        driver.reviewed()
    driver.until(lambda: bool(read_worklist()) and read_worklist()[0].item.state == "to sign")
    other = another("Bob")
    other.menus.actions["worklist"].trigger()
    queue = other.findChild(WorklistDialog)
    driver.until(lambda: queue.table.rowCount() == 1)
    show_queue(queue)
    assert queue.table.rowCount() == 0, "what is not signed waits for no approver"
    sign_all_the_same(driver.window.controller.case, users, "ana", "first passphrase", "analysed")
    driver.window.lock_changed()
    driver.window.close()
    driver.until(lambda: read_worklist()[0].item.state == "to approve" and not read_worklist()[0].open_by)
    show_queue(queue)
    driver.until(lambda: queue.table.rowCount() == 1)
    assert texts(queue)[3] == "waits for approval"
    assert texts(queue)[5] == "an approver"
    queue.table.selectRow(0)
    QTest.mouseClick(queue.open_button, Qt.MouseButton.LeftButton)
    driver.until(lambda: other.controller.session is not None)
    sign_all_the_same(other.controller.case, users, "bob", "second passphrase", "approved")
    other.lock_changed()
    assert other.controller.session.read_only_reason
    other.menus.actions["worklist"].trigger()
    queue = other.findChild(WorklistDialog)
    driver.until(lambda: read_worklist()[0].item.state == "approved")
    queue.shown.setCurrentIndex(queue.shown.findData("all"))
    queue.refresh()
    driver.until(lambda: bool(queue.rows()) and queue.rows()[0].item.state == "approved")
    show_queue(queue)
    assert queue.table.rowCount() == 0


def test_a_case_that_was_set_back_is_said_so_at_opening(driver, index: str, case_folder: Path, tmp_path: Path) -> None:
    driver.window.settings["person"] = "Ana"
    driver.open(case_folder)
    driver.key("n")
    driver.reviewed()
    driver.until(lambda: len(read_worklist()) == 1)
    driver.window.controller.close_case()
    shutil.copytree(case_folder, tmp_path / "copy")
    driver.open(case_folder)
    driver.key("n")
    driver.reviewed()
    driver.until(lambda: read_worklist()[0].case.reviewed == 2)
    driver.window.controller.close_case()
    shutil.rmtree(case_folder)
    shutil.copytree(tmp_path / "copy", case_folder)
    messages: list[str] = []
    driver.window.controller.message.connect(messages.append)
    driver.open(case_folder)
    driver.until(lambda: any("was set back" in text for text in messages))

"""The worklist in real windows, on SQLite and on PostgreSQL: what waits for whom, and who has a case open."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from karyoview.case.case import Case
from karyoview.case.index import CaseIndex
from karyoview.gui.window import MainWindow
from karyoview.gui.worklist.dialog import WorklistDialog
from karyoview.gui.worklist.entry_dialog import EntryDialog
from karyoview.services.settings import Settings
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


@pytest.fixture
def another(tmp_path: Path) -> Iterator[Callable[[str], MainWindow]]:
    windows: list[MainWindow] = []

    def show(person: str) -> MainWindow:
        settings = Settings(tmp_path / f"{person}.json")
        settings["person"] = person
        windows.append(MainWindow(settings))
        windows[-1].show()
        return windows[-1]

    yield show
    for window in windows:
        window.close()
        window.deleteLater()
    QApplication.processEvents()


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

"""Keys: no two collide, classes belong to no tool, text fields keep their letters, people can change them."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from karyoview.core.karyogram import TRAY
from karyoview.gui.keys import CLASS_KEYS, KeyMap, actions, find, normal

EXPERIENCE = {
    "next_cell": "D", "previous_cell": "A", "next_open": "Ctrl+Shift+D", "previous_open": "Ctrl+Shift+A",
    "reviewed": "Return", "next_doubt": "Space", "cycle": "Tab", "box": "R", "rotated": "O", "rotate_left": "Q",
    "rotate_right": "E", "rotate_left_fine": "Shift+Q", "turn": "W", "delete": "Del", "undo": "Ctrl+Z",
    "redo": "Ctrl+Shift+Z", "hide": "H", "hide_others": "Shift+H", "labels": "L", "raw": "B", "fit": "F",
    "full_size": "Ctrl+0", "run": "I", "run_all": "Ctrl+B", "karyogram": "K", "export": "Ctrl+E", "select": "V",
    "new_box": "N", "left": "Left", "left_far": "Shift+Left", "wider": "Alt+Right", "count": "C", "split": "S",
    "join": "J", "accept": "G", "set_aside": "Ctrl+Backspace", "help": "F1", "keys": "Ctrl+/",
}  # fmt: skip


def test_no_two_keys_collide_and_no_tool_owns_a_class() -> None:
    assert KeyMap().problems() == []
    taken = {normal(k) for a in actions() for k in a.keys}
    assert not taken & CLASS_KEYS


def test_the_keys_are_those_of_the_experience_page() -> None:
    for action, key in EXPERIENCE.items():
        assert normal(key) in KeyMap().keys(action), action
    assert {normal("Esc"), normal("Ctrl+Y"), normal("Ctrl+F")} <= {k for a in actions() for k in map(normal, a.keys)}


def test_a_collision_is_found_across_scopes() -> None:
    keys = KeyMap()
    assert "already means: Rotated box" in keys.problem("left", "O")
    assert "gives a class" in keys.problem("left", "X")
    assert keys.problem("left", "Left") == ""
    changed = KeyMap({"loupe": ["O"]})
    assert len(changed.problems()) == 2


def test_every_action_does_something_and_is_reachable(driver) -> None:
    for act in actions():
        handlers = getattr(driver.window.handlers, act.subject)
        assert act.is_tool or callable(getattr(handlers, act.id)), act.id
        assert act.menu or act.keys, act.id


def test_the_keys_of_the_karyogram_are_in_the_table_and_can_be_changed(driver, case_folder: Path) -> None:
    assert "already means: To the tray" in KeyMap().problem("mirror", "T")
    assert "already means: To the tray" in KeyMap().problem("loupe", "T")
    assert KeyMap().problem("left", "T") == ""  # the metaphase does not hear the karyogram's keys
    driver.open(case_folder)
    driver.key(Qt.Key.Key_I)
    driver.until(lambda: driver.annotation.total() == 46)
    driver.key(Qt.Key.Key_K)
    dock = driver.window.karyogram
    driver.until(lambda: dock.board is not None and len(dock.board.model.strips) == 46)
    keymap = KeyMap()
    keymap.set("tray", ["Ctrl+Shift+U"])
    driver.window.menus.set_keymap(keymap)
    driver.until(dock.board.view.hasFocus)
    driver.key(Qt.Key.Key_Right)
    (chosen,) = driver.session.selected
    driver.key(Qt.Key.Key_T)
    assert chosen not in dock.board.model.karyogram().slots[TRAY]
    driver.key(Qt.Key.Key_U, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert chosen in dock.board.model.karyogram().slots[TRAY]


def test_letters_typed_into_a_text_field_reach_no_action(driver, case_folder: Path) -> None:
    driver.open(case_folder)
    driver.window.handlers.cell.set_aside()
    field = QApplication.activeModalWidget().reason.lineEdit()
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "dax 47 r")
    assert field.text() == "dax 47 r"
    assert driver.session.current == "c00.png"
    QTest.keyClick(field, Qt.Key.Key_Return)
    driver.until(lambda: driver.session.annotation("c00.png").reason == "dax 47 r")


def test_a_person_changes_a_key_and_a_taken_one_is_refused(driver, case_folder: Path) -> None:
    driver.open(case_folder)
    driver.key(Qt.Key.Key_Slash, Qt.KeyboardModifier.ControlModifier)
    driver.until(lambda: QApplication.activeModalWidget() is not None)
    dialog = QApplication.activeModalWidget()
    dialog.choose("loupe")
    dialog.editor.setKeySequence(QKeySequence("O"))
    QTest.mouseClick(dialog.apply, Qt.MouseButton.LeftButton)
    assert "Rotated box" in dialog.problem.text()
    dialog.editor.setKeySequence(QKeySequence("Ctrl+T"))
    QTest.mouseClick(dialog.apply, Qt.MouseButton.LeftButton)
    QTest.mouseClick(dialog.ok, Qt.MouseButton.LeftButton)
    driver.until(lambda: QApplication.activeModalWidget() is None)
    driver.window.activateWindow()
    driver.view.setFocus()
    driver.until(driver.view.hasFocus)
    driver.key(Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    assert driver.view.loupe.isVisible()
    assert driver.window.settings["keys"] == {"loupe": ["Ctrl+T"]}


@pytest.mark.parametrize(
    ("typed", "label"), [("1", "1"), ("2", "2"), ("12", "12"), ("22", "22"), ("7", "7"), ("23", "3"), ("y", "Y")]
)
def test_typing_a_class(driver, case_folder: Path, typed: str, label: str) -> None:
    from karyoview.core.chromosome import CLASSES

    driver.window.settings["digit_wait"] = 200
    driver.open(case_folder)
    driver.key(Qt.Key.Key_N)
    for letter in typed:
        driver.key(letter)
    driver.until(lambda: driver.annotation.chromosomes[0].label is not None)
    driver.qtbot.wait(230)
    assert CLASSES[driver.annotation.chromosomes[0].label].label == label


def test_titles_have_no_mnemonic_signs() -> None:
    assert "&" not in find("undo").title


def test_f1_opens_the_shipped_help_and_links_stay_inside(driver, tmp_path: Path) -> None:
    from karyoview.gui.dialogs.help import HelpWindow

    (tmp_path / "index.md").write_text("# Quick start\n\nSee [keys](keys.md) or [away](/etc/hosts).", encoding="utf-8")
    (tmp_path / "keys.md").write_text("# All keys\n\nSpace goes on.", encoding="utf-8")
    shown = HelpWindow(driver.window, tmp_path)
    shown.show()
    assert [shown.pages.item(i).text() for i in range(2)] == ["Quick start", "All keys"]
    assert "See" in shown.text.toPlainText()
    from PySide6.QtCore import QUrl

    shown._follow(QUrl("keys.md"))
    assert "Space goes on" in shown.text.toPlainText()
    shown._follow(QUrl("file:///etc/hosts"))
    assert "Space goes on" in shown.text.toPlainText()
    shown.close()
    driver.view.setFocus()
    driver.key(Qt.Key.Key_F1)
    driver.until(lambda: HelpWindow._open is not None and HelpWindow._open.isVisible())
    HelpWindow._open.close()


def test_space_presses_a_button_reached_by_tab_and_no_other(driver, case_folder: Path) -> None:
    window, pressed = driver.window, []
    sample = window.welcome.sample_buttons[0]
    sample.clicked.disconnect()
    sample.clicked.connect(lambda *_: pressed.append("sample"))
    for _ in range(40):
        if sample.hasFocus():
            break
        QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
    driver.key(Qt.Key.Key_Space)
    assert pressed == ["sample"]
    driver.open(case_folder)
    driver.key(Qt.Key.Key_I)
    driver.until(lambda: driver.annotation.total() == 46)
    button = next(b for b in window.engine.findChildren(QPushButton) if b.text() == "All cells")
    button.clicked.disconnect()
    button.clicked.connect(lambda *_: pressed.append("all cells"))
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert pressed == ["sample", "all cells"]
    driver.key(Qt.Key.Key_Space)
    assert pressed == ["sample", "all cells"], "after a click Space goes to the next doubt"
    assert driver.session.selected


def test_tab_leads_out_of_every_table() -> None:
    """A table that takes Tab for its own cells keeps whoever has no mouse inside it for ever."""
    import karyoview.gui

    sources = [p.read_text(encoding="utf-8") for p in Path(karyoview.gui.__path__[0]).rglob("*.py")]
    tables = [s for s in sources if "= QTableWidget(" in s]
    assert len(tables) > 4
    assert all(s.count("= QTableWidget(") == s.count("setTabKeyNavigation(False)") for s in tables)

"""A tool that is registered from outside the package, as its page says, works in the window like the shipped ones."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from karyoview._resources import resource
from karyoview.gui.canvas.tool import TOOLS, Tool, register_tool
from karyoview.gui.canvas.tools import BoxTool
from karyoview.gui.dialogs.shortcuts import ShortcutsDialog
from karyoview.gui.keys import KeyMap, actions, find

CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def toy_tool(tmp_path: Path) -> Iterator[str]:
    """The tool of the page, registered for as long as the test runs."""
    before = dict(TOOLS)
    page = resource("help", "contributing", "add-a-window-tool.md").read_text(encoding="utf-8")
    path = tmp_path / "toy_tool.py"
    path.write_text("\n".join(re.findall(r"```python\n(.*?)```", page, re.DOTALL)), encoding="utf-8")
    spec = importlib.util.spec_from_file_location("toy_tool", path)
    assert spec is not None
    assert spec.loader is not None
    spec.loader.exec_module(importlib.util.module_from_spec(spec))
    (tool,) = set(TOOLS) - set(before)
    yield tool
    TOOLS.clear()
    TOOLS.update(before)


@pytest.fixture
def tooled(toy_tool: str, request: pytest.FixtureRequest, case_folder: Path):
    """The driver of a window that was built after the tool was registered, with a case of 46 proposals."""
    driver = request.getfixturevalue("driver")
    driver.open(case_folder)
    driver.key(Qt.Key.Key_I)
    driver.until(lambda: driver.annotation.total() == 46)
    return driver


def test_the_tool_of_the_page_edits_by_clicks(tooled, places, case_folder: Path) -> None:
    window, box = tooled.window, places()[20]
    tooled.click(*box.centre)
    (chosen,) = tooled.session.selected
    tooled.key(Qt.Key.Key_E, CTRL_SHIFT)
    assert window.view.tool.id == "eraser"
    assert window.window_layout.tool_label.text() == "Eraser: click a box to delete it"
    assert window.menus.actions["eraser"].font().bold()
    tooled.click(*box.centre)
    assert tooled.annotation.total() == 45
    assert chosen not in [c.id for c in tooled.annotation.chromosomes]
    tooled.click(4, 4)
    assert tooled.annotation.total() == 45, "there is no box"
    tooled.saved()
    assert len(tooled.on_disk(case_folder, "c00.png")["chromosomes"]) == 45
    tooled.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert tooled.annotation.total() == 46
    tooled.key(Qt.Key.Key_Escape)
    assert window.view.tool.id == "select"
    assert window.window_layout.tool_label.text() == ""


def test_it_stands_in_menu_and_sheet_and_its_key_can_be_changed(tooled) -> None:
    window = tooled.window
    edit = [a.objectName() for a in window.menus.menus["edit"].actions()]
    assert edit[edit.index("split") + 1] == "eraser"
    assert KeyMap().problems() == []
    window.handlers.help.keys()
    dialog = window.findChild(ShortcutsDialog)
    dialog.choose("eraser")
    dialog.editor.setKeySequence("Ctrl+T")
    dialog.apply.click()
    QTest.mouseClick(dialog.ok, Qt.MouseButton.LeftButton)
    tooled.until(lambda: QApplication.activeModalWidget() is None)
    assert window.settings["keys"] == {"eraser": ["Ctrl+T"]}
    window.activateWindow()
    window.view.setFocus()
    tooled.until(window.view.hasFocus)
    tooled.key(Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    assert window.view.tool.id == "eraser"


def test_a_tool_is_refused_a_case_that_may_not_be_changed_with_a_sentence(tooled, places) -> None:
    tooled.session.read_only_reason = "The case is approved."
    tooled.key(Qt.Key.Key_E, CTRL_SHIFT)
    tooled.click(*places()[20].centre)
    assert tooled.annotation.total() == 46
    assert tooled.window.statusBar().currentMessage() == "The case is approved."


def test_a_tool_needs_an_id_of_its_own_and_a_title() -> None:
    with pytest.raises(ValueError, match="needs an id and a title"):
        register_tool(type("Nameless", (Tool,), {"id": "nameless"}))
    with pytest.raises(ValueError, match="already: BoxTool"):
        register_tool(type("Other", (Tool,), {"id": "box", "title": "Other"}))
    assert TOOLS["box"] is BoxTool


def test_without_the_toy_the_table_is_the_shipped_one() -> None:
    assert [a.id for a in actions() if a.is_tool] == ["select", "box", "rotated", "count", "split"]
    assert find("split").keys == ("S",)

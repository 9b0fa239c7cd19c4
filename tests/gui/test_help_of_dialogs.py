"""F1 opens a page of the help in every dialog of the window: none is forgotten, and every page named is there."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

import karyoview.gui
from karyoview._resources import resource
from karyoview.gui.dialogs.help import HelpWindow

PACKAGE = Path(karyoview.gui.__file__).parent
EXEMPT = {
    "LockDialog": "nothing opens over a locked window",
    "TypedDialog": "only its heirs are shown",
}
CTRL = Qt.KeyboardModifier.ControlModifier


def classes() -> dict[str, ast.ClassDef]:
    found = {}
    for path in PACKAGE.rglob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                found[node.name] = node
    return found


def is_dialog(node: ast.ClassDef, known: dict[str, ast.ClassDef]) -> bool:
    bases = [b.id for b in node.bases if isinstance(b, ast.Name)]
    return "QDialog" in bases or any(b in known and is_dialog(known[b], known) for b in bases)


def pages_of(node: ast.ClassDef, known: dict[str, ast.ClassDef]) -> Iterator[str]:
    """Pages that a class or one it comes from names to ``add_help``."""
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "add_help":
            page = call.args[1]
            assert isinstance(page, ast.Constant), f"{node.name} names no page"
            yield str(page.value)
    for base in node.bases:
        if isinstance(base, ast.Name) and base.id in known:
            yield from pages_of(known[base.id], known)


def test_every_dialog_has_a_page_of_the_help_that_is_there() -> None:
    known = classes()
    dialogs = {name: node for name, node in known.items() if is_dialog(node, known) and name not in EXEMPT}
    assert len(dialogs) > 18
    for name in (*dialogs, "TrainingPage", "TeachingPage"):
        pages = list(pages_of(known[name], known))
        assert pages, f"F1 does nothing in {name}"
        assert all(resource("help", f"{page}.md").is_file() for page in pages), name


@pytest.mark.parametrize(
    ("action", "page"),
    [("report", "tasks"), ("tally", "tasks"), ("gallery", "tasks"), ("settings", "keys"), ("tour", "quick-start"),
     ("training", "training"), ("cell_details", "case-folder")],
)  # fmt: skip
def test_f1_in_a_dialog_turns_to_its_page(driver, case_folder: Path, action: str, page: str) -> None:
    driver.open(case_folder)
    driver.window.menus.actions[action].trigger()
    QApplication.processEvents()
    shown = opened(driver.window)
    QTest.keyClick(shown, Qt.Key.Key_F1)
    (help_window,) = [w for w in QApplication.topLevelWidgets() if isinstance(w, HelpWindow) and w.isVisible()]
    assert Path(help_window.pages.currentItem().data(0x0100)).stem == page
    help_window.close()
    shown.close()


def opened(window: QWidget) -> QWidget:
    """The dialog or page that was opened above the window."""
    modal = QApplication.activeModalWidget()
    if modal is not None:
        return modal
    kinds = (Qt.WindowType.Dialog, Qt.WindowType.Window)
    return next(w for w in QApplication.topLevelWidgets() if w.isVisible() and w is not window
                and w.windowType() in kinds)  # fmt: skip

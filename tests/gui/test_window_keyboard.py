"""A case from its folder to reviewed and exported counts, and the settings of case and cell, by key events alone."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLineEdit, QMessageBox, QWidget

from karyoview.core.annotation import ReviewState
from karyoview.gui.dialogs.case_settings import CaseDialog, CellDialog
from karyoview.gui.dialogs.export import ExportDialog
from karyoview.gui.dialogs.preferences import PreferencesDialog
from karyoview.gui.dialogs.summary import SummaryDialog

CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)


@pytest.fixture
def case_folder(case_folder: Path) -> Path:
    """The drawn case under a name that test keys can type."""
    return case_folder.rename(case_folder.with_name("case 7"))


def dialog(driver, kind: type[QDialog]) -> QDialog:
    """The dialog that is open, once it is there."""
    driver.until(lambda: isinstance(QApplication.activeModalWidget(), kind))
    found = QApplication.activeModalWidget()
    if QApplication.activeWindow() is not found:
        found.activateWindow()  # as a window manager does; offscreen there is none
        driver.until(lambda: QApplication.activeWindow() is found)
    return found


def tab_to(widget: QWidget, most: int = 40) -> None:
    """Press Tab until a widget has the focus."""
    for _ in range(most):
        if QApplication.focusWidget() is widget:
            return
        QTest.keyClick(QApplication.focusWidget() or widget.window(), Qt.Key.Key_Tab)
    raise AssertionError(f"no Tab leads to {widget.accessibleName() or widget}")


def type_into(field: QLineEdit, text: str) -> None:
    """Reach a field by Tab and write into it."""
    tab_to(field)
    QTest.keyClick(field, Qt.Key.Key_A, CTRL)
    QTest.keyClicks(field, text)


def menu(driver, letter: Qt.Key, text: str) -> None:
    """Open a menu by its letter and walk down to an entry."""
    QTest.keyClick(driver.window, letter, ALT)
    driver.until(lambda: QApplication.activePopupWidget() is not None)
    popup = QApplication.activePopupWidget()
    for _ in range(len(popup.actions())):
        QTest.keyClick(popup, Qt.Key.Key_Down)
        if popup.activeAction().text().replace("&", "") == text:
            QTest.keyClick(popup, Qt.Key.Key_Return)
            return
    raise AssertionError(f"the menu has no {text}")


def open_by_keys(driver, folder: Path) -> None:
    """Ctrl+O, the path typed, Return."""

    def answer() -> None:
        asked = QApplication.activeModalWidget()
        field = asked.findChild(QLineEdit) if isinstance(asked, QFileDialog) else None
        if field is None or not field.hasFocus():
            QTimer.singleShot(50, answer)
        elif field.text() != str(folder):
            # Qt's dialog may still be reading its first folder and set the field anew: look again before Return.
            QTest.keyClick(field, Qt.Key.Key_A, CTRL)
            QTest.keyClicks(field, str(folder))
            QTimer.singleShot(300, answer)
        else:
            QTest.keyClick(field, Qt.Key.Key_Return)

    QTimer.singleShot(50, answer)
    QTest.keyClick(QApplication.focusWidget() or driver.window, Qt.Key.Key_O, CTRL)
    driver.until(lambda: driver.session is not None and driver.view.size_yx[0] > 0)
    assert driver.window.controller.case.folder == folder


def test_from_the_folder_to_reviewed_and_exported_counts(driver, case_folder: Path) -> None:
    open_by_keys(driver, case_folder)
    driver.key(Qt.Key.Key_B, CTRL)
    driver.until(lambda: driver.window.runner.last_run.done == 3)
    # First cell: what the fake engine doubts gets another class and back; a red doubt is said before the end.
    driver.key(Qt.Key.Key_G)
    driver.key(Qt.Key.Key_Return)
    asked = dialog(driver, QMessageBox)
    assert "1 of them red" in asked.text()
    QTest.keyClick(asked, Qt.Key.Key_Escape)
    (doubtful,) = driver.session.selection()
    driver.key("1")
    driver.key("3")
    driver.until(lambda: driver.annotation.chromosome(doubtful.id).label == 12)
    driver.key(Qt.Key.Key_Z, CTRL)
    driver.key(Qt.Key.Key_G)
    driver.reviewed()
    # The others: accepted as a whole, and reviewed although the doubt is open, which is said and answered by keys.
    for image in ("c01.png", "c02.png"):
        driver.until(lambda i=image: driver.session.current == i)
        driver.in_sight(image)
        driver.key(Qt.Key.Key_G)
        driver.key(Qt.Key.Key_Return)
        asked = dialog(driver, QMessageBox)
        tab_to(next(b for b in asked.buttons() if b.text() == "&Reviewed all the same"))
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    assert [driver.session.annotation(i).state for i in driver.session.images] == [ReviewState.REVIEWED] * 3
    assert driver.window.cells.footer.text().startswith("3 of 3 reviewed")
    driver.key(Qt.Key.Key_I, CTRL)
    summary = dialog(driver, SummaryDialog)
    assert summary.table.item(0, 2).text() == "46"
    assert summary.table.item(0, 5).text() == "fake"
    assert "3 reviewed cells: 0.0 corrections" in summary.meter.text()
    QTest.keyClick(summary, Qt.Key.Key_Escape)
    driver.key(Qt.Key.Key_E, CTRL)
    wanted = dialog(driver, ExportDialog)
    for box in (wanted.tables["xlsx"], wanted.pictures["svg"]):
        tab_to(box)
        QTest.keyClick(box, Qt.Key.Key_Space)
        assert box.isChecked()
    QTest.keyClick(wanted, Qt.Key.Key_Return)
    out = case_folder / "karyoview" / "export"
    driver.until(lambda: QApplication.activeModalWidget() is None)
    driver.until(lambda: "files written" in driver.window.statusBar().currentMessage(), 30000)
    assert (out / "counts.xlsx").is_file()
    assert (out / "overlays" / "c02.png.svg").is_file()
    rows = list(csv.DictReader((out / "counts.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert [(r["state"], r["total"], r["engine"]) for r in rows] == [("reviewed", "46", "fake")] * 3
    driver.saved()
    assert {driver.on_disk(case_folder, f"c0{k}.png")["state"] for k in range(3)} == {"reviewed"}


def test_sex_withheld_and_a_blind_second_count_are_switched_on_in_the_case_settings(driver, case_folder: Path) -> None:
    open_by_keys(driver, case_folder)
    driver.key(Qt.Key.Key_I)
    driver.until(lambda: driver.annotation.total() == 46)
    assert any(b.text == "X" for b in driver.view.layer.boxes)
    menu(driver, Qt.Key.Key_F, "Case settings…")
    asked = dialog(driver, CaseDialog)
    for box in (asked.sex, asked.blind):
        tab_to(box)
        QTest.keyClick(box, Qt.Key.Key_Space)
    QTest.keyClick(asked, Qt.Key.Key_Return)
    driver.until(lambda: QApplication.activeModalWidget() is None)
    assert "sex" in {b.text for b in driver.view.layer.boxes}
    assert not {"X", "Y"} & {b.text for b in driver.view.layer.boxes}
    driver.key(Qt.Key.Key_G)
    driver.key(Qt.Key.Key_Space)
    driver.key(Qt.Key.Key_G)
    driver.reviewed()
    driver.until(lambda: driver.session.current == "c01.png")
    # Somebody else goes on: the cell that the first person reviewed hides everything from the second.
    driver.key(Qt.Key.Key_Comma, CTRL)
    preferences = dialog(driver, PreferencesDialog)
    type_into(preferences.fields["person"], "Colleague")
    QTest.keyClick(preferences, Qt.Key.Key_Return)
    driver.until(lambda: driver.session.person == "Colleague")
    driver.key(Qt.Key.Key_A)
    driver.until(lambda: driver.session.current == "c00.png")
    assert driver.window.blind.active
    assert driver.window.view.tool.id == "count"
    assert driver.window.cells.model.rows[0].count == "–"
    driver.key(Qt.Key.Key_K)
    assert "hidden in a blind second count" in driver.window.statusBar().currentMessage()
    assert driver.view.layer.boxes == ()
    assert driver.window.header.total.text() == "0"
    driver.key(Qt.Key.Key_Space)
    assert driver.session.selected == ()
    driver.key(Qt.Key.Key_Return)
    outcome = dialog(driver, QMessageBox)
    assert "The counts differ: first 46, yours 0" in outcome.text()
    QTest.keyClick(outcome, Qt.Key.Key_Return)
    assert len(driver.view.layer.boxes) == 46
    assert driver.window.cells.model.rows[0].count == "46"
    driver.saved()
    assert driver.on_disk(case_folder, "c00.png")["extra"]["second_counts"]["Colleague"]["done"] is True


def test_slide_culture_stage_and_scale_of_a_cell(driver, case_folder: Path) -> None:
    open_by_keys(driver, case_folder)
    driver.key(Qt.Key.Key_D, CTRL)
    asked = dialog(driver, CellDialog)
    for field, text in ((asked.slide, "S 3"), (asked.culture, "B"), (asked.stage, "12.5, forty")):
        type_into(field, text)
    QTest.keyClick(asked, Qt.Key.Key_Return)
    assert "two numbers" in asked.problem.text()
    type_into(asked.stage, "12.5, 40.2")
    type_into(asked.scale, "0.065")
    QTest.keyClick(asked, Qt.Key.Key_Return)
    cell = driver.window.controller.case.cell("c00.png")
    assert (cell.slide, cell.culture, cell.stage, cell.um_per_pixel) == ("S 3", "B", (12.5, 40.2), 0.065)
    driver.until(lambda: driver.view.um_per_pixel == 0.065)

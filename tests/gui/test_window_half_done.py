"""What is half drawn, dragged or typed belongs to where it began: leaving settles or drops it, and says so."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMessageBox

from karyoview.gui.dialogs.case_settings import CellDialog
from karyoview.gui.dialogs.tally import TallyDialog

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NONE, LEFT = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton


def press(driver, *points: tuple[float, float]) -> None:
    """Press at the first point and drag to the others without letting go."""
    port = driver.view.viewport()
    QTest.mousePress(port, LEFT, NONE, driver.at(*points[0]))
    for point in points[1:]:
        QTest.mouseMove(port, driver.at(*point))
    QApplication.processEvents()


def let_go(driver, point: tuple[float, float]) -> None:
    QTest.mouseRelease(driver.view.viewport(), LEFT, NONE, driver.at(*point))
    QApplication.processEvents()


def status(driver) -> str:
    return driver.window.statusBar().currentMessage()


def test_a_box_whose_axis_is_drawn_is_not_finished_in_the_next_cell(driver, case_folder: Path) -> None:
    driver.open(case_folder)
    driver.key(Qt.Key.Key_O)
    driver.drag((300, 300), (300, 200))
    driver.key(Qt.Key.Key_D)
    assert driver.session.current == "c01.png"
    assert "dropped" in status(driver)
    driver.move(320, 250)
    driver.click(320, 250)
    assert driver.annotation.chromosomes == ()
    driver.key(Qt.Key.Key_A)
    assert driver.annotation.chromosomes == ()


@pytest.mark.parametrize(("tool", "key"), [(Qt.Key.Key_R, Qt.Key.Key_D), (Qt.Key.Key_S, Qt.Key.Key_D),
                                           (Qt.Key.Key_R, Qt.Key.Key_F6), (Qt.Key.Key_S, Qt.Key.Key_Tab)])  # fmt: skip
def test_a_stroke_held_down_while_a_key_is_pressed_does_nothing(driver, case_folder: Path, tool, key) -> None:
    driver.open(case_folder)
    driver.key(Qt.Key.Key_N)
    box = driver.annotation.chromosomes[0].box
    driver.key(tool)
    press(driver, (box.cx - 40, box.cy), (box.cx + 40, box.cy + 20))
    assert driver.view.tool.begun
    driver.key(key)
    assert not driver.view.tool.begun
    assert "dropped" in status(driver)
    let_go(driver, (box.cx + 40, box.cy + 20))
    assert [len(driver.session.annotation(i).chromosomes) for i in driver.session.images] == [1, 0, 0]


def test_a_box_held_while_tab_goes_on_moves_neither(driver, case_folder: Path) -> None:
    driver.open(case_folder)
    driver.key(Qt.Key.Key_I)
    driver.until(lambda: driver.annotation.total() == 46)
    first = driver.annotation.chromosomes[4]
    driver.click(*first.box.centre)
    press(driver, first.box.centre, (first.box.cx + 20, first.box.cy + 20))
    driver.key(Qt.Key.Key_Tab)
    let_go(driver, (first.box.cx + 30, first.box.cy + 30))
    assert driver.annotation.chromosome(first.id).box == first.box
    assert driver.session.history.next_undo is None


def test_a_window_that_is_closed_with_a_half_drawn_box_saves_none(driver, case_folder: Path) -> None:
    driver.open(case_folder)
    driver.key(Qt.Key.Key_R)
    press(driver, (100, 100), (160, 180))
    driver.window.close()
    assert not (case_folder / "karyoview" / "annotations" / "c00.png.json").exists()


def counted(driver, case_folder: Path) -> TallyDialog:
    """One reviewed cell, and the tally beside the window."""
    driver.open(case_folder)
    driver.key(Qt.Key.Key_I)
    driver.until(lambda: driver.annotation.total() == 46)
    driver.reviewed()
    driver.until(lambda: driver.session.current == "c01.png")
    driver.key(Qt.Key.Key_T, CTRL | SHIFT)
    tally = driver.window.findChild(TallyDialog)
    tally.activateWindow()
    driver.until(lambda: QApplication.activeWindow() is tally)
    return tally


def type_structural(driver, tally: TallyDialog, text: str) -> QLineEdit:
    table = tally.table
    item = table.item(0, table.columnCount() - 1)
    table.scrollToItem(item)
    place = table.visualItemRect(item).center()
    QTest.mouseClick(table.viewport(), LEFT, NONE, place)
    QTest.mouseDClick(table.viewport(), LEFT, NONE, place)
    driver.until(lambda: isinstance(QApplication.focusWidget(), QLineEdit))
    field = QApplication.focusWidget()
    QTest.keyClicks(field, text)
    return field


def test_an_open_field_of_the_tally_keeps_its_text_and_its_cell(driver, case_folder: Path) -> None:
    tally = counted(driver, case_folder)
    field = type_structural(driver, tally, "del(5)")
    driver.window.handlers.engine.run()  # a result arrives while somebody types
    driver.until(lambda: driver.annotation.total() == 46)
    assert QApplication.focusWidget() is field
    assert field.text() == "del(5)"
    QTest.keyClicks(field, "(q13q33)")
    QTest.keyClick(field, Qt.Key.Key_Return)
    driver.until(lambda: driver.session.annotation("c00.png").extra.get("structural") == ["del(5)(q13q33)"])
    assert "structural" not in driver.session.annotation("c01.png").extra


def test_an_open_field_of_the_tally_is_taken_when_the_case_is_closed(driver, case_folder: Path) -> None:
    tally = counted(driver, case_folder)
    type_structural(driver, tally, "del(5)(q13q33)")
    driver.window.handlers.file.close_case()
    assert driver.on_disk(case_folder, "c00.png")["extra"]["structural"] == ["del(5)(q13q33)"]


def test_esc_over_a_typed_karyotype_asks(driver, case_folder: Path) -> None:
    tally = counted(driver, case_folder)
    QTest.mouseClick(tally.karyotype, LEFT, NONE, QPoint(5, 5))
    QTest.keyClicks(tally.karyotype, "46,XX")
    QTest.keyClick(tally.karyotype, Qt.Key.Key_Escape)
    driver.until(lambda: QApplication.activeModalWidget() is not None)
    asked = QApplication.activeModalWidget()
    assert "46,XX is typed and not set" in asked.text()
    driver.answer(Qt.Key.Key_Return)
    assert tally.isVisible()
    assert tally.karyotype.text() == "46,XX"
    QTest.keyClick(tally.karyotype, Qt.Key.Key_Escape)
    driver.answer(Qt.Key.Key_C)
    driver.until(lambda: not driver.window.findChildren(TallyDialog))


def test_esc_over_a_typed_slide_asks_and_an_untouched_dialog_just_closes(driver, case_folder: Path) -> None:
    driver.open(case_folder)
    driver.key(Qt.Key.Key_D, CTRL)
    driver.until(lambda: isinstance(QApplication.activeModalWidget(), CellDialog))
    QTest.keyClick(QApplication.activeModalWidget(), Qt.Key.Key_Escape)
    driver.until(lambda: QApplication.activeModalWidget() is None)
    driver.key(Qt.Key.Key_D, CTRL)
    driver.until(lambda: isinstance(QApplication.activeModalWidget(), CellDialog))
    cell = QApplication.activeModalWidget()
    QTest.mouseClick(cell.slide, LEFT, NONE, QPoint(5, 5))
    QTest.keyClicks(cell.slide, "S 7")
    QTest.keyClick(cell.slide, Qt.Key.Key_Escape)
    driver.until(lambda: isinstance(QApplication.activeModalWidget(), QMessageBox))
    driver.answer(Qt.Key.Key_Return)
    assert cell.isVisible()
    assert cell.slide.text() == "S 7"
    QTest.keyClick(cell.slide, Qt.Key.Key_Escape)
    driver.answer(Qt.Key.Key_C)
    driver.until(lambda: not cell.isVisible())
    assert driver.window.controller.case.cell("c00.png").slide == ""

"""Small faults of a working day, each by the event that showed it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from karyoview.case.case import CaseError
from karyoview.core.annotation import ReviewState
from karyoview.gui.panels.cells import ROW

ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier


def test_a_letter_and_an_arrow_in_an_open_menu_do_nothing_behind_it(driver, case_folder: Path) -> None:
    driver.open(case_folder)
    driver.key("k")
    driver.until(lambda: driver.window.karyogram.visible)
    seen: list[str] = []
    driver.window.menus.triggered.connect(lambda action, on: seen.append(action.id))
    for pane in (driver.window.karyogram.board, driver.view):
        driver.window.activateWindow()
        pane.setFocus()
        QApplication.processEvents()
        QTest.keyClick(driver.window, Qt.Key.Key_F, ALT)
        assert QApplication.activePopupWidget() is not None
        for key in (Qt.Key.Key_T, Qt.Key.Key_Down, Qt.Key.Key_D):
            QTest.keyClick(driver.window, key)
        QApplication.activePopupWidget().close()
        QApplication.processEvents()
    assert seen == []
    driver.window.activateWindow()
    driver.view.setFocus()
    driver.qtbot.wait(50)
    QTest.keyClick(driver.view, Qt.Key.Key_Down)
    driver.until(lambda: seen == ["down"], 5000)


def test_no_menu_has_a_letter_twice(driver) -> None:
    for menu in driver.window.menus.menus.values():
        texts = [a.text() for a in menu.actions() if "&" in a.text() and a.menu() is None]
        letters = [text[text.index("&") + 1].lower() for text in texts]
        assert len(letters) == len(set(letters)), (menu.title(), letters)
        assert len(letters) >= min(len(menu.actions()) // 2, 8), menu.title()


def test_a_drawing_tool_ends_with_its_cell_and_counting_goes_on(driver, case_folder: Path) -> None:
    driver.open(case_folder)
    for key in ("r", "o", "s"):
        driver.key(key)
        assert driver.view.tool.id != "select"
        driver.key("d" if key != "s" else "a")
        assert driver.view.tool.id == "select"
    driver.key("c")
    driver.key("d")
    assert driver.view.tool.id == "count"


def test_the_zoom_is_said_at_once(driver, case_folder: Path) -> None:
    driver.open(case_folder)
    label = driver.window.window_layout.place_label
    before = label.text()
    assert before.endswith("%")
    middle = driver.view.viewport().rect().center()
    wheel = QWheelEvent(
        QPointF(middle), driver.view.viewport().mapToGlobal(QPointF(middle)), QPoint(), QPoint(0, 240),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(driver.view.viewport(), wheel)
    assert label.text() != before
    assert label.text().endswith(f"{driver.view.scale_factor:.0%}")
    driver.key(Qt.Key.Key_0, CTRL)
    assert label.text().endswith("100%")


def test_space_zooms_to_a_doubt_in_a_large_cell(driver, case_folder: Path) -> None:
    driver.open(case_folder)
    driver.key("i")
    driver.until(lambda: driver.annotation.state is ReviewState.PROPOSED)
    driver.view.zoom_to(0.1)
    driver.key(Qt.Key.Key_Space)
    (chosen,) = driver.session.selection()
    long_side = max(chosen.box.w, chosen.box.h) * driver.view.scale_factor
    port = driver.view.viewport()
    assert long_side >= min(port.width(), port.height()) / 6 - 1 or driver.view.scale_factor >= 3.0
    assert port.rect().contains(driver.at(*chosen.box.centre))


def test_a_broken_image_is_no_new_cell(driver, case_folder: Path) -> None:
    (case_folder / "c01.png").write_bytes(b"\x89PNG\r\n\x1a\nthis is no picture")
    driver.open(case_folder)
    model = driver.window.cells.model
    driver.until(lambda: bool(model.rows[1].problem))
    assert model.rows[1].shown_state == "cannot be read"
    assert "cannot be read" in driver.window.cells.footer.text()
    assert "c01.png" in model.data(model.index(1), Qt.ItemDataRole.ToolTipRole)
    assert model.data(model.index(0), ROW).problem == ""


def test_a_closed_case_leaves_no_word_of_its_run(driver, case_folder: Path, fake_engine) -> None:
    import threading

    driver.open(case_folder)
    fake_engine.gate = threading.Event()
    driver.key("i")
    assert driver.window.engine.status.text()
    driver.key("w", CTRL)
    assert driver.window.engine.status.text() == ""
    assert driver.window.engine.bar.isHidden()
    fake_engine.gate.set()


def test_s_s_j_keeps_the_class(driver, case_folder: Path, places) -> None:
    driver.open(case_folder)
    driver.key("i")
    driver.until(lambda: driver.annotation.state is ReviewState.PROPOSED)
    box = places(seed=0)[0]
    driver.click(box.cx, box.cy)
    (chosen,) = driver.session.selection()
    label, number = chosen.label, driver.annotation.total()
    assert label is not None
    driver.key("s")
    driver.key("s")
    assert driver.annotation.total() == number + 1
    driver.key("j")
    assert driver.annotation.total() == number
    (joined,) = driver.session.selection()
    assert joined.label == label


def test_a_full_disk_is_said_before_the_window_closes(
    driver, case_folder: Path, places, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver.open(case_folder)
    full = {"on": True}
    save = driver.window.controller.case.save_annotation

    def refuse(*arguments: object) -> None:
        if full["on"]:
            raise CaseError("the disk is full")
        save(*arguments)

    monkeypatch.setattr(driver.window.controller._saver, "_write", refuse)
    driver.key("n")
    driver.until(lambda: driver.window.controller.unsaved == ("c00.png",))
    driver.window.close()
    assert driver.window.isVisible()
    asked = QApplication.activeModalWidget()
    assert asked.objectName() == "unsaved"
    driver.answer(Qt.Key.Key_Escape)
    assert driver.window.isVisible()
    driver.key("w", CTRL)
    full["on"] = False
    driver.answer(Qt.Key.Key_T)
    driver.until(lambda: driver.session is None)
    assert len(driver.on_disk(case_folder, "c00.png")["chromosomes"]) == 1


def test_nothing_moves_in_the_tally_while_a_karyotype_is_typed(driver, case_folder: Path) -> None:
    from karyoview.gui.dialogs.tally import TallyDialog

    driver.open(case_folder)
    driver.window.menus.actions["tally"].trigger()
    dialog = driver.window.findChild(TallyDialog)
    QApplication.processEvents()
    places = set()
    for letter in "46,XX,t(9;22)(q34;q99),+21,foo":
        QTest.keyClicks(dialog.karyotype, letter)
        QApplication.processEvents()
        places.add((dialog.karyotype.mapTo(dialog, QPoint()).y(), dialog.reason.mapTo(dialog, QPoint()).y()))
    assert len(places) == 1
    dialog.close()

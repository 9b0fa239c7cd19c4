"""What is wrong with a cell stays with the cell: in list, header and tally, over undo and reopening, until answered."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from karyoview.core.annotation import ReviewState
from karyoview.gui.dialogs.tally import TallyDialog

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def case_folder(case_folder: Path) -> Path:
    """The drawn case with empty ground on the right of each cell."""
    for path in case_folder.iterdir():
        pixels = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_GRAYSCALE)
        cv2.imencode(".png", np.pad(pixels, ((0, 0), (0, 120)), constant_values=225))[1].tofile(path)
    return case_folder


@pytest.fixture
def proposed(driver, case_folder: Path):
    """A window with 46 proposals in its first cell."""
    driver.open(case_folder)
    driver.key(Qt.Key.Key_I)
    driver.until(lambda: driver.annotation.total() == 46)
    return driver


def reasons(driver, image: str = "") -> list[str]:
    return [d.reason for d in driver.window.doubts.of(image or driver.session.current)]


def of_kind(driver, kind: str) -> list:
    return [d for d in driver.window.doubts.of(driver.session.current) if d.key.startswith(f"{kind}:")]


def row(driver, image: str):
    return next(r for r in driver.window.cells.model.rows if r.image == image)


def status(driver) -> str:
    return driver.window.statusBar().currentMessage()


def box_on_empty_ground(driver, y: float = 240.0) -> str:
    """Press N over the empty right side; the new box is selected."""
    driver.key(Qt.Key.Key_Escape)
    driver.move(700.0, y)
    driver.key(Qt.Key.Key_N)
    (made,) = driver.session.selected
    return made


def test_a_box_on_empty_ground_called_21_is_doubted_until_it_is_answered(proposed, case_folder: Path) -> None:
    made = box_on_empty_ground(proposed)
    assert any(d.chromosome == made for d in of_kind(proposed, "no_class"))
    proposed.key("2")
    proposed.key("1")
    assert proposed.window.header.total.text() == "47  +21"
    found = reasons(proposed)
    assert "the picture shows no chromosome in this box" in found
    assert "one of 3 copies of 21" in found
    assert "47 chromosomes, and not 46" in found
    proposed.reviewed()
    assert proposed.session.annotation("c00.png").state is ReviewState.REVIEWED
    assert row(proposed, "c00.png").red >= 2
    assert "with open doubts" in proposed.window.cells.footer.text()
    proposed.saved()
    proposed.window.controller.close_case()
    proposed.open(case_folder)
    proposed.until(lambda: row(proposed, "c00.png").red >= 2)
    assert "the picture shows no chromosome in this box" in reasons(proposed, "c00.png")


def test_answers_stay_with_the_cell_and_end_where_the_facts_change(proposed, case_folder: Path) -> None:
    box_on_empty_ground(proposed)
    proposed.key("2")
    proposed.key("1")
    proposed.key(Qt.Key.Key_Escape)
    for _ in range(40):
        proposed.key(Qt.Key.Key_Space)
        proposed.key(Qt.Key.Key_G)
        if not reasons(proposed):
            break
    assert status(proposed) == "No open doubts. Enter marks the cell as reviewed."
    assert not proposed.window.header.doubt.isVisible()
    proposed.saved()
    kept = proposed.on_disk(case_folder, "c00.png")["extra"]["answered"]
    assert "copies:20:3" in kept
    assert "count:47:46" in kept
    proposed.window.controller.close_case()
    proposed.open(case_folder)
    assert proposed.session.current == "c00.png"
    assert reasons(proposed) == []
    box_on_empty_ground(proposed, 120.0)
    proposed.key("2")
    proposed.key("1")
    assert "one of 4 copies of 21" in reasons(proposed)
    assert "48 chromosomes, and not 46" in reasons(proposed)


def test_all_suggestions_taken_at_once_keep_their_doubts(driver, case_folder: Path, places) -> None:
    driver.open(case_folder)
    driver.double_click(*places()[20].centre)
    driver.key(Qt.Key.Key_B, CTRL)
    driver.until(lambda: driver.session.suggestions.get("c00.png") is not None)
    assert {o.text for o in driver.view.layer.overlays} >= {"1", "22", "X"}, "suggestions show their class"
    driver.key(Qt.Key.Key_G, SHIFT)
    found = reasons(driver)
    assert "unsure (30%)" in found
    assert "has no class" in found, "the box drawn before"
    driver.key(Qt.Key.Key_Return)
    asked = QApplication.activeModalWidget()
    assert "unsure (30%)" in asked.informativeText()
    driver.answer(Qt.Key.Key_Return)
    assert driver.annotation.state is not ReviewState.REVIEWED
    doubtful = next(d.chromosome for d in driver.window.doubts.of("c00.png") if d.reason == "unsure (30%)")
    assert not driver.annotation.chromosome(doubtful).looked_at
    driver.saved()
    driver.window.controller.close_case()
    driver.open(case_folder)
    driver.until(lambda: driver.session.current == "c00.png")
    assert "unsure (30%)" in reasons(driver), "after reopening too"
    driver.session.select([doubtful])
    driver.key(Qt.Key.Key_G)
    assert "unsure (30%)" not in reasons(driver)


def test_the_same_box_twice_is_a_doubt_though_a_person_drew_both(driver, case_folder: Path, places) -> None:
    driver.open(case_folder)
    (x, y), box = places()[3].centre, places()[3].bounds()
    x1, y1, x2, y2 = box.to_xyxy()
    for shift in (0.0, 1.0):
        driver.key(Qt.Key.Key_R)
        driver.drag((x1 + shift, y1), (x2 + shift, y2))
        driver.key("2")
        driver.key("1")
    assert "perhaps the same chromosome as 21" in reasons(driver)
    driver.key(Qt.Key.Key_V)
    driver.click(x, y)
    driver.key(Qt.Key.Key_Delete)
    assert "perhaps the same chromosome as 21" not in reasons(driver)


def test_a_box_on_a_nucleus_is_a_doubt(driver, case_folder: Path, places) -> None:
    pixels = cv2.imdecode(np.fromfile(case_folder / "c00.png", np.uint8), cv2.IMREAD_GRAYSCALE)
    cv2.circle(pixels, (320, 240), 55, 90, -1)
    cv2.imencode(".png", cv2.GaussianBlur(pixels, (0, 0), 1.0))[1].tofile(case_folder / "c00.png")
    driver.open(case_folder)
    driver.key(Qt.Key.Key_R)
    driver.drag((300, 220), (340, 260))
    assert "this box lies on a nucleus" in reasons(driver)


def test_an_odd_class_and_another_number_than_the_other_cells(driver, case_folder: Path) -> None:
    driver.open(case_folder)
    driver.key(Qt.Key.Key_B, CTRL)
    driver.until(lambda: driver.window.runner.last_run.done == 3)
    for _ in range(2):
        driver.reviewed()
    driver.until(lambda: driver.session.current == "c02.png" and driver.view.size_yx[0] > 0)
    assert not of_kind(driver, "count")
    gone = next(c for c in driver.annotation.chromosomes if c.label == 9)
    driver.click(*gone.box.centre)
    driver.key(Qt.Key.Key_Delete)
    assert [d.reason for d in of_kind(driver, "count")] == ["45 chromosomes; the other cells have 46"]
    assert "only one 10 in this cell" in reasons(driver)
    assert driver.window.header.total.text() == "45  −10"


def test_a_replaced_original_is_a_doubt_in_the_list_before_its_cell_is_opened(proposed, case_folder: Path) -> None:
    proposed.reviewed()
    proposed.saved()
    proposed.window.controller.close_case()
    other = cv2.imdecode(np.fromfile(case_folder / "c02.png", np.uint8), cv2.IMREAD_GRAYSCALE)
    cv2.imencode(".png", other)[1].tofile(case_folder / "c00.png")
    proposed.open(case_folder)
    assert proposed.session.current == "c01.png"
    proposed.until(lambda: "its picture is not the file that was worked on" in reasons(proposed, "c00.png"))
    assert row(proposed, "c00.png").red > 0
    proposed.key(Qt.Key.Key_A)
    proposed.until(lambda: proposed.session.current == "c00.png")
    assert "its picture is not the file that was worked on" in proposed.window.header.doubt.toolTip()
    proposed.key(Qt.Key.Key_T, CTRL | SHIFT)
    tally = proposed.window.findChild(TallyDialog)
    heads = [tally.table.horizontalHeaderItem(k).text() for k in range(tally.table.columnCount())]
    badge = tally.table.item(0, heads.index("doubts"))
    assert badge.text().startswith("‼")
    assert "its picture is not the file" in badge.toolTip()
    assert "Open doubts in counted cells: c00.png" in tally.prompts.text()


def test_a_missing_original_is_a_doubt_and_its_cell_cannot_be_reviewed(proposed, case_folder: Path) -> None:
    proposed.saved()
    proposed.window.controller.close_case()
    (case_folder / "c00.png").unlink()
    proposed.window.open_case(case_folder)
    proposed.until(lambda: proposed.session is not None and "no longer in the folder" in proposed.view.message)
    assert "its picture is no longer in the folder" in reasons(proposed, "c00.png")
    proposed.key(Qt.Key.Key_Return)
    assert proposed.session.annotation("c00.png").state is ReviewState.PROPOSED
    assert "cannot be shown, so it cannot be reviewed" in status(proposed)


def test_a_cell_whose_picture_is_not_in_sight_is_not_reviewed(driver, case_folder: Path) -> None:
    driver.open(case_folder)
    driver.until(lambda: driver.window.images.get("c01.png") is not None)
    driver.window.images.evict("c01.png")
    driver.window.images.request = lambda image: driver.window.images._loading.add(image)
    driver.key(Qt.Key.Key_D)
    driver.key(Qt.Key.Key_Return)
    assert driver.session.annotation("c01.png").state is ReviewState.NEW
    assert status(driver).startswith("c01.png is still being read")


def test_a_differing_second_count_is_a_doubt_and_the_tally_waits_for_it(proposed, places) -> None:
    window = proposed.window
    proposed.reviewed()
    window.controller.case.update_settings(blind_second_count=True)
    window.settings["person"] = "Colleague"
    proposed.key(Qt.Key.Key_A)
    proposed.until(lambda: proposed.session.current == "c00.png" and window.blind.active)
    proposed.key(Qt.Key.Key_T, CTRL | SHIFT)
    tally = window.findChild(TallyDialog)
    assert tally.table.rowCount() == 0, "the first count is not for the second counter's eyes"
    assert "second count of them is done: c00.png" in tally.prompts.text()
    proposed.view.activateWindow()
    proposed.view.setFocus()
    for box in places()[:45]:
        proposed.click(*box.centre)
    proposed.key(Qt.Key.Key_Return)
    proposed.answer(Qt.Key.Key_Return)
    assert "Colleague counted 45, and 46 are boxed or marked" in reasons(proposed, "c00.png")
    assert row(proposed, "c00.png").red > 0
    proposed.until(lambda: tally.table.rowCount() == 1)


def test_a_doubt_of_the_list_is_answered_by_mouse_alone(proposed) -> None:
    gone = next(c for c in proposed.annotation.chromosomes if c.label == 9)
    proposed.click(*gone.box.centre)
    proposed.key(Qt.Key.Key_Delete)
    listed = proposed.window.inspector.doubts
    (at,) = [k for k in range(listed.count()) if "only one 10" in listed.item(k).text()]
    listed.scrollToItem(listed.item(at))
    place = listed.visualItemRect(listed.item(at)).center()
    QTest.mouseClick(listed.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    assert proposed.window.inspector.accept.text() == "It is so (G)"
    QTest.mouseClick(proposed.window.inspector.accept, Qt.MouseButton.LeftButton)
    assert "only one 10 in this cell" not in reasons(proposed)
    proposed.key(Qt.Key.Key_Z, CTRL)
    assert "only one 10 in this cell" in reasons(proposed)

"""Every gesture of click-to-correct, at places on the screen, in the real window."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox

from karyoview.core.annotation import ReviewState
from karyoview.core.geometry import Box, iou_rotated

CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)


def add(driver, *corners: tuple[float, float]) -> str:
    """Draw a horizontal box by the mouse and go back to selecting."""
    driver.key(Qt.Key.Key_R)
    driver.drag(*corners)
    driver.key(Qt.Key.Key_V)
    return driver.annotation.chromosomes[-1].id


def box_of(driver, chromosome: str) -> Box:
    return driver.annotation.chromosome(chromosome).box


def test_dragging_moves_and_a_handle_resizes_with_the_opposite_corner_fixed(driver, case_folder: Path) -> None:
    driver.open(case_folder)
    made = add(driver, (100, 100), (180, 200))
    driver.drag((140, 150), (170, 160))
    assert box_of(driver, made).to_xyxy() == pytest.approx((130, 110, 210, 210), abs=2)
    driver.drag(driver.handle("q-right"), tuple(np.add(driver.handle("q-right"), (40, 30))), screen=True)
    x1, y1, x2, y2 = box_of(driver, made).to_xyxy()
    assert (x1, y1) == pytest.approx((130, 110), abs=2)
    s = driver.view.scale_factor
    assert (x2, y2) == pytest.approx((210 + 40 / s, 210 + 30 / s), abs=2)
    assert [driver.session.history.next_undo.action, len(driver.session.history)] == ["resize", 3]


def test_the_round_handle_rotates_to_where_the_pointer_is(driver, case_folder: Path) -> None:
    driver.open(case_folder)
    made = add(driver, (100, 100), (140, 220))
    target = driver.at(220, 160)
    driver.drag(driver.handle("rotate"), (target.x(), target.y()), screen=True)
    box = box_of(driver, made)
    assert box.is_rotated
    assert box.angle == pytest.approx(math.pi / 2, abs=0.05)
    assert box.centre == pytest.approx((120, 160), abs=1.5)


def test_keys_nudge_resize_and_rotate(driver, case_folder: Path) -> None:
    driver.open(case_folder)
    made = add(driver, (100, 100), (140, 220))
    start = box_of(driver, made)
    driver.click(start.cx, start.cy)
    driver.key(Qt.Key.Key_Right)
    driver.key(Qt.Key.Key_Down, SHIFT)
    assert box_of(driver, made).centre == pytest.approx((start.cx + 1, start.cy + 10))
    driver.key(Qt.Key.Key_Right, ALT)
    driver.key(Qt.Key.Key_Up, ALT)
    assert (box_of(driver, made).w, box_of(driver, made).h) == pytest.approx((start.w + 1, start.h + 1))
    driver.key(Qt.Key.Key_E)
    driver.key(Qt.Key.Key_E, SHIFT)
    assert math.degrees(box_of(driver, made).angle) == pytest.approx(5.5)
    driver.key(Qt.Key.Key_Q)
    driver.key(Qt.Key.Key_W)
    assert math.degrees(box_of(driver, made).angle) == pytest.approx(-179.5)


def test_a_small_box_inside_a_large_one_is_selected_first_and_a_second_click_goes_below(
    driver, case_folder: Path
) -> None:
    driver.open(case_folder)
    large = add(driver, (100, 100), (300, 300))
    small = add(driver, (180, 180), (220, 220))
    driver.key(Qt.Key.Key_Escape)
    driver.click(200, 200)
    assert driver.session.selected == (small,)
    driver.click(200, 200)
    assert driver.session.selected == (large,)
    driver.click(200, 200)
    assert driver.session.selected == (small,)
    driver.click(400, 400)
    assert driver.session.selected == ()


def test_a_stroke_splits_and_join_puts_together(driver, case_folder: Path) -> None:
    driver.open(case_folder)
    add(driver, (100, 100), (140, 300))
    driver.key(Qt.Key.Key_S)
    driver.drag((80, 180), (160, 180))
    heights = sorted(c.box.h for c in driver.annotation.chromosomes)
    assert heights == pytest.approx([80, 120], abs=3)
    driver.key(Qt.Key.Key_Escape)
    driver.click(120, 140)
    driver.click(120, 250, CTRL)
    driver.key(Qt.Key.Key_J)
    (joined,) = driver.annotation.chromosomes
    assert joined.box.to_xyxy() == pytest.approx((100, 100, 140, 300), abs=2)


def test_split_needs_no_mouse(driver, case_folder: Path) -> None:
    driver.open(case_folder)
    add(driver, (100, 100), (140, 300))
    driver.click(120, 200)
    driver.key(Qt.Key.Key_S)
    driver.key(Qt.Key.Key_S)
    assert [c.box.h for c in driver.annotation.chromosomes] == pytest.approx([100, 100], abs=3)


def test_a_double_click_near_a_chromosome_proposes_its_box(driver, case_folder: Path, places) -> None:
    driver.open(case_folder)
    for truth in places(seed=0)[4:40:7]:
        driver.key(Qt.Key.Key_Escape)
        driver.double_click(truth.cx, truth.cy)
        found = driver.annotation.chromosomes[-1].box
        assert iou_rotated(found.to_array()[None], truth.to_array()[None])[0, 0] > 0.6
    assert len(driver.annotation.chromosomes) == 6


def test_counting_by_clicks_without_an_engine(driver, case_folder: Path, places) -> None:
    driver.open(case_folder)
    driver.key(Qt.Key.Key_C)
    for box in places(seed=0):
        driver.click(box.cx, box.cy)
    assert driver.window.header.total.text() == "46"
    first = places(seed=0)[0]
    driver.click(first.cx, first.cy)
    assert driver.window.header.total.text() == "45"
    driver.key(Qt.Key.Key_Z, CTRL)
    assert driver.annotation.total() == 46
    driver.saved()
    assert len(driver.on_disk(case_folder, "c00.png")["count_marks"]) == 46


def test_a_blind_second_count_hides_the_first_and_then_compares(driver, case_folder: Path, places) -> None:
    driver.open(case_folder)
    for k, box in enumerate(places(seed=0)[:5]):
        driver.key(Qt.Key.Key_Escape)
        driver.double_click(box.cx, box.cy)
        assert len(driver.annotation.chromosomes) == k + 1
    driver.reviewed()
    driver.key(Qt.Key.Key_A)
    driver.until(lambda: driver.session.current == "c00.png" and driver.view.size_yx[0] > 0)
    assert driver.annotation.state is ReviewState.REVIEWED
    driver.key(Qt.Key.Key_C, CTRL | SHIFT)
    assert driver.window.cells.model.rows[0].count == "–"
    assert driver.view.layer.boxes == ()
    assert driver.window.header.total.text() == "0"
    for box in places(seed=0)[:4]:
        driver.click(box.cx, box.cy)
    assert driver.window.header.total.text() == "4"
    assert len(driver.annotation.chromosomes) == 5
    driver.key(Qt.Key.Key_Return)
    driver.until(lambda: QApplication.activeModalWidget() is not None)
    message = QApplication.activeModalWidget()
    assert "The counts differ: first 5, yours 4; 1 boxes" in message.text()
    message.accept()
    assert len(driver.view.layer.boxes) == 5


def test_set_aside_asks_for_a_reason_and_goes_on(driver, case_folder: Path) -> None:
    driver.open(case_folder)
    driver.key(Qt.Key.Key_Backspace, CTRL)
    driver.until(lambda: QApplication.activeModalWidget() is not None)
    QTest.keyClick(QApplication.activeModalWidget(), Qt.Key.Key_Return)
    assert driver.session.annotation("c00.png").reason == "broken metaphase"
    assert driver.session.current == "c01.png"
    assert driver.window.cells.model.rows[0].state is ReviewState.SET_ASIDE


def test_red_doubts_are_said_before_a_cell_is_reviewed(driver, case_folder: Path) -> None:
    driver.open(case_folder)
    driver.key(Qt.Key.Key_I)
    driver.until(lambda: driver.annotation.total() == 46)
    driver.key(Qt.Key.Key_Return)
    driver.until(lambda: isinstance(QApplication.activeModalWidget(), QMessageBox))
    message = QApplication.activeModalWidget()
    assert "1 of them red" in message.text()
    QTest.keyClick(message, Qt.Key.Key_Escape)
    assert driver.annotation.state is ReviewState.PROPOSED
    assert driver.session.selection()[0].doubt == pytest.approx(0.7)


def test_sex_withheld_shows_no_x_and_no_y(driver, case_folder: Path) -> None:
    driver.open(case_folder)
    driver.key(Qt.Key.Key_I)
    driver.until(lambda: driver.annotation.total() == 46)
    assert any(b.text == "X" for b in driver.view.layer.boxes)
    driver.window.controller.case.update_settings(sex_withheld=True)
    driver.window.refresh_all()
    texts = {b.text for b in driver.view.layer.boxes}
    assert "X" not in texts
    assert "sex" in texts
    assert driver.window.inspector.buttons[22].text() == "X"


def test_display_changes_the_picture_and_no_data(driver, case_folder: Path) -> None:
    driver.open(case_folder)
    before = driver.window.images.get("c00.png").pixels.copy()
    shown = driver.view.grab().toImage()
    driver.key(Qt.Key.Key_J, CTRL)
    driver.until(lambda: driver.window.adjust.isVisible())
    driver.window.adjust.inverted.click()
    driver.until(lambda: driver.view.grab().toImage() != shown)
    driver.until(lambda: not driver.window.images.rendering)
    dark = driver.view.image_item._levels[0].pixelColor(5, 5).red()
    assert dark < 60
    assert np.array_equal(driver.window.images.get("c00.png").pixels, before)
    driver.view.setFocus()
    driver.key(Qt.Key.Key_B)
    driver.until(lambda: driver.view.image_item._levels[0].pixelColor(5, 5).red() > 200)
    assert not (case_folder / "karyoview" / "annotations" / "c00.png.json").exists()


def test_hiding_boxes_and_labels_is_one_key_each(driver, case_folder: Path) -> None:
    driver.open(case_folder)
    add(driver, (100, 100), (140, 300))
    driver.key(Qt.Key.Key_Escape)
    driver.key(Qt.Key.Key_H)
    hidden = driver.view.grab().toImage()
    driver.key(Qt.Key.Key_H)
    assert driver.view.grab().toImage() != hidden
    driver.key(Qt.Key.Key_L)
    assert not driver.view.layer.show_labels
    driver.key(Qt.Key.Key_M)
    assert driver.view.loupe.isVisible()


def test_the_wheel_zooms_at_the_pointer_and_f_fits(driver, case_folder: Path) -> None:
    driver.open(case_folder)
    driver.view.setFocus()
    fitted = driver.view.scale_factor
    at = QPointF(driver.at(200, 150))
    glob = driver.view.viewport().mapToGlobal(at)
    for _ in range(3):
        event = QWheelEvent(at, glob, QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
                            Qt.ScrollPhase.NoScrollPhase, False)  # fmt: skip
        QApplication.sendEvent(driver.view.viewport(), event)
    assert driver.view.scale_factor > fitted * 1.5
    assert driver.view.to_image(at) == pytest.approx((200, 150), abs=1.5)
    driver.key(Qt.Key.Key_0, CTRL)
    assert driver.view.scale_factor == pytest.approx(1.0, rel=0.02)
    driver.key(Qt.Key.Key_F)
    assert driver.view.scale_factor == pytest.approx(fitted, rel=0.01)


def test_the_middle_button_pans(driver, case_folder: Path) -> None:
    driver.open(case_folder)
    before = driver.at(300, 200)
    port = driver.view.viewport()
    QTest.mousePress(port, Qt.MouseButton.MiddleButton, Qt.KeyboardModifier.NoModifier, QPoint(200, 200))
    QTest.mouseMove(port, QPoint(230, 220))
    QTest.mouseRelease(port, Qt.MouseButton.MiddleButton, Qt.KeyboardModifier.NoModifier, QPoint(230, 220))
    moved = driver.at(300, 200) - before
    assert (moved.x(), moved.y()) == pytest.approx((30, 20), abs=2)


def test_dropping_a_folder_opens_it(driver, case_folder: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(case_folder))])
    window = driver.window
    event = QDropEvent(
        QPointF(50, 50), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    window.dropEvent(event)
    driver.until(lambda: driver.session is not None)
    assert window.settings["recent"] == [str(case_folder)]
    assert "Fall Ä" in window.windowTitle()


def test_an_unreadable_image_says_why_and_the_others_work(driver, case_folder: Path) -> None:
    (case_folder / "a-broken.png").write_bytes(b"\x89PNG\r\n\x1a\n broken")
    driver.window.open_case(case_folder)
    driver.until(lambda: "a-broken.png" in driver.view.message and "Loading" not in driver.view.message)
    driver.key(Qt.Key.Key_D)
    driver.until(lambda: driver.view.size_yx[0] > 0)
    assert driver.session.current == "c00.png"


def test_the_whole_sample_case_by_keyboard_alone(driver, case_folder: Path) -> None:
    """From the folder to reviewed counts without touching the mouse."""
    driver.open(case_folder)
    driver.key(Qt.Key.Key_B, CTRL)
    driver.until(lambda: driver.window.runner.last_run.done == 3)
    for _ in range(3):
        driver.key(Qt.Key.Key_Space)
        driver.key(Qt.Key.Key_G)
        driver.key(Qt.Key.Key_G)
        driver.reviewed()
    assert all(driver.session.annotation(i).state is ReviewState.REVIEWED for i in driver.session.images)
    assert [r.count for r in driver.window.cells.model.rows] == ["46", "46", "46"]
    assert driver.window.cells.footer.text() == "3 of 3 reviewed, 3 of them with open doubts"

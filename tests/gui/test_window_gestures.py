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


def add(hands, *corners: tuple[float, float]) -> str:
    """Draw a horizontal box by the mouse and go back to selecting."""
    hands.key(Qt.Key.Key_R)
    hands.drag(*corners)
    hands.key(Qt.Key.Key_V)
    return hands.annotation.chromosomes[-1].id


def box_of(hands, chromosome: str) -> Box:
    return hands.annotation.chromosome(chromosome).box


def test_dragging_moves_and_a_handle_resizes_with_the_opposite_corner_fixed(hands, case_folder: Path) -> None:
    hands.open(case_folder)
    made = add(hands, (100, 100), (180, 200))
    hands.drag((140, 150), (170, 160))
    assert box_of(hands, made).to_xyxy() == pytest.approx((130, 110, 210, 210), abs=2)
    hands.drag(hands.handle("q-right"), tuple(np.add(hands.handle("q-right"), (40, 30))), screen=True)
    x1, y1, x2, y2 = box_of(hands, made).to_xyxy()
    assert (x1, y1) == pytest.approx((130, 110), abs=2)
    s = hands.view.scale_factor
    assert (x2, y2) == pytest.approx((210 + 40 / s, 210 + 30 / s), abs=2)
    assert [hands.session.history.next_undo.action, len(hands.session.history)] == ["resize", 3]


def test_the_round_handle_rotates_to_where_the_pointer_is(hands, case_folder: Path) -> None:
    hands.open(case_folder)
    made = add(hands, (100, 100), (140, 220))
    target = hands.at(220, 160)
    hands.drag(hands.handle("rotate"), (target.x(), target.y()), screen=True)
    box = box_of(hands, made)
    assert box.is_rotated
    assert box.angle == pytest.approx(math.pi / 2, abs=0.05)
    assert box.centre == pytest.approx((120, 160), abs=1.5)


def test_keys_nudge_resize_and_rotate(hands, case_folder: Path) -> None:
    hands.open(case_folder)
    made = add(hands, (100, 100), (140, 220))
    start = box_of(hands, made)
    hands.click(start.cx, start.cy)
    hands.key(Qt.Key.Key_Right)
    hands.key(Qt.Key.Key_Down, SHIFT)
    assert box_of(hands, made).centre == pytest.approx((start.cx + 1, start.cy + 10))
    hands.key(Qt.Key.Key_Right, ALT)
    hands.key(Qt.Key.Key_Up, ALT)
    assert (box_of(hands, made).w, box_of(hands, made).h) == pytest.approx((start.w + 1, start.h + 1))
    hands.key(Qt.Key.Key_E)
    hands.key(Qt.Key.Key_E, SHIFT)
    assert math.degrees(box_of(hands, made).angle) == pytest.approx(5.5)
    hands.key(Qt.Key.Key_Q)
    hands.key(Qt.Key.Key_W)
    assert math.degrees(box_of(hands, made).angle) == pytest.approx(-179.5)


def test_a_small_box_inside_a_large_one_is_selected_first_and_a_second_click_goes_below(
    hands, case_folder: Path
) -> None:
    hands.open(case_folder)
    large = add(hands, (100, 100), (300, 300))
    small = add(hands, (180, 180), (220, 220))
    hands.key(Qt.Key.Key_Escape)
    hands.click(200, 200)
    assert hands.session.selected == (small,)
    hands.click(200, 200)
    assert hands.session.selected == (large,)
    hands.click(200, 200)
    assert hands.session.selected == (small,)
    hands.click(400, 400)
    assert hands.session.selected == ()


def test_a_stroke_splits_and_join_puts_together(hands, case_folder: Path) -> None:
    hands.open(case_folder)
    add(hands, (100, 100), (140, 300))
    hands.key(Qt.Key.Key_S)
    hands.drag((80, 180), (160, 180))
    heights = sorted(c.box.h for c in hands.annotation.chromosomes)
    assert heights == pytest.approx([80, 120], abs=3)
    hands.key(Qt.Key.Key_Escape)
    hands.click(120, 140)
    hands.click(120, 250, CTRL)
    hands.key(Qt.Key.Key_J)
    (joined,) = hands.annotation.chromosomes
    assert joined.box.to_xyxy() == pytest.approx((100, 100, 140, 300), abs=2)


def test_split_needs_no_mouse(hands, case_folder: Path) -> None:
    hands.open(case_folder)
    add(hands, (100, 100), (140, 300))
    hands.click(120, 200)
    hands.key(Qt.Key.Key_S)
    hands.key(Qt.Key.Key_S)
    assert [c.box.h for c in hands.annotation.chromosomes] == pytest.approx([100, 100], abs=3)


def test_a_double_click_near_a_chromosome_proposes_its_box(hands, case_folder: Path, places) -> None:
    hands.open(case_folder)
    for truth in places(seed=0)[4:40:7]:
        hands.key(Qt.Key.Key_Escape)
        hands.double_click(truth.cx, truth.cy)
        found = hands.annotation.chromosomes[-1].box
        assert iou_rotated(found.to_array()[None], truth.to_array()[None])[0, 0] > 0.6
    assert len(hands.annotation.chromosomes) == 6


def test_counting_by_clicks_without_an_engine(hands, case_folder: Path, places) -> None:
    hands.open(case_folder)
    hands.key(Qt.Key.Key_C)
    for box in places(seed=0):
        hands.click(box.cx, box.cy)
    assert hands.window.header.total.text() == "46"
    first = places(seed=0)[0]
    hands.click(first.cx, first.cy)
    assert hands.window.header.total.text() == "45"
    hands.key(Qt.Key.Key_Z, CTRL)
    assert hands.annotation.total() == 46
    hands.saved()
    assert len(hands.on_disk(case_folder, "c00.png")["count_marks"]) == 46


def test_a_blind_second_count_hides_the_first_and_then_compares(hands, case_folder: Path, places) -> None:
    hands.open(case_folder)
    for k, box in enumerate(places(seed=0)[:5]):
        hands.key(Qt.Key.Key_Escape)
        hands.double_click(box.cx, box.cy)
        assert len(hands.annotation.chromosomes) == k + 1
    hands.key(Qt.Key.Key_Return)
    hands.key(Qt.Key.Key_A)
    hands.until(lambda: hands.session.current == "c00.png" and hands.view.size_yx[0] > 0)
    assert hands.annotation.state is ReviewState.REVIEWED
    hands.key(Qt.Key.Key_C, CTRL | SHIFT)
    assert hands.window.cells.model.rows[0].count == "–"
    assert hands.view.layer.boxes == ()
    assert hands.window.header.total.text() == "0"
    for box in places(seed=0)[:4]:
        hands.click(box.cx, box.cy)
    assert hands.window.header.total.text() == "4"
    assert len(hands.annotation.chromosomes) == 5
    hands.key(Qt.Key.Key_Return)
    hands.until(lambda: QApplication.activeModalWidget() is not None)
    message = QApplication.activeModalWidget()
    assert "The counts differ: first 5, yours 4; 1 boxes" in message.text()
    message.accept()
    assert len(hands.view.layer.boxes) == 5


def test_set_aside_asks_for_a_reason_and_goes_on(hands, case_folder: Path) -> None:
    hands.open(case_folder)
    hands.key(Qt.Key.Key_Backspace, CTRL)
    hands.until(lambda: QApplication.activeModalWidget() is not None)
    QTest.keyClick(QApplication.activeModalWidget(), Qt.Key.Key_Return)
    assert hands.session.annotation("c00.png").reason == "broken metaphase"
    assert hands.session.current == "c01.png"
    assert hands.window.cells.model.rows[0].state is ReviewState.SET_ASIDE


def test_red_doubts_are_said_before_a_cell_is_reviewed(hands, case_folder: Path) -> None:
    hands.open(case_folder)
    hands.key(Qt.Key.Key_I)
    hands.until(lambda: hands.annotation.total() == 46)
    hands.key(Qt.Key.Key_Return)
    hands.until(lambda: isinstance(QApplication.activeModalWidget(), QMessageBox))
    message = QApplication.activeModalWidget()
    assert "One red doubt" in message.text()
    QTest.keyClick(message, Qt.Key.Key_Escape)
    assert hands.annotation.state is ReviewState.PROPOSED
    assert hands.session.selection()[0].doubt == pytest.approx(0.7)


def test_sex_withheld_shows_no_x_and_no_y(hands, case_folder: Path) -> None:
    hands.open(case_folder)
    hands.key(Qt.Key.Key_I)
    hands.until(lambda: hands.annotation.total() == 46)
    assert any(b.text == "X" for b in hands.view.layer.boxes)
    hands.window.controller.case.update_settings(sex_withheld=True)
    hands.window.refresh_all()
    texts = {b.text for b in hands.view.layer.boxes}
    assert "X" not in texts
    assert "sex" in texts
    assert hands.window.inspector.buttons[22].text() == "X"


def test_display_changes_the_picture_and_no_data(hands, case_folder: Path) -> None:
    hands.open(case_folder)
    before = hands.window.controller.image("c00.png").pixels.copy()
    shown = hands.view.grab().toImage()
    hands.key(Qt.Key.Key_J, CTRL)
    hands.until(lambda: hands.window.adjust.isVisible())
    hands.window.adjust.inverted.click()
    hands.until(lambda: hands.view.grab().toImage() != shown)
    hands.until(lambda: hands.window.controller._rendering is None)
    dark = hands.view.image_item._levels[0].pixelColor(5, 5).red()
    assert dark < 60
    assert np.array_equal(hands.window.controller.image("c00.png").pixels, before)
    hands.view.setFocus()
    hands.key(Qt.Key.Key_B)
    hands.until(lambda: hands.view.image_item._levels[0].pixelColor(5, 5).red() > 200)
    assert not (case_folder / "karyoview" / "annotations" / "c00.png.json").exists()


def test_hiding_boxes_and_labels_is_one_key_each(hands, case_folder: Path) -> None:
    hands.open(case_folder)
    add(hands, (100, 100), (140, 300))
    hands.key(Qt.Key.Key_Escape)
    hands.key(Qt.Key.Key_H)
    hidden = hands.view.grab().toImage()
    hands.key(Qt.Key.Key_H)
    assert hands.view.grab().toImage() != hidden
    hands.key(Qt.Key.Key_L)
    assert not hands.view.layer.show_labels
    hands.key(Qt.Key.Key_M)
    assert hands.view.loupe.isVisible()


def test_the_wheel_zooms_at_the_pointer_and_f_fits(hands, case_folder: Path) -> None:
    hands.open(case_folder)
    hands.view.setFocus()
    fitted = hands.view.scale_factor
    at = QPointF(hands.at(200, 150))
    glob = hands.view.viewport().mapToGlobal(at)
    for _ in range(3):
        event = QWheelEvent(at, glob, QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
                            Qt.ScrollPhase.NoScrollPhase, False)  # fmt: skip
        QApplication.sendEvent(hands.view.viewport(), event)
    assert hands.view.scale_factor > fitted * 1.5
    assert hands.view.to_image(at) == pytest.approx((200, 150), abs=1.5)
    hands.key(Qt.Key.Key_0, CTRL)
    assert hands.view.scale_factor == pytest.approx(1.0, rel=0.02)
    hands.key(Qt.Key.Key_F)
    assert hands.view.scale_factor == pytest.approx(fitted, rel=0.01)


def test_the_middle_button_pans(hands, case_folder: Path) -> None:
    hands.open(case_folder)
    before = hands.at(300, 200)
    port = hands.view.viewport()
    QTest.mousePress(port, Qt.MouseButton.MiddleButton, Qt.KeyboardModifier.NoModifier, QPoint(200, 200))
    QTest.mouseMove(port, QPoint(230, 220))
    QTest.mouseRelease(port, Qt.MouseButton.MiddleButton, Qt.KeyboardModifier.NoModifier, QPoint(230, 220))
    moved = hands.at(300, 200) - before
    assert (moved.x(), moved.y()) == pytest.approx((30, 20), abs=2)


def test_dropping_a_folder_opens_it(hands, case_folder: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(case_folder))])
    window = hands.window
    event = QDropEvent(
        QPointF(50, 50), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    window.dropEvent(event)
    hands.until(lambda: hands.session is not None)
    assert window.settings["recent"] == [str(case_folder)]
    assert "Fall Ä" in window.windowTitle()


def test_an_unreadable_image_says_why_and_the_others_work(hands, case_folder: Path) -> None:
    (case_folder / "a-broken.png").write_bytes(b"\x89PNG\r\n\x1a\n broken")
    hands.window.open_case(case_folder)
    hands.until(lambda: "a-broken.png" in hands.view.message and "Loading" not in hands.view.message)
    hands.key(Qt.Key.Key_D)
    hands.until(lambda: hands.view.size_yx[0] > 0)
    assert hands.session.current == "c00.png"


def test_the_whole_sample_case_by_keyboard_alone(hands, case_folder: Path) -> None:
    """From the folder to reviewed counts without touching the mouse."""
    hands.window.settings["confirm_red"] = False
    hands.open(case_folder)
    hands.key(Qt.Key.Key_B, CTRL)
    hands.until(lambda: hands.window.controller.last_run.done == 3)
    for _ in range(3):
        hands.key(Qt.Key.Key_Space)
        hands.key(Qt.Key.Key_G)
        hands.key(Qt.Key.Key_G)
        hands.key(Qt.Key.Key_Return)
    assert all(hands.session.annotation(i).state is ReviewState.REVIEWED for i in hands.session.images)
    assert [r.count for r in hands.window.cells.model.rows] == ["46", "46", "46"]
    assert hands.window.cells.footer.text() == "3 of 3 reviewed"

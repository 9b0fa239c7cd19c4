"""Strokes on an outline are taken back and drawn again by keys and buttons, and the case's own steps stay out of it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from board_samples import Bench
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from karyoview.gui.karyogram.outline import OutlineDialog

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def dialog(bench: Bench) -> Iterator[OutlineDialog]:
    bench.board.select("c0")
    made = OutlineDialog(bench.session, bench.pixels, "c0")
    made.show()
    made.activateWindow()
    QApplication.processEvents()
    yield made
    made.close()
    made.deleteLater()
    QApplication.processEvents()


def middle(dialog: OutlineDialog, dy: float = 0.0) -> QPoint:
    centre = dialog.view.sceneRect().center()
    return dialog.view.mapFromScene(QPointF(centre.x(), centre.y() + dy))


def erase(dialog: OutlineDialog, dy: float = 0.0) -> None:
    QTest.mouseClick(dialog.view.viewport(), Qt.MouseButton.RightButton, pos=middle(dialog, dy))


def cut_across(dialog: OutlineDialog) -> None:
    rect = dialog.view.sceneRect()
    first, last = (dialog.view.mapFromScene(QPointF(x, rect.center().y())) for x in (rect.left() + 2, rect.right() - 2))
    dialog.modes.button(2).click()
    port = dialog.view.viewport()
    QTest.mousePress(port, Qt.MouseButton.LeftButton, pos=first)
    QTest.mouseMove(port, last)
    QTest.mouseRelease(port, Qt.MouseButton.LeftButton, pos=last)


def test_strokes_are_undone_one_by_one_and_done_again_by_keys(bench: Bench, dialog: OutlineDialog) -> None:
    steps_of_the_case = len(bench.session.history)
    states = [dialog.outline.copy()]
    for dy in (-8.0, 8.0):
        erase(dialog, dy)
        states.append(dialog.outline.copy())
    assert states[2].sum() < states[1].sum() < states[0].sum()
    QTest.keyClick(dialog, Qt.Key.Key_Z, CTRL)
    assert np.array_equal(dialog.outline, states[1])
    QTest.keyClick(dialog, Qt.Key.Key_Z, CTRL)
    assert np.array_equal(dialog.outline, states[0])
    assert not dialog.undo_button.isEnabled()
    QTest.keyClick(dialog, Qt.Key.Key_Z, CTRL)  # nothing is left: the case's own steps stay
    assert len(bench.session.history) == steps_of_the_case
    QTest.keyClick(dialog, Qt.Key.Key_Z, CTRL | SHIFT)
    assert np.array_equal(dialog.outline, states[1])
    erase(dialog, 14.0)
    assert not dialog.redo_button.isEnabled()


def test_a_cut_is_undone_by_the_button_and_comes_back(dialog: OutlineDialog) -> None:
    erase(dialog)
    cut_across(dialog)
    assert dialog.cut
    assert "a chromosome of its own" in dialog.note.text()
    QTest.mouseClick(dialog.undo_button, Qt.MouseButton.LeftButton)
    assert not dialog.cut
    assert dialog.note.text() == ""
    QTest.mouseClick(dialog.redo_button, Qt.MouseButton.LeftButton)
    assert dialog.cut
    assert "a chromosome of its own" in dialog.note.text()


def test_what_was_undone_is_not_kept(bench: Bench, dialog: OutlineDialog) -> None:
    whole = dialog.outline.copy()
    cut_across(dialog)
    QTest.keyClick(dialog, Qt.Key.Key_Z, CTRL)
    total = bench.session.annotation().total()
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert not dialog.isVisible()
    assert bench.session.annotation().total() == total
    assert np.array_equal(dialog.outline, whole)

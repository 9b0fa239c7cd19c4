"""Engines in the background: progress, cancelling, failing cells, late results, threshold, closing in the middle."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from karyoview.case.audit import AuditLog, scan
from karyoview.gui.dialogs.differences import DifferencesDialog

CTRL = Qt.KeyboardModifier.ControlModifier


def test_all_cells_come_one_by_one_and_a_bad_one_is_listed(driver, case_folder: Path, fake_engine) -> None:
    fake_engine.broken = frozenset({"c01.png"})
    driver.open(case_folder)
    driver.key(Qt.Key.Key_B, CTRL)
    driver.until(lambda: driver.window.runner.last_run.total == 3)
    end = driver.window.runner.last_run
    assert (end.done, [name for name, _ in end.failures]) == (2, ["c01.png"])
    assert driver.window.engine.failures.count() == 1
    assert "c01.png" in driver.window.engine.failures.item(0).text()
    assert [r.count for r in driver.window.cells.model.rows] == ["46", "–", "46"]


def test_cancel_is_at_once_even_if_the_engine_is_not_and_nothing_arrives_after(
    driver, case_folder: Path, fake_engine
) -> None:
    fake_engine.gate = threading.Event()
    driver.open(case_folder)
    driver.key(Qt.Key.Key_B, CTRL)
    driver.until(lambda: fake_engine.asked == ["c00.png"])
    begun = time.monotonic()
    QTest.mouseClick(driver.window.engine.cancel, Qt.MouseButton.LeftButton)
    driver.until(lambda: driver.window.runner.last_run.cancelled)
    assert time.monotonic() - begun < 5
    fake_engine.gate.set()
    driver.qtbot.wait(100)
    assert driver.annotation.chromosomes == ()
    assert not driver.window.runner.running


def test_a_result_for_a_cell_that_was_edited_meanwhile_becomes_suggestions(
    driver, case_folder: Path, fake_engine
) -> None:
    fake_engine.gate = threading.Event()
    driver.open(case_folder)
    driver.key(Qt.Key.Key_I)
    driver.until(lambda: fake_engine.asked == ["c00.png"])
    driver.key(Qt.Key.Key_R)
    driver.drag((5, 5), (30, 60))
    driver.key(Qt.Key.Key_V)
    fake_engine.gate.set()
    driver.until(lambda: driver.window.banner.isVisible())
    assert len(driver.annotation.chromosomes) == 1
    overlays = driver.view.layer.overlays
    assert len(overlays) >= 45
    driver.click(*overlays[10].box.centre)
    assert len(driver.annotation.chromosomes) == 2
    QTest.mouseClick(driver.window.banner.take, Qt.MouseButton.LeftButton)
    assert len(driver.annotation.chromosomes) == 1 + len(overlays)
    assert not driver.window.banner.isVisible()


def test_the_threshold_works_live_without_asking_again(driver, case_folder: Path, fake_engine) -> None:
    driver.open(case_folder)
    driver.key(Qt.Key.Key_I)
    driver.until(lambda: driver.annotation.total() == 46)
    driver.window.engine.slider.setValue(10)
    assert driver.annotation.total() == 47
    driver.window.engine.slider.setValue(90)
    assert driver.annotation.total() == 14
    driver.window.engine.slider.setValue(50)
    driver.view.setFocus()
    driver.key(Qt.Key.Key_BracketRight)
    assert driver.window.settings["thresholds"] == {"fake": 0.51}
    assert driver.annotation.total() == 46
    assert fake_engine.asked == ["c00.png"]


def test_results_survive_reopening_and_the_threshold_still_moves(driver, case_folder: Path, fake_engine) -> None:
    driver.open(case_folder)
    driver.key(Qt.Key.Key_I)
    driver.until(lambda: driver.annotation.total() == 46)
    driver.saved()
    driver.window.controller.close_case()
    driver.open(case_folder)
    driver.until(lambda: driver.session.annotation("c00.png").total() == 46)
    driver.window.engine.slider.setValue(10)
    assert driver.session.annotation("c00.png").total() == 47


def test_two_engines_compared_on_a_cell(driver, case_folder: Path) -> None:
    driver.open(case_folder)
    driver.key(Qt.Key.Key_I)
    driver.until(lambda: driver.annotation.total() == 46)
    driver.key(Qt.Key.Key_K, CTRL)
    panel = driver.window.compare
    driver.until(lambda: panel.run.isVisible())
    QTest.mouseClick(panel.run, Qt.MouseButton.LeftButton)
    driver.until(lambda: panel.list.count() == 1)
    assert panel.result.text() == "45 agree, 0 differ in class, 1 only Fake, 0 only Second"
    assert panel.list.item(0).text() == "only Fake: 2, score 0.95"
    assert any(d.reason == "not seen by second" for d in driver.window.doubts.of("c00.png"))
    assert driver.annotation.total() == 46
    # The list leads to the place, and what only the other engine saw is taken over by a click on it.
    (item,) = (panel.list.item(0),)
    QTest.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=panel.list.visualItemRect(item).center())
    assert [g.chosen for g in driver.view.layer.overlays] == [True]
    # what comes in late fills the same list again: its place stays, and the picture does not travel
    travelled: list[tuple[float, float]] = []
    panel.place_chosen.connect(lambda *place: travelled.append(place))
    panel.refresh()
    assert panel.list.currentRow() == 0
    assert [g.chosen for g in driver.view.layer.overlays] == [True]
    assert travelled == []
    x, y = driver.view.layer.overlays[0].box.centre
    driver.click(x, y)
    driver.key(Qt.Key.Key_Delete)
    assert driver.annotation.total() == 45
    driver.click(x, y)
    assert driver.annotation.total() == 46
    assert driver.annotation.chromosomes[-1].is_human
    assert driver.annotation.chromosomes[-1].label == 1
    driver.key(Qt.Key.Key_Z, CTRL)
    assert driver.annotation.total() == 45


def test_a_run_leaves_reviewed_cells_alone(driver, case_folder: Path, fake_engine) -> None:
    driver.open(case_folder)
    driver.reviewed()
    driver.until(lambda: driver.session.current == "c01.png")
    driver.key(Qt.Key.Key_B, CTRL)
    driver.until(lambda: driver.window.runner.last_run.done == 2)
    assert fake_engine.asked == ["c01.png", "c02.png"]


def test_closing_in_the_middle_of_work_ends_cleanly(driver, case_folder: Path, fake_engine) -> None:
    fake_engine.gate = threading.Event()
    driver.open(case_folder)
    driver.key(Qt.Key.Key_R)
    driver.drag((100, 100), (160, 200))
    driver.key(Qt.Key.Key_B, CTRL)
    driver.until(lambda: bool(fake_engine.asked))
    driver.window.close()
    assert not driver.window.isVisible()
    assert len(driver.on_disk(case_folder, "c00.png")["chromosomes"]) == 1


def test_a_failed_save_is_seen_and_can_be_tried_again(
    driver, case_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver.open(case_folder)
    write = driver.window.controller._saver._write

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "c00.png")

    driver.window.controller._saver._write = full
    driver.key(Qt.Key.Key_R)
    driver.drag((100, 100), (160, 200))
    driver.until(lambda: "not saved" in driver.window.header.saved.text())
    assert "No space left" in driver.window.header.saved.toolTip()
    driver.window.controller._saver._write = write
    driver.key(Qt.Key.Key_S, CTRL)
    driver.saved()
    assert len(driver.on_disk(case_folder, "c00.png")["chromosomes"]) == 1


def test_the_panel_says_what_was_measured_and_warns_of_an_engine_that_is_not_ready(
    driver, case_folder: Path, fake_engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver.open(case_folder)
    runner, panel = driver.window.runner, driver.window.engine
    assert "Experimental" not in panel.note.text()
    card = {"metrics": {"fit": {"corrections_per_cell": 1.0}, "cells": {"corrections_per_cell": 24.31}}}
    weak = replace(runner.engine(), card={**card, "experimental": True})
    monkeypatch.setattr(runner, "engine", lambda: weak)
    panel.refresh()
    assert "24.3 corrections a cell" in panel.note.text()
    assert "Experimental" in panel.note.text()


def test_the_panel_says_since_when_own_weights_are_at_work_and_by_whom(
    driver, case_folder: Path, fake_engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver.open(case_folder)
    runner, panel = driver.window.runner, driver.window.engine
    assert "at work since" not in panel.note.text()
    monkeypatch.setenv("KARYOVIEW_WEIGHTS", str(tmp_path))
    detail = {"engine": runner.engine().name, "before": "shipped", "after": "0" * 64}
    record = tmp_path / "weights.jsonl"
    AuditLog(record, scan(record)).append(user="Dr. Ines Roth", action="activate", detail=detail)
    panel.refresh()
    assert "at work since 2" in panel.note.text()
    assert "by Dr. Ines Roth" in panel.note.text()


def test_a_cell_that_is_none_is_listed_so_and_one_key_looks_anyway(driver, case_folder: Path, fake_engine) -> None:
    fake_engine.refused = frozenset({"c01.png"})
    driver.open(case_folder)
    driver.key(Qt.Key.Key_B, CTRL)
    driver.until(lambda: driver.window.runner.last_run.total == 3)
    assert driver.window.cells.model.rows[1].state_text == "no metaphase found"
    assert driver.window.cells.model.rows[0].state_text == "proposed"
    driver.key(Qt.Key.Key_D)
    assert driver.annotation.total() == 0
    assert "Shift+I looks anyway" in driver.window.header.state.text()
    driver.key(Qt.Key.Key_I, Qt.KeyboardModifier.ShiftModifier)
    driver.until(lambda: driver.annotation.total() == 46)
    driver.until(lambda: driver.window.cells.model.rows[1].state_text == "proposed")
    assert "metaphase" not in driver.window.header.state.text()


def test_no_metaphase_found_is_known_after_the_case_was_opened_again(driver, case_folder: Path, fake_engine) -> None:
    fake_engine.refused = frozenset({"c00.png"})
    driver.open(case_folder)
    driver.key(Qt.Key.Key_I)
    driver.until(lambda: driver.window.cells.model.rows[0].state_text == "no metaphase found")
    driver.open(case_folder)
    assert driver.window.cells.model.rows[0].state_text == "no metaphase found"


def test_the_header_says_that_a_look_is_new_to_the_engine(driver, case_folder: Path, fake_engine) -> None:
    fake_engine.novelty = 0.8
    driver.open(case_folder)
    driver.key(Qt.Key.Key_I)
    driver.until(lambda: driver.annotation.total() == 46)
    assert "new look" not in driver.window.header.state.text()
    fake_engine.novelty = 1.4
    driver.key(Qt.Key.Key_D)
    driver.key(Qt.Key.Key_I)
    driver.until(lambda: driver.annotation.total() == 46)
    assert driver.window.header.state.text().endswith(" · new look: training helps")


def test_the_engine_panel_says_in_what_an_engine_differs_from_its_paper(driver, case_folder: Path, fake_engine) -> None:
    driver.open(case_folder)
    panel, runner = driver.window.engine, driver.window.runner
    panel.refresh()
    assert panel.differences.isHidden()  # this engine follows no paper
    sentences = ["RoIAlign, 7×7 (paper: RoI pooling).", "Pictures a step: 2 (paper: 1 < 2)."]
    infos = runner.engines()
    infos[0] = replace(infos[0], card={"differs_from_the_paper": sentences})
    panel.refresh()
    assert not panel.differences.isHidden()
    assert panel.differences.text() == "Differs from its paper in 2 points…"
    QTest.mouseClick(panel.differences, Qt.MouseButton.LeftButton)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, DifferencesDialog)
    assert dialog.text.toPlainText().splitlines() == sentences
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert QApplication.activeModalWidget() is None

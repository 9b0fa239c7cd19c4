"""The page of the learning loop: a run's curves, its steering, and engines that are only offered when better."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from karyoview.core.metrics import ImagePrediction, ImageTruth
from karyoview.detectors.cards import card_path, info_from_card, read_card
from karyoview.detectors.weights import save_weights
from karyoview.gui.app import use_shipped_font
from karyoview.gui.theme import apply_theme
from karyoview.gui.training import page as module
from karyoview.gui.training.page import TrainingPage
from karyoview.services.training import PLAN
from karyoview.services.weights import Comparison, JudgedCell, WeightsRepository, judge

NAME = "deepace-v2"


def trained(folder: Path, value: float) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    card = {"engine": NAME, "title": "DeepACEv2", "classes": ["chromosome"], "rotated": False,
            "operating_threshold": 0.5}  # fmt: skip
    return save_weights(folder / f"{NAME}.safetensors", {"a": torch.full((2, 2), value)}, card)


def write_run(root: Path, *, alive: bool, done: Path | None = None, steps: int = 40) -> Path:
    """The folder of a run as the trainer leaves it; an ``alive`` one belongs to this process."""
    folder = root / "workspace" / "training" / "2026-01-02-030405-ab"
    folder.mkdir(parents=True)
    plan = {"cases": [str(root)], "engine": NAME, "minutes": 5.0}
    (folder / PLAN).write_text(json.dumps(plan))
    (folder / "process.json").write_text(json.dumps({"pid": os.getpid() if alive else 0, "time": time.time() - 9}))
    events: list[dict] = [{"event": "start", "total": 100}]
    for step in range(1, steps + 1):
        parts = {"loss_classifier": 0.6 / step + 0.1, "loss_box_reg": 0.9 / step**0.5}
        events.append({"event": "step", "step": step, "total": 100, "loss": sum(parts.values()), "losses": parts,
                       "seconds_left": 90.0})  # fmt: skip
        if step % 10 == 0:
            events.append({"event": "evaluation", "step": step, "images": 4, "corrections_per_cell": 46 / step})
    if done is not None:
        events.append({"event": "done", "step": steps, "weights": str(done)})
    (folder / "progress.jsonl").write_text("".join(json.dumps(e | {"time": time.time()}) + "\n" for e in events))
    return folder


def comparison(root: Path, old: Path, new: Path, lost: int) -> Comparison:
    """The new engine finds all chromosomes but ``lost``, the old one leaves out three."""
    cells, found = [], ([], [])
    for number in range(4):
        rng = np.random.default_rng(number)
        pixels = np.full((200, 300), 225, np.uint8)
        boxes = np.array([[15.0 + 55 * k, 40 + 10 * rng.random(), 40 + 55 * k, 140] for k in range(5)])
        for x1, y1, x2, y2 in boxes.astype(int):
            cv2.rectangle(pixels, (int(x1) + 3, int(y1) + 3), (int(x2) - 3, int(y2) - 3), 80, -1)
        path = root / f"cell-{number}.png"
        cv2.imwrite(str(path), pixels)
        truth = ImageTruth(path.name, boxes, np.full(5, -1), "CASE7")
        cells.append(JudgedCell(truth, path))
        for side, missing in zip(found, (3, lost), strict=True):
            side.append(
                ImagePrediction(path.name, boxes[missing:], np.full(5 - missing, -1), np.full(5 - missing, 0.9))
            )
    infos = [info_from_card(read_card(card_path(p)), NAME) for p in (old, new)]
    outcome = judge(found[0], found[1], [c.truth for c in cells], infos[0], infos[1], new)
    return replace(outcome, judged=tuple(cells), predictions=found)


@pytest.fixture
def laboratory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KARYOVIEW_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.setenv("KARYOVIEW_WEIGHTS", str(tmp_path / "weights"))
    trained(tmp_path / "weights", 1.0)
    return tmp_path


@pytest.fixture
def shown(qtbot, laboratory: Path) -> Iterator:  # type: ignore[no-untyped-def]
    pages: list[TrainingPage] = []
    app = QApplication.instance()
    use_shipped_font(app)
    apply_theme(app, "light", 10)

    def show() -> TrainingPage:
        page = TrainingPage([laboratory / "Case 1", laboratory / "Case 2"], "cyto")
        pages.append(page)
        page.show()
        qtbot.waitExposed(page)
        return page

    yield show
    for page in pages:
        page.close()
        page.deleteLater()
    QApplication.processEvents()


def press(button) -> None:  # type: ignore[no-untyped-def]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def keep_picture(page: TrainingPage, name: str) -> None:
    if folder := os.environ.get("KARYOVIEW_PICTURES"):
        QApplication.processEvents()
        page.grab().save(str(Path(folder) / f"{name}.png"))


def test_a_run_of_an_earlier_start_is_found_watched_and_steered(qtbot, laboratory: Path, shown) -> None:
    folder = write_run(laboratory, alive=True)
    page = shown()
    page._run._is_alive = lambda: True  # the process of this test is not a training
    page.refresh()
    assert page.bar.value() == 40
    assert "step 40 of 100, about 90 seconds left" in page.state.text()
    x, y = page.curves._lines["loss all"].getData()
    assert (len(x), round(float(y[0]), 2)) == (40, 1.6)
    assert page.curves._lines["figure"].getData()[1][-1] == pytest.approx(1.15)
    legend = [label.text for _, label in page.curves.loss.plotItem.legend.items]
    assert legend == ["all together", "what it is", "place of the box"]
    assert page.runs.currentText().startswith("2026-01-02 03:04  deepace-v2")
    keep_picture(page, "training-progress")
    assert not page.start.isEnabled()
    press(page.pause)
    assert (folder / "control").read_text() == "pause"
    with (folder / "progress.jsonl").open("a") as file:
        file.write(json.dumps({"event": "paused", "step": 40, "time": time.time()}) + "\n")
    qtbot.waitUntil(lambda: "Paused" in page.state.text(), timeout=5000)
    press(page.resume)
    assert (folder / "control").read_text() == "run"
    press(page.cancel)
    assert (folder / "control").read_text() == "cancel"


def test_a_better_engine_is_activated_and_taken_back_by_one_click_each(
    qtbot, laboratory: Path, shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = trained(laboratory / "run", 2.0)
    write_run(laboratory, alive=False, done=new)
    outcome = comparison(laboratory, laboratory / "weights" / f"{NAME}.safetensors", new, lost=1)
    monkeypatch.setattr(module, "compare", lambda *a, **k: outcome)
    page = shown()
    before = WeightsRepository().active(NAME)
    assert "Done" in page.state.text()
    assert page.bar.value() == page.bar.maximum(), "minutes end before the steps planned for them"
    assert not page.activate.isEnabled()
    press(page.compare)
    qtbot.waitUntil(lambda: page.comparison.outcome is not None, timeout=5000)
    assert "The new engine is better: 3.0 corrections per cell before, 1.0 now" in page.comparison.sentence.text()
    assert page.comparison.cells.rowCount() == 4
    assert not page.comparison.old._whole.isNull()
    keep_picture(page, "training-comparison")
    qtbot.waitUntil(page.activate.isEnabled, timeout=5000)
    with qtbot.waitSignal(page.weights_changed, timeout=5000):
        press(page.activate)
    assert WeightsRepository().active(NAME) == outcome.new_hash != before
    press(page.roll_back_button)
    assert WeightsRepository().active(NAME) == before
    assert [(e["user"], e["action"]) for e in WeightsRepository().history()] == [
        ("cyto", "activate"),
        ("cyto", "roll back"),
    ]


def test_a_worse_engine_is_shown_and_not_offered(qtbot, laboratory: Path, shown, monkeypatch) -> None:
    new = trained(laboratory / "run", 2.0)
    write_run(laboratory, alive=False, done=new)
    outcome = comparison(laboratory, laboratory / "weights" / f"{NAME}.safetensors", new, lost=4)
    monkeypatch.setattr(module, "compare", lambda *a, **k: outcome)
    page = shown()
    press(page.compare)
    qtbot.waitUntil(lambda: page.comparison.outcome is not None, timeout=5000)
    page.refresh()
    assert "worse and is not offered" in page.comparison.sentence.text()
    assert not page.activate.isEnabled()


def test_problems_of_the_cases_are_shown_before_training(qtbot, laboratory: Path, shown, monkeypatch) -> None:
    facts = {"cells": 3, "cases": 2, "held_back": 1, "chromosomes": 130, "corrected": 12}
    problem = {"kind": "consent", "where": "CASE2", "text": "no consent", "skipped": True}
    seen: list[list[Path]] = []

    def survey(cases: list[Path], held_back: float, keep_back: tuple[str, ...]) -> dict:
        seen.append(cases)
        return {"statistics": facts, "problems": [problem]}

    monkeypatch.setattr(module, "survey", survey)
    page = shown()
    page.cases.item(1).setCheckState(Qt.CheckState.Unchecked)
    press(page.inspect)
    qtbot.waitUntil(lambda: "130 chromosomes, 12 corrected" in page.data.toPlainText(), timeout=5000)
    assert "CASE2: no consent (left out)" in page.data.toPlainText()
    assert seen == [[laboratory / "Case 1"]]
    for i in range(page.cases.count()):
        page.cases.item(i).setCheckState(Qt.CheckState.Unchecked)
    lacking = page.box.preconditions
    qtbot.waitUntil(lambda: lacking.sentences == ["Tick at least one case to learn from."], timeout=5000)
    assert not page.start.isEnabled()
    assert page.start.toolTip() == lacking.sentences[0]


def test_a_verdict_outlives_the_page(qtbot, laboratory: Path, shown, monkeypatch: pytest.MonkeyPatch) -> None:
    new = trained(laboratory / "run", 2.0)
    write_run(laboratory, alive=False, done=new)
    outcome = comparison(laboratory, laboratory / "weights" / f"{NAME}.safetensors", new, lost=1)
    monkeypatch.setattr(module, "compare", lambda *a, **k: outcome)
    monkeypatch.setattr(module, "names_of", lambda cases, cells: {outcome.cells[0].image: "Case 1, first.png"})
    page = shown()
    press(page.compare)
    qtbot.waitUntil(lambda: page.comparison.outcome is not None, timeout=5000)
    page.close()
    again = shown()
    qtbot.waitUntil(lambda: again.comparison.outcome is not None, timeout=5000)
    assert "The new engine is better: 3.0 corrections per cell before, 1.0 now" in again.comparison.sentence.text()
    assert "Compared" in again.comparison.sentence.text()
    names = [again.comparison.cells.item(row, 0).text() for row in range(again.comparison.cells.rowCount())]
    assert "Case 1, first.png" in names
    qtbot.waitUntil(again.activate.isEnabled, timeout=5000)
    press(again.activate)
    assert WeightsRepository().active(NAME) == outcome.new_hash
    assert "by cyto" in again.active.text()


def test_an_old_run_shows_its_size_and_is_deleted(qtbot, laboratory: Path, shown) -> None:
    folder = write_run(laboratory, alive=False, done=trained(laboratory / "run", 2.0))
    page = shown()
    assert page.runs.currentText().endswith(" kB"), "a small run takes not 0 MB"
    press(page.delete)
    asked = QApplication.activeModalWidget()
    QTest.keyClick(asked, Qt.Key.Key_D)
    qtbot.waitUntil(lambda: not folder.exists(), timeout=5000)
    assert page.runs.count() == 0


def test_what_is_lacking_is_said_before_the_start_with_the_button_that_mends_it(qtbot, tmp_path: Path, shown) -> None:
    from karyoview.case.case import Case
    from karyoview.services.reviewing import open_doubts, review_cell

    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        cv2.imwrite(str(folder / "a.png"), np.full((60, 80), 220, np.uint8))
        with Case.open(folder, user="cyto") as case:
            review_cell(case, "a.png", "cyto", confirmed=[doubt.reason for doubt in open_doubts(case, "a.png")])
    page = shown()
    for row in range(page.cases.count()):
        page.cases.item(row).setCheckState(Qt.CheckState.Unchecked)
    lacking = page.box.preconditions
    qtbot.waitUntil(lambda: lacking.fatal == "Tick at least one case to learn from.", timeout=5000)
    assert not page.start.isEnabled()
    page.add_case(tmp_path / "one")
    qtbot.waitUntil(lambda: lacking.sentences == ["one: its 1 reviewed cells may not train engines yet."], timeout=5000)
    assert not page.start.isEnabled()
    press(lacking.buttons[0])
    qtbot.waitUntil(lambda: lacking.sentences[0].startswith("Only one can teach"), timeout=5000)
    with Case.open(tmp_path / "one", read_only=True) as case:
        assert case.settings.training_consent
    assert not lacking.fatal
    page.add_case(tmp_path / "two")
    qtbot.waitUntil(lambda: "two" in lacking.sentences[0], timeout=5000)
    press(lacking.buttons[0])
    qtbot.waitUntil(lambda: lacking.sentences == [], timeout=5000)
    page.cases.setCurrentRow(page.cases.count() - 1)
    press(page.box.hold_back)
    assert page.box.kept_back() == (str(tmp_path / "two"),)

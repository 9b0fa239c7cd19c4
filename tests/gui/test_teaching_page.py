"""From an archive to truth in the window: folder, consent, preconditions, looking, correcting, cases, training."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from karyoview.case.case import Case
from karyoview.core.annotation import ReviewState
from karyoview.core.geometry import Box
from karyoview.core.runlength import encode_mask
from karyoview.detectors.weights import save_weights
from karyoview.gui.app import use_shipped_font
from karyoview.gui.archive.page import TeachingPage
from karyoview.gui.theme import apply_theme
from karyoview.gui.training import page as training_page
from karyoview.io.images import sha256_of
from karyoview.services.archive_import import ArchiveProject
from karyoview.services.archive_pairs import ArchivePair, match_archive
from karyoview.services.archive_placement import PairOutcome, PlacedChromosome

SIZE = (420, 520)
COUNT = 46


def draw_pair(folder: Path, name: str, seed: int) -> list[tuple[Box, tuple[int, int, int, int]]]:
    """A field with 46 rods at any angle, and the same upright in rows; → box and frame in the karyogram of each."""
    rng = np.random.default_rng(seed)
    field, board = np.full(SIZE, 240, np.uint8), np.full(SIZE, 250, np.uint8)
    places = []
    for k in range(COUNT):
        length, angle = 44 - 0.6 * k, float(rng.uniform(-3, 3))
        box = Box.rotated(40 + 62 * (k % 8), 40 + 66 * (k // 8), 11, length, angle)
        cv2.fillPoly(field, [np.rint(box.corners()).astype(np.int32)], 90)
        x, y, h = 20 + 40 * (k % 12), 30 + 95 * (k // 12), int(length)
        board[y + 50 - h : y + 50, x : x + 11] = 90
        places.append((box, (x, y + 50 - h, 11, h)))
    folder.mkdir(parents=True)
    cv2.imwrite(str(folder / f"{name}.A.png"), field)
    cv2.imwrite(str(folder / f"{name}.K.png"), board)
    return places


def placed(pair: ArchivePair, places: list[tuple[Box, tuple[int, int, int, int]]]) -> PairOutcome:
    """What placing gives: one chromosome is doubtful, one has no class."""
    rows = []
    for k, (box, shown) in enumerate(places):
        mask = np.zeros(SIZE, np.uint8)
        cv2.fillPoly(mask, [np.rint(box.corners()).astype(np.int32)], 1)
        confidence = 0.55 if k == 7 else 0.97
        label = None if k == 20 else min(k // 2, 22)
        rows.append(
            PlacedChromosome(
                label, (box.cx, box.cy, box.w, box.h, box.angle), encode_mask(mask), shown, 0.96, confidence
            )
        )
    digests = sha256_of(pair.metaphase), sha256_of(pair.karyogram)
    return PairOutcome(pair, SIZE, tuple(rows), digests=digests).accept_above(0.8)


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two patients whose pairs an earlier start has placed, a picture alone, and an engine."""
    monkeypatch.setenv("KARYOVIEW_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.setenv("KARYOVIEW_WEIGHTS", str(tmp_path / "weights"))
    card = {"engine": "deepace-v2", "title": "DeepACEv2", "classes": ["chromosome"], "rotated": False,
            "operating_threshold": 0.5}  # fmt: skip
    (tmp_path / "weights").mkdir()
    save_weights(tmp_path / "weights" / "deepace-v2.safetensors", {"a": torch.zeros(2, 2)}, card)
    facts = {"cells": 1, "cases": 1, "held_back": 0, "chromosomes": 46, "corrected": 46}
    monkeypatch.setattr(training_page, "survey", lambda *_: {"statistics": facts, "problems": []})
    folder = tmp_path / "archive"
    places = {name: draw_pair(folder / name, "c1", seed) for seed, name in enumerate(("P1", "P2"))}
    cv2.imwrite(str(folder / "P2" / "other metaphase.png"), np.full((60, 60), 200, np.uint8))
    project = ArchiveProject.of_archive(folder)
    for pair in match_archive(folder).pairs:
        project.save(placed(pair, places[pair.case]))
    return folder


@pytest.fixture
def page(qtbot, archive: Path) -> Iterator[TeachingPage]:
    app = QApplication.instance()
    use_shipped_font(app)
    apply_theme(app, "light", 10)
    shown = TeachingPage("cyto")
    shown.show()
    qtbot.waitExposed(shown)
    yield shown
    shown.close()
    shown.deleteLater()
    QApplication.processEvents()


def press(button) -> None:  # type: ignore[no-untyped-def]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def drop(page: TeachingPage, folder: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(folder))])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    action, place = Qt.DropAction.CopyAction, QPointF(50, 50)
    QApplication.sendEvent(page.first, QDragEnterEvent(place.toPoint(), action, data, buttons, keys))
    QApplication.sendEvent(page.first, QDropEvent(place, action, data, buttons, keys))


def keep_picture(page: TeachingPage, name: str) -> None:
    if folder := os.environ.get("KARYOVIEW_PICTURES"):
        QApplication.processEvents()
        page.grab().save(str(Path(folder) / f"{name}.png"))


def conditions(page: TeachingPage) -> list[str]:
    return [page.first.conditions.item(i).text() for i in range(page.first.conditions.count())]


def test_the_way_from_a_dropped_folder_to_cases_that_training_sees(qtbot, page: TeachingPage, archive: Path) -> None:
    first, second = page.first, page.second
    drop(page, archive)
    qtbot.waitUntil(lambda: first.pairs.rowCount() == 2, timeout=20000)
    assert "2 pairs (2 by name), 1 picture without a partner." in first.state.text()
    assert first.left.item(0).text() == "other metaphase.png: no karyogram belongs to this metaphase"
    assert conditions(page)[0].startswith("✗ Consent is missing")
    QTest.mouseClick(first.consent, Qt.MouseButton.LeftButton, pos=QPoint(8, first.consent.height() // 2))
    assert all(text.startswith("✓") for text in conditions(page))
    assert any("2 patients; about a fifth of them is held back" in text for text in conditions(page))
    keep_picture(page, "teaching-archive")
    assert not page.steps.button(2).isEnabled()
    press(first.start)
    qtbot.waitUntil(lambda: page.stack.currentIndex() == 1, timeout=20000)
    qtbot.waitUntil(lambda: len(second.metaphase._items) == COUNT, timeout=20000)
    assert second.pairs.item(0, 2).text() == "2"
    # The first doubt is shown at once; accepting goes on to the next, which has no class.
    assert (second._current, second.chosen_text.text()) == (7, "confidence 55 %; to look at")
    keep_picture(page, "teaching-truth")
    QTest.keyClick(second, Qt.Key.Key_G)
    assert second._current == 20
    second.label.setCurrentIndex(11)
    second.label.activated.emit(11)
    assert second.pairs.item(0, 2).text() == "whole"
    press(second.undo)
    assert second.pairs.item(0, 2).text() == "1"
    second.label.setCurrentIndex(11)
    second.label.activated.emit(11)
    # Clicking a chromosome in the karyogram chooses it in both.
    x, y, w, h = second._outcomes[0].chromosomes[0].shown
    point = second.karyogram.mapFromScene(QPointF(x + w / 2, y + h / 2))
    QTest.mouseClick(second.karyogram.viewport(), Qt.MouseButton.LeftButton, pos=point)
    assert second._current == 0
    assert "accepted" in second.chosen_text.text()
    second.confidence.setValue(50)
    press(second.accept_all)
    assert second.pairs.item(1, 2).text() == "1"  # that without a class stays
    press(second.take_in)
    qtbot.waitUntil(lambda: page.stack.currentIndex() == 2, timeout=20000)
    assert "1 cell with the whole truth, 1 to be looked at." in second.outcome.text()
    assert page.training is not None
    assert [Path(c).name for c in page.training.box.chosen()] == ["P1", "P2"]
    assert page.training.isVisible()
    assert not page.training.isWindow()
    qtbot.waitUntil(lambda: "1 cells of 1 cases" in page.training.data.toPlainText(), timeout=20000)
    keep_picture(page, "teaching-training")
    name = second._outcomes[0].pair.case
    with Case.open(ArchiveProject.of_archive(archive).cases / name, read_only=True) as case:
        annotation = case.annotation("c1.A.png")
        assert case.settings.training_consent
    assert annotation.state is ReviewState.REVIEWED
    assert annotation.extra["karyogram"]["picture"] == "c1.K.png"
    by_person = [c for c in annotation.chromosomes if c.label_by is not None and c.label_by.kind == "person"]
    assert [(c.id, c.label) for c in by_person] == [("k21", 10)]


def test_a_person_can_leave_one_out_and_a_window_opened_again_knows(qtbot, page: TeachingPage, archive: Path) -> None:
    drop(page, archive)
    qtbot.waitUntil(lambda: page.first.pairs.rowCount() == 2, timeout=20000)
    press(page.first.start)
    second = page.second
    qtbot.waitUntil(lambda: len(second.metaphase._items) == COUNT, timeout=20000)
    QTest.keyClick(second, Qt.Key.Key_Delete)
    project = ArchiveProject.of_archive(archive)
    pair = second._outcomes[0].pair
    known = project.outcome(pair)
    assert known is not None
    assert known.chromosomes[7].removed
    assert known.chromosomes[7].by == "cyto"
    assert project.open_pairs([pair]) == []
    # Without consent cases are made, and nothing is trained on.
    press(second.take_in)
    qtbot.waitUntil(lambda: "Without the consent" in second.outcome.text(), timeout=20000)
    assert page.stack.currentIndex() == 1
    with Case.open(project.cases / pair.case, read_only=True) as case:
        assert not case.settings.training_consent


def test_a_folder_without_pairs_says_so(qtbot, page: TeachingPage, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    drop(page, tmp_path / "empty")
    qtbot.waitUntil(lambda: "holds no pictures" in page.first.state.text(), timeout=20000)
    assert not page.first.start.isEnabled()

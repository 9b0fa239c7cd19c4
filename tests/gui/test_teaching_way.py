"""The whole way in the real window: an archive is dropped, placed, looked at, trained on, compared, offered."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from karyoview.detectors.deepace_v2 import build_deepace_v2
from karyoview.detectors.engines import DEEPACE_V2
from karyoview.detectors.weights import save_weights
from karyoview.gui.app import use_shipped_font
from karyoview.gui.archive.page import TeachingPage
from karyoview.gui.theme import apply_theme
from karyoview.gui.window import MainWindow
from karyoview.services.settings import Settings

pytestmark = [pytest.mark.long, pytest.mark.timeout(3600)]
MINUTES = 60_000


@pytest.fixture
def window(qtbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    """The window, where a small engine can be taught."""
    monkeypatch.setenv("KARYOVIEW_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.setenv("KARYOVIEW_WEIGHTS", str(tmp_path / "weights"))
    torch.manual_seed(0)
    config = DEEPACE_V2.configure("tiny")
    card = {
        "engine": "deepace-v2", "title": "Small engine", "classes": ["chromosome"], "rotated": False,
        "operating_threshold": 0.5, "config": config.to_dict(),
    }  # fmt: skip
    save_weights(tmp_path / "weights" / "deepace-v2.safetensors", build_deepace_v2(config).state_dict(), card)
    app = QApplication.instance()
    use_shipped_font(app)
    apply_theme(app, "light", 10)
    shown = MainWindow(Settings(tmp_path / "settings.json"))
    shown.resize(1400, 900)
    shown.show()
    qtbot.waitExposed(shown)
    yield shown
    shown.close()
    shown.deleteLater()
    QApplication.processEvents()


def press(button) -> None:  # type: ignore[no-untyped-def]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def keep_picture(page: TeachingPage, name: str) -> None:
    if folder := os.environ.get("KARYOVIEW_PICTURES"):
        QApplication.processEvents()
        page.grab().save(str(Path(folder) / f"{name}.png"))


def drop(page: TeachingPage, folder: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(folder))])
    action, place = Qt.DropAction.CopyAction, QPointF(50, 50)
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(page.first, QDragEnterEvent(place.toPoint(), action, data, buttons, keys))
    QApplication.sendEvent(page.first, QDropEvent(place, action, data, buttons, keys))


def test_from_a_dropped_archive_to_an_engine_that_is_offered_or_not(qtbot, window: MainWindow, tmp_path: Path) -> None:
    sys.path.insert(0, str(Path(__file__).parents[1] / "services"))
    from archive_samples import write_pair

    for number, seed in enumerate((3, 5, 9)):
        write_pair(tmp_path / "archive" / f"P{number}", f"c{number}", seed)
    window.menus.actions["teaching"].trigger()
    page = window.findChild(TeachingPage)
    assert page is not None
    first, second = page.first, page.second
    drop(page, tmp_path / "archive")
    qtbot.waitUntil(lambda: first.pairs.rowCount() == 3, timeout=MINUTES)
    QTest.mouseClick(first.consent, Qt.MouseButton.LeftButton, pos=QPoint(8, first.consent.height() // 2))
    first.engine.setCurrentIndex(first.engine.findData("deepace-v2"))
    assert all(first.conditions.item(i).text().startswith("✓") for i in range(first.conditions.count()))
    press(first.start)
    qtbot.waitUntil(lambda: page.stack.currentIndex() == 1, timeout=15 * MINUTES)
    second.confidence.setValue(0)
    press(second.accept_all)
    for row in range(3):
        second.pairs.selectRow(row)
        shown = len(second._outcomes[row].chromosomes)
        qtbot.waitUntil(lambda n=shown: len(second.karyogram._items) == n, timeout=MINUTES)  # type: ignore[misc]
        keep_picture(page, f"way-truth-{row}")
        while second._outcomes[row].open:
            QTest.keyClick(second, Qt.Key.Key_Space)
            QTest.keyClick(second, Qt.Key.Key_Delete)
        assert second._outcomes[row].whole
    press(second.take_in)
    qtbot.waitUntil(lambda: page.stack.currentIndex() == 2, timeout=MINUTES)
    training = page.training
    assert training is not None
    qtbot.waitUntil(lambda: "3 cells of 3 cases" in training.data.toPlainText(), timeout=5 * MINUTES)
    assert training.engine.currentData() == "deepace-v2"
    training.budget.setCurrentIndex(1)
    training.epochs.setValue(1)
    press(training.start)
    qtbot.waitUntil(lambda: training.compare.isEnabled(), timeout=15 * MINUTES)
    keep_picture(page, "way-trained")
    press(training.compare)
    qtbot.waitUntil(lambda: training.comparison.outcome is not None, timeout=10 * MINUTES)
    outcome = training.comparison.outcome
    assert outcome is not None
    assert "held-back cells" in outcome.sentence()
    qtbot.waitUntil(lambda: not training._busy, timeout=MINUTES)
    assert training.activate.isEnabled() == outcome.offered
    keep_picture(page, "way-compared")

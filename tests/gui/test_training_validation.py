"""The validation record in the window, from the ticked cases to a signed file; and the confusion matrix."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import argon2
import cv2
import numpy as np
import pytest
import torch
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from karyoview.accounts.users import Role, Users
from karyoview.case.case import Case
from karyoview.core.annotation import Attribution, ReviewedChromosome, ReviewState
from karyoview.core.chromosome import CLASS_NAMES
from karyoview.core.detection import Detection, Detections, Provenance
from karyoview.core.geometry import Box
from karyoview.core.image import MetaphaseImage
from karyoview.detectors.cards import card_path, info_from_card, read_card
from karyoview.detectors.weights import save_weights
from karyoview.gui.app import use_shipped_font
from karyoview.gui.theme import apply_theme
from karyoview.gui.training.matrix import ConfusionMatrix
from karyoview.gui.training.page import TrainingPage
from karyoview.io.database import open_engine
from karyoview.services import validation
from karyoview.services.weights import WeightsRepository

BOXES = [Box.from_xyxy(10 + 25 * k, 20, 28 + 25 * k, 80) for k in range(5)]
WORD = "a long and quiet sentence"


class OneWrong:
    """Finds all chromosomes and calls the first of each cell 10."""

    def __init__(self, info: object) -> None:
        self.info = info

    def predict(self, images: Sequence[MetaphaseImage], cancel: object = None) -> list[Detections]:
        items = tuple(Detection(b, 0.9, 9 if k == 0 else k) for k, b in enumerate(BOXES))
        return [Detections(i.name, i.pixels.shape, items, Provenance("fake", "h", device="cpu")) for i in images]


@pytest.fixture
def page(qtbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TrainingPage]:  # type: ignore[no-untyped-def]
    """The page with one case of four reviewed cells, one engine, and one person who may sign."""
    monkeypatch.setenv("KARYOVIEW_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.setenv("KARYOVIEW_WEIGHTS", str(tmp_path / "weights"))
    (tmp_path / "weights").mkdir()
    card = {"engine": "deepace-v2", "title": "Fake", "classes": list(CLASS_NAMES), "rotated": False}
    path = tmp_path / "weights" / "fake.safetensors"
    save_weights(path, {"a": torch.ones(2, 2)}, card | {"operating_threshold": 0.5})
    monkeypatch.setattr(
        validation, "load_engine", lambda *a, **k: OneWrong(info_from_card(read_card(card_path(path)), "fake"))
    )
    folder = tmp_path / "case"
    folder.mkdir()
    for i in range(4):
        cv2.imwrite(str(folder / f"{i}.png"), np.full((100, 150), 200 + i, np.uint8))
    with Case.open(folder, user="cyto") as case:
        for cell in case.cells:
            items = [ReviewedChromosome(str(k), b, k, label_by=Attribution("person")) for k, b in enumerate(BOXES)]
            done = replace(
                case.annotation(cell.image).next_revision(chromosomes=tuple(items)), state=ReviewState.REVIEWED
            )
            case.save_annotation(done, "reviewed")
    database = open_engine(f"sqlite:///{tmp_path / 'users.sqlite'}")
    users = Users(database, argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    users.create("vera", "Dr Vera Beck", Role.APPROVER, WORD)
    use_shipped_font(QApplication.instance())
    apply_theme(QApplication.instance(), "light", 10)
    shown = TrainingPage([folder], "vera")
    shown.validation._users = lambda: users
    shown.tabs.setCurrentWidget(shown.validation)
    shown.show()
    qtbot.waitExposed(shown)
    yield shown
    shown.close()
    shown.deleteLater()
    QApplication.processEvents()
    database.dispose()


def press(button) -> None:  # type: ignore[no-untyped-def]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def keep_picture(widget, name: str) -> None:  # type: ignore[no-untyped-def]
    if folder := os.environ.get("KARYOVIEW_PICTURES"):
        QApplication.processEvents()
        widget.grab().save(str(Path(folder) / f"{name}.png"))


def test_a_record_is_measured_signed_and_kept(qtbot, page: TrainingPage, tmp_path: Path, monkeypatch) -> None:
    tab = page.validation
    tab.engine.setCurrentIndex(tab.engine.findData("fake"))
    assert not tab.sign.isEnabled()
    press(tab.measure)
    qtbot.waitUntil(lambda: tab.record is not None, timeout=20000)
    assert "Cells         4 reviewed, of 1 cases, 20 chromosomes" in tab.text.toPlainText()
    assert "4 times 1 was called 10" in tab.text.toPlainText()
    asked: list[str] = []

    def choose(*_: object) -> str:
        asked.append("folder")
        return str(tmp_path / "records")

    monkeypatch.setattr(QFileDialog, "getExistingDirectory", choose)
    tab.name.setText("vera")
    tab.passphrase.setText("not that one")
    press(tab.sign)
    assert asked == []
    assert tab.passphrase.text() == ""
    assert tab.record["signature"] is None
    assert WeightsRepository().history() == []
    tab.passphrase.setText(WORD)
    press(tab.sign)
    keep_picture(page, "training-validation")
    assert "Signed as validated by Dr Vera Beck (vera)" in tab.text.toPlainText()
    (file,) = (tmp_path / "records").glob("*.json")
    record = json.loads(file.read_text())
    assert validation.check(record, WeightsRepository()) == []
    assert [e["action"] for e in WeightsRepository().history()] == ["validated"]
    assert not tab.sign.isEnabled()
    assert WORD not in "".join(p.read_text() for p in (tmp_path / "records").iterdir())


def test_a_record_without_a_case_or_a_folder_is_not_made(
    qtbot, page: TrainingPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tab = page.validation
    page.cases.item(0).setCheckState(Qt.CheckState.Unchecked)
    press(tab.measure)
    assert tab.message.text() == "Tick at least one case with reviewed cells."
    page.cases.item(0).setCheckState(Qt.CheckState.Checked)
    tab.engine.setCurrentIndex(tab.engine.findData("fake"))
    press(tab.measure)
    qtbot.waitUntil(lambda: tab.record is not None, timeout=20000)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *a: "")
    tab.name.setText("vera")
    tab.passphrase.setText(WORD)
    press(tab.sign)
    assert WeightsRepository().history() == []  # nobody has signed what is kept nowhere
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *a: str(tmp_path / "records"))
    press(tab.keep)
    assert "Not signed." in next((tmp_path / "records").glob("*.txt")).read_text()


def test_the_matrix_shows_and_says_its_counts(qtbot) -> None:
    counts = np.zeros((25, 25), int)
    np.fill_diagonal(counts[:24, :24], 8)
    counts[0, 2], counts[5, 24], counts[24, 20] = 4, 2, 3
    matrix = ConfusionMatrix()
    qtbot.addWidget(matrix)
    matrix.resize(520, 520)
    matrix.show_counts(counts.tolist())
    matrix.show()
    picture = matrix.grab().toImage()
    left, top, step = matrix._frame()

    def colour(row: int, column: int) -> tuple[int, int, int]:
        found = picture.pixelColor(round(left + (column + 0.5) * step), round(top + (row + 0.5) * step))
        return found.red(), found.green(), found.blue()

    right, wrong, empty = colour(3, 3), colour(0, 2), colour(3, 9)
    assert right[2] > right[0] + 40
    assert wrong[0] > wrong[2] + 40
    assert max(empty) - min(empty) < 10
    assert matrix.field_at(QPointF(left + 2.5 * step, top + 0.5 * step)) == (0, 2)
    assert matrix.field_at(QPointF(1, 1)) is None
    assert matrix.sentence(0, 2) == "4 of 12 chromosomes 1 were called 3"
    assert matrix.sentence(5, 24) == "2 of 10 chromosomes 6 were not found"
    assert matrix.sentence(24, 20) == "3 boxes of no chromosome were called 21"
    keep_picture(matrix, "matrix")
    matrix.show_counts([[1]])
    assert matrix.counts is None

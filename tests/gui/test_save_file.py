"""Files are asked for with the suffix they will have, so that none is written over unasked."""

from __future__ import annotations

from pathlib import Path

import pytest
from board_samples import Bench
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QFileDialog, QLineEdit, QMessageBox
from shiboken6 import isValid

from karyoview.gui.dialogs.save_file import ask_to_save


@pytest.fixture
def asked(qapp: QApplication, tmp_path: Path):  # type: ignore[no-untyped-def]
    chosen: list[Path] = []
    dialog = ask_to_save(None, "Save", tmp_path / "a.png", ("png", "tif"), chosen.append)
    dialog.activateWindow()
    QApplication.processEvents()
    yield dialog, chosen
    if isValid(dialog):
        dialog.close()
    QApplication.processEvents()


def enter(dialog: QFileDialog, name: str) -> None:
    field = dialog.findChild(QLineEdit, "fileNameEdit")
    field.setText(name)
    QTest.mouseClick(
        dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Save), Qt.MouseButton.LeftButton
    )
    QApplication.processEvents()


def test_a_name_without_suffix_gets_that_of_the_chosen_form(asked, tmp_path: Path) -> None:
    dialog, chosen = asked
    dialog.selectNameFilter("TIF (*.tif)")
    dialog.filterSelected.emit("TIF (*.tif)")
    enter(dialog, "board")
    assert chosen == [tmp_path / "board.tif"]


def test_a_file_that_is_there_is_not_written_over_unasked(asked, tmp_path: Path, qtbot) -> None:
    dialog, chosen = asked
    (tmp_path / "board.png").write_bytes(b"a person's")
    questions: list[str] = []

    def no() -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            questions.append(box.text())
            box.button(QMessageBox.StandardButton.No).click()

    timer = QTimer(interval=20)
    timer.timeout.connect(no)
    timer.start()
    enter(dialog, "board")
    timer.stop()
    assert len(questions) == 1
    assert "board.png" in questions[0]
    assert chosen == []


def test_the_board_proposes_case_and_cell_beside_no_window_that_waits(bench: Bench, tmp_path: Path, qtbot) -> None:
    bench.board.pages.case_name = lambda: "KV-7"
    qtbot.waitUntil(lambda: bool(bench.board.model.strips), timeout=20_000)
    bench.board.pages.save()
    (dialog,) = [w for w in QApplication.topLevelWidgets() if isinstance(w, QFileDialog) and w.isVisible()]
    assert dialog.findChild(QLineEdit, "fileNameEdit").text() == "KV-7-a-karyogram.png"
    enter(dialog, str(tmp_path / "own"))
    qtbot.waitUntil((tmp_path / "own.png").is_file, timeout=20_000)

"""Header, list, board, tally and status say what is so: of an odd cell, an unseen, an unclassed and a slow one."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from karyoview.core.annotation import ReviewState
from karyoview.core.tally import PROTOCOLS, CellCount, tally_case
from karyoview.gui.dialogs.tally import TallyDialog

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def counted(driver, case_folder: Path):
    """The first cell odd, the second with a box without a class, both reviewed; nobody saw the third."""
    driver.open(case_folder)
    driver.key(Qt.Key.Key_B, CTRL)
    driver.until(lambda: driver.window.runner.last_run.done == 3)
    for image, key in (("c00.png", Qt.Key.Key_Delete), ("c01.png", Qt.Key.Key_0)):
        driver.until(lambda i=image: driver.session.current == i and driver.view.size_yx[0] > 0)
        chosen = next(c for c in driver.annotation.chromosomes if c.label == 9)
        driver.click(*chosen.box.centre)
        assert driver.session.selected == (chosen.id,)
        driver.key(key)
        driver.reviewed()
    driver.until(lambda: driver.session.current == "c02.png" and driver.view.size_yx[0] > 0)
    return driver


def status(driver) -> str:
    return driver.window.statusBar().currentMessage()


def test_list_and_header(counted) -> None:
    rows = {r.image: r for r in counted.window.cells.model.rows}
    assert rows["c00.png"].count == "45  −10"
    assert rows["c01.png"].count == "46  −10, 1 without class", "the one without a class may be the missing 10"
    assert rows["c02.png"].count == "46"
    assert rows["c02.png"].state_text == "proposed"
    assert counted.window.cells.footer.text() == "2 of 3 reviewed, 2 of them with open doubts"
    assert status(counted) == "c01.png is reviewed."
    for _ in range(2):
        counted.key(Qt.Key.Key_A)
    assert counted.window.header.total.text() == "45  −10"
    assert status(counted) == ""
    counted.key(Qt.Key.Key_A)
    assert status(counted) == "This is the first cell."


def test_the_tally_counts_who_was_seen_and_excludes_by_whole_cells(counted) -> None:
    counted.key(Qt.Key.Key_T, CTRL | SHIFT)
    tally = counted.window.findChild(TallyDialog)
    facts = tally.facts.text()
    assert facts.startswith("2 of 20 counted")
    assert "Modal number 45, 46." in facts
    assert "excluded" not in facts, "an odd cell and one that is not named whole exclude nothing"
    prompts = tally.prompts.text()
    assert "Open doubts in counted cells: c00.png" in prompts
    assert "1 counted cells have chromosomes without a class" in prompts
    heads = [tally.table.horizontalHeaderItem(k).text() for k in range(tally.table.columnCount())]
    assert [tally.table.item(r, heads.index("no class")).text() for r in range(2)] == ["", "1"]
    counted.window.activateWindow()
    counted.until(lambda: QApplication.activeWindow() is counted.window)
    counted.view.setFocus()
    counted.reviewed()
    counted.until(lambda: tally.facts.text().startswith("3 of 20 counted"))
    assert "Modal number 46." in tally.facts.text()


def test_cells_that_are_not_named_whole_exclude_no_mosaicism() -> None:
    whole = CellCount("a", tuple([2] * 22 + [2, 0]))
    part = CellCount("b", tuple([2] * 20 + [1, 2, 2, 0]), unclassed=1)
    every = tally_case([whole, part, part], PROTOCOLS["constitutional"])
    alone = tally_case([whole], PROTOCOLS["constitutional"])
    assert every.exclusion == alone.exclusion


def test_a_cell_that_is_hardly_begun_says_how_many_classes_are_odd(driver, case_folder: Path, places) -> None:
    driver.open(case_folder)
    assert driver.window.header.total.text() == "–"
    driver.key(Qt.Key.Key_Space)
    assert status(driver) == "Nothing is boxed or counted in this cell yet."
    for k in (4, 5):
        driver.double_click(*places()[k].centre)
        driver.key("3")
    assert driver.window.header.total.text() == "2"
    assert driver.window.header.odd.text() == "22 classes odd", "21 autosomes without a copy, and the sexes"
    driver.key(Qt.Key.Key_Return)
    driver.answer(Qt.Key.Key_Escape)
    assert driver.annotation.state is ReviewState.IN_REVIEW


def test_the_board_says_that_it_is_cutting_while_it_is(driver, case_folder: Path) -> None:
    driver.open(case_folder)
    driver.key(Qt.Key.Key_K)
    board = driver.window.karyogram.board
    assert board.headline.text() == "–"
    driver.key(Qt.Key.Key_K)
    driver.view.setFocus()
    driver.key(Qt.Key.Key_I)
    driver.until(lambda: driver.annotation.total() == 46)
    waiting = []
    board.run = lambda work, done: waiting.append((work, done))  # a machine that is slow
    driver.key(Qt.Key.Key_K)
    driver.until(lambda: bool(waiting))
    assert board.view.message == "The chromosomes are being cut out…"
    assert board.headline.text() == "46"
    work, done = waiting.pop()
    done(work())
    QApplication.processEvents()
    assert board.view.message == ""
    assert len(board.model.strips) == 46


def test_a_late_result_that_holds_nothing_new_promises_no_suggestions(driver, case_folder: Path, fake_engine) -> None:
    driver.open(case_folder)
    driver.key(Qt.Key.Key_I)
    driver.until(lambda: driver.annotation.total() == 46)
    driver.click(*driver.annotation.chromosomes[7].box.centre)
    driver.key("9")
    messages: list[str] = []
    driver.window.runner.message.connect(messages.append)
    driver.key(Qt.Key.Key_B, CTRL)
    driver.until(lambda: driver.window.runner.last_run.done == 3)
    assert "c00.png" not in driver.session.suggestions
    assert [h for h in messages if "c00.png" in h] == [
        "c00.png: a person worked here meanwhile; the engine found nothing that is not boxed."
    ]

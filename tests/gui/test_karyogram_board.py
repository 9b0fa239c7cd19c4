"""The board and its dialogs, driven by mouse and keys like a person would."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import argon2
import cv2
import numpy as np
import pytest
from board_samples import Bench, drawn
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget

from karyoview.accounts.users import Role, Users
from karyoview.case.case import Case
from karyoview.core.karyogram import MARKERS, TRAY
from karyoview.core.runlength import decode_mask
from karyoview.gui.accounts.idle_lock import IdleLock
from karyoview.gui.dialogs.report import ReportDialog
from karyoview.gui.dialogs.tally import TallyDialog
from karyoview.gui.karyogram.outline import OutlineDialog
from karyoview.gui.karyogram.strips import StripsDialog
from karyoview.gui.keys import KeyMap, actions
from karyoview.io.database import open_engine
from karyoview.review.session import ReviewSession


def test_headline_and_linked_selection(bench: Bench) -> None:
    assert bench.board.headline.text() == "47  +21"
    QTest.mouseClick(
        bench.board.view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, bench.place_of("c4")
    )
    assert bench.session.selected == ("c4",)
    bench.session.select(["c9"])
    chosen = [i.id for i in bench.board.view.scene().items() if getattr(i, "chosen", False)]
    assert chosen == ["c9"]
    QTest.keyClick(bench.board.view, Qt.Key.Key_Tab)
    assert bench.session.selected == ("c10",)


def test_drag_to_another_slot_is_one_undo_step(bench: Bench) -> None:
    bench.drag(bench.place_of("c46"), bench.slot("22"))
    assert "c46" in bench.slots("22")
    assert bench.session.annotation().chromosome("c46").label == 21
    assert bench.saved == ["karyogram move"]
    bench.session.undo()
    assert "c46" in bench.slots("21")
    assert bench.board.headline.text() == "47  +21"


def test_a_fourth_copy_is_possible_and_a_drop_beside_goes_back(bench: Bench) -> None:
    bench.drag(bench.place_of("c42"), bench.slot("21"))
    assert len(bench.slots("21")) == 4
    before = bench.session.annotation()
    bench.drag(bench.place_of("c42"), QPoint(2, 2))
    assert bench.session.annotation() == before
    assert "no slot here" in bench.notes[-1]


def test_order_within_a_slot_can_be_changed(bench: Bench) -> None:
    first, second, third = bench.slots("21")
    area = next(a for a in bench.board.model.layout().slots if a.slot == "21")
    bench.drag(bench.place_of(third), bench.board.view.mapFromScene(area.x + 1, area.y + area.height / 2))
    assert bench.slots("21") == (third, first, second)


def test_keys_tray_markers_swap(bench: Bench) -> None:
    bench.board.activateWindow()
    bench.board.view.setFocus()
    bench.board.select("c46")
    QTest.keyClick(bench.board.view, Qt.Key.Key_T)
    assert bench.slots(TRAY) == ("c46",)
    QTest.keyClick(bench.board.view, Qt.Key.Key_M, Qt.KeyboardModifier.ShiftModifier)
    assert bench.slots(MARKERS) == ("c46",)
    assert bench.board.headline.text() == "47  +mar"
    bench.board.swap_selected()
    assert "Select two" in bench.notes[-1]
    bench.session.select(["c0", "c2"])
    bench.board.swap_selected()
    assert "c2" in bench.slots("1")
    assert "c0" in bench.slots("2")


def test_mirror_asks_first_and_enter_leaves_it_as_it_is(bench: Bench, qtbot) -> None:
    bench.board.select("c0")
    bench.board.mirror_selected()
    QTest.keyClick(QApplication.activeModalWidget(), Qt.Key.Key_Return)
    assert not bench.board.model.karyogram().mirrored
    bench.board.mirror_selected()
    QTest.keyClick(QApplication.activeModalWidget(), Qt.Key.Key_M)
    qtbot.waitUntil(lambda: bench.board.model.karyogram().mirrored == {"c0"})
    marked = next(i for i in bench.board.view.scene().items() if getattr(i, "id", "") == "c0")
    assert marked.mirrored
    assert marked.toolTip().startswith("mirror image")


def test_turn_flips_the_strip_and_a_moved_box_is_cut_anew(bench: Bench) -> None:
    before = bench.board.model.strips["c0"].pixels
    bench.session.turn(["c0"])
    assert np.array_equal(bench.board.model.strips["c0"].pixels, before[::-1, ::-1])
    bench.session.reshape({"c1": bench.session.annotation().chromosome("c1").box.moved(1.0, 0.0)})
    assert set(bench.board.model.strips) == {c.id for c in bench.start.chromosomes}
    bench.session.delete(["c2"])
    assert "c2" not in bench.board.model.strips


def test_ideograms_zoom_and_raw_greys(bench: Bench) -> None:
    bench.board.ideograms.click()
    assert any(type(i).__name__ == "IdeogramItem" for i in bench.board.view.scene().items())
    scale = bench.board.view.transform().m11()
    bench.board.view.zoom(2.0)
    assert bench.board.view.transform().m11() > scale * 1.9
    enhanced = bench.board.model.strips["c0"].pixels
    bench.board.bar.contrast.setValue(0)
    own = bench.board.model.strips["c0"].pixels
    assert not np.array_equal(own, enhanced)
    assert own.min() >= bench.pixels.min(), "untouched greys are within the picture's own"


def test_withheld_sex_is_not_on_the_board(bench: Bench) -> None:
    bench.board.sex_withheld = True
    bench.board.show_layout()
    shown = {i.area.slot for i in bench.board.view.scene().items() if hasattr(i, "area")}
    assert shown.isdisjoint({"X", "Y"})


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    folder = tmp_path / "case"
    folder.mkdir()
    for name in ("a.png", "b.png"):
        cv2.imwrite(str(folder / name), drawn()[0])
    with Case.open(folder, user="ana") as opened:
        for name in ("a.png", "b.png"):
            image = opened.read_image(name)
            opened.save_annotation(replace(drawn(name)[1], revision=1, image_sha256=image.sha256), "reviewed")
        yield opened


@pytest.fixture
def users(tmp_path: Path) -> Iterator[Users]:
    engine = open_engine(f"sqlite:///{tmp_path / 'users.db'}")
    known = Users(engine, argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    known.create("ana", "Ana Ng", Role.ANALYST, "first passphrase")
    known.create("bob", "Bob Li", Role.APPROVER, "second passphrase")
    yield known
    engine.dispose()


def session_of(case: Case) -> ReviewSession:
    return ReviewSession([case.annotation(c.image) for c in case.cells], case.save_annotation, "ana")


def test_from_tally_to_a_signed_pdf(qapp: QApplication, case: Case, users: Users, tmp_path: Path) -> None:
    tally = TallyDialog(case, session_of(case))
    tally.show()
    tally.propose.click()
    assert tally.karyotype.text() == "47,XY,+21"
    tally.karyotype.setText("46,XY,+21")
    assert "a gain of 21 makes 47 chromosomes" in tally.reading.text()
    tally.keep.click()
    assert case.settings.karyotype == ""
    tally.karyotype.setText("47,XY,+21")
    tally.keep.click()
    assert case.settings.karyotype == "47,XY,+21"
    tally.table.item(0, 2).setCheckState(Qt.CheckState.Checked)
    assert case.cell("a.png").analysed
    tally.close()
    report = ReportDialog(case, lambda: users)
    report.show()
    for name, passphrase, meaning, expected in (
        ("ana", "wrong passphrase", "analysed", "wrong"),
        ("ana", "first passphrase", "analysed", "Signed as analysed"),
        ("ana", "first passphrase", "approved", "no approver"),
        ("bob", "second passphrase", "approved", "Signed as approved"),
    ):
        report.user.setText(name)
        QTest.keyClicks(report.passphrase, passphrase)
        report.meaning.setCurrentText(meaning)
        QTest.mouseClick(report.sign, Qt.MouseButton.LeftButton)
        QApplication.processEvents()
        for question in (q for q in report.findChildren(QMessageBox) if q.isVisible()):
            assert "2 of 20 cells are counted" in question.informativeText()
            assert question.defaultButton() is question.button(QMessageBox.StandardButton.Cancel)
            yes = next(b for b in question.buttons() if question.buttonRole(b) is QMessageBox.ButtonRole.AcceptRole)
            QTest.mouseClick(yes, Qt.MouseButton.LeftButton)
        assert expected in report.message.text()
        assert report.passphrase.text() == ""
    assert case.settings.locked
    assert not report.sign.isEnabled()
    report.save_to(tmp_path / "signed.pdf")
    assert (tmp_path / "signed.pdf").read_bytes() == (case.store / "reports/report-001.pdf").read_bytes()
    assert len(list((case.store / "reports").iterdir())) == 1, "the approved report, kept once"
    report.close()
    for dialog in (tally, report):
        dialog.deleteLater()
    QApplication.processEvents()


def test_structural_changes_are_typed_in_the_tally(qapp: QApplication, case: Case) -> None:
    session = session_of(case)
    tally = TallyDialog(case, session)
    last = tally.table.columnCount() - 1
    for row in (0, 1):
        tally.table.item(row, last).setText("t(9;22)(q34;q11.2)")
    tally.propose.click()
    assert tally.karyotype.text() == "47,XY,t(9;22)(q34;q11.2),+21"
    session.undo()
    assert case.annotation("b.png").extra.get("structural") in (None, [], ())
    tally.deleteLater()
    QApplication.processEvents()


def test_what_the_typed_karyotype_means_is_drawn_beside_it(qapp: QApplication, case: Case) -> None:
    tally = TallyDialog(case, session_of(case))
    tally.show()
    assert not tally.meaning.isVisible()
    QTest.mouseClick(tally.explain, Qt.MouseButton.LeftButton)
    tally.karyotype.clear()
    QTest.keyClicks(tally.karyotype, "47,XY,del(5)(q13q33),+21")
    assert tally.meaning.isVisible()
    assert tally.meaning.words.text().splitlines() == [
        "Loss of 5q13 to 5q33: 1 copy instead of 2.", "Gain of chromosome 21: 3 copies instead of 2.",
    ]  # fmt: skip
    shot = tally.meaning.picture.grab().toImage()
    colours = {shot.pixelColor(x, y).name() for x in range(shot.width()) for y in range(shot.height())}
    assert {"#0072b2", "#d55e00"} <= colours
    QTest.keyClicks(tally.karyotype, "+")
    assert not tally.meaning.picture.isVisible()
    assert "Type a valid karyotype" in tally.meaning.words.text()
    case.update_settings("sex withheld", sex_withheld=True)
    tally.refresh()
    tally.karyotype.setText("45,X,-Y")
    assert "Y" not in tally.meaning.words.text()
    last = tally.table.columnCount() - 1
    tally.table.item(0, last).setText("psu dic(15;13)(q12;q12) +mar dn")
    assert case.annotation("a.png").extra["structural"] == ["psu dic(15;13)(q12;q12)", "+mar dn"]
    tally.deleteLater()
    QApplication.processEvents()


def test_one_class_over_all_cells(qapp: QApplication, case: Case) -> None:
    dialog = StripsDialog([case.annotation(c.image) for c in case.cells], lambda i: case.read_image(i).to_uint8())
    asked: list[tuple[str, str]] = []
    dialog.asked_for.connect(lambda image, chromosome: asked.append((image, chromosome)))
    dialog.label.setCurrentText("21")
    assert "6 copies in 2 cells" in dialog.note.text()
    key = dialog.view.places[3].key
    dialog.clicked(key, choose=False)
    assert asked[0][0] == "b.png"
    dialog.clicked(key, choose=True)
    dialog.whole.setChecked(True)
    assert "is no cell" in dialog.note.text()
    dialog.deleteLater()
    QApplication.processEvents()


def test_outline_by_brush_and_by_stroke(bench: Bench) -> None:
    bench.board.select("c0")
    dialog = OutlineDialog(bench.session, bench.pixels, "c0")
    dialog.show()
    before = int(dialog.outline.sum())
    port = dialog.view.viewport()
    middle = dialog.view.mapFromScene(dialog.view.sceneRect().center())
    QTest.mousePress(port, Qt.MouseButton.RightButton, Qt.KeyboardModifier.NoModifier, middle)
    QTest.mouseRelease(port, Qt.MouseButton.RightButton, Qt.KeyboardModifier.NoModifier, middle)
    assert int(dialog.outline.sum()) < before
    dialog.accept()
    stored = bench.session.annotation().chromosome("c0").mask
    assert decode_mask(stored, bench.pixels.shape).sum() == dialog.outline.sum()
    bench.session.undo()
    assert bench.session.annotation().chromosome("c0").mask == ""
    cutter = OutlineDialog(bench.session, bench.pixels, "c0")
    cutter.modes.button(2).setChecked(True)
    rect = cutter.view.sceneRect()
    cutter.show()
    ends = [cutter.view.mapFromScene(QPointF(x, rect.center().y())) for x in (rect.left() + 2, rect.right() - 2)]
    cut = cutter.view.viewport()
    QTest.mousePress(cut, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, ends[0])
    QTest.mouseMove(cut, ends[1])
    QTest.mouseRelease(cut, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, ends[1])
    assert cutter.isVisible(), "a stroke closes no dialog"
    assert bench.session.annotation().total() == 47, "nothing is cut before OK"
    QTest.keyClick(cutter, Qt.Key.Key_Return)
    assert not cutter.isVisible()
    now = bench.session.annotation()
    assert now.total() == 48
    assert len(bench.slots(TRAY)) == 1
    kept = now.chromosome("c0")
    assert kept.label == 0
    assert kept.box.p_direction[1] < 0
    bench.session.undo()
    assert bench.session.annotation().total() == 47
    for each in (dialog, cutter):
        each.deleteLater()
    QApplication.processEvents()


def test_idle_lock_covers_the_window_until_a_right_passphrase(qapp: QApplication, users: Users) -> None:
    window = QWidget()
    window.show()
    lock = IdleLock(window, lambda: 0.0, lambda: users)
    people: list[str] = []
    lock.unlocked.connect(people.append)
    lock.check()
    assert lock.dialog is None
    lock._minutes = lambda: 1e-9
    lock.check()
    dialog = lock.dialog
    assert dialog is not None
    assert dialog.isModal()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    dialog.close()
    assert dialog.isVisible()
    dialog.name.setText("bob")
    dialog.passphrase.setText("wrong passphrase")
    dialog.try_to_unlock()
    assert "wrong" in dialog.message.text()
    assert dialog.passphrase.text() == ""
    dialog.passphrase.setText("second passphrase")
    dialog.try_to_unlock()
    assert lock.dialog is None
    assert people == ["Bob Li"]
    window.close()
    qapp.removeEventFilter(lock)
    window.deleteLater()
    QApplication.processEvents()


def test_nothing_is_locked_where_nobody_could_open_it(qapp: QApplication, tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'empty.db'}")
    window = QWidget()
    lock = IdleLock(window, lambda: 1e-9, lambda: Users(engine))
    assert not lock.lock()
    qapp.removeEventFilter(lock)
    window.deleteLater()
    QApplication.processEvents()
    engine.dispose()


def test_a_board_that_stands_alone_has_the_keys_of_the_table(bench: Bench) -> None:
    own = {name: [k.toString() for k in action.shortcuts()] for name, action in bench.board.actions_by_id.items()}
    table = {act.id: list(KeyMap().keys(act.id)) for act in actions() if act.scope == "karyogram"}
    assert own == table
    assert len(own) == 17
    assert all(callable(bench.board.command(name)) for name in own)

"""Both sample patients from images to a signed PDF, by keys and mouse alone: nothing is called, set or filled in.

The person presses keys where the focus is and clicks at places of the screen; what is not in sight cannot be clicked.
Only what a test must know is read from the program.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pypdfium2
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFileDialog,
    QLineEdit,
    QMenu,
    QMessageBox,
    QPushButton,
    QTableWidget,
    QWidget,
)

from karyoview.case.case import Case
from karyoview.case.verify import verify_case
from karyoview.core.annotation import ReviewState
from karyoview.gui.accounts.idle_lock import LockDialog
from karyoview.gui.accounts.users_dialog import PersonDialog, UsersDialog
from karyoview.gui.app import use_shipped_font
from karyoview.gui.dialogs.report import ReportDialog
from karyoview.gui.dialogs.tally import TallyDialog
from karyoview.gui.theme import apply_theme
from karyoview.gui.window import MainWindow
from karyoview.services import demo
from karyoview.services.settings import Settings

CTRL, SHIFT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
)
pytestmark = pytest.mark.timeout(1800)  # a machine that is busy with something else is no fault
NONE = Qt.KeyboardModifier.NoModifier
ANA, BOB = ("ana", "Ana Ng", "the first passphrase"), ("bob", "Bob Li", "the second passphrase")


class Person:
    """Eyes and driver: sees widgets that are in sight, presses keys, clicks and drags at places of the screen."""

    def __init__(self, window: MainWindow, qtbot) -> None:
        self.window, self.qtbot = window, qtbot

    def until(self, condition: Callable[[], object], timeout: int = 240_000) -> None:
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=timeout)

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
        target = QApplication.activePopupWidget() or QApplication.focusWidget() or QApplication.activeWindow()
        QTest.keyClick(target or self.window, key, modifier)
        QApplication.processEvents()

    def write(self, text: str) -> None:
        """Type where the focus is."""
        field = QApplication.focusWidget()
        assert isinstance(field, QLineEdit), f"no text field has the focus but {field}"
        QTest.keyClicks(field, text)
        QApplication.processEvents()

    def click(self, widget: QWidget, place: QPoint | None = None) -> None:
        """Click a widget at a place of its own (the middle by default); fails where something else lies there."""
        window = widget.window()
        waiting = QApplication.activeModalWidget()
        assert waiting is None or waiting is window, f"{waiting} waits for an answer"
        spot = widget.mapToGlobal(place or widget.rect().center())
        under = window.childAt(window.mapFromGlobal(spot))
        assert under is not None, f"{widget} is not in sight"
        assert under is widget or widget.isAncestorOf(under), f"{under} lies over {widget}"
        QTest.mouseClick(under, Qt.MouseButton.LeftButton, NONE, under.mapFromGlobal(spot))
        QApplication.processEvents()

    def button(self, text: str, inside: QWidget | None = None) -> QPushButton:
        """The button that says so."""
        found = [b for b in (inside or self.window).findChildren(QPushButton) if b.isVisible() and b.text() == text]
        assert len(found) == 1, f"{len(found)} buttons say {text!r}"
        return found[0]

    def drag(self, port: QWidget, start: QPoint, end: QPoint) -> None:
        QTest.mousePress(port, Qt.MouseButton.LeftButton, NONE, start)
        for part in (0.2, 0.6, 1.0):
            QTest.mouseMove(port, (QPointF(start) + (QPointF(end) - QPointF(start)) * part).toPoint())
        QTest.mouseRelease(port, Qt.MouseButton.LeftButton, NONE, end)
        QApplication.processEvents()

    @staticmethod
    def in_sight(kind: type[QWidget]) -> list[QWidget]:
        """The open windows of this kind."""
        return [w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()]

    def see(self, kind: type[QWidget]) -> QWidget:
        """Wait for a window of this kind and return it."""
        self.until(lambda: self.in_sight(kind))
        QApplication.processEvents()
        return self.in_sight(kind)[-1]

    def leave(self, kind: type[QWidget]) -> None:
        """Close a window by Esc; the one above it is gone, and it is in front again."""
        window = self.in_sight(kind)[-1]
        window.activateWindow()
        self.until(window.isActiveWindow)
        self.press(Qt.Key.Key_Escape)
        self.until(lambda: not self.in_sight(kind))

    def front(self) -> None:
        """The window comes to the front, as it does when what lay over it is gone."""
        self.window.activateWindow()
        self.until(self.window.isActiveWindow)

    def menu(self, title: str, letter: str) -> None:
        """Click a menu open and choose by a letter."""
        self.front()
        bar = self.window.menuBar()
        entry = next(a for a in bar.actions() if a.text().replace("&", "") == title)
        self.click(bar, bar.actionGeometry(entry).center())
        self.until(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
        self.press(getattr(Qt.Key, f"Key_{letter}"))

    # What a cytologist does

    def open_sample(self, name: str) -> None:
        self.click(self.button(f"Sample case {name}"))
        controller, view = self.window.controller, self.window.view
        self.until(lambda: controller.session is not None and view.size_yx[0] > 0)

    @property
    def session(self):
        return self.window.controller.session

    def look_at_chromosomes(self) -> None:
        """Take what is not in doubt, and each of the doubtful ones after a look."""
        self.press(Qt.Key.Key_G)
        for _ in range(60):
            left = [c for c in self.session.annotation().chromosomes if not c.is_human]
            if not left:
                return
            self.press(Qt.Key.Key_Space)
            self.press(Qt.Key.Key_G)
        pytest.fail("doubts do not end")

    def correct_one_by_mouse(self) -> None:
        """Click a chromosome, give it a wrong class by mistake, and take that back."""
        before = self.session.annotation().counts()
        item = next(c for c in self.session.annotation().chromosomes if c.label == 21)
        view = self.window.view
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, NONE, view.to_screen(item.box.cx, item.box.cy))
        assert self.session.selected
        self.press(Qt.Key.Key_1)
        self.press(Qt.Key.Key_8)
        assert self.session.annotation().counts() != before
        self.press(Qt.Key.Key_Z, CTRL)
        assert self.session.annotation().counts() == before

    def arrange_karyogram(self) -> None:
        """Open the board, put a chromosome aside and back again, and mark the cell as karyotyped."""
        window = self.window
        if window.karyogram.board is None or not window.karyogram.board.isVisible():
            self.press(Qt.Key.Key_K)
        board, image = window.karyogram.board, self.session.current
        self.until(lambda: board.model is not None and board.model.image == image and board.model.strips)
        self.until(lambda: not board._cutting and len(board.model.strips) == self.session.annotation().total())
        self.qtbot.wait(120)
        view = board.view

        def spot(chromosome: str) -> QPoint:
            place = next(p for p in board.model.layout().placed if p.id == chromosome)
            return view.mapFromScene(place.x + place.width / 2, place.y + place.height / 2)

        slots = board.model.karyogram().slots
        first, second = slots["20"]
        area = next(a for a in board.model.layout().slots if a.slot == "22")
        headline = board.headline.text()
        target = view.mapFromScene(area.x + area.width - 2, area.y + area.height / 2)
        assert board.model.layout().slot_at(*view.mapToScene(target).toTuple()) == "22"
        self.drag(view.viewport(), spot(first), target)
        assert first in board.model.karyogram().slots["22"]
        assert board.headline.text() != headline
        self.drag(view.viewport(), spot(first), spot(second) - QPoint(3, 0))
        assert set(board.model.karyogram().slots["20"]) == {first, second}
        assert board.headline.text() == headline
        if not board.karyotyped.isChecked():
            self.click(board.karyotyped, QPoint(8, board.karyotyped.height() // 2))
        assert board.karyotyped.isChecked()
        assert window.controller.case.cell(image).karyotyped

    def review(self, karyograms: int) -> None:
        """All cells: chromosomes, the karyogram of the first ones, analysed, reviewed, next."""
        for number in range(len(self.session.images)):
            image = self.session.current
            self.until(lambda i=image: self.window.images.get(i) is not None)
            self.until(lambda: not self.window.images.rendering and self.window.view.size_yx[0] > 0)
            self.look_at_chromosomes()
            if number == 0:
                self.correct_one_by_mouse()
            if number < karyograms:
                self.arrange_karyogram()
            self.press(Qt.Key.Key_A, SHIFT)
            assert self.window.controller.case.cell(image).analysed
            self.press(Qt.Key.Key_Return)
            if (asked := QApplication.activeModalWidget()) is not None:
                assert asked.objectName() == "red-doubts", asked
                QTest.keyClick(asked, Qt.Key.Key_R)
                self.until(lambda: QApplication.activeModalWidget() is None)
            assert self.session.annotation(image).state is ReviewState.REVIEWED

    def set_karyotype(self, typed: str) -> None:
        """In the tally: what the counts propose, or typed and checked, and set."""
        self.press(Qt.Key.Key_T, CTRL | SHIFT)
        tally = self.see(TallyDialog)
        assert isinstance(tally, TallyDialog)
        if typed:
            self.click(tally.karyotype)
            self.write("46,XX,+21")
            assert "a gain of 21 makes 47 chromosomes" in tally.reading.text()
            self.press(Qt.Key.Key_A, CTRL)
            self.write(typed)
        else:
            self.click(self.button("Propose from the counts", tally))
        self.click(self.button("Set the karyotype", tally))
        assert "The karyotype is set" in tally.reading.text()
        self.leave(TallyDialog)

    def enter_people(self) -> None:
        """An approver first, then the analyst, to whom the approver agrees."""
        self.menu("Karyotype", "P")
        people = self.see(UsersDialog)
        for (name, printed, passphrase), role in ((BOB, "approver"), (ANA, "analyst")):
            self.click(self.button("Enter a person…", people))
            form = self.see(PersonDialog)
            self.until(lambda f=form: f.isActiveWindow())
            for k, text in enumerate((name, printed, None, passphrase, passphrase)):
                if k:
                    self.press(Qt.Key.Key_Tab)
                if text is None:
                    if role == "approver":
                        self.press(Qt.Key.Key_Down)
                else:
                    self.write(text)
            if role == "analyst":
                for text in (BOB[0], BOB[2]):
                    self.press(Qt.Key.Key_Tab)
                    self.write(text)
            self.press(Qt.Key.Key_Return)
            self.until(lambda: not self.in_sight(PersonDialog))
        table = people.findChild(QTableWidget)
        assert [table.item(r, 0).text() for r in range(table.rowCount())] == ["ana", "bob"]
        self.leave(UsersDialog)

    def go_on_as(self, who: tuple[str, str, str]) -> None:
        """Change of user: lock, and unlock with the other's passphrase."""
        self.front()
        self.press(Qt.Key.Key_L, CTRL | SHIFT)
        lock = self.see(LockDialog)
        self.until(lock.isActiveWindow)
        self.write(who[0])
        self.press(Qt.Key.Key_Tab)
        self.write(who[2])
        self.press(Qt.Key.Key_Return)
        self.until(lambda: not self.in_sight(LockDialog))
        assert self.window.controller.person == who[1]

    def sign(self, who: tuple[str, str, str], meaning: str, fields: tuple[str, ...] = ()) -> ReportDialog:
        """Open the report, fill the header, and sign: name and meaning are there already, the passphrase is typed."""
        self.front()
        self.press(Qt.Key.Key_P, CTRL)
        report = self.see(ReportDialog)
        assert isinstance(report, ReportDialog)
        self.until(report.isActiveWindow)
        for k, text in enumerate(fields):
            if k == 0:
                self.click(report.fields["laboratory_number"])
            else:
                self.press(Qt.Key.Key_Tab)
            self.write(text)
        assert report.user.text() == who[0]
        assert report.meaning.currentData() == meaning
        self.click(report.passphrase)
        self.write(who[2])
        self.until(lambda: report.save.isEnabled())  # leaving the last field of the header makes the preview anew
        self.press(Qt.Key.Key_Return)
        # One sample has fewer cells than its protocol asks for: what falls short is named, and Enter does not sign.
        self.until(lambda: self.in_sight(QMessageBox) or report.message.text())
        assert self.in_sight(QMessageBox), report.message.text()
        question = self.see(QMessageBox)
        assert "of 20 cells are counted" in question.informativeText()
        self.until(question.isActiveWindow)
        self.click(self.button("Sign all the same", question))
        self.until(lambda: "Signed as" in report.message.text())
        assert f"{meaning} by {who[1]}" in report.message.text()
        self.until(lambda: report.save.isEnabled())
        return report

    def save(self, report: ReportDialog, path: Path) -> None:
        self.click(self.button("Save as…", report))
        dialog = self.see(QFileDialog)
        self.until(dialog.isActiveWindow)
        self.press(Qt.Key.Key_A, CTRL)
        self.write(str(path))
        self.press(Qt.Key.Key_Return)
        self.until(path.is_file)
        assert str(path) in report.message.text()


@pytest.fixture
def person(qtbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Person]:
    """Somebody at a window that was just installed: nobody entered, no case opened before."""
    monkeypatch.setenv("KARYOVIEW_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.delenv("KARYOVIEW_INDEX", raising=False)
    # Whatever the shipped engine thinks of drawn cells: its boxes would be another test, and take minutes.
    monkeypatch.setattr(demo, "available_engines", list)
    app = QApplication.instance()
    use_shipped_font(app)
    apply_theme(app, "light", 10)
    window = MainWindow(Settings(tmp_path / "settings.json"))
    window.resize(1440, 900)
    window.show()
    window.activateWindow()
    qtbot.waitExposed(window)
    yield Person(window, qtbot)
    for other in QApplication.topLevelWidgets():
        if isinstance(other, QDialog) and other.isVisible():
            other.done(0)
    window.close()
    window.deleteLater()
    QApplication.processEvents()


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = []
        for page in document:
            found = page.get_textpage()
            pages.append(found.get_text_range())
            found.close()
        return "\n".join(pages)
    finally:
        document.close()


def to_a_signed_report(person: Person, sample: str, iscn: str, typed: bool, target: Path) -> None:
    person.open_sample(sample)
    person.review(karyograms=2)
    person.set_karyotype(iscn if typed else "")
    assert person.window.controller.case.settings.karyotype == iscn
    to_signatures(person, iscn, target)


def to_signatures(person: Person, iscn: str, target: Path) -> None:
    """From the karyotype on: people, header, two signatures, the PDF; then what is in it and in the case."""
    case = person.window.controller.case
    person.enter_people()
    person.go_on_as(ANA)
    report = person.sign(ANA, "analysed", ("26-0117", "Peripheral blood", "Recurrent miscarriage"))
    person.leave(ReportDialog)
    person.go_on_as(BOB)
    report = person.sign(BOB, "approved")
    assert not report.sign.isEnabled()
    person.save(report, target)
    person.leave(ReportDialog)

    text = text_of(target.read_bytes())
    for expected in (iscn, "Ana Ng", "Bob Li", "26-0117", "Peripheral blood", "6 of 5", "2 of 2"):
        assert expected in text, expected
    assert "DRAFT" not in text
    head = re.search(r"Record head ([0-9a-f]{64})", text).group(1)
    assert [c.image for c in case.cells if c.analysed] == [c.image for c in case.cells]
    person.front()
    person.press(Qt.Key.Key_Z, CTRL)
    assert "approved" in person.window.statusBar().currentMessage()
    folder = case.folder
    person.press(Qt.Key.Key_W, CTRL)
    person.until(lambda: person.window.controller.case is None)
    assert verify_case(folder, head).ok
    assert not verify_case(folder, head[::-1]).ok
    with Case.open(folder, read_only=True) as closed:
        assert closed.settings.locked
        assert [(s.user, s.meaning) for s in closed.settings.signatures] == [("ana", "analysed"), ("bob", "approved")]
        kept = (closed.store / "reports" / "report-001.pdf").read_bytes()
    assert kept == target.read_bytes()
    rows = [json.loads(line) for line in (folder / "karyoview" / "audit.jsonl").read_text("utf-8").splitlines()]
    assert {"Ana Ng", "Bob Li"} <= {row["user"] for row in rows}


def test_a_normal_woman(person: Person, tmp_path: Path) -> None:
    to_a_signed_report(person, "46XX", "46,XX", typed=False, target=tmp_path / "signed.pdf")


@pytest.mark.long
def test_a_boy_with_trisomy_21(person: Person, tmp_path: Path) -> None:
    to_a_signed_report(person, "47XY+21", "47,XY,+21", typed=True, target=tmp_path / "signed.pdf")

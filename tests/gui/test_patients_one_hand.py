"""From a folder to a signed PDF that ``verify --report`` confirms: by the keyboard alone, and by the mouse alone.

Both sample patients, and real metaphases with the shipped engine where there are any. Whoever has no mouse may press
keys only, whoever has no keyboard may click only; names and passphrases are typed by both, as nothing else gives them.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QWidget,
)
from test_patients import ANA, BOB, CTRL, NONE, SHIFT, Person, person, text_of
from test_window_keyboard import open_by_keys, tab_to

from karyoview.accounts.users import Credentials, Role
from karyoview.cli import run
from karyoview.core.annotation import ReviewState
from karyoview.gui.accounts.idle_lock import LockDialog
from karyoview.gui.accounts.users_dialog import PersonDialog, UsersDialog
from karyoview.gui.dialogs.report import ReportDialog
from karyoview.gui.dialogs.set_aside import SetAsideDialog
from karyoview.gui.dialogs.tally import TallyDialog
from karyoview.services.authority import known_users

__all__ = ["person"]
pytestmark = [pytest.mark.long, pytest.mark.timeout(3600)]
REAL_CELLS = 4
LEFT = Qt.MouseButton.LeftButton


class OneHand:
    """What both do alike; how they do it is theirs."""

    def __init__(self, person: Person) -> None:
        self.person, self.window = person, person.window

    @property
    def session(self):
        return self.window.controller.session

    def until(self, condition: Callable[[], object]) -> None:
        self.person.until(condition, 1_200_000)

    def opened(self, kind: type[QWidget]) -> QWidget:
        """The window of this kind once it is open, in front as a window manager brings it."""
        found = self.person.see(kind)
        found.activateWindow()
        self.until(found.isActiveWindow)
        return found

    def to_a_signed_pdf(self, karyotype: str) -> Path:
        """From an open case on whose cells an engine was to the PDF; returns it."""
        for image in self.session.images:
            self.until(lambda i=image: self.session.current == i and self.window.images.get(i) is not None)
            self.until(lambda: not self.window.images.rendering and self.window.view.size_yx[0] > 0)
            self.window.activateWindow()
            self.until(self.window.isActiveWindow)
            if image not in self.usual_cells():
                self.set_aside()
                assert self.session.annotation(image).state is ReviewState.SET_ASIDE
                continue
            self.look_at_doubts()
            self.mark_analysed_and_karyotyped()
            self.reviewed()
            assert self.session.annotation(image).state is ReviewState.REVIEWED
        tally = self.open_tally()
        self.press_buttons(tally, tally.propose, tally.keep)
        assert "The karyotype is set" in tally.reading.text(), tally.reading.text()
        assert self.window.controller.case.settings.karyotype == karyotype or not karyotype
        self.close(tally)
        self.enter_people()
        self.go_on_as(ANA)
        report = self.sign(ANA)
        self.close(report)
        self.go_on_as(BOB)
        report = self.sign(BOB)
        return self.save(report)

    def usual_cells(self) -> list[str]:
        """Of cells on which an engine was, those with the most frequent classes; the others are set aside."""
        counts = {i: self.session.annotation(i).counts() for i in self.session.images}
        usual, _ = Counter(counts.values()).most_common(1)[0]
        return [i for i, found in counts.items() if found == usual]


class Keyboard(OneHand):
    """A person who has no mouse."""

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
        self.person.press(key, modifier)

    def press_buttons(self, inside: QWidget, *buttons: QPushButton) -> None:
        for button in buttons:
            tab_to(button)
            QTest.keyClick(button, Qt.Key.Key_Space)
            QApplication.processEvents()

    def close(self, window: QWidget) -> None:
        self.person.leave(type(window))
        self.person.front()

    def open_sample(self, name: str) -> None:
        self.press_buttons(self.window, self.person.button(f"Sample case {name}"))
        self.until(lambda: self.session is not None and self.window.view.size_yx[0] > 0)

    def open_folder(self, folder: Path) -> None:
        open_by_keys(self, folder)

    @property
    def view(self):
        return self.window.view

    def ask_the_engine(self) -> None:
        self.person.front()  # as a window manager does when the dialog of the folders is gone
        self.view.setFocus()
        self.key(Qt.Key.Key_B, CTRL)

    def look_at_doubts(self) -> None:
        self.view.setFocus()
        self.key(Qt.Key.Key_G)
        for _ in range(150):
            if not self.window.doubts.of(self.session.current):
                return
            self.key(Qt.Key.Key_Space)
            self.key(Qt.Key.Key_G)
        pytest.fail("doubts do not end")

    def mark_analysed_and_karyotyped(self) -> None:
        self.key(Qt.Key.Key_A, SHIFT)
        self.key(Qt.Key.Key_K, SHIFT)

    def reviewed(self) -> None:
        self.key(Qt.Key.Key_Return)
        assert QApplication.activeModalWidget() is None, "nothing is open, so nothing is asked"

    def set_aside(self) -> None:
        self.key(Qt.Key.Key_Backspace, CTRL)
        asked = self.opened(SetAsideDialog)
        self.key(Qt.Key.Key_Return)
        self.until(lambda: not asked.isVisible())

    def open_tally(self) -> TallyDialog:
        self.person.front()
        self.key(Qt.Key.Key_T, CTRL | SHIFT)
        return self.opened(TallyDialog)

    def enter_people(self) -> None:
        """An approver first, then the analyst, to whom the approver agrees."""
        menu_by_keys(self, "Karyotype", "People who sign…")
        people = self.opened(UsersDialog)
        for (name, printed, passphrase), role in ((BOB, "approver"), (ANA, "analyst")):
            people.activateWindow()  # as a window manager does when a dialog over it is gone
            self.until(people.isActiveWindow)
            self.press_buttons(people, self.person.button("Enter a person…", people))
            form = self.opened(PersonDialog)
            fields = [(form.name, name), (form.printed, printed), (form.first, passphrase), (form.second, passphrase)]
            if role == "analyst":
                fields += [(form.voucher, BOB[0]), (form.voucher_passphrase, BOB[2])]
            else:
                tab_to(form.role)
                self.key(Qt.Key.Key_Down)
            for field, text in fields:
                tab_to(field)
                self.person.write(text)
            self.key(Qt.Key.Key_Return)
            self.until(lambda: not self.person.in_sight(PersonDialog))
        self.close(people)

    def go_on_as(self, who: tuple[str, str, str]) -> None:
        self.person.go_on_as(who)
        self.person.front()

    def sign(self, who: tuple[str, str, str]) -> ReportDialog:
        self.key(Qt.Key.Key_P, CTRL)
        report = self.opened(ReportDialog)
        assert report.user.text() == who[0]
        tab_to(report.passphrase)
        self.until(report.save.isEnabled)
        self.person.write(who[2])
        self.key(Qt.Key.Key_Return)
        question = self.opened(QMessageBox)
        self.press_buttons(question, self.person.button("Sign all the same", question))
        self.until(lambda: f"by {who[1]}" in report.message.text())
        self.until(report.save.isEnabled)
        report.activateWindow()
        self.until(report.isActiveWindow)
        return report

    def save(self, report: ReportDialog) -> Path:
        target = self.window.controller.case.folder.with_name("signed.pdf")
        self.press_buttons(report, report.save)
        dialog = self.opened(QFileDialog)
        tab_to(dialog.findChild(QLineEdit))
        self.key(Qt.Key.Key_A, CTRL)
        self.person.write(str(target))
        self.key(Qt.Key.Key_Return)
        self.until(target.is_file)
        self.close(report)
        return target


class Mouse(OneHand):
    """A person who has no keyboard, but for names and passphrases."""

    def press_buttons(self, inside: QWidget, *buttons: QPushButton) -> None:
        for button in buttons:
            self.person.click(button)

    def close(self, window: QWidget) -> None:
        self.person.click(window.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Close))
        self.until(lambda: not self.person.in_sight(type(window)))
        self.person.front()

    def type_into(self, field: QLineEdit, text: str) -> None:
        """The only keys there are."""
        self.person.click(field)
        QTest.keyClicks(field, text)
        QApplication.processEvents()

    def menu(self, title: str, entry: str) -> None:
        """Click a menu open, and then an entry of it."""
        self.person.front()
        bar = self.window.menuBar()
        top = next(a for a in bar.actions() if a.text().replace("&", "") == title)
        self.person.click(bar, bar.actionGeometry(top).center())
        self.until(lambda: QApplication.activePopupWidget() is not None)
        popup = QApplication.activePopupWidget()
        wanted = next(a for a in popup.actions() if a.text().replace("&", "") == entry)
        QTest.mouseClick(popup, LEFT, NONE, popup.actionGeometry(wanted).center())
        QApplication.processEvents()

    def open_sample(self, name: str) -> None:
        self.person.open_sample(name)

    def open_folder(self, folder: Path) -> None:
        """Drag the folder onto the window."""
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(folder))])
        copy = Qt.DropAction.CopyAction
        QApplication.sendEvent(self.window, QDragEnterEvent(QPoint(300, 300), copy, data, LEFT, NONE))
        QApplication.sendEvent(self.window, QDropEvent(QPointF(300, 300), copy, data, LEFT, NONE))
        self.until(lambda: self.session is not None and self.window.view.size_yx[0] > 0)

    def ask_the_engine(self) -> None:
        self.person.click(self.person.button("All cells", self.window.engine))

    def look_at_doubts(self) -> None:
        self.menu("Chromosome", "Accept")
        rows = self.window.inspector.doubts
        for _ in range(150):
            if not rows.count():
                break
            rows.scrollToItem(rows.item(0))
            self.person.click(rows.viewport(), rows.visualItemRect(rows.item(0)).center())
            self.person.click(self.window.inspector.accept)
        assert self.window.inspector.doubt_title.text() == "No open doubts"

    def mark_analysed_and_karyotyped(self) -> None:
        self.menu("Karyotype", "Cell is analysed")
        self.menu("Karyotype", "Cell is karyotyped")

    def reviewed(self) -> None:
        self.menu("Cell", "Reviewed, and next")
        assert QApplication.activeModalWidget() is None, "nothing is open, so nothing is asked"

    def set_aside(self) -> None:
        self.menu("Cell", "Set aside…")
        asked = self.opened(SetAsideDialog)
        self.person.click(asked.ok)
        self.until(lambda: not self.person.in_sight(SetAsideDialog))

    def open_tally(self) -> TallyDialog:
        self.menu("Karyotype", "Tally and karyotype…")
        return self.opened(TallyDialog)

    def enter_people(self) -> None:
        """They were entered on another day: that is typing."""
        users = known_users()
        users.create(BOB[0], BOB[1], Role.APPROVER, BOB[2])
        users.create(ANA[0], ANA[1], Role.ANALYST, ANA[2], by=Credentials(BOB[0], BOB[2]))

    def go_on_as(self, who: tuple[str, str, str]) -> None:
        self.menu("Karyotype", "Lock, change of user")
        lock = self.opened(LockDialog)
        self.type_into(lock.name, who[0])
        self.type_into(lock.passphrase, who[2])
        self.person.click(self.person.button("Go on", lock))
        self.until(lambda: not self.person.in_sight(LockDialog))
        assert self.window.controller.person == who[1]

    def sign(self, who: tuple[str, str, str]) -> ReportDialog:
        self.menu("Karyotype", "Report and signatures…")
        report = self.opened(ReportDialog)
        assert report.user.text() == who[0]
        self.until(report.save.isEnabled)
        self.type_into(report.passphrase, who[2])
        self.person.click(report.sign)
        question = self.opened(QMessageBox)
        self.person.click(self.person.button("Sign all the same", question))
        self.until(lambda: f"by {who[1]}" in report.message.text())
        self.until(report.save.isEnabled)
        return report

    def save(self, report: ReportDialog) -> Path:
        """Under the name that the dialog proposes."""
        self.person.click(report.save)
        dialog = self.opened(QFileDialog)
        self.person.click(dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Save))
        case = self.window.controller.case
        target = case.folder / f"{case.settings.id}.pdf"
        self.until(target.is_file)
        self.close(report)
        return target


def menu_by_keys(hand: Keyboard, title: str, entry: str) -> None:
    """Open a menu by its letter and walk down to an entry."""
    hand.person.front()
    bar = hand.window.menuBar()
    letter = next(a.text() for a in bar.actions() if a.text().replace("&", "") == title).partition("&")[2][0]
    QTest.keyClick(hand.window, getattr(Qt.Key, f"Key_{letter.upper()}"), Qt.KeyboardModifier.AltModifier)
    hand.until(lambda: QApplication.activePopupWidget() is not None)
    popup = QApplication.activePopupWidget()
    for _ in range(len(popup.actions())):
        QTest.keyClick(popup, Qt.Key.Key_Down)
        if popup.activeAction().text().replace("&", "") == entry:
            QTest.keyClick(popup, Qt.Key.Key_Return)
            return
    raise AssertionError(f"the menu has no {entry}")


@pytest.fixture(params=[Keyboard, Mouse])
def hand(request: pytest.FixtureRequest, person: Person, monkeypatch: pytest.MonkeyPatch) -> Iterator[OneHand]:
    """The one who has no mouse presses no button of it; the one who has no keyboard presses no key but in a field."""
    if request.param is Keyboard:
        for name in ("mouseClick", "mousePress", "mouseRelease", "mouseMove", "mouseDClick"):
            monkeypatch.setattr(QTest, name, forbidden)
    else:
        monkeypatch.setattr(QTest, "keyClick", forbidden)
        monkeypatch.setattr(person, "press", forbidden)
    yield request.param(person)
    for left in QApplication.topLevelWidgets():
        if isinstance(left, QDialog) and left.isVisible():
            left.done(0)


def forbidden(*_: object) -> None:
    raise AssertionError("this person has only the other hand")


def check(hand: OneHand, pdf: Path, karyotype: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What the PDF says, and that it is the report that was signed in this case; one changed byte is not."""
    case = hand.window.controller.case
    folder, written = case.folder, case.settings.karyotype
    assert karyotype in ("", written)
    assert hand.window.controller.close_case()
    text = text_of(pdf.read_bytes())
    for expected in (written, "Ana Ng", "Bob Li"):
        assert expected in text
    assert "DRAFT" not in text
    assert run(["verify", str(folder), "--report", str(pdf)]) == 0, capsys.readouterr()
    printed = capsys.readouterr().out
    assert "Bob Li" in printed, printed
    changed = pdf.with_name("changed.pdf")
    changed.write_bytes(pdf.read_bytes() + b"%")
    assert run(["verify", str(folder), "--report", str(changed)]) != 0


@pytest.mark.parametrize(("sample", "karyotype"), [("46XX", "46,XX"), ("47XY+21", "47,XY,+21")])
def test_a_sample_patient(hand: OneHand, sample: str, karyotype: str, capsys: pytest.CaptureFixture[str]) -> None:
    hand.open_sample(sample)
    check(hand, hand.to_a_signed_pdf(karyotype), karyotype, capsys)


@pytest.mark.real
def test_real_cells_with_the_shipped_engine(
    hand: OneHand, real_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the engine found in most cells alike is reviewed, the other cells are set aside with a reason."""
    document = json.loads((real_data / "taichung" / "val.json").read_text())
    folder = tmp_path / "case 7"
    folder.mkdir()
    for row in document["images"][:REAL_CELLS]:
        shutil.copy(real_data / "taichung" / "images" / Path(row["file_name"]).name, folder)
    hand.open_folder(folder)
    hand.ask_the_engine()
    hand.until(lambda: hand.window.runner.last_run.done == REAL_CELLS)
    check(hand, hand.to_a_signed_pdf(""), "", capsys)

"""People: entered, changed and closed in the window; who goes on is who the record names; sex withheld everywhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import argon2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from karyoview.accounts.users import Credentials, Role, UserError, Users
from karyoview.core.annotation import ReviewState
from karyoview.gui.accounts.credentials_dialog import CredentialsDialog
from karyoview.gui.accounts.users_dialog import AccountDialog, PassphraseDialog, PersonDialog, RoleDialog, UsersDialog
from karyoview.gui.dialogs import preferences
from karyoview.gui.dialogs.tally import TallyDialog
from karyoview.gui.karyogram.strips import StripsDialog
from karyoview.gui.withheld import names_sex, shown_changes
from karyoview.io.database import open_engine
from karyoview.services.settings import Settings

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def users(tmp_path: Path) -> Iterator[Users]:
    engine = open_engine(f"sqlite:///{tmp_path / 'users.db'}")
    yield Users(engine, argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    engine.dispose()


@pytest.fixture
def people(qapp: QApplication, users: Users) -> Iterator[UsersDialog]:
    dialog = UsersDialog(users)
    dialog.show()
    dialog.activateWindow()
    yield dialog
    dialog.close()
    dialog.deleteLater()
    QApplication.processEvents()


def fill(*fields: tuple[QLineEdit, str]) -> None:
    for field, text in fields:
        field.clear()
        QTest.keyClicks(field, text)


def ok(dialog: PersonDialog) -> None:
    QTest.mouseClick(dialog.ok, LEFT)
    QApplication.processEvents()


def test_the_first_people_are_entered_and_later_ones_need_an_approver(people: UsersDialog, users: Users) -> None:
    assert "Nobody is entered" in people.message.text()
    QTest.mouseClick(people.add, LEFT)
    first = people.findChild(PersonDialog)
    assert first.agreement.isHidden()
    fill((first.name, "bob"), (first.printed, "Bob Li"), (first.first, "second passphrase"), (first.second, "other"))
    first.role.setCurrentIndex(1)
    ok(first)
    assert "differ" in first.problem.text()
    fill((first.second, "second passphrase"))
    ok(first)
    assert [u.name for u in users.all()] == ["bob"]
    assert people.table.item(0, 2).text() == "analyse, review, approve"
    QTest.mouseClick(people.add, LEFT)
    second = next(d for d in people.findChildren(PersonDialog) if d.isVisible())
    assert second.agreement.isVisible()
    fill((second.name, "ana"), (second.printed, "Ana Ng"))
    fill((second.first, "first passphrase"), (second.second, "first passphrase"))
    fill((second.voucher, "bob"), (second.voucher_passphrase, "wrong one"))
    ok(second)
    assert "wrong" in second.problem.text()
    assert second.voucher_passphrase.text() == ""
    assert len(users.all()) == 1
    fill((second.voucher_passphrase, "second passphrase"))
    ok(second)
    assert users.verify("ana", "first passphrase").role is Role.ANALYST


def test_passphrase_role_and_account_are_changed(people: UsersDialog, users: Users) -> None:
    users.create("ana", "Ana Ng", Role.ANALYST, "first passphrase")
    users.create("bob", "Bob Li", Role.APPROVER, "second passphrase")
    people.fill()
    people.select("ana")
    QTest.mouseClick(people.passphrase, LEFT)
    change = people.findChild(PassphraseDialog)
    fill((change.now, "not mine"), (change.first, "a better phrase"), (change.second, "a better phrase"))
    ok(change)
    assert "wrong" in change.problem.text()
    fill((change.now, "first passphrase"))
    ok(change)
    assert users.verify("ana", "a better phrase")
    QTest.mouseClick(people.role, LEFT)
    role = people.findChild(RoleDialog)
    role.role.setCurrentIndex(1)
    fill((role.voucher, "ana"), (role.voucher_passphrase, "a better phrase"))
    ok(role)
    assert "no approver" in role.problem.text()
    fill((role.voucher, "bob"), (role.voucher_passphrase, "second passphrase"))
    ok(role)
    assert users.get("ana").role is Role.APPROVER
    QTest.mouseClick(people.account, LEFT)
    account = people.findChild(AccountDialog)
    fill((account.voucher, "bob"), (account.voucher_passphrase, "second passphrase"))
    ok(account)
    with pytest.raises(UserError, match="closed"):
        users.verify("ana", "a better phrase")
    assert people.account.text().startswith("Reopen")


def test_who_goes_on_is_named_in_the_record(driver, case_folder: Path) -> None:
    driver.window.settings["person"] = "Ana Ng"
    driver.open(case_folder)
    driver.key(Qt.Key.Key_C)
    driver.click(60, 60)
    driver.window.settings["person"] = "Bob Li"
    driver.click(120, 60)
    driver.saved()
    driver.window.controller.close_case()
    lines = [json.loads(t) for t in (case_folder / "karyoview" / "audit.jsonl").read_text("utf-8").splitlines()]
    by = [(line["user"], line["action"]) for line in lines if line["action"] in ("count", "user changed", "add mark")]
    marks = [line["user"] for line in lines if line.get("image") == "c00.png"]
    assert marks[-1] == "Bob Li"
    assert "Ana Ng" in marks
    assert ("Ana Ng", "user changed") in by


def test_sex_withheld_is_nowhere_and_comes_back_live(driver, case_folder: Path) -> None:
    driver.window.settings["confirm_red"] = False
    driver.open(case_folder)
    driver.key(Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    driver.until(lambda: driver.window.runner.last_run.done == 3)
    for _ in range(3):
        driver.reviewed()
    window, case = driver.window, driver.window.controller.case
    assert all(driver.session.annotation(i).state is ReviewState.REVIEWED for i in driver.session.images)
    driver.key(Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    window.menus.actions["strips"].trigger()  # as from the menu: the tally has the focus now
    tally, strips = window.findChild(TallyDialog), window.findChild(StripsDialog)
    driver.until(lambda: len(strips.cells) == 3)
    tally.propose.click()
    assert tally.karyotype.text() == "46,XX"

    def heads() -> set[str]:
        return {tally.table.horizontalHeaderItem(k).text() for k in range(tally.table.columnCount())}

    assert {"X", "Y"} <= heads()
    assert strips.label.findText("X") >= 0
    case.update_settings(sex_withheld=True)
    window.refresh_all()
    assert heads().isdisjoint({"X", "Y"})
    assert tally.karyotype.text() == "46,U"
    assert "X" not in tally.reading.text()
    assert strips.label.findText("X") < 0
    assert strips.label.findText("Y") < 0
    assert window.compare.names[22] == window.compare.names[23] == "sex"
    tally.keep.click()
    assert case.settings.karyotype == "46,XX", "what is hidden is kept whole"
    case.update_settings(sex_withheld=False)
    window.refresh_all()
    assert tally.karyotype.text() == "46,XX"
    assert {"X", "Y"} <= heads()
    assert strips.label.findText("Y") >= 0
    driver.window.controller.close_case()
    QApplication.processEvents()
    assert not [d for d in window.findChildren(TallyDialog) if d.isVisible()]


@pytest.mark.parametrize(
    ("text", "named"),
    [("+X", True), ("-Y", True), ("t(X;18)(q13;p11)", True), ("+21", False), ("Line 1: 46 chromosomes; XY, male", True),
     ("3 of 20 cells are counted.", False), ("r(22)", False), ("Xp11 is lost", True)],
)  # fmt: skip
def test_what_names_the_sex_chromosomes_is_found(text: str, named: bool) -> None:
    assert names_sex(text) is named
    assert shown_changes([text], withheld=False)


def test_changes_of_sex_chromosomes_are_left_out() -> None:
    assert shown_changes(["-Y", "+21", "+8 #2"], withheld=True) == ["+21", "+8"]


def test_where_people_are_entered_the_name_in_the_record_is_not_typed(
    qapp: QApplication, users: Users, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preferences, "users_if_any", lambda: users)
    for entered in (False, True):
        if entered:
            users.create("bob", "Bob Li", Role.APPROVER, "second passphrase")
        dialog = preferences.PreferencesDialog(Settings(tmp_path / "settings.json"))
        assert dialog.fields["person"].isEnabled() is not entered
        dialog.deleteLater()
    QApplication.processEvents()


def test_esc_asks_before_a_typed_reason_is_lost(qapp: QApplication) -> None:
    asked: list[tuple[Credentials, str]] = []
    dialog = CredentialsDialog("Amend", "why", lambda who, reason: asked.append((who, reason)), reason="Why?")
    dialog.show()
    QTest.keyClicks(dialog.reason, "a name was wrong")
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    assert "drops the reason" in dialog.problem.text()
    fill((dialog.user, "bob"), (dialog.passphrase, "second passphrase"))
    QTest.mouseClick(dialog.ok, LEFT)
    assert asked == [(Credentials("bob", "second passphrase"), "a name was wrong")]
    assert dialog.passphrase.text() == ""
    dialog.deleteLater()
    QApplication.processEvents()

"""The people who sign: roles, passphrases, and accounts that are closed but never deleted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import argon2
import pytest
import sqlalchemy as sa

from karyoview.accounts.users import Credentials, Role, UserError, Users
from karyoview.io.database import open_engine

CHEAP = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def users(url: str) -> Iterator[Users]:
    engine = open_engine(url)
    yield Users(engine, CHEAP)
    engine.dispose()


def test_people_are_recognised_by_their_passphrase_only(users: Users) -> None:
    eva = users.create(" Eva ", "Dr.  Eva Adam", Role.APPROVER, "Äpfel im Korb")
    assert (eva.name, eva.printed_name, eva.role, eva.disabled) == ("eva", "Dr. Eva Adam", Role.APPROVER, False)
    assert users.verify("EVA", "A\u0308pfel im Korb") == eva
    for name, passphrase in (("eva", "äpfel im korb"), ("eva", ""), ("adam", "Äpfel im Korb"), ("eva' OR 1=1 --", "x")):
        with pytest.raises(UserError, match="The name or the passphrase is wrong"):
            users.verify(name, passphrase)


def test_accounts_change_and_close_but_are_not_deleted(users: Users) -> None:
    users.create("ben", "Ben", Role.ANALYST, "first passphrase")
    users.set_passphrase("ben", "second passphrase", by=Credentials("ben", "first passphrase"))
    users.set_role("ben", Role.APPROVER, by=Credentials("ben", "second passphrase"))
    assert users.verify("ben", "second passphrase").role is Role.APPROVER
    with pytest.raises(UserError):
        users.verify("ben", "first passphrase")
    ben = Credentials("ben", "second passphrase")
    with pytest.raises(UserError, match="no approver with an open account"):
        users.set_disabled("ben", True, by=ben)
    eve = Credentials("eve", "third passphrase")
    users.create("eve", "Eve", Role.APPROVER, eve.passphrase, by=ben)
    users.set_disabled("ben", True, by=eve)
    with pytest.raises(UserError, match="closed"):
        users.verify("ben", "second passphrase")
    with pytest.raises(UserError, match="wrong"):
        users.verify("ben", "not that one")
    users.set_disabled("ben", False, by=eve)
    assert [u.name for u in users.all()] == ["ben", "eve"]
    assert users.verify("ben", "second passphrase").name == "ben"


@pytest.mark.parametrize(
    ("name", "printed", "passphrase"),
    [("", "X", "long enough"), ("a\nb", "X", "long enough"), ("x" * 101, "X", "long enough"), ("a", " ", "long enough"),
     ("a", "X", "short"), ("a", "X", "x" * 1001)],
)  # fmt: skip
def test_what_cannot_be_an_account_is_refused(users: Users, name: str, printed: str, passphrase: str) -> None:
    with pytest.raises(UserError):
        users.create(name, printed, Role.ANALYST, passphrase)
    assert users.all() == []


def test_a_name_is_given_once(users: Users) -> None:
    users.create("anna", "Anna", Role.ANALYST, "long enough")
    with pytest.raises(UserError, match="already a user 'anna'"):
        users.create("ANNA", "Other", Role.APPROVER, "long enough")
    with pytest.raises(UserError, match="no user 'dora'"):
        users.set_role("dora", Role.ANALYST, by=Credentials("anna", "long enough"))
    assert users.get("anna").printed_name == "Anna"


def test_the_passphrase_is_stored_as_argon2id_and_made_stronger_in_time(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'u.sqlite'}")
    Users(engine, CHEAP).create("anna", "Anna", Role.ANALYST, "long enough")
    strong = argon2.PasswordHasher(time_cost=2, memory_cost=64, parallelism=1)

    def stored() -> str:
        with engine.connect() as connection:
            return str(connection.execute(sa.text("SELECT passphrase_hash FROM karyoview_users")).scalar())

    weak = stored()
    assert weak.startswith("$argon2id$")
    assert "long enough" not in weak
    Users(engine, strong).verify("anna", "long enough")
    assert "m=64,t=2" in stored()
    engine.dispose()

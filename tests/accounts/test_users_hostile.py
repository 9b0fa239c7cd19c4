"""The list of people against whoever can write the database, and against whoever is in it."""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import argon2
import pytest
import sqlalchemy as sa

from karyoview.accounts.users import Credentials, Role, UserError, Users
from karyoview.core.errors import KaryoViewError
from karyoview.io.database import DatabaseError, open_engine
from karyoview.io.key_list import KeyListError, read_key_list
from karyoview.services.authority import AuthorityError, authorise, authorise_where_managed

CHEAP = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
BOB = Credentials("bob", "second passphrase")
ANA = Credentials("ana", "first passphrase")


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[sa.Engine]:
    monkeypatch.setenv("KARYOVIEW_WORKSPACE", str(tmp_path / "workspace"))
    engine = open_engine(f"sqlite:///{tmp_path / 'u.sqlite'}")
    users = Users(engine, CHEAP)
    users.create("ana", "Ana Ng", Role.ANALYST, ANA.passphrase)
    users.create("bob", "Bob Li", Role.APPROVER, BOB.passphrase)
    yield engine
    engine.dispose()


def write(engine: sa.Engine, statement: str, **values: object) -> None:
    with engine.begin() as connection:
        connection.execute(sa.text(statement), values)


def test_a_role_written_by_hand_is_not_believed(engine: sa.Engine) -> None:
    write(engine, "UPDATE karyoview_users SET role = 'approver' WHERE name = 'ana'")
    users = Users(engine, CHEAP)
    assert users.get("ana").role is Role.ANALYST
    with pytest.raises(AuthorityError, match="no approver"):
        authorise(users, ANA, "approved")
    assert "changed by hand" in users.problems()[0]


def test_a_passphrase_written_by_hand_opens_no_key(engine: sa.Engine) -> None:
    write(engine, "UPDATE karyoview_users SET passphrase_hash = :h WHERE name = 'bob'", h=CHEAP.hash("of a thief"))
    users = Users(engine, CHEAP)
    with pytest.raises(UserError, match="signing key of Bob Li does not open"):
        users.verify("bob", "of a thief")


def test_a_seal_of_another_key_is_found(engine: sa.Engine) -> None:
    write(engine, "UPDATE karyoview_users SET passphrase_hash = (SELECT passphrase_hash FROM karyoview_users "
                  "WHERE name = 'ana') WHERE name = 'bob'")  # fmt: skip
    write(engine, "UPDATE karyoview_seals SET sealed = (SELECT sealed FROM karyoview_seals WHERE name = 'ana') "
                  "WHERE name = 'bob'")  # fmt: skip
    with pytest.raises(UserError, match="does not open"):
        Users(engine, CHEAP).verify("bob", ANA.passphrase)


def test_a_person_put_in_by_hand_is_nobody(engine: sa.Engine) -> None:
    write(
        engine, "INSERT INTO karyoview_users VALUES ('eve', 'Eve', 'approver', 0, '', :h)", h=CHEAP.hash("long enough")
    )
    users = Users(engine, CHEAP)
    with pytest.raises(UserError, match=r"closed|not in the signed list"):
        users.verify("eve", "long enough")
    assert "put into the database by hand" in users.problems()[0]


def test_people_of_before_there_were_keys_sign_once_an_approver_vouched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KARYOVIEW_WORKSPACE", str(tmp_path / "workspace"))
    old = open_engine(f"sqlite:///{tmp_path / 'old.sqlite'}")
    users = Users(old, CHEAP)
    for name, role, passphrase in (("bob", "approver", BOB.passphrase), ("ana", "analyst", ANA.passphrase)):
        write(
            old, "INSERT INTO karyoview_users VALUES (:n, :n, :r, 0, '', :h)",
            n=name, r=role, h=CHEAP.hash(passphrase),
        )  # fmt: skip
    users.verify("bob", BOB.passphrase)
    with pytest.raises(UserError, match="an approver gives them a new passphrase"):
        users.verify("ana", ANA.passphrase)
    assert "ana" not in users.key_list().members
    users.set_passphrase("ana", "another passphrase", by=BOB)
    assert users.verify("ana", "another passphrase").role is Role.ANALYST
    assert users.key_list().members["ana"].vouched
    old.dispose()


@pytest.mark.parametrize(
    "attack",
    [
        "DELETE FROM karyoview_key_list WHERE seq = 2",
        "DELETE FROM karyoview_key_list",
        "UPDATE karyoview_key_list SET entry = replace(entry, 'analyst', 'approver')",
    ],
)
def test_a_list_that_was_cut_or_changed_stops_everybody(engine: sa.Engine, attack: str) -> None:
    write(engine, attack)
    with pytest.raises(UserError, match="list of keys in the database is not whole"):
        Users(engine, CHEAP).verify("bob", BOB.passphrase)


def test_nobody_is_entered_or_changed_without_an_approver_s_key(engine: sa.Engine) -> None:
    users = Users(engine, CHEAP)
    for by in (None, ANA, Credentials("bob", "wrong passphrase"), Credentials("", "")):
        for change in (
            lambda by=by: users.create("eve", "Eve", Role.APPROVER, "long enough", by=by),
            lambda by=by: users.set_role("ana", Role.APPROVER, by=by or Credentials("", "")),
            lambda by=by: users.set_disabled("bob", True, by=by or Credentials("", "")),
            lambda by=by: users.set_passphrase("bob", "of a thief", by=by or Credentials("", "")),
        ):
            with pytest.raises(UserError):
                change()
    assert [(u.name, u.role, u.disabled) for u in users.all()] == [
        ("ana", Role.ANALYST, False), ("bob", Role.APPROVER, False),
    ]  # fmt: skip
    with pytest.raises(UserError, match="vouches for themself"):
        users.set_role("bob", Role.ANALYST, by=BOB)
    assert users.verify(*BOB).role is Role.APPROVER


def test_an_entry_that_breaks_a_rule_is_refused_wherever_the_list_is_read(engine: sa.Engine) -> None:
    keys = Users(engine, CHEAP).key_list()
    assert read_key_list(keys.entries).laboratory == keys.laboratory
    for broken in (
        [*keys.entries, {**keys.entries[1], "seq": 3}], keys.entries[1:], [{**keys.entries[0], "role": "chief"}],
        [{**keys.entries[0], "printed_name": "Anna Ng"}], [5], [{}],
    ):  # fmt: skip
        with pytest.raises(KeyListError):
            read_key_list(broken)


def test_a_forgotten_passphrase_gives_a_new_key_and_the_old_one_stays_known(engine: sa.Engine) -> None:
    users = Users(engine, CHEAP)
    before = users.key_list().members["ana"].key
    users.set_passphrase("ana", "another one", by=BOB)
    member = users.key_list().members["ana"]
    assert member.keys[0] == before != member.key
    assert users.verify("ana", "another one").name == "ana"
    users.set_passphrase("ana", "and one more", by=Credentials("ana", "another one"))
    assert users.key_list().members["ana"].key == member.key, "her own passphrase opens the key that she had"


def test_only_the_laboratory_s_own_people_sign_here(
    engine: sa.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KARYOVIEW_LABORATORY")
    users = Users(engine, CHEAP)
    assert authorise(users, BOB, "approved").user.name == "bob"
    other = open_engine(f"sqlite:///{tmp_path / 'own.sqlite'}")
    mine = Users(other, CHEAP)
    mine.create("bob", "Bob Li", Role.APPROVER, "of a thief")
    with pytest.raises(AuthorityError, match="but this account signs for"):
        authorise(mine, Credentials("bob", "of a thief"), "approved")
    monkeypatch.setenv("KARYOVIEW_LABORATORY", mine.key_list().laboratory[:16])
    assert authorise(mine, Credentials("bob", "of a thief"), "approved")
    other.dispose()


def test_where_nobody_is_entered_nobody_is_asked(engine: sa.Engine, tmp_path: Path) -> None:
    assert authorise_where_managed(None, "activate", lambda: None) is None
    users = Users(engine, CHEAP)
    with pytest.raises(AuthorityError, match="an approver has to do this"):
        authorise_where_managed(None, "activate", lambda: users)
    with pytest.raises(AuthorityError, match="no approver"):
        authorise_where_managed(ANA, "roll back", lambda: users)


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_nobody_else_reads_the_database(engine: sa.Engine, tmp_path: Path) -> None:
    assert stat.S_IMODE((tmp_path / "u.sqlite").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "workspace" / "laboratories.json").stat().st_mode) == 0o600


@pytest.mark.parametrize("call", range(6))
def test_a_socket_that_breaks_while_an_answer_is_read_is_one_sentence(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    """In whatever answer it breaks, also in that to the rollback of a connection that is given back."""
    if not url.startswith("postgresql"):
        pytest.skip("SQLite has no socket")
    core = pytest.importorskip("pg8000.core")
    monkeypatch.setenv("KARYOVIEW_WORKSPACE", str(tmp_path / "workspace"))
    engine = open_engine(url)
    users = Users(engine, CHEAP)
    users.create("chief", "Chief", Role.APPROVER, "long enough")
    read, calls = core._read, itertools.count()

    def broken(sock: object, size: int) -> bytes:
        if next(calls) == 5 * call:
            raise ConnectionResetError(errno.ECONNRESET, "Connection reset by peer")
        return read(sock, size)  # type: ignore[no-any-return]

    with monkeypatch.context() as patched, contextlib.suppress(DatabaseError):
        patched.setattr(core, "_read", broken)
        for _ in range(3):
            users.all()
    assert next(calls) > 5 * call
    assert [user.name for user in users.all()] == ["chief"], "the next connection is a whole one"
    engine.dispose()


def test_connections_that_are_cut_in_the_middle_lose_nobody(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    """As a restart of the server does it: every other connection ends, whatever it was doing."""
    if not url.startswith("postgresql"):
        pytest.skip("SQLite has no server that could end a connection")
    monkeypatch.setenv("KARYOVIEW_WORKSPACE", str(tmp_path / "workspace"))
    engine, other = open_engine(url), open_engine(url)
    users = Users(engine, CHEAP)
    users.create("chief", "Chief", Role.APPROVER, "long enough")
    chief = Credentials("chief", "long enough")
    stop, cuts, entered = threading.Event(), 0, []

    def cut() -> None:
        nonlocal cuts
        with other.connect() as connection:
            while not stop.wait(0.02):
                ended = connection.execute(sa.text(
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                    "WHERE pid <> pg_backend_pid() AND datname = current_database()"
                )).scalar()  # fmt: skip
                cuts += int(ended or 0)

    thread = threading.Thread(target=cut)
    thread.start()
    try:
        for number in range(12):
            try:
                users.create(f"p{number}", f"Person {number}", Role.ANALYST, "long enough", by=chief)
                entered.append(f"p{number}")
            except KaryoViewError as error:
                assert "\n" not in str(error)  # noqa: PT017
    finally:
        stop.set()
        thread.join()
    known = {user.name for user in users.all()}
    assert set(entered) <= known
    assert set(users.key_list().members) == known, "list and table were written together or not at all"
    record_property(
        "count", f"connections of PostgreSQL cut: {cuts}, {len(entered)} of 12 entries acknowledged, all there"
    )
    for each in (engine, other):
        each.dispose()

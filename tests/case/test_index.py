"""The list of cases and the people who sign, on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import glob
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import argon2
import numpy as np
import pytest
import sqlalchemy as sa
from PIL import Image

from karyoview.accounts.users import Role, UserError, Users
from karyoview.case.case import Case
from karyoview.case.index import CaseIndex, find_cases
from karyoview.core.annotation import ReviewState
from karyoview.io.database import DatabaseError, open_engine

CHEAP = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def _postgres_programs() -> Path | None:
    """Where Debian's package, or the path, has initdb and pg_ctl."""
    folders = [Path(p) for p in sorted(glob.glob("/usr/lib/postgresql/*/bin"), reverse=True)]
    found = shutil.which("initdb")
    folders += [Path(found).parent] if found else []
    return next((p for p in folders if (p / "initdb").exists() and (p / "pg_ctl").exists()), None)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A private PostgreSQL of this test run: own data, own port on this machine only, gone afterwards."""
    programs = _postgres_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed; on Debian: apt install postgresql")
    pytest.importorskip("pg8000", reason="pg8000 is not installed; pip install karyoview[postgres]")
    user: dict[str, object] = {}
    if os.geteuid() == 0:
        # The server refuses to run for the superuser.
        names = [entry.pw_name for entry in pwd.getpwall() if entry.pw_name in ("postgres", "nobody")]
        if not names:
            pytest.skip("PostgreSQL does not run for the superuser, and there is no other user here")
        user = {"user": sorted(names, reverse=True)[0], "group": pwd.getpwnam(sorted(names, reverse=True)[0]).pw_gid}
    root = Path(tempfile.mkdtemp(prefix="karyoview-postgres-"))
    if user:
        shutil.chown(root, str(user["user"]))
    (root / "password").write_text("geheim:@/ä\n")
    (root / "password").chmod(0o644)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    def call(*arguments: str) -> None:
        done = subprocess.run(
            [str(programs / arguments[0]), *arguments[1:]],
            cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False, timeout=280, **user,
        )  # fmt: skip
        if done.returncode:
            pytest.skip(f"PostgreSQL does not start here: {done.stderr.strip()[-300:]}")

    options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories='' -c fsync=off"
    try:
        call("initdb", "-D", str(root / "data"), "-U", "kv", "-A", "scram-sha-256", "-E", "UTF8", "--locale=C",
             f"--pwfile={root / 'password'}", "--no-sync")  # fmt: skip
        call("pg_ctl", "-D", str(root / "data"), "-l", str(root / "log"), "-w", "-o", options, "start")
        url = sa.engine.URL.create("postgresql", "kv", "geheim:@/ä", "127.0.0.1", port, "postgres")
        try:
            yield url.render_as_string(hide_password=False)
        finally:
            call("pg_ctl", "-D", str(root / "data"), "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(root, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'index é.sqlite'}"
    server = str(request.getfixturevalue("postgres_server"))
    name = f"t{os.urandom(6).hex()}"
    engine = open_engine(server)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return server.removesuffix("/postgres") + f"/{name}"


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KARYOVIEW_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.delenv("KARYOVIEW_INDEX", raising=False)
    return tmp_path / "workspace"


@pytest.fixture
def cases(tmp_path: Path) -> list[Path]:
    """Three cases, one of them deep, beside folders that are none."""
    folders = []
    for name, protocol in (("Müller Lab/case A", "oncology"), ("case_b", "prenatal"), ("x/y/z/case C", "oncology")):
        folder = tmp_path / "cases" / name
        folder.mkdir(parents=True)
        for number in range(2):
            Image.fromarray(np.eye(9, dtype=np.uint8)).save(folder / f"{number}.png")
        with Case.open(folder) as case:
            case.update_settings(protocol=protocol, karyotype="46,XX", details={"specimen": "Chorionic villi 100%"})
            case.update_cell("0.png", culture="K7", state=ReviewState.REVIEWED)
        folders.append(folder)
    (tmp_path / "cases/.trash").mkdir()
    shutil.copytree(folders[0], tmp_path / "cases/.trash/case")
    (tmp_path / "cases/loop").symlink_to(tmp_path / "cases")
    return folders


def test_an_open_case_is_entered_changed_and_found(url: str, cases: list[Path]) -> None:
    with CaseIndex(url) as index:
        with Case.open(cases[0], user="anna") as case:
            index.update(case)
            case.update_cell("1.png", state="set_aside", reason="broken")
            row = index.update(case)
            number = case.settings.id
        assert index.cases() == [row]
        assert (row.case_id, row.cells, row.reviewed, row.set_aside) == (number, 2, 1, 1)
        assert row.open_by.startswith("anna on ")
        with Case.open(cases[1], read_only=True) as case:
            index.update(case)
        assert [Path(r.folder).name for r in index.cases("ONCOLOGY k7")] == ["case A"]
        assert [Path(r.folder).name for r in index.cases("müller")] == ["case A"]
        assert len(index.cases("100%")) == 2
        assert index.cases("1000%") == []
        assert [Path(r.folder).name for r in index.cases("case_b")] == ["case_b"]
        assert index.cases("case'; DROP TABLE karyoview_cases; --") == []
        assert len(index.cases(limit=1)) == 1
        assert index.remove(cases[0])
        assert not index.remove(cases[0])
        assert len(index.cases()) == 1


def test_the_index_is_rebuilt_from_the_folders_and_users_stay(url: str, cases: list[Path], tmp_path: Path) -> None:
    with CaseIndex(url) as index:
        Users(index.engine, CHEAP).create("anna", "Anna", Role.ANALYST, "long enough")
        report = index.rebuild([tmp_path / "cases"])
        assert (report.cases, report.problems) == (3, [])
        rows = index.cases()
        assert [r.folder for r in rows] == sorted(str(p) for p in cases)
        assert {r.reviewed for r in rows} == {1}
        shutil.rmtree(cases[1])
        (cases[2] / "karyoview/audit.jsonl").unlink()
        (cases[2] / "karyoview/case.json").write_text("{")
        report = index.rebuild()
        assert report.cases == 1
        assert len(report.problems) == 2
        rows = {Path(r.folder).name: r for r in index.cases()}
        assert "does not exist" in rows["case_b"].problem
        assert "not valid JSON" in rows["case C"].problem
        assert rows["case A"].problem == ""
        assert [u.name for u in Users(index.engine, CHEAP).all()] == ["anna"]


def test_a_deleted_index_comes_back(workspace: Path, cases: list[Path], tmp_path: Path) -> None:
    with CaseIndex() as index:
        index.rebuild([tmp_path / "cases"])
    (workspace / "index.sqlite").unlink()
    with CaseIndex() as index:
        assert index.cases() == []
        index.rebuild([tmp_path / "cases", tmp_path / "nowhere"])
        assert len(index.cases()) == 3


def test_many_workstations_enter_the_same_case_at_once(url: str, cases: list[Path]) -> None:
    errors: list[Exception] = []
    with Case.open(cases[0], read_only=True) as case:

        def enter() -> None:
            try:
                with CaseIndex(url) as index:
                    for _ in range(5):
                        index.update(case)
            except Exception as error:
                errors.append(error)

        threads = [threading.Thread(target=enter) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert errors == []
    with CaseIndex(url) as index:
        assert len(index.cases()) == 1


def test_looking_for_cases_follows_no_links_and_no_hidden_folders(cases: list[Path], tmp_path: Path) -> None:
    assert sorted(find_cases(tmp_path / "cases")) == sorted(cases)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("mysql://x/y", "SQLite and PostgreSQL"),
        ("nonsense", "cannot be opened"),
        ("postgresql://kv:verysecret@127.0.0.1:9/x", "cannot be used"),
        ("sqlite:////nonexistent/folder/x.sqlite", "cannot be used"),
    ],
)
def test_a_database_that_is_not_there_is_one_sentence_without_the_password(address: str, words: str) -> None:
    with pytest.raises(DatabaseError, match=words) as caught:
        CaseIndex(address)
    assert "verysecret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_index_of_another_version_is_refused(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'i.sqlite'}"
    with CaseIndex(address) as index, index.engine.begin() as connection:
        connection.execute(sa.text("UPDATE karyoview_about SET value = '9'"))
    with pytest.raises(DatabaseError, match="version 9"):
        CaseIndex(address)


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
    users.set_passphrase("ben", "second passphrase")
    users.set_role("ben", Role.APPROVER)
    assert users.verify("ben", "second passphrase").role is Role.APPROVER
    with pytest.raises(UserError):
        users.verify("ben", "first passphrase")
    users.set_disabled("ben", True)
    with pytest.raises(UserError, match="closed"):
        users.verify("ben", "second passphrase")
    with pytest.raises(UserError, match="wrong"):
        users.verify("ben", "not that one")
    users.set_disabled("ben", False)
    assert [u.name for u in users.all()] == ["ben"]
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
        users.set_role("dora", Role.ANALYST)
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

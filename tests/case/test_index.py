"""The list of cases, on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import argon2
import numpy as np
import pytest
import sqlalchemy as sa
from PIL import Image

from karyoview.accounts.users import Role, Users
from karyoview.case.case import Case
from karyoview.case.index import CaseIndex, find_cases
from karyoview.core.annotation import ReviewState
from karyoview.io.database import DatabaseError

CHEAP = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


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
            case.update_cell("0.png", culture="K7")
            case.save_annotation(case.annotation("0.png").next_revision(state=ReviewState.REVIEWED), "reviewed")
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

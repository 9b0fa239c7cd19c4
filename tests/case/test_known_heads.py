"""A folder that was set back as a whole is whole in itself; the index, which saw it later, tells it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from case_samples import edit

from karyoview.case.case import Case
from karyoview.case.index import CaseIndex
from karyoview.case.verify import verify_case
from karyoview.cli import run
from karyoview.io.user_data import INDEX_VARIABLE


def work(folder: Path, index: CaseIndex, edits: int = 1) -> str:
    """Edit a cell, and let the index see it; → what the index says of it."""
    with Case.open(folder, user="eva") as case:
        for _ in range(edits):
            case.save_annotation(edit(case.annotation("cell2.png")), "add box")
        notice = index.follow_record(case)
        index.update(case)
    return notice


def put_back(folder: Path, copy: Path) -> None:
    shutil.rmtree(folder)
    shutil.copytree(copy, folder)


@pytest.fixture
def index(url: str) -> Iterator[CaseIndex]:
    with CaseIndex(url) as opened:
        yield opened


def test_work_that_goes_on_is_followed_without_a_word(folder: Path, index: CaseIndex) -> None:
    assert [work(folder, index) for _ in range(3)] == ["", "", ""]
    assert index.record_difference(folder, folder / "karyoview") == ""
    assert verify_case(folder).problems == []


def test_a_folder_that_was_set_back_is_told_at_once_and_for_ever(
    folder: Path, index: CaseIndex, tmp_path: Path
) -> None:
    work(folder, index)
    shutil.copytree(folder, tmp_path / "copy")
    work(folder, index, edits=2)
    put_back(folder, tmp_path / "copy")
    assert verify_case(folder).problems == []  # the folder alone cannot know
    notice = index.record_difference(folder, folder / "karyoview")
    assert "was set back" in notice
    assert notice.endswith(".")

    with Case.open(folder, user="eva") as case:
        assert index.follow_record(case) == notice
        assert index.follow_record(case) == ""
    assert any("had been set back" in text for text in verify_case(folder).problems)
    assert work(folder, index) == ""
    assert any("had been set back" in text for text in verify_case(folder).problems)


def test_a_copy_that_was_worked_on_in_place_of_the_case_is_told(folder: Path, index: CaseIndex, tmp_path: Path) -> None:
    work(folder, index)
    shutil.copytree(folder, tmp_path / "copy")
    work(folder, index)
    with Case.open(tmp_path / "copy", user="eva") as case:
        for _ in range(4):
            case.save_annotation(edit(case.annotation("cell2.png")), "add box")
    put_back(folder, tmp_path / "copy")
    assert "another line" in index.record_difference(folder, folder / "karyoview")


def test_an_earlier_copy_elsewhere_is_told_and_stays_as_it_is(folder: Path, index: CaseIndex, tmp_path: Path) -> None:
    work(folder, index)
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    work(folder, index)
    lines = (copy / "karyoview" / "audit.jsonl").read_bytes()
    with Case.open(copy, user="eva") as case:
        notice = index.follow_record(case)
    assert str(folder) in notice
    assert (copy / "karyoview" / "audit.jsonl").read_bytes() == lines
    assert index.record_difference(folder, folder / "karyoview") == ""


def test_what_only_looks_at_a_folder_that_was_set_back_forgets_nothing(
    folder: Path, index: CaseIndex, tmp_path: Path
) -> None:
    work(folder, index)
    shutil.copytree(folder, tmp_path / "copy")
    work(folder, index)
    put_back(folder, tmp_path / "copy")
    with Case.open(folder, read_only=True) as case:
        assert index.follow_record(case)
        index.update(case)
    index.rebuild([folder])
    assert "was set back" in index.record_difference(folder, folder / "karyoview")


def test_verify_asks_the_index_where_there_is_one(
    folder: Path,
    url: str,
    index: CaseIndex,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    work(folder, index)
    shutil.copytree(folder, tmp_path / "copy")
    work(folder, index)
    put_back(folder, tmp_path / "copy")
    assert run(["verify", str(folder)]) == 0
    assert "was set back" not in capsys.readouterr().out
    monkeypatch.setenv(INDEX_VARIABLE, url)
    assert run(["verify", str(folder)]) == 1
    assert "was set back" in capsys.readouterr().out
    monkeypatch.setenv(INDEX_VARIABLE, "postgresql://nobody@127.0.0.1:1/none")
    assert run(["verify", str(folder)]) == 0
    assert "Not compared with the index" in capsys.readouterr().out

"""Edits of a time when the folder could not be written: they come back, and two copies are joined by a person."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from case_samples import edit

from karyoview.case import forks
from karyoview.case.case import Case, CaseError
from karyoview.case.forks import find_fork
from karyoview.case.joining import join
from karyoview.case.location import workspace_store
from karyoview.case.verify import verify_case
from karyoview.cli import run


@pytest.fixture
def case_folder(folder: Path) -> Path:
    with Case.open(folder, user="eva") as case:
        case.save_annotation(edit(case.annotation("cell2.png")), "add box")
    return folder


def worked_on_elsewhere(folder: Path, image: str = "cell2.png") -> Path:
    """The copy in the workspace with two more edits, as it is made where the folder cannot be written."""
    other = folder.with_name("another disk")
    shutil.copytree(folder, other)
    with Case.open(other, user="ben") as case:
        for _ in range(2):
            case.save_annotation(edit(case.annotation(image)), "add box")
        case.update_cell(image, analysed=True)
    copy = workspace_store(folder)
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(other / "karyoview", copy)
    return copy


def test_edits_come_back_when_the_folder_can_be_written_again(case_folder: Path) -> None:
    copy = worked_on_elsewhere(case_folder)
    with Case.open(case_folder) as case:
        assert "3 edits that were made while" in " ".join(case.notices)
        assert case.annotation("cell2.png").revision == 3
    assert verify_case(case_folder).problems == []
    assert not copy.exists()
    assert list(copy.parent.glob(f"{copy.name}.joined-*")), "the copy is kept"
    with Case.open(case_folder) as case:
        assert "edits" not in " ".join(case.notices)


def test_where_both_went_on_nothing_is_taken_without_a_person(
    case_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    worked_on_elsewhere(case_folder)
    (case_folder / "karyoview").rename(case_folder / "aside")
    shutil.copytree(case_folder / "aside", case_folder / "karyoview")
    copy = workspace_store(case_folder)
    aside = copy.with_name("aside")
    copy.rename(aside)
    with Case.open(case_folder, user="eva") as case:
        case.save_annotation(edit(case.annotation("cell2.png"), 20.0), "add box")
        case.save_annotation(edit(case.annotation("cell10.png"), 20.0), "add box")
    aside.rename(copy)
    with Case.open(case_folder) as case:
        assert "shows both side by side" in " ".join(case.notices)
        assert case.annotation("cell2.png").revision == 2, "what is in the folder stands"
    assert run(["join", str(case_folder)]) == 1
    output = capsys.readouterr().out
    assert "folder: add box by eva" in output
    assert "copy:   add box by ben" in output
    assert "revision 3" in output
    fork = find_fork(case_folder)
    assert fork is not None
    assert (fork.here, fork.there) == (2, 3)
    assert list(fork.files) == ["annotations/cell2.png.json"], "what follows from the cells is no question of its own"
    with Case.open(case_folder) as case:
        with pytest.raises(CaseError, match="not changed in the copy"):
            join(case, fork, ["case.json"])
        join(case, fork, ["annotations/cell2.png.json"])
        joined = case.annotation("cell2.png")
        assert case.cell("cell2.png").analysed
    assert [c.box.cx for c in joined.chromosomes] == [5, 5, 5]
    assert joined.revision == 4, "above both"
    assert verify_case(case_folder).problems == []
    assert list((case_folder / "karyoview").glob("joined-*.jsonl")), "the lines of the copy are kept"
    assert find_fork(case_folder) is None
    assert run(["join", str(case_folder)]) == 0


def test_a_copy_that_another_window_joins_meanwhile_is_no_fork_any_more(
    case_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    worked_on_elsewhere(case_folder)
    copy, scan = workspace_store(case_folder), forks.scan
    assert find_fork(case_folder) is not None

    def joined_meanwhile(path: Path, **how: bool) -> object:
        found = scan(path, **how)
        if path.parent == copy:
            shutil.rmtree(copy)
        return found

    monkeypatch.setattr(forks, "scan", joined_meanwhile)
    assert find_fork(case_folder) is None

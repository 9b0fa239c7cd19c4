"""A program that is killed while it edits, opens, reports, backs up and brings up to date loses nothing."""

from __future__ import annotations

import random
import shutil
from dataclasses import replace
from pathlib import Path

import pypdfium2
from small_cases import check_brought_up, new_folder, old_case, with_a_box
from stress_parts import Counts, Note, Workers, rounds

from karyoview.case.case import Case
from karyoview.case.verify import verify_case
from karyoview.core.annotation import ReviewState

WORK = "killed_case"
_RENEWED_AFTER = 50
"""A case is worked on by so many, then a new one begins: a record of thousands of lines only makes each look slower."""


def test_killed_while_editing(workers: Workers, tmp_path: Path, dice: random.Random, counts: Counts) -> None:
    many, kills, edits = rounds(6000), 0, 0
    for number in range(many):
        if number % _RENEWED_AFTER == 0:
            folder, note, last = begun(tmp_path / f"case{number}"), Note(tmp_path / f"done{number}"), 0
        workers.begin("edits", folder, note=note)
        kills += workers.kill(after=dice.uniform(0.0, 0.05), at_work=bool(number % 2))
        last = max([last, *map(int, note.lines()[-3:])])
        with Case.open(folder) as case:
            revision = case.annotation("a.png").revision
            assert last <= revision <= last + 1
            last = max(last, revision)
        assert verify_case(folder).problems == []
        if number % _RENEWED_AFTER == _RENEWED_AFTER - 1 or number == many - 1:
            edits += last
            shutil.rmtree(folder)
        counts.say("killed while editing", kills, many, f"{edits:,} edits, none that was acknowledged was lost")


def test_killed_while_opening(workers: Workers, tmp_path: Path, dice: random.Random, counts: Counts) -> None:
    many, kills = rounds(1000), 0
    for number in range(many):
        if number % _RENEWED_AFTER == 0:
            folder, note = begun(tmp_path / f"case{number}"), Note(tmp_path / f"done{number}")
        workers.begin("opening", folder, note=note)
        kills += workers.kill(after=dice.uniform(0.0, 0.05))
        Case.open(folder).close()
        assert verify_case(folder).problems == []
        assert not list((folder / "karyoview").rglob(".kv-*"))
        counts.say("killed while opening", kills, many, "opened by the next one each time")


def test_killed_while_writing_reports(workers: Workers, tmp_path: Path, dice: random.Random, counts: Counts) -> None:
    many, kills, kept = rounds(1000), 0, 0
    for number in range(many):
        if number % _RENEWED_AFTER == 0:
            folder, note = begun(tmp_path / f"case{number}"), Note(tmp_path / f"done{number}")
        workers.begin("report", folder, note=note)
        kills += workers.kill(after=dice.uniform(0.0, 0.4), at_work=bool(number % 2))
        beside = folder.with_name("report.pdf")
        assert not beside.exists() or page_count(beside)
        Case.open(folder).close()
        # A report whose line was never written is told, and is no loss: nobody was told that it was kept.
        assert [p for p in verify_case(folder).problems if "was not made by KaryoView" not in p] == []
        if number % _RENEWED_AFTER == _RENEWED_AFTER - 1 or number == many - 1:
            kept += len(note.lines())
            assert all(page_count(folder / "karyoview" / "reports" / name) for name in note.lines())
            shutil.rmtree(folder)
        counts.say("killed while writing PDF reports", kills, many, f"{kept:,} kept ones, all whole")


def test_killed_while_backing_up(workers: Workers, tmp_path: Path, dice: random.Random, counts: Counts) -> None:
    folder, note, many, kills = begun(tmp_path / "case"), Note(tmp_path / "done"), rounds(500), 0
    for number in range(many):
        workers.begin("backup", folder, note=note)
        kills += workers.kill(after=dice.uniform(0.0, 0.05), at_work=bool(number % 2))
        Case.open(folder).close()
        assert verify_case(folder).problems == []
        for restored in tmp_path.glob("b*.restored"):
            assert verify_case(restored).problems == [], "what has its name is whole"
        for left in [*tmp_path.glob("b*"), *tmp_path.glob(".*")]:
            shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink()
        counts.say("killed while backing up and restoring", kills, many, "what had its name was whole")


def test_killed_while_an_old_case_is_brought_up_to_date(
    workers: Workers, tmp_path: Path, dice: random.Random, counts: Counts
) -> None:
    folder, many, kills = tmp_path / "case", rounds(500), 0
    for _ in range(many):
        old_case(folder)
        workers.begin("migration", folder, note=Note(tmp_path / "done"))
        kills += workers.kill(after=dice.uniform(0.0, 0.05))
        with Case.open(folder) as case:
            check_brought_up(case)
        assert verify_case(folder).problems == []
        shutil.rmtree(folder)
        counts.say("killed while an old case is brought up to date", kills, many, "all of each case was there")


def begun(folder: Path) -> Path:
    """A case of two images, one of them reviewed."""
    with Case.open(new_folder(folder)) as case:
        reviewed = replace(with_a_box(case.annotation("b.png")), state=ReviewState.REVIEWED)
        case.save_annotation(reviewed, "reviewed")
    return folder


def page_count(pdf: Path) -> int:
    document = pypdfium2.PdfDocument(pdf.read_bytes())
    try:
        return len(document)
    finally:
        document.close()

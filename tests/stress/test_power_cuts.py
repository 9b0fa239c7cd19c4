"""What is left after a power cut: every acknowledged edit, judged by what was flushed and when."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from recording_disk import RecordingDisk
from small_cases import new_folder, with_a_box
from stress_parts import SEED, Counts, rounds

from karyoview.case.case import Case
from karyoview.case.verify import verify_case

_EDITS = 12


def test_power_cuts_at_any_moment_of_an_edit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, counts: Counts) -> None:
    """The first opening, edits and kept reports; a cut after any call that writes."""
    wanted, dice = rounds(1000, 40), random.Random(SEED)
    cuts = cases = fsyncs = 0
    while cuts < wanted:
        cases += 1
        folder = new_folder(tmp_path / f"case{cases}")
        with monkeypatch.context() as patch:
            disk = RecordingDisk(folder, patch)
            done = {"revision": 0, "report": ""}

            def cut(disk: RecordingDisk = disk, done: dict[str, object] = done) -> None:
                nonlocal cuts
                if dice.random() < 0.15 and cuts < wanted:
                    cuts += 1
                    disk.left(tmp_path / "after", dice)
                    check(tmp_path / "after", done)

            disk.cut = cut
            with Case.open(folder) as case:
                for number in range(1, _EDITS + 1):
                    case.save_annotation(with_a_box(case.annotation("a.png")), "add box")
                    done["revision"] = number
                    if number % 5 == 0:
                        done["report"] = case.keep_report(b"%PDF" + bytes(200)).name
            fsyncs += disk.fsyncs
        counts.say("power cuts", cuts, wanted, f"{fsyncs:,} flushes, every acknowledged edit and report was there")


def check(after: Path, done: dict[str, object]) -> None:
    """Open what is left; what was acknowledged is there and the record is whole."""
    known = done["revision"]
    assert isinstance(known, int)
    lock = after / "karyoview" / "lock.json"
    if lock.exists():
        os.utime(lock, (1, 1))  # its process is this one, which goes on
    with Case.open(after) as case:
        assert not case.read_only
        assert known <= case.annotation("a.png").revision <= known + 1
        notices = case.notices
    assert not done["report"] or (after / "karyoview" / "reports" / str(done["report"])).is_file()
    found = verify_case(after)
    # A report whose line never reached the disk is told; nobody was told that it was kept.
    assert [p for p in found.problems if "was not made by KaryoView" not in p] == [], notices

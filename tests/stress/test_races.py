"""Several programs open one case at the same moment: each writes, or is told who does."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from small_cases import new_folder
from stress_parts import Counts, rounds

from karyoview.case.case import Case
from karyoview.case.verify import verify_case
from karyoview.core.clock import utc_now

PROGRAMS = 4
_RENEWED_AFTER = 50


@pytest.fixture
def racers() -> Iterator[list[subprocess.Popen[str]]]:
    command = [sys.executable, str(Path(__file__).with_name("racer.py"))]
    started = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(PROGRAMS)
    ]
    yield started
    for racer in started:
        racer.communicate(timeout=60)


def test_several_programs_at_once(racers: list[subprocess.Popen[str]], tmp_path: Path, counts: Counts) -> None:
    """Every third time a lock of a program that was killed lies there, and all of them find it at once."""
    many, edits, waited, refused = rounds(1000, 10), 0, 0, list[str]()
    for number in range(many):
        if number % _RENEWED_AFTER == 0:
            folder, revision = new_folder(tmp_path / f"case{number}"), 0
            Case.open(folder).close()
        if number % 3 == 2:
            holder = {"user": "gone", "pid": 2**22 + 1, "since": utc_now(), "token": f"t{number}"}
            (folder / "karyoview/lock.json").write_text(json.dumps({**holder, "host": socket.gethostname()}))
        for racer in racers:
            assert racer.stdin is not None
            racer.stdin.write(f"{folder}\n")
        for racer in racers:
            racer.stdin.flush()  # type: ignore[union-attr]
        answers = [json.loads(racer.stdout.readline()) for racer in racers]  # type: ignore[union-attr]
        wrote = sorted(a["wrote"] for a in answers if "wrote" in a)
        assert wrote == list(range(revision + 1, revision + 1 + len(wrote))), "no edit replaced another"
        revision += len(wrote)
        edits += len(wrote)
        waited += sum("told" in a for a in answers)
        refused += [a["refused"] for a in answers if "refused" in a]
        with Case.open(folder) as case:
            assert not case.read_only, "nobody left a lock behind"
            assert case.annotation("a.png").revision == revision
        assert verify_case(folder).problems == []
        if number % _RENEWED_AFTER == _RENEWED_AFTER - 1:
            shutil.rmtree(folder)
        seen = f"{edits:,} edits all there, {waited:,} read only, {len(refused):,} refused"
        counts.say(f"races of {PROGRAMS} programs", number + 1, many, seen)
    expected = ("has taken this case over", "changed by another program")
    assert [text for text in refused if not any(part in text for part in expected)] == []
    assert edits >= many, "somebody wrote each time"

"""Who may write to a case: one at a time, and whoever is refused is told why."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import pytest
from case_samples import edit

from karyoview.case import lock as lock_module
from karyoview.case.case import Case, CaseError
from karyoview.case.verify import verify_case
from karyoview.core.clock import utc_now
from karyoview.core.detection import Detection, Detections, Provenance
from karyoview.core.geometry import Box


def test_two_instances_the_second_reads_and_is_told_who(folder: Path) -> None:
    with Case.open(folder, user="anna") as first, Case.open(folder, user="ben") as second:
        first.save_annotation(edit(first.annotation("cell2.png")), "add box")
        assert second.read_only
        assert second.read_only_reason.startswith("anna has this case open on ")
        with pytest.raises(CaseError, match="anna has this case open"):
            second.save_annotation(edit(second.annotation("cell10.png")), "add box")
        found = Detections("cell2.png", (30, 40), (Detection(Box(1, 2, 3, 4), 0.5),), Provenance("kv", revision=1))
        second.save_proposals(found)
        assert first.proposals("cell2.png", "kv") == found
        assert first.proposals("cell10.png", "kv") is None
        assert second.annotation("cell2.png") == first.annotation("cell2.png")
        first.save_annotation(edit(first.annotation("cell2.png")), "add box")
        assert len(second.annotation("cell2.png").chromosomes) == 2
        assert second.notices == ()
    with Case.open(folder, user="ben") as third:
        assert not third.read_only


def test_a_lock_without_heartbeat_is_taken_over_with_a_notice(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Case.open(folder).close()
    lock = folder / "karyoview/lock.json"
    holder = {"host": "far-away", "user": "Dora", "pid": 1, "since": utc_now(), "token": "t"}
    lock.write_text(json.dumps(holder))
    with Case.open(folder) as case:
        assert "Dora has this case open on far-away" in case.read_only_reason
    old = os.stat(lock).st_mtime - lock_module.STALE_S - 5
    os.utime(lock, (old, old))
    with Case.open(folder) as case:
        assert not case.read_only
        assert "marked as open by Dora on far-away; it was taken over" in case.notices[0]
    monkeypatch.setattr(lock_module, "HEARTBEAT_S", 0.01)
    with Case.open(folder):
        old = os.stat(lock).st_mtime - 1000
        os.utime(lock, (old, old))
        for _ in range(500):
            if os.stat(lock).st_mtime > old + 500:
                break
            threading.Event().wait(0.01)
        else:
            pytest.fail("the heartbeat did not come")


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'{"host": 5}'])
def test_a_damaged_lock_waits_for_its_age(folder: Path, content: bytes) -> None:
    Case.open(folder).close()
    lock = folder / "karyoview/lock.json"
    lock.write_bytes(content)
    with Case.open(folder) as case:
        assert case.read_only
    os.utime(lock, (1, 1))
    with Case.open(folder) as case:
        assert not case.read_only


def test_a_case_that_another_program_took_over_refuses_to_save(folder: Path) -> None:
    with Case.open(folder, user="anna") as sleeper:
        lock = folder / "karyoview/lock.json"
        os.utime(lock, (1, 1))
        text = lock.read_text().replace(f'"host": "{lock_module.socket.gethostname()}"', '"host": "elsewhere"')
        lock.write_text(text)
        os.utime(lock, (1, 1))
        with Case.open(folder, user="ben") as taker:
            assert not taker.read_only
            annotation = edit(sleeper.annotation("cell2.png"))
            with pytest.raises(CaseError, match="another program has taken this case over"):
                sleeper.save_annotation(annotation, "add box")
            assert sleeper.dirty == {"cell2.png"}
            taker.save_annotation(annotation, "add box")
    assert verify_case(folder).ok

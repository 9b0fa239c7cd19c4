"""A case that somebody made to do harm, or changed by hand: nothing outside is touched, and verify tells it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from case_samples import edit, files_of
from people_samples import Laboratory

from karyoview.case import audit
from karyoview.case.backup import BackupError, backup_case
from karyoview.case.case import Case, CaseError
from karyoview.case.lock import read_lock
from karyoview.case.verify import VerifyError, verify_case, verify_record
from karyoview.core.annotation import ReviewState
from karyoview.core.clock import utc_now
from karyoview.core.detection import Detections, Provenance
from karyoview.core.errors import KaryoViewError

links = pytest.mark.skipif(sys.platform == "win32", reason="links and pipes need rights on Windows")


@pytest.fixture
def case_folder(folder: Path) -> Path:
    """A case with two edits of a cell."""
    with Case.open(folder, user="eva") as case:
        for _ in range(2):
            case.save_annotation(edit(case.annotation("cell2.png")), "add box")
        list(case.check_originals())
    return folder


def store(folder: Path) -> Path:
    return folder / "karyoview"


def forge(folder: Path, action: str, changes: list[dict[str, Any]] = [], **members: Any) -> None:  # noqa: B006
    """Append a line whose hash and chain are right, as anybody can who reads the help page."""
    path = store(folder) / "audit.jsonl"
    last = json.loads(path.read_bytes().splitlines()[-1])
    body = {"seq": last["seq"] + 1, "time": utc_now(), "user": "eva", "action": action, "prev": last["hash"]}
    body |= members | ({"changes": changes} if changes else {})
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    digest = hashlib.sha256(text).hexdigest()
    path.write_bytes(path.read_bytes() + text[:-1] + b',"hash":"' + digest.encode() + b'"}\n')
    path.with_suffix(".head").write_text(f"{last['seq'] + 1:012d} {digest}\n")


def change_case(folder: Path, **members: Any) -> None:
    path = store(folder) / "case.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **members}))


def problems(folder: Path) -> str:
    return "\n".join(verify_case(folder).problems)


def refusal(work: Callable[[], object]) -> str:
    """The sentence with which something was refused; empty where it was done."""
    try:
        work()
    except KaryoViewError as error:
        return str(error)
    return ""


# Names and links of the case's own files


@pytest.mark.parametrize(
    "target",
    [
        "../cell2.png",
        "../../precious",
        "{outside}",
        "annotations/../../cell2.png",
        "keys.json",
        "annotations/..\\x.json",
        "audit.jsonl",
        "reports/report-001.pdf",
    ],
)
def test_a_line_cannot_name_a_file_of_its_own_choice(case_folder: Path, tmp_path: Path, target: str) -> None:
    outside = tmp_path / "precious"
    outside.write_text("never touched")
    target = target.replace("{outside}", str(outside))
    forge(case_folder, "add box", [{"target": target, "before": "", "after": "0" * 64, "delta": {"set": {}}}])
    before = {p: p.read_bytes() for p in (outside, case_folder / "cell2.png")}
    with Case.open(case_folder) as case:
        case.save_annotation(edit(case.annotation("cell2.png")), "add box")
    assert {p: p.read_bytes() for p in before} == before
    assert "which is no file that a case has" in problems(case_folder)


@links
@pytest.mark.parametrize("name", ["audit.jsonl", "audit.head", "lock.json", "case.json", "keys.json",
                                  "annotations/cell2.png.json", "proposals/cell2.png.kv.json"])  # fmt: skip
@pytest.mark.parametrize("kind", ["link", "hard link"])
def test_no_link_is_written_through(case_folder: Path, tmp_path: Path, name: str, kind: str) -> None:
    outside = tmp_path / "precious"
    path = store(case_folder) / name
    outside.write_bytes(path.read_bytes() if path.exists() else b"{}")
    path.unlink(missing_ok=True)
    path.symlink_to(outside) if kind == "link" else os.link(outside, path)
    kept = outside.read_bytes()

    def work() -> None:
        with Case.open(case_folder) as case:
            case.save_annotation(edit(case.annotation("cell2.png")), "add box")
            case.save_proposals(Detections("cell2.png", (30, 40), (), Provenance("kv")))
            Laboratory().sign(case)

    sentence = refusal(work)
    assert not sentence or sentence.endswith(".")
    assert outside.read_bytes() == kept


@links
@pytest.mark.parametrize("part", ["reports", "before-schema-2"])
def test_no_folder_is_followed(case_folder: Path, tmp_path: Path, part: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (store(case_folder) / part).symlink_to(outside)
    if part == "reports":
        with Case.open(case_folder) as case, pytest.raises(CaseError, match="no plain file"):
            case.keep_report(b"%PDF")
    else:
        shutil.rmtree(store(case_folder) / "annotations")
        (store(case_folder) / "audit.jsonl").unlink()
        change_case(case_folder, schema=1, cells=[], audit_seq=0)
        with pytest.raises(CaseError, match="no plain file"):
            Case.open(case_folder)
    assert list(outside.iterdir()) == []


@links
def test_a_record_that_is_an_original_under_another_name_leaves_it_whole(case_folder: Path) -> None:
    whole = (case_folder / "cell2.png").read_bytes()
    (store(case_folder) / "audit.jsonl").unlink()
    os.link(case_folder / "cell2.png", store(case_folder) / "audit.jsonl")
    with pytest.MonkeyPatch.context(), Case.open(case_folder) as case:
        case.record("looked")
    assert (case_folder / "cell2.png").read_bytes() == whole
    assert problems(case_folder)


@links
@pytest.mark.parametrize("name", ["audit.jsonl", "audit.head", "lock.json", "case.json", "annotations/cell2.png.json",
                                  "../cell2.png", "proposals/cell2.png.kv.json"])  # fmt: skip
def test_a_pipe_keeps_nobody_waiting(case_folder: Path, tmp_path: Path, name: str) -> None:
    path = store(case_folder) / name
    path.unlink(missing_ok=True)
    os.mkfifo(path)
    for work in (
        lambda: verify_case(case_folder),
        lambda: backup_case(case_folder, tmp_path / "b.zip"),
        lambda: use(case_folder, read_only=True),
        lambda: use(case_folder, read_only=False),
    ):
        sentence = refusal(work)
        assert not sentence or sentence.endswith(".")


def use(folder: Path, read_only: bool) -> None:
    with Case.open(folder, read_only=read_only) as case:
        case.annotation("cell2.png")
        list(case.check_originals())
        case.proposals("cell2.png", "kv")


@links
def test_a_backup_takes_no_other_file_along(case_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("of somebody else")
    (case_folder / "cell2.png").unlink()
    (case_folder / "cell2.png").symlink_to(tmp_path / "secret")
    with pytest.raises(BackupError, match="link to another file"):
        backup_case(case_folder, tmp_path / "b.zip")
    assert not (tmp_path / "b.zip").exists()


# Changes from outside


def test_an_outside_change_stays_told_and_the_record_leads_to_the_file(case_folder: Path) -> None:
    path = store(case_folder) / "annotations/cell2.png.json"
    path.write_text(path.read_text().replace("[5.0,9.0,4.0,8.0]", "[6.0,9.0,4.0,8.0]"))
    with Case.open(case_folder) as case:
        case.save_annotation(edit(case.annotation("cell2.png")), "add box")
        changed = case.annotation("cell2.png")
    assert "takes over a change of annotations/cell2.png.json that was made outside" in problems(case_folder)
    path.unlink()
    with Case.open(case_folder) as case:
        assert case.annotation("cell2.png") == changed


def test_a_line_that_hides_an_outside_change_is_found(case_folder: Path) -> None:
    path = store(case_folder) / "case.json"
    document = json.loads(path.read_text())
    forge(case_folder, "case settings", [
        {"target": "case.json", "before": "1" * 64, "after": hashlib.sha256(path.read_bytes()).hexdigest(),
         "delta": {"set": {"notes": {"new": document.get("notes", "")}}}},
    ])  # fmt: skip
    assert "case.json was changed outside KaryoView before line" in problems(case_folder)
    assert "no longer leads to case.json" in problems(case_folder)


def test_an_approval_written_by_hand_does_not_count(case_folder: Path) -> None:
    head = verify_case(case_folder).head
    row = {"user": "bob", "name": "Dr Bob Li", "meaning": "approved", "time": utc_now(), "state_sha256": "0" * 64,
           "chain_head": head}  # fmt: skip
    change_case(case_folder, signatures=[row], locked=True)
    assert "Dr Bob Li" in problems(case_folder)
    for read_only in (True, False):
        with Case.open(case_folder, read_only=read_only) as case:
            assert case.settings.signatures == ()
            assert not case.settings.locked
    assert "written into case.json from outside; they were not taken over" in problems(case_folder)
    assert list(store(case_folder).glob("outside-*case.json")), "what was found is kept"


def test_no_hand_opens_an_approved_case(case_folder: Path) -> None:
    people = Laboratory()
    with Case.open(case_folder) as case:
        people.sign(case, "bob", "approved")
    whole = case_folder.with_name("whole")
    shutil.copytree(case_folder, whole)
    change_case(case_folder, locked=False)
    assert problems(case_folder)
    with Case.open(case_folder) as case, pytest.raises(CaseError, match="signed and closed"):
        case.save_annotation(edit(case.annotation("cell2.png")), "add box")
    # A line of the forger's own, by the rules of the help page, opens nothing either.
    for action in ("case settings", "amended"):
        shutil.rmtree(case_folder)
        shutil.copytree(whole, case_folder)
        document = json.loads((store(case_folder) / "case.json").read_text())
        digest = hashlib.sha256((store(case_folder) / "case.json").read_bytes()).hexdigest()
        new = audit.compact({**document, "locked": False})
        change = {"target": "case.json", "before": digest, "after": hashlib.sha256(new.encode()).hexdigest(),
                  "delta": {"set": {"locked": {"old": True, "new": False}}}}  # fmt: skip
        (store(case_folder) / "case.json").write_text(new)
        forge(case_folder, action, [change], detail={"reason": "because", "user": "bob", "name": "Bob"})
        with Case.open(case_folder) as case, pytest.raises(CaseError, match="signed and closed"):
            case.save_annotation(edit(case.annotation("cell2.png")), "add box")
        assert ("no key signed it" if action == "amended" else "only an approval or an amendment does") in problems(
            case_folder
        )


@pytest.mark.parametrize("with_head", [True, False])
def test_a_record_that_is_gone_is_told_for_ever(case_folder: Path, with_head: bool) -> None:
    with Case.open(case_folder) as case:
        Laboratory().sign(case, "bob", "approved")
    (store(case_folder) / "audit.jsonl").unlink()
    if not with_head:
        (store(case_folder) / "audit.head").unlink()
    assert "is missing" in problems(case_folder)
    with Case.open(case_folder) as case:
        assert case.settings.signatures == (), "no line carries it"
        assert "is missing" in " ".join(case.notices) or "cut off" in " ".join(case.notices)
        assert case.settings.locked, "taking the record away opens nothing"
    for _ in range(2):
        Case.open(case_folder).close()
        assert "record of the files was missing" in problems(case_folder) or "removed" in problems(case_folder)


@pytest.mark.parametrize("content", [b"root:x:0:0\nbin:x:1:1\n", b"", b"\x00" * 500, b"{}\n", b"no end of a line"])
def test_another_file_is_no_record(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "passwd").write_bytes(content)
    assert not verify_record(tmp_path / "passwd").ok


def test_whole_lines_that_cannot_be_read_at_the_end_are_no_crash(case_folder: Path) -> None:
    path = store(case_folder) / "audit.jsonl"
    path.write_bytes(path.read_bytes() + b"{}\nwhat?\n")
    assert "cannot be read" in problems(case_folder)
    Case.open(case_folder).close()
    assert "removed or changed" in problems(case_folder)


# Signatures rest on keys


def approved(folder: Path) -> Laboratory:
    people = Laboratory()
    with Case.open(folder) as case:
        people.sign(case)
        people.sign(case, "bob", "approved")
    assert verify_case(folder).ok
    assert verify_case(folder).signatures == 2
    return people


def without_proof(line: dict[str, Any]) -> None:
    for row in [line["detail"], *line["changes"][0]["delta"]["set"]["signatures"]["new"]]:
        row.pop("proof", None)


def test_a_forged_signature_line_does_not_count(case_folder: Path) -> None:
    people = approved(case_folder)
    head = verify_case(case_folder).head
    other = Laboratory()
    rows = {
        "no key signed it": {},
        "another laboratory": {"laboratory": other.keys.laboratory, "key_list": other.keys.head, "proof": "00" * 64},
        "the signature does not fit": {
            "laboratory": people.keys.laboratory, "key_list": people.keys.head, "key": people.own["bob"].public,
            "proof": "00" * 64,
        },
        "its key is not that of Bob": {
            "laboratory": people.keys.laboratory, "key_list": people.keys.head, "key": other.own["bob"].public,
            "proof": "00" * 64,
        },
        "no open account": {
            "user": "mallory", "laboratory": people.keys.laboratory, "key_list": people.keys.head, "proof": "00" * 64,
        },
    }  # fmt: skip
    for expected, members in rows.items():
        row = {"user": "bob", "name": "Bob", "meaning": "approved", "time": utc_now(), "state_sha256": "0" * 64,
               "chain_head": head, **members}  # fmt: skip
        forge(case_folder, "signed: approved", detail=row)
        assert expected in problems(case_folder)


def test_an_analyst_cannot_approve_and_a_state_cannot_be_lent(case_folder: Path) -> None:
    people = Laboratory()
    with Case.open(case_folder) as case:
        with pytest.raises(CaseError, match="was no approver"):
            people.sign(case, "eva", "approved")
        lent = people.signature(case, "bob", "approved")
        with pytest.raises(CaseError, match="does not fit"):
            case.add_signature(replace(lent, time="2020-01-01T00:00:00.000000Z"), people.keys)
        with pytest.raises(CaseError, match="no key signed it"):
            case.add_signature(replace(lent, proof=""), people.keys)
        case.record("somebody worked on")
        with pytest.raises(CaseError, match="record went on"):
            case.add_signature(lent, people.keys)
        people.sign(case, "bob", "approved")
        with pytest.raises(CaseError, match="no key signed it"):
            case.amend({"reason": "x", "chain_head": case.chain_head}, people.keys)
        with pytest.raises(CaseError, match="people of the laboratory"):
            Laboratory().amend(case, "of another house")


@pytest.mark.parametrize("attack", ["removed", "cut", "role", "other"])
def test_the_list_of_keys_cannot_be_changed(case_folder: Path, attack: str) -> None:
    people = approved(case_folder)
    path = store(case_folder) / "keys.json"
    entries = [dict(e) for e in people.keys.entries]
    if attack == "removed":
        path.unlink()
    elif attack == "cut":
        path.write_text(json.dumps({"entries": entries[:1]}))
    elif attack == "role":
        path.write_text(json.dumps({"entries": [{**entries[0], "role": "approver"}, *entries[1:]]}))
    else:
        path.write_text(json.dumps({"entries": Laboratory().keys.entries}))
    assert problems(case_folder)
    with Case.open(case_folder) as case:
        assert [s.user for s in case.settings.signatures] == []
        assert case.settings.locked


def test_the_printed_laboratory_is_asked_for(case_folder: Path) -> None:
    people = approved(case_folder)
    assert verify_case(case_folder, laboratory=people.keys.laboratory[:16]).ok
    assert not verify_case(case_folder, laboratory="ab" * 8).ok


def test_a_report_that_was_changed_removed_or_added_is_told(case_folder: Path) -> None:
    with Case.open(case_folder) as case:
        path = case.keep_report(b"%PDF one")
    assert verify_case(case_folder).ok
    path.write_bytes(b"%PDF two")
    assert "is not the report that was made" in problems(case_folder)
    path.unlink()
    assert "is missing; the record says that it was made" in problems(case_folder)
    path.with_name("report-009.pdf").write_bytes(b"%PDF")
    assert "was not made by KaryoView for this case" in problems(case_folder)


# Values, times, locks


@pytest.mark.parametrize("change", [
    lambda d: d.pop("cells"), lambda d: d.update(details=json.loads("[" * 400 + "]" * 400)),
    lambda d: d.update(notes=10**25), lambda d: d.update(signatures=[5]), lambda d: d.update(cells={"a": 1}),
])  # fmt: skip
def test_values_that_cannot_be_get_one_sentence(case_folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    path = store(case_folder) / "case.json"
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document))
    (store(case_folder) / "audit.jsonl").unlink()
    (store(case_folder) / "audit.head").unlink()
    verify_case(case_folder)

    def work() -> None:
        with Case.open(case_folder) as case:
            case.update_settings(notes="x")

    sentence = refusal(work)
    assert not sentence or "case.json" in sentence


def test_a_number_beyond_all_is_refused_on_both_ways(case_folder: Path) -> None:
    path = store(case_folder) / "annotations/cell2.png.json"
    path.write_text(path.read_text().replace("[5.0,9.0,4.0,8.0]", "[1e999,9.0,4.0,8.0]"))
    with Case.open(case_folder) as case:
        assert case.annotation("cell2.png").chromosomes[0].box.cx == 5, "built anew from the record"
        with pytest.raises(CaseError):
            case.update_settings(details={"x": 10**25})
        with pytest.raises(CaseError, match="MB"):
            case.record("note", {"text": "x" * (audit.MAX_LINE_BYTES + 1)})
        case.record("goes on")
    assert verify_case(case_folder).ok


def test_a_lock_of_a_process_that_cannot_be_is_taken_over(case_folder: Path) -> None:
    path = store(case_folder) / "lock.json"
    for age_s in (-4000, 0, 4000):
        lock = {"host": os.uname().nodename if hasattr(os, "uname") else "h", "user": "\x1b[31mred\n", "pid": 10**15,
                "since": "x", "token": "t"}  # fmt: skip
        path.write_text(json.dumps(lock))
        now = path.stat().st_mtime
        os.utime(path, (now - age_s, now - age_s))
        assert "\x1b" not in read_lock(path).sentence()
        with Case.open(case_folder) as case:
            assert not case.read_only
    lock = {"host": "a dead host", "user": "u", "pid": 5, "since": "x", "token": "t"}
    path.write_text(json.dumps(lock))
    os.utime(path, (2**32, 2**32))
    with Case.open(case_folder) as case:
        assert not case.read_only, "no heartbeat sets a time that is still to come"


def test_times_never_run_back_without_a_line(case_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def at(days: float) -> None:
        moment = (datetime.fromisoformat(utc_now()) + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        monkeypatch.setattr(audit, "utc_now", lambda: moment)

    with Case.open(case_folder) as case:
        at(-400)
        case.record("looked")
        at(-0.0005)
        case.record("looked again")
    report = verify_case(case_folder)
    assert report.ok
    assert "the clock stood at" in " ".join(report.warnings)
    assert [line.action for line in audit.read_lines(store(case_folder) / "audit.jsonl")][-3:-1] == [
        "clock set back", "looked",
    ]  # fmt: skip
    forge(case_folder, "looked", time="2001-01-01T00:00:00.000000Z")
    assert "has an earlier time" in problems(case_folder)


def test_an_older_edit_never_replaces_a_newer_one(case_folder: Path) -> None:
    with Case.open(case_folder) as case:
        old = case.annotation("cell2.png")
        case.save_annotation(edit(edit(old)), "add box")
        before = files_of(case_folder)
        with pytest.raises(CaseError, match="revision 4 is in the case already"):
            case.save_annotation(old.next_revision(state=ReviewState.REVIEWED), "reviewed")
        assert files_of(case_folder) == before


def test_verify_says_what_it_cannot_look_at(tmp_path: Path) -> None:
    (tmp_path / "karyoview").mkdir()
    with pytest.raises(VerifyError):
        verify_case(tmp_path)

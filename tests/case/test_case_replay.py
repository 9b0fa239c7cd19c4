"""Lines of a record that somebody wrote by hand, well made: no signature is carried over, no change goes unseen."""

from __future__ import annotations

import copy
import hashlib
import json
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from people_samples import Laboratory
from small_cases import new_folder, with_a_box

from karyoview.case import audit
from karyoview.case.case import Case, CaseError
from karyoview.case.delta import difference
from karyoview.case.proof import REPORT
from karyoview.case.verify import verify_case
from karyoview.core.clock import utc_now
from karyoview.io.documents import compact, dump_document, sha256_bytes
from karyoview.io.key_list import CLOSE, ROLE, KeyListError
from karyoview.services.signing import approved_report


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A case with an edit of a cell."""
    with Case.open(new_folder(tmp_path / "case"), user="eva") as case:
        case.save_annotation(with_a_box(case.annotation("a.png")), "add box")
    return tmp_path / "case"


def approve(folder: Path, people: Laboratory) -> None:
    with Case.open(folder) as case:
        people.sign(case)
        people.sign(case, "bob", "approved")


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(raw) for raw in (folder / "karyoview/audit.jsonl").read_bytes().splitlines()]


def write(folder: Path, wanted: list[dict[str, Any]]) -> None:
    """Write the record anew as a whole, each line numbered and chained as it should be."""
    head, text = "0" * 64, b""
    for number, line in enumerate(wanted, 1):
        body = compact({**{k: v for k, v in line.items() if k != "hash"}, "seq": number, "prev": head}).encode()
        head = hashlib.sha256(body).hexdigest()
        text += body[:-1] + b',"hash":"' + head.encode() + b'"}\n'
    path = folder / "karyoview/audit.jsonl"
    path.write_bytes(text)
    path.with_suffix(".head").write_text(f"{len(wanted):012d} {head}\n")


def forge(
    folder: Path, action: str, target: str = "", change: Callable[[dict[str, Any]], object] = dict, **more: Any
) -> None:
    """Add a line whose hash and chain are right, and change a file as the line says."""
    known = lines(folder)
    line: dict[str, Any] = {"time": utc_now(), "user": "eva", "action": action, **more}
    if target:
        path = folder / "karyoview" / target
        old = json.loads(path.read_bytes())
        new = copy.deepcopy(old)
        change(new)
        new["audit_seq"] = len(known) + 1
        before, after = sha256_bytes(path.read_bytes()), dump_document(new)
        plain = [{k: v for k, v in d.items() if k != "audit_seq"} for d in (old, new)]
        line["changes"] = [
            {"target": target, "before": before, "after": sha256_bytes(after), "delta": difference(*plain)}
        ]
        path.write_bytes(after)
    write(folder, [*known, line])


def problems(folder: Path) -> str:
    return "\n".join(verify_case(folder).problems)


def test_an_edit_after_the_clock_was_set_back_is_whole(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime.fromisoformat(utc_now())
    for days in (-10, -20):
        moment = (now + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        monkeypatch.setattr(audit, "utc_now", lambda moment=moment: moment)
        with Case.open(folder) as case:
            case.save_annotation(with_a_box(case.annotation("a.png")), "add box")
        assert problems(folder) == ""
    assert [line["action"] for line in lines(folder)].count("clock set back") == 2
    wanted = (folder / "karyoview/annotations/a.png.json").read_bytes()
    (folder / "karyoview/annotations/a.png.json").unlink()
    with Case.open(folder) as case:
        assert case.annotation("a.png").revision == 3
    assert (folder / "karyoview/annotations/a.png.json").read_bytes() == wanted


def test_an_amendment_opens_a_case_once(folder: Path) -> None:
    people = Laboratory()
    approve(folder, people)
    with Case.open(folder) as case:
        people.amend(case, "a second look")
    approve(folder, people)
    again = next(line for line in lines(folder) if line["action"] == "amended")
    forge(folder, "amended", "case.json", lambda d: d.update(locked=False), detail=again["detail"])
    assert "another line of the record" in problems(folder)
    with Case.open(folder) as case:
        assert case.settings.locked


def test_a_signature_is_given_once(folder: Path) -> None:
    people = Laboratory()
    approve(folder, people)
    with Case.open(folder) as case:
        people.amend(case, "a second look")
    row = next(line for line in lines(folder) if line["action"] == "signed: approved")["detail"]
    forge(folder, "signed: approved", "case.json", lambda d: d["signatures"].append(row), detail=row)
    assert "another line of the record" in problems(folder)
    with Case.open(folder) as case:
        assert [s.meaning for s in case.settings.signatures] == ["analysed", "approved"]


@pytest.mark.parametrize(
    "action", ["move box", "images found", "training consent", "brought up to date", "signed: reviewed"]
)
@pytest.mark.parametrize("target", ["annotations/a.png.json", "case.json"])
def test_an_approved_case_is_not_changed_by_a_line_that_is_well_made(folder: Path, action: str, target: str) -> None:
    approve(folder, Laboratory())
    assert problems(folder) == ""

    def change(document: dict[str, Any]) -> None:
        if target == "case.json":
            document["karyotype"] = "46,XX"
        else:
            document["chromosomes"] = []

    forge(folder, action, target, change, image="a.png")
    assert "changes the case after its approval" in problems(folder)


def test_a_picture_that_comes_later_is_no_change_of_what_was_approved(folder: Path) -> None:
    approve(folder, Laboratory())
    (folder / "later.png").write_bytes((folder / "a.png").read_bytes())
    with Case.open(folder) as case:
        case.allow_training(True)
        list(case.check_originals())
    assert problems(folder) == ""


@pytest.mark.parametrize("meaning", ["analysed", "approved"])
def test_a_line_with_a_signature_changes_nothing_else(folder: Path, meaning: str) -> None:
    """The last line with a signature is written anew, with the same signature and something more."""
    people = Laboratory()
    with Case.open(folder) as case:
        people.sign(case)
        if meaning == "approved":
            people.sign(case, "bob", "approved")
    known = lines(folder)
    path = folder / "karyoview/case.json"
    new = {**json.loads(path.read_bytes()), "karyotype": "46,XX"}
    known[-1]["changes"][0]["delta"]["set"]["karyotype"] = {"old": "", "new": "46,XX"}
    known[-1]["changes"][0]["after"] = sha256_bytes(dump_document(new))
    path.write_bytes(dump_document(new))
    write(folder, known)
    assert "changes more than the signature" in problems(folder) or "changes the case after" in problems(folder)


@pytest.mark.parametrize("action", [CLOSE, ROLE])
def test_nobody_signs_by_a_list_from_before_they_were_closed(folder: Path, action: str) -> None:
    people = Laboratory([("eva", "analyst"), ("bob", "approver")])
    people.enter("ann", "approver", by="bob")
    old = people.keys.head
    member = people.keys.members["ann"]
    hour_ago = (datetime.fromisoformat(utc_now()) - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    entry = {
        "action": action,
        "name": "ann",
        "printed_name": "Ann",
        "role": "analyst",
        "key": member.key,
        "time": hour_ago,
    }
    people.keys.add(people.keys.next_entry(people.own["bob"], "bob", **entry))
    with Case.open(folder) as case:
        people.sign(case)
        with pytest.raises(CaseError, match="out of date"):
            people.sign(case, "ann", "approved", key_list=old)
        made = people.signature(case, "ann", "approved", key_list=old)
    from karyoview.case.schema import signature_row

    row = signature_row(made)

    def change(document: dict[str, Any]) -> None:
        document["signatures"].append(row)
        document["locked"] = True

    forge(folder, "signed: approved", "case.json", change, detail=row)
    assert "out of date" in problems(folder)
    with Case.open(folder) as case:
        assert [s.user for s in case.settings.signatures] == ["eva"]


def test_a_report_is_vouched_for_in_its_own_case_alone(folder: Path, tmp_path: Path) -> None:
    """The report of another case, approved by the same person, is put into this one with the approver's proof."""
    people = Laboratory()
    with Case.open(new_folder(tmp_path / "other")) as other:
        people.sign(other)
        people.sign(other, "bob", "approved")
        kept = other.keep_report(b"%PDF of somebody else", lambda row: people.proven(REPORT, row))
    assert problems(tmp_path / "other") == ""
    approve(folder, people)
    with Case.open(folder) as case:
        case.keep_report(b"%PDF", lambda row: people.proven(REPORT, row))
        assert approved_report(case) == b"%PDF"
    assert problems(folder) == ""
    row = lines(tmp_path / "other")[-1]["detail"]
    (folder / "karyoview/reports/report-002.pdf").write_bytes(kept.read_bytes())
    forge(folder, "report made", detail={**row, "file": "report-002.pdf"})
    (folder / "karyoview/reports/report-001.pdf").write_bytes(kept.read_bytes())
    forge(folder, "report made", detail=row)
    assert "another line of the record" in problems(folder)
    with Case.open(folder) as case:
        assert approved_report(case) is None


def test_the_report_of_an_earlier_approval_is_not_the_present_one(folder: Path) -> None:
    people = Laboratory()
    approve(folder, people)
    with Case.open(folder) as case:
        first = case.keep_report(b"%PDF first", lambda row: people.proven(REPORT, row))
        people.amend(case, "a second look")
    approve(folder, people)
    with Case.open(folder) as case:
        assert approved_report(case) is None
        case.keep_report(b"%PDF second", lambda row: people.proven(REPORT, row))
        assert approved_report(case) == b"%PDF second"
    row = next(line for line in lines(folder) if line.get("detail", {}).get("file") == first.name)["detail"]
    forge(folder, "report made", detail=row)
    with Case.open(folder) as case:
        assert approved_report(case) == b"%PDF second"


def test_an_account_of_before_there_were_keys_that_was_closed_makes_no_key() -> None:
    people = Laboratory([])
    people.enter("bob", "approver", adopts={"eva": "analyst 00", "ann": "approver 00 closed"})
    people.enter("eva", "analyst")
    with pytest.raises(KeyListError, match="may not vouch"):
        people.enter("ann", "approver")
    people.enter("ann", "approver", by="bob")


def test_a_key_that_nobody_vouched_for_signs_nothing(folder: Path) -> None:
    people = Laboratory([])
    people.enter("bob", "approver", adopts={"eva": "analyst 00", "ann": "approver 00"})
    people.enter("eva", "analyst")
    people.enter("ann", "approver")
    with pytest.raises(KeyListError, match="may not vouch"):
        people.enter("tom", "approver", by="ann")
    with Case.open(folder) as case, pytest.raises(CaseError, match="no approver vouched for the key of Eva"):
        people.sign(case)


def test_a_signature_without_a_key_is_of_no_laboratory_that_is_asked_for(tmp_path: Path) -> None:
    old = tmp_path / "case"
    shutil.copytree(Path(__file__).parents[1] / "fixtures/version-0.1.0/case", old)
    plain = verify_case(old, originals=False)
    assert any("are not proven" in note for note in plain.notes)
    asked = verify_case(old, originals=False, laboratory="ab" * 32)
    assert any("not proven to be of the laboratory" in problem for problem in asked.problems)

"""The record's chain: what an attacker does to it, and what a crash leaves of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from karyoview.case.audit import ZERO_HASH, AuditError, AuditLog, read_lines, scan
from karyoview.case.case import Case, CaseError
from karyoview.case.verify import VerifyError, verify_case, verify_record
from karyoview.core.annotation import ReviewedChromosome
from karyoview.core.geometry import Box

Lines = list[bytes]


@pytest.fixture
def case_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A case of one image with nine lines in its record."""
    monkeypatch.setenv("KARYOVIEW_WORKSPACE", str(tmp_path / "workspace"))
    folder = tmp_path / "case"
    folder.mkdir()
    Image.fromarray(np.eye(20, dtype=np.uint8)).save(folder / "a.png")
    with Case.open(folder, user="anna") as case:
        annotation = case.annotation("a.png")
        for x in range(1, 9):
            box = ReviewedChromosome(f"c{x}", Box(x, 9, 4, 8))
            annotation = annotation.next_revision(chromosomes=(*annotation.chromosomes, box))
            case.save_annotation(annotation, "add box")
    return folder


def _record(folder: Path) -> Path:
    return folder / "karyoview" / "audit.jsonl"


def _change(folder: Path, attack: Callable[[Lines], Lines]) -> None:
    path = _record(folder)
    path.write_bytes(b"".join(attack(path.read_bytes().splitlines(keepends=True))))


def _rehash(line: bytes, prev: str, **members: object) -> bytes:
    """A forged line with a right hash of its own."""
    document = {**json.loads(line), **members, "prev": prev}
    document.pop("hash")
    body = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    return body[:-1] + b',"hash":"' + hashlib.sha256(body).hexdigest().encode() + b'"}\n'


def _rewrite(lines: Lines, **members: object) -> Lines:
    """The whole chain anew, each line with the members put in."""
    prev, made = ZERO_HASH, []
    for line in lines:
        made.append(_rehash(line, prev, **members))
        prev = json.loads(made[-1])["hash"]
    return made


ATTACKS: dict[str, Callable[[Lines], Lines]] = {
    "edited": lambda lines: [*lines[:3], lines[3].replace(b'"anna"', b'"dora"'), *lines[4:]],
    "edited in one byte of a number": lambda lines: [*lines[:3], lines[3].replace(b"4.0,8.0", b"4.0,8.1"), *lines[4:]],
    "hash replaced": lambda lines: [*lines[:3], lines[3][:-10] + b'0000000"}\n', *lines[4:]],
    "edited with a new hash": lambda lines: [
        *lines[:3], _rehash(lines[3], json.loads(lines[2])["hash"], user="dora"), *lines[4:],
    ],
    "last line edited with a new hash": lambda lines: [
        *lines[:-1], _rehash(lines[-1], json.loads(lines[-2])["hash"], user="dora"),
    ],
    "removed": lambda lines: [*lines[:3], *lines[4:]],
    "first removed": lambda lines: lines[1:],
    "reordered": lambda lines: [*lines[:3], lines[4], lines[3], *lines[5:]],
    "doubled": lambda lines: [*lines[:4], lines[3], *lines[4:]],
    "inserted": lambda lines: [*lines[:3], _rehash(lines[2], json.loads(lines[2])["hash"]), *lines[3:]],
    "cut off": lambda lines: lines[:-1],
    "cut off by half": lambda lines: lines[:4],
    "emptied": lambda lines: [],
    "line made unreadable": lambda lines: [*lines[:3], b"what?\n", *lines[4:]],
    "zeros in the middle": lambda lines: [*lines[:3], b"\x00" * len(lines[3]), *lines[4:]],
    "member twice": lambda lines: [*lines[:3], lines[3][:-2] + b',"hash":"' + b"0" * 64 + b'"}\n', *lines[4:]],
    "rewritten as a whole": lambda lines: _rewrite(lines, user="dora"),
}  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_every_attack_is_found_by_the_record_and_its_folder(case_folder: Path, attack: str) -> None:
    assert verify_case(case_folder).ok
    _change(case_folder, ATTACKS[attack])
    assert not verify_case(case_folder).ok


@pytest.mark.parametrize("attack", ATTACKS)
def test_every_attack_is_found_in_the_file_alone_by_its_head(case_folder: Path, attack: str, tmp_path: Path) -> None:
    head = verify_case(case_folder).head
    _change(case_folder, ATTACKS[attack])
    alone = tmp_path / "alone.jsonl"
    alone.write_bytes(_record(case_folder).read_bytes())
    assert not verify_record(alone, head).ok


def test_a_forger_who_rewrites_everything_is_found_by_the_printed_head(case_folder: Path) -> None:
    head = verify_case(case_folder).head
    _change(case_folder, lambda lines: _rewrite(lines, user="dora"))
    forged = scan(_record(case_folder))
    _record(case_folder).with_suffix(".head").write_text(f"{forged.last_seq:012d} {forged.head}\n")
    assert verify_case(case_folder).ok
    report = verify_case(case_folder, head)
    assert [text for text in report.problems if "written anew as a whole" in text]


def test_the_head_of_an_older_report_is_still_in_the_record(case_folder: Path) -> None:
    head = verify_case(case_folder).head
    with Case.open(case_folder) as case:
        case.record("report written")
    assert verify_case(case_folder, head.upper()[:20]).ok
    assert verify_case(case_folder, head).lines == 10
    for bad in ("abc", "g" * 64, "--head"):
        with pytest.raises(VerifyError, match="no head of a record"):
            verify_case(case_folder, bad)


def test_a_cut_off_end_is_found_by_the_annotation_even_without_the_head_file(case_folder: Path) -> None:
    _change(case_folder, lambda lines: lines[:-2])
    _record(case_folder).with_suffix(".head").unlink()
    report = verify_case(case_folder)
    assert any("was written by line 9, but the record ends at 7" in text for text in report.problems)


def test_opening_a_cut_off_record_keeps_the_evidence(case_folder: Path) -> None:
    _change(case_folder, lambda lines: lines[:-2])
    with Case.open(case_folder, read_only=True) as case:
        assert "the end was cut off: 9 lines were written, 7 are there" in case.notices[0]
    with Case.open(case_folder) as case:
        assert "the end was cut off" in case.notices[0]
        case.record("looked")
    with Case.open(case_folder) as case:
        case.record("looked again")
    assert any("lines before it had been removed or changed" in text for text in verify_case(case_folder).problems)
    kept = [line for line in read_lines(_record(case_folder)) if line.action == "record found changed"]
    assert [line.detail["expected_seq"] for line in kept] == [9]


def test_a_lost_head_file_is_noted_once(case_folder: Path) -> None:
    _record(case_folder).with_suffix(".head").unlink()
    assert "missing or damaged" in verify_case(case_folder).warnings[0]
    for _ in range(2):
        Case.open(case_folder).close()
    assert verify_case(case_folder).warnings == []
    actions = [line.action for line in read_lines(_record(case_folder))]
    assert actions.count("head of the record was missing") == 1


def test_files_that_the_record_does_not_know_are_found(case_folder: Path) -> None:
    (case_folder / "karyoview/annotations/b.png.json").write_text("{}")
    assert any("put there by another program" in text for text in verify_case(case_folder).problems)
    (case_folder / "karyoview/annotations/a.png.json").unlink()
    assert any("a.png.json is missing" in text for text in verify_case(case_folder).problems)


def test_what_is_no_case_is_said(tmp_path: Path) -> None:
    with pytest.raises(VerifyError, match="no case of KaryoView"):
        verify_case(tmp_path)


@pytest.mark.parametrize("keep", [1, 40, -2, -1])
def test_a_torn_last_line_is_set_aside_and_reported(case_folder: Path, keep: int) -> None:
    """The writer was killed in the middle of the last line; the annotation file had not been replaced."""
    path, annotation_file = _record(case_folder), case_folder / "karyoview/annotations/a.png.json"
    with Case.open(case_folder) as case:
        before, old_file = case.annotation("a.png"), annotation_file.read_bytes()
        whole = path.read_bytes()
        head_file = path.with_suffix(".head").read_bytes()
        edited = before.next_revision(chromosomes=tuple(before.chromosomes[1:]))
        case.save_annotation(edited, "delete")
    line = path.read_bytes()[len(whole) :]
    annotation_file.write_bytes(old_file)
    path.write_bytes(whole + line[:keep])
    path.with_suffix(".head").write_bytes(head_file)
    report = verify_case(case_folder)
    assert report.ok
    assert "was not finished" in report.warnings[0]
    with Case.open(case_folder, read_only=True) as case:
        assert case.annotation("a.png") == before
        assert path.read_bytes() == whole + line[:keep]
    with Case.open(case_folder) as case:
        assert case.annotation("a.png") == before
        assert "was not finished when the program ended" in " ".join(case.notices)
        case.save_annotation(edited, "delete")
    torn = list((case_folder / "karyoview").glob("audit.torn-*"))
    assert [p.read_bytes() for p in torn] == [line[:keep]]
    assert verify_case(case_folder).ok


def test_zeros_at_the_end_after_a_power_cut_are_set_aside(case_folder: Path) -> None:
    path = _record(case_folder)
    path.write_bytes(path.read_bytes() + b"\x00" * 4096)
    with Case.open(case_folder) as case:
        assert len(case.annotation("a.png").chromosomes) == 8
    assert verify_case(case_folder).ok


def test_a_line_ahead_of_its_file_is_replayed(case_folder: Path) -> None:
    """The writer was killed between the line and the file, once for an edit and once for the first one ever."""
    annotation_file = case_folder / "karyoview/annotations/a.png.json"
    old_file = annotation_file.read_bytes()
    with Case.open(case_folder) as case:
        edited = replace(case.annotation("a.png"), notes="looked at", revision=9)
        case.save_annotation(edited, "note")
    new_file = annotation_file.read_bytes()
    annotation_file.write_bytes(old_file)
    assert verify_case(case_folder).ok
    assert "older than the record" in verify_case(case_folder).warnings[0]
    with Case.open(case_folder, read_only=True) as case:
        assert case.annotation("a.png") == edited
        assert annotation_file.read_bytes() == old_file
    with Case.open(case_folder) as case:
        assert annotation_file.read_bytes() == new_file
        assert case.annotation("a.png") == edited


def test_a_broken_chain_is_told_at_opening_and_work_goes_on(case_folder: Path) -> None:
    _change(case_folder, ATTACKS["edited"])
    with Case.open(case_folder) as case:
        assert "is damaged: line 4 was changed" in case.notices[0]
        case.record("looked")
    assert len(verify_case(case_folder).problems) == 1


def test_another_writer_is_noticed_before_anything_is_written(case_folder: Path) -> None:
    path = _record(case_folder)
    with Case.open(case_folder) as case:
        path.write_bytes(path.read_bytes() + b"foreign\n")
        with pytest.raises(CaseError, match="changed by another program"):
            case.record("looked")


def test_lines_hold_old_and_new_values_and_can_be_filtered(case_folder: Path) -> None:
    lines = list(read_lines(_record(case_folder), "annotations/a.png.json"))
    assert [line.seq for line in lines] == list(range(2, 10))
    part = lines[1].changes[0].delta["items"]["chromosomes"]
    assert [c["id"] for c in part["add"]] == ["c2"]
    assert lines[1].changes[0].delta["set"]["revision"] == {"old": 1, "new": 2}


def test_the_documented_way_to_check_a_line_works(case_folder: Path) -> None:
    """As in the help page: nothing but SHA-256 and the bytes is needed."""
    prev = "0" * 64
    for line in _record(case_folder).read_bytes().splitlines():
        body, stated = line[:-75] + b"}", line[-66:-2].decode()
        assert hashlib.sha256(body).hexdigest() == stated
        assert json.loads(line)["prev"] == prev
        prev = stated


def test_texts_that_cannot_be_written_leave_the_record_alone(tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "audit.jsonl", scan(tmp_path / "audit.jsonl"))
    log.append(user="anna", action="first")
    whole = log.path.read_bytes()
    with pytest.raises(AuditError, match="Unicode"):
        log.append(user="\ud800", action="second")
    assert log.path.read_bytes() == whole
    log.append(user="anna", action="line\nbreak \u2028 \x00")
    assert scan(log.path).lines == 2
    assert verify_record(log.path).ok

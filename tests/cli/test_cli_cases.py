"""The commands for cases: verify, index, backup, restore, users."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from karyoview.accounts.users import Users
from karyoview.case.case import Case
from karyoview.cli import run
from karyoview.core.annotation import ReviewedChromosome
from karyoview.core.geometry import Box
from karyoview.io.database import open_engine


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KARYOVIEW_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.delenv("KARYOVIEW_INDEX", raising=False)
    place = tmp_path / "case"
    place.mkdir()
    Image.fromarray(np.eye(20, dtype=np.uint8)).save(place / "a.png")
    with Case.open(place) as case:
        annotation = case.annotation("a.png").next_revision(chromosomes=(ReviewedChromosome("c1", Box(5, 9, 4, 8)),))
        case.save_annotation(annotation, "add box")
        list(case.check_originals())
    return place


def test_verify_says_whole_or_what_is_wrong(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["verify", str(folder)]) == 0
    text = capsys.readouterr().out
    assert "The record is whole." in text
    head = text.split("head ")[1].split()[0]
    assert run(["verify", str(folder / "karyoview/audit.jsonl"), "--head", head]) == 0
    assert run(["verify", str(folder), "--head", "0" * 64]) == 1
    assert "is not in the record" in capsys.readouterr().out
    record = folder / "karyoview/audit.jsonl"
    record.write_bytes(record.read_bytes().replace(b"add box", b"add fox"))
    assert run(["verify", str(folder)]) == 1
    assert "line 2 was changed" in capsys.readouterr().out
    assert run(["verify", str(folder.parent)]) == 1
    assert "no case of KaryoView" in capsys.readouterr().err
    assert run(["verify"]) == 2


def test_verify_compares_the_originals(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Image.fromarray(np.ones((20, 20), np.uint8)).save(folder / "a.png")
    assert run(["verify", str(folder)]) == 1
    assert "SHA-256 differs" in capsys.readouterr().out
    assert run(["verify", str(folder), "--no-originals"]) == 0


def test_index_lists_searches_and_rebuilds(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["index"]) == 0
    assert capsys.readouterr().out == ""
    assert run(["index", "--rebuild", str(folder.parent)]) == 0
    assert str(folder) in capsys.readouterr().out
    assert run(["index", "--search", "constitutional"]) == 0
    assert str(folder) in capsys.readouterr().out
    assert run(["index", "--search", "oncology"]) == 0
    assert capsys.readouterr().out == ""
    assert run(["index", str(folder)]) == 2
    assert run(["index", "--url", "mysql://x/y"]) == 1


def test_backup_and_restore(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["backup", str(folder), str(tmp_path / "b.zip")]) == 0
    assert run(["restore", str(tmp_path / "b.zip"), str(tmp_path / "again")]) == 0
    assert (tmp_path / "again/a.png").read_bytes() == (folder / "a.png").read_bytes()
    assert run(["verify", str(tmp_path / "again")]) == 0
    capsys.readouterr()
    assert run(["restore", str(tmp_path / "b.zip"), str(tmp_path / "again")]) == 1
    assert "not empty" in capsys.readouterr().err


def _descriptor(text: str) -> str:
    reading, writing = os.pipe()
    os.write(writing, text.encode())
    os.close(writing)
    return str(reading)


def test_users_are_entered_by_a_descriptor(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add = ["users", "add", "Eva", "--printed", "Dr. Eva Adam", "--role", "approver", "--passphrase-fd"]
    assert run([*add, _descriptor("Äpfel im Korb\nmore")]) == 0
    assert run([*add, _descriptor("Äpfel im Korb\n")]) == 1
    other = ["users", "add", "x", "--printed", "X", "--passphrase-fd"]
    assert run([*other, _descriptor("long enough\n"), "--role", "boss"]) == 2
    assert run([*other, _descriptor("short\n")]) == 1
    renew = ["users", "passphrase", "eva", "--passphrase-fd", _descriptor("another one\n"), "--by-fd"]
    assert run([*renew, _descriptor("not hers\n")]) == 1
    renew = ["users", "passphrase", "eva", "--passphrase-fd", _descriptor("another one\n"), "--by-fd"]
    assert run([*renew, _descriptor("Äpfel im Korb\n")]) == 0
    ben = ["users", "add", "ben", "--printed", "Ben", "--passphrase-fd"]
    assert run([*ben, _descriptor("long enough\n")]) == 1, "nobody vouches for him"
    assert run([*ben, _descriptor("long enough\n"), "--by", "eva", "--by-fd", _descriptor("another one\n")]) == 0
    assert run(["users", "close", "ben"]) == 1
    assert run(["users", "close", "ben", "--by", "eva", "--by-fd", _descriptor("another one\n")]) == 0
    capsys.readouterr()
    assert run(["users", "list"]) == 0
    assert capsys.readouterr().out == "ben\tBen\tanalyst\tclosed\neva\tDr. Eva Adam\tapprover\n"
    assert run(["users", "keys"]) == 0
    assert "3 entries" in capsys.readouterr().out
    assert run(["users", "reopen", "ben", "--by", "eva", "--by-fd", _descriptor("another one\n")]) == 0
    engine = open_engine()
    assert Users(engine).verify("eva", "another one").printed_name == "Dr. Eva Adam"
    engine.dispose()

"""``karyoview iscn`` and ``karyoview report``: what they print, write and return."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from karyoview.accounts.users import Role, Users
from karyoview.case.case import Case
from karyoview.cli import run
from karyoview.core.annotation import ReviewedChromosome, ReviewState
from karyoview.core.chromosome import expected_copies
from karyoview.core.geometry import Box
from karyoview.io.database import open_engine


def test_iscn_reads_clone_by_clone(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["iscn", "mos 47,XY,+21[12]/46,XY[8]"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "Line 1: 47 chromosomes; XY, male; gain of 21; 12 cells.",
        "Line 2: 46 chromosomes; XY, male; normal; 8 cells.",
    ]


def test_iscn_says_what_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["iscn", "46,XX,+21"]) == 1
    assert capsys.readouterr().out == "46,XX,+21: a gain of 21 makes 47 chromosomes, the count says 46.\n"
    assert run(["iscn", "46,XX,del(5)(q99)"]) == 1
    assert "there is no band 5q99" in capsys.readouterr().out
    assert run(["iscn", "46,XX", "--edition", "1999"]) == 1


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "case"
    path.mkdir()
    pixels = np.full((420, 420), 225, np.uint8)
    items = []
    for number, label in enumerate([k for k, n in enumerate(expected_copies("female")) for _ in range(n)]):
        cx, cy = 30 + 50 * (number % 8), 35 + 60 * (number // 8)
        cv2.line(pixels, (cx, cy - 18), (cx, cy + 18), 90, 9)
        items.append(ReviewedChromosome(f"c{number}", Box.rotated(cx, cy, 11, 45, 0.0), label))
    cv2.imwrite(str(path / "a.png"), pixels)
    with Case.open(path) as case:
        image = case.read_image("a.png")
        new = replace(
            case.annotation("a.png"), size=pixels.shape, chromosomes=tuple(items), state=ReviewState.REVIEWED,
            revision=1, image_sha256=image.sha256,
        )  # fmt: skip
        case.save_annotation(new, "reviewed")
    return path


def descriptor(text: str) -> int:
    reading, writing = os.pipe()
    os.write(writing, text.encode() + b"\n")
    os.close(writing)
    return reading


def test_report_from_images_to_a_signed_pdf(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = f"sqlite:///{tmp_path / 'users.db'}"
    engine = open_engine(url)
    users = Users(engine)
    users.create("ana", "Ana Ng", Role.ANALYST, "first passphrase")
    users.create("bob", "Bob Li", Role.APPROVER, "second passphrase")
    engine.dispose()
    assert run(["report", str(folder), "--karyotype", "46,XX"]) == 0
    common = ["report", str(folder), "--url", url, "--passphrase-fd"]
    assert run([*common, str(descriptor("first passphrase")), "--sign", "ana"]) == 1
    assert "falls short: 1 of 20 cells are counted" in capsys.readouterr().err
    common = ["report", str(folder), "--url", url, "--confirm", "--passphrase-fd"]
    assert run([*common, str(descriptor("first passphrase")), "--sign", "ana"]) == 0
    assert run([*common, str(descriptor("first passphrase")), "--sign", "ana", "--meaning", "approved"]) == 1
    assert "no approver" in capsys.readouterr().err
    output = tmp_path / "out.pdf"
    signing = ["--sign", "bob", "--meaning", "approved", "--output", str(output)]
    assert run([*common, str(descriptor("second passphrase")), *signing]) == 0
    assert "46,XX" in capsys.readouterr().out
    assert output.read_bytes().startswith(b"%PDF")
    assert (folder / "karyoview" / "reports" / "report-001.pdf").read_bytes() == output.read_bytes()
    assert run(["report", str(folder), "--karyotype", "45,X"]) == 1


def test_report_in_other_forms_and_bad_input(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("r.json", "r.csv", "k.svg"):
        assert run(["report", str(folder), "-o", str(tmp_path / name)]) == 0
        assert (tmp_path / name).stat().st_size > 100
    assert run(["report", str(folder), "-o", str(tmp_path / "r.doc")]) == 1
    assert run(["report", str(folder), "--karyotype", "46,XX,+21"]) == 1
    assert "a gain of 21 makes 47" in capsys.readouterr().err
    assert run(["report", str(folder), "--proficiency", str(tmp_path / "pt")]) == 0
    assert (tmp_path / "pt" / "1_raw.tif").is_file()
    empty = tmp_path / "empty"
    empty.mkdir()
    assert run(["report", str(empty), "-o", str(tmp_path / "e.pdf")]) == 1
    assert not (tmp_path / "e.pdf").exists()


def test_iscn_explains_and_draws(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "drawn.svg"
    assert run(["iscn", "47,XX,i(17)(q10),+21", "--explain",
                "--output", str(target)]) == 0  # fmt: skip
    printed = capsys.readouterr().out
    assert "Gain of chromosome 21: 3 copies instead of 2." in printed
    assert "Loss of 17pter to 17p10: 1 copy instead of 2." in printed
    assert target.read_text(encoding="utf-8").startswith("<svg ")
    assert run(["iscn", "arr(1-22,X)×2", "--explain", "--output", str(target)]) == 1


def test_iscn_checks_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "strings.tsv"
    table.write_text("# a remark\n1\t47,XX,+8\n0\t46,XX,+8\n46,XY\n\n1\t46,XX,+9\n", encoding="utf-8")
    assert run(["iscn", "--table", str(table)]) == 1
    printed = capsys.readouterr().out
    assert "46,XX,+9: a gain of 9 makes 47 chromosomes" in printed
    assert "3 of 4 as expected (75.0 %)." in printed
    assert run(["iscn", "--table", str(tmp_path / "none.tsv")]) == 1
    assert run(["iscn"]) == 1

"""Damaged case files, pictures and backups: read, built anew or refused in a sentence, and nothing is left behind."""

from __future__ import annotations

import random
import shutil
import sys
from collections import Counter
from pathlib import Path
from subprocess import run

from people_samples import Laboratory
from small_cases import damaged, new_folder, with_a_box
from stress_parts import SEED, Counts, kept_where_it_fails, rounds

from karyoview.case.backup import BackupError, backup_case, restore_case
from karyoview.case.case import Case, CaseError
from karyoview.case.verify import verify_case
from karyoview.core.detection import Detection, Detections, Provenance
from karyoview.core.errors import KaryoViewError
from karyoview.core.geometry import Box

PICTURES = Path(__file__).parents[1] / "io" / "test_images_fuzz.py"
_FIRST = 100_000 * (SEED - 7)
"""Damage follows from its number."""


def test_damaged_files_of_a_case(tmp_path: Path, counts: Counts) -> None:
    folder, many = tmp_path / "case", rounds(60_000)
    with Case.open(new_folder(folder)) as case:
        for _ in range(4):
            case.save_annotation(with_a_box(case.annotation("a.png")), "add box")
        case.save_proposals(Detections("a.png", (20, 20), (Detection(Box(3, 4, 5, 6), 0.5, 3),), Provenance("kv")))
        case.keep_report(b"%PDF")
        Laboratory().sign(case)
    files = sorted(p.relative_to(folder) for p in (folder / "karyoview").rglob("*") if p.is_file())
    found: Counter[str] = Counter()
    sentences: list[str] = []
    hurt = tmp_path / "hurt"
    for seed in range(many):
        dice = random.Random(_FIRST + seed)
        shutil.copytree(folder, hurt)
        name = dice.choice(files)
        data = damaged((hurt / name).read_bytes(), dice)
        (hurt / name).write_bytes(data)
        with kept_where_it_fails("case", name.as_posix(), data):
            try:
                found["told by verify"] += not verify_case(hurt).ok
                with Case.open(hurt, read_only=bool(seed % 2)) as case:
                    case.annotation("a.png")
                    found["opened"] += 1
                    case.proposals("a.png", "kv")
            except KaryoViewError as error:
                found["refused"] += 1
                sentences.append(f"{seed}: {error}")
        shutil.rmtree(hurt)
        counts.say("damaged files of cases", seed + 1, many, ", ".join(f"{n:,} {what}" for what, n in found.items()))
    assert [text for text in sentences if not text.endswith(".") or "\n" in text] == []


def test_damaged_pictures(tmp_path: Path, counts: Counts) -> None:
    many, read, first = rounds(40_000), 0, 1_000_000 + _FIRST
    for start in range(first, first + many, 1000):
        last = min(start + 1000, first + many)
        command = [sys.executable, "-X", "faulthandler", str(PICTURES), str(start), str(last), str(tmp_path)]
        done = run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{done.stdout[-300:]}\n{done.stderr[-3000:]}"
        read += int(done.stdout.split()[0])
        counts.say("damaged pictures", last - first, many, f"{read:,} read, the others refused with a sentence")


def test_damaged_backups(tmp_path: Path, counts: Counts) -> None:
    folder, many = new_folder(tmp_path / "case"), rounds(5000)
    with Case.open(folder) as case:
        case.save_annotation(with_a_box(case.annotation("a.png")), "add box")
    backup_case(folder, tmp_path / "whole.zip")
    whole, restored, left, sentences = (tmp_path / "whole.zip").read_bytes(), 0, 0, list[str]()
    for seed in range(many):
        (tmp_path / "hurt.zip").write_bytes(damaged(whole, random.Random(_FIRST + seed)))
        try:
            restore_case(tmp_path / "hurt.zip", tmp_path / "again")
            restored += 1
            assert (tmp_path / "again/a.png").read_bytes() == (folder / "a.png").read_bytes()
            shutil.rmtree(tmp_path / "again")
        except (BackupError, CaseError) as error:
            sentences.append(f"{seed}: {error}")
            left += (tmp_path / "again").exists()
        seen = f"{restored:,} restored whole, the others refused with a sentence and nothing left"
        counts.say("damaged backups", seed + 1, many, seen)
    assert [text for text in sentences if not text.endswith(".") or "\n" in text] == []
    assert left == 0

"""Kills, damage, races and power cuts by the hundred; by the ten thousand with KARYOVIEW_STRESS=full.

``make stress`` runs them in full and prints how many of each there were; every run prints its own counts.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from test_case_crash import _edit, _mutate, _new_folder
from test_case_migrate import _check_migrated, _old_case

from karyoview.case.backup import BackupError, backup_case, restore_case
from karyoview.case.case import Case, CaseError
from karyoview.case.verify import verify_case
from karyoview.core.errors import KaryoViewError
from karyoview.io.images import read_image

pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(0),
    pytest.mark.skipif(not hasattr(os, "fork") or sys.platform == "darwin", reason="forks and /proc are Linux'"),
]
Count = Callable[[str], None]
FULL = os.environ.get("KARYOVIEW_STRESS") == "full"

# Imports are paid once; each order is done by a child that is killed in the middle of it.
WORKER = """
import os, sys
from dataclasses import replace
from pathlib import Path
from karyoview.case.backup import backup_case, restore_case
from karyoview.case.case import Case
from karyoview.core.annotation import ReviewedChromosome, ReviewState
from karyoview.core.geometry import Box
import karyoview.io.images
import karyoview.report.content, karyoview.report.pdf

def edits(folder, note):
    with Case.open(Path(folder), user="writer") as case:
        while True:
            annotation = case.annotation("a.png")
            number = annotation.revision + 1
            box = ReviewedChromosome(f"c{number}", Box(number, 9, 4, 8))
            case.save_annotation(
                annotation.next_revision(chromosomes=(*annotation.chromosomes[-40:], box)), "add box"
            )
            os.write(note, f"{number}\\n".encode())

def report(folder, note):
    with Case.open(Path(folder), user="writer") as case:
        while True:
            kept = case.keep_report(b"%PDF" + os.urandom(30000))
            os.write(note, b"0\\n")

def opening(folder, note):
    while True:
        Case.open(Path(folder), user="writer").close()
        os.write(note, b"0\\n")

migration = opening

def backup(folder, note):
    number = 0
    while True:
        number += 1
        target = Path(folder).with_name(f"b{os.getpid()}-{number}.zip")
        backup_case(Path(folder), target)
        restore_case(target, target.with_suffix(".restored"))
        os.write(note, b"0\\n")

for line in sys.stdin:
    kind, folder, note = line.rstrip("\\n").split("\\t")
    child = os.fork()
    if child == 0:
        try:
            globals()[kind](folder, os.open(note, os.O_WRONLY | os.O_APPEND | os.O_CREAT))
        except BaseException as error:
            os.write(2, repr(error).encode())
        os._exit(1)
    print(child, flush=True)
    os.waitpid(child, 0)
    print("gone", flush=True)
"""


@pytest.fixture(autouse=True)
def own_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KARYOVIEW_WORKSPACE", str(tmp_path / "workspace"))


@pytest.fixture
def count(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Says how many there were, at the end of the run."""
    return lambda text: record_property("count", text)


@pytest.fixture
def worker() -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen([sys.executable, "-c", WORKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    yield process
    process.communicate(timeout=300)


@pytest.mark.parametrize(
    ("kind", "rounds"), [("edits", 7000), ("report", 1000), ("opening", 1000), ("backup", 500), ("migration", 500)]
)
def test_killed_in_the_middle(
    worker: subprocess.Popen[str], tmp_path: Path, kind: str, rounds: int, count: Count
) -> None:
    rounds = rounds if FULL else rounds // 100
    folder, note = tmp_path / "case", tmp_path / "acknowledged"
    if kind == "migration":
        _old_case(folder)
    else:
        Case.open(_new_folder(folder)).close()
    dice, last = random.Random(7), 0
    assert worker.stdin is not None
    assert worker.stdout is not None
    for number in range(rounds):
        size = note.stat().st_size if note.exists() else 0
        worker.stdin.write(f"{kind}\t{folder}\t{note}\n")
        worker.stdin.flush()
        child = int(worker.stdout.readline())
        while number % 2 and kind != "migration" and not (note.exists() and note.stat().st_size > size):
            time.sleep(0.002)
        time.sleep(dice.uniform(0.0, 0.05))
        os.kill(child, signal.SIGKILL)
        assert worker.stdout.readline() == "gone\n"
        done = note.read_text().split("\n")[:-1] if note.exists() else []
        last = max([last, *map(int, done[-3:])])
        if kind == "migration":
            with Case.open(folder) as case:
                _check_migrated(case)
            assert verify_case(folder).problems == []
            shutil.rmtree(folder)
            _old_case(folder)
            continue
        with Case.open(folder) as case:
            revision = case.annotation("a.png").revision
            assert last <= revision <= last + 1
            last = max(last, revision)
        report = verify_case(folder)
        # A report whose line was never written is told, and is no loss: nobody was told that it was kept.
        assert [p for p in report.problems if "was not made by KaryoView" not in p] == []
        for left in folder.parent.glob("b*"):
            shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink()
    count(f"killed during {kind}: {rounds} times, nothing acknowledged was lost")


def test_damaged_files_of_a_case(tmp_path: Path, count: Count) -> None:
    rounds = 60_000 if FULL else 600
    folder = _new_folder(tmp_path / "case")
    with Case.open(folder) as case:
        for _ in range(4):
            case.save_annotation(_edit(case.annotation("a.png")), "add box")
        case.keep_report(b"%PDF")
    files = sorted(p.relative_to(folder) for p in (folder / "karyoview").rglob("*") if p.is_file())
    found: Counter[str] = Counter()
    sentences: list[str] = []
    hurt = tmp_path / "hurt"
    for seed in range(rounds):
        dice = random.Random(seed)
        shutil.copytree(folder, hurt)
        name = dice.choice(files)
        (hurt / name).write_bytes(_mutate((hurt / name).read_bytes(), dice))
        try:
            found["told by verify"] += not verify_case(hurt).ok
            with Case.open(hurt, read_only=bool(seed % 2)) as case:
                case.annotation("a.png")
                found["opened"] += 1
        except KaryoViewError as error:
            found["refused"] += 1
            sentences.append(f"{seed}: {error}")
        shutil.rmtree(hurt)
    assert [text for text in sentences if not text.endswith(".")] == []
    count(f"damaged case files: {rounds}, {dict(found)}")


def test_damaged_pictures(tmp_path: Path, count: Count) -> None:
    rounds = 40_000 if FULL else 400
    pixels = np.random.default_rng(3).integers(0, 255, (40, 50), np.uint8)
    sources = []
    for suffix in (".png", ".jpg", ".tif", ".bmp", ".webp"):
        Image.fromarray(pixels).save(tmp_path / f"whole{suffix}")
        sources.append((suffix, (tmp_path / f"whole{suffix}").read_bytes()))
    read, sentences = 0, list[str]()
    for seed in range(rounds):
        dice = random.Random(seed)
        suffix, whole = dice.choice(sources)
        path = tmp_path / f"hurt{suffix}"
        path.write_bytes(_mutate(whole, dice))
        try:
            read += read_image(path).to_uint8().size > 0
        except KaryoViewError as error:
            sentences.append(f"{seed}: {error}")
    assert [text for text in sentences if not text.endswith(".")] == []
    count(f"damaged pictures: {rounds}, {read} read, the others refused with a sentence")


RACER = """
import os, sys, time
from pathlib import Path
from karyoview.case.case import Case, CaseError
sys.path[:0] = [sys.argv[2], str(Path(sys.argv[2]).parent)]
from test_case_crash import _edit
folder, rounds = Path(sys.argv[1]), int(sys.argv[3])
wrote = 0
for number in range(rounds):
    try:
        with Case.open(folder, user=str(os.getpid())) as case:
            if not case.read_only:
                case.save_annotation(_edit(case.annotation("a.png")), "add box")
                wrote += 1
    except CaseError as error:
        assert "taken this case over" in str(error) or "changed by another program" in str(error), error
print(wrote)
"""


def test_several_programs_at_once(tmp_path: Path, count: Count) -> None:
    rounds = 250 if FULL else 25
    folder = _new_folder(tmp_path / "case")
    Case.open(folder).close()
    here = str(Path(__file__).parent)
    command = [sys.executable, "-c", RACER, str(folder), here, str(rounds)]
    racers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    wrote = sum(int(racer.communicate(timeout=3000)[0]) for racer in racers)
    assert all(racer.returncode == 0 for racer in racers)
    assert verify_case(folder).problems == []
    with Case.open(folder) as case:
        assert case.annotation("a.png").revision == wrote, "no edit replaced another"
    count(f"races for one case: {4 * rounds}, {wrote} edits, all there")


class Disk:
    """What would be left of a folder after a power cut: only what was flushed, names only where the folder was."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.flushed: dict[Path, bytes] = {}
        self.names: dict[Path, bytes] = {}
        self.renamed: dict[Path, Path] = {}
        self._fsync, self._replace = os.fsync, os.replace
        monkeypatch.setattr(os, "fsync", self.fsync)
        monkeypatch.setattr(os, "replace", self.replace)
        for path in root.rglob("*"):
            if path.is_file():
                self.flushed[path] = self.names[path] = path.read_bytes()

    def fsync(self, handle: int) -> None:
        self._fsync(handle)
        path = Path(os.readlink(f"/proc/self/fd/{handle}"))
        if not path.is_relative_to(self.root):
            return
        if path.is_file():
            self.flushed[path] = path.read_bytes()
            if path in self.names:
                self.names[path] = self.flushed[path]
        elif path.is_dir():
            self.names = {p: b for p, b in self.names.items() if p.parent != path}
            self.names |= {p: b for p, b in self.flushed.items() if p.parent == path and p.exists()}

    def replace(self, source: str, target: str, **handles: int) -> None:
        folder = Path(os.readlink(f"/proc/self/fd/{handles['src_dir_fd']}")) if handles else Path()
        self._replace(source, target, **handles)
        old, new = folder / source, folder / target
        if not new.is_relative_to(self.root):
            return
        self.flushed.pop(new, None)
        if old in self.flushed:
            self.flushed[new] = self.flushed.pop(old)

    def left(self, target: Path, dice: random.Random) -> None:
        """Write what is left; a name that was not flushed may have reached the disk or not."""
        shutil.rmtree(target, ignore_errors=True)
        for path, data in self.names.items():
            lucky = self.flushed.get(path, data) if dice.random() < 0.5 else data
            place = target / path.relative_to(self.root)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(lucky)


def test_power_cuts_after_every_edit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: Count) -> None:
    rounds = 1000 if FULL else 40
    folder = _new_folder(tmp_path / "case")
    Case.open(folder).close()
    disk = Disk(folder, monkeypatch)
    dice = random.Random(5)
    with Case.open(folder) as case:
        for number in range(1, rounds + 1):
            case.save_annotation(_edit(case.annotation("a.png")), "add box")
            if number % 9 == 0:
                kept = case.keep_report(b"%PDF" + bytes(200))
            disk.left(tmp_path / "after", dice)
            with Case.open(tmp_path / "after") as after:
                assert after.annotation("a.png").revision == number
            assert verify_case(tmp_path / "after").problems == []
            assert number < 9 or (tmp_path / "after" / kept.relative_to(folder)).is_file()
    count(f"power cuts simulated: {rounds}, every acknowledged edit was there")


def test_backups_of_damaged_archives(tmp_path: Path, count: Count) -> None:
    rounds = 5000 if FULL else 60
    folder = _new_folder(tmp_path / "case")
    with Case.open(folder) as case:
        case.save_annotation(_edit(case.annotation("a.png")), "add box")
    backup_case(folder, tmp_path / "whole.zip")
    whole, restored, left, sentences = (tmp_path / "whole.zip").read_bytes(), 0, 0, list[str]()
    for seed in range(rounds):
        (tmp_path / "hurt.zip").write_bytes(_mutate(whole, random.Random(seed)))
        try:
            restore_case(tmp_path / "hurt.zip", tmp_path / "again")
            restored += 1
            assert (tmp_path / "again/a.png").read_bytes() == (folder / "a.png").read_bytes()
            shutil.rmtree(tmp_path / "again")
        except (BackupError, CaseError) as error:
            sentences.append(f"{seed}: {error}")
            left += (tmp_path / "again").exists()
    assert [text for text in sentences if not text.endswith(".")] == []
    assert left == 0
    count(f"\ndamaged backups: {rounds}, {restored} restored whole, the others refused and nothing left")

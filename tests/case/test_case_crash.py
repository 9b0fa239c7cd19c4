"""Nothing is lost: killed writers, full disks, vanished folders, disks that fail anywhere."""

from __future__ import annotations

import errno
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from io import FileIO
from pathlib import Path

import pytest
from people_samples import Laboratory
from small_cases import damaged, new_folder, with_a_box

from karyoview.case.case import Case, CaseError
from karyoview.case.verify import verify_case
from karyoview.core.detection import Detection, Detections, Provenance
from karyoview.core.geometry import Box

posix = pytest.mark.skipif(os.name != "posix", reason="SIGKILL, limits and mounts are POSIX")

# A process that forks a writer on demand: the imports are paid once, not for each of 200 kills.
WRITER = """
import os, sys
from dataclasses import replace
from pathlib import Path
from karyoview.core.annotation import ReviewedChromosome, ReviewState
from karyoview.core.geometry import Box
from karyoview.case.case import Case
import karyoview.io.images

def write(folder, acknowledged):
    case = Case.open(Path(folder), user="writer")
    out = os.open(acknowledged, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    while True:
        for image in ("a.png", "b.png"):
            annotation = case.annotation(image)
            number = annotation.revision + 1
            kept = annotation.chromosomes[-40:]
            box = ReviewedChromosome(f"c{number}", Box(number, 9, 4, 8))
            annotation = annotation.next_revision(chromosomes=(*kept, box))
            if number % 5 == 0:
                annotation = replace(annotation, state=list(ReviewState)[number // 5 % 4])
            case.save_annotation(annotation, "add box")
            os.write(out, f"{image} {number}\\n".encode())
            if number % 7 == 0:
                case.update_cell(image, slide=str(number))

for line in sys.stdin:
    child = os.fork()
    if child == 0:
        try:
            write(*line.rstrip("\\n").split("\\t"))
        except BaseException as error:
            os.write(2, repr(error).encode())
        os._exit(1)
    print(child, flush=True)
    _, status = os.waitpid(child, 0)
    print(os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0, flush=True)
"""


@pytest.fixture(autouse=True)
def own_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KARYOVIEW_WORKSPACE", str(tmp_path / "workspace"))


@pytest.fixture
def writer() -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    yield process
    process.communicate(timeout=120)


@posix
@pytest.mark.parametrize("rounds", [25, pytest.param(200, marks=pytest.mark.long)])
def test_a_killed_writer_loses_at_most_the_edit_in_flight(
    writer: subprocess.Popen[str], tmp_path: Path, rounds: int
) -> None:
    folder, acknowledged = new_folder(tmp_path / "case"), tmp_path / "acknowledged"
    assert writer.stdin is not None
    assert writer.stdout is not None
    moments = random.Random(20261)
    last = {"a.png": 0, "b.png": 0}
    in_flight = 0
    for number in range(rounds):
        size = acknowledged.stat().st_size if acknowledged.exists() else 0
        writer.stdin.write(f"{folder}\t{acknowledged}\n")
        writer.stdin.flush()
        child = int(writer.stdout.readline())
        # Every other writer is at work when its time comes, however slow the machine; the rest may still be opening.
        while number % 2 and not (acknowledged.exists() and acknowledged.stat().st_size > size):
            time.sleep(0.002)
        time.sleep(moments.uniform(0.0, 0.06))
        os.kill(child, signal.SIGKILL)
        assert int(writer.stdout.readline()) == signal.SIGKILL
        for line in acknowledged.read_text().split("\n")[:-1] if acknowledged.exists() else []:
            # An edit in flight at an earlier kill may have been kept without ever being acknowledged.
            last[line.split()[0]] = max(last[line.split()[0]], int(line.split()[1]))
        with Case.open(folder, user="reader") as case:
            assert not case.read_only
            for image, known in last.items():
                revision = case.annotation(image).revision
                assert revision in (known, known + 1)
                in_flight += revision - known
                last[image] = revision
        assert verify_case(folder).problems == []
        assert verify_case(folder).warnings == []
        assert not list((folder / "karyoview").rglob(".kv-*"))
    print(f"{rounds} kills, {sum(last.values())} edits kept, {in_flight} of them in flight when killed")
    assert sum(last.values()) >= rounds // 2


def _fill(folder: Path) -> Path:
    """Use up what is left of the disk."""
    filler = folder / "filler.bin"
    with open(filler, "wb", buffering=0) as file:
        for size in (4096, 512, 1):
            with pytest.raises(OSError, match="No space left"):
                _write_on(file, size)
    return filler


def _write_on(file: FileIO, size: int) -> None:
    while file.write(b"\x01" * size):
        pass


@posix
def test_a_full_disk_keeps_the_old_file_and_a_retry_succeeds(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = shutil.which("mount") and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if not mounted or mounted.returncode != 0:
        pytest.skip("a small file system cannot be mounted here; the file-size limit below stands for it")
    try:
        folder = new_folder(disk / "case")
        with Case.open(folder) as case:
            saved = with_a_box(case.annotation("a.png"))
            case.save_annotation(saved, "add box")
            filler = _fill(disk)
            pending = saved
            refused: list[str] = []
            for _ in range(40):
                pending = with_a_box(pending)
                try:
                    case.save_annotation(pending, "add box")
                    saved = pending
                except CaseError as error:
                    refused.append(str(error))
                    assert case.dirty == {"a.png"}
            assert refused
            assert all("full; free some space and save again" in text for text in refused)
            with Case.open(folder, read_only=True) as reader:
                assert reader.annotation("a.png").revision >= saved.revision
            filler.unlink()
            case.save_annotation(pending, "add box")
            assert case.dirty == frozenset()
        assert verify_case(folder).problems == []
        with Case.open(folder) as case:
            assert case.annotation("a.png") == pending
    finally:
        subprocess.run(["umount", str(disk)], check=True)


LIMITED = """
import resource, sys
from pathlib import Path
from karyoview.case.case import Case, CaseError
sys.path.insert(0, sys.argv[2])
from small_cases import with_a_box

with Case.open(Path(sys.argv[1])) as case:
    annotation = case.annotation("a.png")
    resource.setrlimit(resource.RLIMIT_FSIZE, (9000, resource.RLIM_INFINITY))
    refused = 0
    for _ in range(30):
        following = with_a_box(annotation)
        try:
            case.save_annotation(following, "add box")
            annotation = following
        except CaseError as error:
            assert "larger than this disk allows for one file" in str(error), error
            assert case.dirty == {"a.png"}
            refused += 1
    assert refused > 3, refused
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    following = with_a_box(annotation)
    case.save_annotation(following, "add box")
    assert not case.dirty
print(following.revision)
"""


@posix
def test_a_limit_of_file_size_keeps_the_old_file_and_a_retry_succeeds(tmp_path: Path) -> None:
    folder = new_folder(tmp_path / "case")
    here = str(Path(__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(folder), here], capture_output=True, text=True, timeout=280, check=False
    )
    assert done.returncode == 0, done.stderr
    assert verify_case(folder).problems == []
    with Case.open(folder) as case:
        assert case.annotation("a.png").revision == int(done.stdout)


def test_a_vanished_folder_keeps_the_case_dirty_until_it_is_back(tmp_path: Path) -> None:
    folder = new_folder(tmp_path / "case")
    with Case.open(folder) as case:
        saved = with_a_box(case.annotation("a.png"))
        case.save_annotation(saved, "add box")
        folder.rename(tmp_path / "unplugged")
        pending = with_a_box(saved)
        with pytest.raises(CaseError, match="reconnect the disk or network folder"):
            case.save_annotation(pending, "add box")
        assert case.dirty == {"a.png"}
        assert not folder.exists()
        (tmp_path / "unplugged").rename(folder)
        case.save_annotation(pending, "add box")
        assert case.dirty == frozenset()
        assert case.annotation("a.png") == pending
    assert verify_case(folder).problems == []


class _FailingDisk:
    """Makes the n-th call to the disk's writing functions fail, and all later ones while it is broken."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, after: int, number: int, only_once: bool) -> None:
        self.calls, self.after, self.number, self.only_once, self.broken = 0, after, number, only_once, True
        for name in ("write", "fsync", "replace", "ftruncate"):
            monkeypatch.setattr(os, name, self._wrap(getattr(os, name)))

    def _wrap(self, real):  # type: ignore[no-untyped-def]
        def call(*args, **more):  # type: ignore[no-untyped-def]
            self.calls += 1
            hit = self.calls == self.after if self.only_once else self.calls >= self.after
            if self.broken and hit:
                if real.__name__ == "write":
                    real(args[0], bytes(args[1])[: len(args[1]) // 2])
                raise OSError(self.number, os.strerror(self.number))
            return real(*args, **more)

        call.__name__ = real.__name__
        return call


@pytest.mark.parametrize("only_once", [True, False])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EACCES])
def test_a_disk_that_fails_at_any_step_loses_nothing(tmp_path: Path, number: int, only_once: bool) -> None:
    step, ended = 0, False
    while not ended:
        step += 1
        folder = new_folder(tmp_path / f"case{step}")
        with Case.open(folder) as case:
            saved = with_a_box(case.annotation("a.png"))
            case.save_annotation(saved, "add box")
            pending = with_a_box(saved)
            with pytest.MonkeyPatch.context() as patch:
                disk = _FailingDisk(patch, step, number, only_once)
                try:
                    case.save_annotation(pending, "add box")
                    ended = disk.calls < step
                except CaseError:
                    assert case.dirty == {"a.png"}
                    # As another program sees it at this moment: the old or the new state, never a part.
                    shutil.copytree(folder, tmp_path / f"seen{step}")
                    with Case.open(tmp_path / f"seen{step}", read_only=True) as seen:
                        assert seen.annotation("a.png") in (saved, pending)
                disk.broken = False
                if case.dirty:
                    case.save_annotation(pending, "add box")
            assert case.dirty == frozenset()
        assert verify_case(folder).problems == []
        with Case.open(folder) as case:
            assert case.annotation("a.png") == pending
    assert step > 3


@pytest.mark.parametrize("rounds", [150, pytest.param(2000, marks=pytest.mark.long)])
def test_a_damaged_case_opens_or_says_why_and_verify_never_stumbles(tmp_path: Path, rounds: int) -> None:
    folder = new_folder(tmp_path / "case")
    with Case.open(folder) as case:
        annotation = case.annotation("a.png")
        for _ in range(6):
            annotation = with_a_box(annotation)
            case.save_annotation(annotation, "add box")
        case.save_proposals(Detections("a.png", (20, 20), (Detection(Box(3, 4, 5, 6), 0.5, 3),), Provenance("kv")))
        Laboratory().sign(case)
    (folder / "karyoview/lock.json").write_text('{"host": "h", "pid": 1, "since": "x", "token": "t", "user": "u"}')
    opened = unchanged = found = 0
    sentences: list[str] = []
    files = sorted(p.relative_to(folder) for p in (folder / "karyoview").rglob("*") if p.is_file())
    for seed in range(rounds):
        dice = random.Random(seed)
        hurt = tmp_path / "hurt"
        shutil.copytree(folder, hurt)
        name = dice.choice(files)
        old = (hurt / name).read_bytes()
        new = damaged(old, dice)
        (hurt / name).write_bytes(new)
        os.utime(hurt / "karyoview/lock.json", (1, 1))
        found += bool(verify_case(hurt).problems)
        try:
            with Case.open(hurt, read_only=bool(seed % 2)) as case:
                opened += 1
                same = case.annotation("a.png") == annotation
                unchanged += same
                # Only a file edited by hand may say something else; what was torn or lost is rebuilt.
                assert same or name.name in ("a.png.json", "case.json", "audit.jsonl"), (seed, name)
                case.proposals("a.png", "kv")
                if not case.read_only:
                    case.save_annotation(with_a_box(case.annotation("b.png")), "add box")
        except CaseError as error:
            sentences.append(str(error))
        assert seed % 2 or not (hurt / "karyoview/lock.json").exists(), seed
        shutil.rmtree(hurt)
    print(f"{rounds} damaged cases: {found} found by verify, {opened} opened, {unchanged} with the work whole")
    assert not [text for text in sentences if "\n" in text or not text.isprintable()]
    assert opened > rounds // 2
    assert unchanged > rounds // 2

"""Read-only folders, older schemas, backups, and how long the usual steps take."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from karyoview.case.backup import BackupError, backup_case, restore_case
from karyoview.case.case import Case, CaseError
from karyoview.case.verify import verify_case
from karyoview.core.annotation import Attribution, PredictedChromosome, ReviewedChromosome, ReviewState
from karyoview.core.detection import Detections, Provenance
from karyoview.core.geometry import Box


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KARYOVIEW_WORKSPACE", str(tmp_path / "workspace"))
    return tmp_path / "workspace"


def _draw(folder: Path, count: int = 2, suffix: str = ".png") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        Image.fromarray(np.eye(20, dtype=np.uint8) * number).save(folder / f"cell{number}{suffix}")
    return folder


def _add_box(case: Case, image: str = "cell0.png", x: float = 5.0) -> None:
    annotation = case.annotation(image)
    box = ReviewedChromosome(f"c{len(annotation.chromosomes)}", Box(x, 9, 4, 8))
    case.save_annotation(annotation.next_revision(chromosomes=(*annotation.chromosomes, box)), "add box")


@pytest.fixture
def make_read_only(tmp_path: Path) -> Iterator[Callable[[Path], None]]:
    """Make a folder unwritable: by its mode, or by a bind mount for the superuser, whom modes do not stop."""
    mounted: list[Path] = []
    closed: list[Path] = []

    def make(folder: Path) -> None:
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            for arguments in (["--bind", str(folder), str(folder)], ["-o", "remount,ro,bind", str(folder)]):
                if subprocess.run(["mount", *arguments], capture_output=True, check=False).returncode != 0:
                    pytest.skip("the superuser may write anywhere and mounting is not allowed here")
                if not mounted or mounted[-1] != folder:
                    mounted.append(folder)
        elif os.name == "posix":
            for part in (folder, *(p for p in folder.rglob("*") if p.is_dir())):
                closed.append(part)
                part.chmod(0o555)
        else:
            pytest.skip("folders are not made read-only by their mode on Windows")

    yield make
    for folder in mounted:
        subprocess.run(["umount", str(folder)], check=True)
    for folder in closed:
        folder.chmod(0o755)


def test_a_read_only_folder_keeps_its_case_in_the_workspace(
    tmp_path: Path, workspace: Path, make_read_only: Callable[[Path], None]
) -> None:
    folder = _draw(tmp_path / "case")
    make_read_only(folder)
    with Case.open(folder, user="anna") as case:
        assert not case.read_only
        assert case.store.parent == workspace / "cases"
        assert f"{folder} cannot be written, so this case is kept in {case.store}" in case.notices[0]
        _add_box(case)
        case.save_proposals(Detections("cell0.png", (20, 20), (), Provenance("kv")))
        with Case.open(folder, user="ben") as second:
            assert second.read_only_reason.startswith("anna has this case open")
    for read_only in (True, False):
        with Case.open(folder, read_only=read_only) as case:
            assert len(case.annotation("cell0.png").chromosomes) == 1
            assert case.read_image("cell1.png").name == "cell1.png"
    assert not (folder / "karyoview").exists()
    assert verify_case(folder).ok


def test_a_read_only_case_goes_on_in_the_workspace_where_it_was(
    tmp_path: Path, make_read_only: Callable[[Path], None]
) -> None:
    folder = _draw(tmp_path / "case")
    with Case.open(folder) as case:
        _add_box(case)
        number = case.settings.id
    before = (folder / "karyoview/audit.jsonl").read_bytes()
    make_read_only(folder)
    with Case.open(folder) as case:
        assert case.settings.id == number
        _add_box(case)
        assert len(case.annotation("cell0.png").chromosomes) == 2
    assert (folder / "karyoview/audit.jsonl").read_bytes() == before
    assert verify_case(folder).ok


def test_two_folders_of_one_name_do_not_share_a_store(tmp_path: Path, make_read_only: Callable[[Path], None]) -> None:
    stores = []
    for parent in ("x", "y"):
        folder = _draw(tmp_path / parent / "case")
        make_read_only(folder)
        with Case.open(folder) as case:
            stores.append(case.store)
    assert stores[0] != stores[1]


def _old_case(folder: Path) -> dict[str, bytes]:
    """A case as the first schema wrote it."""
    store = _draw(folder) / "karyoview"
    (store / "annotations").mkdir(parents=True)
    case = {
        "schema": 1,
        "id": "OLD-1",
        "protocol": "oncology",
        "house": {"floor": 3},
        "cells": [
            {"image": "cell0.png", "status": "done", "scale": 0.1, "mark": "x"},
            {"image": "cell1.png", "status": "rejected", "reason": "broken"},
        ],
    }
    box = {"cx": 9.5, "cy": 8, "w": 3, "h": 9, "angle": 0.5, "rotated": True}
    proposal = {"id": "c1", "kind": "predicted", "box": {**box, "angle": 0.0, "rotated": False}, "score": 0.5}
    annotation = {
        "schema": 1,
        "image": "cell0.png",
        "status": "done",
        "revision": 4,
        "chromosomes": [{"id": "old1", "kind": "reviewed", "label": "X", "box": box, "proposal": proposal, "note": 1}],
    }
    (store / "case.json").write_text(json.dumps(case))
    (store / "annotations/cell0.png.json").write_text(json.dumps(annotation))
    return {name: (store / name).read_bytes() for name in ("case.json", "annotations/cell0.png.json")}


def _check_migrated(case: Case) -> None:
    assert (case.settings.id, case.settings.protocol) == ("OLD-1", "oncology")
    assert case.settings.extra["house"] == {"floor": 3}
    first, second = case.cells
    assert (first.state, first.um_per_pixel, first.extra["mark"]) == (ReviewState.REVIEWED, 0.1, "x")
    assert (second.state, second.reason) == (ReviewState.SET_ASIDE, "broken")
    annotation = case.annotation("cell0.png")
    assert (annotation.state, annotation.revision) == (ReviewState.REVIEWED, 4)
    chromosome = annotation.chromosomes[0]
    assert isinstance(chromosome, ReviewedChromosome)
    assert chromosome.box == Box.rotated(9.5, 8, 3, 9, 0.5)
    assert chromosome.proposal is not None
    assert chromosome.proposal.box == Box(9.5, 8, 3, 9)
    assert not chromosome.proposal.box.is_rotated


def test_an_older_schema_is_brought_up_to_date_and_the_original_kept(tmp_path: Path) -> None:
    folder = tmp_path / "case"
    old = _old_case(folder)
    store = folder / "karyoview"
    with Case.open(folder, read_only=True) as case:
        _check_migrated(case)
    assert {name: (store / name).read_bytes() for name in old} == old
    with Case.open(folder) as case:
        _check_migrated(case)
        assert "came from an earlier version" in " ".join(case.notices)
        _add_box(case)
    kept = store / "before-schema-2"
    assert (kept / "case.json").read_bytes() == old["case.json"]
    assert (kept / "cell0.png.json").read_bytes() == old["annotations/cell0.png.json"]
    with Case.open(folder) as case:
        assert case.notices == ()
        assert len(case.annotation("cell0.png").chromosomes) == 2
    assert verify_case(folder).ok


def test_a_migration_that_was_cut_short_goes_on(tmp_path: Path) -> None:
    folder = tmp_path / "case"
    old = _old_case(folder)
    with Case.open(folder):
        pass
    # As if the program had ended before case.json, the last file, was replaced and recorded.
    store = folder / "karyoview"
    lines = (store / "audit.jsonl").read_bytes().splitlines(keepends=True)
    (store / "audit.jsonl").write_bytes(lines[0])
    (store / "audit.head").unlink()
    (store / "case.json").write_bytes(old["case.json"])
    with Case.open(folder) as case:
        _check_migrated(case)
    assert (store / "before-schema-2/case.json").read_bytes() == old["case.json"]
    assert verify_case(folder).ok


def test_a_schema_from_the_future_is_left_alone(tmp_path: Path) -> None:
    folder = _draw(tmp_path / "case")
    Case.open(folder).close()
    path = folder / "karyoview/case.json"
    text = path.read_text().replace('"schema": 2', '"schema": 3')
    path.write_text(text)
    with pytest.raises(CaseError, match="written by a newer KaryoView"):
        Case.open(folder)
    assert path.read_text() == text


def test_backup_and_restore_give_the_same_case(tmp_path: Path) -> None:
    folder = _draw(tmp_path / "case")
    with Case.open(folder) as case:
        _add_box(case)
        list(case.check_originals())
        case.save_proposals(Detections("cell0.png", (20, 20), (), Provenance("kv")))
        report = backup_case(folder, tmp_path / "case.zip")
        assert report.head == case.chain_head
    restored = restore_case(tmp_path / "case.zip", tmp_path / "again")
    assert restored.head == report.head
    for path in (p for p in folder.rglob("*") if p.is_file()):
        assert (tmp_path / "again" / path.relative_to(folder)).read_bytes() == path.read_bytes()
    with pytest.raises(BackupError, match="exists already"):
        backup_case(folder, tmp_path / "case.zip")
    with pytest.raises(BackupError, match="not empty"):
        restore_case(tmp_path / "case.zip", tmp_path / "again")
    small = backup_case(folder, tmp_path / "small.zip", originals=False)
    assert small.files < report.files
    restore_case(tmp_path / "small.zip", tmp_path / "small")
    assert not (tmp_path / "small/cell0.png").exists()
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.startswith(".kv")) == []


def _repack(source: Path, target: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    with zipfile.ZipFile(source) as bundle:
        files = {name: bundle.read(name) for name in bundle.namelist()}
    change(files)
    with zipfile.ZipFile(target, "w") as bundle:
        for name, data in files.items():
            bundle.writestr(name, data)


def _escape(files: dict[str, bytes]) -> None:
    manifest = json.loads(files["karyoview-backup.json"])
    manifest["files"]["../outside.png"] = manifest["files"].pop("cell0.png")
    files["../outside.png"] = files.pop("cell0.png")
    files["karyoview-backup.json"] = json.dumps(manifest).encode()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda files: files.update({"cell0.png": files["cell0.png"][:-1] + b"x"}), "is not what was backed up"),
        (lambda files: files.update({"cell0.png": files["cell0.png"] + b"x" * 10**6}), "is not what was backed up"),
        (lambda files: files.pop("karyoview/case.json"), "case.json is missing"),
        (lambda files: files.pop("karyoview-backup.json"), "no backup of KaryoView"),
        (lambda files: files.update({"karyoview-backup.json": b"{}"}), "no backup of KaryoView"),
        (_escape, "would leave the folder"),
    ],
)
def test_a_damaged_or_hostile_backup_is_refused_and_leaves_nothing(
    tmp_path: Path, change: Callable[[dict[str, bytes]], None], words: str
) -> None:
    folder = _draw(tmp_path / "case")
    Case.open(folder).close()
    backup_case(folder, tmp_path / "good.zip")
    _repack(tmp_path / "good.zip", tmp_path / "bad.zip", change)
    with pytest.raises(BackupError, match=words):
        restore_case(tmp_path / "bad.zip", tmp_path / "new" / "again")
    assert not (tmp_path / "new" / "again").exists()
    assert not (tmp_path / "new").exists() or list((tmp_path / "new").iterdir()) == []
    assert not (tmp_path / "outside.png").exists()


def test_what_is_no_zip_or_no_case_is_said(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(BackupError, match="no zip file or is damaged"):
        restore_case(tmp_path / "x.zip", tmp_path / "again")
    with pytest.raises(BackupError, match="cannot be reached"):
        restore_case(tmp_path / "absent.zip", tmp_path / "again")
    with pytest.raises(BackupError, match="no case of KaryoView"):
        backup_case(_draw(tmp_path / "plain"), tmp_path / "y.zip")


def test_a_restored_case_that_was_forged_does_not_verify(tmp_path: Path) -> None:
    folder = _draw(tmp_path / "case")
    with Case.open(folder) as case:
        _add_box(case)
    path = folder / "karyoview/annotations/cell0.png.json"
    path.write_text(path.read_text().replace("[5.0", "[6.0"))
    backup_case(folder, tmp_path / "case.zip")
    with pytest.raises(BackupError, match="does not verify"):
        restore_case(tmp_path / "case.zip", tmp_path / "again")


def test_times_of_the_usual_steps(tmp_path: Path) -> None:
    """Prints what a person waits for; asserts only that the work was done."""
    for suffix in (".png", ".tif"):
        folder = _draw(tmp_path / suffix[1:], 100, suffix)
        begun = time.perf_counter()
        with Case.open(folder) as case:
            first = time.perf_counter() - begun
            assert len(case.cells) == 100
        begun = time.perf_counter()
        with Case.open(folder) as case:
            again = time.perf_counter() - begun
            assert len(case.cells) == 100
        print(f"open 100 {suffix} images: first {first * 1e3:.0f} ms, again {again * 1e3:.0f} ms")
    by = Attribution("engine", "kv")
    cells = tuple(
        PredictedChromosome(f"c{i}", Box.rotated(i + 0.1, 9.3, 12.5, 44.4, 0.3), i % 24, by, by, 0.8,
                            probabilities=tuple(k / 300 for k in range(24)), mask="1" * 400)
        for i in range(46)
    )  # fmt: skip
    times = []
    with Case.open(tmp_path / "png") as case:
        annotation = case.annotation("cell0.png").next_revision(chromosomes=tuple(cells))
        case.save_annotation(annotation, "proposed")
        for i in range(100):
            moved = replace(annotation.chromosomes[i % 46], box=annotation.chromosomes[i % 46].box.moved(1.0, 0.5))
            annotation = annotation.next_revision(
                chromosomes=tuple(moved if c.id == moved.id else c for c in annotation.chromosomes)
            )
            begun = time.perf_counter()
            case.save_annotation(annotation, "move box", {"id": moved.id})
            times.append((time.perf_counter() - begun) * 1e3)
    times.sort()
    print(f"edit to saved, 46 boxes: median {times[50]:.1f} ms, p95 {times[95]:.1f} ms, worst {times[-1]:.1f} ms")
    size = (tmp_path / "png/karyoview/audit.jsonl").stat().st_size
    many = tmp_path / "png/karyoview"
    print(f"record of {len(times)} moves: {size / len(times) / 1e3:.1f} kB each")
    shutil.rmtree(many / "annotations")
    begun = time.perf_counter()
    with Case.open(tmp_path / "png") as case:
        assert case.annotation("cell0.png") == annotation
    print(f"annotation of 100 edits built anew from the record: {(time.perf_counter() - begun) * 1e3:.0f} ms")

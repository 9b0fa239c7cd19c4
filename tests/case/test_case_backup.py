"""Backups: the same case again, and nothing from a damaged or hostile one."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from place_samples import add_box, draw_cells

from karyoview.case.backup import BackupError, backup_case, restore_case
from karyoview.case.case import Case
from karyoview.core.detection import Detections, Provenance


def test_backup_and_restore_give_the_same_case(tmp_path: Path) -> None:
    folder = draw_cells(tmp_path / "case")
    with Case.open(folder) as case:
        add_box(case)
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
    folder = draw_cells(tmp_path / "case")
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
        backup_case(draw_cells(tmp_path / "plain"), tmp_path / "y.zip")


def test_a_restored_case_that_was_forged_does_not_verify(tmp_path: Path) -> None:
    folder = draw_cells(tmp_path / "case")
    with Case.open(folder) as case:
        add_box(case)
    path = folder / "karyoview/annotations/cell0.png.json"
    path.write_text(path.read_text().replace("[5.0", "[6.0"))
    backup_case(folder, tmp_path / "case.zip")
    with pytest.raises(BackupError, match="does not verify"):
        restore_case(tmp_path / "case.zip", tmp_path / "again")

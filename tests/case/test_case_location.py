"""Where a case's files go when its folder cannot be written."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from place_samples import add_box, draw_cells

from karyoview.case.case import Case
from karyoview.case.verify import verify_case
from karyoview.core.detection import Detections, Provenance
from karyoview.io.atomic import remove_leftovers


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
    folder = draw_cells(tmp_path / "case")
    make_read_only(folder)
    with Case.open(folder, user="anna") as case:
        assert not case.read_only
        assert case.store.parent == workspace / "cases"
        assert f"{folder} cannot be written, so this case is kept in {case.store}" in case.notices[0]
        add_box(case)
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
    folder = draw_cells(tmp_path / "case")
    with Case.open(folder) as case:
        add_box(case)
        number = case.settings.id
    before = (folder / "karyoview/audit.jsonl").read_bytes()
    make_read_only(folder)
    with Case.open(folder) as case:
        assert case.settings.id == number
        add_box(case)
        assert len(case.annotation("cell0.png").chromosomes) == 2
    assert (folder / "karyoview/audit.jsonl").read_bytes() == before
    assert verify_case(folder).ok


def test_two_folders_of_one_name_do_not_share_a_store(tmp_path: Path, make_read_only: Callable[[Path], None]) -> None:
    stores = []
    for parent in ("x", "y"):
        folder = draw_cells(tmp_path / parent / "case")
        make_read_only(folder)
        with Case.open(folder) as case:
            stores.append(case.store)
    assert stores[0] != stores[1]


def test_a_program_that_tidies_at_the_same_moment_stops_no_opening(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = draw_cells(tmp_path / "case")
    close, tidied = os.close, 0

    def close_and_tidy(handle: int) -> None:
        nonlocal tidied
        close(handle)
        if (folder / "karyoview").is_dir():
            tidied += remove_leftovers(folder / "karyoview")

    monkeypatch.setattr(os, "close", close_and_tidy)
    with Case.open(folder) as case:
        assert not case.read_only
    assert tidied


def test_the_name_of_a_new_store_is_flushed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = draw_cells(tmp_path / "case")
    flushed, fsync = set(), os.fsync

    def noting(handle: int) -> None:
        flushed.add(os.fstat(handle).st_ino)
        fsync(handle)

    monkeypatch.setattr(os, "fsync", noting)
    Case.open(folder).close()
    assert {folder.stat().st_ino, (folder / "karyoview").stat().st_ino} <= flushed

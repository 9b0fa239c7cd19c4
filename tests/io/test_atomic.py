"""Files that are written whole or not at all, what a killed writer leaves, and the sentences for a disk that fails."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from karyoview.io import atomic
from karyoview.io.atomic import explain, remove_leftovers, write_atomic


def test_a_file_is_replaced_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    for data in (b"old", b"", b"new"):
        write_atomic(path, data)
        assert path.read_bytes() == data
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_step_that_fails_keeps_the_old_file(step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.json"
    write_atomic(path, b"old")

    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(atomic.os, step, fail)
    with pytest.raises(OSError, match="no space"):
        write_atomic(path, b"new")
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {"a.json": b"old"}


def test_only_leftovers_old_enough_are_removed(tmp_path: Path) -> None:
    for name, age in ((".kv-1.tmp", 5000.0), (".kv-2.tmp", 10.0), ("kv.tmp", 5000.0)):
        (tmp_path / name).write_bytes(b"half")
        stamp = (tmp_path / name).stat().st_mtime - age
        os.utime(tmp_path / name, (stamp, stamp))
    assert remove_leftovers(tmp_path, older_than_s=3600.0) == 1
    assert remove_leftovers(tmp_path) == 1
    assert [p.name for p in tmp_path.iterdir()] == ["kv.tmp"]
    assert remove_leftovers(tmp_path / "gone") == 0


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.ENOSPC, "is full; free some space"), (errno.EIO, "cannot be reached; reconnect"),
     (errno.EROFS, "no permission to write"), (errno.ENAMETOOLONG, "too long for the disk"),
     (errno.EMFILE, "could not be written")],
)  # fmt: skip
def test_an_error_of_the_disk_says_what_to_do(number: int, words: str) -> None:
    assert words in explain(OSError(number, os.strerror(number)), Path("/mnt/case/a.json"))

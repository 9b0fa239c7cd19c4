"""Folders and files that somebody may not read or write, tried as somebody who may not: the superuser may do all."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from place_samples import add_box, draw_cells

from karyoview.case.case import Case
from karyoview.case.verify import verify_case

pytestmark = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only the superuser can become somebody else"
)
# Everything is imported before the rights are given away: the interpreter may lie where nobody may read.
AS_NOBODY = """
import os, sys
from pathlib import Path
import encodings.utf_8_sig, encodings.idna, zipfile, zlib
import karyoview.io.images, karyoview.io.annotation_json, karyoview.core.annotation
from karyoview.case.backup import backup_case
from karyoview.case.case import Case
from karyoview.core.errors import KaryoViewError
folder, workspace, what = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
os.environ["KARYOVIEW_WORKSPACE"] = str(workspace)
os.setgroups([]); os.setgid(65534); os.setuid(65534)
try:
    if what == "backup":
        backup_case(folder, folder.parent / "b.zip")
    else:
        with Case.open(folder, user="nobody", read_only=what == "read") as case:
            print(len(case.annotation("cell0.png").chromosomes), case.read_only, *case.notices, sep="|")
except KaryoViewError as error:
    print("refused:", error)
"""


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that everybody may enter, which the ones of pytest are not."""
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o755)
        (Path(made) / "workspace").mkdir()
        (Path(made) / "workspace").chmod(0o777)
        folder = draw_cells(Path(made) / "case")
        with Case.open(folder, user="chief") as case:
            add_box(case)
        yield folder


def as_nobody(folder: Path, what: str = "open") -> str:
    command = [sys.executable, "-c", AS_NOBODY, str(folder), str(folder.with_name("workspace")), what]
    done = subprocess.run(command, capture_output=True, text=True, timeout=250, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 1
    return done.stdout


def test_a_folder_that_may_only_be_read_goes_on_in_the_workspace(place: Path) -> None:
    sentences = as_nobody(place)
    assert sentences.startswith("1|False|")
    assert "cannot be written, so this case is kept in" in sentences
    assert verify_case(place).problems == []


@pytest.mark.parametrize("path", [".", "karyoview", "karyoview/case.json", "karyoview/audit.jsonl"])
@pytest.mark.parametrize("what", ["open", "read"])
def test_what_may_not_be_read_is_one_sentence(place: Path, path: str, what: str) -> None:
    (place / path).chmod(0)
    sentences = as_nobody(place, what)
    assert sentences.startswith("refused: ")
    assert "Errno" not in sentences
    (place / path).chmod(0o755)
    assert verify_case(place).problems == []


def test_a_backup_where_nothing_may_be_written_is_one_sentence(place: Path) -> None:
    assert as_nobody(place, "backup").startswith("refused: ")
    assert not (place.parent / "b.zip").exists()

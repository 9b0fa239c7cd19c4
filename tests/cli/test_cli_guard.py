"""Every command with a disk that is full, no permission, a folder for a file and a file for a folder: one sentence."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest

import karyoview.cli as cli
from karyoview.case.case import Case
from karyoview.cli import COMMANDS, run

pytestmark = pytest.mark.skipif(os.name != "posix", reason="limits and modes are POSIX")

# Arguments with {case}, {out} (below a file, where nothing can be made) and {odd} (of every wrong kind in turn).
CALLS = {
    "demo": [], "detect": ["{odd}", "--engine", "karyoview", "--output", "{out}"], "rank": ["{odd}"],
    "dataset": ["{odd}", "--output", "{out}"],
    "train": ["{odd}"], "weights": ["compare", "{odd}", "--data", "{odd}"],
    "evaluate": ["{odd}", "--truth", "{odd}"], "synthesize": ["-o", "{out}", "--cells", "1"],
    "convert": ["{odd}", "{out}", "--to", "coco"], "import-karyogram": ["{case}", "{odd}"],
    "import-archive": ["{odd}", "--output", "{out}"], "teach": ["{odd}"], "project": ["{odd}", "{out}"],
    "export": ["{case}", "-o", "{out}", "--format", "coco"], "masks": ["{odd}"], "report": ["{case}", "-o", "{out}"],
    "iscn": ["46,XX"], "index": ["--url", "sqlite:///{out}"], "verify": ["{odd}"], "backup": ["{case}", "{out}"],
    "join": ["{odd}"], "review": ["{odd}", "a.png"],
    "users": ["list", "--url", "sqlite:///{out}"], "validate": ["{odd}"], "engines": [],
    "doctor": [], "selftest": [],
}  # fmt: skip
SLOW = ("demo", "selftest", "train", "doctor")
"""Commands that compute for minutes before they write."""
HEAVY = ("detect", "rank", "dataset", "weights", "evaluate", "masks", "validate", "engines", "import-karyogram")
"""Commands that load engines first."""
QUICK = [c if c not in HEAVY else pytest.param(c, marks=pytest.mark.long) for c in CALLS if c not in SLOW]


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KARYOVIEW_WORKSPACE", str(tmp_path / "workspace"))
    folder = tmp_path / "case"
    folder.mkdir()
    cv2.imwrite(str(folder / "a.png"), np.eye(40, dtype=np.uint8) * 200)
    Case.open(folder).close()
    return folder


def test_no_command_was_forgotten() -> None:
    assert set(CALLS) == set(COMMANDS)


@pytest.mark.parametrize("odd", ["a file", "a folder", "a pipe", "nothing"])
@pytest.mark.parametrize("command", QUICK)
def test_every_command_ends_with_a_sentence(
    case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, odd: str
) -> None:
    place = tmp_path / "odd.png"
    if odd == "a file":
        place.write_bytes(b"what?")
    elif odd == "a folder":
        place.mkdir()
    elif odd == "a pipe":
        os.mkfifo(place)
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a folder was meant")
    words = [w.format(case=case, odd=place, out=blocked / "out.pdf") for w in CALLS[command]]
    status = run([command, *words])
    output = capsys.readouterr().err
    assert status in (0, 1, 2)
    assert "Traceback" not in output
    assert "this did not work" not in output, output


FULL = """
import resource, sys
from karyoview.cli import run
import karyoview.report.pdf, karyoview.report.export, karyoview.services.signing
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, resource.RLIM_INFINITY))
sys.exit(run(sys.argv[1:]))
"""


@pytest.mark.parametrize("words", [
    ["report", "{case}", "-o", "{out}.pdf"], ["report", "{case}", "--proficiency", "{out}"],
    ["backup", "{case}", "{out}.zip"], ["synthesize", "--output", "{out}", "--cells", "1"],
    ["users", "list", "--url", "sqlite:///{out}.db"],
], ids=lambda w: w[0] + w[2][:3])  # fmt: skip
def test_a_full_disk_is_said(case: Path, tmp_path: Path, words: list[str]) -> None:
    words = [w.format(case=case, out=tmp_path / "new") for w in words]
    command = [sys.executable, "-c", FULL, *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "this did not work" not in done.stderr, done.stderr


@pytest.mark.parametrize("error", [
    OSError(28, "No space left on device", "/x/y"), RecursionError("deep"), zlib.error("bad"), MemoryError(),
    zipfile.BadZipFile("bad"), ValueError("what?"), UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad"),
], ids=lambda e: type(e).__name__)  # fmt: skip
def test_what_no_command_expected_is_one_line_and_logged(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: Exception
) -> None:
    def broken() -> None:
        raise error

    monkeypatch.setattr(cli, "application", lambda: lambda **_: broken())
    assert run(["iscn", "46,XX"]) == 1
    output = capsys.readouterr().err
    assert output.startswith("karyoview: ")
    assert output.count("\n") == 1

"""What the frozen build leaves out is not needed: the work is done here with all of it refused."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
SCRIPT = """
import os, pathlib, sys
sys.path.insert(0, {packaging!r})
from contents import NEVER_IMPORTED

import importlib.machinery
usual = importlib.machinery.PathFinder.find_spec

def find_spec(name, path=None, target=None):
    left_out = f"{{name}}.".startswith(tuple(f"{{n}}." for n in NEVER_IMPORTED))
    return None if left_out else usual(name, path, target)

importlib.machinery.PathFinder.find_spec = find_spec
folder = pathlib.Path({folder!r})
os.environ["KARYOVIEW_WORKSPACE"] = str(folder / "workspace")
import importlib
from contents import STAGE, _below, _trainer
for name in _below(STAGE / "karyoview", "karyoview") + _below(_trainer(), "karyotrain"):
    if not name.endswith("__main__"):
        importlib.import_module(name)
from karyoview.services.selftest import RECIPE, labelled_cases
from karyotrain.__main__ import main
cases = [text for case in labelled_cases(folder) for text in ("--case", str(case))]
words = ["--preset", "tiny", "--steps", "1", "--images", "1", "--eval-images", "1", "--device", "cpu"]
assert main(["--recipe", RECIPE, *words, "--output", str(folder / "run"), *cases]) == 0
import hl7apy.core, openpyxl, pg8000.dbapi, pydicom
hl7apy.core.Message("ORU_R01", version="2.5.1")
print("done")
"""


@pytest.mark.long
def test_everything_is_imported_and_trained_without_what_is_left_out(tmp_path: Path) -> None:
    code = SCRIPT.format(packaging=str(REPOSITORY / "packaging"), folder=str(tmp_path))
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(REPOSITORY / "training")}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=280, check=False, env=environment
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.endswith("done\n")

"""The light installation: everything but training, in processes that cannot import PyTorch."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from karyoview._resources import resource
from karyoview.detectors.engines import ENGINES

BLOCK = "import sys\nfor name in ('torch', 'torchvision'):\n    sys.modules[name] = None\n"
"""What keeps a process, and those that it starts, from PyTorch: its import fails, it counts as not installed."""

pytest.importorskip("onnxruntime", reason="ONNX Runtime is not installed; pip install karyoview")


@pytest.fixture
def light(tmp_path: Path) -> dict[str, str]:
    """The environment of a user of the light installation, with folders of their own."""
    (tmp_path / "blocked").mkdir()
    (tmp_path / "blocked" / "sitecustomize.py").write_text(BLOCK, encoding="utf-8")
    paths = [str(tmp_path / "blocked"), *filter(None, [os.environ.get("PYTHONPATH", "")])]
    homes = {f"XDG_{kind}_HOME": str(tmp_path / kind.lower()) for kind in ("CACHE", "CONFIG", "DATA", "STATE")}
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "QT_QPA_PLATFORM": "offscreen", **homes}


def karyoview(light: dict[str, str], *arguments: str, timeout: float = 240.0) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "karyoview", *arguments], capture_output=True, text=True, timeout=timeout, check=False,
        env=light, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def test_an_engine_proposes(light: dict[str, str], tmp_path: Path) -> None:
    shutil.copy(resource("sample", "46XX", "cell-001.webp"), tmp_path)
    out = tmp_path / "found.json"
    done = karyoview(light, "detect", str(tmp_path), "--engine", "deepace-v2", "--output", str(out))
    assert done.returncode == 0, done.stderr
    assert len(json.loads(out.read_text(encoding="utf-8"))["annotations"]) > 20


@pytest.mark.parametrize(
    "arguments", [("train", "--list"), ("weights", "export", "deepace", "--graphs")], ids=["train", "export"]
)
def test_what_needs_torch_says_in_one_sentence_how_to_have_it(
    light: dict[str, str], arguments: tuple[str, ...]
) -> None:
    done = karyoview(light, *arguments)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "pip install 'karyoview[full]'" in done.stderr


def test_the_doctor_names_what_computes(light: dict[str, str]) -> None:
    done = karyoview(light, "doctor")
    assert "ONNX Runtime (no PyTorch, so nothing can be trained)" in done.stdout


def test_all_engines_that_come_with_it_have_graphs() -> None:
    assert [kind for kind, spec in ENGINES.items() if not spec.graph_factory] == []


@pytest.mark.long
@pytest.mark.timeout(3000)
def test_the_whole_day(light: dict[str, str], tmp_path: Path) -> None:
    done = karyoview(light, "selftest", str(tmp_path / "kept"), "--patience", "1200", timeout=2900)
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    record = json.loads((tmp_path / "kept" / "selftest-1" / "selftest.json").read_text(encoding="utf-8"))
    assert record["ok"]
    titles = " ".join(step["title"] for step in record["steps"])
    for word in ("opens", "finds", "saved", "reviewed", "report", "Training says what it needs", "closes", "whole"):
        assert word in titles

"""Every stage of the default engine by one command: in order, once each, and to an engine in the end."""

from __future__ import annotations

import importlib
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest
from karyotrain.engines import pipeline
from karyotrain.engines.pipeline import DONE, Stage, StageBudget, run, stages
from karyotrain.trainer.command import run_parser

from karyoview.detectors.registry import load_engine


def test_the_stages_know_every_option_that_is_given(tmp_path: Path) -> None:
    budget = StageBudget(limit=3, val_limit=2)
    found = list(stages(tmp_path, tmp_path, (tmp_path, tmp_path), "cpu", "two cores", budget))
    assert [s.name for s in found] == [
        "finder", "regions", "crops-train", "crops-calibration", "crops-1", "crops-2", "namer", "neighbours", "alone",
        "context", "engine",
    ]  # fmt: skip
    for stage in found:
        module = importlib.import_module(stage.command[2])
        shared = run_parser, getattr(module, "add_cell_arguments", run_parser)
        source = "".join(map(inspect.getsource, (module.main, *shared)))
        known = re.findall(r'"(--[a-z-]+)"', source)
        given = {w for w in stage.command if w.startswith("--")}
        assert given
        assert given <= set(known), stage.name


def _noting(folder: Path, name: str, status: int = 0) -> Stage:
    code = f"open(r'{folder / 'ran'}', 'a').write('{name} '); raise SystemExit({status})"
    return Stage(name, (sys.executable, "-c", code))


def test_what_is_done_is_not_done_again_and_a_failure_ends_it(tmp_path: Path) -> None:
    failing = [_noting(tmp_path, "a"), _noting(tmp_path, "b", 3), _noting(tmp_path, "c")]
    with pytest.raises(subprocess.CalledProcessError):
        run(failing, tmp_path)
    assert (tmp_path / DONE).read_text().split() == ["a"]
    assert run([_noting(tmp_path, name) for name in "abc"], tmp_path) == ["b", "c"]
    assert (tmp_path / "ran").read_text().split() == ["a", "b", "b", "c"]


def test_a_dry_run_prints_the_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pipeline.main(["--data", "cells", "--output", str(tmp_path / "run"), "--dry", "--finder-steps", "12"])
    lines = capsys.readouterr().out.splitlines()
    assert "--steps 12" in lines[0]
    assert "karyotrain.engines.assembly" in lines[-1]
    assert not (tmp_path / "run").exists()


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_a_whole_run_makes_an_engine(drawn_set: Path, tmp_path: Path) -> None:
    budget = StageBudget(
        finder_steps=2,
        crowded=0.0,
        namer_steps=2,
        neighbours=(2, 1),
        context=(2, 1),
        third=1,
        fit_limit=1,
        limit=2,
        val_limit=1,
    )
    found = list(stages(drawn_set, tmp_path, (), "cpu", "a test", budget))
    assert run(found, tmp_path) == [s.name for s in found]
    engine = load_engine("karyoview", device="cpu", weights=tmp_path / "weights" / "karyoview.safetensors", settings={})
    assert engine.info.rotated
    assert run(found, tmp_path) == []

"""What a few corrected cells bring elsewhere: which cells teach and which are judged, and what the table says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from karyotrain.data.dataset import CellSet
from karyotrain.studies import new_laboratory
from karyotrain.studies.new_laboratory import TAUGHT, as_line, drawn, measure, row_of


def _report(corrections: list[int]) -> dict[str, Any]:
    rows = [{"image": f"{i}", "corrections": c} for i, c in enumerate(corrections)]
    return {"images": len(rows), "corrections_per_cell": float(np.mean(corrections)), "per_image": rows}


def test_no_drawn_cell_both_teaches_and_is_judged() -> None:
    teach, judged = drawn(2, Path("."))
    assert (len(teach), len(judged)) == (TAUGHT, 2)
    pictures = {s.pixels.tobytes() for s in teach} | {s.pixels.tobytes() for s in judged}
    assert len(pictures) == TAUGHT + 2


def test_the_row_says_what_was_gained_there_and_lost_at_home() -> None:
    row = row_of(5, _report([10, 12, 14]), _report([4, 6, 8]), _report([2, 2]), _report([2, 3]))
    assert row["difference"] == {"mean": -6.0, "low": -6.0, "high": -6.0}
    assert row["home"]["difference"]["mean"] == 0.5
    line = as_line("there", row)
    assert line.startswith("| there | 5 | 3 | 12.00 | 6.00 | +6.00 [+6.00, +6.00] | +0.50 [")


def test_a_single_cell_has_no_interval() -> None:
    row = row_of(1, _report([10]), _report([4]), _report([2, 2]), _report([2, 2]))
    assert "| +6.00 |" in as_line("field", row)


def test_what_is_done_is_not_measured_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def judged(weights: Path, cells: CellSet, device: str) -> dict[str, Any]:
        asked.append(weights.name)
        return _report([3, 5])

    cells = CellSet((), "none")
    monkeypatch.setattr(new_laboratory, "judge", judged)
    monkeypatch.setattr(new_laboratory, "load", lambda *_: cells)
    monkeypatch.setitem(new_laboratory.TRIALS, "trial", new_laboratory.Trial(lambda data: (cells, cells)))
    weights = tmp_path / "engine.safetensors"
    folder = tmp_path / "out" / str(list(new_laboratory.TRIALS).index("trial"))
    tuned = folder / "run" / "weights" / weights.name
    tuned.parent.mkdir(parents=True)
    tuned.write_bytes(b"tuned")

    rows = measure(weights, tmp_path, tmp_path / "out", ["trial"], 2, None, "cpu")
    assert rows["trial"]["after"] == 4.0
    assert len(asked) == 4
    assert json.loads((folder / "after.json").read_text())["images"] == 2
    measure(weights, tmp_path, tmp_path / "out", ["trial"], 2, None, "cpu")
    assert len(asked) == 4

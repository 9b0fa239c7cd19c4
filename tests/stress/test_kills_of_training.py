"""A training run that is killed, again and again: its checkpoint is whole, and it goes on to whole weights."""

from __future__ import annotations

import random
from pathlib import Path

from karyotrain.trainer.checkpoint import read_network, read_state
from karyotrain.trainer.progress import read_progress
from safetensors import safe_open
from stress_parts import Counts, Note, Workers, rounds

WORK = "killed_training"
STEPS = 8
"""As killed_training has it, which is not imported here: the tests of training have a conftest of the same name."""


def test_killed_while_training(workers: Workers, tmp_path: Path, dice: random.Random, counts: Counts) -> None:
    data, note = tmp_path / "set", Note(tmp_path / "done")
    workers.begin("cells", data, note=note)
    workers.kill(after=0.0, at_work=True)
    note.path.unlink()
    wanted, kills, steps, runs, last = rounds(500), 0, 0, 1, 0
    while kills < wanted:
        run = tmp_path / f"run{runs}"
        workers.begin("training", data, run, note=note)
        # Most are killed after the next checkpoint, however long a step takes here; the others while they begin.
        saved = run / "last.safetensors"
        before = saved.stat().st_mtime_ns if saved.exists() else 0
        if last == STEPS and dice.random() < 0.3:
            workers.wait(lambda: False)  # it is let come to its end; where a step is slow none would
        elif dice.random() < 0.7:
            workers.wait(lambda saved=saved, before=before: saved.exists() and saved.stat().st_mtime_ns != before)
        if workers.kill(after=dice.uniform(0.0, 0.5)):
            kills += 1
            written = [e["step"] for e in read_progress(run) if e["event"] == "checkpoint"]
            there = read_state(saved)["step"] if saved.exists() else 0
            assert there >= max([last, *written]), f"kill {kills}: step {last} was kept, step {there} is there"
            if saved.exists():
                assert read_network(saved)
            steps, last = steps + there - last, there
            seen = f"{runs} runs, {steps} steps kept by checkpoints, all whole"
            counts.say("killed while training", kills, wanted, seen)
            assert not list(run.rglob("weights/*.safetensors")) or readable(run)
            continue
        assert readable(run), "a run that came to its end has its weights"
        runs, last = runs + 1, 0


def readable(run: Path) -> bool:
    """Whether every file of weights of a run can be read."""
    found = list((run / "weights").glob("*.safetensors"))
    for path in found:
        with safe_open(str(path), "pt") as stored:
            assert list(stored.keys())
    return bool(found)

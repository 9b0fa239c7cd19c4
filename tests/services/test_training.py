"""Training as a process: watched by its folder, steered, ended by sentences, found again after a restart."""

from __future__ import annotations

import json
import shutil
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from karyoview.detectors.weights import save_weights
from karyoview.services import training
from karyoview.services.training import RunStatus, TrainingPlan, TrainingRun, TrainingServiceError, list_runs

TRAINER = """
import json, pathlib, sys, time
words = sys.argv[1:]
folder = pathlib.Path(words[words.index("--output" if "--output" in words else "--resume") + 1])
(folder / "argv.json").write_text(json.dumps(words))
def tell(event, **values):
    with (folder / "progress.jsonl").open("a") as file:
        print(json.dumps({"event": event, "time": time.time(), **values}), file=file, flush=True)
def wish():
    path = folder / "control"
    return path.read_text() if path.exists() else "run"
def step(number):
    tell("step", step=number, total=9, loss=1 / number, losses={"loss_a": 1 / number}, seconds_left=9 - number)
"""


@pytest.fixture
def trainer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Replaces the program by a script that speaks as the trainer does, with the given body."""
    monkeypatch.setenv("KARYOVIEW_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.setenv("KARYOVIEW_WEIGHTS", str(tmp_path / "weights"))
    card = {"engine": "deepace-v2", "classes": ["chromosome"], "rotated": False, "operating_threshold": 0.5}
    save_weights(tmp_path / "weights" / "deepace-v2.safetensors", {"a": torch.ones(2, 2)}, card)

    def replace_by(body: str) -> None:
        script = tmp_path / "trainer.py"
        script.write_text(TRAINER + textwrap.dedent(body))
        monkeypatch.setattr(training, "program", lambda: [sys.executable, str(script)])

    return replace_by


def begin(**changes: object) -> TrainingRun:
    return TrainingRun.start(TrainingPlan(("/cases/a b", "/cases/c"), "deepace-v2", **changes))  # type: ignore[arg-type]


def until(run: TrainingRun, state: str) -> RunStatus:
    end = time.monotonic() + 120
    while (now := run.status()).state != state:
        assert time.monotonic() < end, f"{now.state}: {now.sentence}"
        time.sleep(0.02)
    return now


def test_a_run_is_watched_paused_found_by_another_window_and_ends(trainer: Callable[[str], None]) -> None:
    trainer("""
        tell("start", total=9)
        step(1)
        tell("evaluation", step=1, images=3, corrections_per_cell=4.5)
        while wish() != "pause": time.sleep(0.01)
        tell("paused", step=1)
        while wish() == "pause": time.sleep(0.01)
        tell("resumed", step=1)
        step(2)
        tell("done", step=2, weights="/x/deepace-v2.safetensors")
    """)
    run = begin(minutes=3.0)
    now = until(run, "running")
    run.pause()
    now = until(run, "paused")
    assert (now.step, now.total, now.resumable) == (1, 9, False)
    assert now.figures == {"corrections_per_cell": [(1, 4.5)]}
    (other,) = list_runs()
    assert (other.folder, other.plan, other.status().state) == (run.folder, run.plan, "paused")
    with pytest.raises(TrainingServiceError, match="still under way"):
        other.resume()
    other.go_on()
    done = run.wait(30)
    assert (done.state, done.weights) == ("done", Path("/x/deepace-v2.safetensors"))
    assert done.losses == {"all": [(1, 1.0), (2, 0.5)], "loss_a": [(1, 1.0), (2, 0.5)]}
    words = json.loads((run.folder / "argv.json").read_text())
    assert words[words.index("--case") + 1] == "/cases/a b"
    assert words[words.index("--minutes") + 1] == "3.0"
    assert words[words.index("--fine-tune") + 1].endswith("deepace-v2.safetensors")


def test_a_killed_run_goes_on_from_its_checkpoint(trainer: Callable[[str], None]) -> None:
    trainer("""
        if "--resume" in words:
            tell("start", total=9)
            tell("done", step=9, weights="w")
        else:
            (folder / "run.json").write_text("{}")
            (folder / "last.safetensors").write_text("")
            tell("start", total=9)
            step(1)
            time.sleep(60)
    """)
    run = begin()
    until(run, "running")
    assert run._process is not None
    run._process.kill()
    ended = run.wait(30)
    assert ended.state == "failed"
    assert ended.sentence == (
        "The system ended the training, as a rule because memory ran out; train on fewer cells. "
        "The last checkpoint is kept; the run can go on."
    )
    (later,) = list_runs()  # the program was started again: nobody knows how the process ended
    assert later.status().state == "interrupted"
    assert later.status().resumable
    later.resume()
    assert later.wait(30).state == "done"
    assert json.loads((run.folder / "argv.json").read_text())[:2] == ["train", "--resume"]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (
            'tell("start", total=9); tell("error", message="Too little memory."); sys.exit(1)',
            "Too little",
        ),
        ("raise OSError(28, 'No space left on device')", "The disk is full; make room and go on."),
        ("raise MemoryError", "There is not enough memory"),
        ('print("karyotrain: None of the 2 cases has a cell to train on.", file=sys.stderr); sys.exit(1)', "None of"),
        ("sys.exit(5)", "ended with the status 5"),
    ],
)
def test_every_end_has_its_sentence(trainer: Callable[[str], None], body: str, sentence: str) -> None:
    trainer(body)
    ended = begin().wait(30)
    assert ended.state == "failed"
    assert sentence in ended.sentence
    assert not ended.sentence.startswith("karyotrain")


def test_cancelling_works_before_and_after_the_start(trainer: Callable[[str], None]) -> None:
    trainer("time.sleep(60)")
    run = begin()
    run.cancel()
    assert run.wait(30).state == "cancelled"
    trainer("""
        tell("start", total=9)
        while wish() != "cancel": time.sleep(0.01)
        tell("cancelled", step=0, total=9)
        sys.exit(3)
    """)
    run.resume()
    until(run, "running")
    run.cancel()
    ended = run.wait(30)
    assert (ended.state, ended.resumable) == ("cancelled", True)


def test_what_cannot_be_started_says_why(trainer: Callable[[str], None], monkeypatch: pytest.MonkeyPatch) -> None:
    trainer("")
    with pytest.raises(TrainingServiceError, match="Choose at least one case"):
        TrainingRun.start(TrainingPlan((), "deepace-v2"))
    with pytest.raises(TrainingServiceError, match="nothing has no weights on this machine"):
        TrainingRun.start(TrainingPlan(("a",), "nothing"))
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda p: usage._replace(free=10 << 20))
    with pytest.raises(TrainingServiceError, match="10 MB are free; make room"):
        begin()
    assert list_runs() == []


def test_the_frozen_program_starts_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    assert training.program() == [sys.executable, "-m", "karyoview"]
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert training.program() == [sys.executable]

"""A whole run on drawn cells: it learns, stops, goes on exactly, hears its person, and becomes an engine."""

from __future__ import annotations

import itertools
import json
import math
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from karyotrain.__main__ import main
from karyotrain.data.augment import PRESETS
from karyotrain.data.dataset import load
from karyotrain.data.loader import Micro, ahead, image_seed, micro_batch, odds_of, place
from karyotrain.engines.detection import read_run, train
from karyotrain.engines.export import split_file
from karyotrain.engines.networks import build
from karyotrain.engines.recipe import Recipe, find_recipe, with_budget
from karyotrain.engines.train_finder import FinderTask
from karyotrain.trainer import loop
from karyotrain.trainer.checkpoint import CheckpointError, load_checkpoint, load_start, read_state, save_checkpoint
from karyotrain.trainer.loop import Options, TrainingError, run_task
from karyotrain.trainer.progress import CONTROL, Control, Progress, read_progress
from karyotrain.trainer.schedule import ONE_CYCLE, Schedule
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save

from karyoview.core.image import MetaphaseImage
from karyoview.detectors.nets.finder import Finder
from karyoview.detectors.registry import ENGINES, load_engine

ROOT = Path(__file__).resolve().parents[3]
OPTIONS = Options(device="cpu", precision="fp32", threads=1, log_every=1, evaluations=0)


def tiny(engine: str = "deepace-v2", **changes: Any) -> Recipe:
    """A recipe for the drawn cells: the tiny preset from a random start."""
    base = Recipe(
        engine=engine, title="tiny", preset="tiny", init="random", batch=2, micro=1, steps=4, lr=0.01,
        schedule=Schedule("constant", 0), eval_images=2, augmentation="none",
    )  # fmt: skip
    return base.replace(**changes)


def last_model(folder: Path) -> dict[str, torch.Tensor]:
    with safe_open(str(folder / "last.safetensors"), "pt") as stored:
        return {k: stored.get_tensor(k) for k in stored.keys() if not k.startswith("random.")}  # noqa: SIM118


@pytest.mark.parametrize("engine", sorted(kind for kind, spec in ENGINES.items() if spec.build))
def test_each_engine_learns_and_becomes_an_engine(engine: str, drawn_set: Path, tmp_path: Path) -> None:
    adam = engine == "deepchm"
    recipe = tiny(engine, steps=12, optimiser="adam" if adam else "sgd", lr=3e-3 if adam else 0.01, images=4)
    event = train(recipe, [drawn_set], tmp_path / "run", OPTIONS)
    lines = [e for e in read_progress(tmp_path / "run") if e["event"] == "step"]
    assert [e["step"] for e in lines] == list(range(1, 13))
    assert np.mean([e["loss"] for e in lines[-3:]]) < np.mean([e["loss"] for e in lines[:3]])
    assert lines[0]["seconds_left"] > 0
    card = json.loads((tmp_path / "run" / "weights" / f"{engine}.card.json").read_text())
    assert card["training"]["steps"] == 12
    assert card["data"]["images"] == 4
    assert card["metrics"]["images"] == 2
    loaded = load_engine(engine, device="cpu", weights=Path(event["weights"]), settings={"threshold": 0.0})
    cell = load(drawn_set, "fit")[0]
    (found,) = loaded.predict([MetaphaseImage(cell.pixels, cell.name)])
    assert loaded.info.rotated == ENGINES[engine].rotated
    assert found.size == cell.pixels.shape


def test_the_rate_follows_its_schedule() -> None:
    step = Schedule("step", warmup=10, milestones=(0.5, 0.75), gamma=0.1)
    assert step.factor(0, 100) == pytest.approx(0.001)
    assert step.factor(5, 100) == pytest.approx(0.5005)
    assert [step.factor(s, 100) for s in (10, 49, 50, 75)] == pytest.approx([1, 1, 0.1, 0.01])
    cosine = Schedule("cosine", warmup=0, gamma=0.0)
    assert [cosine.factor(s, 100) for s in (0, 50, 100)] == pytest.approx([1, 0.5, 0])
    assert Schedule("exponential", 0, gamma=0.96, every=518).factor(1036, 9999) == pytest.approx(0.96**2)
    epochs = Schedule("exponential", 0, gamma=0.96, every_epochs=2)
    assert epochs.over(100.0).factor(400, 9999) == pytest.approx(0.96**2)  # 400 steps are four passes
    assert epochs.over(0.2).every == 1
    assert Schedule("exponential", 0, gamma=0.96, every=518).over(100.0).every == 518  # as earlier runs have it
    assert Schedule("constant", 0).factor(7, 10) == 1.0
    assert step.factor(3, 10) == 1.0  # the warm-up never takes more than a fifth


def test_the_rises_of_one_cycle_and_of_equal_steps() -> None:
    assert [ONE_CYCLE.factor(s, 100) for s in (0, 9, 10, 100)] == pytest.approx([0.1, 1.0, 1.0, 0.01])
    assert [ONE_CYCLE.factor(s, 4) for s in (0, 4)] == pytest.approx([1.0, 0.01])
    finder = Schedule("cosine", warmup=200, gamma=0.02, longest_warmup=0.1, whole_steps=True)
    assert finder.factor(0, 100) == pytest.approx(0.1)
    assert finder.factor(50, 100) == pytest.approx(0.51)
    assert finder.factor(0, 5) == 1.0


def test_a_batch_depends_on_its_step_alone(drawn_set: Path) -> None:
    cells = load(drawn_set, "all")

    def make(step: int, part: int) -> Micro:
        return micro_batch(cells, PRESETS["strong"], 3, 4 * step + 2 * part, 2)

    def first(parts: range, start: int) -> list[Micro]:
        generator = ahead(make, parts, start=start, threads=2)
        try:
            return next(generator)
        finally:
            generator.close()

    both, second = first(range(2), 7), first(range(1, 2), 7)
    assert [m.seeds for m in both][1:] == [m.seeds for m in second]
    np.testing.assert_array_equal(both[1].samples[0].pixels, second[0].samples[0].pixels)
    assert len({image_seed(3, p) for p in range(500)}) == 500
    epoch = [place(12, p, (3,)) for p in range(24)]
    assert sorted(epoch[:12]) == sorted(epoch[12:]) == list(range(12))
    assert epoch[:12] != epoch[12:]


def test_crowded_cells_can_be_shown_oftener(drawn_set: Path, crowded_set: Path) -> None:
    cells = load(drawn_set, "all") + load(crowded_set, "all")
    assert odds_of(cells, 0.0) is None
    odds = odds_of(cells, 2.0)
    assert odds is not None
    assert odds.sum() == pytest.approx(1.0)
    assert odds[-1] > 3 * odds[0]
    places = [place(len(cells), p, (3,), odds) for p in range(400)]
    shown = np.bincount(places, minlength=len(cells)) / 400
    np.testing.assert_allclose(shown, odds, atol=0.08)
    assert places == [place(len(cells), p, (3,), odds) for p in range(400)]


def test_the_average_can_begin_in_the_last_part_of_a_run(drawn_set: Path, tmp_path: Path) -> None:
    recipe = tiny(steps=6, ema=0.5, ema_from=0.5, images=4)
    train(recipe.replace(steps=2), [drawn_set], tmp_path / "two", OPTIONS)
    assert read_state(tmp_path / "two" / "last.safetensors")["averaged"] == 1
    train(recipe, [drawn_set], tmp_path / "run", OPTIONS)
    state = read_state(tmp_path / "run" / "last.safetensors")
    assert state["averaged"] == 3
    saved = last_model(tmp_path / "run")
    name = next(k for k in saved if k.startswith("average.roi_heads") and k.endswith("weight"))
    assert not torch.equal(saved[name], saved[name.replace("average.", "model.")])
    train(recipe.replace(ema_from=1.0), [drawn_set], tmp_path / "never", OPTIONS)
    assert not any(k.startswith("average.") for k in last_model(tmp_path / "never"))


def test_a_killed_run_goes_on_exactly(drawn_set: Path, tmp_path: Path) -> None:
    """SIGKILL in the middle, then the same command: every tensor ends bit for bit as without the kill."""
    recipe = tiny(steps=8, ema=0.9, augmentation="strong", images=5)
    train(recipe, [drawn_set], tmp_path / "whole", OPTIONS)
    script = (
        "import sys; sys.path[:0] = [sys.argv[1], sys.argv[2]]\n"
        "from pathlib import Path\n"
        "from tests_recipe import recipe, options\n"
        "from karyotrain.engines.detection import train\n"
        "train(recipe, [Path(sys.argv[3])], Path(sys.argv[4]), options)\n"
    )
    (tmp_path / "tests_recipe.py").write_text(
        "from karyotrain.engines.recipe import Recipe\n"
        "from karyotrain.trainer.schedule import Schedule\nfrom karyotrain.trainer.loop import Options\n"
        f"recipe = {recipe!r}\noptions = {replace(OPTIONS, checkpoint_seconds=0.0)!r}\n".replace("mappingproxy", "dict")
    )
    arguments = [str(ROOT / "training"), str(tmp_path), str(drawn_set), str(tmp_path / "killed")]
    run = subprocess.Popen([sys.executable, "-c", script, *arguments], cwd=ROOT)
    try:
        while run.poll() is None:
            done = [e["step"] for e in read_progress(tmp_path / "killed") if e["event"] == "checkpoint"]
            if done and done[-1] >= 3:
                run.send_signal(signal.SIGKILL)
                break
            time.sleep(0.01)
    finally:
        run.kill()
        run.wait()
    assert run.returncode == -signal.SIGKILL
    stopped = read_state(tmp_path / "killed" / "last.safetensors")["step"]
    assert 3 <= stopped < 8
    train(recipe, [drawn_set], tmp_path / "killed", OPTIONS)
    resumed = [e for e in read_progress(tmp_path / "killed") if e["event"] == "start"][-1]
    assert resumed["step"] == stopped
    whole, killed = last_model(tmp_path / "whole"), last_model(tmp_path / "killed")
    assert whole.keys() == killed.keys()
    assert any(k.startswith("average.") for k in whole)
    assert any(k.startswith("moment.") for k in whole)
    for name, tensor in whole.items():
        assert torch.equal(tensor, killed[name]), name


@pytest.mark.long
def test_two_processes_compute_the_step_of_one(drawn_set: Path, tmp_path: Path) -> None:
    """torchrun with gloo, a micro-batch each, against one process with both: losses and weights to 1e-5."""
    recipe = tiny(steps=3, batch=2, micro=1, images=6, augmentation="strong")
    train(recipe, [drawn_set], tmp_path / "one", OPTIONS)
    (tmp_path / "run_shared.py").write_text(
        "import sys; sys.path.insert(0, sys.argv[1])\nfrom pathlib import Path\n"
        "from karyotrain.engines.recipe import Recipe\n"
        "from karyotrain.trainer.schedule import Schedule\nfrom karyotrain.trainer.loop import Options\n"
        "from karyotrain.engines.detection import train\n"
        f"train({recipe!r}, [Path(sys.argv[2])], Path(sys.argv[3]), {OPTIONS!r})\n".replace("mappingproxy", "dict")
    )
    command = [
        sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2",
        str(tmp_path / "run_shared.py"), str(ROOT / "training"), str(drawn_set), str(tmp_path / "two"),
    ]  # fmt: skip
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "OMP_NUM_THREADS": "1"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    starts = [e for e in read_progress(tmp_path / "two") if e["event"] == "start"]
    assert [e["processes"] for e in starts] == [2]
    alone, two = ([e for e in read_progress(tmp_path / n) if e["event"] == "step"] for n in ("one", "two"))
    for a, b in zip(alone, two, strict=True):
        assert a["losses"].keys() == b["losses"].keys()
        for name, value in a["losses"].items():
            assert b["losses"][name] == pytest.approx(value, abs=2e-5), name
    one, two = last_model(tmp_path / "one"), last_model(tmp_path / "two")
    for name, tensor in one.items():
        if name.startswith("model.") and tensor.is_floating_point():
            torch.testing.assert_close(tensor, two[name], atol=1e-5, rtol=1e-4, msg=name)


def test_a_loss_that_is_not_finite_stops_the_run_and_keeps_the_batch(drawn_set: Path, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"not finite on .*\.png.*lower the learning rate"):
        train(tiny(lr=1e25, clip_norm=None, steps=6), [drawn_set], tmp_path, OPTIONS)
    (saved,) = tmp_path.glob("nonfinite-*.safetensors")
    with safe_open(str(saved), "pt") as stored:
        names = json.loads(stored.metadata()["images"])
        losses = json.loads(stored.metadata()["losses"])
        assert stored.get_tensor("image.0").shape[0] == 1
        assert stored.get_tensor("boxes.0").shape[1] == 4
    assert names
    assert not all(math.isfinite(v) for v in losses.values())
    assert read_progress(tmp_path)[-1]["event"] == "error"


def test_pause_run_and_cancel_by_the_control_file(drawn_set: Path, tmp_path: Path) -> None:
    wishes = {"step": "pause", "paused": "run", "resumed": "cancel"}

    def person(event: dict) -> None:
        if request := wishes.pop(event["event"], None):
            (tmp_path / CONTROL).write_text(request)

    event = train(tiny(steps=9), [drawn_set], tmp_path, OPTIONS, listener=person)
    assert event == {"event": "cancelled", "step": 2, "total": 9}
    events = [e["event"] for e in read_progress(tmp_path)]
    shown = [e for e in events if e != "checkpoint"]
    assert shown == ["start", "step", "paused", "resumed", "step", "cancelled"]
    assert events[events.index("paused") - 1] == "checkpoint"
    assert events[-2:] == ["checkpoint", "cancelled"]
    assert read_state(tmp_path / "last.safetensors")["step"] == 2
    recipe, data, options = read_run(tmp_path)
    done = train(recipe, data, tmp_path, options)  # the old wish is not for the new run
    assert (done["event"], done["step"]) == ("done", 9)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process where others are signalled")
def test_a_signal_cancels_and_keeps_the_checkpoint(drawn_set: Path, tmp_path: Path) -> None:
    # a process of its own: a signal that the run does not take ends that one, not the one that runs the tests
    script = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[1])\n"
        "from karyotrain.trainer.loop import Options\n"
        "from karyotrain.engines.detection import train\nfrom karyotrain.engines.recipe import Recipe\n"
        "from karyotrain.trainer.schedule import Schedule\n"
        f"recipe = {tiny(steps=100_000)!r}\n"
        f"print(train(recipe, [Path(sys.argv[2])], Path(sys.argv[3]), {OPTIONS!r})['event'])"
    ).replace("mappingproxy", "dict")
    arguments = [str(ROOT / "training"), str(drawn_set), str(tmp_path)]
    run = subprocess.Popen([sys.executable, "-c", script, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        while run.poll() is None and not any(e["event"] == "step" for e in read_progress(tmp_path)):
            time.sleep(0.01)
        run.send_signal(signal.SIGTERM)
        output = run.communicate(timeout=120)[0]
    finally:
        run.kill()
        run.wait()
    assert run.returncode == 0
    assert output.split() == ["cancelled"]
    last = read_progress(tmp_path)[-1]
    assert last["event"] == "cancelled"
    assert read_state(tmp_path / "last.safetensors")["step"] == last["step"] >= 1


def test_a_time_limit_shortens_the_run_to_its_schedule(
    drawn_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # a clock that goes on by a tenth of a second whenever it is read: the same on any machine
    ticks = itertools.count()
    clock = SimpleNamespace(monotonic=lambda: next(ticks) / 10, time=time.time, sleep=time.sleep)
    monkeypatch.setattr("karyotrain.trainer.loop.time", clock)
    recipe = tiny(steps=100_000, schedule=Schedule("cosine", 0, gamma=0.0))
    event = train(recipe, [drawn_set], tmp_path, replace(OPTIONS, minutes=0.2))
    lines = read_progress(tmp_path)
    planned = next(e for e in lines if e["event"] == "planned")
    assert planned["total"] < 100_000
    assert event["event"] == "done"
    assert event["step"] <= planned["total"]
    assert (tmp_path / "weights" / "deepace-v2.safetensors").is_file()


def test_a_run_is_not_continued_as_another_one(drawn_set: Path, tmp_path: Path) -> None:
    train(tiny(steps=1), [drawn_set], tmp_path / "run", OPTIONS)
    with pytest.raises(TrainingError, match="another recipe \\(lr differ\\)"):
        train(tiny(steps=1, lr=0.5), [drawn_set], tmp_path / "run", OPTIONS)
    document = json.loads((drawn_set / "train.json").read_text())
    document["annotations"][0]["category_id"] = 9
    (tmp_path / "other.json").write_text(json.dumps(document))
    (tmp_path / "images").symlink_to(drawn_set / "images")
    with pytest.raises(TrainingError, match="a run on other cells"):
        train(tiny(steps=1), [tmp_path / "other.json"], tmp_path / "run", OPTIONS)
    (tmp_path / "run" / "last.safetensors").write_bytes(b"damaged")
    with pytest.raises(CheckpointError, match="cannot be read as a checkpoint"):
        train(tiny(steps=1), [drawn_set], tmp_path / "run", OPTIONS)
    with pytest.raises(TrainingError, match="no multiple of micro"):
        train(tiny(batch=3, micro=2), [drawn_set], tmp_path / "new", OPTIONS)


def test_a_run_that_the_version_before_stopped_goes_on(drawn_set: Path, tmp_path: Path) -> None:
    train(tiny(steps=3, ema=0.9), [drawn_set], tmp_path, replace(OPTIONS, checkpoint_seconds=0.0))
    path = tmp_path / "last.safetensors"
    state = read_state(path)
    recipe = state["recipe"]
    for new, old in (("cached_views", "kept_forms"), ("init", "start")):
        recipe[old] = recipe.pop(new)
    for name in ("ema_from", "crowded"):
        del recipe[name]
    for name in ("longest_warmup", "whole_steps", "one_cycle"):
        del recipe["schedule"][name]
    before = {k: v for k, v in state.items() if k not in ("averaged", "losses")} | {"step": 2, "seconds": 1.0}
    path.write_bytes(save(load_file(str(path)), metadata={"karyotrain": json.dumps(before)}))
    event = train(tiny(steps=3, ema=0.9), [drawn_set], tmp_path, OPTIONS)
    assert event["step"] == 3
    starts = [e["step"] for e in read_progress(tmp_path) if e["event"] == "start"]
    assert starts == [0, 2]


def test_a_stage_that_an_earlier_version_stopped_says_what_to_do(drawn_set: Path, tmp_path: Path) -> None:
    tensors = {f"model.{k}": v for k, v in Finder().state_dict().items()}
    (tmp_path / "last.safetensors").write_bytes(save(tensors))
    with pytest.raises(CheckpointError, match=r"of this version; begin from its weights in another folder \(--start"):
        run_task(lambda: FinderTask(drawn_set, 2), tmp_path, OPTIONS)
    (tmp_path / "last.safetensors").write_bytes(save(tensors, metadata={"karyotrain": '{"step": 4, "steps": 9}'}))
    with pytest.raises(TrainingError, match=r"earlier version's trainer and cannot go on; begin from its weights"):
        run_task(lambda: FinderTask(drawn_set, 2), tmp_path, OPTIONS)


def test_fine_tuning_starts_from_what_was_learned(drawn_set: Path, tmp_path: Path) -> None:
    first = train(tiny(steps=3), [drawn_set], tmp_path / "first", OPTIONS)
    run = tmp_path / "first"
    for start in (Path(first["weights"]), run / "small.safetensors", run / "last.safetensors"):
        network, _ = build(tiny(seed=5))
        taken = load_start(start, network.model)
        assert taken["taken"] == taken["of"]
        for name, tensor in load_file(str(tmp_path / "first" / "small.safetensors")).items():
            torch.testing.assert_close(network.model.state_dict()[name], tensor.to(torch.float32), atol=2e-3, rtol=2e-3)
    train(tiny(steps=1), [drawn_set], tmp_path / "second", replace(OPTIONS, start=Path(first["weights"])))
    event = read_progress(tmp_path / "second")[0]
    assert event["started"].startswith("from deepace-v2.safetensors")
    network, _ = build(tiny("deepacc"))
    some = load_start(tmp_path / "first" / "small.safetensors", network.model)
    assert 0 < some["taken"] < some["of"]  # the trunk, not the heads
    with pytest.raises(CheckpointError, match="cannot be read"):
        load_start(drawn_set / "train.json", network.model)


def test_a_full_disk_keeps_the_old_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = torch.nn.Linear(3, 2)
    optimiser = torch.optim.Adam(model.parameters(), lr=0.1)
    model(torch.ones(1, 3)).sum().backward()
    optimiser.step()
    save_checkpoint(tmp_path, model, optimiser, {"step": 1})
    before = {k: v.clone() for k, v in model.state_dict().items()}
    optimiser.step()

    def full(tensors: dict, path: str, metadata: dict) -> None:
        Path(path).write_bytes(b"half a")
        raise SafetensorError("Error while serializing: No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("karyotrain.trainer.checkpoint.save_file", full)
        with pytest.raises(CheckpointError, match="make room on the disk"):
            save_checkpoint(tmp_path, model, optimiser, {"step": 2})
    assert sorted(p.name for p in tmp_path.iterdir()) == ["last.json", "last.safetensors"]
    again = torch.optim.Adam(model.parameters(), lr=0.1)
    assert load_checkpoint(tmp_path, model, again)["step"] == 1
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, before[name])
    assert len(again.state) == 2
    with pytest.raises(CheckpointError, match="of another network or recipe"):
        load_checkpoint(tmp_path, torch.nn.Linear(4, 2), again)
    (tmp_path / "plain.safetensors").write_bytes(save({"a": torch.zeros(1)}))
    with pytest.raises(CheckpointError, match="no checkpoint of a training run"):
        read_state(tmp_path / "plain.safetensors")


def test_too_little_memory_is_said_in_a_sentence(
    drawn_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr("karyotrain.engines.network.Network.batch", full)
    with pytest.raises(TrainingError, match="too little memory; train with fewer images at once"):
        train(tiny(), [drawn_set], tmp_path, OPTIONS)
    assert read_progress(tmp_path)[-1]["event"] == "error"


def test_pieces_make_the_whole_again(tmp_path: Path) -> None:
    whole = tmp_path / "w.safetensors"
    whole.write_bytes(bytes(range(256)) * 10)
    pieces = split_file(whole, 1000)
    assert [p.stat().st_size for p in pieces] == [1000, 1000, 560]
    assert pieces == sorted(pieces)
    assert b"".join(piece.read_bytes() for piece in pieces) == whole.read_bytes()


def test_the_command_line_from_start_to_resume(
    drawn_set: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = ["--data", str(drawn_set), "--device", "cpu", "--precision", "fp32"]
    command = ["--recipe", "deepace-v2-small", "--budget", "smoke", "--steps", "2", "--output", str(tmp_path / "r")]
    assert main([*command, *data, "--pieces"]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (events[0]["event"], events[-1]["event"]) == ("start", "done")
    assert events[-1]["pieces"] == ["deepace-v2.safetensors.part01"]
    assert main(["--resume", str(tmp_path / "r")]) == 0
    assert main(["--recipe", "deepace-v2-smal", "--output", str(tmp_path / "x"), *data]) == 1
    assert "did you mean deepace-v2/small" in capsys.readouterr().err
    assert main(["--resume", str(tmp_path / "nothing")]) == 1
    assert main(["--list"]) == 0
    assert "deepchm/viii_dasmp_400" in capsys.readouterr().out


def test_an_old_wish_is_forgotten(tmp_path: Path) -> None:
    (tmp_path / CONTROL).write_text("cancel")
    control = Control(tmp_path)
    assert control.request() == "run"
    (tmp_path / CONTROL).write_text("dance")
    assert control.request() == "run"
    control.cancel()
    assert control.request() == "cancel"


def test_budgets_scale_a_recipe() -> None:
    recipe = find_recipe("deepace-v2-vi-f-eg")
    smoke, short = with_budget(recipe, "smoke"), with_budget(recipe, "short")
    assert (smoke.preset, smoke.total_steps(1000), smoke.images) == ("tiny", 6, 8)
    assert (short.preset, short.total_steps(1000)) == ("small", 600)
    assert with_budget(recipe, "full").total_steps(3000) == 36_000
    assert smoke.settings == short.settings == recipe.settings


def test_a_line_torn_by_a_kill_takes_no_other_with_it(tmp_path: Path) -> None:
    first = Progress(tmp_path)
    first("step", step=1)
    first.close()
    with (tmp_path / "progress.jsonl").open("a") as file:
        file.write('{"event": "ste')
    again = Progress(tmp_path)
    again("start", step=1)
    again.close()
    assert [e["event"] for e in read_progress(tmp_path)] == ["step", "start"]


def test_memory_is_given_back_where_there_is_a_glibc_and_nothing_is_asked_elsewhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[int, int]] = []
    glibc = SimpleNamespace(mallopt=lambda what, value: asked.append((what, value)) or 1)
    monkeypatch.setattr(loop.ctypes, "CDLL", lambda name: glibc)
    assert loop.give_memory_back()
    assert asked == [(-1, 0)]  # M_TRIM_THRESHOLD
    monkeypatch.setattr(loop.ctypes, "CDLL", lambda name: SimpleNamespace())
    assert not loop.give_memory_back()

"""Detection by real worker processes: every picture once, whatever happens to a worker."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from karyoview.detectors.deepace_v2 import build_deepace_v2
from karyoview.detectors.engines import DEEPACE_V2
from karyoview.detectors.weights import save_weights

pytest.importorskip("distributed")
PICTURES = 24


@pytest.fixture
def laboratory(tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """A folder of pictures, one of them damaged, and the environment in which a small engine is found."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number in range(PICTURES):
        rng = np.random.default_rng(number)
        pixels = rng.integers(190, 230, (480, 520)).astype(np.uint8)
        for x, y in rng.integers(40, 440, (12, 2)):
            cv2.ellipse(pixels, (int(x), int(y)), (6, 22), float(rng.uniform(0, 180)), 0, 360, 70, -1)
        cv2.imwrite(str(folder / f"{number:02d}.png"), pixels)
    (folder / "damaged.png").write_bytes(b"no picture at all")
    torch.manual_seed(0)
    config = DEEPACE_V2.configure("tiny")
    card = {
        "engine": "deepace-v2", "classes": ["chromosome"], "rotated": False, "operating_threshold": 0.05,
        "config": config.to_dict(),
    }  # fmt: skip
    save_weights(tmp_path / "weights" / "deepace-v2.safetensors", build_deepace_v2(config).state_dict(), card)
    return folder, {**os.environ, "KARYOVIEW_WEIGHTS": str(tmp_path / "weights"), "OMP_NUM_THREADS": "1"}


@pytest.fixture
def cluster(laboratory: tuple[Path, dict[str, str]], tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen]]]:
    """The address of a scheduler, and its two worker processes."""
    file = tmp_path / "scheduler.json"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": laboratory[1], "cwd": tmp_path}
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"]
    started = [subprocess.Popen([*command, "--no-dashboard", "--scheduler-file", str(file)], **quiet)]
    try:
        address = str(wait_for(lambda: json.loads(file.read_text())["address"]))
        command = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny"]
        started += [subprocess.Popen([*command, "--no-dashboard"], **quiet) for _ in range(2)]
        yield address, started[1:]
    finally:
        for process in reversed(started):
            process.kill()
            process.wait()


def wait_for(ask):  # type: ignore[no-untyped-def]
    end = time.monotonic() + 120
    while True:
        try:
            return ask()
        except (OSError, ValueError, KeyError):
            assert time.monotonic() < end
            time.sleep(0.1)


def command(folder: Path, output: Path, *options: str) -> list[str]:
    head = [sys.executable, "-m", "karyoview", "detect", str(folder), "--engine", "deepace-v2", "--device", "cpu"]
    return [*head, "--output", str(output), *options]


def alone(laboratory: tuple[Path, dict[str, str]], output: Path) -> dict:
    subprocess.run(command(laboratory[0], output), env=laboratory[1], check=True, capture_output=True)
    return json.loads(output.read_text())


def same(first: dict, second: dict) -> None:
    """The same pictures in the same order, each once, with the same boxes, and the same errors."""
    assert first["images"] == second["images"]
    assert [e["file_name"] for e in first["errors"]] == [e["file_name"] for e in second["errors"]]
    assert len(first["annotations"]) == len(second["annotations"]) > PICTURES
    for one, other in zip(first["annotations"], second["annotations"], strict=True):
        assert one["image_id"] == other["image_id"]
        np.testing.assert_allclose(one["bbox"], other["bbox"], atol=1e-3)
        np.testing.assert_allclose(one["score"], other["score"], atol=1e-5)


@pytest.mark.skipif(sys.platform == "win32", reason="processes are ended by a signal")
def test_a_killed_worker_costs_no_picture_and_doubles_none(
    laboratory: tuple[Path, dict[str, str]], cluster: tuple[str, list[subprocess.Popen]], tmp_path: Path
) -> None:
    address, workers = cluster
    output = tmp_path / "shared.json"
    with subprocess.Popen(
        command(laboratory[0], output, "--scheduler", address), env=laboratory[1], stderr=subprocess.PIPE, text=True
    ) as run:
        assert run.stderr is not None
        lines = []
        for line in run.stderr:
            lines.append(line.strip())
            if line.startswith(f"[3/{PICTURES}]"):
                os.kill(workers[0].pid, signal.SIGKILL)
        assert run.wait() == 0, lines
    done = [line for line in lines if line.startswith("[")]
    assert [line.split("]")[0] for line in done] == [f"[{n}/{PICTURES}" for n in range(1, PICTURES + 1)]
    counted = [int(line.rsplit(" ", 2)[-2]) for line in lines if line.endswith(" pictures")]
    assert sum(counted) == PICTURES
    assert workers[0].wait() == -signal.SIGKILL
    document = json.loads(output.read_text())
    names = [row["file_name"] for row in document["images"]]
    assert names == sorted(names)
    assert len(set(names)) == PICTURES
    same(alone(laboratory, tmp_path / "alone.json"), document)


def test_processes_of_this_machine_give_what_one_gives(laboratory: tuple[Path, dict[str, str]], tmp_path: Path) -> None:
    run = subprocess.run(
        command(laboratory[0], tmp_path / "two.json", "--workers", "2"),
        env=laboratory[1],
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    same(alone(laboratory, tmp_path / "alone.json"), json.loads((tmp_path / "two.json").read_text()))


def test_what_is_wrong_with_a_cluster_is_said(
    laboratory: tuple[Path, dict[str, str]], cluster: tuple[str, list[subprocess.Popen]], tmp_path: Path
) -> None:
    output = tmp_path / "never.json"
    nobody = subprocess.run(
        command(laboratory[0], output, "--scheduler", "tcp://127.0.0.1:9"),
        env=laboratory[1],
        capture_output=True,
        text=True,
    )
    assert nobody.returncode == 1
    assert nobody.stderr.strip().splitlines()[-1] == (
        "karyoview: No scheduler answers at tcp://127.0.0.1:9; start one with `dask scheduler` and give its address."
    )
    torch.manual_seed(1)
    config = DEEPACE_V2.configure("tiny")
    card = {"engine": "deepace-v2", "classes": ["chromosome"], "rotated": False, "operating_threshold": 0.05}
    card |= {"config": config.to_dict()}
    save_weights(tmp_path / "other" / "deepace-v2.safetensors", build_deepace_v2(config).state_dict(), card)
    others = subprocess.run(
        command(laboratory[0], output, "--scheduler", cluster[0]),
        env={**laboratory[1], "KARYOVIEW_WEIGHTS": str(tmp_path / "other")}, capture_output=True, text=True,
    )  # fmt: skip
    assert others.returncode == 1
    assert "has other weights of deepace-v2" in others.stderr
    assert not output.exists()

"""The two small networks of the karyogram: taught for a few steps, written, and read by what the program runs."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from karyotrain.data.synthesis import make_cell
from karyotrain.data.upright_crops import UprightProfiles
from karyotrain.engines import ownership_pixels, train_direction, train_ownership
from karyotrain.trainer.per_cell_trainer import Cell, teach
from safetensors.numpy import load_file, save_file

from karyoview._resources import resource
from karyoview.detectors.orientation import BINS, DirectionNet, mirrored
from karyoview.imaging.ownership import PIXELS, WEIGHTS, OwnershipNet


def _loss(network: train_ownership.OwnershipNetwork, batches: list[Cell]) -> float:
    rng = np.random.default_rng(0)
    return float(np.mean([train_ownership.loss_of(network, batch, rng).item() for batch in batches]))


def test_ownership_is_taught_and_read(tmp_path: Path) -> None:
    batches = train_ownership.batches(iter([make_cell("46,XX", 31)]), 0)
    assert all(b["seen"].shape[0] == b["own"].shape[0] <= 16 for b in batches)
    network = train_ownership.OwnershipNetwork()
    before = _loss(network, batches)
    task = train_ownership.OwnershipTask("ownership", network, batches, train_ownership.loss_of, epochs=4)
    trained = teach(task, tmp_path)
    assert _loss(trained, batches) < 0.8 * before
    assert 0.0 <= train_ownership.overlap_of(trained, batches) <= 1.0
    OwnershipNet(load_file(tmp_path / WEIGHTS))
    about = json.loads((tmp_path / "ownership.about.json").read_text(encoding="utf-8"))
    assert about["licence"] == "MIT"
    assert "Tseng" in about["data"]["citations"][0]


def test_what_pixels_add_is_fitted_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bare = {k: v for k, v in load_file(resource("weights", WEIGHTS)).items() if k != PIXELS}
    save_file(bare, tmp_path / "bare.safetensors")
    output = tmp_path / WEIGHTS
    assert ownership_pixels.main(
        ["--weights", str(tmp_path / "bare.safetensors"), "--output", str(output), "--cells", "1"]
    ) == 0  # fmt: skip
    assert PIXELS in capsys.readouterr().out
    net = OwnershipNet(load_file(output))
    assert net.pixels[0] > 0.3  # the network still has the word
    assert net.pixels[2:].any()


def test_direction_is_taught_turned_and_read(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    shapes = rng.normal(0, 1, (24, 2 * BINS))
    shapes /= np.linalg.norm(shapes, axis=1, keepdims=True)
    labels = np.arange(480) % 24
    known = UprightProfiles(shapes[labels] + rng.normal(0, 0.02, (480, 2 * BINS)), labels)
    task = train_direction.DirectionTask(
        "direction", train_direction.DirectionNetwork(np.zeros((24, 2 * BINS))),
        train_direction._batches(known, 150, 0), train_direction.loss_of, epochs=1,
    )  # fmt: skip
    teach(task, tmp_path)
    net = DirectionNet(load_file(tmp_path / DirectionNet.WEIGHTS))
    sure = np.eye(24)
    odds = [net.upright_probability(p, sure[k]) for p, k in zip(known.profiles[:96], labels[:96], strict=True)]
    assert np.mean(np.array(odds) > 0.5) > 0.9
    turned = net.upright_probability(mirrored(known.profiles[0]), sure[labels[0]])
    assert turned == pytest.approx(1 - odds[0], abs=1e-6)

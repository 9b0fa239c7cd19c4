"""The two small networks of the karyogram: taught for a few steps, written, and read by what the program runs."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from karyotrain.data.synthesis import make_cell
from karyotrain.data.upright_crops import UprightProfiles
from karyotrain.engines import ownership_pixels, train_direction, train_ownership
from karyotrain.trainer.per_cell_trainer import Cell, teach
from safetensors.numpy import load_file, save_file
from torch import nn

from karyoview._resources import resource
from karyoview.imaging.direction import BINS, DirectionNet, crop_profile, crop_view
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


def _upright(count: int) -> UprightProfiles:
    """Rods of 24 looks, each with two bands at places of its own, a constriction above the middle."""
    rng, rows = np.random.default_rng(0), np.arange(192)[:, None]
    across = np.abs(np.arange(32) - 15.5)[None]
    crops, labels = [], np.arange(count) % 24
    for label in labels:
        top, bottom = 40 - label // 2 + rng.integers(-2, 3), 150 + label // 2
        own = (rows >= top) & (rows < bottom) & (across < np.where(np.abs(rows - top - 30) < 4, 4, 7))
        dark = 90 + 5 * label * (np.abs(rows - top - 50 - 2 * label) < 5) + 90 * (np.abs(rows - top - 12) < 6)
        grey = np.clip(dark + rng.normal(0, 12, own.shape), 0, 255) * own
        crops.append(np.stack([grey, 255 * own]).astype(np.uint8))
    profiles = [crop_profile(crop) for crop in crops]
    return UprightProfiles(
        np.stack([p for p in profiles if p is not None]), np.stack(crops), labels, np.arange(count) // 48
    )


@pytest.fixture(scope="module")
def taught_direction(tmp_path_factory: pytest.TempPathFactory) -> tuple[UprightProfiles, nn.Module, Path]:
    """Upright rods, the network that learnt them, and the folder it is written in."""
    known, folder = _upright(240), tmp_path_factory.mktemp("direction")
    torch.manual_seed(0)
    task = train_direction.DirectionTask(
        "direction", train_direction.DirectionNetwork(np.zeros((24, 2 * BINS))),
        train_direction.Batches(known, 9, 0), train_direction.loss_of, epochs=1, how=train_direction._HOW,
    )  # fmt: skip
    task.held_out = {"right": 0.5}
    return known, teach(task, folder), folder


def test_direction_is_taught_turned_and_read(taught_direction: tuple[UprightProfiles, nn.Module, Path]) -> None:
    known, _, folder = taught_direction
    net = DirectionNet(load_file(folder / DirectionNet.WEIGHTS))
    sure, crops = np.eye(24)[known.labels], list(known.crops)
    odds = net.upright_probabilities(crops, sure)
    assert np.mean(odds > 0.5) > 0.9
    turned = net.upright_probabilities([crop[:, ::-1, ::-1] for crop in crops], sure)
    assert turned == pytest.approx(1 - odds, abs=1e-5)
    assert np.isnan(net.upright_probabilities([np.zeros((2, 192, 32), np.uint8)], sure[:1])).all()
    assert net.upright_probabilities([], sure[:0]).shape == (0,)
    about = json.loads((folder / "direction.about.json").read_text(encoding="utf-8"))
    assert about["held_out"]["right"] == 0.5
    assert "learnt from all cells" in about["held_out"]["about"]


def test_direction_is_told_as_it_was_taught(taught_direction: tuple[UprightProfiles, nn.Module, Path]) -> None:
    known, network, folder = taught_direction
    views = np.stack([view for crop in known.crops[:40] if (view := crop_view(crop)) is not None])
    labels = torch.from_numpy(known.labels[:40])
    with torch.no_grad():
        expected = network.eval()(torch.from_numpy(known.profiles[:40]).float(), torch.from_numpy(views), labels)
    net = DirectionNet(load_file(folder / DirectionNet.WEIGHTS))
    assert net.crop is not None
    answers = np.stack([net.log_odds(p) for p in known.profiles[:40]]) + net.crop.log_odds(views)
    assert answers[np.arange(40), known.labels[:40]] == pytest.approx(expected.numpy(), rel=0.02, abs=0.05)


def test_weights_without_crops_answer_by_the_profile(
    taught_direction: tuple[UprightProfiles, nn.Module, Path],
) -> None:
    known, _, folder = taught_direction
    tensors = load_file(folder / DirectionNet.WEIGHTS)
    old = DirectionNet({name: value for name, value in tensors.items() if not name.startswith("crop.")})
    assert old.crop is None
    odds = old.log_odds(known.profiles[0])
    answers = old.upright_probabilities([known.crops[0]], np.eye(24)[known.labels[:1]])
    assert answers[0] == pytest.approx(1 / (1 + np.exp(-odds[known.labels[0]])))
    damaged = {name: value for name, value in tensors.items() if name != "crop.out"}
    with pytest.raises(KeyError):
        DirectionNet(damaged)

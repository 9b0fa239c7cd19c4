"""Heads on a trunk at rest: kept maps teach what a trunk that looks each time teaches, and the trunk looks once."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
import torch
from karyotrain.data.dataset import load
from karyotrain.engines.detection import train
from karyotrain.engines.frozen_backbone_cache import FOLDER, RestingTrunk
from karyotrain.engines.network import at_data_scale
from karyotrain.engines.networks import RecipeError, build
from karyotrain.engines.recipe import Recipe, find_recipe
from karyotrain.trainer.loop import Options
from karyotrain.trainer.progress import read_progress
from karyotrain.trainer.schedule import Schedule
from karyotrain.trainer.weight_averaging import move_average
from safetensors.torch import load_file

OPTIONS = Options(device="cpu", precision="fp32", threads=1, log_every=1, evaluations=0)


def resting(**changes) -> Recipe:
    base = Recipe(
        engine="deepace-v2", title="tiny", preset="tiny", init="random", batch=2, micro=1, steps=6, lr=0.01,
        schedule=Schedule("constant", 0), eval_images=2, augmentation="none", images=4, ema=0.9,
        settings={"trainable_stages": 0},
    )  # fmt: skip
    return base.replace(**changes)


def losses(folder: Path) -> list[float]:
    return [e["loss"] for e in read_progress(folder) if e["event"] == "step"]


def test_kept_maps_teach_what_fresh_looks_teach(drawn_set: Path, tmp_path: Path) -> None:
    fresh = train(resting(), [drawn_set], tmp_path / "fresh", OPTIONS)
    kept = train(resting(cached_views=1), [drawn_set], tmp_path / "kept", OPTIONS)
    torch.testing.assert_close(
        torch.tensor(losses(tmp_path / "kept")), torch.tensor(losses(tmp_path / "fresh")), rtol=5e-3, atol=5e-3
    )
    assert fresh["f1"] == pytest.approx(kept["f1"], abs=0.2)
    assert len(list((tmp_path / FOLDER).rglob("*.safetensors"))) == 4
    one, other = (load_file(str(tmp_path / n / "weights" / "deepace-v2.safetensors")) for n in ("fresh", "kept"))
    body = [k for k in one if k.startswith("backbone.body.")]
    assert body
    assert all(torch.equal(one[k], other[k]) for k in body)


def test_runs_share_maps_and_other_changes_make_others(drawn_set: Path, tmp_path: Path) -> None:
    looked: list[int] = []

    def prepared(recipe: Recipe, name: str) -> RestingTrunk:
        network, _ = build(recipe)
        at_data_scale(network)
        cells = load(drawn_set, "train", limit=2, scale=network.data_scale)
        body = network.model.backbone.body
        body.register_forward_hook(lambda *_: looked.append(1))
        assert isinstance(network, RestingTrunk)
        assert network.prepare(cells, tmp_path / name, lambda: False) is not None
        return network

    prepared(resting(cached_views=1), "a")
    assert len(looked) == 2
    network = prepared(resting(cached_views=1), "b")
    assert len(looked) == 2
    assert network.model.training
    prepared(resting(cached_views=3, augmentation="strong"), "c")
    assert len(looked) == 8


def test_a_resting_pyramid_does_not_move(drawn_set: Path, tmp_path: Path) -> None:
    still = {"trainable_stages": 0, "train_pyramid": False}
    train(resting(cached_views=1, settings=still), [drawn_set], tmp_path / "run", OPTIONS)
    begun, _ = build(resting(settings=still))
    trained = load_file(str(tmp_path / "run" / "last.safetensors"))
    moved = {k for k, v in begun.model.state_dict().items() if not torch.equal(v, trained[f"model.{k}"])}
    assert moved
    assert all(k.startswith(("rpn.", "roi_heads.")) for k in moved)


def test_the_average_leaves_what_rests_to_the_bit() -> None:
    model = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Linear(2, 2))
    model[0].requires_grad_(False).weight.fill_(-0.0)
    average = copy.deepcopy(model).requires_grad_(False)
    torch.nn.init.ones_(model[1].weight)
    before = average[1].weight.clone()
    move_average(average, model, 0.5)
    assert torch.signbit(average[0].weight).all()
    torch.testing.assert_close(average[1].weight, (before + 1) / 2)


def test_a_run_is_cancelled_while_the_trunk_looks(drawn_set: Path, tmp_path: Path) -> None:
    network, _ = build(resting(cached_views=1))
    cells = load(drawn_set, "train", limit=2, scale=network.data_scale)
    assert network.prepare(cells, tmp_path / "run", lambda: True) is None


@pytest.mark.parametrize("wrong", [{"micro": 2}, {"settings": {"trainable_stages": 1}}])
def test_a_trunk_that_learns_or_pictures_together_are_refused(wrong: dict) -> None:
    with pytest.raises(RecipeError, match="trunk at rest"):
        build(resting(cached_views=1).replace(**wrong))


def test_the_recipes_on_the_trunk_keep_maps() -> None:
    for name in ("deepace_on_trunk", "deepace_v2_on_trunk", "deepacc_on_trunk", "deepacc_heads"):
        network, _ = build(find_recipe(name).replace(preset="tiny", init="random"))
        assert isinstance(network, RestingTrunk)

"""Recipes: every row of the papers' tables is there, valid, and turns what it says it turns."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from karyotrain.data.dataset import load
from karyotrain.engines.detection import DetectionTask
from karyotrain.engines.network import at_data_scale
from karyotrain.engines.networks import build
from karyotrain.engines.recipe import RecipeError, find_recipe, recipe_from_dict, recipes, table_rows, with_budget
from karyotrain.studies.ablation import figure, run_table
from karyotrain.trainer.loop import Options

from karyoview.detectors.registry import ENGINES

ROWS = {
    "DeepACE 2": 4, "DeepACE 3": 6, "DeepACEv2 II": 5, "DeepACEv2 V": 2, "DeepACEv2 VI": 6, "DeepACEv2 VII": 2,
    "DeepACEv2 III": 3, "DeepACEv2 VIII": 2, "DeepACEv2 IX": 1, "DeepACEv2 X": 2, "DeepACC 1": 6, "DeepACC 2": 3,
    "DeepCHM I": 3, "DeepCHM II": 3, "DeepCHM III": 9, "DeepCHM IV": 7,
    "DeepCHM V": 6, "DeepCHM VI": 4, "DeepCHM VII": 3, "DeepCHM VIII": 10,
}  # fmt: skip


def test_every_table_has_its_rows() -> None:
    found = Counter(find_recipe(n).table for n in recipes())
    assert {t: n for t, n in found.items() if t} == ROWS
    for table in ROWS:
        rows = [find_recipe(n) for n in table_rows(table)]
        assert all(r.paper for r in rows)
        assert len({r.title for r in rows}) == len(rows)
        assert all(r.weights_of in ("", *(o.name for o in rows)) for r in rows)


def test_every_recipe_makes_a_valid_configuration() -> None:
    for name in recipes():
        recipe = find_recipe(name)
        for preset in {recipe.preset, "small", "tiny"}:
            made = ENGINES[recipe.engine].configure(preset, **recipe.settings)
            for key, value in recipe.settings.items():
                assert getattr(made, key) == value, (name, key)
        assert recipe_from_dict(recipe.to_dict()).to_dict() == recipe.to_dict()


def test_no_such_recipe_or_table() -> None:
    with pytest.raises(RecipeError, match="did you mean"):
        find_recipe("deepacc-1-f")
    with pytest.raises(RecipeError, match="There is no table 'DeepACE 9'; there are DeepACC 1"):
        table_rows("DeepACE 9")
    with pytest.raises(RecipeError, match="another version"):
        recipe_from_dict({"engine": "deepace", "flavour": 3, "schedule": {}})


def test_names_from_when_each_recipe_was_a_module_still_find_it() -> None:
    before = (Path(__file__).parent / "recipe_modules.txt").read_text().split()
    assert len(before) == 89
    found = {old: find_recipe(old) for old in before}
    added = {"2_0_retinanet", "iii_c_deepace_v2", "ix_b_template", "v2_iii_a_faster_rcnn", "v2_iii_b_deepace"}
    added |= {f"{t}_{row}" for t in ("i", "ii") for row in ("a_retinanet", "b_faster_rcnn", "c_deepchm")}
    assert {n for n in recipes() if n.split("/")[1] not in added} == {r.name for r in found.values()}
    assert found["deepace_v2_ii_b_soft"].name == "deepace-v2/ii_b_soft"
    assert found["deepchm_small"].title == "DeepCHM, small"


def test_a_recipe_stored_by_the_version_before_is_read_under_todays_names() -> None:
    stored = json.loads((Path(__file__).parent / "recipe_of_version_before.json").read_text())
    assert {"kept_forms", "start"} <= stored.keys()
    assert recipe_from_dict(stored) == find_recipe("deepace-v2/ii_b_soft").replace(cached_views=2, init="random")


def _first_step(name: str, cell: Any) -> tuple[dict[str, float], np.ndarray, Any]:
    """Losses of one cell from a fixed start, the boxes and scores before training, and the configuration."""
    recipe = with_budget(find_recipe(name), "smoke")
    network, _ = build(recipe)
    at_data_scale(network)
    _wake(network.model)
    device = torch.device("cpu")
    found = network.predict(cell, device, "fp32")
    images, targets = network.batch([cell], [11], device)
    torch.manual_seed(0)
    losses = network.model.train()(images, targets)
    table = np.concatenate([found.boxes, found.scores[:, None], found.labels[:, None]], 1)
    return {k: float(v.detach()) for k, v in losses.items()}, table, network.config


def _wake(model: torch.nn.Module) -> None:
    """Let DeepCHM's heads differ from place to place, as they do once trained; a fresh one says the same everywhere."""
    generator = torch.Generator().manual_seed(2)
    with torch.no_grad():
        for name, value in model.named_parameters():
            strength = 0.1 if name.startswith("classify.outputs") else 0.3 if name.startswith("saliency") else 0.0
            if strength and value.ndim > 1:
                value.add_(strength * torch.randn(value.shape, generator=generator))


@pytest.mark.long
@pytest.mark.parametrize("table", sorted(ROWS))
def test_each_row_trains_or_predicts_differently(table: str, crowded_set: Path) -> None:
    """Two rows of a table never give the same losses and the same boxes from the same start."""
    cell = load(crowded_set, "all")[0]
    results = {name: _first_step(name, cell) for name in table_rows(table)}
    names = list(results)
    for i, first in enumerate(names):
        for second in names[i + 1 :]:
            (losses_a, boxes_a, config_a), (losses_b, boxes_b, config_b) = results[first], results[second]
            if config_a == config_b:  # tables repeat the whole system, as DeepCHM's eighth with rho 1 and 4
                continue
            same_losses = losses_a.keys() == losses_b.keys() and all(
                losses_a[k] == pytest.approx(losses_b[k], rel=1e-6, abs=1e-9) for k in losses_a
            )
            same_boxes = boxes_a.shape == boxes_b.shape and np.allclose(boxes_a, boxes_b)
            assert not (same_losses and same_boxes), (first, second)


def test_a_table_is_trained_judged_and_continued(drawn_set: Path, tmp_path: Path) -> None:
    options = Options(device="cpu", precision="fp32", threads=1, evaluations=0)
    changes = {"steps": 1, "images": 4}
    text = run_table("deepacev2 x", [drawn_set], tmp_path, options, "smoke", 2, changes)
    assert "Soft-NMS" in text
    assert "(99.5)" in text  # the paper's figure beside ours
    assert "±" in text
    trained = sorted(p.parent.name for p in tmp_path.rglob("last.safetensors"))
    assert trained == ["seed-0", "seed-1"]  # the second row shares the first one's weights
    assert (tmp_path / "deepace_v2_x_b_eg" / "seed-1" / "val.json").is_file()
    before = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*") if p.name in ("last.safetensors", "val.json")}
    assert run_table("DeepACEv2 X", [drawn_set], tmp_path, options, "smoke", 2, changes) == text
    assert before == {p: p.stat().st_mtime_ns for p in before}


def test_figures_of_a_report() -> None:
    report = {
        "wcr": 0.5, "mfps": 2.5, "ap75": None, "severe_overlap": {"f1": 0.25},
        "at_iou": {"0.5": {"wcr": 0.5}, "0.55": {"wcr": 0.3}},
    }  # fmt: skip
    assert figure(report, "wcr") == 50.0
    assert figure(report, "mfps") == 2.5
    assert figure(report, "severe_f1") == 25.0
    assert figure(report, "mean_wcr") == pytest.approx(40.0)
    assert np.isnan(figure(report, "ap75"))


def test_a_change_of_a_recipe_merges_its_settings() -> None:
    recipe = find_recipe("deepace-v2-vi-e-soft")
    assert recipe.settings["nms"] == "soft"
    assert recipe.replace(settings={"nms": "hard"}).settings == {"nms": "hard"}
    assert replace(recipe, seed=4).settings == recipe.settings


def test_a_rate_that_falls_by_epochs_falls_by_those_of_the_data_at_hand(drawn_set: Path, tmp_path: Path) -> None:
    recipe = find_recipe("deepchm/paper")
    assert (recipe.schedule.every_epochs, recipe.schedule.every) == (1, 1)
    task = DetectionTask(recipe.replace(preset="tiny", init="random", images=3), [drawn_set], tmp_path, Options())
    assert (len(task.cells), task.how.schedule.every) == (3, 3)
    assert task.how.schedule.factor(7, task.steps) == pytest.approx(0.96**2)
    assert recipe_from_dict(task.recipe).schedule.every_epochs == 1  # the run is stored in epochs

"""The default engine trained further on a laboratory's own cells: what changes, what stays, what the card says."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from karyotrain.data.dataset import CellSet, load
from karyotrain.engines.default_network import CROPS, DefaultNetwork
from karyotrain.engines.detection import read_run, train
from karyotrain.engines.finetune import START, fine_tuning, keep_start
from karyotrain.engines.networks import build
from karyotrain.engines.recipe import RecipeError
from karyotrain.trainer.loop import Options
from karyotrain.trainer.progress import CONTROL

from karyoview._resources import resource
from karyoview.core.image import MetaphaseImage
from karyoview.detectors.karyoview_engine import KaryoViewEngine
from karyoview.detectors.registry import load_engine
from karyoview.detectors.specialist import general_weights, specialist_weights
from karyoview.detectors.weights import LoadedWeights, load_weights

SHIPPED = resource("weights") / "karyoview.safetensors"
OPTIONS = Options(device="cpu", precision="fp32", threads=1, log_every=1, evaluations=0, name="karyoview")


@pytest.fixture(scope="module")
def cells(tmp_path_factory: pytest.TempPathFactory, drawn_set: Path) -> Path:
    """Three drawn cells of one case, one of which has a box without a class."""
    document = json.loads((drawn_set / "train.json").read_text())
    document["images"] = [{**i, "case": "one"} for i in document["images"][:3]]
    document["annotations"] = [a for a in document["annotations"] if a["image_id"] < 3]
    document["annotations"][0]["category_id"] = 99
    document["categories"].append({"id": 99, "name": "chromosome"})
    folder = tmp_path_factory.mktemp("laboratory") / "set"
    (folder / "images").mkdir(parents=True)
    for image in document["images"]:
        name = image["file_name"]
        (folder / "images" / name).write_bytes((drawn_set / "images" / name).read_bytes())
    (folder / "train.json").write_text(json.dumps(document))
    rows = [{"sha256": f"digest {n}", "split": "train"} for n in range(3)]
    (folder / "manifest.json").write_text(json.dumps({"version": "v1", "cells": rows}))
    return folder


def tune(cells: Path, run: Path, **changes: Any) -> LoadedWeights:
    recipe = fine_tuning(SHIPPED).replace(**{"steps": 2, "batch": 1, **changes})
    event = train(recipe, [cells], run, replace(OPTIONS, start=keep_start(SHIPPED, run)))
    assert event["event"] == "done"
    return load_weights(Path(event["weights"]))


def changed(old: LoadedWeights, new: LoadedWeights) -> set[str]:
    """The parts of the engine's general networks in which a tensor differs."""
    old, new = general_weights(old), general_weights(new)
    assert old.tensors.keys() == new.tensors.keys()
    return {
        ".".join(name.split(".")[: 2 if name.startswith("finder.backbone") else 1])
        for name, tensor in old.tensors.items()
        if not torch.equal(tensor, new.tensors[name])
    }


def test_both_networks_learn_and_the_card_says_where_they_come_from(cells: Path, tmp_path: Path) -> None:
    old, new = load_weights(SHIPPED), tune(cells, tmp_path / "run")
    parts = changed(old, new)
    assert {"finder", "classifier"} <= parts
    assert "orientation" not in parts
    differing = [n for n in general_weights(old).tensors if not torch.equal(old.tensors[n], new.tensors[n])]
    assert not [n for n in differing if n.startswith("finder.backbone.body.") or "running_" in n]
    assert new.card["weights"]["trunk"] == old.card["weights"]["trunk"]  # the shared file is the same file
    assert new.hash != old.hash
    # scores move with a look; the threshold stays, since a specialist's cells at home are cut there too
    assert new.card["operating_threshold"] == old.card["operating_threshold"]
    moved = {"score_offset": new.card["config"]["score_offset"]}
    assert moved != {"score_offset": old.card["config"]["score_offset"]}
    assert new.card["config"] == {**old.card["config"], **moved}
    assert new.card["classes"] == old.card["classes"]
    assert new.card["rotated"] is old.card["rotated"]
    data = new.card["data"]
    assert data["started_from"] == old.hash
    assert data["trained_cells"] == ["digest 0", "digest 1", "digest 2"]
    assert data["versions"] == ["v1"]
    assert data["unlabelled"] == 1
    assert data["begun_from"]["citation"] == old.card["data"]["citation"]
    assert new.card["training"]["steps"] == 2
    # drawn cells are another look than the card's best, but these are few
    assert 0.5 < new.card["training"]["share_of_learnt"] < 1.0
    engine = load_engine("karyoview", device="cpu", weights=new.path, settings={"threshold": 0.001})
    cell = load(cells, "all")[0]
    (found,) = engine.predict([MetaphaseImage(cell.pixels, "a")])
    assert found.provenance.weights_hash == new.hash
    _, data_paths, options = read_run(tmp_path / "run")
    assert data_paths == [cells]
    assert options.start == tmp_path / "run" / START / SHIPPED.name
    assert load_weights(options.start).hash == old.hash  # a later start begins from the same weights


@pytest.mark.parametrize("known", [pytest.param(True, marks=pytest.mark.long), False])
def test_a_specialist_stays_unless_it_would_read_the_cells_that_were_learnt(
    cells: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, known: bool
) -> None:
    monkeypatch.setattr(KaryoViewEngine, "knows", lambda self, grey: known)
    old, new = load_weights(SHIPPED), tune(cells, tmp_path / "run", settings={"stages": "namer"}, steps=1)
    before, after = specialist_weights(old), specialist_weights(new)
    assert before is not None
    assert (after is None) == known
    if after is not None:
        assert all(torch.equal(before.tensors[name], value) for name, value in after.tensors.items())


def test_one_network_alone_can_be_trained_further(cells: Path, tmp_path: Path) -> None:
    new = tune(cells, tmp_path / "run", settings={"stages": "namer"}, steps=1)
    assert changed(load_weights(SHIPPED), new) == {"classifier"}
    with pytest.raises(RecipeError, match="There is no stage 'all'"):
        build(fine_tuning(SHIPPED).replace(settings={"stages": "all"}))


def test_a_cell_with_a_box_without_class_teaches_where_and_the_classes_that_it_has(cells: Path, tmp_path: Path) -> None:
    network, _ = build(fine_tuning(SHIPPED))
    assert isinstance(network, DefaultNetwork)
    network.begin_from(SHIPPED)
    some = replace(load(cells, "all"), samples=load(cells, "all").samples[:2])
    ready = network.prepare(some, tmp_path, lambda: False)
    assert isinstance(ready, CellSet)
    network.model.train()
    names = []
    for sample in ready:
        images, targets = network.batch([sample], [3], torch.device("cpu"))
        assert images[0].shape[1] == round(0.64 * sample.pixels.shape[0])
        assert len(targets[0]["boxes"]) == len(sample.boxes)
        names.append(targets[0]["names"])
        losses = network.model(images, targets)
        assert ("loss_names" in losses) == bool((sample.labels >= 0).all())
        assert {"loss_class", "loss_classifier", "loss_box_reg"} <= losses.keys()
        assert all(bool(torch.isfinite(v)) for v in losses.values())
    assert -1 in names[0].tolist()
    assert -1 not in names[1].tolist()
    again, _ = build(fine_tuning(SHIPPED))
    assert isinstance(again, DefaultNetwork)
    again.begin_from(SHIPPED)
    again.prepare(some, tmp_path, lambda: pytest.fail("nothing is cut twice"))
    for key, (crops, table) in network._crops.items():
        np.testing.assert_array_equal(again._crops[key][0], crops)
        np.testing.assert_array_equal(again._crops[key][1], table)


def test_a_wish_to_end_is_heard_while_chromosomes_are_cut(cells: Path, tmp_path: Path) -> None:
    recipe = fine_tuning(SHIPPED).replace(steps=2)
    run = tmp_path / "run"
    start = keep_start(SHIPPED, run)
    events: list[str] = []

    def listen(event: dict[str, Any]) -> None:
        events.append(event["event"])
        (run / CONTROL).write_text("cancel")

    event = train(recipe, [cells], run, replace(OPTIONS, start=start), listener=listen)
    assert (event["event"], events) == ("cancelled", ["start", "cancelled"])
    assert not list((run / CROPS).rglob("*.safetensors"))


def test_without_weights_to_begin_from_it_is_said(cells: Path, tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="is trained further, not anew"):
        train(fine_tuning(SHIPPED).replace(steps=1), [cells], tmp_path / "run", OPTIONS)

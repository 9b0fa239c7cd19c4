"""What a finder saw is kept, teaches the networks after it, and these go into an engine that is there."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from karyotrain.data.dataset import Sample
from karyotrain.engines import feature_cache, replace_stage, train_cell_context, train_learned_nms
from karyotrain.engines.assembly import put_stage
from karyotrain.engines.feature_cache import FeatureCache, remembering
from karyotrain.engines.from_finder import main as start_weights
from karyotrain.trainer.per_cell_trainer import teach
from safetensors.torch import load_file, save_file

from karyoview.detectors.karyoview_engine import KaryoViewEngine
from karyoview.detectors.nets.cell_context import CellContext
from karyoview.detectors.nets.learned_nms import LearnedNMS, candidates
from karyoview.detectors.weights import load_weights, save_weights


@pytest.fixture(scope="module")
def engine_file(tmp_path_factory: pytest.TempPathFactory, untrained_engine: Callable[..., Path]) -> Path:
    config = {
        "temperature": 1.2,
        "finder_threshold": 0.4,
        "context_temperature": 0.8,
        "copy_penalties": [0.0, 0.0, 0.5, 1.0],
    }
    return untrained_engine(tmp_path_factory.mktemp("w"), config, "learned_nms", "cell_context")


def bars(shift: int = 0) -> Sample:
    """A field with eight dark bars."""
    field = np.full((260, 380), 228, np.uint8)
    corners = np.array([[30 + shift + 85 * (i % 4), 30 + 110 * (i // 4)] * 2 for i in range(8)])
    boxes = corners + np.array([0, 0, 15, 70])
    for x1, y1, x2, y2 in boxes:
        field[y1:y2, x1:x2] = 90
    none, known = np.zeros((8, 5), np.float32), np.zeros(8, bool)
    return Sample(f"bars {shift}", "case", field, boxes.astype(np.float32), np.arange(8), none, known, known)


def engine(path: Path) -> KaryoViewEngine:
    return KaryoViewEngine(load_weights(path), device="cpu", settings={})


def test_a_kept_cell_is_found_again_as_it_was_without_a_look(engine_file: Path, tmp_path: Path) -> None:
    image = torch.from_numpy(bars().pixels[:192, :256].astype(np.float32))
    finder = engine(engine_file).finder
    seen = finder.find(image, 2)
    asked = candidates(seen.boxes, seen.scores)
    for looked in (1, 0):
        kept = FeatureCache(finder, tmp_path)
        found = kept.find(image, 2)
        assert kept.looked == looked
        torch.testing.assert_close(found.boxes, seen.boxes[asked])
        torch.testing.assert_close(found.scores, seen.scores[asked])
        torch.testing.assert_close(found.features, seen.features[asked], atol=1e-2, rtol=1e-3)
        torch.testing.assert_close(candidates(found.boxes, found.scores), torch.arange(len(asked)))
    for other in ((image, 1), (image + 1, 2)):
        kept = FeatureCache(finder, tmp_path)
        kept.find(*other)
        assert kept.looked == 1


def test_other_weights_see_anew(engine_file: Path, tmp_path: Path) -> None:
    first = remembering(engine(engine_file), tmp_path)
    first.candidates(bars().pixels)
    changed = engine(engine_file)
    with torch.no_grad():
        changed.model.finder.roi.box_predictor.box.bias += 0.1
    second = remembering(changed, tmp_path)
    second.candidates(bars().pixels)
    assert isinstance(second.finder, FeatureCache)
    assert second.finder.looked == 1


def test_looking_ahead_serves_both_networks(
    engine_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cells = [bars(0), bars(3)]
    monkeypatch.setattr(feature_cache, "load_cells", lambda *_, **__: cells)
    assert feature_cache._look(Path("x"), engine_file, tmp_path / "kept", 2, 0, 2, 0) == 1
    assert feature_cache._look(Path("x"), engine_file, tmp_path / "kept", 2, 1, 2, 0) == 1

    looks: list[int] = []
    plain = FeatureCache.find
    monkeypatch.setattr(
        FeatureCache, "find", lambda self, *a, **k: (plain(self, *a, **k), looks.append(self.looked))[0]
    )
    common = ["--data", "x", "--engine", str(engine_file), "--kept", str(tmp_path / "kept"), "--spare", "1"]
    for module, name in ((train_learned_nms, "suppression"), (train_cell_context, "cell_context")):
        monkeypatch.setattr(module, "load", lambda *_, **__: cells)
        rest = ["--output", str(tmp_path / name), "--cells", "1", "--epochs", "1"]
        monkeypatch.setattr("sys.argv", [name, *common, *rest])
        module.main()
        assert json.loads(capsys.readouterr().out.splitlines()[-1])["cells"] == 2
    assert looks
    assert not any(looks)


def test_the_network_of_the_cell_can_go_on(tmp_path: Path) -> None:
    begin = {k: v.clone() for k, v in CellContext().state_dict().items()}
    begin["score_out.bias"] = torch.tensor([3.0])
    model = teach(train_cell_context.task_of([], 0, begin=begin), tmp_path)
    assert model.score_out.bias.item() == 3.0


def test_new_stages_go_into_an_engine_that_is_there(
    engine_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = load_weights(engine_file)
    card = {**old.card, "metrics": {"x": 1}, "training": {"finder": {"step": 7}}}
    begin = save_weights(
        tmp_path / "karyoview.safetensors", dict(old.tensors), {k: v for k, v in card.items() if k != "weights"}
    )
    for name, model in (("neighbours", LearnedNMS()), ("context", CellContext())):
        (tmp_path / name).mkdir()
        save_file({f"model.{k}": v for k, v in model.state_dict().items()}, tmp_path / name / "last.safetensors")
        state = {"cells": 3} | ({"config": {"temperature": 1.2, "outlined": 0.1}} if name == "context" else {})
        (tmp_path / name / "last.json").write_text(json.dumps(state))
    through = load_weights(
        replace_stage.replace_stages(
            begin, tmp_path / "through", replace_stage.Runs(neighbours=tmp_path / "neighbours")
        )
    )
    assert not any(k.startswith("cell_context.") for k in through.tensors)
    assert "context_temperature" not in through.card["config"]
    fitted: list[int] = []

    def fit(path: Path, tensors: dict, card: dict, cells: list) -> dict:
        fitted.append(len(cells))
        card["operating_threshold"] = 0.7
        return {"temperature": 0.9}

    monkeypatch.setattr(replace_stage, "decide_together", fit)
    own = replace_stage.Runs(context=(tmp_path / "context",))
    path = replace_stage.replace_stages(tmp_path / "through" / "karyoview.safetensors", tmp_path / "new", own, [bars()])
    new = load_weights(path)
    assert fitted == [1]
    assert new.card["operating_threshold"] == 0.7
    assert new.card["config"]["copy_penalties"] == [0.0, 0.0, 0.5, 1.0]
    assert new.card["training"].keys() == {"finder", "neighbours", "context", "fit"}
    assert "metrics" not in new.card
    assert any(k.startswith("cell_context.") for k in new.tensors)
    torch.testing.assert_close(new.tensors["finder.squeeze.weight"], old.tensors["finder.squeeze.weight"])
    again = load_weights(
        replace_stage.replace_stages(path, tmp_path / "again", replace_stage.Runs(), [bars(), bars(3)])
    )
    assert fitted == [1, 2]
    assert again.tensors.keys() == new.tensors.keys()


def test_of_several_runs_the_mean_goes_into_the_engine(tmp_path: Path) -> None:
    for name, value, epochs in (("a", 1.0, 16), ("b", 4.0, 10)):
        (tmp_path / name).mkdir()
        save_file({"model.w": torch.full((3,), value)}, tmp_path / name / "last.safetensors")
        state = {"epochs": epochs, "config": {"outlined": 0.1}}
        (tmp_path / name / "last.json").write_text(json.dumps(state))
    tensors, training = {"cell_context.old": torch.ones(1), "finder.w": torch.ones(1)}, {"finder": {"step": 1}}
    settings = put_stage("context", [tmp_path / "a", tmp_path / "b"], tensors, training)
    assert settings == {"outlined": 0.1}
    assert tensors.keys() == {"finder.w", "cell_context.w"}
    assert tensors["cell_context.w"].tolist() == [2.5] * 3
    command = "python -m karyotrain.engines.train_cell_context"
    assert training["context"] == {"command": command, "epochs": 16, "averaged_with": [{"epochs": 10}]}
    put_stage("context", [tmp_path / "b"], tensors, training)
    assert tensors["cell_context.w"].tolist() == [4.0] * 3
    assert training == {"finder": {"step": 1}, "context": {"command": command, "epochs": 10}}


def test_an_engine_begins_from_a_shipped_finder_and_its_own_heads(
    engine_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heads = {"roi_heads.branches.cls_score.bias": torch.tensor([0.5, 1.0]), "rpn.head.x": torch.ones(1)}
    save_weights(
        tmp_path / "v2.safetensors",
        heads,
        {"engine": "deepace-v2", "classes": ["chromosome"], "rotated": False, "operating_threshold": 0.5},
    )
    asked = ["--engine", str(engine_file), "--heads", str(tmp_path / "v2.safetensors")]

    monkeypatch.setattr("sys.argv", ["from_finder", *asked, "--output", str(tmp_path / "start.safetensors")])
    start_weights()
    start = load_file(str(tmp_path / "start.safetensors"))
    assert start["roi_heads.branches.cls_score.bias"].tolist() == [0.5, 1.0]
    assert "rpn.head.x" not in start
    assert "rpn.head.cls_logits.weight" in start
    assert "roi_heads.branches.shared.1.weight" in start

    # moved to the trunk alone, it keeps what else it has
    monkeypatch.setattr(
        "sys.argv", ["from_finder", *asked, "--trunk-alone", "--output", str(tmp_path / "s.safetensors")]
    )
    start_weights()
    moved = load_file(str(tmp_path / "s.safetensors"))
    assert {"roi_heads.branches.cls_score.bias", "rpn.head.x"} <= moved.keys()
    assert {k.split(".")[0] for k in moved.keys() - {"roi_heads.branches.cls_score.bias", "rpn.head.x"}} == {"backbone"}
    assert not any(k.startswith("backbone.pyramid.") for k in moved)
    monkeypatch.setattr("sys.argv", ["from_finder", *asked[:2], "--trunk-alone", "--output", "x"])
    with pytest.raises(SystemExit):
        start_weights()


@pytest.mark.parametrize(
    ("stage", "network", "command"),
    [("finder", "finder", "engines.train_finder"), ("namer", "classifier", "engines.train_classifier")],
)
def test_a_network_that_went_on_takes_its_place_and_the_rest_stays(
    engine_file: Path, tmp_path: Path, stage: str, network: str, command: str
) -> None:
    old = load_weights(engine_file)
    name = f"{network}."
    tensors = {f"model.{k.removeprefix(name)}": v.float() + 1 for k, v in old.tensors.items() if k.startswith(name)}
    (tmp_path / "run").mkdir()
    save_file(tensors, tmp_path / "run" / "last.safetensors")
    (tmp_path / "run" / "last.json").write_text(json.dumps({"step": 9, "losses": {}}))
    new = load_weights(
        replace_stage.replace_stages(engine_file, tmp_path / "new", replace_stage.Runs(**{stage: tmp_path / "run"}))
    )
    assert new.tensors.keys() == old.tensors.keys()
    for name, tensor in new.tensors.items():
        wanted = old.tensors[name].float() + (1 if name.startswith(network) else 0)
        torch.testing.assert_close(tensor.float(), wanted, atol=2e-3, rtol=2e-3, msg=name)
    assert new.card["training"][stage] == {"command": f"python -m karyotrain.{command}", "step": 9, "losses": {}}
    assert new.card["config"] == old.card["config"]

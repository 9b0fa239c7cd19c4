"""In what engines differ from their papers: the cards' lists agree with their settings, and the code is as they say."""

from __future__ import annotations

import json
from typing import Any

import pytest
import torch
from torchvision.ops import FrozenBatchNorm2d, MultiScaleRoIAlign

from karyoview._resources import resource
from karyoview.detectors.cards import DIFFERENCES, check_card
from karyoview.detectors.nets.backbones import ResNetStages
from karyoview.detectors.nets.repulsion import smooth_ln
from karyoview.detectors.nets.roi_heads import Sample
from karyoview.detectors.paper_differences import differences
from karyoview.detectors.protocol import EngineError
from karyoview.detectors.registry import ENGINES

KINDS = ("deepace", "deepace-v2", "deepacc", "deepchm")


def card(kind: str) -> dict[str, Any]:
    path = resource("weights", f"{kind}.card.json")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_the_list_of_a_shipped_card_is_what_its_settings_and_training_say(kind: str) -> None:
    shipped = card(kind)
    assert shipped[DIFFERENCES] == differences(shipped), "run python -m karyotrain.studies.papers --cards"
    assert len(set(shipped[DIFFERENCES])) == len(shipped[DIFFERENCES])


@pytest.mark.parametrize("kind", KINDS)
def test_every_setting_that_is_changed_from_the_paper_changes_the_list(kind: str) -> None:
    spec = ENGINES[kind]
    paper = spec.configure("paper").to_dict()
    base = differences({"engine": kind, "config": paper})
    for name, value in paper.items():
        if name == "rule":  # a fact of all weights, said once
            continue
        other = _another(name, value)
        changed = differences({"engine": kind, "config": {**paper, name: other}})
        assert changed != base, f"{kind}: {name} = {other!r} is not said"


def _another(name: str, value: Any) -> Any:
    words = {
        "backbone": "resnet18", "pyramid": "single" if value != "single" else "none", "sampler": "uniform",
        "nms": "soft", "soft_method": "linear", "output": "all",
        "heads": "fc" if value == "conv" else "conv", "repulsion": "rl", "rpn_test_nms": "hard", "direction": "profile",
    }  # fmt: skip
    if name == "sampler" and value == "uniform":
        return "hnas_v1"
    if name == "rpn_test_nms" and value == "hard":
        return "soft"
    if name in words:
        return words[name]
    if isinstance(value, bool):
        return not value
    if value is None:
        return {"clip_above": 0.5, "roi_channels": 64, "scale": 0.5, "longer_side": 700}[name]
    if isinstance(value, tuple | list):
        return [[9.0, 9.0]] if name == "anchor_sides" else [7, 8]
    return value + 1 if isinstance(value, int) else value * 2


def test_direction_and_polarity_of_deepchm_are_said_together() -> None:
    found = differences({"engine": "deepchm", "config": {"polarity": True, "direction": "profile"}})
    assert "Which end is p: told by the profile (paper: not told)." in found
    assert not [each for each in differences({"engine": "deepchm", "config": {}}) if each.startswith("Which end")]


def test_an_engine_without_a_paper_has_no_list() -> None:
    assert differences({"engine": "karyoview"}) == []
    assert DIFFERENCES not in card("karyoview")


@pytest.mark.parametrize("wrong", ["RoIAlign", ["", "x"], [1]])
def test_a_list_that_holds_no_sentences_is_refused(wrong: Any) -> None:
    with pytest.raises(EngineError, match="'differs_from_the_paper' is not a list of sentences"):
        check_card({**card("deepace"), DIFFERENCES: wrong}, "a card")
    without = {k: v for k, v in card("deepace").items() if k != DIFFERENCES}
    assert DIFFERENCES not in check_card(without, "a laboratory's own card")


def test_the_facts_of_the_code_that_the_lists_name() -> None:
    spec = ENGINES["deepace"]
    model = spec.part("build")(spec.configure("tiny"))
    assert isinstance(model.roi_heads.box_roi_pool.pool, MultiScaleRoIAlign)  # RoIAlign for RoI pooling
    sample = Sample([torch.zeros(1, 4)], [], [torch.ones(1, dtype=torch.int64)], [torch.zeros(1, 4)], [])
    small = model.roi_heads.box_loss(torch.full((1, 4), 0.05), sample)
    assert float(small) == pytest.approx(4 * 0.5 * 0.05**2 * 9)  # beta 1/9: curved up to 0.11
    assert float(smooth_ln(torch.tensor(1.0), 1.0)) == pytest.approx(float(smooth_ln(torch.tensor(1.0), 0.95)))
    norms = [m for m in ResNetStages("resnet18").modules() if isinstance(m, FrozenBatchNorm2d)]
    assert norms
    assert not [p for norm in norms for p in norm.parameters()]  # scale and shift are at rest too
    acc = ENGINES["deepacc"].part("build")(ENGINES["deepacc"].configure("tiny"))
    assert acc.roi_heads.locate.out_features == 4  # one box for all classes

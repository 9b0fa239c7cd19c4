"""Weights of earlier versions: their names of tensors and settings are read, and converted, as the present ones."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from karyoview.detectors.cards import CARD_FORMAT, card_path, read_card
from karyoview.detectors.nets.cell_context import CellContext
from karyoview.detectors.nets.classifier import ChromosomeClassifier
from karyoview.detectors.nets.learned_nms import LearnedNMS
from karyoview.detectors.protocol import EngineError
from karyoview.detectors.reading_settings import Settings
from karyoview.detectors.weights import load_weights, read_tensors
from karyoview.detectors.weights_reading import current_name

OLD = Path(__file__).with_name("fixtures") / "format1.safetensors"
"""The shipped default engine of format 1, of each tensor the first number; without the finder and the blocks."""
NETWORKS: dict[str, type[nn.Module]] = {
    "classifier": ChromosomeClassifier, "learned_nms": LearnedNMS, "cell_context": CellContext,
}  # fmt: skip


def present_names() -> set[str]:
    names = {f"{prefix}.{name}" for prefix, network in NETWORKS.items() for name in network().state_dict()}
    return {n for n in names if not n.startswith("classifier.blocks.")} | {"orientation.means", "orientation.slopes"}


def test_every_old_name_is_read_as_a_present_one_with_its_values() -> None:
    tensors = load_weights(OLD).tensors
    assert set(tensors) == present_names()
    assert tensors.keys() == read_tensors(OLD).keys()
    old = load_file(OLD)
    for now, before in {
        "classifier.whole.bias": "namer.whole.bias",
        "learned_nms.score_scale": "neighbours.trust",
        "learned_nms.blocks.1.target_in.weight": "neighbours.rounds.1.own.weight",
        "cell_context.node_in.bias": "context.own.bias",
        "cell_context.layers.0.edge_bias.0.bias": "context.layers.0.bias.0.bias",
        "cell_context.layers.1.edge_in.weight": "context.layers.1.said.weight",
    }.items():
        torch.testing.assert_close(tensors[now], old[before].float())
        assert before not in tensors


def test_present_names_stay() -> None:
    for name in present_names():
        assert current_name(name) == name
    assert current_name("finder.backbone.body.layer1.0.bn1.bias") == "finder.backbone.body.layer1.0.bn1.bias"
    assert current_name("backbone.name.own.bias") == "backbone.name.own.bias"  # another engine's


def test_old_settings_are_read_under_their_present_names() -> None:
    card = read_card(card_path(OLD))
    assert card["format"] == CARD_FORMAT
    assert card["config"]["copy_penalties"] == [0.0, 0.0, 1.5, 3.0]
    assert "prices" not in card["config"]
    assert not Settings.read({"together": False}).joint_assignment


def test_a_card_of_a_later_version_is_refused(tmp_path: Path) -> None:
    card = tmp_path / "later.card.json"
    card.write_text(json.dumps({**json.loads(card_path(OLD).read_text()), "format": CARD_FORMAT + 1}))
    with pytest.raises(EngineError, match="update KaryoView"):
        read_card(card)


def test_converted_weights_are_the_same_under_the_present_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).resolve().parents[2] / "packaging"))
    sys.modules.pop("convert_weights", None)
    from convert_weights import convert

    path = tmp_path / OLD.name
    for file in (OLD, card_path(OLD)):
        shutil.copy(file, tmp_path)
    before = load_weights(path)
    card = json.loads(card_path(path).read_text())
    card_path(path).write_text(json.dumps({**card, "studies": {"weights_hash": before.hash}}))
    assert convert(path)
    assert not convert(path)
    after = load_weights(path)
    assert after.hash != before.hash
    assert after.card["studies"]["weights_hash"] == after.hash
    stored = load_file(path)
    assert stored.keys() == before.tensors.keys()
    assert {t.dtype for t in stored.values()} == {t.dtype for t in load_file(OLD).values()}
    for name, tensor in before.tensors.items():
        torch.testing.assert_close(after.tensors[name], tensor)

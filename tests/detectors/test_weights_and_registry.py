"""Weights, cards and the registry: what is written comes back, sharing works, and each fault has its sentence."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from torch import nn

from karyoview.core.chromosome import CLASS_NAMES
from karyoview.detectors import folders
from karyoview.detectors.cards import card_path, info_from_card, read_card, sha256_of_file
from karyoview.detectors.protocol import Cancelled, CancelToken, EngineError
from karyoview.detectors.registry import ENGINES, available_engines, find_engines, load_engine
from karyoview.detectors.weights import load_weights, save_weights

CARD = {
    "engine": "deepace-v2",
    "title": "A test",
    "classes": ["chromosome"],
    "rotated": False,
    "operating_threshold": 0.5,
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's weights folder, with no shipped one beside it."""
    mine, shipped = tmp_path / "mine", tmp_path / "shipped"
    mine.mkdir()
    shipped.mkdir()
    monkeypatch.setenv("KARYOVIEW_WEIGHTS", str(mine))
    monkeypatch.setattr(folders, "shipped_weights_folder", lambda: shipped)
    return mine


def net(seed: int = 0) -> nn.Sequential:
    torch.manual_seed(seed)
    return nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.Linear(8, 4))


@pytest.mark.parametrize(("precision", "error"), [("fp32", 0.0), ("fp16", 5e-4), ("int8", 5e-3)])
def test_what_is_saved_comes_back(tmp_path: Path, precision: str, error: float) -> None:
    model = net()
    path = save_weights(tmp_path / "a.safetensors", model.state_dict(), CARD, precision=precision)  # type: ignore[arg-type]
    loaded = load_weights(path)
    for name, tensor in model.state_dict().items():
        got = loaded.tensors[name]
        assert got.dtype == tensor.dtype  # whole numbers stay whole, the rest is fp32
        assert got.shape == tensor.shape
        if tensor.ndim < 2:
            assert got.equal(tensor)
        else:
            per_channel = tensor.flatten(1).abs().amax(1).view(-1, *[1] * (tensor.ndim - 1))
            assert bool(((got - tensor).abs() <= error * per_channel).all())
    other = net(1)
    loaded.load_into(other)
    assert torch.allclose(other[0].weight, model[0].weight, atol=2e-3)
    assert loaded.name == "a"
    assert loaded.info.weights_hash == loaded.hash == read_card(card_path(path))["weights"]["hash"]


def test_int8_is_a_quarter_and_has_a_scale_for_each_channel(tmp_path: Path) -> None:
    torch.manual_seed(0)
    weight = torch.randn(64, 256) * torch.logspace(-3, 2, 64)[:, None]  # channels of very different size
    for precision in ("fp32", "int8"):
        save_weights(tmp_path / f"{precision}.safetensors", {"w": weight}, CARD, precision=precision)  # type: ignore[arg-type]
    assert (tmp_path / "int8.safetensors").stat().st_size < 0.27 * (tmp_path / "fp32.safetensors").stat().st_size
    got = load_weights(tmp_path / "int8.safetensors").tensors["w"]
    assert bool(((got - weight).norm(dim=1) < 0.01 * weight.norm(dim=1)).all())


def test_values_beyond_half_precision_are_kept(tmp_path: Path) -> None:
    weight = torch.tensor([[1e6, 1.0], [2.0, 3.0]])
    assert load_weights(save_weights(tmp_path / "a.safetensors", {"w": weight}, CARD)).tensors["w"].equal(weight)


def test_a_trunk_is_stored_once_and_named_by_its_content(tmp_path: Path) -> None:
    torch.manual_seed(0)
    trunk = {"body.w": torch.randn(16, 16), "body.b": torch.randn(16)}
    first = {**{f"backbone.{k}": v for k, v in trunk.items()}, "head.w": torch.randn(2, 16)}
    second = {**{f"net.trunk.{k}": v for k, v in trunk.items()}, "own.w": torch.randn(3, 16)}
    save_weights(tmp_path / "a.safetensors", first, CARD, trunk_prefix="backbone.")
    save_weights(tmp_path / "b.safetensors", second, CARD, trunk_prefix="net.trunk.")
    trunks = list(tmp_path.glob("trunk-*.safetensors"))
    assert len(trunks) == 1
    assert trunks[0].name == f"trunk-{sha256_of_file(trunks[0])[:12]}.safetensors"
    with safe_open(tmp_path / "a.safetensors", "pt") as stored:
        assert list(stored.keys()) == ["head.w"]
    a, b = load_weights(tmp_path / "a.safetensors"), load_weights(tmp_path / "b.safetensors")
    assert set(a.tensors) == set(first)
    assert set(b.tensors) == set(second)
    assert a.tensors["backbone.body.w"].equal(b.tensors["net.trunk.body.w"])
    assert a.hash != b.hash
    third = {**first, "backbone.body.b": torch.zeros(16)}
    save_weights(tmp_path / "c.safetensors", third, CARD, trunk_prefix="backbone.")
    assert len(list(tmp_path.glob("trunk-*.safetensors"))) == 2


def test_a_laboratorys_head_finds_the_shipped_trunk(folder: Path) -> None:
    shipped = folders.shipped_weights_folder()
    tensors = {"backbone.w": torch.randn(4, 4), "head.w": torch.randn(2, 4)}
    save_weights(shipped / "deepace.safetensors", tensors, {**CARD, "engine": "deepace"}, trunk_prefix="backbone.")
    for name in ("deepace.safetensors", "deepace.card.json"):
        (shipped / name).rename(folder / name)
    assert set(load_weights(folder / "deepace.safetensors").tensors) == set(tensors)


def spoil(path: Path, change) -> None:  # type: ignore[no-untyped-def]
    card = json.loads(card_path(path).read_text())
    change(card)
    card_path(path).write_text(json.dumps(card))


FAULTS = {
    "no card": (lambda p: card_path(p).unlink(), "cannot be read"),
    "no weights": (lambda p: p.unlink(), "cannot be read"),
    "card no JSON": (lambda p: card_path(p).write_text("{"), "not valid JSON"),
    "card no object": (lambda p: card_path(p).write_text("[]"), "a JSON object"),
    "future card": (lambda p: spoil(p, lambda c: c.update(format=9)), "update KaryoView"),
    "no engine": (lambda p: spoil(p, lambda c: c.pop("engine")), "'engine' is missing"),
    "strange classes": (lambda p: spoil(p, lambda c: c.update(classes=["cat", "dog"])), "class list has 2 entries"),
    "threshold": (lambda p: spoil(p, lambda c: c.update(operating_threshold=3)), "0 to 1"),
    "other file": (lambda p: p.write_bytes(p.read_bytes()[:-1] + b"\x07"), "not the file that its card describes"),
    "torn file": (
        lambda p: (p.write_bytes(p.read_bytes()[:50]), spoil(p, lambda c: c["weights"].pop("sha256"))),
        "damaged",
    ),
    "trunk elsewhere": (
        lambda p: spoil(p, lambda c: c["weights"].update(trunk={"file": "../trunk-1.safetensors", "prefix": ""})),
        "beside the card",
    ),
    "trunk gone": (
        lambda p: spoil(p, lambda c: c["weights"].update(trunk={"file": "trunk-1.safetensors", "prefix": ""})),
        "cannot be read",
    ),
    "other hash": (lambda p: spoil(p, lambda c: c["weights"].update(hash="abc")), "not of one training"),
}


@pytest.mark.parametrize("fault", list(FAULTS))
def test_each_fault_is_one_sentence(folder: Path, fault: str) -> None:
    path = save_weights(folder / "a.safetensors", net().state_dict(), CARD)
    damage, sentence = FAULTS[fault]
    damage(path)
    with pytest.raises(EngineError, match=sentence) as caught:
        load_weights(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("tensors", "sentence"),
    [
        ({"a": torch.zeros(2, 2)}, "tensors are missing"),
        ({**net().state_dict(), "more": torch.zeros(1)}, "no place"),
        ({**net().state_dict(), "0.weight": torch.zeros(8, 3, 5, 5)}, r"shape \(8, 3, 5, 5\) where the network has"),
    ],
)
def test_weights_of_another_network_are_named(tmp_path: Path, tensors: dict, sentence: str) -> None:  # type: ignore[type-arg]
    loaded = load_weights(save_weights(tmp_path / "a.safetensors", tensors, CARD))
    with pytest.raises(EngineError, match=sentence):
        loaded.load_into(net())


def test_values_that_are_not_finite_are_not_saved(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="not finite"):
        save_weights(tmp_path / "a.safetensors", {"w": torch.tensor([[float("nan")]])}, CARD)
    assert list(tmp_path.iterdir()) == []


def test_engines_are_listed_from_both_folders_and_the_users_wins(folder: Path) -> None:
    shipped = folders.shipped_weights_folder()
    save_weights(
        shipped / "deepacc.safetensors",
        {"w": torch.zeros(1)},
        {**CARD, "engine": "deepacc", "classes": list(CLASS_NAMES), "experimental": True},
    )
    save_weights(shipped / "deepace-v2.safetensors", {"w": torch.zeros(1)}, {**CARD, "title": "shipped"})
    save_weights(folder / "deepace-v2.safetensors", {"w": torch.ones(1)}, {**CARD, "title": "mine"})
    save_weights(folder / "ward-3.safetensors", {"w": torch.ones(1)}, CARD)
    save_weights(folder / "odd.safetensors", {"w": torch.ones(1)}, {**CARD, "engine": "yolo"})
    card_path(folder / "ward-3.safetensors").with_name("gone.card.json").write_text(json.dumps({**CARD, "weights": {}}))
    infos = available_engines()
    assert [(i.name, i.title) for i in infos] == [("deepace-v2", "mine"), ("ward-3", "A test"), ("deepacc", "A test")]
    assert [i.names_classes for i in infos] == [False, False, True]
    _, problems = find_engines()
    assert any("yolo" in p for p in problems)
    assert any("gone.safetensors is missing" in p for p in problems)


def test_an_engine_that_cannot_be_had_says_what_to_do(folder: Path) -> None:
    with pytest.raises(EngineError, match="There is no engine 'resnet'; present: none"):
        load_engine("resnet")
    for kind in ENGINES:
        with pytest.raises(EngineError, match="no weights on this machine"):
            load_engine(kind)
    with pytest.raises(EngineError, match="does not exist"):
        load_engine("deepace", weights=folder / "absent.safetensors")
    path = save_weights(folder / "a.safetensors", {"w": torch.zeros(1)}, CARD)
    with pytest.raises(EngineError, match="holds weights of deepace-v2, not of deepacc"):
        load_engine("deepacc", weights=path)
    spoil(path, lambda c: c.update(engine="yolo"))
    with pytest.raises(EngineError, match="'yolo' is not known"):
        load_engine("a")


def test_the_card_is_shown_whole_and_cannot_be_changed() -> None:
    info = info_from_card({**CARD, "weights": {"hash": "abc"}, "data": "d"}, "x")
    assert info.card["data"] == "d"
    with pytest.raises(TypeError):
        info.card["data"] = "e"  # type: ignore[index]


def test_registry_and_cards_do_not_import_torch() -> None:
    code = (
        "import sys; import karyoview.detectors.registry as r; r.available_engines(); "
        "sys.exit(any(m in sys.modules for m in ('torch', 'torchvision', 'safetensors')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_cancel_token_raises_once_asked() -> None:
    token = CancelToken()
    token.raise_if_cancelled()
    token.cancel()
    token.cancel()
    assert token.cancelled
    with pytest.raises(Cancelled):
        token.raise_if_cancelled()

"""Backbones: names, strides, both placements, input rules, and that ImageNet weights are read as they were meant."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torchvision.models import resnet18, resnet50
from torchvision.models.vgg import cfgs, make_layers

from karyoview.detectors.nets import backbones
from karyoview.detectors.nets.backbones import (
    KERAS_RULE,
    TORCHVISION_RULE,
    InputRule,
    build_backbone,
    find_backbone,
    imagenet_tensors,
    load_imagenet,
    read_rule,
)
from karyoview.detectors.nets.pyramid import PyramidBackbone, SingleLevelBackbone
from karyoview.detectors.protocol import EngineError


@pytest.mark.parametrize(("name", "reference"), [("resnet18", resnet18), ("resnet50", resnet50)])
def test_resnets_are_torchvisions_with_frozen_batch_norm(name: str, reference) -> None:  # type: ignore[no-untyped-def]
    torch.manual_seed(0)
    theirs = reference(weights=None).eval()
    ours = build_backbone(name, rule=TORCHVISION_RULE).eval()  # type: ignore[arg-type]
    state = {k: v for k, v in theirs.state_dict().items() if not k.startswith("fc.") and "num_batches" not in k}
    assert set(ours.state_dict()) == set(state)
    ours.load_state_dict(state)
    x = torch.randn(1, 3, 64, 96)
    with torch.no_grad():
        maps = ours(x)
        y = theirs.maxpool(theirs.relu(theirs.bn1(theirs.conv1(x))))
        for stage, layer in zip("2345", (theirs.layer1, theirs.layer2, theirs.layer3, theirs.layer4), strict=True):
            y = layer(y)
            assert torch.allclose(maps[stage], y, atol=1e-4, rtol=1e-4)
            assert maps[stage].shape[1] == ours.out_channels[stage]
            assert maps[stage].shape[-1] == 96 // 2 ** int(stage)


def test_vgg16_is_torchvisions_up_to_conv5_3() -> None:
    theirs = make_layers(cfgs["D"]).eval()
    ours = build_backbone("vgg16").eval()
    ours.load_state_dict({f"features.{k}": v for k, v in theirs.state_dict().items()})
    x = torch.randn(1, 3, 32, 48)
    with torch.no_grad():
        maps = ours(x)
        assert torch.allclose(maps["5"], theirs[:30](x), atol=1e-5)
    assert [tuple(maps[s].shape[-2:]) for s in "12345"] == [(32, 48), (16, 24), (8, 12), (4, 6), (2, 3)]


def test_the_two_stride_placements_share_weights_and_differ_in_result() -> None:
    torch.manual_seed(0)
    first, second = (build_backbone("resnet50", last=4, rule=InputRule(stride_in=s)).eval() for s in ("conv1", "conv2"))
    assert first.layer2[0].conv1.stride == (2, 2)
    assert first.layer2[0].conv2.stride == (1, 1)
    assert second.layer2[0].conv2.stride == (2, 2)
    assert first.layer1[0].conv1.stride == (1, 1)
    second.load_state_dict(first.state_dict())
    x = 50 * torch.randn(1, 3, 64, 64)
    with torch.no_grad():
        a, b = first(x), second(x)
    assert torch.equal(a["2"], b["2"])
    assert a["3"].shape == b["3"].shape
    assert not torch.allclose(a["3"], b["3"], rtol=0.1)


def test_a_grey_image_is_three_equal_channels() -> None:
    body = build_backbone("resnet18", last=3).eval()
    grey = torch.randn(2, 1, 32, 32)
    with torch.no_grad():
        assert body(grey)["3"].equal(body(grey.repeat(1, 3, 1, 1))["3"])


@pytest.mark.parametrize("name", ["resnet18", "resnet34", "resnet50", "resnet101"])
def test_a_random_start_neither_dies_nor_explodes(name: str) -> None:
    torch.manual_seed(0)
    body = build_backbone(name).eval()  # type: ignore[arg-type]
    with torch.no_grad():
        maps = body(58 * torch.randn(1, 3, 64, 64))
    assert all(0.02 < float(m.std()) < 20 for m in maps.values())


@pytest.mark.parametrize(
    ("trainable", "open_parts"), [(0, set()), (1, {"layer3"}), (4, {"conv1", "layer1", "layer2", "layer3"})]
)
def test_trainable_stages_count_from_the_end(trainable: int, open_parts: set[str]) -> None:
    body = build_backbone("resnet18", last=4, trainable=trainable)
    assert {n.split(".")[0] for n, p in body.named_parameters() if p.requires_grad} == open_parts


def test_pyramids_give_the_level_and_the_levels() -> None:
    body = build_backbone("resnet18")
    single, full = SingleLevelBackbone(body, 3, 32), PyramidBackbone(body, 2, 32)
    with torch.no_grad():
        x = torch.randn(1, 3, 64, 128)
        level, levels = single(x), full(x)
    assert {k: tuple(v.shape) for k, v in level.items()} == {"0": (1, 32, 8, 16)}
    assert [tuple(v.shape[1:]) for v in levels.values()] == [
        (32, 16, 32),
        (32, 8, 16),
        (32, 4, 8),
        (32, 2, 4),
        (32, 1, 2),
    ]
    assert full.levels == 5


def write_net(path: Path, metadata: dict[str, str] | None = None, *, input_first: bool = False) -> Path:
    """A ResNet-50 up to C2 whose batch-norm statistics are those of the right kernels on pink noise."""
    torch.manual_seed(0)
    body = backbones.ResNetStages("resnet50", last=3, rule=KERAS_RULE)

    def settle(norm, inputs):  # type: ignore[no-untyped-def]
        norm.running_mean.copy_(inputs[0].mean((0, 2, 3)))
        norm.running_var.copy_(inputs[0].var((0, 2, 3)))

    hooks = [m.register_forward_pre_hook(settle) for m in body.modules() if isinstance(m, backbones.FrozenBatchNorm2d)]
    with torch.no_grad():
        body(backbones._pink_noise() - torch.tensor(KERAS_RULE.mean).view(1, 3, 1, 1))
    for hook in hooks:
        hook.remove()
    state = {k: v.clone() for k, v in body.state_dict().items()}
    if input_first:
        one = {k: v for k, v in state.items() if v.ndim == 4 and v.shape[-1] == 1}
        state |= {k: v.transpose(0, 1).contiguous().view(v.shape) for k, v in one.items()}
    save_file(state, path, metadata)
    return path


RULE_TEXT = {
    "input": "RGB 0..255 minus (123.68, 116.779, 103.939), no division",
    "architecture": "resnet50, stride 2 on conv1 of layer2-4 block 0, batch-norm eps 1.001e-5",
}


def test_kernels_stored_input_first_are_put_in_order(tmp_path: Path) -> None:
    right = imagenet_tensors(write_net(tmp_path / "right.safetensors", RULE_TEXT))
    wrong = imagenet_tensors(write_net(tmp_path / "wrong.safetensors", RULE_TEXT, input_first=True))
    assert all(right[k].equal(wrong[k]) for k in right)


def test_statistics_that_fit_no_order_are_refused(tmp_path: Path) -> None:
    path = write_net(tmp_path / "net.safetensors", RULE_TEXT)
    state = backbones._tensors(path)
    for name in [n for n in state if n.endswith("running_mean")]:
        state[name] += 5 * state[name.replace("mean", "var")].sqrt()
    save_file(state, path, RULE_TEXT)
    with pytest.raises(EngineError, match="do not fit"):
        imagenet_tensors(path)


def test_rules_are_read_from_the_file_and_must_fit(tmp_path: Path) -> None:
    path = write_net(tmp_path / "net.safetensors", RULE_TEXT)
    assert read_rule(path) == KERAS_RULE
    body = build_backbone("resnet50", last=3)
    load_imagenet(body, path, KERAS_RULE)
    assert body.conv1.weight.equal(backbones._tensors(path)["conv1.weight"])
    with pytest.raises(EngineError, match="set the rule of the file"):
        load_imagenet(body, path, InputRule(stride_in="conv2"))
    with pytest.raises(EngineError, match="is missing"):
        load_imagenet(build_backbone("resnet50", last=4), path, KERAS_RULE)
    plain = tmp_path / "plain.safetensors"
    save_file({"x": torch.zeros(1)}, plain)
    assert read_rule(plain) == TORCHVISION_RULE
    save_file({"x": torch.zeros(1)}, plain, {"input": "as the moon is full"})
    with pytest.raises(EngineError, match="not understood"):
        read_rule(plain)
    with pytest.raises(EngineError, match="cannot be read"):
        read_rule(tmp_path / "absent.safetensors")
    with pytest.raises(EngineError, match="no backbone"):
        build_backbone("resnet7")  # type: ignore[arg-type]


def test_the_folder_of_backbones_is_the_users_choice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KARYOVIEW_BACKBONES", str(tmp_path))
    assert find_backbone("resnet18") is None
    write_net(tmp_path / "resnet50_mine.safetensors")
    assert find_backbone("resnet50") == tmp_path / "resnet50_mine.safetensors"


@pytest.mark.skipif(find_backbone("resnet50") is None, reason="no ImageNet weights; set KARYOVIEW_BACKBONES")
def test_the_imagenet_weights_at_hand_meet_their_statistics_in_every_layer() -> None:
    path = find_backbone("resnet50")
    assert path is not None
    rule = read_rule(path)
    distances: list[float] = []

    def measure(norm, inputs, _):  # type: ignore[no-untyped-def]
        off = (inputs[0].mean((0, 2, 3)) - norm.running_mean).abs() / (norm.running_var + norm.eps).sqrt()
        distances.append(float(off.median()))

    body = build_backbone("resnet50", rule=rule).eval()
    load_imagenet(body, path, rule)
    for module in body.modules():
        if isinstance(module, backbones.FrozenBatchNorm2d):
            module.register_forward_hook(measure)
    with torch.no_grad():
        body(backbones._pink_noise() - torch.tensor(rule.mean).view(1, 3, 1, 1))
    assert len(distances) == 53
    assert sum(distances) / 53 < 0.6  # 0.36; kernels read in the wrong order give 6

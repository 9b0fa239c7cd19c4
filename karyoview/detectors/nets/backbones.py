"""VGG-16 and ResNet backbones with ImageNet weights whose input rule travels with the file.

A rule is what the weights expect: the mean and deviation of RGB in 0..255, on which convolution of
a bottleneck the stride lies (``conv1``: the original ResNet; ``conv2``: torchvision's) and the eps
of batch normalisation. Weights under a wrong rule look fine and train badly, so a network is made
for one rule and refuses weights of another. State-dict names are torchvision's (``conv1``,
``bn1``, ``layer1`` … ``layer4``; ``features.N``); batch normalisation is frozen.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn
from torchvision.models.resnet import BasicBlock, Bottleneck, ResNet
from torchvision.models.vgg import cfgs, make_layers
from torchvision.ops import FrozenBatchNorm2d

from karyoview.detectors.input_rules import KERAS_RULE, TORCHVISION_RULE, BackboneName, InputRule
from karyoview.detectors.nets.init import zero_bias
from karyoview.detectors.protocol import EngineError

_RESNETS: Final = {
    "resnet18": (BasicBlock, (2, 2, 2, 2)),
    "resnet34": (BasicBlock, (3, 4, 6, 3)),
    "resnet50": (Bottleneck, (3, 4, 6, 3)),
    "resnet101": (Bottleneck, (3, 4, 23, 3)),
}
# VGG-16 stages end before the pooling that opens the next one; C5 is conv5_3 at stride 16.
_VGG_STAGES: Final = ((0, 4), (4, 9), (9, 16), (16, 23), (23, 30))
# Means off by so many deviations on pink noise: right files measure 0.4, wrongly read ones 5 and more.
_MISFIT_LIMIT: Final = 1.5


def backbones_folder() -> Path:
    """Where ImageNet weights lie: ``KARYOVIEW_BACKBONES``, else ``../shared/backbones`` beside the checkout."""
    named = os.environ.get("KARYOVIEW_BACKBONES")
    return Path(named) if named else Path(__file__).resolve().parents[4] / "shared" / "backbones"


def find_backbone(name: BackboneName) -> Path | None:
    """The file with ImageNet weights for ``name``, or None (then start from a file or at random, and say so)."""
    found = sorted(backbones_folder().glob(f"{name}*.safetensors"))
    return found[0] if found else None


def read_rule(path: Path) -> InputRule:
    """The rule in a file's metadata; a file that says nothing follows torchvision's."""
    metadata = _metadata(path)
    text = metadata.get("input", "")
    if not text:
        return TORCHVISION_RULE
    numbers = [tuple(float(v) for v in group.split(",")) for group in re.findall(r"\(([\d., ]+)\)", text)]
    if not numbers or any(len(n) != 3 for n in numbers) or ("no division" not in text and len(numbers) < 2):
        raise EngineError(
            f"{path.name}: the input rule {text!r} is not understood; write it as 'minus (r, g, b), no division'."
        )
    std = (1.0, 1.0, 1.0) if "no division" in text else numbers[1]
    architecture = metadata.get("architecture", "")
    eps = re.search(r"eps ([\d.e+-]+)", architecture)
    return InputRule(
        mean=numbers[0],  # type: ignore[arg-type]
        std=std,  # type: ignore[arg-type]
        stride_in="conv1" if "on conv1" in architecture else "conv2",
        bn_eps=float(eps.group(1).rstrip(".")) if eps else 1e-5,
    )


class ResNetStages(nn.Module):
    """A ResNet up to stage ``last`` (3, 4 or 5: C3, C4, C5) with frozen batch normalisation.

    ``forward`` takes (B, 3, H, W) or grey (B, 1, H, W) and gives ``{"2": C2, "3": C3, …}`` at strides
    4, 8, 16, 32. ``trainable`` counts the last stages that train: ``last`` means all, including the stem.
    """

    def __init__(self, name: BackboneName, *, last: int = 5, trainable: int = 3, rule: InputRule | None = None) -> None:
        super().__init__()
        rule = rule or KERAS_RULE
        block, depths = _RESNETS[name]
        net = ResNet(block, list(depths), norm_layer=partial(FrozenBatchNorm2d, eps=rule.bn_eps))
        self.conv1, self.bn1, self.relu, self.maxpool = net.conv1, net.bn1, net.relu, net.maxpool
        for stage in range(1, last):
            layer = getattr(net, f"layer{stage}")
            if block is Bottleneck and stage > 1 and rule.stride_in == "conv1":
                layer[0].conv1.stride, layer[0].conv2.stride = layer[0].conv2.stride, layer[0].conv1.stride
            self.add_module(f"layer{stage}", layer)
        self.last = last
        width = 64 * block.expansion
        self.out_channels = {str(stage + 1): width * 2 ** (stage - 1) for stage in range(1, last)}
        _tame_random_start(self, sum(depths[: last - 1]))
        self.bn1.running_var.fill_(_pixel_deviation(rule) ** 2)
        frozen = [self.conv1, *(getattr(self, f"layer{s}") for s in range(1, last))][: max(last - trainable, 0)]
        for part in frozen:
            part.requires_grad_(False)

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        x = self.maxpool(self.relu(self.bn1(self.conv1(_to_rgb(x)))))
        maps: dict[str, Tensor] = {}
        for stage in range(1, self.last):
            x = getattr(self, f"layer{stage}")(x)
            maps[str(stage + 1)] = x
        return maps


class VGG16Stages(nn.Module):
    """VGG-16's convolutions up to stage ``last`` (3, 4, 5), torchvision names ``features.N``.

    ``forward`` takes (B, 3, H, W) or grey (B, 1, H, W) and gives ``{"1": C1, …}`` at strides 1, 2, 4, 8, 16.
    ``trainable`` counts the last stages that train.
    """

    def __init__(self, *, last: int = 5, trainable: int = 3, rule: InputRule | None = None) -> None:
        super().__init__()
        self.features = make_layers(cfgs["D"])[: _VGG_STAGES[last - 1][1]]
        for layer in self.features:
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
                zero_bias(layer)
        with torch.no_grad():
            self.features[0].weight /= _pixel_deviation(rule or KERAS_RULE)
        self.last = last
        self.out_channels = {str(s): c for s, c in zip(range(1, last + 1), (64, 128, 256, 512, 512), strict=False)}
        for start, end in _VGG_STAGES[: max(last - trainable, 0)]:
            self.features[start:end].requires_grad_(False)

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        x = _to_rgb(x)
        maps: dict[str, Tensor] = {}
        for stage, (start, end) in enumerate(_VGG_STAGES[: self.last], 1):
            for layer in self.features[start:end]:
                x = layer(x)
            maps[str(stage)] = x
        return maps


def build_backbone(
    name: BackboneName, *, last: int = 5, trainable: int = 3, rule: InputRule | None = None
) -> ResNetStages | VGG16Stages:
    """A backbone at a random start; ``load_imagenet`` gives it weights. Raises EngineError for other names."""
    if name == "vgg16":
        return VGG16Stages(last=last, trainable=trainable, rule=rule)
    if name not in _RESNETS:
        raise EngineError(f"There is no backbone {name!r}; use vgg16, {', '.join(_RESNETS)}.")
    return ResNetStages(name, last=last, trainable=trainable, rule=rule)


def load_imagenet(body: nn.Module, path: Path, rule: InputRule) -> None:
    """Copy the weights in ``path`` into ``body``, whose input follows ``rule``.

    Stages that ``body`` does not have are left out. Raises EngineError when the file follows another
    rule (the message says which), lacks a tensor or has another shape.
    """
    stated = read_rule(path)
    is_resnet = isinstance(body, ResNetStages)
    same = (stated.mean, stated.std) == (rule.mean, rule.std)
    if is_resnet:
        same = same and (stated.stride_in, stated.bn_eps) == (rule.stride_in, rule.bn_eps)
    if not same:
        raise EngineError(
            f"{path.name} was trained with {stated}, the network is set to {rule}; set the rule of the file."
        )
    stored = imagenet_tensors(path)
    expected = body.state_dict()
    for name, tensor in expected.items():
        if name not in stored:
            raise EngineError(f"{path.name}: {name!r} is missing; it is not a file for this backbone.")
        if stored[name].shape != tensor.shape:
            raise EngineError(
                f"{path.name}: {name!r} has shape {tuple(stored[name].shape)}, expected {tuple(tensor.shape)}."
            )
    body.load_state_dict({name: stored[name] for name in expected})


def imagenet_tensors(path: Path) -> dict[str, Tensor]:
    """The tensors in ``path`` as fp32, with 1×1 kernels in torch's order (output, input).

    Some files hold their 1×1 kernels input first in memory while the shape says otherwise: such a
    ResNet runs and trains, but batch normalisation then sees means five deviations off. Which order
    holds is decided by those statistics on a picture of pink noise; a file that fits in neither order
    is refused with EngineError.
    """
    stored = {name: tensor.float() for name, tensor in _tensors(path).items()}
    if "layer1.0.conv1.weight" not in stored:
        return stored
    candidates = (stored, {name: _input_first(tensor) for name, tensor in stored.items()})
    misfits = [_statistics_misfit(c, read_rule(path)) for c in candidates]
    best = min(range(2), key=misfits.__getitem__)
    if not misfits[best] < _MISFIT_LIMIT:
        raise EngineError(
            f"{path.name}: the batch-norm statistics do not fit its kernels (means are off by "
            f"{misfits[best]:.1f} deviations); the file is damaged or follows another input rule."
        )
    return candidates[best]


def _input_first(tensor: Tensor) -> Tensor:
    """A 1×1 kernel whose memory is (input, output), as (output, input, 1, 1); others unchanged."""
    if tensor.ndim != 4 or tensor.shape[2:] != (1, 1):
        return tensor
    out_channels, in_channels = tensor.shape[:2]
    return tensor.reshape(in_channels, out_channels, 1, 1).transpose(0, 1).contiguous()


def _statistics_misfit(tensors: Mapping[str, Tensor], rule: InputRule) -> float:
    """How far C2's batch-norm inputs lie from their running means, in deviations (mean of channel medians)."""
    block: BackboneName = "resnet50" if "layer1.0.conv3.weight" in tensors else "resnet34"
    depth = sum(1 for name in tensors if name.startswith("layer1.") and name.endswith(".conv1.weight"))
    body = ResNetStages("resnet18" if block == "resnet34" and depth == 2 else block, last=2, rule=rule).eval()
    names = body.state_dict().keys()
    if any(n not in tensors or tensors[n].shape != v.shape for n, v in body.state_dict().items()):
        return float("inf")
    body.load_state_dict({n: tensors[n] for n in names})
    distances: list[float] = []

    def measure(norm: nn.Module, inputs: tuple[Tensor, ...], _: Tensor) -> None:
        mean, variance = norm.get_buffer("running_mean"), norm.get_buffer("running_var")
        distance = (inputs[0].mean((0, 2, 3)) - mean).abs() / (variance + rule.bn_eps).sqrt()
        distances.append(float(distance.median()))

    for module in body.modules():
        if isinstance(module, FrozenBatchNorm2d):
            module.register_forward_hook(measure)
    mean, std = (torch.tensor(v).view(1, 3, 1, 1) for v in (rule.mean, rule.std))
    with torch.no_grad():
        body((_pink_noise() - mean) / std)
    return sum(distances) / len(distances)


def _pink_noise(size: int = 128) -> Tensor:
    """(1, 3, size, size) in 0..255 with the 1/f spectrum of natural pictures, channels alike; always the same."""
    random = np.random.default_rng(0)
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(size), np.fft.fftfreq(size), indexing="ij"))
    frequency[0, 0] = 1.0
    layers = [np.fft.ifft2(np.fft.fft2(random.normal(size=(size, size))) / frequency).real for _ in range(4)]
    channels = np.stack([layers[0] + 0.3 * layer for layer in layers[1:]])
    scaled = (channels - channels.mean()) / channels.std() * 60.0 + 115.0
    return torch.from_numpy(np.clip(scaled, 0, 255).astype(np.float32))[None]


def _to_rgb(x: Tensor) -> Tensor:
    return x.expand(-1, 3, -1, -1) if x.shape[1] == 1 else x


def _tame_random_start(net: nn.Module, blocks: int) -> None:
    """Scale each residual branch by 1/√blocks: frozen batch normalisation at rest would let a random start explode."""
    for module in net.modules():
        if isinstance(module, Bottleneck | BasicBlock):
            last = module.bn3 if isinstance(module, Bottleneck) else module.bn2
            last.weight.fill_(blocks**-0.5)


def _pixel_deviation(rule: InputRule) -> float:
    """The deviation of a natural picture's pixels (58 of 255) after ``rule``; a random start divides by it."""
    return 58.0 / (sum(rule.std) / 3)


def _metadata(path: Path) -> Mapping[str, str]:
    try:
        with safe_open(path, "pt") as stored:
            return stored.metadata() or {}
    except (OSError, SafetensorError) as error:
        raise EngineError(f"The backbone {path} cannot be read ({error}); give a safetensors file.") from error


def _tensors(path: Path) -> dict[str, Tensor]:
    with safe_open(path, "pt") as stored:
        return {name: stored.get_tensor(name) for name in stored.keys()}  # noqa: SIM118 (not a mapping)


__all__ = [
    "KERAS_RULE",
    "TORCHVISION_RULE",
    "BackboneName",
    "InputRule",
    "ResNetStages",
    "VGG16Stages",
    "backbones_folder",
    "build_backbone",
    "find_backbone",
    "imagenet_tensors",
    "load_imagenet",
    "read_rule",
]

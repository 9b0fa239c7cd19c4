"""Norms folded into convolutions: the same numbers from fewer layers."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torchvision.ops import FrozenBatchNorm2d

from karyoview.detectors.nets.backbones import ResNetStages
from karyoview.detectors.nets.classifier import ChromosomeClassifier
from karyoview.detectors.nets.fusion import fuse_conv_bn


def with_random_norms(net: nn.Module) -> nn.Module:
    torch.manual_seed(4)
    for part in net.modules():
        if isinstance(part, nn.BatchNorm2d | FrozenBatchNorm2d):
            for value, low in (
                (part.weight, 0.5),
                (part.bias, -0.3),
                (part.running_mean, -0.4),
                (part.running_var, 0.6),
            ):
                nn.init.uniform_(value, low, low + 0.9)
    return net.eval()


@pytest.mark.parametrize(
    ("net", "x"),
    [
        (ResNetStages("resnet50", last=4), torch.rand(1, 1, 64, 96) * 255),
        (ResNetStages("resnet18", last=5), torch.rand(2, 3, 64, 64) * 255),
        (ChromosomeClassifier(width=8), torch.rand(3, 2, 192, 32)),
    ],
    ids=["resnet50", "resnet18", "naming"],
)
@torch.no_grad()
def test_the_same_numbers_without_a_norm_left(net: nn.Module, x: torch.Tensor) -> None:
    with_random_norms(net)
    norms = sum(isinstance(m, nn.BatchNorm2d | FrozenBatchNorm2d) for m in net.modules())
    before = net(x)
    assert fuse_conv_bn(net) == norms > 10
    assert not any(isinstance(m, nn.BatchNorm2d | FrozenBatchNorm2d) for m in net.modules())
    after = net(x)
    before, after = (list(o.values()) if isinstance(o, dict) else list(o) for o in (before, after))
    for expected, got in zip(before, after, strict=True):
        torch.testing.assert_close(got, expected, atol=1e-4 * float(expected.abs().max()), rtol=1e-4)
    assert fuse_conv_bn(net) == 0


def test_a_norm_that_still_learns_is_left_alone() -> None:
    with pytest.raises(ValueError, match="eval"):
        fuse_conv_bn(ChromosomeClassifier(width=8))

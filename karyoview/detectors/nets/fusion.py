"""Normalisation that no longer learns, folded into the convolution before it: the same numbers, less work."""

from __future__ import annotations

import copy
from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_weights
from torchvision.ops import FrozenBatchNorm2d

_NORMS = (nn.BatchNorm2d, FrozenBatchNorm2d)


def fuse_conv_bn(net: nn.Module) -> int:
    """Fold every batch norm of ``net``, which must be in evaluation mode, into the convolution before it; how many.

    Pairs are neighbours in a Sequential, and ``convN`` with ``bnN`` of one module (torchvision's ResNets).
    """
    if net.training:
        raise ValueError("a network that still learns keeps its norms; call eval() first.")
    pairs = [(part, *names) for part in net.modules() for names in _pairs(part)]
    for part, conv, norm in pairs:
        setattr(part, conv, _folded(getattr(part, conv), getattr(part, norm)))
        setattr(part, norm, nn.Identity())
    return len(pairs)


def _pairs(part: nn.Module) -> Iterator[tuple[str, str]]:
    names = dict(part.named_children())
    if isinstance(part, nn.Sequential):
        candidates = list(zip(list(names)[:-1], list(names)[1:], strict=True))
    else:
        candidates = [(name, name.replace("conv", "bn")) for name in names if name.startswith("conv")]
    for conv, norm in candidates:
        if isinstance(names[conv], nn.Conv2d) and isinstance(names.get(norm), _NORMS):
            yield conv, norm


@torch.no_grad()
def _folded(conv: nn.Conv2d, norm: nn.BatchNorm2d | FrozenBatchNorm2d) -> nn.Conv2d:
    mean, variance = norm.running_mean, norm.running_var
    if not isinstance(mean, Tensor) or not isinstance(variance, Tensor):
        raise ValueError("a batch norm without statistics cannot be folded")
    weight, bias = fuse_conv_bn_weights(conv.weight, conv.bias, mean, variance, norm.eps, norm.weight, norm.bias)
    folded = copy.deepcopy(conv)
    folded.weight, folded.bias = nn.Parameter(weight, requires_grad=False), nn.Parameter(bias, requires_grad=False)
    return folded

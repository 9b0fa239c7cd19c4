"""Atrous spatial pyramid pooling (DeepLab v2/v3), as DeepCHM's heads use it: rates 1, 6, 12, 18 and pooling."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class ASPP(nn.Module):
    """(B, C, H, W) → (B, ``out_channels``, H, W): parallel convolutions at several rates, pooled context, 1×1 fusion.

    A rate of 1 is a 1×1 convolution. ``groups`` normalises each branch (batches are of one image).
    """

    def __init__(
        self, in_channels: int, out_channels: int, rates: Sequence[int] = (1, 6, 12, 18), groups: int = 16
    ) -> None:
        super().__init__()
        self.branches = nn.ModuleList(
            nn.Sequential(
                nn.Conv2d(in_channels, out_channels, 1, bias=False)
                if rate == 1
                else nn.Conv2d(in_channels, out_channels, 3, padding=rate, dilation=rate, bias=False),
                nn.GroupNorm(groups, out_channels),
                nn.ReLU(),
            )
            for rate in rates
        )
        self.context = nn.Sequential(nn.Conv2d(in_channels, out_channels, 1), nn.ReLU())
        self.fuse = nn.Sequential(
            nn.Conv2d(out_channels * (len(rates) + 1), out_channels, 1, bias=False),
            nn.GroupNorm(groups, out_channels),
            nn.ReLU(),
        )
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
                if layer.bias is not None:
                    nn.init.zeros_(layer.bias)

    def forward(self, x: Tensor) -> Tensor:
        pooled = self.context(F.adaptive_avg_pool2d(x, 1)).expand(-1, -1, *x.shape[-2:])
        return self.fuse(torch.cat([*(branch(x) for branch in self.branches), pooled], 1))

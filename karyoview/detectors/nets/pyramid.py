"""Feature pyramids: the single level that holds all chromosomes (DeepACEv2 II-A), and the full one (DeepACC)."""

from __future__ import annotations

from collections import OrderedDict

import torch.nn.functional as F
from torch import Tensor, nn
from torchvision.ops import FeaturePyramidNetwork
from torchvision.ops.feature_pyramid_network import LastLevelMaxPool, LastLevelP6P7

from karyoview.detectors.nets.backbones import ResNetStages, VGG16Stages


class SingleLevelPyramid(nn.Module):
    """1×1 laterals, top-down nearest upsampling and addition, one 3×3 smoothing on the finest level.

    ``channels`` are those of the maps used, fine to coarse (C3, C4, C5 for the paper's P3).
    ``forward`` takes these maps (B, C_i, H_i, W_i) and gives (B, ``out_channels``, H_0, W_0).
    """

    def __init__(self, channels: list[int], out_channels: int = 256) -> None:
        super().__init__()
        self.laterals = nn.ModuleList(nn.Conv2d(c, out_channels, 1) for c in channels)
        self.smooth = nn.Conv2d(out_channels, out_channels, 3, padding=1)
        for layer in (*self.laterals, self.smooth):
            nn.init.kaiming_uniform_(layer.weight, a=1)
            nn.init.zeros_(layer.bias)

    def forward(self, maps: list[Tensor]) -> Tensor:
        merged = self.laterals[-1](maps[-1])
        for lateral, finer in zip(reversed(self.laterals[:-1]), reversed(maps[:-1]), strict=True):
            merged = lateral(finer) + F.interpolate(merged, size=finer.shape[-2:], mode="nearest")
        return self.smooth(merged)


class SingleLevelBackbone(nn.Module):
    """``body`` and, over its stages ``first`` … last, a SingleLevelPyramid; gives ``{"0": map}``.

    With ``pyramid`` False the last stage's map is used as it is (VGG-16 in DeepACE).
    """

    def __init__(
        self, body: ResNetStages | VGG16Stages, first: int, out_channels: int = 256, pyramid: bool = True
    ) -> None:
        super().__init__()
        self.body = body
        channels = body.out_channels
        self.stages = [stage for stage in channels if int(stage) >= first] if pyramid else [list(channels)[-1]]
        self.pyramid = SingleLevelPyramid([channels[s] for s in self.stages], out_channels) if pyramid else None
        self.out_channels = out_channels if pyramid else channels[self.stages[-1]]

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        maps = self.body(x)
        used = [maps[stage] for stage in self.stages]
        return {"0": self.pyramid(used) if self.pyramid is not None else used[0]}


class PyramidBackbone(nn.Module):
    """``body`` and torchvision's FeaturePyramidNetwork over its stages from ``first``, one level pooled.

    ``coarser``: two levels by convolution instead, as RetinaNet has them.
    """

    def __init__(
        self, body: ResNetStages | VGG16Stages, first: int = 2, out_channels: int = 256, *, coarser: bool = False
    ) -> None:
        super().__init__()
        self.body = body
        channels = body.out_channels
        self.stages = [stage for stage in channels if int(stage) >= first]
        above = LastLevelP6P7(out_channels, out_channels) if coarser else LastLevelMaxPool()
        self.fpn = FeaturePyramidNetwork([channels[s] for s in self.stages], out_channels, above)
        self.coarser = 2 if coarser else 1
        self.out_channels = out_channels

    @property
    def levels(self) -> int:
        return len(self.stages) + self.coarser

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        maps = self.body(x)
        return self.fpn(OrderedDict((stage, maps[stage]) for stage in self.stages))

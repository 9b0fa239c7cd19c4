"""DeepCHM's encoder–decoder (III-A, Fig. 4): ResNet stages merged top-down into the stride-4 map."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from karyoview.detectors.nets.backbones import BackboneName, InputRule, ResNetStages
from karyoview.detectors.nets.init import zero_bias


class EncoderDecoder(nn.Module):
    """Grey images (B, 1, H, W), already by the backbone's input rule → (B, ``channels``, H/4, W/4).

    1×1 laterals, bilinear upsampling and addition, one 3×3 smoothing on the finest map, the only
    one used. ``last`` is the deepest stage: 5 for C2–C5 (the paper), 4 where speed counts.
    """

    def __init__(
        self,
        backbone: BackboneName = "resnet50",
        *,
        last: int = 5,
        channels: int = 256,
        trainable: int | None = None,
        rule: InputRule | None = None,
    ) -> None:
        super().__init__()
        self.body = ResNetStages(backbone, last=last, trainable=last if trainable is None else trainable, rule=rule)
        self.stages = list(self.body.out_channels)
        laterals = {s: nn.Conv2d(c, channels, 1) for s, c in self.body.out_channels.items()}
        self.laterals = nn.ModuleDict(laterals)
        self.smooth = nn.Conv2d(channels, channels, 3, padding=1)
        for layer in (*laterals.values(), self.smooth):
            nn.init.kaiming_uniform_(layer.weight, a=1)
            zero_bias(layer)

    def forward(self, images: Tensor) -> Tensor:
        maps = self.body(images)
        merged = self.laterals[self.stages[-1]](maps[self.stages[-1]])
        for stage in reversed(self.stages[:-1]):
            finer = maps[stage]
            merged = self.laterals[stage](finer) + F.interpolate(
                merged, size=finer.shape[-2:], mode="bilinear", align_corners=False
            )
        return F.relu(self.smooth(merged))

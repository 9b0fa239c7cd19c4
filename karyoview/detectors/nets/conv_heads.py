"""Box heads on 7×7 RoI maps: DeepACE's convolutional branches (2.1, Fig. 2), and fully connected layers.

A head takes (N, C, 7, 7) and gives class logits (N, classes) with the background first, and box
deltas (N, 4), the same for all classes.
"""

from __future__ import annotations

import itertools

import torch
from torch import Tensor, nn

from karyoview.detectors.nets.init import zero_bias


class ConvHeads(nn.Module):
    """DeepACE's two branches, which share nothing.

    Classification: depthwise 3×3 stride 3, then depthwise 2×2 (7 → 2 → 1), channels fused only by the
    last linear layer. Regression: four 3×3 convolutions to 128, 32, 8 and 1 channels, the 49 values
    flattened and a linear layer to 4 (that layer is *ours*, the paper does not say).
    """

    def __init__(self, channels: int, classes: int = 2) -> None:
        super().__init__()
        self.classification = nn.Sequential(
            nn.Conv2d(channels, channels, 3, stride=3, groups=channels),
            nn.ReLU(),
            nn.Conv2d(channels, channels, 2, groups=channels),
            nn.ReLU(),
            nn.Flatten(),
        )
        self.fuse = nn.Linear(channels, classes)
        widths = (channels, 128, 32, 8, 1)
        self.regression = nn.Sequential()
        for before, after in itertools.pairwise(widths):
            self.regression.append(nn.Conv2d(before, after, 3, padding=1))
            if after > 1:  # a rectified single channel could die as a whole
                self.regression.append(nn.ReLU())
        self.locate = nn.Linear(49, 4)
        for layer in (*self.classification, *self.regression):
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
                zero_bias(layer)
        _start_small(self.fuse, self.locate)

    def forward(self, maps: Tensor) -> tuple[Tensor, Tensor]:
        return self.fuse(self.classification(maps)), self.locate(self.regression(maps).flatten(1))


class SharedLayers(nn.Sequential):
    """Two fully connected layers, (N, C, 7, 7) → (N, ``width``)."""

    def __init__(self, channels: int, width: int = 1024, resolution: int = 7) -> None:
        super().__init__(
            nn.Flatten(),
            nn.Linear(channels * resolution**2, width),
            nn.ReLU(),
            nn.Linear(width, width),
            nn.ReLU(),
        )


class FullyConnectedHeads(nn.Module):
    """Two fully connected layers shared by class and box, as in Faster R-CNN and DeepACEv2."""

    def __init__(self, channels: int, classes: int = 2, width: int = 1024) -> None:
        super().__init__()
        self.shared = SharedLayers(channels, width)
        self.cls_score = nn.Linear(width, classes)
        self.bbox_pred = nn.Linear(width, 4)
        _start_small(self.cls_score, self.bbox_pred)

    def forward(self, maps: Tensor) -> tuple[Tensor, Tensor]:
        x = self.shared(maps)
        return self.cls_score(x), self.bbox_pred(x)


def _start_small(classify: nn.Linear, locate: nn.Linear) -> None:
    nn.init.normal_(classify.weight, std=0.01)
    nn.init.normal_(locate.weight, std=0.001)
    with torch.no_grad():
        classify.bias.zero_()
        locate.bias.zero_()

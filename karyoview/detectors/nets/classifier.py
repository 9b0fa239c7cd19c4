"""The naming network: straightened crops in; the 24 classes, embeddings and "one whole chromosome" out.

A small residual network (about 3 M parameters). The rows of a crop are distance along the
chromosome's axis, so the features keep six places along it instead of one average: where a band
lies is what names a chromosome.
"""

from __future__ import annotations

import torch
from torch import nn

from karyoview.core.chromosome import CLASSES
from karyoview.detectors.network_sizes import CROP_SHAPE, EMBEDDING_DIM

__all__ = ["CROP_SHAPE", "EMBEDDING_DIM", "ChromosomeClassifier", "ResidualBlock"]


class ResidualBlock(nn.Module):
    """Two 3×3 convolutions with batch norm and a shortcut; ``stride`` on the first."""

    def __init__(self, inner: int, outer: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inner, outer, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outer)
        self.conv2 = nn.Conv2d(outer, outer, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outer)
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or inner != outer:
            self.shortcut = nn.Sequential(nn.Conv2d(inner, outer, 1, stride, bias=False), nn.BatchNorm2d(outer))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = torch.relu(self.bn1(self.conv1(x)))
        return torch.relu(self.bn2(self.conv2(y)) + self.shortcut(x))


class ChromosomeClassifier(nn.Module):
    """Classes of straightened chromosomes.

    Input (N, 2, 192, 32) float in [0, 1] (darkness, own mask; see imaging.aligned); output logits
    (N, 24), embeddings (N, 256) and log odds (N,) that the crop is one whole chromosome, float32.
    """

    def __init__(self, width: int = 32, embedding: int = EMBEDDING_DIM) -> None:
        super().__init__()
        w = width
        self.stem = nn.Sequential(nn.Conv2d(2, w, 5, 2, 2, bias=False), nn.BatchNorm2d(w), nn.ReLU())
        self.blocks = nn.Sequential(
            ResidualBlock(w, w),
            ResidualBlock(w, 2 * w, 2), ResidualBlock(2 * w, 2 * w),
            ResidualBlock(2 * w, 4 * w, 2), ResidualBlock(4 * w, 4 * w),
            ResidualBlock(4 * w, 8 * w, 2), ResidualBlock(8 * w, 8 * w),
        )  # fmt: skip
        self.pool = nn.AdaptiveAvgPool2d((6, 1))
        self.embed = nn.Linear(6 * 8 * w, embedding)
        self.classify = nn.Linear(embedding, len(CLASSES))
        self.whole = nn.Linear(embedding, 1)

    def forward(self, crops: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        features = self.pool(self.blocks(self.stem(crops))).flatten(1)
        embedding = torch.relu(self.embed(features).float())
        return self.classify(embedding).float(), embedding, self.whole(embedding).float()[:, 0]

"""Anchors of one stride: 4 sizes × 9 ratios (DeepACE 2.1, DeepACEv2 III-C), or a size per pyramid level."""

from __future__ import annotations

import torch
from torch import Tensor
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.image_list import ImageList

from karyoview.detectors.region_configs import RATIOS, SIZES

__all__ = ["RATIOS", "SIZES", "Anchors"]


class Anchors(AnchorGenerator):
    """torchvision's AnchorGenerator, exact and in fp32.

    Sizes are √area in network pixels, ratios height / width. torchvision rounds base anchors to whole
    pixels, which distorts 1:5 anchors of small chromosomes, and takes the features' dtype, which under
    bf16 cannot tell neighbouring pixels apart beyond 256.
    """

    def generate_anchors(
        self,
        scales: list[float],
        aspect_ratios: list[float],
        dtype: torch.dtype = torch.float32,
        device: torch.device = torch.device("cpu"),  # noqa: B008 (torchvision's signature)
    ) -> Tensor:
        sizes = torch.as_tensor(scales, dtype=dtype, device=device)
        root = torch.as_tensor(aspect_ratios, dtype=dtype, device=device).sqrt()
        w, h = (sizes / root[:, None]).flatten(), (sizes * root[:, None]).flatten()
        return torch.stack([-w, -h, w, h], 1) / 2

    def forward(self, image_list: ImageList, feature_maps: list[Tensor]) -> list[Tensor]:
        # Only shape, dtype and device of the maps are read, so an expanded zero of fp32 stands in for each.
        stand_ins = [f.new_zeros((), dtype=torch.float32).expand(f.shape) for f in feature_maps]
        return super().forward(image_list, stand_ins)

"""From grey images of any size to one normalised batch, and boxes back: torchvision's transform for metaphases."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor
from torchvision.models.detection.transform import GeneralizedRCNNTransform, resize_boxes

from karyoview.detectors.input_rules import InputRule
from karyoview.detectors.resizing import scaled_size


def resize_image(image: Tensor, factor: float) -> Tensor:
    """(C, H, W) scaled by ``factor``, antialiased: bands of 2–4 px would turn to moiré otherwise."""
    if factor == 1.0:
        return image
    size = scaled_size(image.shape[-2], image.shape[-1], factor)
    return F.interpolate(image[None], size=size, mode="bilinear", antialias=True, align_corners=False)[0]


class MetaphaseTransform(GeneralizedRCNNTransform):
    """Grey (1, H, W) or RGB (3, H, W) images, float in 0..1, to a batch under a backbone's input rule.

    The scale is ``scale``, but never beyond a longer side of ``longer_side`` pixels; None for both
    leaves images as they are. ``clip_above`` turns lighter pixels white (DeepACE: 200/255). Batches
    are padded with each image's median, which is background, to a multiple of 32.
    """

    def __init__(
        self,
        rule: InputRule,
        *,
        scale: float | None = None,
        longer_side: int | None = None,
        clip_above: float | None = None,
    ) -> None:
        super().__init__(0, 0, [m / 255 for m in rule.mean], [s / 255 for s in rule.std])
        self.scale = scale
        self.longer_side = longer_side
        self.clip_above = clip_above

    def unscaled(self) -> None:
        """Leave sizes alone from now on: images come at the network's own scale."""
        self.scale = self.longer_side = None

    def factor(self, height: int, width: int) -> float:
        """What an image of that size is scaled by."""
        fit = self.longer_side / max(height, width) if self.longer_side else None
        candidates = [f for f in (self.scale, fit) if f is not None]
        return min(candidates) if candidates else 1.0

    def normalize(self, image: Tensor) -> Tensor:
        if self.clip_above is not None:
            image = torch.where(image > self.clip_above, torch.ones_like(image), image)
        return super().normalize(image)

    def resize(self, image: Tensor, target: dict[str, Tensor] | None = None) -> tuple[Tensor, dict[str, Tensor] | None]:
        before = image.shape[-2:]
        image = resize_image(image, self.factor(*before))
        if target is not None:
            target["boxes"] = resize_boxes(target["boxes"], list(before), list(image.shape[-2:]))
        return image, target

    def batch_images(self, images: list[Tensor], size_divisible: int = 32) -> Tensor:
        height, width = (math.ceil(max(i.shape[d] for i in images) / size_divisible) * size_divisible for d in (1, 2))
        batch = torch.stack([i.flatten(1).median(1).values for i in images])[:, :, None, None]
        batch = batch.repeat(1, 1, height, width)
        for row, image in zip(batch, images, strict=True):
            row[:, : image.shape[1], : image.shape[2]] = image
        return batch

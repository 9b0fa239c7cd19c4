"""Grey images with rotated truths to one batch: MetaphaseTransform, whose single factor also scales what is rotated."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor

from karyoview.detectors.nets.transform import MetaphaseTransform, resize_image


class RotatedTransform(MetaphaseTransform):
    """As MetaphaseTransform; ``boxes`` (N, 4), ``rotated`` (N, 5), ``masks`` (N, H, W) of a target follow the image."""

    def resize(self, image: Tensor, target: dict[str, Tensor] | None = None) -> tuple[Tensor, dict[str, Tensor] | None]:
        factor = self.factor(*image.shape[-2:])
        image = resize_image(image, factor)
        if target is not None and factor != 1.0:
            target = dict(target)
            target["boxes"] = target["boxes"] * factor
            rotated = target["rotated"].clone()
            rotated[:, :4] *= factor
            target["rotated"] = rotated
            if target.get("masks") is not None and len(target["masks"]):
                masks = F.interpolate(target["masks"][:, None].float(), size=image.shape[-2:], mode="area")
                target["masks"] = masks[:, 0] >= 0.5
        return image, target

"""Grey images with rotated truths to one batch: MetaphaseTransform, whose single factor also scales what is rotated.

Also the mirrored and turned forms in which an image may be looked at, and rotated boxes back from them.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from karyoview.detectors.nets.transform import MetaphaseTransform, resize_image


class View(NamedTuple):
    """A form of an image: first ``transposed``, then ``flip_x`` (left and right change), then ``flip_y``."""

    transposed: bool
    flip_x: bool
    flip_y: bool


VIEWS: Final = (
    View(False, False, False),
    View(True, False, False),
    View(False, True, True),
    View(True, True, True),
    View(False, True, False),
    View(False, False, True),
    View(True, True, False),
    View(True, False, True),
)
"""All eight; the first two and the first four turn an axis as far as few can."""


def seen(image: Tensor, view: View) -> Tensor:
    """An image (..., H, W) in one of its forms."""
    if view.transposed:
        image = image.transpose(-1, -2)
    flips = [axis for axis, flip in ((-1, view.flip_x), (-2, view.flip_y)) if flip]
    return (image.flip(flips) if flips else image).contiguous()


def unseen(boxes: Tensor, size: tuple[int, int], view: View) -> Tensor:
    """Boxes (N, 5) of a form whose height and width are ``size``, in the image itself; p stays p."""
    x, y, w, h, angle = boxes.unbind(1)
    if view.flip_y:
        y, angle = size[0] - y, math.pi - angle
    if view.flip_x:
        x, angle = size[1] - x, -angle
    if view.transposed:
        x, y, angle = y, x, -math.pi / 2 - angle
    return torch.stack([x, y, w, h, angle], 1)


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

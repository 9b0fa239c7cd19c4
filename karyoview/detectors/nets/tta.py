"""Test-time augmentation: mirrored and transposed views of an image, and boxes there and back."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from karyoview.detectors.tta_transforms import TTA_TRANSFORMS, TTATransform, columns_in_view

__all__ = [
    "TTA_TRANSFORMS",
    "TTATransform",
    "apply_to_boxes",
    "apply_to_image",
    "invert_boxes",
    "invert_rotated_boxes",
]


def apply_to_image(image: Tensor, transform: TTATransform) -> Tensor:
    """An image (..., H, W) in an augmented view."""
    if transform.transposed:
        image = image.transpose(-1, -2)
    flips = [axis for axis, flip in ((-1, transform.flip_x), (-2, transform.flip_y)) if flip]
    return (image.flip(flips) if flips else image).contiguous()


def apply_to_boxes(boxes: Tensor, size: tuple[int, int], transform: TTATransform) -> Tensor:
    """Boxes (N, 4) xyxy of an image whose height and width are ``size``, in an augmented view."""
    return torch.stack(columns_in_view(boxes.unbind(1), size, transform), 1)


def invert_boxes(boxes: Tensor, size: tuple[int, int], transform: TTATransform) -> Tensor:
    """Boxes (N, 4) xyxy of a view of an image whose height and width are ``size``, in the image itself."""
    if not transform.transposed:
        return apply_to_boxes(boxes, size, transform)  # flips undo themselves
    turned = apply_to_boxes(boxes, size[::-1], transform._replace(transposed=False))
    return turned[:, [1, 0, 3, 2]]


def invert_rotated_boxes(boxes: Tensor, size: tuple[int, int], transform: TTATransform) -> Tensor:
    """Boxes (N, 5) of a view whose height and width are ``size``, in the image itself; p stays p."""
    x, y, w, h, angle = boxes.unbind(1)
    if transform.flip_y:
        y, angle = size[0] - y, math.pi - angle
    if transform.flip_x:
        x, angle = size[1] - x, -angle
    if transform.transposed:
        x, y, angle = y, x, -math.pi / 2 - angle
    return torch.stack([x, y, w, h, angle], 1)

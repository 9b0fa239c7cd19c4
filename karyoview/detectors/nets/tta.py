"""The mirrored and turned forms in which an image may be looked at, and boxes there and back."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import torch
from torch import Tensor


class TTATransform(NamedTuple):
    """A form of an image: first ``transposed``, then ``flip_x`` (left and right change), then ``flip_y``."""

    transposed: bool
    flip_x: bool
    flip_y: bool


TTA_TRANSFORMS: Final = (
    TTATransform(False, False, False),
    TTATransform(True, False, False),
    TTATransform(False, True, True),
    TTATransform(True, True, True),
    TTATransform(False, True, False),
    TTATransform(False, False, True),
    TTATransform(True, True, False),
    TTATransform(True, False, True),
)
"""All eight; the first two and the first four turn an axis as far as few can."""


def apply_to_image(image: Tensor, view: TTATransform) -> Tensor:
    """An image (..., H, W) in one of its forms."""
    if view.transposed:
        image = image.transpose(-1, -2)
    flips = [axis for axis, flip in ((-1, view.flip_x), (-2, view.flip_y)) if flip]
    return (image.flip(flips) if flips else image).contiguous()


def apply_to_boxes(boxes: Tensor, size: tuple[int, int], view: TTATransform) -> Tensor:
    """Boxes (N, 4) xyxy of an image whose height and width are ``size``, in one of its forms."""
    height, width = size
    x1, y1, x2, y2 = boxes.unbind(1)
    if view.transposed:
        x1, y1, x2, y2, height, width = y1, x1, y2, x2, width, height
    if view.flip_x:
        x1, x2 = width - x2, width - x1
    if view.flip_y:
        y1, y2 = height - y2, height - y1
    return torch.stack([x1, y1, x2, y2], 1)


def invert_boxes(boxes: Tensor, size: tuple[int, int], view: TTATransform) -> Tensor:
    """Boxes (N, 4) xyxy of a form of an image whose height and width are ``size``, in the image itself."""
    if not view.transposed:
        return apply_to_boxes(boxes, size, view)  # flips undo themselves
    turned = apply_to_boxes(boxes, size[::-1], view._replace(transposed=False))
    return turned[:, [1, 0, 3, 2]]


def invert_rotated_boxes(boxes: Tensor, size: tuple[int, int], view: TTATransform) -> Tensor:
    """Boxes (N, 5) of a form whose height and width are ``size``, in the image itself; p stays p."""
    x, y, w, h, angle = boxes.unbind(1)
    if view.flip_y:
        y, angle = size[0] - y, math.pi - angle
    if view.flip_x:
        x, angle = size[1] - x, -angle
    if view.transposed:
        x, y, angle = y, x, -math.pi / 2 - angle
    return torch.stack([x, y, w, h, angle], 1)

"""The mirrored and turned forms in which an image may be looked at, and boxes there and back."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import torch
from torch import Tensor


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


def boxes_seen(boxes: Tensor, size: tuple[int, int], view: View) -> Tensor:
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


def boxes_unseen(boxes: Tensor, size: tuple[int, int], view: View) -> Tensor:
    """Boxes (N, 4) xyxy of a form of an image whose height and width are ``size``, in the image itself."""
    if not view.transposed:
        return boxes_seen(boxes, size, view)  # flips undo themselves
    turned = boxes_seen(boxes, size[::-1], view._replace(transposed=False))
    return turned[:, [1, 0, 3, 2]]


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

"""The augmented views of a picture, and images and boxes there and back, in numpy (in torch: nets.tta)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

Float32Array = npt.NDArray[np.float32]


class TTATransform(NamedTuple):
    """An augmented view of an image: first ``transposed``, then ``flip_x`` (left and right change), then ``flip_y``."""

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


def apply_to_array(image: Float32Array, transform: TTATransform) -> Float32Array:
    """An image (H, W) in an augmented view."""
    if transform.transposed:
        image = image.T
    return np.ascontiguousarray(image[:: -1 if transform.flip_y else 1, :: -1 if transform.flip_x else 1])


def columns_in_view(columns: Sequence[Any], size: tuple[int, int], transform: TTATransform) -> tuple[Any, ...]:
    """The columns x1, y1, x2, y2 of boxes, arrays or tensors (N,), in an augmented view of an image of this size."""
    height, width = size
    x1, y1, x2, y2 = columns
    if transform.transposed:
        x1, y1, x2, y2, height, width = y1, x1, y2, x2, width, height
    if transform.flip_x:
        x1, x2 = width - x2, width - x1
    if transform.flip_y:
        y1, y2 = height - y2, height - y1
    return x1, y1, x2, y2


def array_boxes_in_view(boxes: Float32Array, size: tuple[int, int], transform: TTATransform) -> Float32Array:
    """Boxes (N, 4) xyxy of an image whose height and width are ``size``, in an augmented view."""
    return np.stack(columns_in_view(tuple(boxes.T), size, transform), 1)


def array_boxes_of_view(boxes: Float32Array, size: tuple[int, int], transform: TTATransform) -> Float32Array:
    """Boxes (N, 4) xyxy of a view of an image whose height and width are ``size``, in the image itself."""
    if not transform.transposed:
        return array_boxes_in_view(boxes, size, transform)  # flips undo themselves
    turned = array_boxes_in_view(boxes, size[::-1], transform._replace(transposed=False))
    return turned[:, [1, 0, 3, 2]]

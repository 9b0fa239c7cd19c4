"""Images to the scale that a network reads, in numpy (in torch: nets.transform)."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from PIL import Image


def scaled_size(height: int, width: int, factor: float) -> tuple[int, int]:
    """Height and width after scaling, whole and at least 1."""
    return max(math.floor(height * factor + 0.5), 1), max(math.floor(width * factor + 0.5), 1)


def resized(image: npt.NDArray[np.float32], factor: float) -> npt.NDArray[np.float32]:
    """(H, W) float32 scaled by ``factor``, antialiased: bands of 2–4 px would turn to moiré otherwise.

    A triangle as wide as the pixels that become one, which is what torch's antialiased bilinear does.
    """
    if factor == 1.0:
        return image
    height, width = scaled_size(image.shape[0], image.shape[1], factor)
    scaled = Image.fromarray(image).resize((width, height), Image.Resampling.BILINEAR)
    return np.array(scaled, np.float32)

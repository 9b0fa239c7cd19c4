"""How a metaphase is read: dark chromosomes on a light ground (fluorescence: inverted), as strongly as usual."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

_REACH_RATIO: Final = 1.5  # how much further up than down grey levels reach in a picture that is bright on dark
_MIN_REACH: Final = 20  # grey levels that something must stand out by

_USUAL_BACKGROUND: Final = 250.0  # grey level of the ground in the training images
_USUAL_CONTRAST: Final = 110.0  # grey levels by which chromosomes are darker there
_PALE_CONTRAST: Final = 57.0
"""The palest of 60 training cells; paler ones are brought to what is usual."""
_MIN_CONTRAST: Final = 8.0  # grey levels; what stands out less is grain
_GRAIN_SHARE: Final = 0.03  # of the contrast, from which neighbouring pixels differ by grain
_SMOOTHING_SIGMA: Final = 1.2  # px

READ_INVERTED = "The picture was read as fluorescent (bright chromosomes on dark ground)."
READ_PALE = "The picture is pale; it was read with more contrast."


def bright_on_dark(grey: npt.NDArray[np.uint8]) -> bool:
    """Whether what stands out of the ground of (H, W) uint8 ``grey`` is brighter than it.

    The ground is the median; a picture counts as bright on dark when its ground is in the dark half and
    reaches clearly less far down than up.
    """
    low, ground, high = np.percentile(grey, (0.5, 50, 99.5))
    return bool(ground < 128 and high - ground > _REACH_RATIO * (ground - low) and high - ground > _MIN_REACH)


def dark_on_light(grey: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.uint8], bool]:
    """The picture with dark chromosomes on a light ground, and whether it had to be inverted for that."""
    if bright_on_dark(grey):
        return 255 - grey, True
    return grey, False


def background_and_contrast(grey: npt.NDArray[np.uint8]) -> tuple[float, float]:
    """Grey level of the ground of (H, W) uint8 ``grey``, and how far below it the half of what is dark lies.

    The depth is 0 where nothing stands out.
    """
    calm = cv2.GaussianBlur(grey, (0, 0), 1.0)[::2, ::2]
    ground = float(np.percentile(calm, 80))
    below = np.clip(ground - calm.astype(np.float32), 0, 255).astype(np.uint8)
    cut, _ = cv2.threshold(below, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    dark = below[below > cut]
    return ground, float(np.median(dark)) if dark.size else 0.0


def stretch_contrast(grey: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.uint8], bool]:
    """The (H, W) uint8 picture, dark on light, with usual contrast where it is paler, and whether it was.

    Detectors see far less in pale pictures than a person does. Grain that the contrast would raise with
    it is smoothed. What is too faint to be chromosomes is left as it is.
    """
    ground, depth = background_and_contrast(grey)
    if not _MIN_CONTRAST <= depth < _PALE_CONTRAST:
        return grey, False
    strong: npt.NDArray[np.float32] = grey.astype(np.float32)
    if float(np.median(np.abs(np.diff(strong[::2], axis=1)))) > _GRAIN_SHARE * depth:
        strong = cv2.GaussianBlur(strong, (0, 0), _SMOOTHING_SIGMA).astype(np.float32)
    strong = _USUAL_BACKGROUND + (strong - ground) * (_USUAL_CONTRAST / depth)
    return np.clip(np.rint(strong), 0, 255).astype(np.uint8), True


def normalize(grey: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.uint8], list[str]]:
    """(H, W) uint8 ``grey`` as the default engine reads it: dark on light, not pale; and what was done, in sentences.

    Only an engine that learns from cells read in this way may be asked in this way.
    """
    pixels, inverted = dark_on_light(grey)
    pixels, pale = stretch_contrast(pixels)
    return pixels, [note for note, so in ((READ_INVERTED, inverted), (READ_PALE, pale)) if so]


def reading_note(grey: npt.NDArray[np.uint8], found: int) -> str:
    """What a person should know of how (H, W) uint8 ``grey`` was read and that ``found`` is 0, in sentences or ""."""
    notes = [READ_INVERTED] if bright_on_dark(grey) else []
    return " ".join([*notes, *([] if found else ["No chromosomes were found in this image."])])

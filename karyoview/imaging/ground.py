"""Which way round a metaphase is: dark chromosomes on a light ground, or (fluorescence) bright on dark."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_CLEARLY = 1.5
_LEAST = 20  # grey levels that something must stand out by

READ_INVERTED = "The picture was read as fluorescent (bright chromosomes on dark ground)."


def bright_on_dark(grey: npt.NDArray[np.uint8]) -> bool:
    """Whether what stands out of the ground of (H, W) uint8 ``grey`` is brighter than it.

    The ground is the median; a picture counts as bright on dark when its ground is in the dark half and
    reaches clearly less far down than up.
    """
    low, ground, high = np.percentile(grey, (0.5, 50, 99.5))
    return bool(ground < 128 and high - ground > _CLEARLY * (ground - low) and high - ground > _LEAST)


def dark_on_light(grey: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.uint8], bool]:
    """The picture with dark chromosomes on a light ground, and whether it had to be inverted for that."""
    if bright_on_dark(grey):
        return 255 - grey, True
    return grey, False


def reading_note(grey: npt.NDArray[np.uint8], found: int) -> str:
    """What a person should know of how (H, W) uint8 ``grey`` was read and that ``found`` is 0, in sentences or ""."""
    notes = [READ_INVERTED] if bright_on_dark(grey) else []
    return " ".join([*notes, *([] if found else ["No chromosomes were found in this image."])])

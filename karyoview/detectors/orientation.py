"""Which end is p: straightened crops against the mean profile of their class.

Nobody labelled the direction of a real chromosome. Within a class, though, crops fall into two
mirror groups; karyotrain.naming.orient aligns them and turns the mean so that it agrees with the
ideogram, once for each class. Here a crop is compared with that mean and with its mirror image.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

BINS: Final = 64

FloatArray = npt.NDArray[np.float64]


def crop_profile(crop: npt.NDArray[np.uint8]) -> FloatArray | None:
    """Darkness and width along the axis of a crop (2, H, W) uint8, from its upper to its lower end.

    Returns (2 · 64,) float64, each half of mean 0 and norm 1 (the width at half weight); None where
    the mask is too small to say anything.
    """
    dark, own = crop[0].astype(np.float64), crop[1] > 127
    rows = np.flatnonzero(own.any(1))
    if len(rows) < 8:
        return None
    weight = own[rows[0] : rows[-1] + 1].astype(np.float64)
    width = weight.sum(1)
    shade = (dark[rows[0] : rows[-1] + 1] * weight).sum(1) / np.maximum(width, 1.0)
    places = np.linspace(0, len(width) - 1, BINS)
    along = np.arange(len(width))
    parts = [np.interp(places, along, values) for values in (shade, width)]
    parts = [p - p.mean() for p in parts]
    parts = [p / max(float(np.linalg.norm(p)), 1e-9) for p in parts]
    return np.concatenate([parts[0], 0.5 * parts[1]])


def mirrored(profiles: FloatArray) -> FloatArray:
    """Profiles (..., 128) of the same chromosomes turned by π."""
    dark, width = profiles[..., :BINS], profiles[..., BINS:]
    return np.concatenate([dark[..., ::-1], width[..., ::-1]], -1)


def upright_probability(profile: FloatArray, means: FloatArray, slopes: FloatArray, classes: FloatArray) -> float:
    """Probability that the upper end of a crop is p.

    ``profile`` (128,); ``means`` (24, 128) of p-up crops and ``slopes`` (24,) of their log odds;
    ``classes`` (24,) the probabilities of the classes, over which the odds are averaged.
    """
    margins = means @ (profile - mirrored(profile))
    return float(
        classes @ (1.0 / (1.0 + np.exp(-np.clip(slopes * margins, -30, 30)))) / max(float(classes.sum()), 1e-9)
    )

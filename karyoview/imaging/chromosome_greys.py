"""The greys of a karyogram: one mapping for all chromosomes of a cell, which clips nothing and invents no band.

The range is taken from the chromosomes' own pixels, so that ground, nuclei and debris do not count. What
is darker than dark bands (crossings, debris) and lighter than light ones (rims) is compressed, never cut off.
Local contrast is an unsharp mask of the width of a band, within the chromosomes only: a pale rim beside
a chromosome's edge would read as a band.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from karyoview.imaging.masks import BoolArray, GreyArray, InstanceMask

DARKEST: Final = 6
LIGHTEST: Final = 250
"""Greys between which chromosomes are shown: paper stays whiter, black text and lines stay blacker."""

# Shares of the own pixels and the greys they are brought to; beyond the outermost nothing is left to tell apart.
_STOPS: Final = ((0.0005, DARKEST), (0.02, 26), (0.93, 222), (0.9995, LIGHTEST))
_BAND: Final = 0.32  # sigma of the unsharp mask in widths of a chromosome
_GAIN: Final = 0.9
_LEAST_CONTRAST: Final = 24.0  # grey levels between the inner stops; less is grain and is not stretched further

FloatArray = npt.NDArray[np.float64]


def own_pixels(shape: tuple[int, int], masks: Sequence[InstanceMask]) -> npt.NDArray[np.uint8]:
    """Of how many of these chromosomes a pixel is, (H, W) uint8."""
    own = np.zeros(shape, dtype=np.uint8)
    for m in masks:
        own[m.y : m.y + m.mask.shape[0], m.x : m.x + m.mask.shape[1]] += m.mask
    return own


def map_greys(pixels: GreyArray, masks: Sequence[InstanceMask], strength: float) -> GreyArray:
    """The (H, W) uint8 picture with the greys of its chromosomes spread over the scale.

    ``strength`` in [0, 1] blends between the untouched picture (0) and the full range with local contrast.
    """
    owners = own_pixels((pixels.shape[0], pixels.shape[1]), masks)
    if strength <= 0.0 or not owners.any():
        return pixels
    grey: npt.NDArray[np.float32] = pixels.astype(np.float32)
    spread = _toned(_local_contrast(grey, owners > 0, masks), owners)
    return np.clip(np.rint((1 - strength) * grey + strength * spread), 0, 255).astype(np.uint8)


def invert(picture: GreyArray) -> GreyArray:
    """A finished picture, paper included, bright on black."""
    return 255 - picture


def clipped_shares(pixels: GreyArray, shown: GreyArray, own: BoolArray) -> tuple[float, float]:
    """Shares of the own pixels that ``shown`` has at its dark and its light end, less what ``pixels`` had there."""
    before, after = pixels[own], shown[own]
    shares = ((after <= DARKEST).mean() - (before <= 0).mean(), (after >= LIGHTEST).mean() - (before >= 255).mean())
    return max(float(shares[0]), 0.0), max(float(shares[1]), 0.0)


def _local_contrast(
    grey: npt.NDArray[np.float32], own: BoolArray, masks: Sequence[InstanceMask]
) -> npt.NDArray[np.float32]:
    """Unsharp mask within the chromosomes: each pixel against the own pixels about it."""
    areas = np.array([m.mask.sum() for m in masks if m.mask.any()], dtype=np.float64)
    lengths = np.array([max(m.box.h, m.box.w) for m in masks if m.mask.any()], dtype=np.float64)
    sigma = float(np.clip(_BAND * np.median(areas / np.maximum(lengths, 1.0)), 1.5, 20.0))
    weight: npt.NDArray[np.float32] = own.astype(np.float32)
    near = cv2.GaussianBlur(weight, (0, 0), sigma)
    base = cv2.GaussianBlur(grey * weight, (0, 0), sigma) / np.maximum(near, 1e-3)
    return np.where(own, grey + _GAIN * (grey - base), grey).astype(np.float32)


def _toned(grey: npt.NDArray[np.float32], owners: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Greys brought to the stops: linear between dark and light bands, compressed and never reversed beyond them."""
    shares = [share for share, _ in _STOPS]
    own = grey[owners > 0]
    found = np.quantile(own, shares)
    # crossings are darker than any band; they must not narrow the range of the bands
    alone = grey[owners == 1]
    found[1:3] = np.quantile(alone if alone.size else own, shares[1:3])
    missing = max(_LEAST_CONTRAST - float(found[2] - found[1]), 0.0)
    found[:2] -= missing / 2
    found[2:] += missing / 2
    places = np.maximum.accumulate(found) + np.arange(len(found)) * 1e-3
    return np.interp(grey, places, [shown for _, shown in _STOPS]).astype(np.float32)

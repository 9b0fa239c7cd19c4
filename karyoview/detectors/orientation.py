"""Which end is p: straightened crops against the mean profile of their class.

Nobody labelled the direction of a real chromosome. Within a class, though, crops fall into two
mirror groups; karyotrain.engines.orientation aligns them and turns the mean so that it agrees with the
ideogram, once for each class. Here a crop is compared with that mean and with its mirror image.

What chromosomes of known direction teach beyond that is in :class:`DirectionNet`, which comes with the program.

An engine that names no classes compares with all 24 in both directions (:class:`ClassFree`): what the
crop looks like, and how long it is in its cell, say which classes count.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Self

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.numpy import load_file

from karyoview._resources import resource

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


class DirectionNet:
    """Which end is p, learnt from chromosomes that stand upright (karyotrain.engines.train_direction).

    The log odds of a class are ``share`` (24,) of those of its mean profile, ``means`` (24, 128), and what a
    small network says of the profile less what it says of the mirrored one: a turned crop gets the opposite answer.
    Raises KeyError where a tensor is missing.
    """

    WEIGHTS: Final = "direction.safetensors"
    SCALE: Final = 6.0  # of a profile, so that the network's inputs are about 1

    def __init__(self, tensors: Mapping[str, npt.NDArray[np.generic]]) -> None:
        self.means, self.share, self.out = (np.asarray(tensors[n], np.float64) for n in ("means", "share", "out"))
        self.first, self.second = (
            [np.asarray(tensors[f"{stage}.{part}"], np.float64) for part in ("weight", "bias", "of_class")]
            for stage in ("first", "second")
        )

    def log_odds(self, profile: FloatArray) -> FloatArray:
        """Of each class (24,) that the upper end of a crop with this profile (128,) is p."""
        ways = np.stack([profile, mirrored(profile)])
        weight, bias, of_class = self.first
        hidden = np.maximum((self.SCALE * ways @ weight.T + bias)[:, None] + of_class, 0.0)
        weight, bias, of_class = self.second
        hidden = np.maximum((hidden @ weight.T + bias) * (1.0 + of_class), 0.0)
        answers = hidden @ self.out
        return np.asarray(self.share * (self.means @ (ways[0] - ways[1])) + answers[0] - answers[1])

    def upright_probability(self, profile: FloatArray, classes: FloatArray) -> float:
        """Probability that the upper end is p; ``classes`` (24,) the probabilities of the classes."""
        odds = 1.0 / (1.0 + np.exp(-np.clip(self.log_odds(profile), -30, 30)))
        return float(classes @ odds / max(float(classes.sum()), 1e-9))


@lru_cache(maxsize=1)
def shipped_direction_net() -> DirectionNet | None:
    """The network that comes with the program; None where its file is missing or of another network."""
    try:
        return DirectionNet(load_file(resource("weights", DirectionNet.WEIGHTS)))
    except (OSError, SafetensorError, KeyError, ValueError):
        return None


@dataclass(frozen=True, slots=True, eq=False)
class ClassFree:
    """What the direction of a chromosome of unknown class is told by; C classes, p-up profiles.

    ``means`` (C, 128) and ``slopes`` (C,) as in :func:`upright_probability`; ``whitening`` (128, 128)
    turns the spread of profiles within a class into a unit sphere, ``profiles`` (C, 128) are the classes'
    mean profiles whitened; ``lengths`` (C, 2) the mean and spread of ln(length / median of the cell);
    ``priors`` (C,) shares of the classes in a cell. All float64.
    """

    means: FloatArray
    slopes: FloatArray
    profiles: FloatArray
    whitening: FloatArray
    lengths: FloatArray
    priors: FloatArray

    @classmethod
    def of_tensors(cls, tensors: Mapping[str, npt.NDArray[np.generic]]) -> Self | None:
        """From arrays named by :data:`CLASS_FREE`; None where any is missing. Raises ValueError for other shapes."""
        if not set(CLASS_FREE) <= set(tensors):
            return None
        own = cls(*(np.asarray(tensors[name], dtype=np.float64) for name in CLASS_FREE))
        count, size = len(own.means), 2 * BINS
        expected_shapes = ((count, size), (count,), (count, size), (size, size), (count, 2), (count,))
        for name, array, shape in zip(CLASS_FREE, own.arrays(), expected_shapes, strict=True):
            if array.shape != shape:
                raise ValueError(f"{name} has shape {array.shape}, not {shape}")
        return own

    def arrays(self) -> tuple[FloatArray, ...]:
        """The arrays in the order of :data:`CLASS_FREE`."""
        return self.means, self.slopes, self.profiles, self.whitening, self.lengths, self.priors

    def classes(self, profile: FloatArray, relative_length: float | None) -> FloatArray:
        """Probabilities (C,) of the classes for a profile (128,) of either direction; sum 1.

        ``relative_length`` is the length over the cell's median; None where it says nothing, as in a part
        of a cell.
        """
        ways = np.stack([profile, mirrored(profile)]) @ self.whitening.T
        apart = ((ways[:, None] - self.profiles) ** 2).sum(-1)
        # neighbouring bins vary together beyond what the covariance knows: each speaks for half
        log = np.logaddexp(*(-0.25 * apart)) + np.log(np.maximum(self.priors, 1e-12))
        if relative_length is not None:
            mean, spread = self.lengths.T
            log = log - 0.5 * ((np.log(max(relative_length, 1e-3)) - mean) / spread) ** 2 - np.log(spread)
        weights = np.exp(log - log.max())
        return np.asarray(weights / weights.sum(), dtype=np.float64)

    def upright_probability(self, profile: FloatArray, relative_length: float | None = None) -> float:
        """Probability that the upper end of a crop with this profile (128,) is p, over all classes."""
        return upright_probability(profile, self.means, self.slopes, self.classes(profile, relative_length))


CLASS_FREE: Final = ("means", "slopes", "profiles", "whitening", "lengths", "priors")
"""The arrays of :class:`ClassFree`; in weights their names begin with ``orientation.``."""


def class_free(
    profiles: FloatArray,
    lengths: FloatArray,
    labels: npt.NDArray[np.int64],
    means: FloatArray,
    slopes: FloatArray,
    *,
    shrinkage: float = 0.1,
) -> ClassFree:
    """Learnt from profiles (N, 128) of known classes ``labels`` (N,), turned p up by the known class.

    ``lengths`` (N,) relative to their cells' medians; ``means`` (C, 128) and ``slopes`` (C,) are kept as
    they are. ``shrinkage`` widens the spread within classes, in units of its mean. Every class must be
    there; else ValueError.
    """
    count = len(means)
    have = np.bincount(labels, minlength=count)
    if len(have) != count or (have < 2).any():
        raise ValueError(f"at least two chromosomes of each of {count} classes are needed, class by class {have}")
    up = np.einsum("nd,nd->n", profiles - mirrored(profiles), means[labels]) > 0
    turned = np.where(up[:, None], profiles, mirrored(profiles))
    average = np.stack([turned[labels == k].mean(0) for k in range(count)])
    spread = np.cov((turned - average[labels]).T, bias=True)
    spread += shrinkage * np.trace(spread) / BINS * np.eye(len(spread))
    whitening = np.asarray(np.linalg.inv(np.linalg.cholesky(spread)), dtype=np.float64)
    logs = [np.log(lengths[labels == k]) for k in range(count)]
    sizes = np.array([(v.mean(), max(float(v.std()), 0.05)) for v in logs])
    return ClassFree(means, slopes, average @ whitening.T, whitening, sizes, have / have.sum())

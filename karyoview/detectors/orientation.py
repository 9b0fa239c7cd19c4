"""Which end is p: straightened crops against the mean profile of their class.

Nobody labelled the direction of a real chromosome. Within a class, though, crops fall into two
mirror groups; karyotrain.engines.orientation aligns them and turns the mean so that it agrees with the
ideogram, once for each class. Here a crop is compared with that mean and with its mirror image.

What chromosomes of known direction teach beyond that is in :mod:`karyoview.imaging.direction`.

An engine that names no classes compares with all 24 in both directions (:class:`ClassFree`): what the
crop looks like, and how long it is in its cell, say which classes count.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from karyoview.imaging.direction import BINS, FloatArray, mirrored


def upright_probability(profile: FloatArray, means: FloatArray, slopes: FloatArray, classes: FloatArray) -> float:
    """Probability that the upper end of a crop is p.

    ``profile`` (128,); ``means`` (24, 128) of p-up crops and ``slopes`` (24,) of their log odds;
    ``classes`` (24,) the probabilities of the classes, over which the odds are averaged.
    """
    margins = means @ (profile - mirrored(profile))
    return float(
        classes @ (1.0 / (1.0 + np.exp(-np.clip(slopes * margins, -30, 30)))) / max(float(classes.sum()), 1e-9)
    )


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

"""Band profiles: darkness along the axis, matched to the ideograms for class, polarity and centromere."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d

from karyoview.core.bands import LEVELS
from karyoview.core.chromosome import CLASSES
from karyoview.imaging.ideogram import load_bands

FloatArray = npt.NDArray[np.float64]

SAMPLES: Final = 96
"""Points of a profile, from the p end to the q end."""

# Darkness of the stains that are not graded; variable regions stain as they like.
_STAIN: Final = {"gneg": 0.0, "acen": 0.55, "gvar": 0.45, "stalk": 0.05}
_SHIFTS: Final = np.linspace(-0.08, 0.08, 9)


def band_profile(
    strip: npt.NDArray[np.generic], mask: npt.NDArray[np.bool_] | None = None, samples: int = SAMPLES
) -> FloatArray:
    """Darkness along a straightened chromosome, (samples,) with mean 0 and deviation 1.

    ``strip`` is (h, w) grey with the p end up, dark bands dark; ``mask`` (h, w) its own pixels, the
    deeper ones weighing more, by default the middle half of the width. A strip of one grey gives zeros.
    """
    grey = np.asarray(strip, dtype=np.float64)
    if mask is None:
        quarter = grey.shape[1] // 4
        mean = grey[:, quarter : max(grey.shape[1] - quarter, quarter + 1)].mean(1)
    else:
        inside = np.pad(np.asarray(mask, dtype=np.uint8), 1)
        # what lies deep in the chromosome counts more: rims are pale, and an outline is a pixel off here and there
        own = cv2.distanceTransform(inside, cv2.DIST_L2, 3)[1:-1, 1:-1].astype(np.float64)
        filled = own.sum(1)
        mean = (grey * own).sum(1) / np.maximum(filled, 1e-6)
        rows = np.flatnonzero(filled > 0)
        if len(rows) > 1:
            mean = mean[rows[0] : rows[-1] + 1]
    return _standard(_sampled(-mean, samples))


@lru_cache(maxsize=512)
def ideogram_profile(label: str, level: int = 550, samples: int = 8 * SAMPLES) -> FloatArray:
    """Darkness 0–1 of an ideogram at even places from pter to qter, (samples,), unblurred."""
    table = load_bands(level)
    places = (np.arange(samples) + 0.5) / samples * table.length(label)
    stops = np.array([b.stop for b in table.bands[label]])
    dark = np.array([_STAIN.get(b.stain, b.density / 100.0) for b in table.bands[label]])
    result = dark[np.minimum(np.searchsorted(stops, places, side="right"), len(dark) - 1)]
    result.flags.writeable = False
    return result


@dataclass(frozen=True, slots=True)
class Match:
    """How a profile fits one class: ``score`` the correlation (−1 to 1) the better way up, ``upright`` whether
    that is as given, ``confidence`` that the orientation is right (0.5–1), ``centromere`` its share of the
    length from the upper end as given, ``level`` the ideogram that fitted."""

    label: str
    score: float
    upright: bool
    confidence: float
    centromere: float
    level: int


def match_class(profile: npt.ArrayLike, label: str, level: int | None = None, upright: bool | None = None) -> Match:
    """The match of a profile (n,), p end up as far as known, with one class; ``level`` None tries all three.

    ``upright`` says which way up it is where somebody knows; the centromere is then looked for that way.
    """
    values = _sampled(np.asarray(profile, dtype=np.float64), SAMPLES)
    both = np.stack([_standard(values), _standard(values[::-1])])
    best: list[tuple[float, float, int]] = [(-2.0, 0.5, 0)] * 2
    for chosen in LEVELS if level is None else (level,):
        templates, centromeres = _templates(label, chosen)
        scores = both @ templates.T / SAMPLES
        for way in (0, 1):
            k = int(np.argmax(scores[way]))
            if scores[way, k] > best[way][0]:
                best[way] = (float(scores[way, k]), float(centromeres[k]), chosen)
    if upright is None:
        upright = best[0][0] >= best[1][0]
    score, centromere, used = best[0] if upright else best[1]
    confidence = 1.0 / (1.0 + np.exp(-9.0 * abs(best[0][0] - best[1][0])))
    return Match(label, score, upright, float(confidence), centromere if upright else 1.0 - centromere, used)


def match_all(profile: npt.ArrayLike, level: int | None = None) -> list[Match]:
    """Matches with the 24 classes, best first."""
    return sorted((match_class(profile, c.label, level) for c in CLASSES), key=lambda m: -m.score)


def polarity(profile: npt.ArrayLike, label: str | None = None) -> tuple[bool, float]:
    """Whether the p end is up, and how sure (0.5–1): by the class's ideogram, or the best of all classes."""
    found = match_class(profile, label) if label else match_all(profile)[0]
    return found.upright, found.confidence


@lru_cache(maxsize=128)
def _templates(label: str, level: int) -> tuple[FloatArray, FloatArray]:
    """Ideograms with the centromere moved a little and arms stretched to fit, blurred as an image is.

    → (K, SAMPLES) standardised, (K,) shares of the length above the centromere.
    """
    table = load_bands(level)
    fine = ideogram_profile(label, level)
    expected = table.centromere_index(label)
    places = (np.arange(len(fine)) + 0.5) / len(fine)
    rows, centromeres = [], []
    for shift in _SHIFTS:
        moved = float(np.clip(expected + shift, 0.04, 0.6))
        source = np.where(
            places < moved, places / moved * expected, expected + (places - moved) / (1 - moved) * (1 - expected)
        )
        warped = np.interp(source, places, fine)
        # One-pixel optics on a chromosome of this relative length, in samples of the template.
        sigma = len(fine) * 0.02 * min(table.length("1") / table.length(label), 3.0) ** 0.5
        rows.append(_standard(_sampled(gaussian_filter1d(warped, sigma, mode="nearest"), SAMPLES)))
        centromeres.append(moved)
    return np.stack(rows), np.array(centromeres)


def constriction(mask: npt.NDArray[np.bool_], expected: float, reach: float = 0.12) -> float | None:
    """The centromere by the waist: where a mask (h, w) is narrowest near ``expected`` (share of the length)."""
    widths = np.asarray(mask, dtype=bool).sum(1).astype(np.float64)
    rows = np.flatnonzero(widths > 0)
    if len(rows) < 12:
        return None
    widths = gaussian_filter1d(widths[rows[0] : rows[-1] + 1], max(len(rows) / 60, 0.8))
    low, high = (int(np.clip(expected + d, 0.05, 0.95) * len(widths)) for d in (-reach, reach))
    if high - low < 3:
        return None
    window = widths[low:high]
    place = int(np.argmin(window))
    if place in (0, len(window) - 1) or window[place] > 0.93 * np.median(widths):
        return None
    return float((low + place + 0.5) / len(widths))


def find_centromere(match: Match, mask: npt.NDArray[np.bool_] | None = None) -> float:
    """The centromere as a share of the length from the upper end: the waist near the bands' answer, else the bands'."""
    waist = constriction(mask, match.centromere) if mask is not None else None
    return match.centromere if waist is None else (waist + match.centromere) / 2


def _sampled(values: FloatArray, samples: int) -> FloatArray:
    """A curve at ``samples`` even places; finer curves are averaged, so that nothing is skipped."""
    if len(values) == samples:
        return values
    edges = np.linspace(0, len(values), samples + 1)
    total = np.concatenate([[0.0], np.cumsum(values)])
    return np.asarray(np.diff(np.interp(edges, np.arange(len(values) + 1), total)) / np.diff(edges))


def _standard(values: FloatArray) -> FloatArray:
    centred = values - values.mean()
    deviation = float(centred.std())
    return centred / deviation if deviation > 1e-9 else np.zeros_like(centred)

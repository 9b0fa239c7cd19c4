"""One G-banded chromosome, drawn straight from the band table and laid along its axis.

Bands are drawn in the chromosome's own frame (along, across): absorbance from stain and density,
two sister chromatids that run slightly out of step, the centromere's waist, stalks and satellites of
the acrocentrics, rounded ends.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d

from karyotrain.data.synthesis.axis import STEP, Axis, frame_of
from karyotrain.data.synthesis.truth import Placed
from karyoview.core.bands import Band, BandTable
from karyoview.core.chromosome import CLASSES

FloatArray = npt.NDArray[np.float64]

# Blocks of heterochromatin that differ from person to person: (label, arm, band) and range of their length.
_VARIABLE: Final = {
    ("1", "q", "12"): (0.6, 1.5),
    ("9", "q", "12"): (0.6, 1.5),
    ("16", "q", "11.2"): (0.6, 1.5),
    ("Y", "q", "12"): (0.45, 1.4),
}


@dataclass(frozen=True, slots=True)
class Look:
    """What the chromosomes of one cell have in common: contraction, stain and spreading.

    ``scale`` is pixels a unit of ISCN length, ``width`` the usual width in pixels; ``pale`` and
    ``dark`` are the absorbances of light and darkest bands; ``diffuse`` blurs bands along the axis
    (pixels), ``split`` is the depth of the furrow between the chromatids, ``waist`` that of the
    centromere, ``skew`` how far the chromatids run out of step (pixels), ``mottle`` the relative
    strength of texture, ``rough`` the unevenness of the outline by the width, ``rim`` how much darker
    the flanks are, and ``edge`` the exponent of the profile across (0 flat, 0.5 a cylinder).
    """

    scale: float
    width: float
    pale: float = 0.4
    dark: float = 0.95
    diffuse: float = 0.9
    split: float = 0.1
    waist: float = 0.2
    skew: float = 0.7
    mottle: float = 0.07
    rough: float = 0.04
    rim: float = 0.1
    edge: float = 0.3


@dataclass(frozen=True, slots=True)
class Profile:
    """A straight chromosome every half pixel: ``density`` 0–1 and ``half`` its half width in pixels, both (K,).

    ``centromere`` is the distance in pixels from the p end.
    """

    density: FloatArray
    half: FloatArray
    centromere: float

    @property
    def length(self) -> float:
        return (len(self.density) - 1) * STEP


def band_density(band: Band) -> float:
    """Darkness 0–1 of a band after trypsin and Giemsa: gpos by its density, heterochromatin in between."""
    if band.stain == "gpos":
        return (0.12 + 0.88 * band.density / 100.0) if band.density else 0.6
    return {"gvar": 0.62, "acen": 0.5, "stalk": 0.05}.get(band.stain, 0.0)


def draw_profile(
    rng: np.random.Generator, table: BandTable, label: str, look: Look, bands: Sequence[Band] | None = None
) -> Profile:
    """The bands and the outline of one chromosome ``label``, with its own chance variation; of other ``bands`` where
    its structure is changed."""
    bands = table.bands[label] if bands is None else bands
    lengths, darks = [], []
    contraction = math.exp(rng.normal(0, 0.045))
    for band in bands:
        low, high = _VARIABLE.get((label, band.arm, band.name), (1.0, 1.0))
        stretch = rng.uniform(low, high) * math.exp(rng.normal(0, 0.07))
        if band.stain == "stalk":
            stretch *= rng.uniform(0.3, 1.0)
        elif band.stain == "gvar" and band.arm == "p":
            stretch *= rng.uniform(0.3, 0.9)
        lengths.append((band.stop - band.start) * look.scale * contraction * stretch)
        darks.append(min(max(band_density(band) * math.exp(rng.normal(0, 0.09)), 0.0), 1.1))
    stops = np.cumsum(lengths)
    starts = stops - lengths
    count = max(round(stops[-1] / STEP), 8) + 1
    place = np.minimum(np.arange(count) * STEP, stops[-1] - 1e-6)
    which = np.searchsorted(stops, place, side="right")
    density = np.asarray(darks)[which]
    arms = np.array([b.arm == "p" for b in bands])
    centromere = float(stops[arms].max())
    # Telomeres stain pale, whatever band ends there.
    end_fade = 1 - 0.6 * np.exp(-place / (0.16 * look.width)) - 0.6 * np.exp(-(stops[-1] - place) / (0.16 * look.width))
    density = gaussian_filter1d(density * end_fade, max(look.diffuse / STEP, 0.1), mode="nearest")
    half = np.full(count, look.width / 2 * math.exp(rng.normal(0, 0.03)))
    half *= 1 + 0.05 * (density - 0.5) + _smooth_noise(rng, count, 0.35 * look.width / STEP, 0.045)
    waist = look.waist * rng.uniform(0.5, 1.4)
    half *= 1 - waist * np.exp(-0.5 * ((place - centromere) / (0.16 * look.width)) ** 2)
    for band, start, stop in zip(bands, starts, stops, strict=True):
        if band.stain == "stalk":
            inside = np.exp(-0.5 * ((place - (start + stop) / 2) / max((stop - start) / 2, 1.0)) ** 2)
            half *= 1 - rng.uniform(0.15, 0.45) * inside
    radius = 0.75 * half.mean()
    for end in (place, stops[-1] - place):
        half *= np.sqrt(np.clip(1 - np.clip(1 - end / radius, 0, 1) ** 2.6, 0.0, 1.0))
    return Profile(density, np.rint(half * 64) / 64, centromere)


def lay(rng: np.random.Generator, profile: Profile, axis: Axis, look: Look, label: int) -> Placed:
    """The chromosome along an axis of its own length, as absorbance and mask."""
    frame = frame_of(axis, look.width)
    last = len(profile.half) - 1
    scale = last / (len(axis.points) - 1)
    t, s = frame.along * np.float32(scale), frame.across
    inside_ends = (t >= 0) & (t <= last * STEP)
    # Each flank has bumps of its own.
    bumps = [1 + _smooth_noise(rng, last + 1, 0.17 * look.width / STEP, look.rough) for _ in range(2)]
    flanks = [np.rint(profile.half * b * 64) / 64 for b in bumps]
    half = np.where(s > 0, _sample(flanks[0], t), _sample(flanks[1], t))
    mask = inside_ends & (np.abs(s) <= half)
    h, w = mask.shape
    drift = cv2.resize(rng.normal(0, 1, (4, 4)).astype(np.float32), (w, h), interpolation=cv2.INTER_CUBIC)
    # Each chromatid has its own small lead or lag, and band borders are never quite straight.
    waver = _blobs(rng, (h, w), 0.22 * look.width)
    lead = look.skew * (np.tanh(s / (0.25 * look.width)) * np.float32(rng.normal(0, 0.6)) + 0.5 * drift + 0.7 * waver)
    density = _sample(profile.density, t + lead.astype(np.float32))
    relative = np.clip(np.abs(s) / np.maximum(half, 0.5), 0, 1)
    thickness = np.power(np.clip(1 - relative**2, 0.0, 1.0), np.float32(look.edge))
    furrow = 1 - np.float32(look.split * rng.uniform(0.3, 1.6)) * np.exp(-((s / (0.13 * look.width)) ** 2))
    flank = 1 + np.float32(look.rim) * np.exp(-(((relative - 0.72) / 0.2) ** 2))
    grain = 0.85 * _blobs(rng, (h, w), 0.075 * look.width) + 0.55 * _blobs(rng, (h, w), 0.2 * look.width)
    grain -= np.float32(0.1) * (grain * grain - 1)  # pale spots are deeper than dark ones
    texture = np.maximum(1 + np.float32(look.mottle) * (grain + 0.5 * drift), 0.2)
    tone = np.float32(math.exp(rng.normal(0, 0.07)))
    absorbance = (look.pale + (look.dark - look.pale) * density) * thickness * furrow * flank * texture * tone
    absorbance = np.where(mask, absorbance, 0).astype(np.float32)
    centromere = axis.at(profile.centromere / scale)
    return Placed(label, absorbance, mask, frame.offset, axis.subsampled(), centromere)


def label_text(index: int) -> str:
    """``1`` … ``22``, ``X``, ``Y`` of a class index."""
    return CLASSES[index].label


def _sample(values: FloatArray, along: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Values every half pixel at distances along the axis, linear between."""
    place = np.clip(along / np.float32(STEP), 0, len(values) - 1.001)
    low = place.astype(np.int32)
    share = place - low
    values = values.astype(np.float32)
    return values[low] * (1 - share) + values[low + 1] * share


def _blobs(rng: np.random.Generator, shape: tuple[int, int], sigma: float) -> npt.NDArray[np.float32]:
    """Noise of about unit spread with lumps of ``sigma`` pixels, (h, w) float32."""
    raw = rng.standard_normal(shape, dtype=np.float32)
    smooth = cv2.GaussianBlur(raw, (0, 0), sigma) * np.float32(2 * math.sqrt(math.pi) * sigma)
    return np.asarray(smooth, dtype=np.float32)


def _smooth_noise(rng: np.random.Generator, count: int, sigma: float, strength: float) -> FloatArray:
    raw = rng.normal(0, 1, count)
    smooth = gaussian_filter1d(raw, max(sigma, 0.5), mode="nearest")
    return strength * smooth / max(float(smooth.std()), 1e-6)

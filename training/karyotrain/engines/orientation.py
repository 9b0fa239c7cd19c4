"""What sets the two ends of each class apart, learnt from crops whose direction nobody labelled.

Within a class the antisymmetric parts of the profiles form two mirror groups. A start (the first
principal axis, the narrower end, the ideogram) sorts the crops, a few rounds of averaging and turning
sharpen the groups, and the discriminant between them is what is kept: places that vary from crop to
crop count for less than in the mean. Starts can end in different groupings; the one that parts the
crops best wins. The ideogram then says which end of the mean is p.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from karyotrain.data.crops import CropSet
from karyoview.core.chromosome import CLASSES
from karyoview.imaging.direction import BINS, crop_profile, mirrored
from karyoview.imaging.ideogram import load_bands
from karyoview.imaging.profile import ideogram_profile

_SHRINKAGE = 1.0
"""Of the covariance, in units of its mean: a thousand crops do not fix all of its directions."""
_ENOUGH = 8
"""Crops of a class below which its direction is not learnt."""
_LEVEL = 550


def expected_profile(label: str) -> np.ndarray:
    """Expected darkness from p to q in 64 steps (mean 0, norm 1)."""
    kernel = np.hanning(61)
    dark = np.convolve(np.pad(ideogram_profile(label, _LEVEL, 1000), 30), kernel / kernel.sum(), "valid")[:1000]
    profile = np.interp(np.linspace(0, 49, BINS), np.arange(50), dark.reshape(-1, 1000 // 50).mean(1))
    profile -= profile.mean()
    return np.asarray(profile / max(float(np.linalg.norm(profile)), 1e-9))


def learn(crops: Path, per_class: int = 1200, seed: int = 0) -> tuple[np.ndarray, np.ndarray, list[dict[str, Any]]]:
    """Directions (24, 128) p up, slopes (24,) of the log odds, and what was found for each class."""
    data = CropSet(crops, "train")
    rng = np.random.default_rng(seed)
    means, slopes, notes = np.zeros((24, 2 * BINS)), np.zeros(24), []
    for c in CLASSES:
        rows = np.flatnonzero((data.labels == c.index) & (data.confidence >= 60))
        rows = np.sort(rng.choice(rows, min(per_class, len(rows)), replace=False))
        found = [p for p in (crop_profile(crop) for crop in data.read(rows)) if p is not None]
        expected, short = expected_profile(c.label), load_bands(_LEVEL).centromere_index(c.label)
        note = {"ideogram_margin": 0.0, "separation": 0.0}
        # two groups of hardly any crops say nothing (no Y where all cells are a woman's): either end is as likely
        if len(found) >= _ENOUGH:
            means[c.index], slopes[c.index], note = part_ends(np.stack(found), expected)
        notes.append({"class": c.name, "crops": len(found), **note, "p_share": round(short, 3)})
    return means, slopes, notes


def part_ends(profiles: np.ndarray, expected: np.ndarray) -> tuple[np.ndarray, float, dict[str, float]]:
    """The direction (128,) along which p-up ``profiles`` (N, 128) of one class differ from their mirror images.

    ``expected`` (64,) is the ideogram's darkness from p to q. Also the slope of the log odds along it, and
    how well the ideogram tells the ends of the mean apart and the direction the two groups.
    """
    odd = profiles - mirrored(profiles)
    ramp = np.linspace(1.0, -1.0, BINS)
    starts = (
        odd @ np.linalg.svd(odd, full_matrices=False)[2][0],
        -odd[:, BINS:] @ ramp,  # the short arm, above all with satellites, is the narrower end
        odd[:, :BINS] @ expected,
    )
    groups = [_grouped(odd, start > 0) for start in starts]
    direction, up, separation = max(groups, key=lambda g: g[2])
    mean = np.where(up[:, None], profiles, mirrored(profiles)).mean(0)
    agrees = float(mean[:BINS] @ expected) - float(mirrored(mean)[:BINS] @ expected)
    if agrees < 0:
        direction = -direction
    margins = np.abs(odd @ direction)
    # two mirror groups at ±µ with spread σ: log odds = 2µ·margin/σ²
    slope = 2 * float(margins.mean()) / max(float(margins.var()), 1e-9)
    return direction, slope, {"ideogram_margin": round(abs(agrees), 3), "separation": round(separation, 2)}


def _grouped(odd: np.ndarray, up: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Two mirror groups of antisymmetric profiles (N, 128): their discriminant (128,), who is up (N,), their distance
    in spreads."""
    for _ in range(10):
        up = odd @ np.where(up[:, None], odd, -odd).mean(0) > 0
    direction = np.zeros(odd.shape[1])
    for _ in range(4):
        turned = np.where(up[:, None], odd, -odd)
        mean = turned.mean(0)
        spread = np.cov((turned - mean).T, bias=True)
        ridge = _SHRINKAGE * np.trace(spread) / BINS
        direction = np.linalg.solve(spread + ridge * np.eye(len(spread)), mean)
        direction /= max(float(np.linalg.norm(direction)), 1e-9)
        up = odd @ direction > 0
    margins = np.abs(odd @ direction)
    return direction, up, float(margins.mean() / max(float(margins.std()), 1e-9))

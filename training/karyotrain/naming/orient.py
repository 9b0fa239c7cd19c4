"""Mean profiles of p-up chromosomes, learnt from crops whose direction nobody labelled.

Within a class the antisymmetric parts of the profiles fall to either side of zero along their first
principal axis: that sorts the crops into two mirror groups, and a few rounds of averaging and
turning sharpen the mean. The ideogram then says which end of each mean is p.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from karyotrain.naming.train import CropSet
from karyoview.core.chromosome import CLASSES
from karyoview.detectors.orientation import BINS, crop_profile, mirrored

_STAIN = {"gneg": 0.0, "gpos": 1.0, "acen": 0.35, "gvar": 0.5, "stalk": 0.1}


def ideogram_profile(table: Path, label: str) -> tuple[np.ndarray, float]:
    """Expected darkness from p to q in 64 steps (mean 0, norm 1), and the share of the p arm's length."""
    with table.open() as stream:
        rows = [
            r for r in csv.DictReader((line.lstrip("#") for line in stream), delimiter="\t") if r["chromosome"] == label
        ]
    end = max(float(r["iscn_stop"]) for r in rows)
    dark = np.zeros(1000)
    for r in rows:
        shade = _STAIN.get(r["stain"], 0.0) * (float(r["density"] or 100) / 100 if r["stain"] == "gpos" else 1.0)
        dark[int(1000 * float(r["iscn_start"]) / end) : int(1000 * float(r["iscn_stop"]) / end)] = shade
    kernel = np.hanning(61)
    dark = np.convolve(np.pad(dark, 30), kernel / kernel.sum(), "valid")[:1000]
    profile = dark.reshape(-1, 1000 // 50).mean(1)
    profile = np.interp(np.linspace(0, 49, BINS), np.arange(50), profile)
    profile -= profile.mean()
    short = max(float(r["iscn_stop"]) for r in rows if r["arm"] == "p") / end
    return profile / max(float(np.linalg.norm(profile)), 1e-9), short


def learn(crops: Path, table: Path, per_class: int = 1200, seed: int = 0) -> tuple[np.ndarray, np.ndarray, list[dict]]:
    """Means (24, 128) p up, slopes (24,) of the log odds, and what was found for each class."""
    data = CropSet(crops, "train")
    rng = np.random.default_rng(seed)
    means, slopes, notes = np.zeros((24, 2 * BINS)), np.zeros(24), []
    for c in CLASSES:
        rows = np.flatnonzero((data.labels == c.index) & (data.confidence >= 60))
        rows = np.sort(rng.choice(rows, min(per_class, len(rows)), replace=False))
        found = [p for p in (crop_profile(crop) for crop in data.read(rows)) if p is not None]
        profiles = np.stack(found)
        odd = profiles - mirrored(profiles)
        axis = np.linalg.svd(odd, full_matrices=False)[2][0]
        up = odd @ axis > 0
        for _ in range(10):
            mean = np.where(up[:, None], profiles, mirrored(profiles)).mean(0)
            up = odd @ mean > 0
        expected, short = ideogram_profile(table, c.label)
        agrees = float(mean[:BINS] @ expected) - float(mirrored(mean)[:BINS] @ expected)
        if agrees < 0:
            mean, up = mirrored(mean), ~up
        margins = np.abs(odd @ mean)
        # two mirror groups at ±µ with spread σ: log odds = 2µ·margin/σ²
        slopes[c.index] = 2 * margins.mean() / max(float(margins.var()), 1e-9)
        means[c.index] = mean
        notes.append(
            {
                "class": c.name,
                "crops": len(profiles),
                "ideogram_margin": round(abs(agrees), 3),
                "separation": round(float(margins.mean() / margins.std()), 2),
                "p_share": round(short, 3),
            }
        )
    return means, slopes, notes

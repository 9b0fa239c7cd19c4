"""How real made cells are: distributions, and a two-sample test that is not weak by choice.

The test asks whether a logistic regression on ImageNet ResNet-50 features tells made from real
cells when whole cells are held out. Every stage of the network is tried and the strongest counts;
real against real shows what chance and sample size give. Run as
``python -m karyotrain.studies.realism --real COCO --made TRUTH …``.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt
import torch
from scipy.optimize import minimize
from scipy.spatial.distance import cdist, pdist
from scipy.stats import ks_2samp, rankdata

from karyotrain.data.coco import read_coco, rows_by_image
from karyotrain.data.synthesis.library import PasteLibrary
from karyotrain.data.synthesis.optics import coded
from karyotrain.data.synthesis.truth import sum_iog
from karyoview.core.errors import KaryoViewError
from karyoview.detectors.nets.backbones import ResNetStages, find_backbone, load_imagenet, read_rule
from karyoview.imaging.masks import find_foreground
from karyoview.io.images import read_image

FloatArray = npt.NDArray[np.float64]
GreyArray = npt.NDArray[np.uint8]

_PATCH: Final = 224
_WEBP: Final = 85  # the real pictures' own encoding; made ones go through the same
_PENALTIES: Final = (0.003, 0.03, 0.3)


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """One cell: picture (H, W) uint8, horizontal boxes (N, 4) x1 y1 x2 y2, and the group that stays together."""

    grey: GreyArray
    boxes: FloatArray
    group: str


def read_samples(coco_json: Path, limit: int, seed: int = 0, images: Path | None = None) -> list[Sample]:
    """``limit`` random cells of a COCO file, all through the same WebP encoding."""
    document = read_coco(coco_json)
    folder = images or (coco_json.parent / "images" if (coco_json.parent / "images").is_dir() else coco_json.parent)
    boxes = rows_by_image(document)
    order = np.random.default_rng(seed).permutation(len(document["images"]))[:limit]
    found = []
    for row in (document["images"][i] for i in order.tolist()):
        grey = read_image(folder / row["file_name"]).to_uint8()
        grey = coded(grey, "webp", _WEBP)
        b = np.asarray([a["bbox"] for a in boxes.get(row["id"], ())], dtype=np.float64).reshape(-1, 4)
        b[:, 2:] += b[:, :2]
        found.append(Sample(grey, b, str(row.get("case", row["file_name"]))))
    return found


def deep_features(samples: Sequence[Sample], patches: int = 2, seed: int = 0) -> dict[str, FloatArray]:
    """Mean and spread of each channel of C2 … C5 over ``patches`` windows of 224 pixels about random chromosomes.

    → stage to (N, 2C) float64. Raises KaryoViewError when there are no ImageNet weights.
    """
    path = find_backbone("resnet50")
    if path is None:
        raise KaryoViewError("The two-sample test needs ImageNet weights of ResNet-50; set KARYOVIEW_BACKBONES.")
    rule = read_rule(path)
    net = ResNetStages("resnet50", last=5, rule=rule).eval()
    load_imagenet(net, path, rule)
    mean = torch.tensor(rule.mean).view(1, 3, 1, 1)
    std = torch.tensor(rule.std).view(1, 3, 1, 1)
    rows: dict[str, list[FloatArray]] = {}
    rng = np.random.default_rng(seed)
    for sample in samples:
        windows = np.stack(list(_windows(rng, sample, patches)))
        x = torch.from_numpy(windows).float()[:, None].expand(-1, 3, -1, -1)
        with torch.inference_mode():
            maps = net((x - mean) / std)
        for stage, m in maps.items():
            pooled = torch.cat([m.mean((2, 3)), m.std((2, 3))], 1).mean(0)
            rows.setdefault(stage, []).append(pooled.double().numpy())
    return {stage: np.stack(r) for stage, r in rows.items()}


def _windows(rng: np.random.Generator, sample: Sample, patches: int) -> Iterator[GreyArray]:
    grey = sample.grey
    short = [max(_PATCH - s, 0) for s in grey.shape]
    if any(short):
        grey = np.pad(grey, ((0, short[0]), (0, short[1])), "symmetric")
    for _ in range(patches):
        x1, y1, x2, y2 = sample.boxes[rng.integers(len(sample.boxes))]
        x = int(np.clip((x1 + x2) / 2 - _PATCH / 2, 0, grey.shape[1] - _PATCH))
        y = int(np.clip((y1 + y2) / 2 - _PATCH / 2, 0, grey.shape[0] - _PATCH))
        yield grey[y : y + _PATCH, x : x + _PATCH]


def two_sample(
    first: dict[str, FloatArray], second: dict[str, FloatArray], groups: Sequence[str], folds: int = 5, seed: int = 0
) -> dict[str, float]:
    """How well the two sets are told apart: area under the curve by stage, groups held out whole, ``strongest`` of
    them, and the ``energy`` distance.

    ``groups`` are of the first set's rows followed by the second's. 0.5 is chance, 1 is perfect. The
    penalty is the one that tells them apart best, so that the test errs towards being strong.
    """
    y = np.concatenate([np.zeros(len(next(iter(first.values())))), np.ones(len(next(iter(second.values()))))])
    names, group = np.unique(np.asarray(groups), return_inverse=True)
    fold_of = (np.random.default_rng(seed).permutation(len(names)) % folds)[group]
    found: dict[str, float] = {}
    for stage in first:
        x = np.concatenate([first[stage], second[stage]])
        scores = [
            _auc(np.concatenate([_held_out(x, y, fold_of, k, penalty) for k in range(folds)]),
                 np.concatenate([y[fold_of == k] for k in range(folds)]))
            for penalty in _PENALTIES
        ]  # fmt: skip
        found[f"C{stage}"] = round(max(scores), 4)
    return {**found, "strongest": max(found.values()), "energy": _energy(first, second)}


def _energy(first: dict[str, FloatArray], second: dict[str, FloatArray]) -> float:
    """Energy distance of the standardised features, mean over stages; it still falls where the test is saturated."""
    values = []
    for stage in first:
        both = np.concatenate([first[stage], second[stage]])
        unit = (both.std(0) + 1e-6) * np.sqrt(both.shape[1])
        a, b = ((x - both.mean(0)) / unit for x in (first[stage], second[stage]))
        within = [pdist(x).sum() * 2 / (len(x) * (len(x) - 1)) for x in (a, b)]
        values.append(2 * cdist(a, b).mean() - sum(within))
    return round(float(np.mean(values)), 4)


def _held_out(x: FloatArray, y: FloatArray, fold_of: npt.NDArray[np.int64], fold: int, penalty: float) -> FloatArray:
    train = fold_of != fold
    mean, std = x[train].mean(0), x[train].std(0) + 1e-6
    z, held = (x[train] - mean) / std, (x[~train] - mean) / std
    # As many rows as cells, far fewer than features: the span of the rows holds the solution.
    basis = np.linalg.svd(z, full_matrices=False)[2]
    z, held, t = z @ basis.T / np.sqrt(z.shape[1]), held @ basis.T / np.sqrt(z.shape[1]), y[train]

    def loss(w: FloatArray) -> tuple[float, FloatArray]:
        logit = z @ w[1:] + w[0]
        p = 1 / (1 + np.exp(-np.clip(logit, -40, 40)))
        value = np.mean(np.logaddexp(0, logit) - t * logit) + penalty * (w[1:] @ w[1:]) / 200
        slope = (p - t) / len(t)
        return float(value), np.concatenate([[slope.sum()], z.T @ slope + penalty * w[1:] / 100])

    w = minimize(loss, np.zeros(z.shape[1] + 1), jac=True, method="L-BFGS-B", options={"maxiter": 300}).x
    return np.asarray(held @ w[1:] + w[0], dtype=np.float64)


def _auc(score: FloatArray, y: FloatArray) -> float:
    ones = float(y.sum())
    ranks = rankdata(score)[y == 1].sum() - ones * (ones + 1) / 2
    return float(ranks / max(ones * (len(y) - ones), 1.0))


def cell_statistics(samples: Sequence[Sample], slack: float = 0.0) -> dict[str, FloatArray]:
    """What is compared besides: box sides and aspect (boxes grown by ``slack`` a side, as experts draw them),
    overlap, and grey levels inside and outside the foreground."""
    rows: dict[str, list[FloatArray]] = {}
    for s in samples:
        if len(s.boxes) < 2:
            continue
        b = s.boxes + np.array([-slack, -slack, slack, slack])
        sides = b[:, 2:] - b[:, :2]
        mask = find_foreground(s.grey, b).mask
        far = cv2.dilate(mask.astype(np.uint8), np.ones((9, 9), np.uint8)) == 0
        for name, values in (
            ("box size (px)", np.sqrt(sides.prod(1))),
            ("box aspect", sides.max(1) / sides.min(1)),
            ("sum of IoG", sum_iog(b)),
            ("grey inside", s.grey[mask][::41].astype(np.float64)),
            ("grey outside", s.grey[far][::401].astype(np.float64)),
        ):
            rows.setdefault(name, []).append(values)
    return {k: np.concatenate(v) for k, v in rows.items()}


def band_statistics(library: PasteLibrary, limit: int = 400) -> dict[str, FloatArray]:
    """Of isolated chromosomes: dark bands in a stretch of ten widths (a contracted chromosome is about 1.6 µm
    wide), the bands' contrast in absorbance, and the width in pixels."""
    bands, contrasts, widths = [], [], []
    for index in np.linspace(0, len(library) - 1, min(limit, len(library))).astype(int).tolist():
        piece = library.piece(index)
        width = 2 * float(cv2.distanceTransform(np.pad(piece.mask, 1).astype(np.uint8), cv2.DIST_L2, 5).max())
        line = piece.axis
        along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
        places = np.arange(0.5 * width, along[-1] - 0.5 * width, 0.5)
        if len(places) < 3 * width:
            continue
        x, y = (np.interp(places, along, line[:, k]).astype(np.float32)[None] - 0.5 for k in (0, 1))
        smooth = cv2.GaussianBlur(piece.absorbance, (0, 0), 1.0)
        profile = np.asarray(cv2.remap(smooth, x, y, cv2.INTER_LINEAR), np.float32).ravel()
        dark = _peaks(profile, 0.06)
        bands.append(10 * width * dark / (len(places) * 0.5))
        contrasts.append(float(np.std(profile)))
        widths.append(width)
    return {
        "bands in ten widths": np.asarray(bands),
        "band contrast": np.asarray(contrasts),
        "width (px)": np.asarray(widths),
    }


def _peaks(profile: npt.NDArray[np.float32], least: float) -> int:
    """Rises and falls by at least ``least``: the number of dark bands."""
    count, low, high, rising = 0, profile[0], profile[0], True
    for value in profile:
        low, high = min(low, value), max(high, value)
        if rising and value < high - least:
            count, rising, low = count + 1, False, value
        elif not rising and value > low + least:
            rising, high = True, value
    return count


def compare(real: dict[str, FloatArray], made: dict[str, FloatArray]) -> dict[str, dict[str, float]]:
    """Median of both and the Kolmogorov–Smirnov distance (0 the same, 1 apart) of each statistic."""
    return {
        name: {
            "real": round(float(np.median(real[name])), 3), "made": round(float(np.median(made[name])), 3),
            "distance": round(float(ks_2samp(real[name], made[name]).statistic), 3),
        }
        for name in real
    }  # fmt: skip


def measure(real: Path, made: Sequence[Path], cells: int, patches: int, cache: Path, slack: float) -> dict[str, Any]:
    """The whole comparison of made sets (COCO files) with a real one."""
    both = read_samples(real, 2 * cells)
    groups = sorted({s.group for s in both})
    halves = {g: i % 2 for i, g in enumerate(groups)}
    first, other = ([s for s in both if halves[s.group] == k][:cells] for k in (0, 1))
    features, control = deep_features(first, patches), deep_features(other, patches, 1)
    report: dict[str, Any] = {
        "cells": [len(first), len(other)],
        "real against real": two_sample(features, control, [s.group for s in (*first, *other)]),
    }
    real_cells = cell_statistics([*first, *other])
    real_bands = band_statistics(PasteLibrary.build(real.parent / "images", real, cache, cells))
    for path in made:
        samples = read_samples(path, cells)
        groups = [s.group for s in (*first, *samples)]
        entry: dict[str, Any] = {"two-sample": two_sample(features, deep_features(samples, patches, 2), groups)}
        entry["distributions"] = compare(real_cells, cell_statistics(samples, slack))
        bands = band_statistics(PasteLibrary.build(path.parent, path, cache, cells))
        entry["distributions"].update(compare(real_bands, bands))
        report[str(path.parent.name)] = entry
    return report


def main() -> None:
    """Print the comparison as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--real", type=Path, required=True)
    parser.add_argument("--made", type=Path, nargs="+", required=True)
    parser.add_argument("--cells", type=int, default=80)
    parser.add_argument("--patches", type=int, default=2)
    parser.add_argument("--slack", type=float, default=4.0, help="pixels that experts' boxes stand off, a side")
    parser.add_argument("--cache", type=Path, required=True)
    args = parser.parse_args()
    print(json.dumps(measure(args.real, args.made, args.cells, args.patches, args.cache, args.slack), indent=1))


if __name__ == "__main__":
    main()

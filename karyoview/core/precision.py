"""Average precision and miss rate: figures over all detections by falling score, whatever the cut.

COCO's 101 points and the area under the monotone envelope (all points) are both given; MR⁻² is
DeepACEv2's. :mod:`karyoview.core.metrics` calls these and adds what needs an operating threshold.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from karyoview.core.detection import MIN_RANKED_SCORE
from karyoview.core.matching import BoolArray, FloatArray, IntArray, MatchRule, match_one_at, match_own_at
from karyoview.core.metric_input import ImagePrediction, ImageTruth, iou_of

COCO_THRESHOLDS: Final = tuple(round(0.5 + 0.05 * i, 2) for i in range(10))


def miss_rate_curve(matched: BoolArray, truths: int, images: int) -> tuple[float, float]:
    """MR⁻²: geometric and arithmetic mean miss rate at nine FPPI from 10⁻² to 1.

    ``matched`` (N,) bool by falling score over all images: true or false positive.
    """
    false_per_image = np.cumsum(~matched) / max(images, 1)
    missed = 1.0 - np.cumsum(matched) / max(truths, 1)
    rates = []
    for reference in np.logspace(-2.0, 0.0, 9):
        reached = missed[false_per_image <= reference]
        rates.append(float(reached.min()) if len(reached) else 1.0)
    return math.exp(float(np.mean(np.log(np.maximum(rates, 1e-10))))), float(np.mean(rates))


def average_precision(
    matched: BoolArray, truths: float, *, all_points: bool, weights: FloatArray | None = None
) -> float:
    """AP of one class: ``matched`` (N,) bool by falling score; NaN without truth.

    All-point: area under the monotone envelope; else COCO's mean at 101 recalls. ``weights`` (N,)
    count each detection several times (for resampling; ``truths`` is then weighted too).
    """
    if truths <= 0:
        return math.nan
    weight = np.ones(len(matched)) if weights is None else weights
    hits, misses = np.cumsum(weight * matched), np.cumsum(weight * ~matched)
    recall = hits / truths
    precision = np.maximum.accumulate((hits / np.maximum(hits + misses, 1e-12))[::-1])[::-1]
    if all_points:
        return float(np.sum(np.diff(recall, prepend=0.0) * precision))
    places = np.searchsorted(recall, np.linspace(0.0, 1.0, 101), side="left")
    return float(np.append(precision, 0.0)[np.minimum(places, len(precision))].mean())


@dataclass(frozen=True, slots=True)
class Ranking:
    """All detections by falling score: their class, image, and whether each of K thresholds matched them."""

    labels: IntArray
    images: IntArray
    matched: BoolArray
    truths: IntArray
    truth_labels: IntArray
    truth_images: IntArray


def rank_detections(
    pairs: Sequence[tuple[ImagePrediction, ImageTruth]],
    thresholds: Sequence[float],
    classes: int,
    rule: MatchRule = "one",
) -> Ranking:
    """Matches of all detections above MIN_RANKED_SCORE at each of ``thresholds``, class by class.

    With the rule ``own`` a detection may take only the truth of its class that it overlaps most; ``any`` ranks as
    ``one`` does, for a curve needs each truth found once.
    """
    match = match_own_at if rule == "own" else match_one_at
    labels, scores, images, matched, truth_labels, truth_images = [], [], [], [], [], []
    for i, (everything, truth) in enumerate(pairs):
        found = everything.keep(everything.scores > MIN_RANKED_SCORE)
        matrix = iou_of(found.boxes, truth.boxes)
        # Pairs of different classes cannot match, so one greedy pass serves all classes at once.
        matrix = np.where(found.labels[:, None] == truth.labels[None], matrix, -1.0)
        matched.append(match(matrix, found.scores, thresholds) >= 0)
        labels.append(found.labels)
        scores.append(found.scores)
        images.append(np.full(len(found.boxes), i))
        truth_labels.append(truth.labels)
        truth_images.append(np.full(len(truth.boxes), i))
    order = np.argsort(-np.concatenate(scores), kind="stable")
    all_truths = np.concatenate(truth_labels)
    totals = np.bincount(all_truths[all_truths >= 0], minlength=classes).astype(np.int64)
    return Ranking(
        np.concatenate(labels)[order], np.concatenate(images)[order], np.concatenate(matched, 1)[:, order], totals,
        all_truths, np.concatenate(truth_images),
    )  # fmt: skip


def class_aps(ranking: Ranking, threshold: int, *, all_points: bool, weights: FloatArray | None = None) -> list[float]:
    """AP of each class at one threshold; ``weights`` (I,) count each image several times."""
    result = []
    for label, total in enumerate(ranking.truths):
        own = ranking.labels == label
        each, count = None, float(total)
        if weights is not None:
            each = weights[ranking.images[own]]
            count = float(weights[ranking.truth_images[ranking.truth_labels == label]].sum())
        matched = ranking.matched[threshold][own]
        result.append(average_precision(matched, count, all_points=all_points, weights=each))
    return result


def mean_ap(ranking: Ranking, threshold: int, *, all_points: bool, weights: FloatArray | None = None) -> float:
    """Mean of :func:`class_aps` over the classes that have a truth; NaN where none has."""
    values = [v for v in class_aps(ranking, threshold, all_points=all_points, weights=weights) if not math.isnan(v)]
    return float(np.mean(values)) if values else math.nan


def ap_figures(ranking: Ranking, prefix: str) -> dict[str, float | None]:
    """AP at 0.50, 0.75 and 0.50:0.95 (COCO), and at 0.50 over all points, named from ``prefix``."""
    coco = [mean_ap(ranking, k, all_points=False) for k in range(len(COCO_THRESHOLDS))]
    return {
        f"{prefix}50": number(coco[0]),
        f"{prefix}75": number(coco[COCO_THRESHOLDS.index(0.75)]),
        f"{prefix}50_95": number(float(np.mean(coco))),
        f"{prefix}50_all_point": number(mean_ap(ranking, 0, all_points=True)),
    }


def number(value: float) -> float | None:
    """The value, or None where it is not a number, as JSON wants it."""
    return None if math.isnan(value) else float(value)

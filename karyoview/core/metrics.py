"""Every figure by which engines are compared, with the rule it used.

All fractions are in [0, 1]; :meth:`Report.table` prints them in per cent as the papers do. The
counting figures are blind to the class; those that see it are named so. Sources: DeepACE (WCR, AER),
DeepACEv2 (MR⁻², severe overlap), DeepACC (mAPmax, its AER and Acc), DeepCHM (mFPs, mOD, matching ``any``).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from karyoview.core.annotation import ImageAnnotation
from karyoview.core.chromosome import CLASS_NAMES
from karyoview.core.detection import Detections
from karyoview.core.errors import KaryoViewError
from karyoview.core.geometry import boxes_to_array, iou_rotated, iou_xyxy
from karyoview.core.matching import (
    BoolArray,
    FloatArray,
    IntArray,
    MatchRule,
    fewest_removed,
    least_corrections,
    match_any,
    match_one,
    match_one_at,
)

SCORE_FLOOR: Final = 0.001
COCO_THRESHOLDS: Final = tuple(round(0.5 + 0.05 * i, 2) for i in range(10))
SEVERE_OVERLAP: Final = 0.5
CALIBRATION_BINS: Final = 15


class MetricError(KaryoViewError):
    """Predictions and truths that cannot be compared."""


@dataclass(frozen=True, slots=True, eq=False)
class ImageTruth:
    """The truth of one image.

    ``boxes`` (N, 4) x1, y1, x2, y2 or (N, 5) cx, cy, w, h, angle, in pixels; ``labels`` (N,) class
    indices 0–23, −1 where unknown (all −1: only the boxes are judged).
    """

    image: str
    boxes: FloatArray
    labels: IntArray
    case: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "boxes", _box_rows(self.image, self.boxes))
        object.__setattr__(self, "labels", _column(self.image, self.labels, len(self.boxes), np.int64))

    @classmethod
    def from_annotation(cls, annotation: ImageAnnotation, rotated: bool = False, case: str = "") -> ImageTruth:
        """Truth from a person's work; a rotated box counts by its capsule's bounds unless ``rotated``."""
        items = annotation.human()
        if rotated:
            boxes = boxes_to_array([c.box for c in items])
        else:
            boxes = np.asarray([c.box.capsule_bounds().to_xyxy() for c in items], dtype=np.float64).reshape(-1, 4)
        labels = np.asarray([-1 if c.label is None else c.label for c in items], dtype=np.int64)
        return cls(annotation.image, boxes, labels, case)


@dataclass(frozen=True, slots=True, eq=False)
class ImagePrediction:
    """What an engine said about one image, before any cut by score.

    ``boxes`` as in :class:`ImageTruth`; ``scores`` (N,) in [0, 1]; ``labels`` (N,) the top class
    0–23, −1 for one-class engines; ``probabilities`` (N, 24) or None.
    """

    image: str
    boxes: FloatArray
    labels: IntArray
    scores: FloatArray
    probabilities: FloatArray | None = field(default=None)

    def __post_init__(self) -> None:
        object.__setattr__(self, "boxes", _box_rows(self.image, self.boxes))
        object.__setattr__(self, "labels", _column(self.image, self.labels, len(self.boxes), np.int64))
        object.__setattr__(self, "scores", _column(self.image, self.scores, len(self.boxes), np.float64))
        if self.probabilities is not None and self.probabilities.shape != (len(self.boxes), len(CLASS_NAMES)):
            expected = f"{len(self.boxes)} × {len(CLASS_NAMES)}"
            raise MetricError(f"{self.image}: expected {expected} probabilities, got {self.probabilities.shape}.")

    @classmethod
    def from_detections(cls, found: Detections, rotated: bool = False) -> ImagePrediction:
        """The boxes of a result: rotated ones, or (the default) the horizontal ones."""
        rows = [d.probabilities for d in found.items]
        full = bool(rows) and all(len(r) == len(CLASS_NAMES) for r in rows)
        probabilities = np.asarray(rows, dtype=np.float64) if full else None
        boxes = found.boxes() if rotated else found.bounds()
        return cls(found.image, boxes, found.labels(), found.scores(), probabilities)

    def keep(self, chosen: BoolArray) -> ImagePrediction:
        """The chosen boxes only; ``chosen`` is (N,) bool."""
        some = None if self.probabilities is None else self.probabilities[chosen]
        return ImagePrediction(self.image, self.boxes[chosen], self.labels[chosen], self.scores[chosen], some)


class Report(dict[str, Any]):
    """The figures of one evaluation: a plain dict that JSON can hold, and :meth:`table` to read it."""

    def table(self, title: str = "") -> str:
        """The main figures as aligned text, with the rule they used and 95 % intervals over cells."""
        boxes = "rotated boxes, skew IoU" if self["rotated"] else "horizontal boxes, IoU"
        head = (
            f"{title + ': ' if title else ''}{self['images']} images, {self['truths']} chromosomes; matching "
            f"'{self['rule']}' at {boxes} >= {self['iou']:g}, score >= {self['score_threshold']:g}"
        )
        ceiling = self["hard_nms_ceiling"]
        lines = [head]
        for key, name, unit in _ROWS:
            value = self.get(key)
            if value is None:
                continue
            text = f"{100 * value:7.2f} %" if unit == "%" else f"{value:7.3f}  "
            if (interval := self["intervals"].get(key)) is not None:
                scale = 100 if unit == "%" else 1
                text += f"  [{scale * interval[0]:.2f}, {scale * interval[1]:.2f}]"
            if key == "wcr":
                text += f"  (perfect boxes after hard NMS: {100 * ceiling['0.5']['wcr']:.1f} at 0.5, "
                text += f"{100 * ceiling['0.7']['wcr']:.1f} at 0.7)"
            lines.append(f"  {name:<34}{text}")
        return "\n".join(lines)


_ROWS: Final = (
    ("corrections_per_cell", "corrections per cell", ""),
    ("corrections_per_cell_with_class", "corrections, classes by hand", ""),
    ("corrections_per_chromosome", "corrections per chromosome", ""),
    ("wcr", "WCR (whole cells right)", "%"),
    ("wcr_class", "WCR, classes right too", "%"),
    ("aer", "AER (boxes)", "%"),
    ("aer_paper", "AER, DeepACC's rule", "%"),
    ("aer_strict", "AER, strict", "%"),
    ("acc", "Acc TP/(TP+FP+FN)", "%"),
    ("acc_deepacc", "Acc, DeepACC's rule", "%"),
    ("f1", "F1", "%"),
    ("precision", "precision", "%"),
    ("recall", "recall", "%"),
    ("count_exact", "cells with the right count", "%"),
    ("ap50", "AP50 (boxes, COCO)", "%"),
    ("ap75", "AP75 (boxes, COCO)", "%"),
    ("ap50_95", "AP50:95 (boxes, COCO)", "%"),
    ("ap50_all_point", "AP50 (boxes, all points)", "%"),
    ("map50", "mAP50 (24 classes, COCO)", "%"),
    ("map50_95", "mAP50:95 (24 classes, COCO)", "%"),
    ("map50_all_point", "mAP50 (24 classes, all points)", "%"),
    ("mapmax", "mAPmax (all points)", "%"),
    ("mr2", "MR-2 (geometric mean)", "%"),
    ("mr2_arithmetic", "MR-2 (arithmetic mean)", "%"),
    ("mfps", "mFPs (false positives per image)", ""),
    ("mod", "mOD", "%"),
    ("recall_100", "images with recall 100 %", "%"),
    ("class_accuracy", "class right, of matched boxes", "%"),
    ("ece", "calibration error (ECE)", "%"),
)


_PER_IMAGE: Final = (
    "fp", "fn", "wrong_class", "relabel", "redraw", "delete", "add", "corrections", "corrections_by_hand",
)  # fmt: skip


def evaluate(
    predictions: Sequence[ImagePrediction],
    truths: Sequence[ImageTruth],
    *,
    score_threshold: float = 0.5,
    iou: float = 0.5,
    rule: MatchRule = "one",
    ranked: Sequence[ImagePrediction] | None = None,
    resamples: int = 1000,
    seed: int = 0,
) -> Report:
    """Compare predictions with truths, image by image (a missing prediction is an empty one).

    ``predictions`` hold one row a box (top class); ``ranked``, where given, holds a row for every
    class score and is used for mAP only (else it is made from ``probabilities`` by
    :func:`every_class`). AP and MR⁻² use every score > 0.001, all else score ≥ ``score_threshold``.
    ``resamples`` sets of cells give the 95 % intervals (0: none). Raises MetricError for
    predictions of unknown images, images named twice, or horizontal against rotated boxes.
    """
    truths = list(truths)
    if not truths:
        raise MetricError("There is no truth to compare with; choose reviewed cells.")
    pairs = _paired(predictions, truths)
    rotated = truths[0].boxes.shape[1] == 5
    counts = [_count_image(p, t, rule, iou, score_threshold) for p, t in pairs]
    with_classes = any((p.labels >= 0).any() for p, _ in pairs) and any((t.labels >= 0).any() for t in truths)

    report = Report(
        rule=rule, iou=iou, score_threshold=score_threshold, rotated=rotated, with_classes=with_classes,
        images=len(truths), truths=sum(c.truths for c in counts), predictions=sum(c.predicted for c in counts),
    )  # fmt: skip
    table = {k: np.array([c.figures[k] for c in counts], dtype=np.float64) for k in counts[0].figures}
    ratios = _ratios(with_classes)
    even = np.ones((1, len(truths)))
    for name, make in ratios.items():
        report[name] = _number(make(table, even)[0])
    report["corrections"] = {k: report[f"{k}_per_cell"] for k in ("relabel", "redraw", "delete", "add")}
    for key in report["corrections"]:
        del report[f"{key}_per_cell"]
    report["severe_overlap"] = _severe(counts)
    report["hard_nms_ceiling"] = {str(t): hard_nms_ceiling(truths, t) for t in (0.5, 0.7)}

    blind = [(replace(p, labels=p.labels * 0), replace(t, labels=t.labels * 0)) for p, t in pairs]
    boxes = _precision_table(blind, COCO_THRESHOLDS, 1)
    report |= _ap_figures(boxes, "ap")
    mr = miss_rate_curve(boxes.matched[0], boxes.truths[0], len(truths))
    report["mr2"], report["mr2_arithmetic"] = mr
    if with_classes:
        ranked_pairs = _paired([every_class(p) for p in predictions] if ranked is None else ranked, truths)
        classes = _precision_table(ranked_pairs, COCO_THRESHOLDS, len(CLASS_NAMES))
        report |= _ap_figures(classes, "map")
        top = _precision_table(pairs, (iou,), len(CLASS_NAMES))
        report["mapmax"] = _number(_mean_ap(top, 0, all_points=True))
        report["confusion"] = _sum_confusion(counts)
        report["per_class"] = _per_class(report["confusion"], classes)
    report |= _calibration(counts, with_classes)
    report["intervals"] = _intervals(table, ratios, boxes, resamples, seed) if resamples else {}
    report["per_image"] = [
        {"image": t.image, "case": t.case, "truths": c.truths, "predictions": c.predicted,
         **{k: int(c.figures[k]) for k in _PER_IMAGE}}
        for t, c in zip(truths, counts, strict=True)
    ]  # fmt: skip
    return report


def every_class(prediction: ImagePrediction, nms_iou: float = 0.5, floor: float = SCORE_FLOOR) -> ImagePrediction:
    """One row for every class score above ``floor``, after hard NMS inside each class (DeepACC's mAP).

    A prediction without probabilities comes back as it is.
    """
    if prediction.probabilities is None or not len(prediction.boxes):
        return prediction
    overlap = _iou(prediction.boxes, prediction.boxes)
    boxes, labels = [], []
    for label in range(prediction.probabilities.shape[1]):
        scores = prediction.probabilities[:, label]
        kept: list[int] = []
        for i in np.argsort(-scores, kind="stable"):
            if scores[i] <= floor:
                break
            if not kept or overlap[i, kept].max() <= nms_iou:
                kept.append(int(i))
        boxes += kept
        labels += [label] * len(kept)
    chosen, names = np.asarray(boxes, dtype=np.int64), np.asarray(labels, dtype=np.int64)
    return ImagePrediction(prediction.image, prediction.boxes[chosen], names, prediction.probabilities[chosen, names])


def best_f1_threshold(
    predictions: Sequence[ImagePrediction], truths: Sequence[ImageTruth], *, rule: MatchRule = "one", iou: float = 0.5
) -> tuple[float, float]:
    """The score cut of best F1, and that F1 (DeepCHM's T_score); choose it on held-back training cases.

    With rule ``one`` all cuts are tried; with ``any`` 200 equal steps of the ranked scores.
    """
    pairs = _paired(predictions, truths)
    scores = np.concatenate([p.scores for p, _ in pairs]) if pairs else np.zeros(0)
    if not len(scores):
        return 0.5, 0.0
    total = sum(len(t.boxes) for t in truths)
    if rule == "one":
        # The greedy matching of a cut is the prefix of the greedy matching of all, so one pass serves.
        hits = np.concatenate([match_one(_iou(p.boxes, t.boxes), p.scores, iou) >= 0 for p, t in pairs])
        order = np.argsort(-scores, kind="stable")
        f1 = 2 * np.cumsum(hits[order]) / (np.arange(1, len(order) + 1) + total)
        f1[:-1][scores[order][:-1] == scores[order][1:]] = -1.0  # equal scores are cut together
        best = int(f1.argmax())
        return float(scores[order][best]), float(f1[best])
    matrices = [(_iou(p.boxes, t.boxes), p.scores) for p, t in pairs]
    best_cut, best_f1 = 0.5, -1.0
    for cut in np.unique(np.quantile(scores, np.linspace(0, 1, 200), method="lower")):
        hit = missed = taken = 0
        for matrix, own in matrices:
            good, reached = match_any(matrix[own >= cut], iou)
            hit, missed, taken = hit + int(good.sum()), missed + int((~reached).sum()), taken + len(good)
        f1_here = 2 * hit / max(taken + hit + missed, 1)
        if f1_here > best_f1:
            best_cut, best_f1 = float(cut), f1_here
    return best_cut, best_f1


def severe_overlap(boxes: FloatArray, limit: float = SEVERE_OVERLAP) -> BoolArray:
    """Truths (N,) bool that the others cover by Σ IoG ≥ ``limit`` (DeepACEv2; summed over pairs)."""
    matrix = _iou(boxes, boxes)
    areas = _areas(boxes)
    inter = matrix * (areas[:, None] + areas[None]) / (1.0 + matrix)
    np.fill_diagonal(inter, 0.0)
    return np.asarray(inter.sum(0) / np.maximum(areas, 1e-12) >= limit)


def hard_nms_ceiling(truths: Sequence[ImageTruth], threshold: float) -> dict[str, float]:
    """The best WCR and AER that perfect boxes can keep after hard NMS at ``threshold``."""
    lost = [fewest_removed(_iou(t.boxes, t.boxes) > threshold) for t in truths]
    total = sum(len(t.boxes) for t in truths)
    return {"wcr": float(np.mean([n == 0 for n in lost])), "aer": sum(lost) / max(total, 1)}


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


def paired_difference(
    old: Mapping[str, Any], new: Mapping[str, Any], key: str = "corrections", resamples: int = 2000, seed: int = 0
) -> dict[str, float]:
    """Mean of new less old over the cells both reports judged, with its 95 % interval over cells."""
    before = {row["image"]: row[key] for row in old["per_image"]}
    shared = [row for row in new["per_image"] if row["image"] in before]
    change = np.array([row[key] - before[row["image"]] for row in shared], np.float64)
    if not len(change):
        raise MetricError("The two evaluations share no image, so they cannot be compared.")
    draws = np.random.default_rng(seed).integers(0, len(change), (resamples, len(change)))
    low, high = np.quantile(change[draws].mean(1), (0.025, 0.975))
    return {"cells": float(len(change)), "mean": float(change.mean()), "low": float(low), "high": float(high)}


@dataclass(frozen=True, slots=True)
class _ImageCount:
    """What one image adds to every sum."""

    truths: int
    predicted: int
    figures: dict[str, float]
    severe: tuple[int, int, int]
    confusion: IntArray
    confidence: FloatArray
    right: BoolArray


def _count_image(
    everything: ImagePrediction, truth: ImageTruth, rule: MatchRule, limit: float, cut: float
) -> _ImageCount:
    found = everything.keep(everything.scores >= cut)
    matrix = _iou(found.boxes, truth.boxes)
    taken = match_one(matrix, found.scores, limit)
    hit = taken >= 0
    if rule == "any":
        tp_rows, reached = match_any(matrix, limit)
        taken = np.where(tp_rows, matrix.argmax(1) if matrix.size else -1, -1)
    else:
        tp_rows, reached = hit, np.isin(np.arange(len(truth.boxes)), taken)
    tp, fp, fn = int(tp_rows.sum()), int((~tp_rows).sum()), int((~reached).sum())
    known = truth.labels[taken[tp_rows]]
    wrong = int(((known >= 0) & (found.labels[tp_rows] != known)).sum())

    by_hand = least_corrections(matrix, found.labels * 0 - 1, truth.labels * 0)
    blind = least_corrections(matrix, found.labels * 0, truth.labels * 0)
    with_class = least_corrections(matrix, found.labels, truth.labels) if (everything.labels >= 0).any() else blind
    best = matrix.max(1) if matrix.size else np.zeros(len(found.boxes))
    own_share = best / (matrix.sum(1) + 1e-8)
    figures = {
        "images": 1.0, "truths": float(len(truth.boxes)), "predicted": float(len(found.boxes)),
        "tp": float(tp), "fp": float(fp), "fn": float(fn), "wrong_class": float(wrong),
        "perfect": float(fp == 0 and fn == 0), "perfect_class": float(fp == 0 and fn == 0 and wrong == 0),
        "complete": float(fn == 0), "same_count": float(len(found.boxes) == len(truth.boxes)),
        "count_error": float(abs(len(found.boxes) - len(truth.boxes))), "own_share": float(own_share[tp_rows].sum()),
        "relabel": float(with_class.relabel), "redraw": float(with_class.redraw), "delete": float(with_class.delete),
        "add": float(with_class.add), "corrections": float(with_class.total),
        "corrections_by_hand": float(by_hand.total),
    }  # fmt: skip

    subset = severe_overlap(truth.boxes)
    nearest_severe = (best > 0) & subset[matrix.argmax(1)] if matrix.size else np.zeros(len(found.boxes), bool)
    severe = (int((subset & reached).sum()), int((nearest_severe & ~tp_rows).sum()), int((subset & ~reached).sum()))

    size = len(CLASS_NAMES)
    confusion = np.zeros((size + 1, size + 1), dtype=np.int64)
    labelled = tp_rows & (found.labels >= 0)
    labelled[tp_rows] &= known >= 0
    extra, missed = found.labels[~tp_rows], truth.labels[~reached]
    np.add.at(confusion, (truth.labels[taken[labelled]], found.labels[labelled]), 1)
    np.add.at(confusion[size], extra[extra >= 0], 1)
    np.add.at(confusion[:, size], missed[missed >= 0], 1)
    right = tp_rows.copy()
    right[tp_rows] &= (known < 0) | (found.labels[tp_rows] == known) | (found.labels[tp_rows] < 0)
    return _ImageCount(len(truth.boxes), len(found.boxes), figures, severe, confusion, found.scores, right)


_Figure = Any


def _ratios(with_classes: bool) -> dict[str, _Figure]:
    """Name → function of (per-image sums (I,), weights (R, I)) → (R,) values."""

    def over(top: Sequence[str], bottom: Sequence[str], scale: float = 1.0) -> _Figure:
        def value(table: Mapping[str, FloatArray], weights: FloatArray) -> FloatArray:
            numerator = scale * sum(weights @ table[k] for k in top)
            denominator = sum(weights @ table[k] for k in bottom)
            return _divided(np.asarray(numerator), np.asarray(denominator))

        return value

    ratios = {
        "wcr": over(["perfect"], ["images"]), "aer": over(["fp", "fn"], ["truths"]),
        "acc": over(["tp"], ["tp", "fp", "fn"]), "f1": over(["tp"], ["tp", "tp", "fp", "fn"], 2.0),
        "precision": over(["tp"], ["tp", "fp"]), "recall": over(["tp"], ["tp", "fn"]),
        "count_exact": over(["same_count"], ["images"]), "count_error": over(["count_error"], ["images"]),
        "mfps": over(["fp"], ["images"]), "mod": over(["own_share"], ["tp"]),
        "recall_100": over(["complete"], ["images"]),
        "corrections_per_cell": over(["corrections"], ["images"]),
        "corrections_per_chromosome": over(["corrections"], ["truths"]),
        **{f"{k}_per_cell": over([k], ["images"]) for k in ("relabel", "redraw", "delete", "add")},
    }  # fmt: skip
    if not with_classes:
        ratios["corrections_per_cell_with_class"] = over(["corrections_by_hand"], ["images"])
        return ratios

    def right_of(table: Mapping[str, FloatArray], weights: FloatArray, bottom: str) -> FloatArray:
        return _divided(weights @ (table["tp"] - table["wrong_class"]), weights @ table[bottom])

    return ratios | {
        "wcr_class": over(["perfect_class"], ["images"]),
        "aer_paper": over(["fp", "fn", "wrong_class"], ["truths"]),
        "aer_strict": over(["fp", "fn", "wrong_class", "wrong_class"], ["truths"]),
        "acc_deepacc": lambda table, weights: right_of(table, weights, "predicted"),
        "class_accuracy": lambda table, weights: right_of(table, weights, "tp"),
    }


@dataclass(frozen=True, slots=True)
class _Ranking:
    """All detections by falling score: their class, image, and whether each of K thresholds matched them."""

    labels: IntArray
    images: IntArray
    matched: BoolArray
    truths: IntArray
    truth_labels: IntArray
    truth_images: IntArray


def _precision_table(
    pairs: Sequence[tuple[ImagePrediction, ImageTruth]], thresholds: Sequence[float], classes: int
) -> _Ranking:
    labels, scores, images, matched, truth_labels, truth_images = [], [], [], [], [], []
    for i, (everything, truth) in enumerate(pairs):
        found = everything.keep(everything.scores > SCORE_FLOOR)
        matrix = _iou(found.boxes, truth.boxes)
        # Pairs of different classes cannot match, so one greedy pass serves all classes at once.
        matrix = np.where(found.labels[:, None] == truth.labels[None], matrix, -1.0)
        matched.append(match_one_at(matrix, found.scores, thresholds) >= 0)
        labels.append(found.labels)
        scores.append(found.scores)
        images.append(np.full(len(found.boxes), i))
        truth_labels.append(truth.labels)
        truth_images.append(np.full(len(truth.boxes), i))
    order = np.argsort(-np.concatenate(scores), kind="stable")
    all_truths = np.concatenate(truth_labels)
    totals = np.bincount(all_truths[all_truths >= 0], minlength=classes).astype(np.int64)
    return _Ranking(
        np.concatenate(labels)[order], np.concatenate(images)[order], np.concatenate(matched, 1)[:, order], totals,
        all_truths, np.concatenate(truth_images),
    )  # fmt: skip


def _class_aps(
    ranking: _Ranking, threshold: int, *, all_points: bool, weights: FloatArray | None = None
) -> list[float]:
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


def _mean_ap(ranking: _Ranking, threshold: int, *, all_points: bool, weights: FloatArray | None = None) -> float:
    values = [v for v in _class_aps(ranking, threshold, all_points=all_points, weights=weights) if not math.isnan(v)]
    return float(np.mean(values)) if values else math.nan


def _ap_figures(ranking: _Ranking, prefix: str) -> dict[str, float | None]:
    coco = [_mean_ap(ranking, k, all_points=False) for k in range(len(COCO_THRESHOLDS))]
    return {
        f"{prefix}50": _number(coco[0]),
        f"{prefix}75": _number(coco[COCO_THRESHOLDS.index(0.75)]),
        f"{prefix}50_95": _number(float(np.mean(coco))),
        f"{prefix}50_all_point": _number(_mean_ap(ranking, 0, all_points=True)),
    }


def _severe(counts: Sequence[_ImageCount]) -> dict[str, float | int | None]:
    tp, fp, fn = (sum(c.severe[k] for c in counts) for k in range(3))
    return {
        "truths": tp + fn, "f1": _ratio(2 * tp, 2 * tp + fp + fn), "precision": _ratio(tp, tp + fp),
        "recall": _ratio(tp, tp + fn), "acc": _ratio(tp, tp + fp + fn),
    }  # fmt: skip


def _sum_confusion(counts: Sequence[_ImageCount]) -> list[list[int]]:
    """(25, 25): rows truth, columns prediction; the last row is extra boxes, the last column missed ones."""
    total: IntArray = np.sum([c.confusion for c in counts], axis=0)
    return [[int(v) for v in row] for row in total]


def _per_class(confusion: Sequence[Sequence[int]], ranking: _Ranking) -> list[dict[str, Any]]:
    aps = _class_aps(ranking, 0, all_points=False)
    table = np.asarray(confusion)
    return [
        {
            "class": name, "truths": int(ranking.truths[i]), "ap50": _number(aps[i]),
            "recall": _ratio(int(table[i, i]), int(table[i].sum())),
            "precision": _ratio(int(table[i, i]), int(table[:, i].sum())),
        }
        for i, name in enumerate(CLASS_NAMES)
    ]  # fmt: skip


def _calibration(counts: Sequence[_ImageCount], with_classes: bool) -> dict[str, Any]:
    """ECE in 15 equal bins over the predictions at the operating threshold; right means box (and class) right."""
    confidence = np.concatenate([c.confidence for c in counts])
    right = np.concatenate([c.right for c in counts])
    place = np.minimum((confidence * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    bins, error = [], 0.0
    for k in range(CALIBRATION_BINS):
        inside = place == k
        if not inside.any():
            continue
        mean, share = float(confidence[inside].mean()), float(right[inside].mean())
        error += abs(mean - share) * float(inside.mean())
        bins.append({"from": k / CALIBRATION_BINS, "boxes": int(inside.sum()), "confidence": mean, "right": share})
    judged = "box and class" if with_classes else "box"
    return {"ece": error if bins else None, "calibration": bins, "calibration_of": judged}


def _intervals(
    table: Mapping[str, FloatArray], ratios: Mapping[str, _Figure], boxes: _Ranking, resamples: int, seed: int
) -> dict[str, list[float]]:
    """95 % intervals by drawing cells with replacement (AP50 from a fifth as many draws)."""
    images = len(table["images"])
    rng = np.random.default_rng(seed)
    draws = rng.multinomial(images, np.full(images, 1.0 / images), size=resamples).astype(np.float64)
    values = {name: make(table, draws) for name, make in ratios.items()}
    few = draws[: max(resamples // 5, 1)]
    values["ap50"] = np.array([_mean_ap(boxes, 0, all_points=False, weights=w) for w in few])
    result = {}
    for name, sample in values.items():
        if not np.isnan(sample).all():
            result[name] = [float(v) for v in np.nanquantile(sample, (0.025, 0.975))]
    return result


def _paired(
    predictions: Iterable[ImagePrediction], truths: Sequence[ImageTruth]
) -> list[tuple[ImagePrediction, ImageTruth]]:
    by_name: dict[str, ImagePrediction] = {}
    for prediction in predictions:
        if prediction.image in by_name:
            raise MetricError(f"{prediction.image}: predicted twice; give one prediction an image.")
        by_name[prediction.image] = prediction
    names = {t.image for t in truths}
    if len(names) != len(truths):
        raise MetricError("Two truths have the same image name; name them by their case as well.")
    if unknown := sorted(by_name.keys() - names):
        raise MetricError(f"{unknown[0]}: predicted, but there is no truth of that name ({len(unknown)} such images).")
    pairs = []
    for truth in truths:
        sides = truth.boxes.shape[1]
        empty = ImagePrediction(truth.image, np.zeros((0, sides)), np.zeros(0, np.int64), np.zeros(0))
        prediction = by_name.get(truth.image, empty)
        if not len(prediction.boxes):
            prediction = empty
        elif prediction.boxes.shape[1] != sides or sides != truths[0].boxes.shape[1]:
            raise MetricError(f"{truth.image}: horizontal and rotated boxes cannot be compared; convert one of them.")
        pairs.append((prediction, truth))
    return pairs


def _iou(a: FloatArray, b: FloatArray) -> FloatArray:
    return iou_rotated(a, b) if a.shape[1] == 5 else iou_xyxy(a, b)


def _areas(boxes: FloatArray) -> FloatArray:
    return boxes[:, 2] * boxes[:, 3] if boxes.shape[1] == 5 else np.prod(boxes[:, 2:] - boxes[:, :2], 1)


def _box_rows(image: str, boxes: npt.ArrayLike) -> FloatArray:
    rows = np.asarray(boxes, dtype=np.float64)
    if rows.ndim != 2 or rows.shape[1] not in (4, 5):
        raise MetricError(f"{image}: boxes need 4 or 5 numbers each, got an array of shape {rows.shape}.")
    if not np.isfinite(rows).all():
        raise MetricError(f"{image}: a box has a number that is not finite.")
    return rows


def _column(image: str, values: npt.ArrayLike, length: int, kind: type[Any]) -> Any:
    column = np.asarray(values, dtype=kind).reshape(-1)
    if len(column) != length:
        raise MetricError(f"{image}: {length} boxes, but {len(column)} labels or scores.")
    return column


def _divided(top: FloatArray, bottom: FloatArray) -> FloatArray:
    return np.asarray(np.where(bottom > 0, top / np.where(bottom > 0, bottom, 1.0), np.nan))


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def _ratio(top: float, bottom: float) -> float | None:
    return top / bottom if bottom else None

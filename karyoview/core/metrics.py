"""Every figure by which engines are compared, with the rule it used.

All fractions are in [0, 1]; :meth:`Report.table` prints them in per cent as the papers do. The
counting figures are blind to the class; those that see it are named so. Inputs are checked in
:mod:`.metric_input`; figures over ranked detections are made in :mod:`.precision`. Sources: DeepACE (WCR, AER),
DeepACEv2 (MR⁻², severe overlap), DeepACC (mAPmax, its AER and Acc), DeepCHM (mFPs, mOD, matching ``any``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from karyoview.core.chromosome import CLASS_NAMES
from karyoview.core.hard_subsets import group_recalls, hard_groups, hard_lines, severe_share
from karyoview.core.matching import (
    BoolArray,
    FloatArray,
    IntArray,
    MatchRule,
    fewest_removed,
    least_corrections,
    match_any,
    match_one_at,
    match_own_at,
)
from karyoview.core.metric_input import (
    ImagePrediction,
    ImageTruth,
    MetricError,
    every_class,
    iou_of,
    paired,
)
from karyoview.core.precision import (
    COCO_THRESHOLDS,
    Ranking,
    ap_figures,
    average_precision,
    class_aps,
    mean_ap,
    miss_rate_curve,
    number,
    rank_detections,
)

__all__ = [
    "COCO_THRESHOLDS", "ImagePrediction", "ImageTruth", "MetricError", "Report", "average_precision",
    "best_f1_threshold", "evaluate", "every_class", "hard_nms_ceiling", "miss_rate_curve", "paired_difference",
    "severe_overlap",
]  # fmt: skip

SEVERE_OVERLAP: Final = 0.5
CALIBRATION_BINS: Final = 15


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
            if key in ("ap50", "ap50_all_point"):
                text += f"  ({100 * severe_share(self):.1f} % of the chromosomes overlap severely)"
            lines.append(f"  {name:<34}{text}")
        return "\n".join([*lines, *hard_lines(self)])


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
    :func:`every_class`). AP and MR⁻² use every score > MIN_RANKED_SCORE, all else score ≥ ``score_threshold``.
    ``resamples`` sets of cells give the 95 % intervals (0: none). Raises MetricError for
    predictions of unknown images, images named twice, or horizontal against rotated boxes.
    """
    truths = list(truths)
    if not truths:
        raise MetricError("There is no truth to compare with; choose reviewed cells.")
    pairs = paired(predictions, truths)
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
        report[name] = number(make(table, even)[0])
    report["corrections"] = {k: report[f"{k}_per_cell"] for k in ("relabel", "redraw", "delete", "add")}
    for key in report["corrections"]:
        del report[f"{key}_per_cell"]
    report["severe_overlap"] = _severe(counts)
    if groups := group_recalls([c.groups for c in counts]):
        report["hard_recall"] = groups
    report["hard_nms_ceiling"] = {str(t): hard_nms_ceiling(truths, t) for t in (0.5, 0.7)}

    blind = [(replace(p, labels=p.labels * 0), replace(t, labels=t.labels * 0)) for p, t in pairs]
    boxes = rank_detections(blind, COCO_THRESHOLDS, 1, rule)
    report |= ap_figures(boxes, "ap")
    mr = miss_rate_curve(boxes.matched[0], boxes.truths[0], len(truths))
    report["mr2"], report["mr2_arithmetic"] = mr
    if with_classes:
        ranked_pairs = paired([every_class(p) for p in predictions] if ranked is None else ranked, truths)
        classes = rank_detections(ranked_pairs, COCO_THRESHOLDS, len(CLASS_NAMES), rule)
        report |= ap_figures(classes, "map")
        top = rank_detections(pairs, (iou,), len(CLASS_NAMES), rule)
        report["mapmax"] = number(mean_ap(top, 0, all_points=True))
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


def best_f1_threshold(
    predictions: Sequence[ImagePrediction], truths: Sequence[ImageTruth], *, rule: MatchRule = "one", iou: float = 0.5
) -> tuple[float, float]:
    """The score cut of best F1, and that F1 (DeepCHM's T_score); choose it on held-back training cases.

    With the rules ``one`` and ``own`` all cuts are tried; with ``any`` 200 equal steps of the ranked scores.
    """
    pairs = paired(predictions, truths)
    scores = np.concatenate([p.scores for p, _ in pairs]) if pairs else np.zeros(0)
    if not len(scores):
        return 0.5, 0.0
    total = sum(len(t.boxes) for t in truths)
    if rule != "any":
        match = match_own_at if rule == "own" else match_one_at
        # The greedy matching of a cut is the prefix of the greedy matching of all, so one pass serves.
        hits = np.concatenate([match(iou_of(p.boxes, t.boxes), p.scores, (iou,))[0] >= 0 for p, t in pairs])
        order = np.argsort(-scores, kind="stable")
        f1 = 2 * np.cumsum(hits[order]) / (np.arange(1, len(order) + 1) + total)
        f1[:-1][scores[order][:-1] == scores[order][1:]] = -1.0  # equal scores are cut together
        best = int(f1.argmax())
        return float(scores[order][best]), float(f1[best])
    matrices = [(iou_of(p.boxes, t.boxes), p.scores) for p, t in pairs]
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
    matrix = iou_of(boxes, boxes)
    areas = _areas(boxes)
    inter = matrix * (areas[:, None] + areas[None]) / (1.0 + matrix)
    np.fill_diagonal(inter, 0.0)
    return np.asarray(inter.sum(0) / np.maximum(areas, 1e-12) >= limit)


def hard_nms_ceiling(truths: Sequence[ImageTruth], threshold: float) -> dict[str, float]:
    """The best WCR and AER that perfect boxes can keep after hard NMS at ``threshold``."""
    lost = [fewest_removed(iou_of(t.boxes, t.boxes) > threshold) for t in truths]
    total = sum(len(t.boxes) for t in truths)
    return {"wcr": float(np.mean([n == 0 for n in lost])), "aer": sum(lost) / max(total, 1)}


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
    groups: dict[str, tuple[int, int]]
    confusion: IntArray
    confidence: FloatArray
    right: BoolArray


def _count_image(
    everything: ImagePrediction, truth: ImageTruth, rule: MatchRule, limit: float, cut: float
) -> _ImageCount:
    found = everything.keep(everything.scores >= cut)
    matrix = iou_of(found.boxes, truth.boxes)
    taken = (match_own_at if rule == "own" else match_one_at)(matrix, found.scores, (limit,))[0]
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

    hard = hard_groups(truth.boxes, truth.axes) if truth.axes else {}
    groups = {name: (int(own.sum()), int((own & reached).sum())) for name, own in hard.items()}
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
    return _ImageCount(len(truth.boxes), len(found.boxes), figures, severe, groups, confusion, found.scores, right)


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


def _per_class(confusion: Sequence[Sequence[int]], ranking: Ranking) -> list[dict[str, Any]]:
    aps = class_aps(ranking, 0, all_points=False)
    table = np.asarray(confusion)
    return [
        {
            "class": name, "truths": int(ranking.truths[i]), "ap50": number(aps[i]),
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
    table: Mapping[str, FloatArray], ratios: Mapping[str, _Figure], boxes: Ranking, resamples: int, seed: int
) -> dict[str, list[float]]:
    """95 % intervals by drawing cells with replacement (AP50 from a fifth as many draws)."""
    images = len(table["images"])
    rng = np.random.default_rng(seed)
    draws = rng.multinomial(images, np.full(images, 1.0 / images), size=resamples).astype(np.float64)
    values = {name: make(table, draws) for name, make in ratios.items()}
    few = draws[: max(resamples // 5, 1)]
    values["ap50"] = np.array([mean_ap(boxes, 0, all_points=False, weights=w) for w in few])
    result = {}
    for name, sample in values.items():
        if not np.isnan(sample).all():
            result[name] = [float(v) for v in np.nanquantile(sample, (0.025, 0.975))]
    return result


def _areas(boxes: FloatArray) -> FloatArray:
    return boxes[:, 2] * boxes[:, 3] if boxes.shape[1] == 5 else np.prod(boxes[:, 2:] - boxes[:, :2], 1)


def _divided(top: FloatArray, bottom: FloatArray) -> FloatArray:
    return np.asarray(np.where(bottom > 0, top / np.where(bottom > 0, bottom, 1.0), np.nan))


def _ratio(top: float, bottom: float) -> float | None:
    return top / bottom if bottom else None

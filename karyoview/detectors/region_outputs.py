"""What a region-based engine gives of its candidates: suppression, and in DeepACC the classes; without torch.

Candidates are boxes inside the picture that have an area. The results are arrays of K detections by falling score:
``boxes`` (K, 4), ``scores`` (K,), ``labels`` (K,) with the background as 0, and what the engine adds.
"""

from __future__ import annotations

import numpy as np

from karyoview.detectors.nms import Array, non_maximum_suppression, suppress
from karyoview.detectors.region_configs import ClassifyingConfig, CountingConfig


def counted_regions(
    config: CountingConfig, boxes: Array, scores: Array, embeddings: Array | None = None
) -> dict[str, Array]:
    """Of candidates (N, 4) with ``scores`` (N,): one class; ``embeddings`` (N,) of the template module stay theirs."""
    usable = scores >= config.score_threshold
    boxes, scores = boxes[usable], scores[usable]
    marks = None if embeddings is None else embeddings[usable]
    kept, decayed = suppress(
        boxes, scores, marks, kind=config.nms, threshold=config.nms_threshold, method=config.soft_method,
        sigma=config.nms_sigma, margin=config.nms_margin, min_score=config.score_threshold,
        limit=config.max_detections,
    )  # fmt: skip
    result = {"boxes": boxes[kept], "scores": decayed, "labels": np.ones_like(kept)}
    return result if marks is None else {**result, "embeddings": marks[kept]}


def classified_regions(config: ClassifyingConfig, boxes: Array, rows: Array) -> dict[str, Array]:
    """Of candidates (N, 4) with class scores ``rows`` (N, 24), as ``config.output`` says; with ``probabilities``."""
    if config.output == "top1":
        return _best_class(config, boxes, rows)
    ranked = rows if config.output == "all" else np.where(rows == rows.max(1, keepdims=True), rows, 0.0)
    row, label = np.nonzero(ranked >= config.score_threshold)
    score = rows[row, label]
    kept = _within_classes(boxes[row], score, label, config.class_nms_threshold)[: config.max_detections]
    row, label = row[kept], label[kept]
    return {"boxes": boxes[row], "scores": score[kept], "labels": label + 1, "probabilities": rows[row]}


def _best_class(config: ClassifyingConfig, boxes: Array, rows: Array) -> dict[str, Array]:
    score, label = rows.max(1, initial=0.0), rows.argmax(1)
    sure = score >= config.score_threshold
    boxes, rows, score, label = boxes[sure], rows[sure], score[sure], label[sure]
    kept, decayed = suppress(
        boxes, score, kind=config.nms, threshold=config.nms_threshold, sigma=config.nms_sigma,
        min_score=config.score_threshold, limit=config.max_detections,
    )  # fmt: skip
    return {"boxes": boxes[kept], "scores": decayed, "labels": label[kept] + 1, "probabilities": rows[kept]}


def _within_classes(boxes: Array, scores: Array, labels: Array, iou: float) -> Array:
    """Places that hard suppression within each class leaves, by falling score."""
    kept = [
        of_class[non_maximum_suppression(boxes[of_class], scores[of_class], iou)]
        for of_class in (np.flatnonzero(labels == label) for label in np.unique(labels))
    ]
    places = np.concatenate(kept) if kept else np.zeros(0, np.int64)
    return places[np.argsort(-scores[places], kind="stable")]

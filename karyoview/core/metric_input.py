"""Truths and predictions as the metrics compare them: checked arrays, paired by the image's name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from karyoview.core.annotation import ImageAnnotation
from karyoview.core.chromosome import CLASS_NAMES
from karyoview.core.detection import MIN_RANKED_SCORE, Detections
from karyoview.core.errors import KaryoViewError
from karyoview.core.geometry import boxes_to_array, iou_rotated, iou_xyxy
from karyoview.core.matching import BoolArray, FloatArray, IntArray


class MetricError(KaryoViewError):
    """Predictions and truths that cannot be compared."""


@dataclass(frozen=True, slots=True, eq=False)
class ImageTruth:
    """The truth of one image.

    ``boxes`` (N, 4) x1, y1, x2, y2 or (N, 5) cx, cy, w, h, angle, in pixels; ``labels`` (N,) class
    indices 0–23, −1 where unknown (all −1: only the boxes are judged). ``axes`` are the centre lines
    (K, 2) of rotated boxes, or empty where they are not known: with them bent and crossing
    chromosomes are counted apart.
    """

    image: str
    boxes: FloatArray
    labels: IntArray
    case: str = ""
    axes: tuple[FloatArray, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "boxes", _box_rows(self.image, self.boxes))
        object.__setattr__(self, "labels", _column(self.image, self.labels, len(self.boxes), np.int64))
        lines = tuple(np.asarray(a, dtype=np.float64).reshape(-1, 2) for a in self.axes)
        if lines and len(lines) != len(self.boxes):
            raise MetricError(f"{self.image}: {len(self.boxes)} boxes have {len(lines)} centre lines; give one a box.")
        object.__setattr__(self, "axes", lines)

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


def every_class(prediction: ImagePrediction, nms_iou: float = 0.5, floor: float = MIN_RANKED_SCORE) -> ImagePrediction:
    """One row for every class score above ``floor``, after hard NMS inside each class (DeepACC's mAP).

    A prediction without probabilities comes back as it is.
    """
    if prediction.probabilities is None or not len(prediction.boxes):
        return prediction
    overlap = iou_of(prediction.boxes, prediction.boxes)
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


def paired(
    predictions: Iterable[ImagePrediction], truths: Sequence[ImageTruth]
) -> list[tuple[ImagePrediction, ImageTruth]]:
    """Each truth with its prediction (an empty one where it is missing), in the truths' order.

    Raises MetricError for images named twice, unknown ones, or horizontal against rotated boxes.
    """
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


def iou_of(a: FloatArray, b: FloatArray) -> FloatArray:
    """IoU (A, B) of rows of 5 numbers (rotated) or 4 (x1, y1, x2, y2)."""
    return iou_rotated(a, b) if a.shape[1] == 5 else iou_xyxy(a, b)


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

"""What the default engine knows of a cell after each of its stages: Candidates → Regions → Decisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from karyoview.core.geometry import iou_xyxy
from karyoview.detectors.rescoring import context_features, pair_features, score_features
from karyoview.imaging.connected_pieces import uncovered
from karyoview.imaging.masks import InstanceMask

FloatArray = npt.NDArray[np.float64]
Float32Array = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """What the finder sees in a cell after suppression, N regions by falling score.

    ``boxes`` (N, 4) x1, y1, x2, y2 in the cell's pixels; ``scores`` (N,) in [0, 1]; ``classes`` (N, 24)
    the finder's class probabilities, float64; ``roi_features`` (N, 512) float32 of its head.
    """

    boxes: FloatArray
    scores: FloatArray
    classes: FloatArray
    roi_features: Float32Array

    def take(self, places: npt.NDArray[np.int64], scores: FloatArray) -> Candidates:
        """The candidates at ``places`` (K,), with ``scores`` (K,) of their own."""
        return Candidates(self.boxes[places], scores, self.classes[places], self.roi_features[places])


def with_lone_pieces(
    kept: Candidates, proposed: Candidates, pieces: FloatArray, score: float, visible: float
) -> Candidates:
    """``kept`` with every one of ``pieces`` (P, 4) that no candidate scored at least ``visible`` covers, at ``score``.

    Two candidates inside a piece cover it where both are scored at least ``score``, from which on regions count.
    A candidate that was scored too low is raised; where none lies on the piece, the piece itself becomes one, with
    classes and features of the region of ``proposed`` that is most like it. By falling score again.
    """
    boxes, scores = kept.boxes, kept.scores.copy()
    shown = scores >= visible
    missing = pieces[uncovered(pieces, boxes[shown], scores[shown] >= score)]
    added = np.zeros(0, dtype=np.int64)
    if len(boxes) and len(missing):
        overlap = iou_xyxy(missing, boxes)
        present = overlap.max(1) > 0.5
        places = overlap.argmax(1)[present]
        scores[places] = np.maximum(scores[places], score)
        missing = missing[~present]
    if len(missing) and len(proposed.boxes):
        added = iou_xyxy(missing, proposed.boxes).argmax(1)
    missing = missing[: len(added)]
    order = np.argsort(-np.concatenate([scores, np.full(len(missing), score)]), kind="stable")
    return Candidates(
        np.concatenate([boxes, missing])[order],
        np.concatenate([scores, np.full(len(missing), score)])[order],
        np.concatenate([kept.classes, proposed.classes[added]])[order],
        np.concatenate([kept.roi_features, proposed.roi_features[added]])[order],
    )


class ContextInputs(NamedTuple):
    """What nets.cell_context reads of K outlined regions, in its order.

    ``node_features`` (K, 12), ``log_probs`` (K, 24), ``embeddings`` (K, 256), ``roi_features`` (K, 512)
    and ``pair_features`` (K, K, 8).
    """

    node_features: FloatArray
    log_probs: FloatArray
    embeddings: Float32Array
    roi_features: Float32Array
    pair_features: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Regions:
    """The candidates of a cell, of which the first K = len(masks) are outlined and straightened.

    ``boxes`` (N, 4) x1, y1, x2, y2 in the cell's pixels; ``scores`` (N,) the finder's; ``log_probs``
    (N, 24). Of the outlined ones: ``whole`` (K,) log odds of being one whole chromosome, ``masks``,
    ``crops`` (K, 2, 192, 32) uint8, ``embeddings`` (K, 256) and ``roi_features`` (K, 512) float32.
    ``whole`` and ``embeddings`` are 0 before the classifier has seen the crops.
    """

    boxes: FloatArray
    scores: FloatArray
    log_probs: FloatArray
    whole: FloatArray
    masks: Sequence[InstanceMask]
    crops: npt.NDArray[np.uint8]
    embeddings: Float32Array
    roi_features: Float32Array

    def score_features(self) -> FloatArray:
        """Score features (K, 7) of the outlined regions; see detectors.rescoring."""
        k = len(self.masks)
        return score_features(self.boxes[:k], self.scores[:k], self.whole, self.log_probs[:k], self.masks)

    def context_inputs(self) -> ContextInputs:
        """What nets.cell_context reads of the outlined regions."""
        k = len(self.masks)
        boxes, scores, log_probs = self.boxes[:k], self.scores[:k], self.log_probs[:k]
        node_features = np.concatenate([self.score_features(), context_features(log_probs, self.masks)], 1)
        pairs = pair_features(boxes, scores, log_probs, self.masks)
        return ContextInputs(node_features, log_probs, self.embeddings, self.roi_features, pairs)


@dataclass(frozen=True, slots=True, eq=False)
class Decisions:
    """What is decided of N regions.

    ``scores`` (N,) in [0, 1] and ``log_probs`` (N, 24) after rescoring; ``labels`` (N,) int64 classes as
    the cell has them together, ``raw_labels`` (N,) those of the networks before; ``upright`` (K,) the
    probability that the upper end of each outlined region's crop is p, NaN where it cannot be told.
    """

    scores: FloatArray
    log_probs: FloatArray
    labels: npt.NDArray[np.int64]
    raw_labels: npt.NDArray[np.int64]
    upright: FloatArray

"""What the default engine knows of a cell after each of its stages: Candidates → Regions → Decisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from karyoview.detectors.rescoring import context_features, pair_features, score_features
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

"""The second stage of DeepACC: 24 classes, with every component of the paper as a switch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torchvision.ops import batched_nms

from karyoview.core.chromosome import CLASS_NAMES
from karyoview.detectors.nets.adjacency import group_adjacency_loss
from karyoview.detectors.nets.conv_heads import SharedLayers
from karyoview.detectors.nets.margin import CosineClassifier, angular_margin_loss
from karyoview.detectors.nets.nms import suppress
from karyoview.detectors.nets.region import RegionConfig, Squeeze
from karyoview.detectors.nets.roi_heads import RegionHeads, Sample
from karyoview.detectors.nets.siamese import InferenceBranch

_OUTPUTS = len(CLASS_NAMES) + 1


@dataclass(frozen=True, slots=True)
class ClassifyingConfig(RegionConfig):
    """A naming engine: 24 classes and the background.

    ``separate`` gives class and box two layers each; ``aam``, ``siamese`` and ``gia`` are the paper's
    parts with their values; ``gia_through_centre`` lets the gradient through M_j. ``output``: ``top1``
    gives each box its best class, then class-agnostic NMS at ``nms_threshold`` (Acc and AER); ``all``
    every class score above the threshold, NMS for each class at ``class_nms_threshold`` (mAP); ``max`` each box's best
    class, NMS for each class (mAPmax).
    """

    separate: bool = True
    aam: bool = True
    aam_scale: float = 64.0
    aam_margin: float = 0.25
    aam_weight: float = 0.1
    siamese: bool = True
    delta: float = 0.5
    classification_weight: float = 1.0
    gia: bool = True
    gia_weight: float = 0.1
    gia_through_centre: bool = False
    output: Literal["top1", "all", "max"] = "top1"
    nms: Literal["hard", "soft"] = "hard"
    nms_threshold: float = 0.7
    class_nms_threshold: float = 0.5
    nms_sigma: float = 0.5


class ClassifyingHeads(RegionHeads):
    """Margin branch, inference branch and box of DeepACC.

    With neither ``aam`` nor ``siamese`` the classes come from a linear layer with cross entropy; with
    ``aam`` alone from softmax(s·cos θ); with ``siamese`` alone the margin branch is trained with m = 0.
    ``suppression`` (the configuration) may be replaced between predictions.
    """

    def __init__(self, pool: Squeeze, config: ClassifyingConfig) -> None:
        super().__init__(
            pool,
            batch=config.roi_batch,
            positive_fraction=config.roi_positive_fraction,
            positive_iou=config.roi_positive_iou,
            score_threshold=config.score_threshold,
            max_detections=config.max_detections,
        )
        width = config.head_width
        self.class_layers = SharedLayers(pool.out_channels, width)
        self.box_layers = SharedLayers(pool.out_channels, width) if config.separate else None
        self.locate = nn.Linear(width, 4)
        nn.init.normal_(self.locate.weight, std=0.001)
        nn.init.zeros_(self.locate.bias)
        self.margin = CosineClassifier(width, _OUTPUTS) if config.aam or config.siamese else None
        self.inference = InferenceBranch(_OUTPUTS, config.delta) if config.siamese else None
        self.linear = None if self.margin is not None else nn.Linear(width, _OUTPUTS)
        if self.linear is not None:
            nn.init.normal_(self.linear.weight, std=0.01)
            nn.init.zeros_(self.linear.bias)
        self.suppression = config

    def predict(self, maps: Tensor) -> dict[str, Tensor]:
        features = self.class_layers(maps)
        placed = self.box_layers(maps) if self.box_layers is not None else features
        predictions = {"features": features.float(), "deltas": self.locate(placed).float()}
        if self.linear is not None:
            predictions["logits"] = self.linear(features).float()
        return predictions

    def class_scores(self, predictions: dict[str, Tensor], counts: list[int]) -> tuple[Tensor, Tensor, Tensor | None]:
        """Probabilities (P, 25) of the margin branch, without margin; logits (P, 25) of the result; cosines."""
        if self.margin is None:
            logits = predictions["logits"]
            return logits.softmax(1), logits, None
        cosine = self.margin(predictions["features"])
        scaled = self.suppression.aam_scale * cosine
        probabilities = scaled.softmax(1)
        if self.inference is None:
            return probabilities, scaled, cosine
        logits = self.inference(predictions["features"], probabilities.detach(), self.margin.centres(), counts)
        return probabilities, logits, cosine

    def losses(self, predictions: dict[str, Tensor], sample: Sample) -> dict[str, Tensor]:
        config = self.suppression
        counts = [len(p) for p in sample.proposals]
        labels = torch.cat(sample.labels)
        probabilities, logits, cosine = self.class_scores(predictions, counts)
        losses = {"loss_box_reg": self.box_loss(predictions["deltas"], sample)}
        if cosine is not None:
            margin = config.aam_margin if config.aam else 0.0
            loss = angular_margin_loss(cosine, labels, scale=config.aam_scale, margin=margin)
            losses["loss_aam"] = config.aam_weight * loss
        if self.margin is None or self.inference is not None:
            losses["loss_classifier"] = config.classification_weight * F.cross_entropy(logits, labels)
        if config.gia:
            loss = group_adjacency_loss(
                list(probabilities.split(counts)),
                sample.labels,
                delta=config.delta,
                through_centre=config.gia_through_centre,
            )
            losses["loss_gia"] = config.gia_weight * loss
        return losses

    def detect(
        self, predictions: dict[str, Tensor], proposals: list[Tensor], image_shapes: list[tuple[int, int]]
    ) -> list[dict[str, Tensor]]:
        counts = [len(p) for p in proposals]
        _, logits, _ = self.class_scores(predictions, counts)
        scores = logits.softmax(1)[:, 1:].split(counts)
        found = self.candidates(predictions["deltas"], proposals, image_shapes)
        config = self.suppression
        return [detections_of(boxes[ok], rows[ok], config) for (boxes, ok), rows in zip(found, scores, strict=True)]


def detections_of(boxes: Tensor, rows: Tensor, config: ClassifyingConfig) -> dict[str, Tensor]:
    """What is given of candidates ``boxes`` (N, 4) with class scores ``rows`` (N, 24), as ``config.output`` says."""
    if config.output == "top1":
        return _best_class(boxes, rows, config)
    ranked = rows if config.output == "all" else torch.where(rows == rows.amax(1, keepdim=True), rows, 0.0)
    row, label = (ranked >= config.score_threshold).nonzero().unbind(1)
    score = rows[row, label]
    kept = batched_nms(boxes[row], score, label, config.class_nms_threshold)[: config.max_detections]
    row, label = row[kept], label[kept]
    return {"boxes": boxes[row], "scores": score[kept], "labels": label + 1, "probabilities": rows[row]}


def _best_class(boxes: Tensor, rows: Tensor, config: ClassifyingConfig) -> dict[str, Tensor]:
    score, label = rows.max(1)
    sure = score >= config.score_threshold
    boxes, rows, score, label = boxes[sure], rows[sure], score[sure], label[sure]
    kept, decayed = suppress(
        boxes, score, kind=config.nms, threshold=config.nms_threshold, sigma=config.nms_sigma,
        min_score=config.score_threshold, limit=config.max_detections,
    )  # fmt: skip
    return {"boxes": boxes[kept], "scores": decayed, "labels": label[kept] + 1, "probabilities": rows[kept]}

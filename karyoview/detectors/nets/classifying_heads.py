"""The second stage of DeepACC: 24 classes, with every component of the paper as a switch."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from karyoview.core.chromosome import CLASS_NAMES
from karyoview.detectors.nets.adjacency import group_adjacency_loss
from karyoview.detectors.nets.conv_heads import SharedLayers
from karyoview.detectors.nets.margin import CosineClassifier, angular_margin_loss
from karyoview.detectors.nets.region import Squeeze
from karyoview.detectors.nets.roi_heads import RegionHeads, Sample, outputs_of
from karyoview.detectors.nets.siamese import InferenceBranch
from karyoview.detectors.region_configs import ClassifyingConfig
from karyoview.detectors.region_outputs import classified_regions

_OUTPUTS = len(CLASS_NAMES) + 1


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
        logits = self.inference(predictions["features"], scaled.detach(), self.margin.centres(), counts)
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
        return [
            outputs_of(classified_regions, self.suppression, boxes[ok], rows[ok])
            for (boxes, ok), rows in zip(found, scores, strict=True)
        ]

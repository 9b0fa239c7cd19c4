"""The second stage of the two counting engines, DeepACE and DeepACEv2, with every component as a switch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor

from karyoview.detectors.nets.conv_heads import ConvHeads, FullyConnectedHeads
from karyoview.detectors.nets.nms import NMS, SoftMethod, suppress
from karyoview.detectors.nets.region import RegionConfig, Squeeze
from karyoview.detectors.nets.repulsion import Repulsion, repulsion_loss
from karyoview.detectors.nets.roi_heads import RegionHeads, Sample
from karyoview.detectors.nets.template import TemplateModule, grouping_losses
from karyoview.detectors.protocol import EngineError


@dataclass(frozen=True, slots=True)
class CountingConfig(RegionConfig):
    """A counting engine: one class, ``chromosome``.

    ``heads``: DeepACE's convolutional branches or two fully connected layers. ``repulsion`` with its σ
    and weight; ``template`` module with the weights of pull and push. ``nms`` at test: ``hard`` (at
    ``nms_threshold``), ``soft`` (``soft_method``, ``nms_sigma``), ``eg`` (needs the template module) or
    ``hard_soft`` (hard, then soft).
    """

    heads: Literal["conv", "fc"] = "fc"
    repulsion: Repulsion = "none"
    repulsion_sigma: float = 1.0
    repulsion_weight: float = 0.5
    template: bool = False
    pull_weight: float = 0.1
    push_weight: float = 0.1
    nms: NMS = "hard"
    nms_threshold: float = 0.5
    soft_method: SoftMethod = "gaussian"
    nms_sigma: float = 0.5
    nms_margin: float = 0.3

    def __post_init__(self) -> None:
        if self.nms == "eg" and not self.template:
            raise EngineError("Embedding-guided NMS needs the template module; set template to true or nms to soft.")


class CountingHeads(RegionHeads):
    """Class and box, an embedding where ``template`` is on, repulsion in training, suppression at test.

    ``suppression`` (the configuration) may be replaced between predictions; weights do not depend on it.
    """

    def __init__(self, pool: Squeeze, config: CountingConfig) -> None:
        super().__init__(
            pool,
            batch=config.roi_batch,
            positive_fraction=config.roi_positive_fraction,
            positive_iou=config.roi_positive_iou,
            score_threshold=config.score_threshold,
            max_detections=config.max_detections,
        )
        channels = pool.out_channels
        self.branches = (
            ConvHeads(channels) if config.heads == "conv" else FullyConnectedHeads(channels, width=config.head_width)
        )
        self.template = TemplateModule(channels) if config.template else None
        self.suppression = config

    def predict(self, maps: Tensor) -> dict[str, Tensor]:
        logits, deltas = self.branches(maps)
        predictions = {"logits": logits.float(), "deltas": deltas.float()}
        if self.template is not None:
            predictions["embeddings"] = self.template(maps).float()
        return predictions

    def losses(self, predictions: dict[str, Tensor], sample: Sample) -> dict[str, Tensor]:
        config = self.suppression
        losses = {
            "loss_classifier": F.cross_entropy(predictions["logits"], torch.cat(sample.labels)),
            "loss_box_reg": self.box_loss(predictions["deltas"], sample),
        }
        counts = [len(p) for p in sample.proposals]
        positive = sample.positives()
        if config.repulsion != "none":
            places = [p[i] for p, i in zip(sample.proposals, positive, strict=True)]
            deltas = [d[i] for d, i in zip(predictions["deltas"].split(counts), positive, strict=True)]
            boxes = [self.decode(d, p) for d, p in zip(deltas, places, strict=True)]
            term = repulsion_loss(boxes, places, sample.truths, config.repulsion, config.repulsion_sigma)
            losses["loss_repulsion"] = config.repulsion_weight * term
        if self.template is not None:
            values = [e[i] for e, i in zip(predictions["embeddings"].split(counts), positive, strict=True)]
            index = [m[i] for m, i in zip(sample.matched, positive, strict=True)]
            pull, push = grouping_losses(values, index, sample.truths)
            losses["loss_pull"] = config.pull_weight * pull
            losses["loss_push"] = config.push_weight * push
        return losses

    def detect(
        self, predictions: dict[str, Tensor], proposals: list[Tensor], image_shapes: list[tuple[int, int]]
    ) -> list[dict[str, Tensor]]:
        config = self.suppression
        counts = [len(p) for p in proposals]
        scores = predictions["logits"].softmax(1)[:, 1].split(counts)
        embeddings = predictions["embeddings"].split(counts) if "embeddings" in predictions else None
        results = []
        for i, (boxes, has_area) in enumerate(self.candidates(predictions["deltas"], proposals, image_shapes)):
            usable = (has_area & (scores[i] >= config.score_threshold)).nonzero().flatten()
            boxes, score = boxes[usable], scores[i][usable]
            marks = embeddings[i][usable] if embeddings is not None else None
            kept, decayed = suppress(
                boxes,
                score,
                marks,
                kind=config.nms,
                threshold=config.nms_threshold,
                method=config.soft_method,
                sigma=config.nms_sigma,
                margin=config.nms_margin,
                min_score=config.score_threshold,
                limit=config.max_detections,
            )
            result = {"boxes": boxes[kept], "scores": decayed, "labels": torch.ones_like(kept)}
            if marks is not None:
                result["embeddings"] = marks[kept]
            results.append(result)
        return results

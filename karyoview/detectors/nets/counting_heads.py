"""The second stage of the two counting engines, DeepACE and DeepACEv2, with every component as a switch."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from karyoview.detectors.nets.conv_heads import ConvHeads, FullyConnectedHeads
from karyoview.detectors.nets.region import Squeeze
from karyoview.detectors.nets.repulsion import repulsion_loss
from karyoview.detectors.nets.roi_heads import RegionHeads, Sample, outputs_of
from karyoview.detectors.nets.template import TemplateModule, grouping_losses
from karyoview.detectors.region_configs import CountingConfig
from karyoview.detectors.region_outputs import counted_regions


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
        counts = [len(p) for p in proposals]
        scores = predictions["logits"].softmax(1)[:, 1].split(counts)
        embeddings = predictions["embeddings"].split(counts) if "embeddings" in predictions else None
        results = []
        for i, (boxes, has_area) in enumerate(self.candidates(predictions["deltas"], proposals, image_shapes)):
            marks = embeddings[i][has_area] if embeddings is not None else None
            results.append(outputs_of(counted_regions, self.suppression, boxes[has_area], scores[i][has_area], marks))
        return results

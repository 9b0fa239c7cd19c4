"""The region proposal network: torchvision's, with stratified sampling and Soft-NMS on its proposals."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.rpn import RegionProposalNetwork, RPNHead
from torchvision.ops import box_iou, clip_boxes_to_image, remove_small_boxes

from karyoview.detectors.nets.nms import soft_nms
from karyoview.detectors.nets.samplers import POSITIVE, STRATA, draw, seeded, stratify
from karyoview.detectors.region_configs import Sampler


class Float32RPNHead(RPNHead):
    """torchvision's head, its outputs in fp32: boxes decoded in bf16 would be off by pixels."""

    def forward(self, x: list[Tensor]) -> tuple[list[Tensor], list[Tensor]]:
        logits, deltas = super().forward(x)
        return [t.float() for t in logits], [t.float() for t in deltas]


class StratifiedRPN(RegionProposalNetwork):
    """torchvision's RegionProposalNetwork whose minibatch is drawn by :mod:`.samplers`.

    The draw takes the place of torchvision's assignment, where the truths (and an optional ``seed``
    for each image) are at hand; anchors that were not drawn are labelled −1. In evaluation, ``soft``
    replaces hard NMS on proposals by Soft-NMS (DeepACE).
    """

    def __init__(
        self,
        anchors: AnchorGenerator,
        channels: int,
        *,
        sampler: Sampler = "uniform",
        batch: int = 512,
        positive_fraction: float = 0.25,
        before_nms: int = 6000,
        proposals: tuple[int, int] = (2000, 300),
        nms_threshold: float = 0.7,
        test_nms: Literal["hard", "soft"] = "hard",
    ) -> None:
        head = Float32RPNHead(channels, anchors.num_anchors_per_location()[0])
        bounds = STRATA[sampler]
        super().__init__(
            anchors,
            head,
            bounds.positive,
            bounds.easy,
            batch,
            positive_fraction,
            {"training": before_nms, "testing": before_nms},
            {"training": proposals[0], "testing": proposals[1]},
            nms_threshold,
        )
        self.bounds = bounds
        self.batch = batch
        self.positive_fraction = positive_fraction
        self.test_nms = test_nms
        self.fg_bg_sampler = _take_labelled

    def assign_targets_to_anchors(
        self, anchors: list[Tensor], targets: list[dict[str, Tensor]]
    ) -> tuple[list[Tensor], list[Tensor]]:
        labels, matched = [], []
        for places, target in zip(anchors, targets, strict=True):
            truths = target["boxes"]
            strata, truth = stratify(box_iou(truths, places), self.bounds)
            drawn = draw(strata, self.batch, self.positive_fraction, seeded(target.get("seed")))
            label = torch.full((len(places),), -1.0, device=places.device)
            label[drawn] = (strata[drawn] == POSITIVE).float()
            labels.append(label)
            matched.append(truths[truth] if len(truths) else torch.zeros_like(places))
        return labels, matched

    def filter_proposals(
        self,
        proposals: Tensor,
        objectness: Tensor,
        image_shapes: list[tuple[int, int]],
        num_anchors_per_level: list[int],
    ) -> tuple[list[Tensor], list[Tensor]]:
        if self.training or self.test_nms == "hard":
            return super().filter_proposals(proposals, objectness, image_shapes, num_anchors_per_level)
        scores = objectness.detach().reshape(len(proposals), -1).sigmoid()
        best = scores.topk(min(self.pre_nms_top_n(), scores.shape[1]), dim=1).indices
        boxes_out, scores_out = [], []
        for boxes, score, index, shape in zip(proposals, scores, best, image_shapes, strict=True):
            boxes = clip_boxes_to_image(boxes[index], shape)
            score = score[index]
            large = remove_small_boxes(boxes, self.min_size)
            boxes, score = boxes[large], score[large]
            kept, decayed = soft_nms(boxes, score, min_score=0.0, limit=self.post_nms_top_n())
            boxes_out.append(boxes[kept])
            scores_out.append(decayed)
        return boxes_out, scores_out


def _take_labelled(labels: list[Tensor]) -> tuple[list[Tensor], list[Tensor]]:
    """In place of torchvision's sampler: the draw has been made, −1 marks what was not drawn."""
    return [label >= 1 for label in labels], [label == 0 for label in labels]

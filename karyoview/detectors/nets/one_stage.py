"""RetinaNet (Lin et al. 2017) in the place of proposals and second stage: the one-stage rows of the papers' tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import torch
from torch import Tensor, nn
from torchvision.models.detection._utils import BoxCoder, Matcher
from torchvision.models.detection.image_list import ImageList
from torchvision.models.detection.retinanet import RetinaNetHead
from torchvision.ops import box_iou, clip_boxes_to_image

from karyoview.detectors.nets.anchors import Anchors
from karyoview.detectors.nets.pyramid import PyramidBackbone
from karyoview.detectors.nets.region import (
    RegionDetector,
    Squeeze,
    build_features,
    build_pool,
    build_rpn,
)
from karyoview.detectors.nets.roi_heads import outputs_of
from karyoview.detectors.protocol import EngineError
from karyoview.detectors.region_configs import ClassifyingConfig, RegionConfig
from karyoview.detectors.region_outputs import classified_regions, counted_regions

_OCTAVE: Final = (1.0, 2 ** (1 / 3), 2 ** (2 / 3))
"""Anchor sizes of a pyramid level, as multiples of its own."""


def build_detector(config: Any, heads: Callable[[Squeeze, Any], nn.Module], classes: int) -> RegionDetector:
    """The network of a configuration at a random start: proposals and ``heads``, or one stage where it says so."""
    features = build_features(config)
    if not config.one_stage:
        pool = Squeeze(build_pool(features), features.out_channels, config.roi_channels)
        return RegionDetector(config, features, build_rpn(config, features), heads(pool, config))
    sizes = [tuple(s * each for each in _OCTAVE) for s in config.anchor_sizes]
    if not isinstance(features, PyramidBackbone):
        sizes = [tuple(config.anchor_sizes)]
    elif len(sizes) != features.levels:
        raise EngineError(f"The pyramid has {features.levels} levels, so anchor_sizes needs as many entries.")
    anchors = Anchors(tuple(sizes), (config.anchor_ratios,) * len(sizes))
    dense = OneStageHeads(features.out_channels, anchors.num_anchors_per_location()[0], classes, config)
    return RegionDetector(config, features, DenseAnchors(anchors), dense)


class DenseAnchors(nn.Module):
    """Every anchor (A, 4) of an image where a proposal network would choose some."""

    def __init__(self, anchors: Anchors) -> None:
        super().__init__()
        self.anchors = anchors

    def forward(
        self, images: ImageList, features: dict[str, Tensor], targets: list[dict[str, Tensor]] | None = None
    ) -> tuple[list[Tensor], dict[str, Tensor]]:
        return self.anchors(images, list(features.values())), {}


class OneStageHeads(nn.Module):
    """torchvision's RetinaNet heads and focal loss over all anchors, suppressed as the engine's second stage would.

    ``suppression`` (the configuration) may be replaced between predictions. Scores are sigmoids, one for each class.
    """

    def __init__(self, channels: int, kinds: int, classes: int, config: RegionConfig) -> None:
        super().__init__()
        self.head = RetinaNetHead(channels, kinds, classes)
        self.matcher = Matcher(0.5, 0.4, allow_low_quality_matches=True)
        self.coder = BoxCoder((1.0, 1.0, 1.0, 1.0))
        self.suppression: Any = config

    def forward(
        self,
        features: dict[str, Tensor],
        anchors: list[Tensor],
        image_shapes: list[tuple[int, int]],
        targets: list[dict[str, Tensor]] | None = None,
    ) -> tuple[list[dict[str, Tensor]], dict[str, Tensor]]:
        outputs = {name: value.float() for name, value in self.head(list(features.values())).items()}
        with torch.autocast(anchors[0].device.type, enabled=False):
            if self.training:
                if targets is None:
                    raise ValueError("training needs targets")
                return [], self._losses(outputs, anchors, targets)
            rows = zip(outputs["cls_logits"], outputs["bbox_regression"], anchors, image_shapes, strict=True)
            return [self._detect(*row) for row in rows], {}

    def _losses(
        self, outputs: dict[str, Tensor], anchors: list[Tensor], targets: list[dict[str, Tensor]]
    ) -> dict[str, Tensor]:
        matched = []
        for places, target in zip(anchors, targets, strict=True):
            none = torch.full((len(places),), -1, dtype=torch.int64, device=places.device)
            truths = target["boxes"].float()
            matched.append(self.matcher(box_iou(truths, places)) if len(truths) else none)
        counted = [{"boxes": t["boxes"].float(), "labels": t["labels"] - 1} for t in targets]
        found = self.head.compute_loss(counted, outputs, anchors, matched)
        return {"loss_classifier": found["classification"], "loss_box_reg": found["bbox_regression"]}

    def _detect(self, logits: Tensor, deltas: Tensor, anchors: Tensor, shape: tuple[int, int]) -> dict[str, Tensor]:
        config, rows = self.suppression, logits.sigmoid()
        best = rows.max(1).values
        chosen = best.topk(min(config.rpn_before_nms, len(best))).indices
        boxes = clip_boxes_to_image(self.coder.decode_single(deltas[chosen], anchors[chosen]), shape)
        sound = ((boxes[:, 2:] - boxes[:, :2]) >= 1.0).all(1)
        boxes, rows = boxes[sound], rows[chosen][sound]
        if isinstance(config, ClassifyingConfig):
            return outputs_of(classified_regions, config, boxes, rows)
        return outputs_of(counted_regions, config, boxes, rows[:, 0])

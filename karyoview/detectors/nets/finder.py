"""The finder: a light region-based network that says where chromosomes are, on the shared trunk.

ResNet-50 C1–C4, one stride-8 level (nets.pyramid), torchvision's region proposals, and a small head
with one box for all classes. The 24 classes teach it beside the boxes; its score for counting is
1 − p(background).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.image_list import ImageList
from torchvision.models.detection.roi_heads import RoIHeads
from torchvision.models.detection.rpn import RegionProposalNetwork
from torchvision.ops import MultiScaleRoIAlign, nms

from karyoview.core.chromosome import CLASSES
from karyoview.detectors.exported_networks import (
    ANCHOR_RATIOS,
    ANCHOR_SIZES,
    BACKGROUND,
    BEFORE_NMS,
    DUPLICATE_IOU,
    PROPOSAL_IOU,
    PROPOSALS,
)
from karyoview.detectors.nets.backbones import InputRule, build_backbone
from karyoview.detectors.nets.pyramid import SingleLevelBackbone
from karyoview.detectors.nets.rpn import Float32RPNHead
from karyoview.detectors.nets.tta import TTA_TRANSFORMS, TTATransform, apply_to_boxes, apply_to_image, invert_boxes
from karyoview.detectors.network_sizes import CHROMOSOME_WIDTH

__all__ = ["CHROMOSOME_WIDTH", "Finder", "FinderHead", "FinderRegions", "FinderRoIs", "FinderView"]


class FinderRegions(NamedTuple):
    """What the finder sees, R regions in no order.

    ``boxes`` (R, 4) xyxy in its pixels, ``scores`` (R,) for being a chromosome, ``classes`` (R, 24)
    probabilities that sum to the score, ``features`` (R, 512) of the head.
    """

    boxes: Tensor
    scores: Tensor
    classes: Tensor
    features: Tensor


class FinderView(NamedTuple):
    """What the finder sees in one augmented view: its ``features`` (1, 64, h, w) for the head, the view's ``size``
    and that of the scaled image before it was turned, ``scaled_size`` (height, width), and the boxes (N, 4) xyxy that
    it ``proposes``, best first, in the image's pixels."""

    features: Tensor
    size: tuple[int, int]
    scaled_size: tuple[int, int]
    proposes: Tensor


class FinderHead(nn.Module):
    """Two shared layers on 7×7×64 maps; 25 scores with background first, and one box for all classes."""

    def __init__(self) -> None:
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(64 * 49, 512), nn.Linear(512, 512)
        self.cls, self.box = nn.Linear(512, len(CLASSES) + 1), nn.Linear(512, 4)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return self.predict(self.features(x))

    def features(self, x: Tensor) -> Tensor:
        """What the head sees in each region, (N, 512)."""
        return torch.relu(self.fc2(torch.relu(self.fc1(x.flatten(1)))))

    def predict(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Scores (N, 25) and deltas (N, 100) from :meth:`features`, float32."""
        scores = self.cls(features).float()
        return scores, self.box(features).float().repeat(1, scores.shape[1])


class FinderRoIs(RoIHeads):
    """torchvision's second stage with its class loss in two: chromosome or not, and (weighed less) which.

    Together with weight 1 they are exactly the cross-entropy over 25 classes; counting wants the first.
    """

    class_weight = 0.3

    def forward(
        self,
        features: dict[str, Tensor],
        proposals: list[Tensor],
        image_shapes: list[tuple[int, int]],
        targets: list[dict[str, Tensor]],
    ) -> dict[str, Tensor]:
        """The losses of stage two for targets with labels 1–24; torchvision's sampling."""
        proposals, _, labels, regression_targets = self.select_training_samples(proposals, targets)
        scores, deltas = self.box_predictor(self.box_roi_pool(features, proposals, image_shapes))
        label = torch.cat(labels)
        positive = label > 0
        logits = torch.logsumexp(scores[:, 1:], 1) - scores[:, 0]
        objectness_loss = nn.functional.binary_cross_entropy_with_logits(logits, positive.float())
        class_loss = nn.functional.cross_entropy(scores[positive, 1:], label[positive] - 1, reduction="sum") / len(
            label
        )
        box_loss = nn.functional.smooth_l1_loss(
            deltas[positive, :4], torch.cat(regression_targets)[positive], beta=1 / 9, reduction="sum"
        )
        return {
            "loss_classifier": objectness_loss,
            "loss_names": self.class_weight * class_loss,
            "loss_box_reg": box_loss / len(label),
        }


class Finder(nn.Module):
    """Boxes of chromosomes in grey images.

    Training: ``forward(images, sizes, targets)`` gives the named losses. ``images`` (B, 1, H, W)
    float 0–255 padded to a multiple of 32, ``sizes`` the unpadded (height, width), ``targets``
    torchvision dicts with labels 1–24. Testing: :meth:`find`.
    """

    mean: Tensor

    def __init__(self) -> None:
        super().__init__()
        rule = InputRule()
        body = build_backbone("resnet50", last=4, trainable=2, rule=rule)
        self.backbone = SingleLevelBackbone(body, first=3)
        anchors = AnchorGenerator((ANCHOR_SIZES,), (ANCHOR_RATIOS,))
        self.rpn = RegionProposalNetwork(
            anchors, Float32RPNHead(256, anchors.num_anchors_per_location()[0]), 0.7, 0.3, 256, 0.5,
            dict.fromkeys(("training", "testing"), BEFORE_NMS), dict.fromkeys(("training", "testing"), PROPOSALS),
            PROPOSAL_IOU,
        )  # fmt: skip
        self.squeeze = nn.Conv2d(256, 64, 1)  # RoIAlign's backward pass is what costs on a CPU
        self.roi = FinderRoIs(
            MultiScaleRoIAlign(["0"], 7, 2), nn.Identity(), FinderHead(), 0.5, 0.5, 128, 0.33, None, 0.05, 0.5, 100
        )
        self.register_buffer("mean", torch.tensor(rule.mean).view(1, 3, 1, 1), persistent=False)

    def features(self, images: Tensor) -> Tensor:
        """The trunk's map, (B, 256, H/8, W/8) float32."""
        return self.backbone(images.expand(-1, 3, -1, -1) - self.mean)["0"].float()

    def forward(
        self, images: Tensor, sizes: list[tuple[int, int]], targets: list[dict[str, Tensor]]
    ) -> dict[str, Tensor]:
        features = self.features(images)
        proposals, losses = self.rpn(ImageList(images, sizes), {"0": features}, targets)
        squeezed = torch.relu(self.squeeze(features)).float()
        return {**losses, **self.roi({"0": squeezed}, proposals, sizes, targets)}

    @torch.no_grad()
    def find(
        self,
        image: Tensor,
        views: int = 1,
        proposals: Tensor | None = None,
        looked: list[FinderView] | None = None,
        scaled: Sequence[Tensor] = (),
    ) -> FinderRegions:
        """All regions of one (H, W) float image 0–255 before suppression, over the first ``views`` of TTA_TRANSFORMS.

        Every augmented view proposes, and ``proposals`` (P, 4) xyxy in the image's pixels come before; of proposals
        that are alike one is scored, in every view, and the averages count. ``looked`` holds the views of this image
        that were looked at before, and is given those that were not. ``scaled`` are the picture at the scales that the
        views take in turn; without any all are of the image itself.
        """
        size = height, width = image.shape[-2], image.shape[-1]
        looked = [] if looked is None else looked
        for number in range(len(looked), views):
            picture = scaled[number % len(scaled)] if scaled else image
            looked.append(self._look(picture, TTA_TRANSFORMS[number], size))
        proposed_boxes, order = [], []
        if proposals is not None:
            proposed_boxes.append(proposals.to(image))
            order.append(image.new_ones(len(proposals)))
        for view in looked[:views]:
            proposed_boxes.append(view.proposes)
            order.append(-torch.arange(len(view.proposes), device=image.device, dtype=torch.float32))
        proposed = torch.cat(proposed_boxes)
        proposed = proposed[nms(proposed.float(), torch.cat(order).float(), DUPLICATE_IOU)]
        scores, boxes, pooled = (image.new_zeros(()) for _ in range(3))
        for transform, view in zip(TTA_TRANSFORMS, looked[:views], strict=False):
            factors = _factors(size, view.scaled_size, proposed)
            boxes_in_view = apply_to_boxes(proposed * factors, view.scaled_size, transform)
            inside = self.roi.box_roi_pool({"0": view.features}, [boxes_in_view], [view.size])
            of_view = self.roi.box_predictor.features(inside)
            s, deltas = self.roi.box_predictor.predict(of_view)
            b = self.roi.box_coder.decode(deltas[:, :4].contiguous(), [boxes_in_view])[:, 0]
            scores = scores + s / views
            boxes = boxes + invert_boxes(b, view.scaled_size, transform) / factors / views
            pooled = pooled + of_view.float() / views
        low, high = boxes.new_zeros(4), boxes.new_tensor([width, height, width, height])
        boxes = boxes.clamp(low, high)
        probabilities = scores.softmax(1)
        keep = ((boxes[:, 2:] - boxes[:, :2]) > 2).all(1)
        return FinderRegions(boxes[keep], 1 - probabilities[keep, 0], probabilities[keep, 1:], pooled[keep])

    def _look(self, image: Tensor, transform: TTATransform, size: tuple[int, int]) -> FinderView:
        """One view of a scaled ``image``; ``size`` (height, width) is that in whose pixels proposals are given."""
        augmented = apply_to_image(image, transform)
        h, w = augmented.shape
        padded = image.new_full((1, 1, -(-h // 32) * 32, -(-w // 32) * 32), BACKGROUND)
        padded[0, 0, :h, :w] = augmented
        features = self.features(padded.contiguous(memory_format=torch.channels_last))
        found, _ = self.rpn(ImageList(padded, [(h, w)]), {"0": features}, None)
        scaled_size = (image.shape[-2], image.shape[-1])
        proposes = invert_boxes(found[0], scaled_size, transform)
        proposes = proposes / _factors(size, scaled_size, proposes)
        return FinderView(torch.relu(self.squeeze(features)).float(), (h, w), scaled_size, proposes)


def _factors(size: tuple[int, int], scaled_size: tuple[int, int], like: Tensor) -> Tensor:
    """What multiplies boxes xyxy of an image to be those of the scaled one, (4,); sizes are (height, width)."""
    return like.new_tensor([scaled_size[1] / size[1], scaled_size[0] / size[0]] * 2)

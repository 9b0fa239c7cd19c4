"""The second stage: torchvision's RoIHeads with one box for all classes, seeds per image and fp32 losses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torchvision.models.detection.roi_heads import RoIHeads
from torchvision.ops import clip_boxes_to_image

from karyoview.core.detection import MIN_RANKED_SCORE
from karyoview.detectors.nets.samplers import EASY, POSITIVE, draw, seeded
from karyoview.detectors.nms import Array


@dataclass(frozen=True, slots=True)
class Sample:
    """What a training step looks at, lists by image: proposals (P, 4), index of each one's truth (P,),
    labels (P,) with 0 for background, regression targets (P, 4) and the truths (M, 4)."""

    proposals: list[Tensor]
    matched: list[Tensor]
    labels: list[Tensor]
    deltas: list[Tensor]
    truths: list[Tensor]

    def positives(self) -> list[Tensor]:
        """Indices of the positive proposals of each image."""
        return [label.nonzero().flatten() for label in self.labels]


def outputs_of(choose: Callable[..., dict[str, Array]], config: Any, *given: Tensor | None) -> dict[str, Tensor]:
    """What a function of detectors.region_outputs chooses of candidates, as tensors on their device."""
    arrays = [None if tensor is None else tensor.detach().float().cpu().numpy() for tensor in given]
    device = next(tensor.device for tensor in given if tensor is not None)
    return {name: torch.from_numpy(array).to(device) for name, array in choose(config, *arrays).items()}


class RegionHeads(RoIHeads):
    """Sampling, pooling and decoding; engines add what they predict, their losses and their suppression.

    Subclasses write ``predict(maps)``, ``losses(...)`` and ``detect(...)``.
    """

    def __init__(
        self,
        pool: nn.Module,
        *,
        batch: int = 512,
        positive_fraction: float = 0.25,
        positive_iou: float = 0.5,
        score_threshold: float = MIN_RANKED_SCORE,
        max_detections: int = 100,
    ) -> None:
        super().__init__(
            pool,
            nn.Identity(),
            nn.Identity(),
            positive_iou,
            positive_iou,
            batch,
            positive_fraction,
            None,
            score_threshold,
            0.5,
            max_detections,
        )
        self.batch = batch
        self.positive_fraction = positive_fraction

    def sample(self, proposals: list[Tensor], targets: list[dict[str, Tensor]]) -> Sample:
        """The minibatch: truths join the proposals, then ``batch`` are drawn, at most a fraction of them positive."""
        truths = [t["boxes"].to(p.dtype) for t, p in zip(targets, proposals, strict=True)]
        proposals = self.add_gt_proposals(proposals, truths)
        matched, labels = self.assign_targets_to_proposals(proposals, truths, [t["labels"] for t in targets])
        rows: list[tuple[Tensor, Tensor, Tensor, Tensor]] = []
        for place, truth, index, label, target in zip(proposals, truths, matched, labels, targets, strict=True):
            strata = torch.where(label > 0, POSITIVE, EASY)
            drawn = draw(strata, self.batch, self.positive_fraction, seeded(target.get("seed")))
            place, index, label = place[drawn], index[drawn], label[drawn]
            boxes = truth[index] if len(truth) else torch.zeros_like(place)
            rows.append((place, index, label, self.box_coder.encode_single(boxes, place) if len(truth) else boxes))
        place_list, index_list, label_list, delta_list = (list(part) for part in zip(*rows, strict=True))
        return Sample(place_list, index_list, label_list, delta_list, truths)

    def forward(
        self,
        features: dict[str, Tensor],
        proposals: list[Tensor],
        image_shapes: list[tuple[int, int]],
        targets: list[dict[str, Tensor]] | None = None,
    ) -> tuple[list[dict[str, Tensor]], dict[str, Tensor]]:
        if self.training:
            if targets is None:
                raise ValueError("training needs targets")
            sample = self.sample(proposals, targets)
            predictions = self.predict(self.box_roi_pool(features, sample.proposals, image_shapes))
            with self._full_precision(predictions):
                return [], self.losses(predictions, sample)
        predictions = self.predict(self.box_roi_pool(features, proposals, image_shapes))
        with self._full_precision(predictions):
            return self.detect(predictions, proposals, image_shapes), {}

    @staticmethod
    def _full_precision(predictions: dict[str, Tensor]) -> torch.autocast:
        """No autocast: losses and scores are computed in fp32."""
        return torch.autocast(predictions["deltas"].device.type, enabled=False)

    def predict(self, maps: Tensor) -> dict[str, Tensor]:
        """From RoI maps (P, C, 7, 7) of all images to fp32 tensors of P rows, ``deltas`` (P, 4) among them."""
        raise NotImplementedError

    def losses(self, predictions: dict[str, Tensor], sample: Sample) -> dict[str, Tensor]:
        raise NotImplementedError

    def detect(
        self, predictions: dict[str, Tensor], proposals: list[Tensor], image_shapes: list[tuple[int, int]]
    ) -> list[dict[str, Tensor]]:
        raise NotImplementedError

    def decode(self, deltas: Tensor, proposals: Tensor) -> Tensor:
        """Boxes (P, 4) regressed from ``proposals``, with their gradient."""
        return self.box_coder.decode_single(deltas, proposals)

    def box_loss(self, deltas: Tensor, sample: Sample) -> Tensor:
        """Smooth L1 (β = 1/9) of the positives' deltas, summed and divided by the size of the minibatch."""
        labels = torch.cat(sample.labels)
        positive = labels > 0
        loss = F.smooth_l1_loss(deltas[positive], torch.cat(sample.deltas)[positive], beta=1 / 9, reduction="sum")
        return loss / max(len(labels), 1)

    def candidates(
        self, deltas: Tensor, proposals: list[Tensor], shapes: list[tuple[int, int]]
    ) -> list[tuple[Tensor, Tensor]]:
        """For each image: boxes (P, 4) inside it, and which of them (P,) have any area."""
        counts = [len(p) for p in proposals]
        found = []
        for part, places, shape in zip(deltas.split(counts), proposals, shapes, strict=True):
            boxes = clip_boxes_to_image(self.decode(part, places), shape)
            found.append((boxes, ((boxes[:, 2:] - boxes[:, :2]) >= 1.0).all(1)))
        return found

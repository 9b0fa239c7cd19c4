"""Which candidates are chromosomes of their own, decided by each with its neighbours: a learned suppression.

Suppression by overlap alone must choose between losing one of two crossing chromosomes and keeping
doubles. Here every candidate is scored anew after a few blocks of message passing with those that
overlap it (how much, how shaped, how sure), so that of several boxes on one chromosome one stays
(Hosang, Benenson and Schiele, Learning non-maximum suppression, CVPR 2017).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torchvision.ops import box_iou, nms

from karyoview.detectors.network_sizes import DUPLICATE_CANDIDATE_IOU, MAX_CANDIDATES, MIN_CANDIDATE_SCORE

__all__ = ["MAX_CANDIDATES", "LearnedNMS", "MessagePassingBlock", "candidates", "pairwise_features"]

_NEIGHBOUR_IOU = 0.1
_SCORE_MARGIN = 1e-4  # scores are held this far from 0 and 1
_HIDDEN_DIM, _MESSAGE_DIM, _PAIR_DIM = 64, 32, 11


def candidates(boxes: Tensor, scores: Tensor) -> Tensor:
    """Places (K,) int64 of the regions (N, 4) xyxy that are no near copies, by falling score; K ≤ MAX_CANDIDATES."""
    kept = nms(boxes.float(), scores.float(), DUPLICATE_CANDIDATE_IOU)[:MAX_CANDIDATES]
    return kept[scores[kept] >= MIN_CANDIDATE_SCORE]


def pairwise_features(boxes: Tensor, scores: Tensor, classes: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Places i, j (P,) of candidates that overlap, i ≠ j, and what lies between them (P, 11).

    IoU, the shares of either box that both cover, distances of the centres by the mean sides, log
    ratios of sides and of aspect, scores of both, and how alike their classes are.
    """
    iou = box_iou(boxes, boxes)
    i, j = torch.nonzero(iou > _NEIGHBOUR_IOU).unbind(1)
    i, j = i[i != j], j[i != j]
    side = (boxes[:, 2:] - boxes[:, :2]).clamp(min=1e-3)
    centre = (boxes[:, 2:] + boxes[:, :2]) / 2
    area = side.prod(1)
    shared = iou[i, j] * (area[i] + area[j]) / (1 + iou[i, j])
    ratio = (side[i] / side[j]).log()
    conditional = classes / classes.sum(1, keepdim=True).clamp(min=1e-9)
    sure = torch.logit(scores, _SCORE_MARGIN) / 4
    features = torch.cat(
        [
            torch.stack([iou[i, j], shared / area[i], shared / area[j]], 1),
            2 * (centre[i] - centre[j]).abs() / (side[i] + side[j]),
            ratio,
            (ratio[:, :1] - ratio[:, 1:]).abs(),
            torch.stack([sure[i], sure[j], (conditional[i] * conditional[j]).sqrt().sum(1)], 1),
        ],
        1,
    )
    return i, j, features


class MessagePassingBlock(nn.Module):
    """Each candidate is updated by the maximum of the messages from those that overlap it."""

    def __init__(self) -> None:
        super().__init__()
        self.target_in, self.source_in = nn.Linear(_HIDDEN_DIM, _MESSAGE_DIM), nn.Linear(_HIDDEN_DIM, _MESSAGE_DIM)
        self.pair_in = nn.Linear(_PAIR_DIM, _MESSAGE_DIM)
        self.message = nn.Linear(_MESSAGE_DIM, _HIDDEN_DIM)
        self.update = nn.Sequential(
            nn.Linear(2 * _HIDDEN_DIM, _HIDDEN_DIM), nn.ReLU(), nn.Linear(_HIDDEN_DIM, _HIDDEN_DIM)
        )

    def forward(self, hidden: Tensor, i: Tensor, j: Tensor, pair_features: Tensor) -> Tensor:
        messages = torch.relu(self.target_in(hidden)[i] + self.source_in(hidden)[j] + self.pair_in(pair_features))
        messages = torch.relu(self.message(messages))
        pooled = torch.zeros_like(hidden).scatter_reduce(0, i[:, None].expand_as(messages), messages, "amax")
        return hidden + self.update(torch.cat([hidden, pooled], 1))


class LearnedNMS(nn.Module):
    """Log odds (N,) that each candidate is the one box of a chromosome.

    ``forward(boxes (N, 4) xyxy, scores (N,), classes (N, 24), features (N, 512))``, float32.
    """

    def __init__(self, roi_feature_dim: int = 512, blocks: int = 3) -> None:
        super().__init__()
        self.feature_in = nn.Sequential(nn.Linear(roi_feature_dim, _HIDDEN_DIM), nn.LayerNorm(_HIDDEN_DIM))
        self.box_in = nn.Linear(4, _HIDDEN_DIM)
        self.blocks = nn.ModuleList(MessagePassingBlock() for _ in range(blocks))
        self.score_out = nn.Linear(_HIDDEN_DIM, 1)
        self.score_scale = nn.Parameter(torch.tensor(1.0))

    def forward(self, boxes: Tensor, scores: Tensor, classes: Tensor, features: Tensor) -> Tensor:
        side = (boxes[:, 2:] - boxes[:, :2]).clamp(min=1e-3)
        sure = torch.logit(scores, _SCORE_MARGIN)
        shape = torch.stack([side[:, 0].log() - 3, side[:, 1].log() - 3, side.prod(1).log() / 2 - 3, sure / 4], 1)
        hidden = torch.relu(self.feature_in(features) + self.box_in(shape))
        i, j, pair_features = pairwise_features(boxes, scores, classes)
        for block in self.blocks:
            hidden = block(hidden, i, j, pair_features)
        return self.score_out(hidden)[:, 0] + self.score_scale * sure

"""Which candidates are chromosomes of their own, decided by each with its neighbours: a learned suppression.

Suppression by overlap alone must choose between losing one of two crossing chromosomes and keeping
doubles. Here every candidate hears what overlaps it (how much, how shaped, how sure) and is scored
anew, a few rounds long, so that of several boxes on one chromosome one stays (Hosang, Benenson and
Schiele, Learning non-maximum suppression, CVPR 2017).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torchvision.ops import box_iou, nms

DOUBLE = 0.8
"""IoU from which a worse candidate is dropped before the neighbours are asked."""
LIMIT = 200
_NEAR = 0.1
_LEAST = 0.02
_SURE = 1e-4  # scores are held this far from 0 and 1
_WIDTH, _MESSAGE = 64, 32
_PAIR = 11


def candidates(boxes: Tensor, scores: Tensor) -> Tensor:
    """Places (K,) int64 of the regions (N, 4) xyxy worth asking about, by falling score: no near copies, K ≤ LIMIT."""
    kept = nms(boxes.float(), scores.float(), DOUBLE)[:LIMIT]
    return kept[scores[kept] >= _LEAST]


def pairwise_features(boxes: Tensor, scores: Tensor, classes: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Places i, j (P,) of candidates that overlap, i ≠ j, and what lies between them (P, 11).

    IoU, the shares of either box that both cover, distances of the centres by the mean sides, log
    ratios of sides and of aspect, scores of both, and how alike their classes are.
    """
    iou = box_iou(boxes, boxes)
    i, j = torch.nonzero(iou.fill_diagonal_(0) > _NEAR, as_tuple=True)
    side = (boxes[:, 2:] - boxes[:, :2]).clamp(min=1e-3)
    centre = (boxes[:, 2:] + boxes[:, :2]) / 2
    area = side.prod(1)
    shared = iou[i, j] * (area[i] + area[j]) / (1 + iou[i, j])
    ratio = (side[i] / side[j]).log()
    own = classes / classes.sum(1, keepdim=True).clamp(min=1e-9)
    sure = torch.logit(scores, _SURE) / 4
    between = torch.cat(
        [
            torch.stack([iou[i, j], shared / area[i], shared / area[j]], 1),
            2 * (centre[i] - centre[j]).abs() / (side[i] + side[j]),
            ratio,
            (ratio[:, :1] - ratio[:, 1:]).abs(),
            torch.stack([sure[i], sure[j], (own[i] * own[j]).sqrt().sum(1)], 1),
        ],
        1,
    )
    return i, j, between


class MessagePassingBlock(nn.Module):
    """One round: each candidate takes the strongest of what its neighbours say and changes its mind."""

    def __init__(self) -> None:
        super().__init__()
        self.own, self.other = nn.Linear(_WIDTH, _MESSAGE), nn.Linear(_WIDTH, _MESSAGE)
        self.between = nn.Linear(_PAIR, _MESSAGE)
        self.message = nn.Linear(_MESSAGE, _WIDTH)
        self.change = nn.Sequential(nn.Linear(2 * _WIDTH, _WIDTH), nn.ReLU(), nn.Linear(_WIDTH, _WIDTH))

    def forward(self, mind: Tensor, i: Tensor, j: Tensor, between: Tensor) -> Tensor:
        said = torch.relu(self.own(mind)[i] + self.other(mind)[j] + self.between(between))
        said = torch.relu(self.message(said))
        heard = torch.zeros_like(mind).scatter_reduce(0, i[:, None].expand_as(said), said, "amax")
        return mind + self.change(torch.cat([mind, heard], 1))


class LearnedNMS(nn.Module):
    """Log odds (N,) that each candidate is the one box of a chromosome.

    ``forward(boxes (N, 4) xyxy, scores (N,), classes (N, 24), features (N, 512))``, float32.
    """

    def __init__(self, seen: int = 512, rounds: int = 3) -> None:
        super().__init__()
        self.seen = nn.Sequential(nn.Linear(seen, _WIDTH), nn.LayerNorm(_WIDTH))
        self.place = nn.Linear(4, _WIDTH)
        self.rounds = nn.ModuleList(MessagePassingBlock() for _ in range(rounds))
        self.decide = nn.Linear(_WIDTH, 1)
        self.trust = nn.Parameter(torch.tensor(1.0))

    def forward(self, boxes: Tensor, scores: Tensor, classes: Tensor, features: Tensor) -> Tensor:
        side = (boxes[:, 2:] - boxes[:, :2]).clamp(min=1e-3)
        sure = torch.logit(scores, _SURE)
        shape = torch.stack([side[:, 0].log() - 3, side[:, 1].log() - 3, side.prod(1).log() / 2 - 3, sure / 4], 1)
        mind = torch.relu(self.seen(features) + self.place(shape))
        i, j, between = pairwise_features(boxes, scores, classes)
        for step in self.rounds:
            mind = step(mind, i, j, between)
        return self.decide(mind)[:, 0] + self.trust * sure

"""Template module: a number for each proposal that tells which chromosome it belongs to (DeepACEv2 II-C).

Two boxes that overlap are kept apart when their embeddings differ; proposals of one chromosome are
pulled to their mean (eq. 3), the means of the closest chromosomes pushed apart (eq. 5).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torchvision.ops import box_iou

from karyoview.detectors.nets.init import zero_bias


def template_masks() -> Tensor:
    """The five fixed masks (5, 7, 7) in (0, 1]: diagonal, counter-diagonal, row, column, ring (eq. 1)."""
    place = torch.arange(-3.0, 4.0)
    x, y = torch.meshgrid(place, place, indexing="ij")
    exponents = ((x - y) ** 2, (x + y) ** 2, y**2, x**2, (x**2 + y**2 - 5).abs())
    return torch.exp(-torch.stack(exponents) / 3)


class TemplateModule(nn.Module):
    """RoI maps (N, C, 7, 7) → embeddings (N,), any real number; He initialisation, never zero."""

    masks: Tensor

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(channels, 1, 1)
        self.embed = nn.Linear(5 * 49, 1)
        self.register_buffer("masks", template_masks(), persistent=False)
        for layer in (self.squeeze, self.embed):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            zero_bias(layer)

    def forward(self, maps: Tensor) -> Tensor:
        squeezed = torch.relu(self.squeeze(maps))
        return self.embed((squeezed * self.masks).flatten(1))[:, 0]


def grouping_losses(
    embeddings: list[Tensor],
    matched: list[Tensor],
    truths: list[Tensor],
    *,
    theta: float = 0.5,
    exponent: float = 2.0,
    delta: float = 1.0,
) -> tuple[Tensor, Tensor]:
    """Pull and push of a batch, as sums over its images divided by their counts; lists by image.

    ``embeddings`` (P_i,) of the positive proposals, ``matched`` (P_i,) the index of each one's truth,
    ``truths`` (M_i, 4) in pixels. Pull: (1/N) Σ (θ+ê)^λ ê² over all positives, ê the distance from the
    mean of its truth. Push: mean of max(δ − |ē_g − ē_rep(g)|, 0) over truths that overlap another
    (IoU > 0, *ours*), rep(g) being the one of highest IoU with g; a truth without positives is in
    neither. Empty means 0, with a gradient of 0.
    """
    nothing = torch.stack([e.sum() for e in embeddings]).sum() * 0.0
    pulls: list[Tensor] = []
    pushes: list[Tensor] = []
    for values, index, boxes in zip(embeddings, matched, truths, strict=True):
        if len(values) == 0:
            continue
        counts = torch.bincount(index, minlength=len(boxes))
        totals = values.new_zeros(len(boxes)).index_add(0, index, values)
        means = totals / counts.clamp(min=1)
        distance = (values - means[index]).abs()
        pulls.append((theta + distance) ** exponent * distance**2)
        if len(boxes) < 2:
            continue
        overlap = box_iou(boxes, boxes).fill_diagonal_(-1.0)
        highest, rival = overlap.max(1)
        usable = (highest > 0) & (counts > 0) & (counts[rival] > 0)
        pushes.append((delta - (means - means[rival]).abs()).clamp(min=0.0)[usable])
    return _mean(pulls, nothing), _mean(pushes, nothing)


def _mean(parts: list[Tensor], nothing: Tensor) -> Tensor:
    count = sum(len(p) for p in parts)
    return nothing + torch.cat(parts).sum() / count if count else nothing

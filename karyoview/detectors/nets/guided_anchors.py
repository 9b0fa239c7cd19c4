"""Rotated anchors on skeletons (SGAch, DeepCHM III-B, Algorithm 1) and their assignment to truths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from karyoview.detectors import rotated_reading
from karyoview.detectors.nets.rotated_ops import PAIRS_AT_ONCE, paired_iou

_COUNTS_FROM = 0.1
"""The least IoU that an assignment or a sampler asks for."""


def place_anchors(sides: Sequence[tuple[float, float]], angle_step: float = 15.0) -> Tensor:
    """Width, length and angle (A, 3) of the anchors of one place: 48 with the paper's sides.

    Each (width, length) of ``sides`` stands at 0 … <180° by ``angle_step``.
    """
    return torch.from_numpy(rotated_reading.place_anchors(tuple(sides), angle_step).copy())


def guided_places(skeleton: Tensor, threshold: float = 0.2, most: int | None = None) -> Tensor:
    """Places (K, 3) of batch index, y, x where the skeleton map (B, H, W) in [0, 1] is ≥ ``threshold`` (Eq. 3).

    ``most`` keeps at most that many an image, the strongest; a bare map gives no place.
    """
    places = (skeleton >= threshold).nonzero()
    if most is None:
        return places
    kept = []
    for b in range(len(skeleton)):
        here = places[places[:, 0] == b]
        if len(here) > most:
            strength = skeleton[b, here[:, 1], here[:, 2]]
            here = here[strength.topk(most).indices.sort().values]
        kept.append(here)
    return torch.cat(kept)


def dense_places(batch: int, height: int, width: int, device: torch.device | str = "cpu") -> Tensor:
    """Every place (B·H·W, 3) of the map, for the baseline without SGAch."""
    return torch.ones(batch, height, width, dtype=torch.bool, device=device).nonzero()


def anchors_at(places: Tensor, base: Tensor, stride: float = 4.0, *, paired: bool = False) -> Tensor:
    """Anchors cx, cy, w, h, angle in input pixels at places (K, 3) of batch index, y, x.

    All of ``base`` (A, 3) at every place, place by place: (K·A, 5). With ``paired`` the k-th of
    ``base`` (K, 3) at the k-th place only: (K, 5).
    """
    centres = places[:, [2, 1]].to(base.dtype) * stride
    if paired:
        return torch.cat([centres, base], 1)
    count, kinds = len(centres), len(base)
    return torch.cat([centres[:, None].expand(count, kinds, 2), base[None].expand(count, kinds, 3)], -1).reshape(-1, 5)


@dataclass(frozen=True, slots=True)
class Assignment:
    """What each anchor of one image is taught.

    ``truth`` (M,) is the truth of a positive anchor, −1 for negatives, −2 where ignored; ``density``
    (M,) is u = max IoU / (Σ IoU + 1e-8) in [0, 1] of positives (Eq. 11), else 0; ``best`` (M,) the
    highest skew IoU where that is at least 0.1, else less than it: below, nothing depends on its value.
    """

    truth: Tensor
    density: Tensor
    best: Tensor


@torch.no_grad()
def assign_anchors(
    anchors: Tensor,
    truths: Tensor,
    *,
    positive: float = 0.6,
    negative: float = 0.4,
    most_positives: int = 1024,
    doubtful: Tensor | None = None,
    generator: torch.Generator | None = None,
) -> Assignment:
    """Anchors (M, 5) to truths (G, 5) by skew IoU (DeepCHM III-D).

    Positive from ``positive`` up, and the best anchor of each truth, which then is taught that
    truth; negative where no IoU exceeds ``negative``; between them ignored. Of more than
    ``most_positives`` a random part is kept and the rest ignored. Anchors centred in a horizontal
    box of ``doubtful`` (D, 4) are never negative: a chromosome of unknown shape lies there.
    """
    count = len(anchors)
    truth = torch.full((count,), -1, dtype=torch.long, device=anchors.device)
    best, density = anchors.new_zeros(count), anchors.new_zeros(count)
    if len(truths) and count:
        i, j, iou = _near_pairs(anchors, truths, _COUNTS_FROM)
        best.scatter_reduce_(0, i, iou, "amax")
        is_best = iou >= best[i]
        owner = torch.zeros_like(truth)
        owner[i[is_best]] = j[is_best]
        truth[best > negative] = -2
        strong = best >= positive
        truth[strong] = owner[strong]
        if int(strong.sum()) > most_positives:
            at = strong.nonzero()[:, 0]
            drop = torch.randperm(len(at), generator=generator).to(at.device)[most_positives:]
            truth[at[drop]] = -2
        peak = anchors.new_zeros(len(truths)).scatter_reduce_(0, j, iou, "amax")
        if len(faint := (peak < _COUNTS_FROM).nonzero()[:, 0]):
            near, of, low = _near_pairs(anchors, truths[faint])
            i, j, iou = torch.cat([i, near]), torch.cat([j, faint[of]]), torch.cat([iou, low])
            peak.scatter_reduce_(0, faint[of], low, "amax")
        forced = (iou >= peak[j]) & (iou > 0)
        truth[i[forced]] = j[forced]
        taught = (truth >= 0).nonzero()[:, 0]
        near, _, iou = _near_pairs(anchors[taught], truths)
        total = anchors.new_zeros(len(taught)).index_add_(0, near, iou)
        most = torch.zeros_like(total).scatter_reduce_(0, near, iou, "amax")
        density[taught] = most / (total + 1e-8)
    if doubtful is not None and len(doubtful):
        x, y = anchors[:, None, 0], anchors[:, None, 1]
        inside = (x >= doubtful[:, 0]) & (x <= doubtful[:, 2]) & (y >= doubtful[:, 1]) & (y <= doubtful[:, 3])
        truth[inside.any(1) & (truth == -1)] = -2
    return Assignment(truth, density, best)


def _near_pairs(anchors: Tensor, truths: Tensor, least: float = 0.0) -> tuple[Tensor, Tensor, Tensor]:
    """Pairs of anchors and truths whose circumscribed circles meet, with their skew IoU.

    Pairs that cannot reach an IoU of ``least`` are left out: nine in ten of a long chromosome's, and
    finding that out costs a tenth of computing their IoU.
    """
    reach = truths[:, 2:4].norm(dim=1) / 2
    radius = anchors[:, 2:4].norm(dim=1) / 2
    x, y = anchors[:, 0].contiguous(), anchors[:, 1].contiguous()
    found = []
    for g in range(len(truths)):
        gap = (x - truths[g, 0]).square_().add_((y - truths[g, 1]).square_())
        near = (gap < (radius + reach[g]).square_()).nonzero()[:, 0]
        if least > 0:
            near = near[highest_iou(anchors[near], truths[g]) >= least]
        found.append(near)
    i = torch.cat(found)
    j = torch.repeat_interleave(
        torch.arange(len(truths), device=anchors.device), torch.tensor([len(f) for f in found], device=anchors.device)
    )
    parts = zip(i.split(PAIRS_AT_ONCE), j.split(PAIRS_AT_ONCE), strict=True)
    iou = torch.cat([paired_iou(anchors[a], truths[b]) for a, b in parts] or [anchors.new_zeros(0)])
    return i, j, iou


def highest_iou(anchors: Tensor, truth: Tensor) -> Tensor:
    """What the skew IoU (K,) of anchors (K, 5) with one truth (5,) can be at most, slightly rounded up.

    The common area is no larger than either box, than the overlap of the bounds in the truth's frame,
    or than the rhombus in which the two boxes' strips cross.
    """
    x, y, w, h, angle = anchors.unbind(1)
    s, c = torch.sin(truth[4]), torch.cos(truth[4])
    dx, dy = x - truth[0], y - truth[1]
    turn = angle - truth[4]
    st, ct = torch.sin(turn).abs_(), torch.cos(turn).abs_()
    reach_x, reach_y = (ct * w + st * h) / 2, (st * w + ct * h) / 2
    half_w, half_h = truth[2] / 2, truth[3] / 2
    off_x, off_y = (dx * c + dy * s).abs_(), (dy * c - dx * s).abs_()
    across = torch.minimum(half_w, reach_x + off_x) + torch.minimum(half_w, reach_x - off_x)
    along = torch.minimum(half_h, reach_y + off_y) + torch.minimum(half_h, reach_y - off_y)
    area, own = w * h, truth[2] * truth[3]
    common = torch.minimum(across.clamp_min_(0) * along.clamp_min_(0), w * truth[2] / st.clamp_min_(1e-6))
    common = torch.minimum(common, area.clamp_max(own)) * 1.001
    return common / (area + own - common).clamp_min_(1e-12)

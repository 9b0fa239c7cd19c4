"""Which negative anchors teach: DASmp (DeepCHM III-D) beside OHEM, HNAS and uniform sampling."""

from __future__ import annotations

import torch
from torch import Tensor

from karyoview.detectors.rotated_config import NegativeSampler

Sampler = NegativeSampler
SAMPLERS: tuple[Sampler, ...] = ("dasmp", "ohem", "hnas", "random")


def hardness_of_loss(loss: Tensor, rho: float = 4.0) -> Tensor:
    """f(FL) = 1 − e^(−ρ·FL) in [0, 1) (Eq. 8 with ρ = 4 for Eq. 14)."""
    return -torch.expm1(-rho * loss)


def weighted_keys(log_weights: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """Keys (N,) whose k largest are an Efraimidis–Spirakis sample of k by weights e^log_weights.

    The reservoir's keys u^(1/w) underflow when w is one of a million normalised weights. Their
    order is that of log w − ln(−ln u), which has no such end and needs no normalisation.
    """
    u = torch.rand(log_weights.shape, generator=generator, dtype=torch.float64).to(log_weights.device)
    u = u.clamp(1e-300, 1 - 1e-16)
    return log_weights.double() - torch.log(-torch.log(u))


@torch.no_grad()
def sample_negatives(
    loss: Tensor,
    count: int,
    sampler: Sampler = "dasmp",
    *,
    iou: Tensor | None = None,
    rho: float = 4.0,
    generator: torch.Generator | None = None,
) -> Tensor:
    """Indices of ``count`` negatives, all where there are fewer.

    ``loss`` (N,) is each negative's focal loss. ``dasmp`` draws with weights softmax(f(loss; ``rho``)), so
    that the hardest is at most e times likelier than the easiest (Eq. 14); ``ohem`` takes the
    largest losses; ``hnas`` (DeepACEv2) half from anchors with a skew IoU (``iou`` (N,)) of at
    least 0.1 and half from the others, a short half filled from the other; ``random`` is uniform.
    """
    total = len(loss)
    if count >= total:
        return torch.arange(total, device=loss.device)
    if sampler == "ohem":
        return loss.topk(count).indices
    if sampler == "dasmp":
        return weighted_keys(hardness_of_loss(loss.float(), rho), generator).topk(count).indices
    keys = weighted_keys(torch.zeros_like(loss), generator)
    if sampler == "random":
        return keys.topk(count).indices
    if sampler == "hnas":
        if iou is None:
            raise ValueError("The sampler hnas needs each negative's IoU.")
        hard = iou >= 0.1
        n_hard = min(max(count // 2, count - int((~hard).sum())), int(hard.sum()))
        hard_at, easy_at = hard.nonzero()[:, 0], (~hard).nonzero()[:, 0]
        picked_hard = hard_at[keys[hard_at].topk(n_hard).indices]
        picked_easy = easy_at[keys[easy_at].topk(count - n_hard).indices]
        return torch.cat([picked_hard, picked_easy])
    raise ValueError(f"There is no sampler {sampler!r}; use {', '.join(SAMPLERS)}.")

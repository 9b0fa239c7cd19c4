"""The Kullback–Leibler loss of rotated boxes seen as Gaussians (DeepCHM Eq. 12; Yang et al. 2021)."""

from __future__ import annotations

import torch
from torch import Tensor


def gaussian_kl(predicted: Tensor, truth: Tensor) -> Tensor:
    """D = KL(N_pred ‖ N_truth) ≥ 0, (P,), of paired boxes (P, 5).

    A box is N(centre, R diag(w²/4, h²/4) Rᵀ + 1e-6·I), so that the two directions of an axis are
    one. Computed in at least float32.
    """
    dtype = torch.promote_types(predicted.dtype, torch.float32)
    p, t = predicted.to(dtype), truth.to(dtype)
    p_w, p_h = p[:, 2] ** 2 / 4 + 1e-6, p[:, 3] ** 2 / 4 + 1e-6
    t_w, t_h = t[:, 2] ** 2 / 4 + 1e-6, t[:, 3] ** 2 / 4 + 1e-6
    offset = p[:, :2] - t[:, :2]
    s, c = torch.sin(t[:, 4]), torch.cos(t[:, 4])
    across = offset[:, 0] * c + offset[:, 1] * s
    along = offset[:, 1] * c - offset[:, 0] * s
    turn = p[:, 4] - t[:, 4]
    s2, c2 = torch.sin(turn) ** 2, torch.cos(turn) ** 2
    trace = c2 * (p_w / t_w + p_h / t_h) + s2 * (p_w / t_h + p_h / t_w)
    distance = across**2 / t_w + along**2 / t_h
    volume = torch.log(t_w) + torch.log(t_h) - torch.log(p_w) - torch.log(p_h)
    return (0.5 * (trace + distance + volume) - 1.0).clamp_min(0.0)


def kl_loss(predicted: Tensor, truth: Tensor, tau: float = 1.0) -> Tensor:
    """1 − 1/(τ + ln(D + 1)) for each pair of boxes (P, 5) → (P,), in [0, 1) for τ = 1 (Eq. 12)."""
    return 1.0 - 1.0 / (tau + torch.log1p(gaussian_kl(predicted, truth)))

"""How hard a chromosome is, and the loss weights that follow (HDLos, DeepCHM III-C)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from karyoview.detectors.nets.saliency import Shape

PAPER_WIDTH = 8.0
"""Median chromosome width in the paper's 512×768 inputs, px: the bend v is measured in its pixels (ours)."""


def bend(shapes: Sequence[Shape], boxes: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """v (N,): mean distance of the skeleton from the box's axis, px scaled to the paper's width (Eq. 9).

    Measured as |(p − c)·n| with n the box's short axis, which also holds for upright chromosomes,
    where the paper's slope does not exist. Without the scaling f would saturate on larger images.
    """
    if len(boxes) == 0:
        return np.zeros(0)
    scale = PAPER_WIDTH / max(float(np.median(np.minimum(boxes[:, 2], boxes[:, 3]))), 1.0)
    values = []
    for shape, (cx, cy, w, h, angle) in zip(shapes, boxes, strict=True):
        across = angle if h >= w else angle + np.pi / 2
        normal = np.array([np.cos(across), np.sin(across)])
        offsets = (shape.skeleton - [cx, cy]) @ normal
        values.append(float(np.abs(offsets).mean()) * scale if len(offsets) else 0.0)
    return np.array(values)


def aspect(boxes: Tensor) -> Tensor:
    """r (N,) = long/short side of boxes (N, 5), the short side at least 1 px (Eq. 10)."""
    sides = boxes[:, 2:4]
    return sides.amax(1) / sides.amin(1).clamp_min(1.0)


def hardness_weights(
    crossing: Tensor, bends: Tensor, aspects: Tensor, density: Tensor, *, base: float = 1.0, rho: float = 1.0
) -> Tensor:
    """ω = λ + f(I + v·r·u), f(x) = 1 − e^(−ρx), for each positive anchor, (P,) in [λ, λ + 1) (Eqs. 7, 8).

    The first three belong to the anchor's truth, ``density`` u to the anchor itself (Eq. 11).
    """
    return base - torch.expm1(-rho * (crossing.to(density.dtype) + bends * aspects * density))

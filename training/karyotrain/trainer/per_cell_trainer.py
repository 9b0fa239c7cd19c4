"""Teach a small network one cell a step: what the learned suppression and the network of the cell share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
import torch
from torch import nn

Net = TypeVar("Net", bound=nn.Module)
Cell = TypeVar("Cell")


def teach(
    model: Net,
    cells: Sequence[Cell],
    loss: Callable[[Net, Cell, np.random.Generator], torch.Tensor],
    *,
    epochs: int,
    lr: float,
    warmup: int,
    seed: int = 0,
    decay: float = 0.05,
) -> Net:
    """``model`` after ``epochs`` over ``cells`` in random order, ready to be asked.

    ``loss(model, cell, generator)`` is a scalar tensor. AdamW with weight ``decay``; the rate rises to
    ``lr`` over ``warmup`` steps and falls as a cosine to 0.
    """
    optimiser = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=decay)
    rng = np.random.default_rng(seed)
    steps, done = epochs * len(cells), 0
    for _ in range(epochs):
        for place in rng.permutation(len(cells)):
            for group in optimiser.param_groups:
                group["lr"] = lr * min(1.0, (done + 1) / warmup) * 0.5 * (1 + np.cos(np.pi * done / steps))
            optimiser.zero_grad()
            loss(model, cells[place], rng).backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            done += 1
    return model.eval()

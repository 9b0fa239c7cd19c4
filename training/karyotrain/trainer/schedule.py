"""How weights move over a run: the learning rate as a function of the step, and the optimiser."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

import torch


@dataclass(frozen=True, slots=True)
class Schedule:
    """The learning rate over a run, as a factor on the highest one.

    ``kind``: ``step`` multiplies by ``gamma`` at each of ``milestones`` (shares of the run), ``cosine`` falls to
    ``gamma`` of the highest rate, ``exponential`` multiplies by ``gamma`` each ``every`` steps (of a recipe each
    ``every_epochs`` passes over its data, where that is not 0), ``constant`` stays. The first ``warmup`` steps, at most
    the share ``longest_warmup`` of the run, rise linearly: from a thousandth, or with ``whole_steps`` by equal parts,
    so that the first step has one of them. ``one_cycle``: the cosine begins to fall only after the rise.
    """

    kind: Literal["step", "cosine", "exponential", "constant"] = "step"
    warmup: int = 500
    milestones: tuple[float, ...] = (16 / 24, 22 / 24)
    gamma: float = 0.1
    every: int = 1
    every_epochs: float = 0.0
    longest_warmup: float = 0.2
    whole_steps: bool = False
    one_cycle: bool = False

    def over(self, epoch: float) -> Schedule:
        """The schedule on data of which one pass takes ``epoch`` steps: ``every_epochs`` is then a number of steps."""
        return replace(self, every=max(round(self.every_epochs * epoch), 1)) if self.every_epochs else self

    def factor(self, step: int, total: int) -> float:
        """The factor at ``step`` (from 0) of ``total``."""
        warmup = min(self.warmup, int(total * self.longest_warmup + 1e-9))
        rise = 1.0
        if self.whole_steps:
            warmup = max(warmup, 1)  # a short run would else never reach its rate
            rise = min(1.0, (step + 1) / warmup)
        elif step < warmup:
            rise = 0.001 + 0.999 * step / warmup
        if self.kind == "step":
            return rise * self.gamma ** sum(step >= m * total for m in self.milestones)
        if self.kind == "cosine":
            begin = warmup if self.one_cycle else 0
            share = min(max((step - begin) / max(total - begin, 1), 0.0), 1.0)
            return rise * (self.gamma + (1 - self.gamma) * 0.5 * (1 + math.cos(math.pi * share)))
        if self.kind == "exponential":
            return rise * self.gamma ** (step // self.every)
        return rise


ONE_CYCLE: Final = Schedule("cosine", warmup=10**9, gamma=0.01, longest_warmup=0.1, whole_steps=True, one_cycle=True)
"""A linear rise over the first tenth, and a cosine fall to a hundredth."""


@dataclass(frozen=True, slots=True)
class Optimisation:
    """Which optimiser moves the weights, how far, and what is averaged.

    ``lr`` is the highest rate, ``clip_norm`` the longest gradient (None: any). ``ema`` is the decay of a moving average
    of the weights (None: there is none), which begins after the share ``ema_from`` of the run.
    """

    optimiser: Literal["sgd", "adam", "adamw"] = "sgd"
    lr: float = 0.02
    momentum: float = 0.9
    weight_decay: float = 1e-4
    schedule: Schedule = field(default_factory=Schedule)
    clip_norm: float | None = 35.0
    ema: float | None = None
    ema_from: float = 0.0

    def build(self, groups: Iterable[dict[str, Any]]) -> torch.optim.Optimizer:
        """The optimiser of these groups of parameters; ``rate`` of a group multiplies its learning rate."""
        known = [{"rate": 1.0, **group} for group in groups]
        if self.optimiser == "sgd":
            return torch.optim.SGD(known, lr=self.lr, momentum=self.momentum, weight_decay=self.weight_decay)
        kind = torch.optim.Adam if self.optimiser == "adam" else torch.optim.AdamW
        return kind(known, lr=self.lr, weight_decay=self.weight_decay)

    def set_rate(self, optimiser: torch.optim.Optimizer, step: int, total: int) -> None:
        """Give every group its rate for ``step`` of ``total``."""
        factor = self.schedule.factor(step, total)
        for group in optimiser.param_groups:
            group["lr"] = self.lr * factor * group["rate"]

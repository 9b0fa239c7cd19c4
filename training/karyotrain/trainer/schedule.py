"""The learning rate over a run, as a function of the step."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Schedule:
    """The learning rate over a run, as a factor on the highest one.

    ``kind``: ``step`` multiplies by ``gamma`` at each of ``milestones`` (shares of the run), ``cosine`` falls to
    ``gamma`` of the highest rate, ``exponential`` multiplies by ``gamma`` each ``every`` steps, ``constant`` stays.
    The first ``warmup`` steps rise linearly from a thousandth.
    """

    kind: Literal["step", "cosine", "exponential", "constant"] = "step"
    warmup: int = 500
    milestones: tuple[float, ...] = (16 / 24, 22 / 24)
    gamma: float = 0.1
    every: int = 1

    def factor(self, step: int, total: int) -> float:
        """The factor at ``step`` (from 0) of ``total``; the warm-up never takes more than a fifth."""
        warmup = min(self.warmup, total // 5)
        rise = 0.001 + 0.999 * step / warmup if step < warmup else 1.0
        if self.kind == "step":
            return rise * self.gamma ** sum(step >= m * total for m in self.milestones)
        if self.kind == "cosine":
            share = min(step / max(total, 1), 1.0)
            return rise * (self.gamma + (1 - self.gamma) * 0.5 * (1 + math.cos(math.pi * share)))
        if self.kind == "exponential":
            return rise * self.gamma ** (step // self.every)
        return rise

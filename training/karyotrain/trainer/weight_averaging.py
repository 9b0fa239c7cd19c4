"""Averages of weights: over the steps of a run, over runs, and between what was known and what was learnt.

Weights learnt from a few cells fit those cells better than any others. Where an engine erred on a laboratory's cells no
more than on the cells of its card, there was nothing to learn, and what it learnt is chance; so the weights go only a
share of the way from those before (the averaging is WiSE-FT's, Wortsman et al. 2022; the share is ours). Runs that
began alike give the mean of their weights (model soups, Wortsman et al. 2022).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import torch
from torch import Tensor, nn

from karyoview.core.metrics import Report
from karyoview.detectors.cards import measured_on

CONVINCING: Final = 100
"""So many cells of a known look are believed half; fewer less."""


def decay_after(steps: int, longest: float) -> float:
    """The decay of a moving average that has met so many steps: short at first, then ``longest``."""
    return min(longest, (1 + steps) / (10 + steps))


@torch.no_grad()
def move_average(average: nn.Module, model: nn.Module, decay: float) -> None:
    """Parameters that learn move towards the model's; buffers (frozen statistics, counters) are the model's."""
    # what is at rest is left alone to the bit (an average of two −0 is +0): a trunk's file is shared by its hash
    pairs = [p for p in zip(average.parameters(), model.parameters(), strict=True) if p[1].requires_grad]
    torch._foreach_lerp_([a for a, _ in pairs], [p for _, p in pairs], 1 - decay)
    for mean, value in zip(average.buffers(), model.buffers(), strict=True):
        mean.copy_(value)


def mean_of(weights: Sequence[Mapping[str, Tensor]]) -> dict[str, Tensor]:
    """The mean of several networks' tensors; those of one as they are."""
    if len(weights) == 1:
        return dict(weights[0])
    return {k: torch.stack([w[k].float() for w in weights]).mean(0) for k in weights[0]}


def error_rate(figures: Mapping[str, Any]) -> float | None:
    """Corrections for each true chromosome, or None where the figures do not say."""
    if not figures.get("truths") or figures.get("corrections_per_cell") is None:
        return None
    return float(figures["corrections_per_cell"]) * int(figures["images"]) / int(figures["truths"])


def share_to_keep(card: Mapping[str, Any], before: Report, cells: int) -> float:
    """The share in 0..1 of what was learnt from ``cells`` cells that is kept.

    ``before`` are the figures of the engine with this ``card`` on cells that then taught it. What errors it
    makes beyond those of its card are due to the look, and all that was learnt of them is kept; the
    rest is believed as cells / (cells + CONVINCING). 1 where the card has no figures.
    """
    rates = [r for figures in measured_on(card).values() if (r := error_rate(figures)) is not None]
    here = error_rate(before)
    if not rates or here is None:
        return 1.0
    known = min(min(rates) / here, 1.0) if here > 0 else 1.0
    return 1.0 - known * CONVINCING / (cells + CONVINCING)


@torch.no_grad()
def blend(model: nn.Module, before: Mapping[str, Tensor], share: float) -> None:
    """Move ``model`` in place to ``share`` of the way from the tensors ``before``; those it does not have stay."""
    for name, value in model.state_dict().items():
        if name in before and value.is_floating_point():
            start = before[name].to(value)
            if not torch.equal(start, value):  # what never moved stays bit for bit, a zero's sign too
                value.copy_(start + share * (value - start))

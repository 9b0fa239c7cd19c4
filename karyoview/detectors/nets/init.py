"""How layers begin."""

from __future__ import annotations

from torch import nn


def zero_bias(layer: nn.Conv2d | nn.Linear) -> None:
    """Set the bias of a layer, which must have one, to 0."""
    if layer.bias is None:
        raise ValueError(f"{layer} has no bias")
    nn.init.zeros_(layer.bias)

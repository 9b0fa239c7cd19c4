"""How layers begin."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

_RANDOM = (torch.Tensor.normal_, torch.Tensor.uniform_)


class Unfilled(TorchFunctionMode):
    """Within it no random numbers are drawn for layers: for networks whose weights are read next.

    Parameters hold whatever lay in memory, so every one of them must be given after.
    """

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        if func in _RANDOM:
            return args[0]
        return func(*args, **(kwargs or {}))


def zero_bias(layer: nn.Conv2d | nn.Linear) -> None:
    """Set the bias of a layer, which must have one, to 0."""
    if layer.bias is None:
        raise ValueError(f"{layer} has no bias")
    nn.init.zeros_(layer.bias)

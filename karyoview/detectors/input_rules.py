"""What weights of a backbone expect of pixels and network; without torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

BackboneName = Literal["vgg16", "resnet18", "resnet34", "resnet50", "resnet101"]
Stride = Literal["conv1", "conv2"]
_CAFFE_MEAN: Final = (123.68, 116.779, 103.939)


@dataclass(frozen=True, slots=True)
class InputRule:
    """What weights expect of pixels and network: mean and std of RGB in 0..255, stride place, batch-norm eps."""

    mean: tuple[float, float, float] = _CAFFE_MEAN
    std: tuple[float, float, float] = (1.0, 1.0, 1.0)
    stride_in: Stride = "conv1"
    bn_eps: float = 1.001e-5

    def __post_init__(self) -> None:
        object.__setattr__(self, "mean", tuple(float(v) for v in self.mean))
        object.__setattr__(self, "std", tuple(float(v) for v in self.std))


KERAS_RULE: Final = InputRule()
TORCHVISION_RULE: Final = InputRule(
    mean=(0.485 * 255, 0.456 * 255, 0.406 * 255),
    std=(0.229 * 255, 0.224 * 255, 0.225 * 255),
    stride_in="conv2",
    bn_eps=1e-5,
)

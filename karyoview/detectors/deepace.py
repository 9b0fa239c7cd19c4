"""DeepACE (2019): counting chromosomes, one class, horizontal boxes.

Faster R-CNN on VGG-16 with hard negative anchors, convolutional heads and a repulsion loss. What the
paper leaves open is marked *ours* in the parts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from karyoview.detectors.nets.backbones import BackboneName
from karyoview.detectors.nets.counting_heads import CountingConfig, CountingHeads
from karyoview.detectors.nets.nms import NMS
from karyoview.detectors.nets.one_stage import build_detector
from karyoview.detectors.nets.region import Pyramid, RegionDetector
from karyoview.detectors.nets.repulsion import Repulsion
from karyoview.detectors.nets.samplers import Sampler
from karyoview.detectors.protocol import ONE_CLASS
from karyoview.detectors.region_engine import RegionEngine
from karyoview.detectors.weights import LoadedWeights


@dataclass(frozen=True, slots=True)
class DeepACEConfig(CountingConfig):
    """The paper's values; its presets (detectors.engines) are smaller. The rows of its tables are ``sampler`` (uniform,
    hnas_v1), ``repulsion`` (none, rl, tnrl) and ``heads`` (conv, fc)."""

    backbone: BackboneName = "vgg16"
    trainable_stages: int = 3
    pyramid: Pyramid = "none"
    clip_above: float | None = 200 / 255
    sampler: Sampler = "hnas_v1"
    rpn_test_nms: Literal["hard", "soft"] = "soft"
    heads: Literal["conv", "fc"] = "conv"
    repulsion: Repulsion = "tnrl"
    repulsion_weight: float = 10.0
    nms: NMS = "hard_soft"


def build_deepace(config: DeepACEConfig) -> RegionDetector:
    """The network at a random start; see RegionDetector for what goes in and out."""
    return build_detector(config, CountingHeads, 1)


def load(weights: LoadedWeights, *, device: str, settings: Mapping[str, object]) -> RegionEngine:
    """The engine with these weights; see RegionEngine for ``settings``."""
    config = DeepACEConfig.from_dict(weights.card.get("config", {}))
    return RegionEngine(build_deepace(config), weights, classes=ONE_CLASS, device=device, settings=settings)

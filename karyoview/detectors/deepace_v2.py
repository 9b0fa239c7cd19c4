"""DeepACEv2 (2020): counting chromosomes, one class, horizontal boxes.

Faster R-CNN on a ResNet of which the pyramid gives only P3; hard negative anchors, the template module
with embedding-guided NMS, and the truncated normalised repulsion loss. What the paper leaves open is
marked *ours* in the parts.
"""

from __future__ import annotations

from collections.abc import Mapping

from karyoview.detectors.nets.counting_heads import CountingHeads
from karyoview.detectors.nets.one_stage import build_detector
from karyoview.detectors.nets.region import RegionDetector
from karyoview.detectors.protocol import ONE_CLASS
from karyoview.detectors.region_configs import DeepACEv2Config
from karyoview.detectors.region_engine import RegionEngine
from karyoview.detectors.region_torch import region_engine
from karyoview.detectors.weights import LoadedWeights

__all__ = ["DeepACEv2Config", "build_deepace_v2", "load"]


def build_deepace_v2(config: DeepACEv2Config) -> RegionDetector:
    """The network at a random start; see RegionDetector for what goes in and out."""
    return build_detector(config, CountingHeads, 1)


def load(weights: LoadedWeights, *, device: str, settings: Mapping[str, object]) -> RegionEngine:
    """The engine with these weights; see RegionEngine for ``settings``."""
    config = DeepACEv2Config.from_dict(weights.card.get("config", {}))
    return region_engine(build_deepace_v2, config, weights, classes=ONE_CLASS, device=device, settings=settings)

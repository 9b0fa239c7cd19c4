"""DeepACEv2 (2020): counting chromosomes, one class, horizontal boxes.

Faster R-CNN on a ResNet of which the pyramid gives only P3; hard negative anchors, the template module
with embedding-guided NMS, and the truncated normalised repulsion loss. What the paper leaves open is
marked *ours* in the parts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from karyoview.detectors.nets.counting_heads import CountingConfig, CountingHeads
from karyoview.detectors.nets.nms import NMS
from karyoview.detectors.nets.one_stage import build_detector
from karyoview.detectors.nets.region import RegionDetector
from karyoview.detectors.nets.repulsion import Repulsion
from karyoview.detectors.nets.samplers import Sampler
from karyoview.detectors.protocol import ONE_CLASS
from karyoview.detectors.region_engine import RegionEngine
from karyoview.detectors.weights import LoadedWeights


@dataclass(frozen=True, slots=True)
class DeepACEv2Config(CountingConfig):
    """The paper's values; its presets (detectors.engines) are smaller. The baseline of its tables is
    ``sampler="uniform", repulsion="none", template=False, nms="hard"``."""

    sampler: Sampler = "hnas_v2"
    repulsion: Repulsion = "tnrl"
    repulsion_weight: float = 0.5
    template: bool = True
    nms: NMS = "eg"


def build_deepace_v2(config: DeepACEv2Config) -> RegionDetector:
    """The network at a random start; see RegionDetector for what goes in and out."""
    return build_detector(config, CountingHeads, 1)


def load(weights: LoadedWeights, *, device: str, settings: Mapping[str, object]) -> RegionEngine:
    """The engine with these weights; see RegionEngine for ``settings``."""
    config = DeepACEv2Config.from_dict(weights.card.get("config", {}))
    return RegionEngine(build_deepace_v2(config), weights, classes=ONE_CLASS, device=device, settings=settings)

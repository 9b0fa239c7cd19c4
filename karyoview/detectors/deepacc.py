"""DeepACC (2020): finding and naming chromosomes, 24 classes, horizontal boxes.

Faster R-CNN on a ResNet with a feature pyramid; class and box in separate branches; additive angular
margin, siamese inference branch and group inner-adjacency loss. One box serves all classes (*ours*).
"""

from __future__ import annotations

from collections.abc import Mapping

from karyoview.core.chromosome import CLASS_NAMES
from karyoview.detectors.nets.classifying_heads import ClassifyingHeads
from karyoview.detectors.nets.one_stage import build_detector
from karyoview.detectors.nets.region import RegionDetector
from karyoview.detectors.region_configs import DeepACCConfig
from karyoview.detectors.region_engine import RegionEngine
from karyoview.detectors.region_torch import region_engine
from karyoview.detectors.weights import LoadedWeights

__all__ = ["DeepACCConfig", "build_deepacc", "load"]


def build_deepacc(config: DeepACCConfig) -> RegionDetector:
    """The network at a random start; see RegionDetector for what goes in and out."""
    return build_detector(config, ClassifyingHeads, len(CLASS_NAMES))


def load(weights: LoadedWeights, *, device: str, settings: Mapping[str, object]) -> RegionEngine:
    """The engine with these weights; see RegionEngine for ``settings``."""
    config = DeepACCConfig.from_dict(weights.card.get("config", {}))
    return region_engine(build_deepacc, config, weights, classes=CLASS_NAMES, device=device, settings=settings)

"""DeepACC (2020): finding and naming chromosomes, 24 classes, horizontal boxes.

Faster R-CNN on a ResNet with a feature pyramid; class and box in separate branches; additive angular
margin, siamese inference branch and group inner-adjacency loss. One box serves all classes (*ours*).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from karyoview.core.chromosome import CLASS_NAMES
from karyoview.detectors.nets.classifying_heads import ClassifyingConfig, ClassifyingHeads
from karyoview.detectors.nets.one_stage import build_detector
from karyoview.detectors.nets.region import Pyramid, RegionDetector
from karyoview.detectors.region_engine import RegionEngine
from karyoview.detectors.weights import LoadedWeights


@dataclass(frozen=True, slots=True)
class DeepACCConfig(ClassifyingConfig):
    """The paper's values (anchors and proposals are its toolbox's defaults); its presets
    (detectors.engines) are smaller. The rows of its table are ``separate``, ``aam``, ``siamese`` and ``gia``."""

    pyramid: Pyramid = "full"
    first_stage: int = 2
    anchor_sizes: tuple[float, ...] = (32.0, 64.0, 128.0, 256.0, 512.0)
    anchor_ratios: tuple[float, ...] = (0.5, 1.0, 2.0)
    rpn_batch: int = 256
    rpn_positive_fraction: float = 0.5
    rpn_before_nms: int = 2000
    rpn_proposals: tuple[int, int] = (2000, 1000)


def build_deepacc(config: DeepACCConfig) -> RegionDetector:
    """The network at a random start; see RegionDetector for what goes in and out."""
    return build_detector(config, ClassifyingHeads, len(CLASS_NAMES))


def load(weights: LoadedWeights, *, device: str, settings: Mapping[str, object]) -> RegionEngine:
    """The engine with these weights; see RegionEngine for ``settings``."""
    config = DeepACCConfig.from_dict(weights.card.get("config", {}))
    return RegionEngine(build_deepacc(config), weights, classes=CLASS_NAMES, device=device, settings=settings)

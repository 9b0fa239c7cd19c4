"""What DeepCHM is set by, as its cards hold it; without torch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from karyoview.core.detection import MIN_RANKED_SCORE
from karyoview.detectors.input_rules import KERAS_RULE, BackboneName, InputRule
from karyoview.detectors.nets.config import NetworkConfig
from karyoview.detectors.tta_transforms import TTA_TRANSFORMS

STRIDE: Final = 4
"""Pixels of the network's picture to one place of its map."""
RotatedNMS = Literal["hard", "soft"]
Direction = Literal["head", "profile"]
NegativeSampler = Literal["dasmp", "ohem", "hnas", "random"]


def paper_sides(
    base: float = 5.0, scales: Sequence[float] = (2.0, 5.0), ratios: Sequence[float] = (2.0, 4.0)
) -> tuple[tuple[float, float], ...]:
    """Widths and lengths of anchors in input px: l·s/√r and l·s·√r (Algorithm 1)."""
    return tuple((base * s / math.sqrt(r), base * s * math.sqrt(r)) for s in scales for r in ratios)


PAPER_SIDES: Final = paper_sides()
"""For 2200×3200 fields at 512×768."""


@dataclass(frozen=True, slots=True)
class DeepCHMConfig(NetworkConfig):
    """What a DeepCHM is made of; the defaults are the paper's.

    ResNet stages up to C``last_stage`` (5: C2–C5), of which the last ``trainable_stages`` train;
    ``channels`` are those of the stride-4 map, ``head_channels`` of the ASPP heads. Images are
    scaled by ``scale``, never beyond ``longer_side`` px; ``anchor_sides`` are (width, length) in
    network pixels. Switches: ``pminf`` saliency in the heads, ``sgach`` anchors on skeletons only,
    ``hdlos`` hardness weights (``hdlos_rho``), ``sampler`` of negatives (``dasmp_rho``), ``edges`` and
    ``intersections`` as saliency channels, ``predicted_places`` also teaches where the network itself
    sees a skeleton (ours: else debris is never a negative), ``polarity`` a head for the arms (ours).
    ``nms`` is ``hard`` (skew-NMS) or ``soft`` (Gaussian, ``nms_sigma``). Ours, at testing: ``voting``
    lets the ``candidates`` of a chromosome average their boxes and count for their score; ``views`` 1–8
    mirrored and turned forms of the image propose together; ``direction`` says what decides between θ
    and θ + 180°: the ``head``, or the engine by the ``profile`` of bands.
    """

    backbone: BackboneName = "resnet50"
    last_stage: int = 5
    trainable_stages: int = 5
    rule: InputRule = KERAS_RULE
    channels: int = 256
    head_channels: int = 256
    scale: float | None = None
    longer_side: int | None = 768
    anchor_sides: tuple[tuple[float, float], ...] = PAPER_SIDES
    angle_step: float = 15.0
    place_threshold: float = 0.2
    most_places: int = 8000
    pminf: bool = True
    sgach: bool = True
    hdlos: bool = True
    hdlos_rho: float = 1.0
    sampler: NegativeSampler = "dasmp"
    dasmp_rho: float = 4.0
    negatives_per_positive: int = 2
    edges: bool = True
    intersections: bool = True
    predicted_places: bool = False
    polarity: bool = False
    cls_weight: float = 2.0
    reg_weight: float = 2.0
    score_threshold: float = MIN_RANKED_SCORE
    candidates: int = 4000
    nms: RotatedNMS = "hard"
    nms_threshold: float = 0.2
    nms_sigma: float = 0.5
    max_detections: int = 150
    voting: bool = False
    views: int = 1
    direction: Direction = "head"

    def __post_init__(self) -> None:
        if not 1 <= self.views <= len(TTA_TRANSFORMS):
            raise ValueError(f"views must be 1 to {len(TTA_TRANSFORMS)}, got {self.views}")
        sides = tuple((float(width), float(length)) for width, length in self.anchor_sides)
        object.__setattr__(self, "anchor_sides", sides)

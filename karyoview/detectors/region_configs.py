"""What the region-based engines are set by, as their cards hold it; without torch.

What the papers leave open is marked *ours* in the parts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from karyoview.core.detection import MIN_RANKED_SCORE
from karyoview.detectors.input_rules import KERAS_RULE, BackboneName, InputRule
from karyoview.detectors.nets.config import NetworkConfig
from karyoview.detectors.nms import NMS, SoftMethod
from karyoview.detectors.protocol import EngineError

SIZES: Final = (32.0, 64.0, 96.0, 128.0)
RATIOS: Final = (1 / 5, 1 / 4, 1 / 3, 1 / 2, 1.0, 2.0, 3.0, 4.0, 5.0)
"""Anchors of one stride: 4 sizes × 9 ratios (DeepACE 2.1, DeepACEv2 III-C)."""
Pyramid = Literal["none", "single", "full"]
Sampler = Literal["uniform", "hnas_v1", "hnas_v2"]
Repulsion = Literal["none", "rl", "tnrl"]


@dataclass(frozen=True, slots=True)
class RegionConfig(NetworkConfig):
    """What every region-based engine is set by.

    Input: ``scale`` on the image's pixels, at most ``longer_side``; ``clip_above`` in 0..1. Backbone:
    stages up to C``last_stage``, the last ``trainable_stages`` train; the pyramid uses stages from
    C``first_stage`` and trains unless ``train_pyramid`` is off. Anchors in network pixels, sizes √area,
    ratios height / width (``full``: one size for each level). ``roi_channels`` squeezes the map by a
    1×1 convolution before RoIAlign, whose backward pass is what costs on a CPU; None leaves it.
    ``rpn_proposals`` are those kept in (training, testing). ``one_stage``, a baseline of the papers'
    tables, is RetinaNet on the pyramid from C3 up (:mod:`.one_stage`), three sizes an octave on each level.
    """

    backbone: BackboneName = "resnet101"
    last_stage: int = 5
    first_stage: int = 3
    trainable_stages: int = 3
    train_pyramid: bool = True
    rule: InputRule = KERAS_RULE
    pyramid: Pyramid = "single"
    one_stage: bool = False
    channels: int = 256
    scale: float | None = 1.0
    longer_side: int | None = 1600
    clip_above: float | None = None
    anchor_sizes: tuple[float, ...] = SIZES
    anchor_ratios: tuple[float, ...] = RATIOS
    sampler: Sampler = "uniform"
    rpn_batch: int = 512
    rpn_positive_fraction: float = 0.25
    rpn_before_nms: int = 6000
    rpn_proposals: tuple[int, int] = (2000, 300)
    rpn_nms_threshold: float = 0.7
    rpn_test_nms: Literal["hard", "soft"] = "hard"
    roi_channels: int | None = None
    roi_batch: int = 512
    roi_positive_fraction: float = 0.25
    roi_positive_iou: float = 0.5
    head_width: int = 1024
    score_threshold: float = MIN_RANKED_SCORE
    max_detections: int = 100


@dataclass(frozen=True, slots=True)
class CountingConfig(RegionConfig):
    """A counting engine: one class, ``chromosome``.

    ``heads``: DeepACE's convolutional branches or two fully connected layers. ``repulsion`` with its σ
    and weight; ``template`` module with the weights of pull and push. ``nms`` at test: ``hard`` (at
    ``nms_threshold``), ``soft`` (``soft_method``, ``nms_sigma``), ``eg`` (needs the template module) or
    ``hard_soft`` (hard, then soft).
    """

    heads: Literal["conv", "fc"] = "fc"
    repulsion: Repulsion = "none"
    repulsion_sigma: float = 1.0
    repulsion_weight: float = 0.5
    template: bool = False
    pull_weight: float = 0.1
    push_weight: float = 0.1
    nms: NMS = "hard"
    nms_threshold: float = 0.5
    soft_method: SoftMethod = "gaussian"
    nms_sigma: float = 0.5
    nms_margin: float = 0.3

    def __post_init__(self) -> None:
        if self.nms == "eg" and not self.template:
            raise EngineError("Embedding-guided NMS needs the template module; set template to true or nms to soft.")


@dataclass(frozen=True, slots=True)
class ClassifyingConfig(RegionConfig):
    """A naming engine: 24 classes and the background.

    ``separate`` gives class and box two layers each; ``aam``, ``siamese`` and ``gia`` are the paper's
    parts with their values; ``gia_through_centre`` lets the gradient through M_j. ``output``: ``top1``
    gives each box its best class, then class-agnostic NMS at ``nms_threshold`` (Acc and AER); ``all``
    every class score above the threshold, NMS for each class at ``class_nms_threshold`` (mAP); ``max`` each box's best
    class, NMS for each class (mAPmax).
    """

    separate: bool = True
    aam: bool = True
    aam_scale: float = 64.0
    aam_margin: float = 0.25
    aam_weight: float = 0.1
    siamese: bool = True
    delta: float = 0.5
    classification_weight: float = 1.0
    gia: bool = True
    gia_weight: float = 0.1
    gia_through_centre: bool = False
    output: Literal["top1", "all", "max"] = "top1"
    nms: Literal["hard", "soft"] = "hard"
    nms_threshold: float = 0.7
    class_nms_threshold: float = 0.5
    nms_sigma: float = 0.5


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


@dataclass(frozen=True, slots=True)
class DeepACEv2Config(CountingConfig):
    """The paper's values; its presets (detectors.engines) are smaller. The baseline of its tables is
    ``sampler="uniform", repulsion="none", template=False, nms="hard"``."""

    sampler: Sampler = "hnas_v2"
    repulsion: Repulsion = "tnrl"
    repulsion_weight: float = 0.5
    template: bool = True
    nms: NMS = "eg"


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

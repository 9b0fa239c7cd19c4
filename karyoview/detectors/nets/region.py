"""Configuration and assembly that the three region-based engines share (Faster R-CNN on torchvision's parts)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from torch import Tensor, nn
from torchvision.models.detection.generalized_rcnn import GeneralizedRCNN
from torchvision.ops import MultiScaleRoIAlign

from karyoview.core.detection import MIN_RANKED_SCORE
from karyoview.detectors.nets.anchors import RATIOS, SIZES, Anchors
from karyoview.detectors.nets.backbones import KERAS_RULE, BackboneName, InputRule, build_backbone
from karyoview.detectors.nets.config import NetworkConfig
from karyoview.detectors.nets.pyramid import PyramidBackbone, SingleLevelBackbone
from karyoview.detectors.nets.rpn import StratifiedRPN
from karyoview.detectors.nets.samplers import Sampler
from karyoview.detectors.nets.transform import MetaphaseTransform
from karyoview.detectors.protocol import EngineError
from karyoview.detectors.weights import read_tensors

Pyramid = Literal["none", "single", "full"]


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


class RegionDetector(GeneralizedRCNN):
    """torchvision's GeneralizedRCNN with its configuration.

    ``forward(images, targets)``: images are float (1 or 3, H, W) in 0..1; targets are dicts of
    ``boxes`` (M, 4) x1, y1, x2, y2 in image pixels, ``labels`` (M,) int64 with the background as 0, and
    an optional int ``seed`` that fixes what is sampled for that image. In training it gives a dict of
    losses, weighted, so that their sum is the total; else a dict per image of boxes, scores, labels
    and what the engine adds.
    """

    transform: MetaphaseTransform

    def __init__(self, config: RegionConfig, backbone: nn.Module, rpn: nn.Module, heads: nn.Module) -> None:
        transform = MetaphaseTransform(
            config.rule, scale=config.scale, longer_side=config.longer_side, clip_above=config.clip_above
        )
        super().__init__(backbone, rpn, heads, transform)
        self.config = config

    @property
    def body(self) -> nn.Module:
        """The backbone that ImageNet weights are loaded into."""
        return self.backbone.body


def build_features(config: RegionConfig) -> SingleLevelBackbone | PyramidBackbone:
    """Backbone and pyramid at a random start."""
    body = build_backbone(config.backbone, last=config.last_stage, trainable=config.trainable_stages, rule=config.rule)
    features: SingleLevelBackbone | PyramidBackbone
    if config.pyramid == "full":
        first = max(config.first_stage, 3) if config.one_stage else config.first_stage
        features = PyramidBackbone(body, first, config.channels, coarser=config.one_stage)
    else:
        features = SingleLevelBackbone(body, config.first_stage, config.channels, pyramid=config.pyramid == "single")
    if not config.train_pyramid:
        for name, parameter in features.named_parameters():
            if not name.startswith("body."):
                parameter.requires_grad_(False)
    return features


def load_trunk(model: RegionDetector, path: Path) -> list[str]:
    """Start ``model`` from a trunk file (``trunk-<hash>.safetensors``: backbone and pyramid of a trained engine).

    Returns the names that the trunk does not have (another pyramid), which stay at random. Raises
    EngineError when the backbone itself is another one.
    """
    stored = read_tensors(path)
    expected = model.backbone.state_dict()
    fitting = {k: stored[k] for k, v in expected.items() if k in stored and stored[k].shape == v.shape}
    left = sorted(expected.keys() - fitting.keys())
    if other := [name for name in left if name.startswith("body.")]:
        raise EngineError(
            f"{path.name} has no {other[0]!r} of that shape: it is the trunk of another backbone or of fewer stages."
        )
    model.backbone.load_state_dict({**expected, **fitting})
    return left


def build_rpn(config: RegionConfig, features: SingleLevelBackbone | PyramidBackbone) -> StratifiedRPN:
    """The proposal network over the features' levels; ``full`` needs one anchor size for each level."""
    if isinstance(features, PyramidBackbone):
        if len(config.anchor_sizes) != features.levels:
            raise EngineError(
                f"A full pyramid has {features.levels} levels, so anchor_sizes needs as many entries, "
                f"not {len(config.anchor_sizes)}."
            )
        sizes: tuple[tuple[float, ...], ...] = tuple((s,) for s in config.anchor_sizes)
    else:
        sizes = (config.anchor_sizes,)
    return StratifiedRPN(
        Anchors(sizes, (config.anchor_ratios,) * len(sizes)),
        features.out_channels,
        sampler=config.sampler,
        batch=config.rpn_batch,
        positive_fraction=config.rpn_positive_fraction,
        before_nms=config.rpn_before_nms,
        proposals=config.rpn_proposals,
        nms_threshold=config.rpn_nms_threshold,
        test_nms=config.rpn_test_nms,
    )


def build_pool(features: SingleLevelBackbone | PyramidBackbone) -> MultiScaleRoIAlign:
    """RoIAlign 7×7 over the features' levels (the pooled last level only proposes)."""
    names = list(features.stages) if isinstance(features, PyramidBackbone) else ["0"]
    return MultiScaleRoIAlign(names, output_size=7, sampling_ratio=2)


class Squeeze(nn.Module):
    """RoIAlign behind an optional 1×1 convolution with ReLU; ``out_channels`` is what the heads see."""

    def __init__(self, pool: MultiScaleRoIAlign, channels: int, squeezed: int | None) -> None:
        super().__init__()
        self.pool = pool
        self.squeeze = nn.Conv2d(channels, squeezed, 1) if squeezed else None
        self.out_channels = squeezed or channels

    def forward(self, features: dict[str, Tensor], boxes: list[Tensor], shapes: list[tuple[int, int]]) -> Tensor:
        if self.squeeze is not None:
            features = {name: self.squeeze(f).relu() for name, f in features.items()}
        return self.pool(features, boxes, shapes)

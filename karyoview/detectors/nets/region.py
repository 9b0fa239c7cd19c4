"""Configuration and assembly that the three region-based engines share (Faster R-CNN on torchvision's parts)."""

from __future__ import annotations

from pathlib import Path

from torch import Tensor, nn
from torchvision.models.detection.generalized_rcnn import GeneralizedRCNN
from torchvision.ops import MultiScaleRoIAlign

from karyoview.detectors.nets.anchors import Anchors
from karyoview.detectors.nets.backbones import build_backbone
from karyoview.detectors.nets.pyramid import PyramidBackbone, SingleLevelBackbone
from karyoview.detectors.nets.rpn import StratifiedRPN
from karyoview.detectors.nets.transform import MetaphaseTransform
from karyoview.detectors.protocol import EngineError
from karyoview.detectors.region_configs import RegionConfig
from karyoview.detectors.weights import read_tensors


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
    """Start ``model`` from a trunk file (``trunk-<hash>.safetensors``: backbone, or that and pyramid, of an engine).

    Returns the names that the trunk does not have (another pyramid), which stay at random. Raises
    EngineError when the backbone itself is another one.
    """
    stored = read_tensors(path)
    if not any(name.startswith("body.") for name in stored):  # of engines that share the backbone alone
        stored = {f"body.{name}": tensor for name, tensor in stored.items()}
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

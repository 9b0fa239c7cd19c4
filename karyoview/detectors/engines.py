"""The engines that come with KaryoView, one row each; importing this registers them and does not import torch.

The aims of the published systems lean on the figures of their papers, which are of other cells than these.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from karyoview.detectors.engine_spec import EngineSpec, Target, register_engine

PASTED: Final = "pasted val cells"

_SMALL: Final[Mapping[str, Any]] = {
    "backbone": "resnet50", "last_stage": 4, "trainable_stages": 2, "scale": 0.64, "longer_side": 768,
    "anchor_sizes": (20.0, 32.0, 48.0, 72.0), "rpn_before_nms": 1500, "rpn_proposals": (400, 300),
    "roi_channels": 64, "roi_batch": 192, "roi_positive_fraction": 0.33, "head_width": 512,
}  # fmt: skip
"""For two processor cores: chromosomes of a common scan (15–20 px wide) become 10–13 px, one level of stride 8."""
_TINY: Final[Mapping[str, Any]] = {
    "backbone": "resnet18", "last_stage": 3, "first_stage": 2, "trainable_stages": 3, "channels": 32,
    "longer_side": 256, "anchor_sizes": (16.0, 24.0, 32.0, 48.0), "rpn_batch": 128, "rpn_before_nms": 200,
    "rpn_proposals": (60, 60), "roi_channels": 32, "roi_batch": 64, "roi_positive_fraction": 0.5,
    "head_width": 128, "max_detections": 30,
}  # fmt: skip
"""For tests: a random start that learns a drawn picture in seconds."""
_NINE_RATIOS: Final[Mapping[str, Any]] = {"anchor_ratios": (1 / 5, 1 / 4, 1 / 3, 1 / 2, 1.0, 2.0, 3.0, 4.0, 5.0)}
_PYRAMID: Final[Mapping[str, Any]] = {
    "backbone": "resnet50", "pyramid": "full", "first_stage": 2, "longer_side": 768, "scale": None,
    "anchor_sizes": (32.0, 64.0, 128.0, 256.0, 512.0), "anchor_ratios": (0.5, 1.0, 2.0), "rpn_batch": 256,
    "rpn_positive_fraction": 0.5, "rpn_before_nms": 2000, "rpn_proposals": (2000, 1000),
}  # fmt: skip
"""The horizontal baselines of DeepCHM's tables: its toolbox's defaults on a whole pyramid, at DeepCHM's input size."""
_CELL_SIDES: Final = ((13.5, 27.1), (14.7, 45.1), (25.7, 47.9), (17.0, 72.1), (31.3, 81.2))
"""Five k-means centres of 2,174 real chromosomes at 11 px median width: for cells cut out of their field."""
_REGION_GRAPHS: Final = "karyoview.detectors.region_graphs:load"
_REGION_RECIPE: Final = "karyotrain.engines.finetune:region_recipe"

KARYOVIEW: Final = register_engine(
    EngineSpec(
        "karyoview", "KaryoView", "karyoview.detectors.karyoview_engine:load",
        fine_tune="karyotrain.engines.finetune:default_recipe",
        network="karyotrain.engines.default_network:DefaultNetwork",
        exporter="karyoview.detectors.export_default:export_default_engine",
        graph_factory="karyoview.detectors.karyoview_graphs:load",
        trunk="finder.backbone.body.", names_classes=True, partial=True, efforts=("fast", "balanced", "best"),
        checks_metaphase=True,
        targets=(
            Target("map50", 0.95, 0.996), Target("class_accuracy", 0.975, None),
            Target("corrections_per_cell", 2.5, 0.5), Target("wcr", None, 0.75),
        ),
    )
)  # fmt: skip
DEEPACE: Final = register_engine(
    EngineSpec(
        "deepace", "DeepACE", "karyoview.detectors.deepace:load",
        "karyoview.detectors.region_configs:DeepACEConfig", "karyoview.detectors.deepace:build_deepace",
        graph_factory=_REGION_GRAPHS,
        presets={"paper": {}, "small": {**_SMALL, "pyramid": "single"}, "tiny": {**_TINY, "pyramid": "single"}},
        fine_tune=_REGION_RECIPE, targets=(Target("aer", 0.04, 0.0249), Target("wcr", 0.35, 0.48)),
    )
)  # fmt: skip
DEEPACE_V2: Final = register_engine(
    EngineSpec(
        "deepace-v2", "DeepACEv2", "karyoview.detectors.deepace_v2:load",
        "karyoview.detectors.region_configs:DeepACEv2Config", "karyoview.detectors.deepace_v2:build_deepace_v2",
        graph_factory=_REGION_GRAPHS,
        presets={"paper": {}, "small": _SMALL, "tiny": _TINY, "pyramid": _PYRAMID}, fine_tune=_REGION_RECIPE,
        targets=(Target("aer", 0.02, 0.01), Target("f1", 0.99, 0.995), Target("wcr", 0.50, 0.75)),
    )
)  # fmt: skip
DEEPACC: Final = register_engine(
    EngineSpec(
        "deepacc", "DeepACC", "karyoview.detectors.deepacc:load",
        "karyoview.detectors.region_configs:DeepACCConfig", "karyoview.detectors.deepacc:build_deepacc",
        graph_factory=_REGION_GRAPHS,
        presets={
            "paper": {},
            "small": {**_SMALL, **_NINE_RATIOS, "pyramid": "single", "first_stage": 3},
            "tiny": {**_TINY, **_NINE_RATIOS, "pyramid": "single"},
        },
        fine_tune=_REGION_RECIPE, names_classes=True,
        targets=(Target("map50", 0.92, 0.98), Target("aer_strict", 0.12, 0.03)),
    )
)  # fmt: skip
DEEPCHM: Final = register_engine(
    EngineSpec(
        "deepchm", "DeepCHM", "karyoview.detectors.deepchm:load",
        "karyoview.detectors.rotated_config:DeepCHMConfig", "karyoview.detectors.deepchm:build_deepchm",
        graph_factory="karyoview.detectors.rotated_graphs:load",
        presets={
            "paper": {},
            "small": {
                "last_stage": 4, "trainable_stages": 2, "channels": 128, "head_channels": 64, "scale": 0.64,
                "longer_side": 512, "anchor_sides": _CELL_SIDES, "predicted_places": True, "polarity": True,
            },
            "tiny": {
                "backbone": "resnet18", "last_stage": 3, "trainable_stages": 3, "channels": 32, "head_channels": 32,
                "longer_side": 192, "anchor_sides": ((11.0, 25.0), (11.0, 45.0)), "angle_step": 30.0,
                "predicted_places": True, "polarity": True,
            },
        },
        fine_tune=_REGION_RECIPE, rotated=True, trunk="encoder.body.",
        targets=(Target("ap50", 0.90, 0.95, PASTED), Target("mfps", None, 1.0, PASTED)),
    )
)  # fmt: skip

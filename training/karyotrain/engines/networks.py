"""The engines' networks, built from a recipe."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any, Final

import torch
from torch import nn

from karyotrain.data.augment import PRESETS
from karyotrain.engines.frozen_backbone_cache import RestingTrunk
from karyotrain.engines.network import EngineSpec, Network
from karyotrain.engines.recipe import Recipe, RecipeError
from karyoview.detectors.nets.backbones import find_backbone, load_imagenet, read_rule
from karyoview.detectors.nets.region import load_trunk

KINDS: Final[dict[str, EngineSpec]] = {
    "deepace": EngineSpec("karyoview.detectors.deepace", "DeepACEConfig", "build_deepace", "DeepACE"),
    "deepace-v2": EngineSpec("karyoview.detectors.deepace_v2", "DeepACEv2Config", "build_deepace_v2", "DeepACEv2"),
    "deepacc": EngineSpec(
        "karyoview.detectors.deepacc", "DeepACCConfig", "build_deepacc", "DeepACC", names_classes=True
    ),
    "deepchm": EngineSpec(
        "karyoview.detectors.deepchm", "DeepCHMConfig", "build_deepchm", "DeepCHM", rotated=True, trunk="encoder.body."
    ),
}
DEFAULT: Final = EngineSpec("karyotrain.engines.default_network", "", "", "KaryoView", names_classes=True, partial=True)
"""The default engine, which is trained further only; it has no configuration to build anew from."""


def build(recipe: Recipe, *, backbone: Path | None = None) -> tuple[Network, str]:
    """The network of a recipe with its start weights; → it, and a sentence on where it started.

    ``recipe.init``: ``imagenet`` (the backbone's file, else at random, and said so) or ``random``.
    ``backbone`` is a file to take instead.
    """
    if recipe.engine == "karyoview":
        from karyotrain.engines.default_network import DefaultNetwork  # needs scikit-image, as no other engine does

        return DefaultNetwork(DEFAULT, recipe.settings, recipe.seed), "from a random start"
    kind = KINDS.get(recipe.engine)
    if kind is None:
        raise RecipeError(f"There is no engine {recipe.engine!r} to train; choose one of {', '.join(KINDS)}.")
    module = importlib.import_module(kind.module)
    config = getattr(module, kind.config).preset(recipe.preset, **recipe.settings)
    torch.manual_seed(recipe.seed)
    model = getattr(module, kind.build)(config)
    started = _start(model, config, recipe, backbone)
    if not recipe.cached_views:
        return Network(kind, config, model), started
    change = PRESETS[recipe.augmentation]
    network = RestingTrunk(
        kind, config, model, change=change, forms=recipe.cached_views, seed=recipe.seed, micro=recipe.micro
    )
    return network, started


def _start(model: nn.Module, config: Any, recipe: Recipe, backbone: Path | None) -> str:
    if recipe.init == "random" and backbone is None:
        return "from a random start"
    path = backbone or find_backbone(config.backbone)
    if path is not None and path.name.startswith("trunk-"):
        left = load_trunk(model, path)
        return f"from the trunk {path.name}" + (f", {len(left)} tensors of the pyramid at random" if left else "")
    if path is None:
        return f"from a random start: there are no weights for {config.backbone} (give --backbone FILE)"
    load_imagenet(model.body, path, getattr(config, "rule", None) or read_rule(path))
    return f"from the backbone {path.name}"

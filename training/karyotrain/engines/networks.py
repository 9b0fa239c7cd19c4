"""The engines' networks, built from a recipe."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import torch
from torch import nn

from karyotrain.data.augment import PRESETS
from karyotrain.engines.frozen_backbone_cache import RestingTrunk
from karyotrain.engines.network import Network
from karyotrain.engines.recipe import Recipe, RecipeError
from karyoview.detectors.nets.backbones import find_backbone, load_imagenet, read_rule
from karyoview.detectors.nets.region import RegionDetector, load_trunk
from karyoview.detectors.registry import ENGINES


def build(recipe: Recipe, *, backbone: Path | None = None) -> tuple[Network, str]:
    """The network of a recipe with its start weights; → it, and a sentence on where it started.

    ``recipe.init``: ``imagenet`` (the backbone's file, else at random, and said so) or ``random``.
    ``backbone`` is a file to take instead.
    """
    kind = ENGINES.get(recipe.engine)
    if kind is None or not (kind.network or kind.build):
        known = ", ".join(name for name, spec in ENGINES.items() if spec.network or spec.build)
        raise RecipeError(f"There is no engine {recipe.engine!r} to train; choose one of {known}.")
    if kind.network:
        return kind.part("network")(kind, recipe.settings, recipe.seed), "from a random start"
    config = kind.configure(recipe.preset, **recipe.settings)
    torch.manual_seed(recipe.seed)
    model = kind.part("build")(config)
    started = _start(model, config, recipe, backbone)
    if not recipe.cached_views:
        return Network(kind, config, model), started
    change = PRESETS[recipe.augmentation]
    network = RestingTrunk(
        kind, config, model, change=change, views=recipe.cached_views, seed=recipe.seed, micro=recipe.micro
    )
    return network, started


def _start(model: nn.Module, config: Any, recipe: Recipe, backbone: Path | None) -> str:
    if recipe.init == "random" and backbone is None:
        return "from a random start"
    path = backbone or find_backbone(config.backbone)
    if path is not None and path.name.startswith("trunk-"):
        left = load_trunk(cast(RegionDetector, model), path)
        return f"from the trunk {path.name}" + (f", {len(left)} tensors of the pyramid at random" if left else "")
    if path is None:
        return f"from a random start: there are no weights for {config.backbone} (give --backbone FILE)"
    load_imagenet(cast(nn.Module, model.body), path, getattr(config, "rule", None) or read_rule(path))
    return f"from the backbone {path.name}"

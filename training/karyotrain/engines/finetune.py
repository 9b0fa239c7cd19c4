"""A laboratory's own training: begin from weights that work, with the same network, for a short time.

How an engine is fine-tuned depends on its kind; its EngineSpec says whether it can be, and how.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from karyotrain.engines.recipe import Recipe, RecipeError, find_recipe
from karyotrain.trainer.schedule import Schedule
from karyoview.detectors.cards import card_path, read_card
from karyoview.detectors.registry import ENGINES

START: Final = "start"


def fine_tuning(weights: Path) -> Recipe:
    """The recipe by which the engine in ``weights`` is trained further. Raises RecipeError or EngineError."""
    card = read_card(card_path(weights))
    kind = str(card["engine"])
    spec = ENGINES.get(kind)
    if spec is None or not spec.trainable:
        known = ", ".join(name for name, each in ENGINES.items() if each.trainable)
        raise RecipeError(f"The engine {kind} cannot be trained on a laboratory's own cells; choose {known}.")
    recipe: Recipe = spec.part("fine_tune")(card)
    return recipe


def keep_start(weights: Path, run: Path) -> Path:
    """A copy of the weights inside the folder of the run; → it.

    A run that goes on days later begins from the same weights, whatever is active by then.
    """
    from karyoview.detectors.weights_reading import trunk_of

    card = read_card(card_path(weights))
    folder = run / START
    folder.mkdir(parents=True, exist_ok=True)
    trunk = card["weights"].get("trunk")
    files = [weights, card_path(weights), *([trunk_of(weights, str(trunk["file"]))] if trunk else [])]
    for source in files:
        if not (folder / source.name).is_file():
            part = folder / f"{source.name}.part"
            shutil.copyfile(source, part)
            part.replace(folder / source.name)
    return folder / weights.name


def region_recipe(card: Mapping[str, Any]) -> Recipe:
    """The whole network, at a fifth of the rate of a first training; 30 passes, many for few cells."""
    kind = str(card["engine"])
    base = find_recipe(f"{kind}/small")
    rate = base.lr / 5 if base.optimiser == "sgd" else base.lr / 2
    return base.replace(
        title=f"{base.title}, fine-tuned", name=f"{kind}-fine-tuning", settings=dict(card.get("config", {})),
        chromosome_width=card.get("chromosome_width"), lr=rate, batch=2, micro=1, epochs=30.0, ema=0.99,
        width_tolerance=float(card.get("width_tolerance") or 0.0),
        schedule=Schedule("cosine", warmup=20, gamma=0.05), init="random",
    )  # fmt: skip


def default_recipe(card: Mapping[str, Any]) -> Recipe:
    """Finder and naming network above the trunk, which stays; ``settings`` ``stages``: both, finder or namer."""
    return Recipe(
        engine="karyoview", title="KaryoView, fine-tuned", name="karyoview-fine-tuning",
        settings={"stages": "both"}, augmentation="laboratory", optimiser="adam", lr=2e-4, weight_decay=0.0,
        batch=2, micro=1, epochs=20.0, ema=0.98, schedule=Schedule("cosine", warmup=10, gamma=0.05),
        clip_norm=10.0, eval_images=12, init="random",
    )  # fmt: skip

"""A laboratory's own training: begin from weights that work, with the same network, for a short time.

How an engine is fine-tuned depends on its kind; ``TUNERS`` says which kinds can be, and how.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from karyotrain.recipe import Recipe, RecipeError, Schedule, find_recipe
from karyoview.detectors.cards import card_path, read_card


def fine_tuning(weights: Path) -> Recipe:
    """The recipe by which the engine in ``weights`` is trained further. Raises RecipeError or EngineError."""
    card = read_card(card_path(weights))
    kind = str(card["engine"])
    if kind not in TUNERS:
        raise RecipeError(
            f"The engine {kind} cannot be trained on a laboratory's own cells; choose {', '.join(TUNERS)}."
        )
    return TUNERS[kind](card)


def _region(card: Mapping[str, Any]) -> Recipe:
    """The whole network, at a fifth of the rate of a first training; 30 passes, many for few cells."""
    kind = str(card["engine"])
    base = find_recipe(f"{kind}_small")
    rate = base.lr / 5 if base.optimiser == "sgd" else base.lr / 2
    return base.but(
        title=f"{base.title}, fine-tuned", name=f"{kind}-fine-tuning", settings=dict(card.get("config", {})),
        chromosome_width=card.get("chromosome_width"), lr=rate, batch=2, micro=1, epochs=30.0, ema=0.99,
        schedule=Schedule("cosine", warmup=20, gamma=0.05), start="random",
    )  # fmt: skip


TUNERS: Final[Mapping[str, Callable[[Mapping[str, Any]], Recipe]]] = {
    "deepace": _region,
    "deepace-v2": _region,
    "deepacc": _region,
    "deepchm": _region,
}

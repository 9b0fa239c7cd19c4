"""What one training is: a network with its switches, its optimiser, and the paper's row it repeats.

Recipes are rows of the files of ``training/recipes``, one file an engine, and are named ``engine/row``. A budget
scales them: ``smoke`` runs in seconds and proves only that it runs, ``short`` is for two cores and an
hour, ``full`` is the paper's own schedule.
"""

from __future__ import annotations

import importlib
import math
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from types import MappingProxyType
from typing import Any, Final, Literal

from karyotrain.trainer.schedule import Optimisation, Schedule
from karyoview.core.errors import KaryoViewError

BudgetName = Literal["smoke", "short", "full"]
_PACKAGES: Final = ("karyotrain.recipes", "recipes")
CHANGES: Final = (
    "preset", "steps", "epochs", "images", "seed", "batch", "micro", "lr", "eval_images", "ema", "ema_from", "crowded",
    "augmentation",
)  # fmt: skip
"""Fields of a recipe that an option of the same name changes."""
_EARLIER: Final = {"kept_forms": "cached_views", "start": "init"}


class RecipeError(KaryoViewError):
    """A recipe that does not exist or cannot be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe(Optimisation):
    """One row of an ablation table, or a preset that is shipped, with how its weights move.

    ``engine`` is a kind of the registry, ``preset`` and ``settings`` its configuration. ``lr`` is for
    the given ``batch``; ``micro`` images go through the network at once and gradients are summed over
    a batch. ``chromosome_width`` in network pixels brings every image to one width (None: the network's
    fixed scale); ``width_tolerance`` is how far, as a share, it may be away when the engine is used.
    ``cached_views``: so many changed copies of each cell are made once and the maps of a trunk at rest kept
    (karyotrain.engines.frozen_backbone_cache); 0: every step changes its cells anew.
    ``crowded`` shows crowded cells oftener.
    ``steps`` counts optimiser steps; None: ``epochs`` over the data. ``images`` and ``eval_images`` limit
    the data (None: all). ``evaluation`` holds arguments of ``core.metrics.evaluate``, ``thresholds`` more
    IoUs at which the table was counted. ``weights_of`` names the row whose weights this one shares, when
    only suppression differs. ``paper`` holds the figures that the paper printed, in per cent.
    """

    engine: str
    title: str
    name: str = ""
    table: str = ""
    preset: str = "paper"
    settings: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    augmentation: str = "none"
    batch: int = 2
    micro: int = 1
    epochs: float = 24.0
    steps: int | None = None
    crowded: float = 0.0
    chromosome_width: float | None = None
    width_tolerance: float = 0.0
    cached_views: int = 0
    images: int | None = None
    eval_images: int | None = None
    seed: int = 0
    evaluation: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    thresholds: tuple[float, ...] = ()
    weights_of: str = ""
    init: str = "imagenet"
    paper: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    def replace(self, **changes: Any) -> Recipe:
        """A copy with these changes; ``settings`` and ``paper`` are merged with what is there."""
        for key in ("settings", "evaluation"):
            if key in changes:
                changes[key] = {**getattr(self, key), **changes[key]}
        return replace(self, **changes)

    def total_steps(self, images: int) -> int:
        """Optimiser steps of the whole run over ``images`` images."""
        return self.steps if self.steps is not None else max(math.ceil(self.epochs * images / self.batch), 1)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        plain = {name: getattr(self, name) for name in self.__dataclass_fields__}
        plain = {k: dict(v) if isinstance(v, Mapping) else v for k, v in plain.items()}
        return plain | {"schedule": asdict(self.schedule)}


def recipe_from_dict(values: Mapping[str, Any]) -> Recipe:
    """The recipe that :meth:`Recipe.to_dict` wrote; RecipeError when it is of another version."""
    try:
        known = renamed(values)
        schedule: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in known.pop("schedule").items()}
        known["thresholds"] = tuple(known.get("thresholds", ()))
        return Recipe(**known, schedule=Schedule(**schedule))
    except (TypeError, KeyError, AttributeError) as error:
        raise RecipeError(f"The run was written by another version of KaryoView ({error}); start a new one.") from error


def renamed(values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a stored recipe under today's names; earlier versions wrote others."""
    known = {_EARLIER.get(k, k): v for k, v in values.items()}
    for key in ("name", "weights_of"):
        if known.get(key):
            known[key] = _aliases().get(folder_of(str(known[key])), known[key])
    return known


def with_budget(recipe: Recipe, budget: BudgetName) -> Recipe:
    """The recipe at a budget. Rates are scaled with the batch where a preset changes it.

    ``smoke``: the tiny preset, 8 images, 6 steps. ``short``: the small preset, 600 steps of 4 images,
    cosine. ``full``: as written.
    """
    if budget == "full":
        return recipe
    if budget == "short":
        return recipe.replace(
            preset="small", batch=4, micro=2, steps=600, eval_images=60, chromosome_width=10.5,
            lr=2e-4 if recipe.optimiser == "adam" else 0.01,  # small presets learn in few steps and do not diverge
            schedule=Schedule("cosine", warmup=100, gamma=0.02), clip_norm=recipe.clip_norm or 35.0,
        )  # fmt: skip
    if budget == "smoke":
        return recipe.replace(
            preset="tiny", images=8, eval_images=2, steps=6, batch=2, init="random", schedule=Schedule("constant", 2)
        )
    raise RecipeError(f"There is no budget {budget!r}; choose smoke, short or full.")


def table(base: Recipe, name: str, figures: str, **common: Any) -> Callable[..., Recipe]:
    """What makes the rows of a paper's table: ``row(title, (figure, …), setting=value, …)``, each a change of ``base``.

    ``figures`` names the columns, in the order of the paper, as ``core.metrics`` calls them; ``common`` are fields that
    all rows share.
    """
    columns = figures.split()

    def row(title: str, figures: tuple[float, ...], weights_of: str = "", **settings: Any) -> Recipe:
        printed = dict(zip(columns, figures, strict=True))
        return base.replace(table=name, title=title, settings=settings, weights_of=weights_of, paper=printed, **common)

    return row


@cache
def recipes() -> Mapping[str, Recipe]:
    """All recipes that this build has, by name (``deepace-v2/small``), in the order of their files."""
    package = _package()
    found = {}
    for module in sorted(m.name for m in pkgutil.iter_modules(package.__path__) if not m.name.startswith("_")):
        for row, recipe in importlib.import_module(f"{package.__name__}.{module}").RECIPES.items():
            name = f"{recipe.engine}/{row}"
            found[name] = replace(recipe, name=name)
    return MappingProxyType(found)


def folder_of(name: str) -> str:
    """``deepace_v2_small`` for ``deepace-v2/small``: a folder's name, and how recipes were called as modules."""
    return name.replace("-", "_").replace("/", "_")


@cache
def _aliases() -> Mapping[str, str]:
    return {folder_of(name): name for name in recipes()}


def find_recipe(name: str) -> Recipe:
    """The recipe of that name, or of the one it had as a module; RecipeError names the nearest ones."""
    known = _aliases().get(folder_of(name))
    if known is None:
        from difflib import get_close_matches

        near = [_aliases()[n] for n in get_close_matches(folder_of(name), _aliases(), 3, 0.3)]
        hint = f"; did you mean {', '.join(near)}" if near else ""
        raise RecipeError(f"There is no recipe {name!r}{hint}? 'karyoview train --list' names all.")
    return recipes()[known]


def table_rows(table: str) -> tuple[str, ...]:
    """Names of the recipes whose ``table`` is this one (``deepace-v2 VI``), in the order of the table."""
    names = [n for n, r in recipes().items() if r.table.casefold() == table.casefold()]
    if not names:
        known = sorted({r.table for r in recipes().values()} - {""})
        raise RecipeError(f"There is no table {table!r}; there are {', '.join(known)}.")
    return tuple(names)


def _package() -> Any:
    for name in _PACKAGES:  # installed as karyotrain.recipes; beside karyotrain in a bare checkout
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError:
            continue
    raise RecipeError("The training recipes are missing from this build; install KaryoView again.")

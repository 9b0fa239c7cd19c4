"""Which engines there are, and how one is loaded; importing this does not import torch.

An engine is a *kind* (a row of the table below, code) with weights and a card (files). Files lie in
``resources/weights`` and in the user's own folder, which wins where both have a name; a laboratory
may keep several trainings of one kind under names of its own.
"""

from __future__ import annotations

import importlib
import logging
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final, cast

import platformdirs

from karyoview.core.errors import KaryoViewError
from karyoview.detectors.cards import CARD_SUFFIX, card_path, info_from_card, read_card, weights_path
from karyoview.detectors.protocol import Detector, EngineError, EngineInfo

ENGINE_KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "karyoview": "karyoview.detectors.karyoview_engine:load",
        "deepace": "karyoview.detectors.deepace:load",
        "deepace-v2": "karyoview.detectors.deepace_v2:load",
        "deepacc": "karyoview.detectors.deepacc:load",
        "deepchm": "karyoview.detectors.deepchm:load",
    }
)
"""Kind → ``module:factory``; ``factory(weights: LoadedWeights, *, device: str, settings: Mapping) -> Detector``."""

OFFERS_EFFORT: Final = frozenset({"karyoview"})
"""Kinds with the setting ``quality``: fast, balanced or best."""

_log = logging.getLogger(__name__)


def user_weights_folder() -> Path:
    """Where a laboratory keeps its own weights: ``KARYOVIEW_WEIGHTS``, else the user's data folder."""
    named = os.environ.get("KARYOVIEW_WEIGHTS")
    return Path(named) if named else platformdirs.user_data_path("KaryoView", appauthor=False) / "weights"


def shipped_weights_folder() -> Path:
    """Where the weights that came with KaryoView lie."""
    from karyoview._resources import resource

    return resource("weights")


def weights_folders() -> tuple[Path, ...]:
    """Folders searched for engines, the user's first."""
    return (user_weights_folder(), shipped_weights_folder())


def find_engines() -> tuple[dict[str, Path], list[str]]:
    """Weights files by engine name (table order, then by name), and a sentence for each unusable card."""
    found: dict[str, Path] = {}
    problems: list[str] = []
    for folder in weights_folders():
        for card in sorted(folder.glob(f"*{CARD_SUFFIX}")) if folder.is_dir() else ():
            name = card.name.removesuffix(CARD_SUFFIX)
            if name in found:
                continue
            try:
                kind = read_card(card)["engine"]
                if kind not in ENGINE_KINDS:
                    raise EngineError(f"{card.name}: the engine kind {kind!r} is not known; update KaryoView.")
                if not weights_path(card).is_file():
                    raise EngineError(f"{card.name}: {weights_path(card).name} is missing beside it; copy it there.")
            except KaryoViewError as error:
                problems.append(str(error))
                continue
            found[name] = weights_path(card)
    order = list(ENGINE_KINDS)
    return dict(
        sorted(found.items(), key=lambda kv: (order.index(kv[0]) if kv[0] in order else len(order), kv[0]))
    ), problems


def available_engines() -> list[EngineInfo]:
    """Engines with weights on this machine: the default one first, experimental ones last.

    Unusable cards are logged and left out.
    """
    found, problems = find_engines()
    for problem in problems:
        _log.warning(problem)
    infos = [info_from_card(read_card(card_path(path)), name) for name, path in found.items()]
    return sorted(infos, key=lambda info: bool(info.card.get("experimental")))


def load_engine(
    name: str,
    *,
    device: str = "auto",
    settings: Mapping[str, object] | None = None,
    weights: Path | None = None,
) -> Detector:
    """Load an engine by name, or the one in the file ``weights``.

    ``device`` is ``auto``, ``cpu``, ``cuda`` or ``cuda:N``; ``settings`` override the engine's own
    (unknown names are an error). Raises EngineError with one sentence: no such engine, no weights,
    a card or file that does not fit, a device that is not there.
    """
    if weights is None:
        found, problems = find_engines()
        if name not in found:
            raise EngineError(_no_engine(name, list(found), problems))
        path = found[name]
    else:
        path = Path(weights)
        if not path.is_file():
            raise EngineError(f"The weights file {path} does not exist; choose another.")
    card = read_card(card_path(path))
    kind = str(card["engine"])
    if kind not in ENGINE_KINDS:
        raise EngineError(f"{path.name}: the engine kind {kind!r} is not known; update KaryoView.")
    if weights is not None and name in ENGINE_KINDS and name != kind:
        raise EngineError(f"{path.name} holds weights of {kind}, not of {name}; choose the engine {kind}.")
    factory = _factory(kind)
    from karyoview.detectors.weights import load_weights

    return factory(load_weights(path), device=device, settings=dict(settings or {}))


def _factory(kind: str) -> Callable[..., Detector]:
    module, _, attribute = ENGINE_KINDS[kind].partition(":")
    return cast("Callable[..., Detector]", getattr(importlib.import_module(module), attribute))


def _no_engine(name: str, found: list[str], problems: list[str]) -> str:
    if about := next((p for p in problems if p.startswith(f"{name}{CARD_SUFFIX}")), ""):
        return about
    have = ", ".join(found) or "none"
    if name in ENGINE_KINDS:
        return (
            f"The engine {name} has no weights on this machine (present: {have}); train it, or put "
            f"{name}.safetensors and {name}{CARD_SUFFIX} into {user_weights_folder()}."
        )
    return f"There is no engine {name!r}; present: {have}."

"""What an engine consists of, and the registry of them; importing this does not import torch."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from karyoview.detectors.protocol import EngineError

VAL: Final = "taichung/val"
_LESS_IS_BETTER: Final = frozenset({"corrections_per_cell", "aer", "aer_strict", "mfps"})
_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Target:
    """One figure of an engine's card: its floor ``must`` (None: there is none) and its ``aim``; shares in 0–1.

    ``cells`` are those it is measured on, as the card calls them.
    """

    figure: str
    must: float | None
    aim: float | None
    cells: str = VAL

    def reached(self, card: Mapping[str, Any]) -> float | None:
        """The figure in a card; None where it was not measured."""
        value = card.get("metrics", {}).get(self.cells, {}).get(self.figure)
        return None if value is None else float(value)

    def met(self, card: Mapping[str, Any]) -> bool:
        """Whether the floor is reached; where there is none, nothing is missed."""
        if self.must is None:
            return True
        value = self.reached(card)
        if value is None:
            return False
        return value <= self.must if self.figure in _LESS_IS_BETTER else value >= self.must


@dataclass(frozen=True, slots=True, eq=False)
class EngineSpec:
    """An engine and everything that differs between engines; parts in code are told as ``module:name``.

    ``kind`` is the ``engine`` of its cards. ``factory(weights: LoadedWeights, *, device: str, settings:
    Mapping) -> Detector`` loads it, ``graph_factory(weights: ArrayWeights, *, device, settings)`` where there is no
    PyTorch ("": it needs PyTorch). ``config`` is a class with ``from_dict`` and ``to_dict``, of which
    ``presets`` name some instances by what they change; ``build(config)`` is the network at a random
    start, a module that gives losses in training. ``fine_tune(card) -> Recipe`` is how a laboratory
    trains it further ("": not at all), ``network(spec, settings, seed) -> Network`` how the trainer sees it
    ("": as any other), ``exporter(weights, cells, calibrated_on, folder, progress) -> Export`` makes its networks in
    8 bits ("": it has none). ``trunk`` is the prefix of its backbone's tensors, ``efforts`` the values of its setting
    ``quality``. ``partial``: cells in which some boxes have no class teach it too. ``checks_metaphase``: it has a
    setting ``check_metaphase`` (detectors.metaphase_check). ``targets`` are what its shipped weights must reach.
    """

    kind: str
    title: str
    factory: str
    config: str = ""
    build: str = ""
    presets: Mapping[str, Mapping[str, object]] = field(default_factory=lambda: _NOTHING)
    fine_tune: str = ""
    network: str = ""
    exporter: str = ""
    graph_factory: str = ""
    trunk: str = "backbone.body."
    names_classes: bool = False
    rotated: bool = False
    partial: bool = False
    efforts: tuple[str, ...] = ()
    checks_metaphase: bool = False
    targets: tuple[Target, ...] = ()

    @property
    def trainable(self) -> bool:
        """Whether a laboratory can train it further on cells of its own."""
        return bool(self.fine_tune)

    def part(self, name: str) -> Any:
        """What the field ``name`` tells as ``module:name``, imported now."""
        module, _, attribute = getattr(self, name).partition(":")
        return getattr(importlib.import_module(module), attribute)

    def configure(self, preset: str = "paper", **changes: object) -> Any:
        """The configuration of a preset, with changes; EngineError for a preset or setting that does not exist."""
        if preset not in self.presets:
            known = ", ".join(self.presets) or "none"
            raise EngineError(f"{self.title} has no preset {preset!r}; there are {known}.")
        return self.part("config").from_dict({**self.presets[preset], **changes})


ENGINES: Final[dict[str, EngineSpec]] = {}
"""All engines by kind; the default one first. Read it through detectors.registry, which fills it."""


def register_engine(spec: EngineSpec) -> EngineSpec:
    """Make an engine known by its kind to command line, window and training; a kind is registered once."""
    if spec.kind in ENGINES:
        raise ValueError(f"the engine kind {spec.kind!r} is registered already")
    ENGINES[spec.kind] = spec
    return spec

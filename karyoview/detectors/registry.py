"""Which engines there are, and how one is loaded; importing this does not import torch.

An engine is a *kind* (a row of detectors.engines, code) with weights and a card (files). Files lie in
``resources/weights`` and in the user's own folder, which wins where both have a name; a laboratory
may keep several trainings of one kind under names of its own.
"""

from __future__ import annotations

import contextlib
import ctypes
import logging
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

from karyoview.core.errors import KaryoViewError
from karyoview.detectors import engines  # noqa: F401 (registers those that come with KaryoView)
from karyoview.detectors.cards import CARD_SUFFIX, card_path, info_from_card, read_card, weights_path
from karyoview.detectors.engine_spec import ENGINES, EngineSpec
from karyoview.detectors.exports import find_export
from karyoview.detectors.folders import user_weights_folder, weights_folders
from karyoview.detectors.graphs import torch_installed
from karyoview.detectors.onnx_runtime import runtime_installed
from karyoview.detectors.protocol import Detector, EngineError, EngineInfo
from karyoview.detectors.weights_reading import load_arrays

__all__ = ["ENGINES", "available_engines", "find_engines", "load_engine", "starts_at_once"]

Runtime = Literal["auto", "torch", "graphs"]

_log = logging.getLogger(__name__)


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
                if kind not in ENGINES:
                    raise EngineError(f"{card.name}: the engine kind {kind!r} is not known; update KaryoView.")
                if not weights_path(card).is_file():
                    raise EngineError(f"{card.name}: {weights_path(card).name} is missing beside it; copy it there.")
            except KaryoViewError as error:
                problems.append(str(error))
                continue
            found[name] = weights_path(card)
    order = list(ENGINES)
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


def as_in_card(name: str) -> dict[str, object]:
    """Settings under which an engine is measured: by the weights' own networks, whatever was exported on a machine."""
    return {"precision": "bf16"} if name in ENGINES and ENGINES[name].exporter else {}


def load_engine(
    name: str,
    *,
    device: str = "auto",
    settings: Mapping[str, object] | None = None,
    weights: Path | None = None,
    runtime: Runtime = "auto",
) -> Detector:
    """Load an engine by name, or the one in the file ``weights``.

    ``runtime`` is ``torch``, ``graphs`` (ONNX Runtime, on a processor) or ``auto``: PyTorch where it is installed,
    but ONNX Runtime for networks that were exported to 8 bits here, which then start without PyTorch.
    ``device`` is ``auto``, ``cpu``, ``cuda`` or ``cuda:N``; ``settings`` override the engine's own
    (unknown names are an error). Raises EngineError with one sentence: no such engine, no weights,
    a card or file that does not fit, a device or runtime that is not there.
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
    if kind not in ENGINES:
        raise EngineError(f"{path.name}: the engine kind {kind!r} is not known; update KaryoView.")
    if weights is not None and name in ENGINES and name != kind:
        raise EngineError(f"{path.name} holds weights of {kind}, not of {name}; choose the engine {kind}.")
    spec, given = ENGINES[kind], dict(settings or {})
    detector: Detector
    if runtime == "auto" and torch_installed() and _runs_exported(spec, card, path, device, given):
        with contextlib.suppress(EngineError):  # graphs that are not here or damaged: PyTorch needs none
            detector = spec.part("graph_factory")(load_arrays(path), device="cpu", settings=given)
            return detector
    if runtime == "torch" or (runtime == "auto" and torch_installed()):
        load_weights = import_module("karyoview.detectors.weights").load_weights  # which imports torch
        detector = spec.part("factory")(load_weights(path), device=device, settings=given)
        return detector
    if not runtime_installed():
        raise EngineError(
            "Engines need ONNX Runtime or PyTorch, and neither is installed here; run: pip install karyoview"
        )
    if not spec.graph_factory:
        raise EngineError(f"{spec.title} needs PyTorch, which this installation lacks; install KaryoView in full.")
    detector = spec.part("graph_factory")(load_arrays(path), device=device, settings=given)
    return detector


def starts_at_once(name: str, *, device: str, settings: Mapping[str, object]) -> bool:
    """Whether :func:`load_engine` would load the engine ``name`` in 8 bits, which takes a second and little memory."""
    path = find_engines()[0].get(name)
    if path is None:
        return False
    card = read_card(card_path(path))
    return _runs_exported(ENGINES[str(card["engine"])], card, path, device, settings)


def _runs_exported(
    spec: EngineSpec, card: Mapping[str, Any], path: Path, device: str, settings: Mapping[str, object]
) -> bool:
    """Whether the engine would be run in 8 bits on the processor, by an export that is at hand."""
    able = bool(spec.exporter and spec.graph_factory) and runtime_installed()
    if not able or settings.get("precision", "auto") not in ("auto", "int8"):
        return False
    if device != "cpu" and (device != "auto" or _graphics_card_driver()):
        return False
    digest = str(card["weights"].get("hash") or "")
    return bool(digest) and find_export(digest, path) is not None


def _graphics_card_driver() -> bool:
    """Whether the driver that PyTorch needs to compute on a graphics card is installed; told without PyTorch."""
    try:
        ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
    except OSError:
        return False
    return True


def _no_engine(name: str, found: list[str], problems: list[str]) -> str:
    if about := next((p for p in problems if p.startswith(f"{name}{CARD_SUFFIX}")), ""):
        return about
    have = ", ".join(found) or "none"
    if name in ENGINES:
        return (
            f"The engine {name} has no weights on this machine (present: {have}); train it, or put "
            f"{name}.safetensors and {name}{CARD_SUFFIX} into {user_weights_folder()}."
        )
    return f"There is no engine {name!r}; present: {have}."

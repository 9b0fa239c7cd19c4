"""Model cards: the JSON beside every weights file; reading them does not import torch.

A card ``<name>.card.json`` lies beside ``<name>.safetensors`` and holds at least::

    {"format": 2, "engine": "deepace-v2", "name": "deepace-v2", "title": "DeepACEv2",
     "classes": ["chromosome"], "rotated": false, "operating_threshold": 0.5, "config": {...},
     "weights": {"file": "deepace-v2.safetensors", "sha256": "…", "hash": "…", "precision": "fp16",
                 "trunk": {"file": "trunk-….safetensors", "sha256": "…", "prefix": "backbone.body."}}}

``trunk`` is null where the engine shares none. The card of an engine that follows a paper also holds
``differs_from_the_paper``, a list of sentences (detectors.paper_differences). Everything else (data, training,
metrics, licences, limits) is free and shown as it is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from karyoview.core.checked_json import read_json
from karyoview.core.chromosome import CLASS_NAMES
from karyoview.core.plain_files import NotPlainError
from karyoview.detectors.protocol import ONE_CLASS, EngineError, EngineInfo

CARD_FORMAT: Final = 2
"""Written by this version; it reads those before it. 2: tensors and settings under their present names."""
_RENAMED_SETTINGS: Final = {"prices": "copy_penalties"}
DIFFERENCES: Final = "differs_from_the_paper"
CARD_SUFFIX: Final = ".card.json"
_CARD_LIMIT: Final = 4 * 1024 * 1024
_REQUIRED: Final[Mapping[str, type | tuple[type, ...]]] = {
    "engine": str,
    "classes": list,
    "rotated": bool,
    "operating_threshold": (int, float),
    "weights": dict,
}
_OBJECTS: Final = ("config", "data", "training", "metrics")
_WEIGHTS_TEXTS: Final = ("file", "sha256", "hash", "precision")


def card_path(weights: Path) -> Path:
    """Where the card of a weights file lies."""
    return weights.with_name(weights.name.removesuffix(".safetensors") + CARD_SUFFIX)


def measured_on(card: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The figures of a card by the cells they were measured on; those of its training come last, as ``held back``.

    A table by laboratory, which has rows of its own, is none of them.
    """
    metrics = card.get("metrics")
    if not isinstance(metrics, Mapping):
        return {}
    if "corrections_per_cell" in metrics:
        return {"held back": metrics}
    found = {
        cells: figures for cells, figures in metrics.items() if isinstance(figures, Mapping) and "rows" not in figures
    }
    trained = found.pop("fit", None)
    return found if trained is None else {**found, "held back": trained}


def weights_path(card: Path) -> Path:
    """The weights file that belongs to a card."""
    return card.with_name(card.name.removesuffix(CARD_SUFFIX) + ".safetensors")


def read_card(path: Path) -> dict[str, Any]:
    """The checked card at ``path``; raises EngineError with one sentence on anything wrong."""
    try:
        card = read_json(path, _CARD_LIMIT)
    except NotPlainError as error:
        raise EngineError(f"{path.name} is no file; put the model card itself in its place.") from error
    except OSError as error:
        raise EngineError(f"The model card {path} cannot be read ({error.strerror or error}); put it there.") from error
    except ValueError as error:
        raise EngineError(
            f"The model card {path.name} is not valid JSON ({error}); fetch or write it again."
        ) from error
    return check_card(card, path.name)


def check_card(card: object, where: str) -> dict[str, Any]:
    """``card`` in the present format when it holds what an engine needs, else EngineError; ``where`` names it."""
    if not isinstance(card, dict):
        raise EngineError(f"{where}: a model card is a JSON object; fetch or write it again.")
    if card.get("format", CARD_FORMAT) not in range(1, CARD_FORMAT + 1):
        raise EngineError(
            f"{where}: card format {card['format']!r} is not known to this version ({CARD_FORMAT}); update KaryoView."
        )
    for key, kind in _REQUIRED.items():
        if not isinstance(card.get(key), kind) or (kind is not bool and isinstance(card[key], bool)):
            raise EngineError(f"{where}: the card's {key!r} is missing or of the wrong type; add it to the card.")
    for key in _OBJECTS:
        if not isinstance(card.get(key, {}), dict):
            raise EngineError(f"{where}: the card's {key!r} is no JSON object; mend or remove it.")
    _check_weights(card["weights"], where)
    differences = card.get(DIFFERENCES, [])
    if not isinstance(differences, list) or not all(isinstance(each, str) and each.strip() for each in differences):
        raise EngineError(f"{where}: the card's {DIFFERENCES!r} is not a list of sentences; mend or remove it.")
    classes = tuple(card["classes"])
    if classes not in (ONE_CLASS, CLASS_NAMES):
        raise EngineError(
            f"{where}: the class list has {len(classes)} entries and is neither the 24 classes in order "
            f"nor ('chromosome',); these weights were trained for something else."
        )
    if not 0.0 <= float(card["operating_threshold"]) <= 1.0:
        raise EngineError(f"{where}: operating_threshold must lie in 0 to 1, got {card['operating_threshold']}.")
    return _upgraded(card)


def _check_weights(entry: Mapping[str, Any], where: str) -> None:
    """EngineError where what the card says of its files has other kinds of values, or names a file elsewhere."""
    trunk = entry.get("trunk") or {}
    if not isinstance(trunk, dict):
        raise EngineError(f"{where}: the card's trunk is no JSON object; fetch the card again.")
    for key, value in (*entry.items(), *trunk.items()):
        if key in (*_WEIGHTS_TEXTS, "prefix") and not isinstance(value, str):
            raise EngineError(f"{where}: {key!r} of the card's weights is no text; fetch the card again.")
    graphs = entry.get("graphs") or {}
    if not isinstance(graphs, dict) or not all(isinstance(digest, str) for digest in graphs.values()):
        raise EngineError(f"{where}: the graphs of the card's weights are no texts; fetch the card again.")
    file = trunk.get("file", "trunk-")
    if Path(file).name != file or "\x00" in file or not file.startswith("trunk-"):
        raise EngineError(f"{where}: the trunk {file!r} must be a file trunk-….safetensors beside the card.")


def _upgraded(card: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(config := card.get("config"), dict):
        return {**card, "format": CARD_FORMAT}
    renamed = {_RENAMED_SETTINGS.get(name, name): value for name, value in config.items()}
    return {**card, "format": CARD_FORMAT, "config": renamed}


def info_from_card(card: Mapping[str, Any], name: str) -> EngineInfo:
    """The EngineInfo that a checked card describes."""
    return EngineInfo(
        name=name,
        title=str(card.get("title") or card["engine"]),
        classes=tuple(card["classes"]),
        rotated=bool(card["rotated"]),
        weights_hash=str(card["weights"].get("hash", "")),
        operating_threshold=float(card["operating_threshold"]),
        card=MappingProxyType(dict(card)),
    )


def sha256_of_file(path: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def combined_hash(main: str, trunk: str | None) -> str:
    """The one hash that names what an engine computes with: its own file and the trunk it shares."""
    return hashlib.sha256(f"{main}:{trunk or ''}".encode()).hexdigest()

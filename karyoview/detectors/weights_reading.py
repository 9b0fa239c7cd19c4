"""Weights and their card as they are read, whoever computes with them; the tensors as arrays. Without torch.

How weights are stored is said in detectors.weights, which writes them and reads them as tensors of torch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from karyoview.detectors.cards import card_path, combined_hash, info_from_card, read_card, sha256_of_file
from karyoview.detectors.folders import weights_folders
from karyoview.detectors.protocol import EngineError, EngineInfo

SCALE: Final = "::scale"
"""What is added to the name of a tensor in 8 bits for that of its scales."""
_RENAMED_NETWORKS: Final = {"namer": "classifier", "neighbours": "learned_nms", "context": "cell_context"}
_RENAMED_PARTS: Final[Mapping[str, Mapping[str, str]]] = {
    "learned_nms": {
        "seen": "feature_in", "place": "box_in", "rounds": "blocks", "decide": "score_out", "trust": "score_scale",
        "own": "target_in", "other": "source_in", "between": "pair_in", "change": "update",
    },
    "cell_context": {
        "own": "node_in", "named": "class_in", "seen": "embedding_in", "felt": "roi_in", "end": "norm",
        "whole": "score_out", "name": "class_out", "before": "norm1", "after": "norm2", "ask": "qkv",
        "give": "out_proj", "bias": "edge_bias", "said": "edge_in", "take": "edge_out", "think": "mlp",
    },
}  # fmt: skip

Array = npt.NDArray[Any]
AnyTensor = TypeVar("AnyTensor")


@dataclass(frozen=True, slots=True)
class StoredWeights(Generic[AnyTensor]):
    """Tensors (fp32, on the CPU) with their checked card; what an engine's factory is given."""

    card: Mapping[str, Any]
    tensors: Mapping[str, AnyTensor]
    hash: str
    path: Path

    @property
    def name(self) -> str:
        return self.path.name.removesuffix(".safetensors")

    @property
    def info(self) -> EngineInfo:
        return info_from_card(self.card, self.name)


ArrayWeights = StoredWeights[Array]


def load_arrays(path: Path) -> ArrayWeights:
    """Arrays and card of an engine; raises EngineError when card, hash or content do not fit."""
    return StoredWeights(*read_parts(path, _read_arrays), path)


def read_parts(
    path: Path, read: Callable[[Path], dict[str, AnyTensor]]
) -> tuple[dict[str, Any], dict[str, AnyTensor], str]:
    """Card, tensors and hash of an engine, its trunk's among them; ``read`` reads the tensors of one file.

    Raises EngineError when card, hash or content do not fit.
    """
    card = read_card(card_path(path))
    entry = card["weights"]
    tensors, main = read_checked(path, entry.get("sha256"), read)
    trunk_hash: str | None = None
    if trunk := entry.get("trunk"):
        shared, trunk_hash = read_checked(trunk_of(path, trunk.get("file", "trunk-")), trunk.get("sha256"), read)
        prefix = str(trunk.get("prefix", ""))
        tensors = {**{prefix + k: v for k, v in shared.items()}, **tensors}
    total = combined_hash(main, trunk_hash)
    if entry.get("hash") not in (None, "", total):
        raise EngineError(
            f"{path.name}: the card's hash does not match the files; they are not of one training, fetch them again."
        )
    card["weights"]["hash"] = total
    return card, tensors, total


def read_checked(
    path: Path, sha256: str | None, read: Callable[[Path], dict[str, AnyTensor]]
) -> tuple[dict[str, AnyTensor], str]:
    """The tensors of one file as ``read`` reads them, and its SHA-256; EngineError where it is not the one expected."""
    from safetensors import SafetensorError  # whoever only lists engines reads no weights

    try:
        found = sha256_of_file(path)
        if sha256 and found != sha256:
            raise EngineError(
                f"{path.name} is not the file that its card describes "
                f"(SHA-256 {found[:12]}… instead of {sha256[:12]}…); fetch it again."
            )
        return read(path), found
    except OSError as error:
        raise EngineError(
            f"The weights file {path} cannot be read ({error.strerror or error}); put it there."
        ) from error
    except SafetensorError as error:
        raise EngineError(f"{path.name} is damaged or no safetensors file ({error}); fetch it again.") from error


def trunk_of(path: Path, file: str) -> Path:
    """The trunk beside the weights, else in any weights folder: a laboratory's heads may use a shipped trunk."""
    beside = path.with_name(file)
    if beside.is_file():
        return beside
    return next((f / file for f in weights_folders() if (f / file).is_file()), beside)


def current_name(name: str) -> str:
    """The present name of a tensor, from the one that cards of format 1 (or the present one) gave it."""
    network, *parts = name.split(".")
    network = _RENAMED_NETWORKS.get(network, network)
    if not (renamed := _RENAMED_PARTS.get(network)) or not parts:
        return ".".join([network, *parts])
    *modules, parameter = parts
    if not modules:  # deeper down the last part is weight or bias
        parameter = renamed.get(parameter, parameter)
    return ".".join([network, *(renamed.get(part, part) for part in modules), parameter])


def _read_arrays(path: Path) -> dict[str, Array]:
    from safetensors.numpy import load_file

    stored = load_file(path)
    arrays: dict[str, Array] = {}
    for name, value in stored.items():
        if name.endswith(SCALE):
            continue
        scale = stored.get(name + SCALE)
        if scale is not None:
            value = value.astype(np.float32) * scale.reshape(-1, *([1] * (value.ndim - 1)))
        elif np.issubdtype(value.dtype, np.floating):
            value = value.astype(np.float32)
        arrays[current_name(name)] = value
    return arrays

"""Weights on disk: safetensors in half precision or 8 bit per channel, with a card; nothing is unpickled.

Matrices and kernels are stored as fp16, or as int8 with one scale for each output channel (a tensor
``<name>::scale``); vectors (biases, batch-norm statistics) stay as they are. Everything comes back
as fp32. A trunk that several engines share lies once in ``trunk-<hash>.safetensors``, named by its
content, and each card says under which prefix its engine uses it.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import torch
from safetensors.torch import load_file, save
from torch import Tensor, nn

from karyoview.detectors.cards import (
    CARD_FORMAT,
    card_path,
    check_card,
    combined_hash,
    sha256_of_file,
)
from karyoview.detectors.folders import weights_folders
from karyoview.detectors.protocol import EngineError
from karyoview.detectors.weights_reading import SCALE, StoredWeights, current_name, read_checked, read_parts

Precision = Literal["fp32", "fp16", "int8"]

_FP16_MAX: Final = 65504.0


@dataclass(frozen=True, slots=True)
class LoadedWeights(StoredWeights[Tensor]):
    """Weights as tensors, which fill the networks of torch; see StoredWeights."""

    tensors: Mapping[str, Tensor]

    def load_into(self, model: nn.Module, prefix: str = "") -> None:
        """Copy the tensors whose names start with ``prefix`` (taken off) into ``model``.

        Every parameter and buffer must be given and of the right shape; else EngineError names the first.
        """
        part = {k.removeprefix(prefix): v for k, v in self.tensors.items() if k.startswith(prefix)}
        check_shapes(model, part, self.path.name)
        model.load_state_dict(part)


def read_tensors(path: Path) -> dict[str, Tensor]:
    """The tensors of one file, expanded to fp32, whatever card it has; EngineError when it cannot be read."""
    return read_checked(path, None, _read)[0]


def find_trunks() -> list[Path]:
    """Trunks in the weights folders: a start for a laboratory without ImageNet weights."""
    return [path for folder in weights_folders() for path in sorted(folder.glob("trunk-*.safetensors"))]


def check_shapes(model: nn.Module, tensors: Mapping[str, Tensor], where: str) -> None:
    """EngineError naming the first missing, surplus or misshapen tensor; ``where`` names the file."""
    expected = model.state_dict()
    if missing := sorted(expected.keys() - tensors.keys()):
        raise EngineError(
            f"{where}: {len(missing)} tensors are missing, first {missing[0]!r}; the weights are of another network."
        )
    if surplus := sorted(tensors.keys() - expected.keys()):
        raise EngineError(
            f"{where}: {len(surplus)} tensors have no place, first {surplus[0]!r}; the weights are of another network."
        )
    for name, tensor in tensors.items():
        if tensor.shape != expected[name].shape:
            raise EngineError(
                f"{where}: {name!r} has shape {tuple(tensor.shape)} where the network has "
                f"{tuple(expected[name].shape)}; the card's config does not fit these weights."
            )


def load_weights(path: Path) -> LoadedWeights:
    """Tensors and card of an engine; raises EngineError when card, hash or content do not fit."""
    return LoadedWeights(*read_parts(path, _read), path)


def save_weights(
    path: Path,
    tensors: Mapping[str, Tensor],
    card: Mapping[str, Any],
    *,
    precision: Precision = "fp16",
    trunk_prefix: str | None = None,
) -> Path:
    """Write ``path`` (``<name>.safetensors``), its card and, with ``trunk_prefix``, the shared trunk.

    Tensors whose names start with ``trunk_prefix`` go to ``trunk-<hash>.safetensors`` in the same
    folder, which is written only where it is not yet there. ``card`` needs engine, classes, rotated
    and operating_threshold; the rest of ``weights`` is filled in here. Returns ``path``.
    """
    path = Path(path)
    if path.suffix != ".safetensors":
        raise EngineError(f"{path.name}: weights are saved as .safetensors.")
    if bad := [k for k, v in tensors.items() if v.is_floating_point() and not bool(torch.isfinite(v).all())]:
        raise EngineError(
            f"{path.name}: {bad[0]!r} holds values that are not finite, so nothing was saved; "
            f"go back to an earlier checkpoint."
        )
    own = dict(tensors)
    entry: dict[str, Any] = {"file": path.name, "precision": precision, "trunk": None}
    if trunk_prefix is not None:
        shared = {k.removeprefix(trunk_prefix): own.pop(k) for k in list(own) if k.startswith(trunk_prefix)}
        if not shared:
            raise EngineError(f"{path.name}: no tensor starts with {trunk_prefix!r}, so there is no trunk to share.")
        trunk_path, trunk_sha = _write_trunk(path.parent, shared, precision)
        entry["trunk"] = {"file": trunk_path.name, "sha256": trunk_sha, "prefix": trunk_prefix}
    complete = check_card({**card, "format": CARD_FORMAT, "weights": entry}, card_path(path).name)
    _write(path, save(_pack(own, precision), metadata={"precision": precision}))
    entry["sha256"] = sha256_of_file(path)
    entry["hash"] = combined_hash(entry["sha256"], entry["trunk"]["sha256"] if entry["trunk"] else None)
    _write(card_path(path), json.dumps(complete, indent=2, ensure_ascii=False).encode() + b"\n")
    return path


def _pack(tensors: Mapping[str, Tensor], precision: Precision) -> dict[str, Tensor]:
    packed: dict[str, Tensor] = {}
    for name, tensor in sorted(tensors.items()):
        value = tensor.detach().cpu().contiguous()
        if not value.is_floating_point() or value.ndim < 2 or precision == "fp32":
            packed[name] = value.clone()
        elif precision == "int8" and value.shape[0] < value.numel():
            flat = value.float().flatten(1)
            scale = (flat.abs().amax(1) / 127).clamp(min=1e-12)
            packed[name] = (flat / scale[:, None]).round().clamp(-127, 127).to(torch.int8).view(value.shape)
            packed[name + SCALE] = scale
        else:
            packed[name] = value.clone() if float(value.abs().max()) > _FP16_MAX else value.half()
    return packed


def _expand(stored: Mapping[str, Tensor]) -> dict[str, Tensor]:
    tensors: dict[str, Tensor] = {}
    for name, value in stored.items():
        if name.endswith(SCALE):
            continue
        scale = stored.get(name + SCALE)
        if scale is not None:
            tensors[current_name(name)] = value.float() * scale.view(-1, *([1] * (value.ndim - 1)))
        else:
            tensors[current_name(name)] = value.float() if value.is_floating_point() else value
    return tensors


def _read(path: Path) -> dict[str, Tensor]:
    return _expand(load_file(path))


def _write_trunk(folder: Path, shared: Mapping[str, Tensor], precision: Precision) -> tuple[Path, str]:
    data = save(_pack(shared, precision), metadata={"precision": precision})
    digest = hashlib.sha256(data).hexdigest()
    path = folder / f"trunk-{digest[:12]}.safetensors"
    if not path.is_file() or sha256_of_file(path) != digest:
        _write(path, data)
    return path, digest


def _write(path: Path, data: bytes) -> None:
    """Write whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise

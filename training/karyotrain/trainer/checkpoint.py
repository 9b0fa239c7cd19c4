"""Checkpoints: one safetensors file with everything a run needs to go on; nothing is pickled.

``last.safetensors`` holds the model, its moving average, the optimiser's moments and the random
states, and in its metadata the progress as JSON: one file, replaced whole, so that a kill at any
moment leaves the old state or the new one. ``last.json`` beside it is a copy for people to read.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from karyoview.core.checked_json import parse_json
from karyoview.core.errors import KaryoViewError

LAST: Final = "last.safetensors"
SMALL: Final = "small.safetensors"
READABLE: Final = "last.json"
_STATE: Final = "karyotrain"


class CheckpointError(KaryoViewError):
    """A checkpoint that cannot be read, or is of another run."""


def save_checkpoint(
    folder: Path,
    model: nn.Module,
    optimiser: torch.optim.Optimizer,
    state: Mapping[str, Any],
    average: nn.Module | None = None,
) -> Path:
    """Write the whole state of a run; ``state`` is JSON-able progress. Returns the file."""
    tensors = {f"model.{k}": v for k, v in model.state_dict().items()}
    if average is not None:
        tensors |= {f"average.{k}": v for k, v in average.state_dict().items()}
    tensors |= dict(_moments(model, optimiser))
    tensors["random.cpu"] = torch.get_rng_state()
    if torch.cuda.is_available() and torch.cuda.is_initialized():
        tensors["random.cuda"] = torch.cuda.get_rng_state()
    _replace(folder / LAST, tensors, json.dumps(state))
    write_json(folder / READABLE, state)
    return folder / LAST


def load_checkpoint(
    folder: Path, model: nn.Module, optimiser: torch.optim.Optimizer, average: nn.Module | None = None
) -> dict[str, Any]:
    """Put the state of ``folder`` back into these; → the progress. CheckpointError when it does not fit."""
    path = folder / LAST
    state = read_state(path)
    try:
        tensors = load_file(path)
        model.load_state_dict(_part(tensors, "model."))
        if average is not None:  # one that has not begun is not stored, and begins at the model
            average.load_state_dict(_part(tensors, "average.") or _part(tensors, "model."))
        named = dict(model.named_parameters())
        for key, value in _part(tensors, "moment.").items():
            name, _, kind = key.rpartition("|")
            own = value if kind == "step" else value.to(named[name].device, copy=True)
            optimiser.state[named[name]][kind] = own
    except (RuntimeError, KeyError) as error:
        reason = str(error).splitlines()[0]
        raise CheckpointError(f"{path} is of another network or recipe ({reason}); use another folder.") from error
    torch.set_rng_state(tensors["random.cpu"])
    if "random.cuda" in tensors and torch.cuda.is_available():
        torch.cuda.set_rng_state(tensors["random.cuda"])
    return state


def read_state(path: Path) -> dict[str, Any]:
    """The progress in a checkpoint; CheckpointError when the file is none."""
    try:
        with safe_open(str(path), "pt") as stored:
            text = (stored.metadata() or {}).get(_STATE)
    except (OSError, SafetensorError) as error:
        raise CheckpointError(f"{path} cannot be read as a checkpoint ({error}); delete it to start afresh.") from error
    if text is None:
        raise CheckpointError(
            f"{path} is no checkpoint of a training run of this version; begin from its weights in another folder "
            f"(--start {path.name}), or choose another file."
        )
    try:
        state = parse_json(text)
    except ValueError as error:
        raise CheckpointError(f"{path}: its progress cannot be read ({error}); delete it to start afresh.") from error
    if not isinstance(state, dict):
        raise CheckpointError(f"{path}: its progress is no JSON object; delete it to start afresh.")
    return state


def save_small(path: Path, model: nn.Module, state: Mapping[str, Any]) -> Path:
    """Only the network, in half precision: small enough to be kept with a project and to go on elsewhere."""
    tensors = {k: v.half() if v.is_floating_point() and v.ndim > 1 else v for k, v in model.state_dict().items()}
    _replace(path, tensors, json.dumps(state))
    return path


def read_network(path: Path) -> dict[str, Tensor]:
    """The network in a checkpoint, the moving average where there is one, or the tensors of a weights file."""
    try:
        tensors = load_file(path)
    except (OSError, SafetensorError) as error:
        raise CheckpointError(f"{path} cannot be read ({error}); give a safetensors file.") from error
    return _part(tensors, "average.") or _part(tensors, "model.") or tensors


def load_start(path: Path, model: nn.Module) -> dict[str, int]:
    """Begin from the weights in ``path`` (small or full checkpoint, or an engine's weights file).

    Tensors are taken where name and shape agree: a head of another width starts afresh. → how many
    tensors were taken and how many the model has. CheckpointError when none fits.
    """
    tensors = read_network(path)
    tensors = {k: _expanded(k, v, tensors) for k, v in tensors.items() if not k.endswith("::scale")}
    own = model.state_dict()
    fitting = {k: v.to(own[k].dtype) for k, v in tensors.items() if k in own and own[k].shape == v.shape}
    if not fitting:
        raise CheckpointError(f"{path}: none of its tensors fits this network; it is of another engine.")
    model.load_state_dict(fitting, strict=False)
    return {"taken": len(fitting), "of": len(own)}


def begin_from(path: Path, model: nn.Module) -> str:
    """As :func:`load_start`; → a sentence on what was taken."""
    taken = load_start(path, model)
    return f"from {path.name} ({taken['taken']} of {taken['of']} tensors)"


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """A small JSON file, for people too; written whole or not at all."""
    temporary = path.with_suffix(f"{path.suffix}.tmp")
    temporary.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    os.replace(temporary, path)


def _expanded(name: str, value: Tensor, tensors: Mapping[str, Tensor]) -> Tensor:
    scale = tensors.get(f"{name}::scale")
    return value if scale is None else value.float() * scale.view(-1, *([1] * (value.ndim - 1)))


def _moments(model: nn.Module, optimiser: torch.optim.Optimizer) -> Iterator[tuple[str, Tensor]]:
    names = {id(p): n for n, p in model.named_parameters()}
    for group in optimiser.param_groups:
        for parameter in group["params"]:
            for key, value in optimiser.state.get(parameter, {}).items():
                if isinstance(value, Tensor):
                    yield f"moment.{names[id(parameter)]}|{key}", value


def _part(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}


def _replace(path: Path, tensors: Mapping[str, Tensor], state: str) -> None:
    """Write beside, force to disk, rename: the file is whole whenever it is there."""
    own = {k: v.detach().cpu().contiguous().clone() for k, v in tensors.items()}
    temporary = path.with_suffix(".tmp")
    try:
        save_file(own, str(temporary), metadata={_STATE: state})
        with open(temporary, "rb+") as stream:
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    except SafetensorError as error:
        raise CheckpointError(f"{path} cannot be written ({error}); make room on the disk and go on.") from error
    finally:
        temporary.unlink(missing_ok=True)

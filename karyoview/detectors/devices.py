"""Which device an engine runs on, and whether bf16 is worth using there."""

from __future__ import annotations

import contextlib

import torch

from karyoview.detectors.protocol import EngineError


def choose_device(name: str) -> torch.device:
    """The device for ``auto``, ``cpu``, ``cuda`` or ``cuda:N``; raises EngineError when it is not there."""
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise EngineError(f"{name!r} is no device; use auto, cpu, cuda or cuda:N.") from error
    if device.type not in ("cpu", "cuda"):
        raise EngineError(f"The device {name!r} is not supported; use auto, cpu, cuda or cuda:N.")
    if device.type == "cuda" and not torch.cuda.is_available():
        raise EngineError(
            f"The device {name!r} was asked for, but no CUDA graphics card is usable here; use cpu or auto."
        )
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise EngineError(f"There is no {name!r}: {torch.cuda.device_count()} CUDA device(s) are present.")
    return device


def has_fast_bf16(device: torch.device) -> bool:
    """Whether the device computes in bf16 faster than in fp32 (AVX512-BF16 or AMX, or a recent GPU)."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())


def autocast(device: torch.device, precision: str) -> contextlib.AbstractContextManager[object]:
    """The context for ``precision``: ``fp32`` nothing, ``bf16`` autocast where the device is fast at it.

    Elsewhere ``bf16`` is quietly fp32: the result is then better, only slower.
    """
    if precision not in ("fp32", "bf16"):
        raise EngineError(f"precision must be fp32 or bf16, got {precision!r}.")
    if precision == "fp32" or not has_fast_bf16(device):
        return contextlib.nullcontext()
    return torch.autocast(device.type, dtype=torch.bfloat16)


def device_summary() -> str:
    """The device that ``auto`` means here, as ``cuda: NVIDIA A100, 80 GB`` or ``cpu: 8 threads, bf16``."""
    device = choose_device("auto")
    if device.type == "cuda":
        about = torch.cuda.get_device_properties(device)
        return f"cuda: {about.name}, {about.total_memory / 2**30:.0f} GB"
    return f"cpu: {torch.get_num_threads()} threads{', fast bf16' if has_fast_bf16(device) else ''}"

"""What a network at rest saw of a picture, kept on disk: looking takes seconds, and is done once."""

from __future__ import annotations

import hashlib
from pathlib import Path

import torch
from safetensors.torch import load, save
from torch import Tensor, nn

from karyoview.io.atomic import write_atomic


class TensorCache:
    """Named tensors of pictures in one file each; several processes may fill the same ``folder``.

    Other weights of ``network``, or another ``rule`` by which it reads pictures, keep what they see elsewhere in it.
    """

    def __init__(self, folder: Path, network: nn.Module, rule: str = "") -> None:
        digest = hashlib.sha256(rule.encode())
        for name, tensor in network.state_dict().items():
            digest.update(name.encode() + tensor.float().cpu().numpy().tobytes())
        self.folder = folder / digest.hexdigest()[:12]
        self.folder.mkdir(parents=True, exist_ok=True)

    def path(self, *seen: bytes) -> Path:
        """The file of what is known by these bytes: pixels, shape, and how they are looked at."""
        return self.folder / f"{hashlib.sha256(b''.join(seen)).hexdigest()[:24]}.safetensors"

    def write(self, path: Path, tensors: dict[str, Tensor]) -> None:
        """Keep tensors, whole or not at all."""
        write_atomic(path, save({name: tensor.cpu().contiguous() for name, tensor in tensors.items()}))

    def read(self, path: Path, device: torch.device | str = "cpu") -> dict[str, Tensor]:
        """Kept tensors in float32."""
        return {name: tensor.to(device).float() for name, tensor in load(path.read_bytes()).items()}

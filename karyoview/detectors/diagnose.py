"""What a person needs to know about this machine and its engines; loads no weights."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from karyoview.core.errors import KaryoViewError
from karyoview.detectors.cards import card_path, read_card, sha256_of_file
from karyoview.detectors.graphs import threads_to_use, torch_installed
from karyoview.detectors.onnx_runtime import runtime_installed
from karyoview.detectors.registry import find_engines


def device_summary() -> str:
    """The device that ``auto`` means here, as ``cuda: NVIDIA A100, 80 GB`` or ``cpu: 8 threads, bf16``."""
    if torch_installed():
        return str(import_module("karyoview.detectors.devices").device_summary())
    runtime = "ONNX Runtime" if runtime_installed() else "no runtime of engines; run: pip install karyoview"
    return f"cpu: {threads_to_use()} threads, {runtime} (no PyTorch, so nothing can be trained)"


def check_weights() -> tuple[list[tuple[str, Path, str]], list[str]]:
    """(name, file, SHA-256) of every engine's files, and a sentence for each file that is not what its card says."""
    found, problems = find_engines()
    files = []
    for name, path in found.items():
        try:
            weights = read_card(card_path(path))["weights"]
            parts = [(path, weights.get("sha256"))]
            if trunk := weights.get("trunk"):
                parts.append((path.with_name(Path(str(trunk["file"])).name), trunk.get("sha256")))
            for part, expected in parts:
                digest = sha256_of_file(part)
                files.append((name, part, digest))
                if expected and digest != expected:
                    problems.append(f"{part} is not the file its card describes (SHA-256 differs); fetch it again.")
        except OSError as error:
            problems.append(f"{name}: {error.filename or path} cannot be read ({error.strerror}); fetch it again.")
        except (KaryoViewError, KeyError, TypeError) as error:
            problems.append(f"{name}: {error}")
    return files, problems

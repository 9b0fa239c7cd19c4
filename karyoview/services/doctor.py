"""Is this installation in order? Versions, device, weights and folders, each with what to do about a problem."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Final

import platformdirs

from karyoview import __version__

PACKAGES: Final = (
    "PySide6-Essentials", "pyqtgraph", "numpy", "scipy", "opencv-python-headless",
    "scikit-image", "shapely", "tifffile", "imagecodecs", "pillow", "safetensors", "msgspec", "SQLAlchemy",
    "onnxruntime",
)  # fmt: skip
EXTRAS: Final = {
    "torch": "full", "torchvision": "full", "onnx": "full", "openvino": "cpu", "pydicom": "dicom", "pg8000": "postgres",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the diagnosis; ``problem`` says what is wrong and what to do, empty when all is well."""

    topic: str
    value: str
    problem: str = ""


def examine() -> Iterator[Finding]:
    """Every finding but the window's, which needs a process of its own."""
    yield Finding("KaryoView", __version__)
    yield _python()
    yield Finding("System", f"{platform.platform()}, {os.cpu_count()} cores")
    yield from _packages()
    yield from _resources()
    yield _device()
    yield from _weights()
    yield from _folders()


def _python() -> Finding:
    fits = (3, 11) <= sys.version_info < (3, 14)
    return Finding("Python", platform.python_version(), "" if fits else "KaryoView needs Python 3.11, 3.12 or 3.13.")


def _packages() -> Iterator[Finding]:
    for name in PACKAGES:
        try:
            yield Finding(name, version(name))
        except PackageNotFoundError:
            yield Finding(name, "missing", "It is not installed; run: pip install --upgrade karyoview")
    for name, extra in EXTRAS.items():
        try:
            yield Finding(name, version(name))
        except PackageNotFoundError:
            yield Finding(name, f"not installed (optional: pip install 'karyoview[{extra}]')")
    try:
        yield Finding("opencv-python", version("opencv-python"), _TWO_OPENCVS)
    except PackageNotFoundError:
        return


_TWO_OPENCVS: Final = (
    "It clashes with opencv-python-headless over Qt; run: pip uninstall opencv-python, then install KaryoView again."
)


def _resources() -> Iterator[Finding]:
    from karyoview._resources import resource

    try:
        yield Finding("Resources", str(resource()))
    except FileNotFoundError as error:
        yield Finding("Resources", "missing", str(error))


def _device() -> Finding:
    try:
        from karyoview.detectors.diagnose import device_summary

        return Finding("Device", device_summary())
    except Exception as error:
        problem = f"What computes the engines does not start ({error}); install KaryoView again in a new venv."
        return Finding("Device", "unknown", problem)


def _weights() -> Iterator[Finding]:
    try:
        from karyoview.detectors.diagnose import check_weights
        from karyoview.detectors.folders import weights_folders

        files, problems = check_weights()
    except FileNotFoundError as error:
        yield Finding("Weights", "unknown", str(error))
        return
    for name, path, digest in files:
        yield Finding(f"Weights {name}", f"{path} {digest}")
    for problem in problems:
        yield Finding("Weights", "unusable", problem)
    if not files:
        places = " or ".join(str(folder) for folder in weights_folders())
        yield Finding(
            "Weights", "none", f"No engine can be used; train one, or put its weights and card into {places}."
        )


def _folders() -> Iterator[Finding]:
    dirs = {
        "Settings": platformdirs.user_config_path("KaryoView", appauthor=False),
        "User data": platformdirs.user_data_path("KaryoView", appauthor=False),
        "Logs": platformdirs.user_log_path("KaryoView", appauthor=False),
    }
    for topic, folder in dirs.items():
        nearest = next(p for p in (folder, *folder.parents) if p.exists())
        if nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK):
            yield Finding(topic, str(folder))
        else:
            yield Finding(topic, str(folder), f"{nearest} is not writable for you; ask for write access to it.")

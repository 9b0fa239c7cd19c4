"""ONNX Runtime, imported so that it reports nothing: its published builds send events to their maker by default."""

from __future__ import annotations

import importlib
import importlib.util
import os
from collections.abc import Mapping
from typing import Any

import numpy.typing as npt


def runtime_installed() -> bool:
    """Whether ONNX Runtime, which runs exported networks, is installed here."""
    return importlib.util.find_spec("onnxruntime") is not None


def onnxruntime() -> Any:
    """The module, without events, uploader and the identifier that it would keep in the user's cache.

    Raises ImportError where it is not installed.
    """
    # read once, when the library is loaded; its functions for the same come after a first event
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    return importlib.import_module("onnxruntime")


def session(path: str, threads: int, tensors: Mapping[str, npt.NDArray[Any]] | None = None) -> Any:
    """An InferenceSession of the network in the file ``path``, each run of which may use ``threads``.

    ``tensors`` are the numbers that the file lacks and asks for by name; they must live as long as the session, which
    does not copy them.
    """
    runtime = onnxruntime()
    options = runtime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    # spinning threads would take the window's core between two runs
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    if tensors:
        values = [runtime.OrtValue.ortvalue_from_numpy(array) for array in tensors.values()]
        options.add_external_initializers(list(tensors), values)
    return runtime.InferenceSession(path, options, providers=["CPUExecutionProvider"])

"""A faster runtime on processors: OpenVINO in f32, else ONNX Runtime, where the extra ``cpu`` is installed.

Only parts without control flow are handed over (trunk and pyramid, the proposal head, the
classifier); proposals, suppression and everything after stay as they are. A handed-over part is checked
against the eager one before it is used; where anything fails the eager one stays, and a sentence says
so. Where the processor computes bf16 fast and bf16 is asked for, eager is as fast and nothing is done.
"""

from __future__ import annotations

import hashlib
import importlib.util
import logging
import os
import shutil
import sys
import tempfile
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor, nn

from karyoview import __version__
from karyoview.detectors.devices import has_fast_bf16
from karyoview.detectors.nets.classifier import ChromosomeClassifier
from karyoview.detectors.nets.finder import Finder
from karyoview.detectors.onnx_runtime import session

RUNTIMES: Final = ("openvino", "onnxruntime")
_TITLES: Final = {"openvino": "OpenVINO", "onnxruntime": "ONNX Runtime"}
_TELEMETRY: Final = "openvino_telemetry"
_TOLERANCE: Final = 1e-3
"""Largest difference from eager, as a share of the largest value: f32 in another order of sums."""

Call = Callable[[Tensor], tuple[Tensor, ...]]
_log = logging.getLogger(__name__)


class RuntimeFailed(Exception):  # noqa: N818 (a reason to go on without, not an error)
    """A runtime could not take a part over; the message says why in a few words."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """What runs the networks: ``name`` eager, openvino or onnxruntime; ``note`` a sentence where one failed."""

    name: str = "eager"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a network with one tensor in and a tuple of tensors out.

    ``example`` is an input; the axes ``free`` of it may have other sizes later. ``name`` marks it in the cache.
    """

    name: str
    module: nn.Module
    example: Tensor
    free: tuple[int, ...]


class _Maps(nn.Module):
    """The finder's trunk and pyramid: grey images to the one map."""

    mean: Tensor

    def __init__(self, finder: Finder) -> None:
        super().__init__()
        self.backbone = finder.backbone
        self.register_buffer("mean", finder.mean, persistent=False)

    def forward(self, images: Tensor) -> tuple[Tensor]:
        return (self.backbone(images.expand(-1, 3, -1, -1) - self.mean)["0"],)


class _Proposals(nn.Module):
    """The proposal head on one map: objectness and deltas."""

    def __init__(self, head: Any) -> None:
        super().__init__()
        self.conv, self.cls_logits, self.bbox_pred = head.conv, head.cls_logits, head.bbox_pred

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor]:
        hidden = self.conv(features)
        return self.cls_logits(hidden), self.bbox_pred(hidden)


def worth_it(device: torch.device, precision: str) -> bool:
    """Whether a runtime could be faster than eager: on a processor that is not asked for, or not fast at, bf16."""
    return device.type == "cpu" and not (precision == "bf16" and has_fast_bf16(device))


def installed() -> tuple[str, ...]:
    """The runtimes that are installed here, the preferred one first."""
    return tuple(name for name in RUNTIMES if importlib.util.find_spec(name) is not None)


def compile_backends(
    finder: Finder, classifier: ChromosomeClassifier, device: torch.device, precision: str, weights_hash: str
) -> Runtime:
    """Hand the default engine's networks over to the fastest installed runtime; both must be loaded and in eval.

    They keep their interfaces. ``weights_hash`` names the weights in the cache of converted networks; without
    one (weights that are still being trained) nothing is converted.
    Never raises: what fails is told in the result's note, and the networks stay eager.
    """
    names = installed()
    if not weights_hash or not names or not worth_it(device, precision):
        return Runtime()
    head = finder.rpn.head
    parts = [
        Part("maps", _Maps(finder), torch.full((1, 1, 96, 128), 200.0), (2, 3)),
        Part(
            "proposals",
            _Proposals(head),
            torch.zeros(1, head.conv[0][0].in_channels, 12, 16),
            (2, 3),
        ),
        Part("classes", classifier, torch.zeros(2, 2, 192, 32), (0,)),
    ]
    runtime, calls = take_over(parts, weights_hash, names)
    if calls:
        maps, proposals, classes = calls
        # attributes of the objects, not the classes: others of the same class stay eager
        finder.__dict__["features"] = lambda images: maps(images)[0]
        head.__dict__["forward"] = lambda features: tuple(map(list, zip(*map(proposals, features), strict=True)))
        classifier.__dict__["forward"] = classes
    return runtime


def take_over(
    parts: Sequence[Part], weights_hash: str, names: Sequence[str] | None = None
) -> tuple[Runtime, list[Call]]:
    """The parts in the first runtime that takes them all; no calls where none does, with the reason as note."""
    failed: list[str] = []
    for name in installed() if names is None else names:
        try:
            calls = [_checked(_COMPILERS[name](part, weights_hash), part) for part in parts]
            note = " ".join(failed) + f" {_TITLES[name]} is used instead." if failed else ""
            return Runtime(name, note), calls
        except Exception as error:  # whatever a foreign library raises must not stop an engine
            reason = str(error).strip().splitlines()[0][:160] if str(error).strip() else type(error).__name__
            _log.warning("%s cannot be used: %s", _TITLES[name], reason)
            failed.append(f"{_TITLES[name]} cannot run these networks here ({reason}).")
    return Runtime("eager", " ".join([*failed, "They run as without it, only slower."]) if failed else ""), []


def _checked(call: Call, part: Part) -> Call:
    """The call, once it gave what the eager part gives for the example and for another size of it."""
    repeats = [3 if axis in part.free else 1 for axis in range(part.example.ndim)]
    generator = torch.Generator().manual_seed(0)
    for example in (part.example, part.example.repeat(repeats)):
        noisy = example + torch.rand(example.shape, generator=generator)
        with torch.inference_mode():
            found, references = call(noisy), part.module(noisy)
        for got, reference in zip(found, references, strict=True):
            if got.shape != reference.shape:
                raise RuntimeFailed(f"{part.name} has another shape")
            off = float((got - reference).abs().max()) / max(float(reference.abs().max()), 1e-6)
            if not off <= _TOLERANCE:
                raise RuntimeFailed(f"{part.name} differs by {off:.1e}")
    return call


def _openvino(part: Part, weights_hash: str) -> Call:
    core = _quiet_openvino().Core()
    threads = torch.get_num_threads()
    compiled = core.compile_model(
        core.read_model(_exported(part, weights_hash)), "CPU",
        {"INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": threads,
         "ENABLE_CPU_PINNING": False},  # several workers would all be held to the same core
    )  # fmt: skip
    request = compiled.create_infer_request()

    def call(x: Tensor) -> tuple[Tensor, ...]:
        request.infer([x.float().contiguous().numpy()])
        return tuple(torch.from_numpy(o.data.copy()) for o in request.output_tensors)

    return call


def _quiet_openvino() -> Any:
    """OpenVINO without its telemetry, which reports every import over the network; patients' machines stay silent."""
    if "openvino" not in sys.modules:
        hidden = {k: sys.modules.pop(k) for k in list(sys.modules) if k.split(".")[0] == _TELEMETRY}
        sys.modules[_TELEMETRY] = None  # type: ignore[assignment]  # an import of it fails, and a stub is taken
        try:
            importlib.import_module("openvino")
        finally:
            del sys.modules[_TELEMETRY]
            sys.modules.update(hidden)
    return sys.modules["openvino"]


def _onnxruntime(part: Part, weights_hash: str) -> Call:
    network = session(str(_exported(part, weights_hash)), torch.get_num_threads())

    def call(x: Tensor) -> tuple[Tensor, ...]:
        return tuple(torch.from_numpy(o) for o in network.run(None, {"x": x.float().contiguous().numpy()}))

    return call


def _exported(part: Part, weights_hash: str) -> Path:
    """The part as an ONNX file, from the cache where it was exported before."""
    path = _cache_of(part, weights_hash) / "network.onnx"
    if not path.is_file():

        def export(folder: Path) -> None:
            with warnings.catch_warnings(), torch.no_grad():
                warnings.simplefilter("ignore")  # the tracer speaks of its own future
                torch.onnx.export(
                    part.module, (part.example,), str(folder / path.name), dynamo=False, opset_version=17,
                    input_names=["x"], dynamic_axes={"x": {axis: f"n{axis}" for axis in part.free}},
                )  # fmt: skip

        _keep(path, export)
    return path


_COMPILERS: Final[dict[str, Callable[[Part, str], Call]]] = {"openvino": _openvino, "onnxruntime": _onnxruntime}


def _cache_of(part: Part, weights_hash: str) -> Path:
    """Where an exported part is kept; exporting takes seconds, reading does not."""
    named = f"{weights_hash} {part.name} {tuple(part.example.shape)} torch {torch.__version__} karyoview {__version__}"
    key = hashlib.sha256(named.encode()).hexdigest()[:20]
    import platformdirs  # training runs without it

    return platformdirs.user_cache_path("KaryoView", appauthor=False) / "runtime" / key


def _keep(path: Path, write: Callable[[Path], Any]) -> None:
    """Write a network's files in a folder of their own, then put that in place; another process may do the same."""
    path.parent.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=path.parent.parent, prefix=".writing-"))
    try:
        write(folder)
        os.replace(folder, path.parent)
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
        if not path.is_file():
            raise
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise

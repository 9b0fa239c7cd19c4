"""Networks of the default engine in 8 bits for processors, as ONNX files made once from a weights file.

An export is a folder: of each set of networks (the general ones, and the specialist) the finder's convolutions, its
head and the classifier, and ``export.json``, which names the weights and holds the SHA-256 of every file. Activations
are scaled by what they reach on calibration cells; weights keep 7 bits, so that the sums of products stay within 16
bits on processors without VNNI, which would clip them silently. Exporting needs torch; reading does not.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from karyoview.core.checked_json import read_json
from karyoview.detectors.cards import sha256_of_file
from karyoview.detectors.onnx_runtime import onnxruntime
from karyoview.detectors.protocol import EngineError

FORMAT: Final = 1
"""Of export folders; another is exported anew."""
GENERAL, SPECIALIST = "general", "specialist"
NETWORKS: Final = ("finder", "head", "classifier")
_MANIFEST: Final = "export.json"

Float32Array = npt.NDArray[np.float32]
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Export:
    """An export that is whole: its ``folder``, and for each set of networks (general, specialist) the file names."""

    folder: Path
    files: Mapping[str, Mapping[str, str]]

    def path(self, which: str, network: str) -> Path:
        """The file of one network of :data:`NETWORKS` of the set ``which``."""
        return self.folder / self.files[which][network]


def export_folder(weights_hash: str) -> Path:
    """Where the export of these weights lies on this machine, in the user's cache."""
    key = hashlib.sha256(f"{weights_hash} export {FORMAT}".encode()).hexdigest()[:20]
    import platformdirs  # training runs without it

    return platformdirs.user_cache_path("KaryoView", appauthor=False) / "exports" / key


def find_export(weights_hash: str, beside: Path | None = None) -> Export | None:
    """The export of weights of this hash: the one shipped ``beside`` the weights file, else the user's; None without.

    One that is damaged or of other weights is logged and left alone.
    """
    folders = [] if beside is None else [shipped_folder(beside)]
    for folder in (*folders, export_folder(weights_hash)):
        if not (folder / _MANIFEST).is_file():
            continue
        try:
            return read_export(folder, weights_hash)
        except EngineError as error:
            _log.warning(str(error))
    return None


def shipped_folder(weights: Path) -> Path:
    """Where the export of a weights file lies that was shipped with it."""
    return weights.with_name(weights.name.removesuffix(".safetensors") + ".export")


def read_export(folder: Path, weights_hash: str) -> Export:
    """The export in ``folder``, its files checked; EngineError where one is damaged, missing or of other weights."""
    try:
        manifest = read_json(folder / _MANIFEST)
        if manifest["format"] != FORMAT or manifest["weights_hash"] != weights_hash:
            raise EngineError(f"The export in {folder} is of other weights or another version; export them again.")
        files = {which: {n: str(names[n]) for n in NETWORKS} for which, names in manifest["files"].items()}
        for name, digest in manifest["sha256"].items():
            if Path(name).name != name or sha256_of_file(folder / name) != digest:
                raise EngineError(f"{folder / name} is damaged; export the weights again.")
        if {n for names in files.values() for n in names.values()} - set(manifest["sha256"]):
            raise EngineError(f"The export in {folder} does not list all of its files; export the weights again.")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise EngineError(f"The export in {folder} cannot be read ({error}); export the weights again.") from error
    return Export(folder, files)


def write_export(
    folder: Path,
    weights_hash: str,
    networks: Mapping[str, Mapping[str, Callable[[Path], None]]],
    calibrated_on: str,
    progress: Callable[[int, int, str], None] = lambda done, total, text: None,
) -> Export:
    """Write an export: every network by its own writer, whole or not at all; an older one of the folder goes.

    ``networks`` hold, for each set, a writer of each of :data:`NETWORKS`; ``progress`` is told what is done.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with new_folder(folder) as fresh:
        files: dict[str, dict[str, str]] = {}
        jobs = [(which, name, write) for which, writers in networks.items() for name, write in writers.items()]
        for number, (which, name, write) in enumerate(jobs):
            progress(number, len(jobs), f"{which} {name}")
            file = f"{which}-{name}.onnx"
            write(fresh / file)
            files.setdefault(which, {})[name] = file
        digests = {name: sha256_of_file(fresh / name) for names in files.values() for name in names.values()}
        manifest = {
            "format": FORMAT, "weights_hash": weights_hash, "calibrated_on": calibrated_on,
            "files": files, "sha256": digests,
        }  # fmt: skip
        (fresh / _MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
        progress(len(jobs), len(jobs), "")
    return read_export(folder, weights_hash)


@contextlib.contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """A folder that takes the place of ``folder`` once it is filled; another process may do the same."""
    fresh = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".writing-"))
    try:
        yield fresh
        fresh.chmod(0o755)
        if folder.exists():
            aside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".old-"))
            os.replace(folder, aside / folder.name)
            os.replace(fresh, folder)
            shutil.rmtree(aside, ignore_errors=True)
        else:
            os.replace(fresh, folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def quantised(source: Path, target: Path, inputs: Sequence[Mapping[str, Float32Array]], skip: Sequence[str]) -> None:
    """Write the network in ``source`` to ``target`` in 8 bits, calibrated on ``inputs``; nodes ``skip`` are kept.

    Raises EngineError where the packages of the extra ``cpu`` are missing.
    """
    try:
        onnxruntime()
        from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
    except ImportError as error:
        raise EngineError(
            f"Exporting needs ONNX and ONNX Runtime ({error}); install them with pip install 'karyoview[full]'."
        ) from error

    class Reader(CalibrationDataReader):
        def __init__(self) -> None:
            self._rest = iter(inputs)

        def get_next(self) -> Any:
            return next(self._rest, None)

    quantize_static(
        str(source), str(target), Reader(), quant_format=QuantFormat.QDQ, per_channel=True, reduce_range=True,
        activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8, nodes_to_exclude=list(skip),
        op_types_to_quantize=["Conv", "Add", "MaxPool", "Resize", "Relu", "MatMul", "Gemm", "GlobalAveragePool"],
    )  # fmt: skip

"""Networks as graphs that ONNX Runtime runs on a processor; without torch.

A graph holds what a network does, and by name which tensors of a weights file it does it with, so that it serves every
weights file of the same structure. The graphs of one structure lie in ``graphs/<engine kind>-<structure>`` of a
weights folder, with ``graphs.json``, which names what each graph asks for and holds its SHA-256. They are made where
torch is (detectors.graph_export) and come with the program for the weights that come with it.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from karyoview.core.checked_json import read_json
from karyoview.detectors.cards import sha256_of_file
from karyoview.detectors.folders import weights_folders
from karyoview.detectors.onnx_runtime import session
from karyoview.detectors.protocol import EngineError
from karyoview.detectors.weights_reading import Array, ArrayWeights

FORMAT: Final = 1
"""Of folders of graphs; others are made anew."""
FOLDER: Final = "graphs"
MANIFEST: Final = "graphs.json"


@dataclass(frozen=True, slots=True)
class Graph:
    """One graph: its ``file``, the file's ``sha256``, and the ``tensors`` of the weights that it asks for."""

    file: str
    sha256: str
    tensors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Graphs:
    """The graphs of one structure by name, and the ``folder`` they lie in."""

    folder: Path
    graphs: Mapping[str, Graph]

    def network(self, name: str, tensors: Mapping[str, Array], threads: int) -> Network:
        """A graph with its numbers from ``tensors``, run on ``threads``; EngineError where it is damaged."""
        graph = self.graphs.get(name)
        if graph is None:
            raise EngineError(f"The graphs in {self.folder} have no {name!r}; export the weights again.")
        return Network(self.folder / graph.file, graph, tensors, threads)


class Network:
    """A network that ONNX Runtime holds: called with its inputs by name, it gives its outputs in order."""

    def __init__(self, path: Path, graph: Graph, tensors: Mapping[str, Array], threads: int) -> None:
        if missing := [name for name in graph.tensors if name not in tensors]:
            raise EngineError(f"{path} asks for {missing[0]!r}, which the weights do not hold; export them again.")
        try:
            if sha256_of_file(path) != graph.sha256:
                raise EngineError(f"{path} is damaged; export the weights again.")
        except OSError as error:
            raise EngineError(f"{path} cannot be read ({error.strerror}); export the weights again.") from error
        self._held = {name: np.require(tensors[name], requirements="C") for name in graph.tensors}
        self._session = session(str(path), threads, self._held)

    def run(self, outputs: Sequence[str] | None, inputs: Mapping[str, Array]) -> list[Any]:
        """As ONNX Runtime's sessions do: the ``outputs`` by name (None: all, in order) for inputs by name."""
        return list(self._session.run(outputs, dict(inputs)))


def torch_installed() -> bool:
    """Whether PyTorch and torchvision, which train and run the networks as they were written, are installed here."""
    return all(importlib.util.find_spec(name) is not None for name in ("torch", "torchvision"))


NEEDS_FULL: Final = "this installation has no PyTorch; install KaryoView in full: pip install 'karyoview[full]'"
"""The end of a sentence that begins with what cannot be done."""


def require_torch(what: str) -> None:
    """EngineError, "``what`` needs PyTorch, and …", where it is not installed."""
    if not torch_installed():
        raise EngineError(f"{what} needs PyTorch, and {NEEDS_FULL}.")


def threads_to_use() -> int:
    """How many threads a network may use: ``OMP_NUM_THREADS``, else as many as this process may use cores."""
    named = os.environ.get("OMP_NUM_THREADS", "")
    if named.isdigit() and int(named) > 0:
        return int(named)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def processor_only(device: str) -> None:
    """EngineError where ``device`` is not a processor, on which alone graphs are run."""
    if device not in ("auto", "cpu"):
        raise EngineError(
            f"The device {device!r} was asked for, but this installation, which has no PyTorch, computes on the "
            "processor only; use cpu or auto, or install KaryoView in full (pip install 'karyoview[full]')."
        )


def structure_of(kind: str, shapes: Mapping[str, Sequence[int]], settings: Mapping[str, object]) -> str:
    """What tells whether graphs serve some weights: a digest of tensors' ``shapes`` by name and of ``settings``."""
    described = [kind, sorted((name, list(shape)) for name, shape in shapes.items()), sorted(settings.items())]
    return hashlib.sha256(json.dumps(described, default=list).encode()).hexdigest()[:16]


def folder_name(kind: str, structure: str) -> str:
    """The folder of graphs of a structure, in the folder ``graphs``."""
    return f"{kind}-{structure}"


def find_graphs(weights: ArrayWeights, structure: str) -> Graphs:
    """The graphs for weights of this structure: those beside the weights file, else in any weights folder.

    Raises EngineError where there are none, or where they are not those that the weights' card names.
    """
    kind = str(weights.card["engine"])
    name = folder_name(kind, structure)
    for folder in dict.fromkeys((weights.path.parent, *weights_folders())):
        place = folder / FOLDER / name
        if (place / MANIFEST).is_file():
            found = read_graphs(place, structure)
            _check_hashes(found, weights)
            return found
    raise EngineError(
        f"{weights.path.name} cannot be run without PyTorch yet: run `karyoview weights export {weights.name}` in the "
        "full installation of KaryoView once, and copy the folder that it names here."
    )


def read_graphs(folder: Path, structure: str) -> Graphs:
    """The graphs in ``folder``; EngineError where their list is damaged or of another structure."""
    try:
        manifest = read_json(folder / MANIFEST)
        if manifest["format"] != FORMAT or manifest["structure"] != structure:
            raise EngineError(f"The graphs in {folder} are of other networks or another version; export them again.")
        graphs = {
            str(name): Graph(str(g["file"]), str(g["sha256"]), tuple(map(str, g["tensors"])))
            for name, g in manifest["graphs"].items()
        }
        if any(Path(graph.file).name != graph.file for graph in graphs.values()):
            raise EngineError(f"The graphs in {folder} name files elsewhere; export the weights again.")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise EngineError(f"The graphs in {folder} cannot be read ({error}); export the weights again.") from error
    return Graphs(folder, graphs)


def hashes_of(graphs: Graphs) -> dict[str, str]:
    """SHA-256 of every graph by ``<folder>/<file>``, as they stand in a card's ``weights.graphs``."""
    return {f"{graphs.folder.name}/{graph.file}": graph.sha256 for graph in graphs.graphs.values()}


def _check_hashes(found: Graphs, weights: ArrayWeights) -> None:
    named: Mapping[str, str] = weights.card["weights"].get("graphs") or {}
    for file, digest in hashes_of(found).items():
        if file in named and named[file] != digest:
            place = found.folder / Path(file).name
            raise EngineError(f"{place} is not the graph that the card of {weights.name} names; fetch it again.")

"""Networks written as graphs without their numbers (detectors.graphs); needs torch and ONNX, of the extra ``cpu``.

A graph names the tensors of a weights file where it needs them, so it is small and serves every weights file of the
same structure. Batch norms stay as they are: the runtime folds them into the convolutions when it loads a graph.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor, nn

from karyoview.detectors.cards import sha256_of_file
from karyoview.detectors.exports import new_folder
from karyoview.detectors.graphs import FOLDER, FORMAT, MANIFEST, Graphs, folder_name, read_graphs
from karyoview.detectors.protocol import EngineError

_OPSET: Final = 18


@dataclass(frozen=True, slots=True)
class GraphSource:
    """A network to be written: ``module``, the inputs of ``example`` by name, in order, and its ``outputs`` by name.

    ``free`` are the axes of inputs whose size may differ, each with a name.
    """

    module: nn.Module
    example: Mapping[str, Tensor]
    outputs: Sequence[str]
    free: Mapping[str, Mapping[int, str]]


def write_graphs(
    sources: Mapping[str, GraphSource], tensors: Mapping[str, Tensor], kind: str, structure: str, into: Path
) -> Graphs:
    """Write the graphs of a structure into the folder ``graphs`` of the weights folder ``into``; an older one goes.

    ``tensors`` are those of the weights, by their names in the file; parameters of the modules share their memory.
    """
    folder = into / FOLDER / folder_name(kind, structure)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with new_folder(folder) as fresh:
        listed = {}
        for name, source in sources.items():
            path = fresh / f"{name}.onnx"
            asked = write_graph(source, tensors, path)
            listed[name] = {"file": path.name, "sha256": sha256_of_file(path), "tensors": asked}
        manifest = {"format": FORMAT, "engine": kind, "structure": structure, "graphs": listed}
        (fresh / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    return read_graphs(folder, structure)


def write_graph(source: GraphSource, tensors: Mapping[str, Tensor], path: Path) -> list[str]:
    """Write the graph of ``source`` to ``path``; → the names of those ``tensors`` that it asks for.

    A parameter or buffer of the module is named in the graph by the tensor that it shares its memory with. Raises
    EngineError where the packages of the extra ``cpu`` are missing.
    """
    try:
        import onnx
    except ImportError as error:
        raise EngineError(f"Exporting needs ONNX ({error}); install it with pip install 'karyoview[full]'.") from error
    own = {**dict(source.module.named_parameters()), **dict(source.module.named_buffers())}
    names = {tensor.data_ptr(): name for name, tensor in tensors.items()}
    given = {name: names[t.data_ptr()] for name, t in own.items() if t.data_ptr() in names and t.numel()}
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # the tracer speaks of its own future
        torch.onnx.export(
            source.module.eval(), tuple(source.example.values()), str(path), dynamo=False, opset_version=_OPSET,
            input_names=list(source.example), output_names=list(source.outputs), do_constant_folding=False,
            training=torch.onnx.TrainingMode.PRESERVE,  # or batch norms would be folded, and their tensors be new ones
            dynamic_axes={name: dict(axes) for name, axes in source.free.items()},
        )  # fmt: skip
    model = onnx.load(str(path))
    renamed = {}
    for initializer in model.graph.initializer:
        if initializer.name in given:
            renamed[initializer.name] = given[initializer.name]
            _empty(initializer, given[initializer.name])
    for node in model.graph.node:
        for place, name in enumerate(node.input):
            if name in renamed:
                node.input[place] = renamed[name]
        node.ClearField("doc_string")
    onnx.save(model, str(path))
    return sorted(set(renamed.values()))


def _empty(initializer: Any, name: str) -> None:
    """Take the numbers out of an initializer, which then is asked for by ``name``."""
    initializer.name = name
    initializer.ClearField("raw_data")
    initializer.data_location = 1  # EXTERNAL
    entry = initializer.external_data.add()
    entry.key, entry.value = "location", "weights"

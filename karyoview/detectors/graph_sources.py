"""What the graphs of every kind of engine are made of (detectors.graph_export); needs torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import torch

from karyoview.detectors import karyoview_graphs
from karyoview.detectors.export_default import Convolutions, Head
from karyoview.detectors.graph_export import GraphSource, write_graphs
from karyoview.detectors.graphs import Graphs
from karyoview.detectors.nets.karyoview import KaryoViewModel
from karyoview.detectors.protocol import EngineError
from karyoview.detectors.specialist import general_weights, specialist_weights
from karyoview.detectors.weights import LoadedWeights


def export_graphs(weights: LoadedWeights, into: Path) -> list[Graphs]:
    """Write the graphs of ``weights`` into the weights folder ``into``; one folder for each structure in them."""
    kind = str(weights.card["engine"])
    if kind not in _MAKERS:
        raise EngineError(f"{weights.card.get('title', kind)} has no graphs; it needs PyTorch.")
    return _MAKERS[kind](weights, into)


def _default(weights: LoadedWeights, into: Path) -> list[Graphs]:
    made: dict[str, Graphs] = {}
    for own in (general_weights(weights), specialist_weights(weights)):
        if own is not None and (structure := karyoview_graphs.structure(own.tensors)) not in made:
            model = KaryoViewModel.from_weights(own).eval()
            tensors = dict(model.state_dict(keep_vars=True))
            made[structure] = write_graphs(_default_sources(model), tensors, karyoview_graphs.KIND, structure, into)
    return list(made.values())


def _default_sources(model: KaryoViewModel) -> dict[str, GraphSource]:
    boxes = torch.tensor([[8.0, 8.0, 40.0, 60.0], [12.0, 8.0, 42.0, 66.0], [90.0, 90.0, 120.0, 140.0]])
    count = len(boxes)
    sources = {
        "finder": GraphSource(
            Convolutions(model.finder), {"image": torch.full((1, 1, 96, 128), 200.0)}, ("objectness", "deltas", "map"),
            {"image": {2: "height", 3: "width"}},
        ),
        "head": GraphSource(
            Head(model.finder), {"map": torch.zeros(1, 64, 12, 16), "boxes": torch.nn.functional.pad(boxes, (1, 0))},
            ("features", "scores", "deltas"), {"map": {2: "h", 3: "w"}, "boxes": {0: "n"}},
        ),
        "classifier": GraphSource(
            model.classifier, {"crops": torch.zeros(2, 2, 192, 32)}, ("logits", "embeddings", "whole"),
            {"crops": {0: "n"}},
        ),
    }  # fmt: skip
    if model.learned_nms is not None:
        given = {
            "boxes": boxes, "scores": torch.full((count,), 0.5), "classes": torch.full((count, 24), 1 / 24),
            "features": torch.ones(count, 512),
        }  # fmt: skip
        sources["learned_nms"] = GraphSource(model.learned_nms, given, ("odds",), {name: {0: "n"} for name in given})
    if model.cell_context is not None:
        given = {
            "node_features": torch.zeros(count, 12), "log_probs": torch.full((count, 24), -3.0),
            "embeddings": torch.ones(count, 256), "roi_features": torch.ones(count, 512),
            "pair_features": torch.zeros(count, count, 8),
        }  # fmt: skip
        free = {name: {0: "n"} for name in given} | {"pair_features": {0: "n", 1: "n"}}
        sources["cell_context"] = GraphSource(model.cell_context, given, ("odds", "classes"), free)
    return sources


_MAKERS: Mapping[str, Callable[[LoadedWeights, Path], list[Graphs]]] = {karyoview_graphs.KIND: _default}

"""What the graphs of every kind of engine are made of (detectors.graph_export); needs torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor, nn
from torchvision.ops import roi_align

from karyoview.detectors import karyoview_graphs, region_graphs, rotated_graphs
from karyoview.detectors.engine_spec import ENGINES
from karyoview.detectors.export_default import Convolutions, Head
from karyoview.detectors.graph_export import GraphSource, write_graphs
from karyoview.detectors.graphs import Graphs
from karyoview.detectors.nets.classifying_heads import ClassifyingHeads
from karyoview.detectors.nets.karyoview import KaryoViewModel
from karyoview.detectors.nets.region import RegionDetector
from karyoview.detectors.nets.roi_heads import RegionHeads
from karyoview.detectors.nets.rotated_detector import DeepCHM, DeepCHMConfig
from karyoview.detectors.protocol import EngineError
from karyoview.detectors.rotated_engine import ORIENTATION
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


class _Maps(nn.Module):
    """Grey image (1, 1, H, W), 0–1, to objectness (1, A, h, w), deltas (1, 4A, h, w) and the map that heads read."""

    mean: Tensor
    std: Tensor

    def __init__(self, model: RegionDetector) -> None:
        super().__init__()
        head = model.rpn.head
        self.backbone, self.squeeze = model.backbone, model.roi_heads.box_roi_pool.squeeze
        self.conv, self.cls_logits, self.bbox_pred = head.conv, head.cls_logits, head.bbox_pred
        for name, values in (("mean", model.transform.image_mean), ("std", model.transform.image_std)):
            self.register_buffer(name, torch.tensor(values).view(1, -1, 1, 1), persistent=False)

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        features = self.backbone((image.expand(-1, 3, -1, -1) - self.mean) / self.std)["0"]
        hidden = self.conv(features)
        squeezed = features if self.squeeze is None else self.squeeze(features).relu()
        return self.cls_logits(hidden), self.bbox_pred(hidden), squeezed


class _RegionHead(nn.Module):
    """Map and boxes (N, 5) of column 0 zero to class scores (N, C) without background, deltas (N, 4), embeddings."""

    def __init__(self, heads: RegionHeads, stride: int) -> None:
        super().__init__()
        self.heads, self.stride = heads, stride

    def forward(self, features: Tensor, boxes: Tensor) -> tuple[Tensor, ...]:
        pooled = roi_align(features, boxes, (7, 7), 1 / self.stride, 2, False)
        outputs = self.heads.predict(pooled)
        if isinstance(self.heads, ClassifyingHeads):
            logits = self.heads.class_scores(outputs, [boxes.shape[0]])[1]
        else:
            logits = outputs["logits"]
        scores = logits.softmax(1)[:, 1:]
        return (
            (scores, outputs["deltas"], outputs["embeddings"])
            if "embeddings" in outputs
            else (scores, outputs["deltas"])
        )


def _regions(weights: LoadedWeights, into: Path) -> list[Graphs]:
    spec = ENGINES[str(weights.card["engine"])]
    config = spec.part("config").from_dict(weights.card.get("config", {}))
    if why := region_graphs.unsupported(config):
        raise EngineError(f"{weights.path.name} has no graphs and needs PyTorch, since {why}.")
    model = spec.part("build")(config)
    weights.load_into(model)
    model.eval()
    maps, image = _Maps(model), torch.rand(1, 1, 96, 128)
    with torch.no_grad():
        features = maps(image)[2]
    outputs = ("scores", "deltas", *(("embeddings",) if getattr(config, "template", False) else ()))
    boxes = torch.tensor([[0.0, 8.0, 8.0, 40.0, 60.0], [0.0, 20.0, 8.0, 60.0, 50.0], [0.0, 5.0, 5.0, 30.0, 90.0]])
    sources = {
        "maps": GraphSource(
            maps, {"image": image}, ("objectness", "deltas", "map"), {"image": {2: "height", 3: "width"}}
        ),
        "head": GraphSource(
            _RegionHead(model.roi_heads, round(image.shape[2] / features.shape[2])),
            {"map": features, "boxes": boxes}, outputs, {"map": {2: "h", 3: "w"}, "boxes": {0: "n"}},
        ),
    }  # fmt: skip
    structure = region_graphs.structure(spec.kind, config, weights.tensors)
    return [write_graphs(sources, dict(model.state_dict(keep_vars=True)), spec.kind, structure, into)]


class _RotatedMaps(nn.Module):
    """Grey image (1, 1, H, W), 0–1, to the skeleton (1, h, w) and what the two heads see at every place."""

    mean: Tensor
    std: Tensor

    def __init__(self, model: DeepCHM) -> None:
        super().__init__()
        self.model = model
        for name, values in (("mean", model.transform.image_mean), ("std", model.transform.image_std)):
            self.register_buffer(name, torch.tensor(values).view(1, -1, 1, 1), persistent=False)

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        features = self.model.encoder((image.expand(-1, 3, -1, -1) - self.mean) / self.std)
        saliency = self.model.saliency(features)
        maps = self.model.head_input(features, saliency)
        return saliency[:, 0], self.model.classify.features(maps), self.model.regress.features(maps)


class _Places(nn.Module):
    """What the two heads answer for rows (K, C) of what they see."""

    def __init__(self, model: DeepCHM) -> None:
        super().__init__()
        self.classify, self.regress = model.classify.outputs, model.regress.outputs
        self.sizes = (*model.classify.sizes, *model.regress.sizes)

    def forward(self, classified: Tensor, regressed: Tensor) -> tuple[Tensor, ...]:
        answers = (*(layer(classified) for layer in self.classify), *(layer(regressed) for layer in self.regress))
        return tuple(answer.reshape(-1, size) for answer, size in zip(answers, self.sizes, strict=True))


def _rotated(weights: LoadedWeights, into: Path) -> list[Graphs]:
    config = DeepCHMConfig.from_dict(weights.card.get("config", {}))
    model = DeepCHM(config)
    own = {name: value for name, value in weights.tensors.items() if not name.startswith(ORIENTATION)}
    replace(weights, tensors=own).load_into(model)
    model.eval()
    rows = {name: torch.ones(3, config.head_channels) for name in ("classified", "regressed")}
    answers = ("logits", "offsets", *(("turned",) if config.polarity else ()))
    sources = {
        "maps": GraphSource(
            _RotatedMaps(model), {"image": torch.rand(1, 1, 96, 128)}, ("skeleton", *rows),
            {"image": {2: "height", 3: "width"}},
        ),
        "places": GraphSource(_Places(model), rows, answers, {name: {0: "n"} for name in rows}),
    }  # fmt: skip
    structure = rotated_graphs.structure(config, weights.tensors)
    return [write_graphs(sources, dict(model.state_dict(keep_vars=True)), rotated_graphs.KIND, structure, into)]


_MAKERS: Mapping[str, Callable[[LoadedWeights, Path], list[Graphs]]] = {
    karyoview_graphs.KIND: _default, **dict.fromkeys(("deepace", "deepace-v2", "deepacc"), _regions),
    rotated_graphs.KIND: _rotated,
}  # fmt: skip

"""A region-based network as graphs that ONNX Runtime runs (detectors.graphs), for detectors.region_engine; no torch.

Two graphs hold what is learnt: the picture's maps with what the proposal head says of them, and what the second stage
says of boxes on a map. Between and after them lies what torchvision does there, in numpy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from karyoview.core.chromosome import CLASS_NAMES
from karyoview.detectors.engine_spec import ENGINES
from karyoview.detectors.exported_networks import REGION_BOX_WEIGHTS, anchors_around_origin, decode, decoded_anchors
from karyoview.detectors.graphs import find_graphs, processor_only, structure_of, threads_to_use
from karyoview.detectors.nms import Array, non_maximum_suppression, soft_nms
from karyoview.detectors.protocol import ONE_CLASS, EngineError
from karyoview.detectors.region_configs import ClassifyingConfig, RegionConfig
from karyoview.detectors.region_engine import RegionEngine, RunSettings
from karyoview.detectors.region_outputs import classified_regions, counted_regions
from karyoview.detectors.weights_reading import ArrayWeights

MULTIPLE: Final = 32
"""Pixels of which a batch's height and width are multiples."""
_DRAWN: Final = (
    "backbone", "last_stage", "first_stage", "rule", "pyramid", "one_stage", "heads", "template", "separate", "aam",
    "aam_scale", "siamese", "delta",
)  # fmt: skip
"""Settings that say what is in a graph, beside the shapes of its tensors."""

Float32Array = npt.NDArray[np.float32]


def structure(kind: str, config: RegionConfig, tensors: Mapping[str, Any]) -> str:
    """The structure of a network of this configuration; see detectors.graphs."""
    settings = config.to_dict()
    drawn: dict[str, object] = {name: settings[name] for name in _DRAWN if name in settings}
    return structure_of(kind, {name: tuple(value.shape) for name, value in tensors.items()}, drawn)


def unsupported(config: RegionConfig) -> str:
    """Why no graphs are made of such a network, as the end of a sentence; "" where they are."""
    if config.one_stage:
        return "it works in one stage"
    return "it looks at several levels of a pyramid" if config.pyramid == "full" else ""


class GraphRegionNetwork:
    """The network of a configuration with these weights, on a processor; see region_engine.RegionNetwork."""

    device: object = "cpu"

    def __init__(self, kind: str, config: Any, weights: ArrayWeights) -> None:
        if why := unsupported(config):
            raise EngineError(f"{weights.path.name} needs PyTorch, since {why}; install KaryoView in full.")
        graphs, threads = find_graphs(weights, structure(kind, config, weights.tensors)), threads_to_use()
        self._maps = graphs.network("maps", weights.tensors, threads)
        self._head = graphs.network("head", weights.tensors, threads)
        self._config = config
        self._anchors = anchors_around_origin(config.anchor_sizes, config.anchor_ratios)

    def run(self, images: Sequence[Float32Array]) -> list[dict[str, Array]]:
        """See region_engine.RegionNetwork."""
        return [self._run_one(image) for image in images]

    def _run_one(self, image: Float32Array) -> dict[str, Array]:
        config, size = self._config, (image.shape[0], image.shape[1])
        if config.clip_above is not None:
            image = np.where(image > config.clip_above, np.float32(1), image)
        given = padded_by_median(image)
        objectness, deltas, features = self._maps.run(None, {"image": given[None, None]})
        proposals = self._proposals(objectness[0], deltas[0], size, given.shape[0] / objectness.shape[2])
        if len(proposals) == 0:
            return self._chosen(proposals, np.zeros((0, len(CLASS_NAMES)), np.float32), None)
        found = self._head.run(None, {"map": features, "boxes": np.pad(proposals, ((0, 0), (1, 0)))})
        moved = decode(found[1], proposals, REGION_BOX_WEIGHTS)
        boxes = moved.clip(0, np.array([size[1], size[0]] * 2, np.float32))
        area = ((boxes[:, 2:] - boxes[:, :2]) >= 1.0).all(1)
        return self._chosen(boxes[area], found[0][area], found[2][area] if len(found) > 2 else None)

    def _chosen(self, boxes: Array, rows: Array, embeddings: Array | None) -> dict[str, Array]:
        if isinstance(self._config, ClassifyingConfig):
            return classified_regions(self._config, boxes, rows)
        return counted_regions(self._config, boxes, rows[:, 0], embeddings)

    def _proposals(
        self, objectness: Float32Array, deltas: Float32Array, size: tuple[int, int], stride: float
    ) -> Float32Array:
        """Proposals (N, 4) inside the picture, as nets.rpn.StratifiedRPN gives them in evaluation."""
        config = self._config
        boxes, scores = decoded_anchors(objectness, deltas, size, self._anchors, stride, config.rpn_before_nms)
        limit = config.rpn_proposals[1]
        if config.rpn_test_nms == "soft":
            sure = 1.0 / (1.0 + np.exp(-scores))
            return boxes[soft_nms(boxes, sure, min_score=0.0, limit=limit)[0]]
        return boxes[non_maximum_suppression(boxes, scores, config.rpn_nms_threshold)[:limit]]


def padded_by_median(image: Float32Array) -> Float32Array:
    """An image (H, W) with its median, which is background, added at the right and below, to a multiple of 32."""
    height, width = image.shape
    middle = np.partition(image.ravel(), (image.size - 1) // 2)[(image.size - 1) // 2]  # the lower one, as in torch
    return np.pad(image, ((0, -height % MULTIPLE), (0, -width % MULTIPLE)), constant_values=middle)


def load(weights: ArrayWeights, *, device: str, settings: Mapping[str, object]) -> RegionEngine:
    """The engine with these weights, on a processor; see RegionEngine for ``settings``."""
    processor_only(device)
    spec = ENGINES[str(weights.card["engine"])]
    config = spec.part("config").from_dict(weights.card.get("config", {}))
    classes = CLASS_NAMES if spec.names_classes else ONE_CLASS

    def network(changed: Any, run: RunSettings) -> GraphRegionNetwork:
        return GraphRegionNetwork(spec.kind, changed, weights)

    return RegionEngine(config, weights, network, classes=classes, settings=settings)

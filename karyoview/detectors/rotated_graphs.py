"""DeepCHM's network as graphs that ONNX Runtime runs (detectors.graphs), for detectors.rotated_engine; no torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from karyoview.detectors.graphs import find_graphs, processor_only, structure_of, threads_to_use
from karyoview.detectors.nms import Array, IntArray
from karyoview.detectors.region_engine import RunSettings
from karyoview.detectors.region_graphs import padded_by_median
from karyoview.detectors.rotated_config import DeepCHMConfig
from karyoview.detectors.rotated_engine import ORIENTATION, RotatedEngine
from karyoview.detectors.rotated_reading import Candidates, ReadMaps, candidates, chosen, finished, in_image
from karyoview.detectors.tta_transforms import TTA_TRANSFORMS, apply_to_array
from karyoview.detectors.weights_reading import ArrayWeights

KIND: Final = "deepchm"
_DRAWN: Final = ("backbone", "last_stage", "rule", "pminf", "edges", "intersections", "polarity")
"""Settings that say what is in a graph, beside the shapes of its tensors."""

Float32Array = npt.NDArray[np.float32]


def structure(config: DeepCHMConfig, tensors: Mapping[str, Any]) -> str:
    """The structure of a network of this configuration; see detectors.graphs."""
    settings = config.to_dict()
    shapes = {name: tuple(value.shape) for name, value in tensors.items() if not name.startswith(ORIENTATION)}
    return structure_of(KIND, shapes, {name: settings[name] for name in _DRAWN})


class GraphRotatedNetwork:
    """The network of a configuration with these weights, on a processor; see rotated_engine.RotatedNetwork."""

    device: object = "cpu"

    def __init__(self, config: DeepCHMConfig, weights: ArrayWeights) -> None:
        graphs, threads = find_graphs(weights, structure(config, weights.tensors)), threads_to_use()
        self._maps = graphs.network("maps", weights.tensors, threads)
        self._places = graphs.network("places", weights.tensors, threads)
        self._config = config

    def run(self, image: Float32Array) -> dict[str, Array]:
        """See rotated_engine.RotatedNetwork."""
        views: list[Candidates] = []
        size = (image.shape[0], image.shape[1])
        for view in TTA_TRANSFORMS[: self._config.views]:
            given = padded_by_median(apply_to_array(image, view))
            skeleton, classified, regressed = self._maps.run(None, {"image": given[None, None]})

            def at_places(
                places: IntArray, classified: Array = classified, regressed: Array = regressed
            ) -> list[Array]:
                y, x = places.T
                rows = {"classified": classified[0, :, y, x], "regressed": regressed[0, :, y, x]}
                return self._places.run(None, rows)

            views.append(in_image(candidates(self._config, ReadMaps(skeleton[0], at_places)), size, view))
        return finished(chosen(self._config, views), size, size)


def load(weights: ArrayWeights, *, device: str, settings: Mapping[str, object]) -> RotatedEngine:
    """The engine with these weights, on a processor; see RotatedEngine for ``settings``."""
    processor_only(device)
    config = DeepCHMConfig.from_dict(weights.card.get("config", {}))

    def network(changed: DeepCHMConfig, run: RunSettings) -> GraphRotatedNetwork:
        return GraphRotatedNetwork(changed, weights)

    known = {k.removeprefix(ORIENTATION): v for k, v in weights.tensors.items() if k.startswith(ORIENTATION)}
    return RotatedEngine(config, weights, network, known, settings=settings)

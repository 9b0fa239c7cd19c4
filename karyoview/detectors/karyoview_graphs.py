"""The default engine with its networks as graphs that ONNX Runtime runs (detectors.graphs); without torch.

Where an export in 8 bits is at hand and asked for, it stands in for finder and classifier, as in the engine of PyTorch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from karyoview.core.detection import MIN_RANKED_SCORE
from karyoview.detectors.cell_reading import CellReader, FinderInput, Proposed
from karyoview.detectors.exported_networks import SURE_CLASS, SURE_WHOLE, ExportedFinder, ExportedNetworks
from karyoview.detectors.exports import GENERAL, SPECIALIST, Export, find_export
from karyoview.detectors.graphs import Graphs, find_graphs, processor_only, structure_of, threads_to_use
from karyoview.detectors.network_sizes import DUPLICATE_CANDIDATE_IOU, MAX_CANDIDATES, MAX_REGIONS, MIN_CANDIDATE_SCORE
from karyoview.detectors.nms import non_maximum_suppression, soft_nms
from karyoview.detectors.protocol import EngineError
from karyoview.detectors.regions import Candidates, ContextInputs, Float32Array, FloatArray
from karyoview.detectors.specialist import general_weights, specialist_weights
from karyoview.detectors.weights_reading import Array, ArrayWeights

KIND: Final = "karyoview"
NETWORKS: Final = ("finder.", "classifier.", "learned_nms.", "cell_context.")
"""Prefixes of the tensors that graphs ask for."""
_FEWEST_KNOWN: Final = 12  # chromosomes, of fewer the mean look says little

ClassifierCall = Callable[[Float32Array], tuple[Float32Array, Float32Array, Float32Array]]


def structure(tensors: Mapping[str, Any]) -> str:
    """The structure of one set of networks of the default engine, general or specialist; see detectors.graphs."""
    shapes = {name: tuple(value.shape) for name, value in tensors.items() if name.startswith(NETWORKS)}
    return structure_of(KIND, shapes, {})


class GraphEngine(CellReader):
    """The default engine on ONNX Runtime; see CellReader, and detectors.protocol.Detector for its use."""

    def __init__(self, weights: ArrayWeights, *, settings: Mapping[str, object], export: Export | None = None) -> None:
        super().__init__(weights, settings)
        self.device = "cpu"
        which = GENERAL if export is None else SPECIALIST  # only a specialist is given the export of its weights
        export = export or _export_for(weights, self._settings.precision)
        own, general = specialist_weights(weights), general_weights(weights)
        self.specialist = None if own is None else GraphEngine(own, settings=settings, export=export)
        # what stands in for finder and classifier brings its own numbers
        replaced = () if export is None else ("finder.", "classifier.")
        self._tensors: Mapping[str, Array] = {k: v for k, v in general.tensors.items() if not k.startswith(replaced)}
        self._threads = threads_to_use()
        self._graphs: Graphs = find_graphs(general, structure(general.tensors))
        self.eight_bits = export is not None
        self.shown = {"runtime": "onnxruntime", **({} if export is None else {"precision": "int8"})}
        self._finder: ExportedFinder
        self._classifier: ClassifierCall
        if export is not None:
            exported = ExportedNetworks(export, which, self._threads)
            self._finder, self._classifier = exported.finder, exported.classify
        else:
            self._finder = ExportedFinder(self._network("finder"), self._network("head"))
            classifier = self._network("classifier")
            self._classifier = lambda crops: tuple(classifier.run(None, {"crops": crops}))
        held = {name.partition(".")[0] for name in self._tensors}
        self._learned_nms = self._network("learned_nms") if "learned_nms" in held else None
        self._context = self._network("cell_context") if "cell_context" in held else None

    def _network(self, name: str) -> Any:
        return self._graphs.network(name, self._tensors, self._threads)

    def finder_input(self, image: Float32Array) -> Float32Array:
        """See CellReader."""
        return image

    def proposed(self, given: FinderInput, views: int) -> Proposed:
        """See CellReader."""
        looked = given.looked
        looked += [self._finder.view(given.image, number, given.scaled) for number in range(len(looked), views)]
        asked = (given.pieces / given.to_cell).astype(np.float32) if len(given.pieces) else None
        found = self._finder.regions(given.image, looked[:views], asked)
        kept, scores = self._suppress(found.boxes, found.scores, found.classes, found.features)
        regions = Candidates(
            found.boxes.astype(np.float64) * given.to_cell,
            found.scores.astype(np.float64),
            found.classes.astype(np.float64),
            found.features,
        )
        return Proposed(regions, kept, scores)

    def _suppress(
        self, boxes: Float32Array, scores: Float32Array, classes: Float32Array, features: Float32Array
    ) -> tuple[npt.NDArray[np.int64], FloatArray]:
        """As nets.karyoview.KaryoViewModel.suppress."""
        if self._learned_nms is None:
            places, values = soft_nms(
                boxes, scores, sigma=self._calibration.soft_sigma, min_score=MIN_RANKED_SCORE, limit=MAX_REGIONS
            )
            return places, values.astype(np.float64)
        places = non_maximum_suppression(boxes, scores, DUPLICATE_CANDIDATE_IOU)[:MAX_CANDIDATES]
        places = places[scores[places] >= MIN_CANDIDATE_SCORE]
        if len(places) == 0:
            return places, np.zeros(0)
        (odds,) = self._learned_nms.run(
            None,
            {
                "boxes": boxes[places], "scores": scores[places], "classes": classes[places],
                "features": features[places],
            },
        )  # fmt: skip
        values = _sigmoid(odds.astype(np.float64))
        order = np.argsort(-values, kind="stable")[:MAX_REGIONS]
        order = order[values[order] >= MIN_RANKED_SCORE]
        return places[order], values[order]

    def classify(
        self, crops: npt.NDArray[np.uint8], views: int | None = None
    ) -> tuple[FloatArray, FloatArray, Float32Array]:
        """See CellReader. Networks in 8 bits look at all crops once, and in the other views at those in doubt."""
        x = crops.astype(np.float32) / np.float32(255)
        views, temperature = self.effort.crop_views if views is None else views, self._calibration.temperature
        first = 1 if self.eight_bits else views
        found = _averaged(self._classifier, x, range(first), temperature)
        if first < views:
            probabilities, whole, _ = found
            unsure = (probabilities.max(1) < SURE_CLASS) | (np.abs(whole) < SURE_WHOLE)
            if unsure.any():
                further = _averaged(self._classifier, x[unsure], range(first, views), temperature)
                for every, part in zip(found, further, strict=True):
                    every[unsure] = (first * every[unsure] + (views - first) * part) / views
        probabilities, whole, embeddings = found
        return np.log(np.maximum(probabilities, 1e-9)).astype(np.float64), whole.astype(np.float64), embeddings

    def in_context(self, inputs: ContextInputs, temperature: float) -> tuple[FloatArray, FloatArray] | None:
        """See CellReader."""
        if self._context is None:
            return None
        named = {name: np.asarray(value, np.float32) for name, value in inputs._asdict().items()}
        odds, classes = self._context.run(None, named)
        return odds.astype(np.float64), _log_softmax(classes.astype(np.float64) / temperature)

    def known_look(self, embeddings: Float32Array) -> bool | None:
        """See CellReader."""
        if "router.weight" not in self._tensors:
            return None
        weight, bias = self._tensors["router.weight"], self._tensors["router.bias"]
        return bool((weight @ embeddings.mean(0) + bias)[0] > 0)

    def novelty_of(self, embeddings: Float32Array) -> float | None:
        """See CellReader; as nets.appearance.Appearance.novelty."""
        if "appearance.means" not in self._tensors or len(embeddings) < _FEWEST_KNOWN:
            return None
        means, known, scale, usual = (self._tensors[f"appearance.{n}"] for n in ("means", "known", "scale", "usual"))
        distances = np.sqrt((((means - embeddings.mean(0)) / scale) ** 2).mean(1))[known > 0]
        return float(distances.min() / usual) if len(distances) else None

    def profiles(self) -> tuple[FloatArray, FloatArray]:
        """See CellReader."""
        means, slopes = self._tensors["orientation.means"], self._tensors["orientation.slopes"]
        return means.astype(np.float64), slopes.astype(np.float64)


def _averaged(
    classifier: ClassifierCall, crops: Float32Array, views: Sequence[int], temperature: float
) -> tuple[Float32Array, Float32Array, Float32Array]:
    """Class probabilities, log odds and embeddings, averaged over these ``views`` of 4 reflections."""
    reflected = [crops, crops[:, :, ::-1], crops[:, :, :, ::-1], crops[:, :, ::-1, ::-1]]
    outputs = [classifier(np.ascontiguousarray(reflected[view])) for view in views]
    probabilities = np.mean([np.exp(_log_softmax(logits / np.float32(temperature))) for logits, _, _ in outputs], 0)
    return probabilities, np.mean([whole for _, _, whole in outputs], 0), np.mean([e for _, e, _ in outputs], 0)


def _log_softmax(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    shifted = values - values.max(1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(1, keepdims=True)))


def _sigmoid(odds: FloatArray) -> FloatArray:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(odds, -50.0, 50.0))))


def _export_for(weights: ArrayWeights, precision: str) -> Export | None:
    """The export in 8 bits that ``precision`` asks for; EngineError where it is asked for and not here."""
    if precision not in ("auto", "int8"):
        return None
    found = find_export(weights.hash, weights.path) if weights.hash else None
    if found is None and precision == "int8":
        raise EngineError(
            f"{weights.path.name} has not been exported to 8 bits here; run `karyoview weights export {weights.name}` "
            "in the full installation of KaryoView, and copy the folder that it names here."
        )
    return found


def load(weights: ArrayWeights, *, device: str, settings: Mapping[str, object]) -> GraphEngine:
    """The engine with these weights, on a processor."""
    processor_only(device)
    return GraphEngine(weights, settings=settings)

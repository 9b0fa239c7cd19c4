"""DeepCHM (2023): chromosomes with rotated boxes, one class, in one stage.

The network and its switches are in :mod:`karyoview.detectors.nets.rotated_detector`; here it becomes
an engine.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from karyoview.core.detection import Detection, Detections
from karyoview.core.geometry import Box
from karyoview.core.image import MetaphaseImage
from karyoview.detectors.devices import autocast, choose_device
from karyoview.detectors.nets.rotated_detector import DeepCHM, DeepCHMConfig
from karyoview.detectors.nets.transform import resize_image
from karyoview.detectors.orientation import ClassFree
from karyoview.detectors.protocol import CancelToken, EngineError
from karyoview.detectors.provenance import provenance_of
from karyoview.detectors.region_engine import RunSettings, confidence_mass, factors_of
from karyoview.detectors.rotated_direction import p_probabilities
from karyoview.detectors.weights import LoadedWeights
from karyoview.imaging.normalization import dark_on_light, reading_note

FloatArray = npt.NDArray[np.float64]

_ORIENTATION: Final = "orientation."
_CHOICES: Final = {"nms": ("hard", "soft"), "direction": ("head", "profile"), "voting": (True, False)}
_NETWORK: Final = (
    "nms", "nms_threshold", "nms_sigma", "max_detections", "score_threshold", "place_threshold", "most_places",
    "candidates", "voting", "views", "direction",
)  # fmt: skip
_PROFILE_PIXELS: Final = 1.5
"""Pixels a network pixel has at most where bands are read: bands of a chromosome 16 px wide."""

__all__ = ["DeepCHM", "DeepCHMConfig", "RotatedEngine", "build_deepchm", "load"]


def build_deepchm(config: DeepCHMConfig) -> DeepCHM:
    """The network at a random start; see DeepCHM for what goes in and out."""
    return DeepCHM(config)


def load(weights: LoadedWeights, *, device: str, settings: Mapping[str, object]) -> RotatedEngine:
    """The engine with these weights; see RotatedEngine for ``settings``."""
    config = DeepCHMConfig.from_dict(weights.card.get("config", {}))
    return RotatedEngine(config, weights, device=device, settings=settings)


class RotatedEngine:
    """DeepCHM, loaded; see Detector for :meth:`predict`.

    ``settings`` are those of RunSettings, and of the network (DeepCHMConfig) ``nms``, ``nms_threshold``,
    ``nms_sigma``, ``max_detections``, ``score_threshold``, ``place_threshold``, ``most_places``,
    ``candidates``, ``voting``, ``views`` and ``direction``, which stays with the head where the weights
    hold no profiles. Raises EngineError for other names, values that do not fit, or weights of another
    network.
    """

    def __init__(
        self, config: DeepCHMConfig, weights: LoadedWeights, *, device: str, settings: Mapping[str, object]
    ) -> None:
        self.device = choose_device(device)
        self.info = weights.info
        names = {f.name for f in fields(RunSettings)}
        try:
            self.settings = RunSettings(**{k: v for k, v in settings.items() if k in names})  # type: ignore[arg-type]
        except TypeError as error:
            raise EngineError(f"{self.info.name}: a setting has a value of the wrong type ({error}).") from error
        self._given = dict(settings)
        self._config = _changed(config, {k: v for k, v in settings.items() if k not in names})
        self._known = _profiles(weights) if self._config.direction == "profile" else None
        width = self.settings.chromosome_width
        self._width = float(weights.card.get("chromosome_width") or 0.0) if width is None else width
        self._tolerance = float(weights.card.get("width_tolerance") or 0.0)
        model = build_deepchm(self._config)
        network = {k: v for k, v in weights.tensors.items() if not k.startswith(_ORIENTATION)}
        replace(weights, tensors=network).load_into(model)
        model.transform.scale = model.transform.longer_side = None
        self._model = model.to(self.device).eval()
        if self.device.type == "cpu":
            self._model.to(memory_format=torch.channels_last)

    @property
    def threshold(self) -> float:
        """The score from which detections are given."""
        given = self.settings.threshold
        return self.info.operating_threshold if given is None else given

    def predict(self, images: Sequence[MetaphaseImage], cancel: CancelToken | None = None) -> list[Detections]:
        """See Detector; images go through the network one at a time, as they were trained."""
        results = []
        for image in images:
            if cancel is not None:
                cancel.raise_if_cancelled()
            pixels, _ = dark_on_light(image.to_uint8())
            candidates = [self._at(image, pixels, factor) for factor in self._factors(pixels)]
            results.append(max(candidates, key=lambda s: confidence_mass(s, self.info)))
        return results

    def _factors(self, pixels: npt.NDArray[np.uint8]) -> tuple[float, ...]:
        """What (H, W) ``pixels`` are scaled by; of several, the one in which more is certain counts."""
        return factors_of(self._config, pixels, self._width, self._tolerance)

    def _at(self, image: MetaphaseImage, pixels: npt.NDArray[np.uint8], factor: float) -> Detections:
        """What is found in the image when its ``pixels`` are scaled by ``factor``."""
        began = time.perf_counter()
        tensor = torch.from_numpy(np.array(pixels, dtype=np.float32))[None] / 255.0
        found = self._run(resize_image(tensor, factor))
        return self._detections(image, found, factor, time.perf_counter() - began)

    def _run(self, tensor: Tensor) -> dict[str, Tensor]:
        try:
            with torch.inference_mode(), autocast(self.device, self.settings.precision):
                output = self._model([tensor.to(self.device)])[0]
            return {k: v.float().cpu() for k, v in output.items()}
        except torch.OutOfMemoryError as error:
            raise EngineError(f"{self.info.name} ran out of memory on {self.device}; use the cpu.") from error

    def _detections(
        self, image: MetaphaseImage, output: Mapping[str, Tensor], factor: float, seconds: float
    ) -> Detections:
        rows = output["boxes"].double().numpy()
        rows[:, :4] /= factor
        scores = output["scores"].double().numpy().clip(0.0, 1.0)
        inside = (rows[:, :2] >= 0).all(1) & (rows[:, 0] <= image.width) & (rows[:, 1] <= image.height)
        given = np.flatnonzero((scores >= self.threshold) & (rows[:, 2:4].min(1, initial=np.inf) > 0) & inside)
        given = given[np.argsort(-scores[given], kind="stable")]
        boxes = [Box.rotated(*(float(v) for v in rows[k])) for k in given]
        polarity: list[float] | None = None
        if self._known is not None:
            boxes, polarity = self._directed(image, boxes, scores[given], factor)
        elif self._config.polarity:
            polarity = output["polarity"].double().numpy()[given].tolist()
        items = [
            Detection(box, float(scores[k]), polarity=None if polarity is None else polarity[n])
            for n, (k, box) in enumerate(zip(given, boxes, strict=True))
        ]
        return Detections(
            image=image.name,
            size=(image.height, image.width),
            items=tuple(items),
            provenance=provenance_of(
                image, self.info, device=self.device, threshold=self.threshold, settings=self._given
            ),
            seconds=seconds,
            note=reading_note(image.to_uint8(), len(items)),
        )

    def _directed(
        self, image: MetaphaseImage, boxes: list[Box], scores: FloatArray, factor: float
    ) -> tuple[list[Box], list[float]]:
        """The boxes with p at their p end as their band profiles say, and how sure that is, 0.5–1."""
        assert self._known is not None
        grey, _ = dark_on_light(image.to_uint8())
        zoom = min(1.0, _PROFILE_PIXELS * factor)
        if zoom < 1.0:
            size = (max(round(image.width * zoom), 1), max(round(image.height * zoom), 1))
            grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
        shrunk = [Box.rotated(b.cx * zoom, b.cy * zoom, b.w * zoom, b.h * zoom, b.angle) for b in boxes]
        reliable = scores >= self.info.operating_threshold
        p_of_box = p_probabilities(np.ascontiguousarray(grey), shrunk, reliable, self._known)
        return [b.turned() if p < 0.5 else b for b, p in zip(boxes, p_of_box, strict=True)], np.maximum(
            p_of_box, 1 - p_of_box
        ).tolist()


def _profiles(weights: LoadedWeights) -> ClassFree | None:
    """What directions are told by, where the weights hold it; EngineError where its shapes do not fit."""
    own = {k.removeprefix(_ORIENTATION): v.numpy() for k, v in weights.tensors.items() if k.startswith(_ORIENTATION)}
    try:
        return ClassFree.of_tensors(own)
    except ValueError as error:
        raise EngineError(f"{weights.path.name}: {_ORIENTATION}{error}; the weights are of another version.") from error


def _changed(config: DeepCHMConfig, changes: Mapping[str, object]) -> DeepCHMConfig:
    """``config`` with these suppression settings; raises EngineError for unknown names and wrong values."""
    if unknown := sorted(set(changes) - set(_NETWORK)):
        names = [*(f.name for f in fields(RunSettings)), *_NETWORK]
        raise EngineError(f"There is no setting {unknown[0]!r}; there are {', '.join(names)}.")
    for name, value in changes.items():
        expected = type(getattr(config, name))
        fits = isinstance(value, (int, float) if expected is float else expected)
        if not fits or (isinstance(value, bool) and expected is not bool):
            raise EngineError(f"The setting {name} needs a {expected.__name__}, got {value!r}.")
        if value not in _CHOICES.get(name, (value,)):
            raise EngineError(
                f"The setting {name} must be one of {', '.join(map(str, _CHOICES[name]))}, got {value!r}."
            )
    try:
        return replace(config, **changes)  # type: ignore[arg-type]
    except ValueError as error:
        raise EngineError(f"{error}.") from error

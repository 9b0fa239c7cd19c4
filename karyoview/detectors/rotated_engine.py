"""A trained network of rotated boxes as a Detector: scaling, settings, directions, and boxes in image pixels.

Who runs the network is told apart in :class:`RotatedNetwork`; nothing here needs torch.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, Final, Protocol

import cv2
import numpy as np
import numpy.typing as npt

from karyoview.core.detection import Detection, Detections
from karyoview.core.geometry import Box
from karyoview.core.image import MetaphaseImage
from karyoview.detectors.nms import Array
from karyoview.detectors.orientation import ClassFree
from karyoview.detectors.protocol import CancelToken, EngineError
from karyoview.detectors.provenance import provenance_of
from karyoview.detectors.region_engine import RunSettings, confidence_mass, factors_of
from karyoview.detectors.resizing import resized
from karyoview.detectors.rotated_config import DeepCHMConfig
from karyoview.detectors.rotated_direction import p_probabilities
from karyoview.detectors.weights_reading import StoredWeights
from karyoview.imaging.normalization import dark_on_light, reading_note

FloatArray = npt.NDArray[np.float64]

ORIENTATION: Final = "orientation."
"""Before the names of the tensors that tell directions; the others are the network's."""
_CHOICES: Final = {"nms": ("hard", "soft"), "direction": ("head", "profile"), "voting": (True, False)}
_NETWORK: Final = (
    "nms", "nms_threshold", "nms_sigma", "max_detections", "score_threshold", "place_threshold", "most_places",
    "candidates", "voting", "views", "direction",
)  # fmt: skip
_PROFILE_PIXELS: Final = 1.5
"""Pixels a network pixel has at most where bands are read: bands of a chromosome 16 px wide."""


class RotatedNetwork(Protocol):
    """What runs a network of rotated boxes on ``device``; float32 arrays in and out."""

    @property
    def device(self) -> object: ...

    def run(self, image: npt.NDArray[np.float32]) -> dict[str, Array]:
        """For a grey image (H, W), 0–1 at the network's own scale: ``boxes`` (K, 5), ``scores`` and ``polarity`` (K,).

        Raises EngineError when the device fails.
        """
        ...


class RotatedEngine:
    """DeepCHM, loaded; see Detector for :meth:`predict`.

    ``settings`` are those of RunSettings, and of the network (DeepCHMConfig) ``nms``, ``nms_threshold``,
    ``nms_sigma``, ``max_detections``, ``score_threshold``, ``place_threshold``, ``most_places``,
    ``candidates``, ``voting``, ``views`` and ``direction``, which stays with the head where the weights
    hold no profiles. Raises EngineError for other names, values that do not fit, or weights of another
    network.
    """

    def __init__(
        self,
        config: DeepCHMConfig,
        weights: StoredWeights[Any],
        network: Callable[[DeepCHMConfig, RunSettings], RotatedNetwork],
        profiles: Mapping[str, npt.NDArray[Any]],
        *,
        settings: Mapping[str, object],
    ) -> None:
        """``network(config, settings)`` makes the network of these weights; the arrays ``profiles`` tell directions."""
        self.info = weights.info
        names = {f.name for f in fields(RunSettings)}
        try:
            self.settings = RunSettings(**{k: v for k, v in settings.items() if k in names})  # type: ignore[arg-type]
        except TypeError as error:
            raise EngineError(f"{self.info.name}: a setting has a value of the wrong type ({error}).") from error
        self._given = dict(settings)
        self._config = _changed(config, {k: v for k, v in settings.items() if k not in names})
        self._known = _known_profiles(weights, profiles) if self._config.direction == "profile" else None
        width = self.settings.chromosome_width
        self._width = float(weights.card.get("chromosome_width") or 0.0) if width is None else width
        self._tolerance = float(weights.card.get("width_tolerance") or 0.0)
        self._network = network(self._config, self.settings)
        self.device = self._network.device

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
        grey = np.array(pixels, dtype=np.float32) / np.float32(255)
        found = self._network.run(resized(grey, factor))
        return self._detections(image, found, factor, time.perf_counter() - began)

    def _detections(
        self, image: MetaphaseImage, output: Mapping[str, Array], factor: float, seconds: float
    ) -> Detections:
        rows = output["boxes"].astype(np.float64)
        rows[:, :4] /= factor
        scores = output["scores"].astype(np.float64).clip(0.0, 1.0)
        inside = (rows[:, :2] >= 0).all(1) & (rows[:, 0] <= image.width) & (rows[:, 1] <= image.height)
        given = np.flatnonzero((scores >= self.threshold) & (rows[:, 2:4].min(1, initial=np.inf) > 0) & inside)
        given = given[np.argsort(-scores[given], kind="stable")]
        boxes = [Box.rotated(*(float(v) for v in rows[k])) for k in given]
        polarity: list[float] | None = None
        if self._known is not None:
            boxes, polarity = self._directed(image, boxes, scores[given], factor)
        elif self._config.polarity:
            polarity = output["polarity"].astype(np.float64)[given].tolist()
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
            metaphase=bool(items),
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


def _known_profiles(weights: StoredWeights[Any], profiles: Mapping[str, npt.NDArray[Any]]) -> ClassFree | None:
    """What directions are told by, where the weights hold it; EngineError where its shapes do not fit."""
    try:
        return ClassFree.of_tensors(profiles)
    except ValueError as error:
        raise EngineError(f"{weights.path.name}: {ORIENTATION}{error}; the weights are of another version.") from error


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

"""A trained region-based network as a Detector: scaling, batching, settings, and boxes in image pixels.

Who runs the network is told apart in :class:`RegionNetwork`; nothing here needs torch.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from karyoview.core.detection import Detection, Detections
from karyoview.core.geometry import Box
from karyoview.core.image import MetaphaseImage
from karyoview.detectors.nets.chromosome_width import estimate_width, scales_to_try
from karyoview.detectors.nms import Array
from karyoview.detectors.protocol import CancelToken, EngineError, EngineInfo
from karyoview.detectors.provenance import provenance_of
from karyoview.detectors.resizing import resized, scaled_size
from karyoview.detectors.weights_reading import StoredWeights
from karyoview.imaging.normalization import dark_on_light, reading_note

_LARGEST_SIDE: Final = 2400
_SUPPRESSION: Final = (
    "nms", "nms_threshold", "class_nms_threshold", "nms_sigma", "nms_margin", "soft_method", "output",
    "score_threshold", "max_detections",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RunSettings:
    """How an engine runs, apart from its suppression.

    ``threshold``: detections below it are left out (None: the card's operating threshold).
    ``batch_size`` images at once; ``precision`` ``fp32`` or ``bf16`` (used only where the device is fast
    at it); ``chromosome_width`` in network pixels that images are brought to (None: the card's; 0: no
    estimate, the training's own scale).
    """

    threshold: float | None = None
    batch_size: int = 4
    precision: str = "fp32"
    chromosome_width: float | None = None

    def __post_init__(self) -> None:
        if self.threshold is not None and not 0.0 <= self.threshold <= 1.0:
            raise EngineError(f"threshold must lie in 0 to 1, got {self.threshold}.")
        if self.batch_size < 1:
            raise EngineError(f"batch_size must be at least 1, got {self.batch_size}.")
        if self.precision not in ("fp32", "bf16"):
            raise EngineError(f"precision must be fp32 or bf16, got {self.precision!r}.")


class RegionNetwork(Protocol):
    """What runs a region-based network on ``device``; float32 arrays in and out."""

    @property
    def device(self) -> object: ...

    def run(self, images: Sequence[npt.NDArray[np.float32]]) -> list[dict[str, Array]]:
        """For each grey image (H, W), 0–1 at the network's own scale: ``boxes`` (K, 4), ``scores``, ``labels``, and
        ``probabilities`` (K, 24) where it names classes. Raises EngineError when the device fails."""
        ...


class RegionEngine:
    """DeepACE, DeepACEv2 or DeepACC, loaded; see Detector for :meth:`predict`.

    ``settings`` are those of RunSettings and, by the network's own names, of its suppression: ``nms``,
    ``nms_threshold``, ``nms_sigma``, ``max_detections`` (the head count's ceiling), ``score_threshold``
    and, where the network has them, ``nms_margin``, ``soft_method``, ``class_nms_threshold``,
    ``output``. Raises EngineError for other names, values that do not fit, or weights of another network.
    """

    def __init__(
        self,
        config: Any,
        weights: StoredWeights[Any],
        network: Callable[[Any, RunSettings], RegionNetwork],
        *,
        classes: tuple[str, ...],
        settings: Mapping[str, object],
    ) -> None:
        """``network(config, settings)`` makes the network of these weights, once everything else is found to fit."""
        self.info = weights.info
        if self.info.classes != classes:
            raise EngineError(
                f"{self.info.name}: the card lists {len(self.info.classes)} classes where {weights.card['engine']} has "
                f"{len(classes)}; the card is of another engine."
            )
        run_names = {f.name for f in fields(RunSettings)}
        suppression = {k: v for k, v in settings.items() if k not in run_names}
        try:
            self.settings = RunSettings(**{k: v for k, v in settings.items() if k in run_names})  # type: ignore[arg-type]
        except TypeError as error:
            raise EngineError(f"{self.info.name}: a setting has a value of the wrong type ({error}).") from error
        self._config = config
        self._network = network(_changed(config, suppression), self.settings)
        self.device = self._network.device
        self._given = dict(settings)
        width = self.settings.chromosome_width
        self._width = float(weights.card.get("chromosome_width") or 0.0) if width is None else width
        self._tolerance = float(weights.card.get("width_tolerance") or 0.0)

    @property
    def threshold(self) -> float:
        """The score from which detections are given."""
        given = self.settings.threshold
        return self.info.operating_threshold if given is None else given

    def predict(self, images: Sequence[MetaphaseImage], cancel: CancelToken | None = None) -> list[Detections]:
        """See Detector.

        Only images of the same size on the network's grid share a batch, so that what an image gets does
        not depend on its neighbours' sizes.
        """
        by_size: dict[tuple[int, int], list[tuple[int, float]]] = {}
        for i, image in enumerate(images):
            if cancel is not None:
                cancel.raise_if_cancelled()
            for factor in self._factors(image):
                height, width = scaled_size(image.height, image.width, factor)
                by_size.setdefault((-(-height // 32), -(-width // 32)), []).append((i, factor))
        results: dict[int, Detections] = {}
        for members in by_size.values():
            for start in range(0, len(members), self.settings.batch_size):
                if cancel is not None:
                    cancel.raise_if_cancelled()
                batch = members[start : start + self.settings.batch_size]
                began = time.perf_counter()
                found = self._network.run([_as_input(images[i], factor) for i, factor in batch])
                seconds = (time.perf_counter() - began) / len(batch)
                for (i, factor), output in zip(batch, found, strict=True):
                    candidate = self._detections(images[i], output, factor, seconds)
                    if i not in results or confidence_mass(candidate, self.info) > confidence_mass(
                        results[i], self.info
                    ):
                        results[i] = candidate
        return [results[i] for i in range(len(images))]

    def _factors(self, image: MetaphaseImage) -> tuple[float, ...]:
        """What the image is scaled by; of several, the one in which more is certain counts."""
        return factors_of(self._config, dark_on_light(image.to_uint8())[0], self._width, self._tolerance)

    def _detections(
        self, image: MetaphaseImage, output: Mapping[str, Array], factor: float, seconds: float
    ) -> Detections:
        boxes = output["boxes"].astype(np.float64) / factor
        boxes[:, 0::2] = boxes[:, 0::2].clip(0, image.width)
        boxes[:, 1::2] = boxes[:, 1::2].clip(0, image.height)
        scores = output["scores"].astype(np.float64).clip(0.0, 1.0)
        probabilities = output.get("probabilities")
        items = []
        for row in np.argsort(-scores, kind="stable"):
            x1, y1, x2, y2 = (float(v) for v in boxes[row])
            if scores[row] < self.threshold or x2 <= x1 or y2 <= y1:
                continue
            label = int(output["labels"][row]) - 1 if self.info.names_classes else None
            values = tuple(probabilities[row].tolist()) if probabilities is not None else ()
            items.append(
                Detection(
                    Box.from_xyxy(x1, y1, x2, y2),
                    float(scores[row]),
                    label=label,
                    raw_label=label,
                    probabilities=values,
                )
            )
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


def _as_input(image: MetaphaseImage, factor: float) -> npt.NDArray[np.float32]:
    return resized(np.array(dark_on_light(image.to_uint8())[0], dtype=np.float32) / np.float32(255), factor)


def confidence_mass(found: Detections, engine: EngineInfo) -> float:
    """How many chromosomes an engine is sure of: the sum of the scores that count."""
    return sum(d.score for d in found.items if d.score >= engine.operating_threshold)


def factors_of(config: Any, pixels: np.ndarray, width: float, tolerance: float) -> tuple[float, ...]:
    """What an engine scales (H, W) uint8 ``pixels``, dark on light, by: one factor, or two of which the surer counts.

    ``width`` in network pixels is that of its training's chromosomes, ``tolerance`` the share by which
    a picture's may be away from it unscaled (detectors.nets.chromosome_width).
    """
    factors = scales_to_try(pixels, width, scale_of(config, *pixels.shape), tolerance)
    return tuple(dict.fromkeys(min(f, _LARGEST_SIDE / max(pixels.shape)) for f in factors))


def scale_of(config: Any, height: int, width: int) -> float:
    """What the training scales an image of that size by: ``scale``, at most ``longer_side``."""
    fit = config.longer_side / max(height, width) if config.longer_side else None
    candidates = [f for f in (config.scale, fit) if f is not None]
    return min(candidates) if candidates else 1.0


def training_width(images: Iterable[np.ndarray], config: Any) -> float:
    """Median chromosome width in network pixels over training images (uint8, (H, W)), for the card; 0 if unseen."""
    widths = [
        width * scale_of(config, *pixels.shape) for pixels in images if (width := estimate_width(pixels)) is not None
    ]
    return float(np.median(widths)) if widths else 0.0


def _changed(config: Any, changes: Mapping[str, object]) -> Any:
    allowed = [name for name in _SUPPRESSION if hasattr(config, name)]
    if unknown := sorted(set(changes) - set(allowed)):
        names = [*(f.name for f in fields(RunSettings)), *allowed]
        raise EngineError(f"There is no setting {unknown[0]!r}; there are {', '.join(names)}.")
    for name, value in changes.items():
        expected = type(getattr(config, name))
        if not isinstance(value, (int, float) if expected is float else expected) or isinstance(value, bool):
            raise EngineError(f"The setting {name} needs a {expected.__name__}, got {value!r}.")
    kinds = {"nms": _NMS_KINDS.get("output" if hasattr(config, "output") else ""), **_CHOICES}
    for name, value in changes.items():
        choices = kinds.get(name)
        if choices is not None and value not in choices:
            raise EngineError(f"The setting {name} must be one of {', '.join(choices)}, got {value!r}.")
    return replace(config, **changes)


_NMS_KINDS: Final = {"": ("hard", "soft", "eg", "hard_soft"), "output": ("hard", "soft")}
_CHOICES: Final = {"soft_method": ("gaussian", "linear"), "output": ("top1", "all", "max")}

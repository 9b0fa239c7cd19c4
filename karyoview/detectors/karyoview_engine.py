"""The default engine: find, outline, name, and let the cell decide together.

1. *Find* (nets.finder): where chromosomes are, one class, at a fixed chromosome width; overlapping
   candidates settle among themselves which are chromosomes of their own (nets.learned_nms).
2. *Outline* (imaging.masks): the pixels and centre line of each found chromosome; its rotated box.
3. *Name* (nets.classifier): straightened crops at full resolution give the 24 class probabilities, and
   their profiles the end that is p (detectors.orientation).
4. *Rescore* (detectors.rescoring, nets.cell_context): outline, name and the other regions of the
   cell say whether a region is one whole chromosome, and which.
5. *Decide* (core.assignment): soft quotas over the cell; a third copy costs, and is never forbidden.
   The network's own class stays beside the cell's, and every change raises the doubt.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from karyoview import __version__
from karyoview.core.assignment import COPY_PENALTIES, assign_classes
from karyoview.core.chromosome import CLASSES
from karyoview.core.detection import Detection, Detections, Provenance
from karyoview.core.geometry import Box
from karyoview.core.image import MetaphaseImage
from karyoview.detectors.devices import autocast, choose_device
from karyoview.detectors.nets.cell_context import CellContext
from karyoview.detectors.nets.chromosome_width import READABLE_WIDTH, estimate_width, size_note
from karyoview.detectors.nets.classifier import CROP_SHAPE, EMBEDDING_DIM, ChromosomeClassifier
from karyoview.detectors.nets.finder import CHROMOSOME_WIDTH, Finder, FinderRegions
from karyoview.detectors.nets.fusion import fuse_conv_bn
from karyoview.detectors.nets.learned_nms import LearnedNMS, candidates
from karyoview.detectors.nets.nms import soft_nms
from karyoview.detectors.orientation import BINS, crop_profile, upright_probability
from karyoview.detectors.protocol import CancelToken, EngineError
from karyoview.detectors.rescoring import context_features, pair_features, rescore, score_features
from karyoview.detectors.runtime import compile_backends
from karyoview.detectors.weights import LoadedWeights
from karyoview.imaging.aligned import aligned_crop, cell_scale, chromosome_axis
from karyoview.imaging.masks import InstanceMask, masks_from_boxes
from karyoview.imaging.normalization import normalize

FloatArray = npt.NDArray[np.float64]
Float32Array = npt.NDArray[np.float32]

_USUAL_WIDTH: Final = 15.0  # px of a chromosome in the images the engine was trained on
_VIEWS: Final = {"fast": (1, 1), "balanced": (4, 2), "best": (8, 4)}  # forms that the finder and the naming judge
_OLD_SETTINGS: Final = {"joint_assignment": "joint_assignment"}
_LOWEST: Final = 0.001
_MOST: Final = 150
_OUTLINED: Final = 0.4
_FEW: Final = 12
_MOST_OF_A_CELL: Final = 30.0
_HUGE: Final = 0.34  # chromosomes so much wider are no clusters, and the picture as it is would be large


@dataclass(frozen=True, slots=True)
class Settings:
    """What a person may set: ``threshold`` [0, 1] (None: the card's), ``quality`` fast, balanced or best
    (views averaged), ``precision`` fp32 or bf16, ``together`` whether the cell decides the classes."""

    threshold: float | None = None
    quality: str = "balanced"
    precision: str = "bf16"
    joint_assignment: bool = True

    @classmethod
    def read(cls, values: Mapping[str, object]) -> Settings:
        """Checked settings; EngineError for unknown names or values."""
        known = {"threshold", "quality", "precision", "joint_assignment"}
        values = {_OLD_SETTINGS.get(name, name): value for name, value in values.items()}
        if unknown := sorted(set(values) - known):
            raise EngineError(f"karyoview has no setting {unknown[0]!r}; it has {', '.join(sorted(known))}.")
        settings = cls(**values)  # type: ignore[arg-type]
        if settings.quality not in _VIEWS:
            raise EngineError(f"quality must be fast, balanced or best, got {settings.quality!r}.")
        return settings


@dataclass(slots=True, eq=False)
class Regions:
    """What was found in a cell, by falling score of the finder; the first len(masks) are outlined.

    ``boxes`` (N, 4) x1, y1, x2, y2 in the cell's pixels; ``scores`` (N,); ``log_probs`` (N, 24);
    ``whole`` log odds, ``masks``, ``crops`` (2, 192, 32) uint8, ``embeddings`` (256,) and ``roi_features``
    (512,) float32 of the outlined ones.
    """

    boxes: FloatArray
    scores: FloatArray
    log_probs: FloatArray
    whole: FloatArray
    masks: list[InstanceMask]
    crops: npt.NDArray[np.uint8]
    embeddings: Float32Array
    roi_features: Float32Array

    def context_inputs(self) -> tuple[FloatArray, FloatArray, Float32Array, Float32Array, FloatArray]:
        """What nets.cell_context reads of the K outlined ones: node_features (K, 12), log_probs (K, 24),
        embeddings (K, 256), roi_features (K, 512) and pair_features (K, K, 8)."""
        k = len(self.masks)
        boxes, scores, log_probs = self.boxes[:k], self.scores[:k], self.log_probs[:k]
        scored = score_features(boxes, scores, self.whole, log_probs, self.masks)
        node_features = np.concatenate([scored, context_features(log_probs, self.masks)], 1)
        pairs = pair_features(boxes, scores, log_probs, self.masks)
        return node_features, log_probs, self.embeddings, self.roi_features, pairs


class _Orientation(nn.Module):
    """Holds what detectors.orientation compares with, so that it is checked like any weights."""

    means: Tensor
    slopes: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("means", torch.zeros(len(CLASSES), 2 * BINS))
        self.register_buffer("slopes", torch.zeros(len(CLASSES)))


class KaryoViewEngine:
    """The default engine, loaded. See the module for its steps and karyoview.detectors.protocol for its use."""

    def __init__(self, weights: LoadedWeights, *, device: str, settings: Mapping[str, object]) -> None:
        self.info = weights.info
        self._settings = Settings.read(settings)
        self._views = _VIEWS[self._settings.quality]
        self._device = choose_device(device)
        self._config: Mapping[str, Any] = weights.card.get("config", {})
        self._finder, self._classifier = Finder(), ChromosomeClassifier()
        weights.load_into(self._finder, "finder.")
        weights.load_into(self._classifier, "classifier.")
        self._learned_nms: LearnedNMS | None = None
        if any(name.startswith("learned_nms.") for name in weights.tensors):
            self._learned_nms = LearnedNMS()
            weights.load_into(self._learned_nms, "learned_nms.")
            self._learned_nms.eval().to(self._device)
        self._cell_context: CellContext | None = None
        if any(name.startswith("cell_context.") for name in weights.tensors):
            self._cell_context = CellContext()
            weights.load_into(self._cell_context, "cell_context.")
            self._cell_context.eval().to(self._device)
        orientation = _Orientation()
        weights.load_into(orientation, "orientation.")
        self._means, self._slopes = orientation.means.double().numpy(), orientation.slopes.double().numpy()
        for net in (self._finder, self._classifier):
            fuse_conv_bn(net.eval())
            net.to(device=self._device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._runtime = compile_backends(
            self._finder, self._classifier, self._device, self._settings.precision, self.info.weights_hash
        )

    @property
    def config(self) -> Mapping[str, Any]:
        """The card's configuration: thresholds and temperatures of the stages."""
        return self._config

    @property
    def finder(self) -> Finder:
        """The network that finds the regions; what is set in its place must answer ``find`` as it does."""
        return self._finder

    @finder.setter
    def finder(self, finder: Finder) -> None:
        self._finder = finder

    @property
    def threshold(self) -> float:
        chosen = self._settings.threshold
        return self.info.operating_threshold if chosen is None else float(chosen)

    def predict(self, images: Sequence[MetaphaseImage], cancel: CancelToken | None = None) -> list[Detections]:
        """Detections for each image; see karyoview.detectors.protocol.Detector."""
        results = []
        for image in images:
            if cancel is not None:
                cancel.raise_if_cancelled()
            results.append(self._one(image, cancel))
        return results

    def _one(self, image: MetaphaseImage, cancel: CancelToken | None) -> Detections:
        began = time.perf_counter()
        grey, read_as = normalize(image.to_uint8())
        notes = [*([self._runtime.note] if self._runtime.note else []), *read_as]
        factor = self.scale_of(grey)
        if factor is None:
            return self._result(image, (), [*notes, size_note(estimate_width(grey))], began)
        regions = self.named_regions(_resized(grey, factor), cancel)
        boxes, masks = regions.boxes, regions.masks
        own = regions.log_probs.argmax(1)
        scores, log_probs = self._rescore(regions)
        upright = self._orientation(regions.crops, np.exp(log_probs[: len(masks)]))
        counted = scores >= self.info.operating_threshold
        labels = log_probs.argmax(1)
        if self._settings.joint_assignment:
            penalties = tuple(self._config.get("copy_penalties", COPY_PENALTIES))
            labels[counted] = assign_classes(log_probs[counted], penalties)
        items = [
            self._detection(i, boxes, scores, log_probs, labels, own, masks, upright, factor)
            for i in range(len(boxes))
            if scores[i] >= self.threshold
        ]
        items.sort(key=lambda d: -d.score)
        sure = sum(d.score >= self.info.operating_threshold for d in items)
        if sure == 0:
            notes.append("No metaphase was recognised in this picture.")
        elif sure < _FEW:
            notes.append(f"Only {sure} chromosomes were found; is this a whole metaphase?")
        return self._result(image, tuple(items), notes, began)

    def _result(
        self, image: MetaphaseImage, items: tuple[Detection, ...], notes: Sequence[str], began: float
    ) -> Detections:
        return Detections(
            image.name,
            (image.height, image.width),
            items,
            Provenance(
                self.info.name,
                self.info.weights_hash,
                __version__,
                str(self._device),
                self.threshold,
                image.sha256,
                settings=(
                    ("quality", self._settings.quality),
                    ("joint_assignment", str(self._settings.joint_assignment)),
                ),
            ),
            time.perf_counter() - began,
            " ".join(notes),
        )

    def scale_of(self, grey: npt.NDArray[np.uint8]) -> float | None:
        """The factor at which (H, W) uint8 ``grey``, dark on light, is read; None where its chromosomes are too small.

        Clusters and halos mislead the estimate of their width. Where it is far from the usual one the
        finder looks at both sizes, and the one in which it is sure of more chromosomes is taken.
        """
        width = estimate_width(grey)
        factor = usual_scale(grey, width)
        if factor == 1.0 or factor < _HUGE:
            return factor
        plain = self._confidence_mass(grey)
        if width is not None and width < READABLE_WIDTH:
            return 1.0 if plain >= _MOST_OF_A_CELL else None
        return 1.0 if plain >= self._confidence_mass(_resized(grey, factor)) else factor

    def _confidence_mass(self, cell: npt.NDArray[np.uint8]) -> float:
        """How many chromosomes the finder is sure of in ``cell``: the sum of the scores that count."""
        _, scores, _, _ = self._find(cell)
        certain = float(self._config.get("finder_threshold", self.info.operating_threshold))
        return float(scores[scores >= certain].sum())

    def regions(self, cell: npt.NDArray[np.uint8]) -> Regions:
        """What the finder sees in (H, W) uint8 ``cell``, outlined and straightened, not yet named."""
        boxes, scores, classes, roi_features = self._find(cell)
        # scores fall; what counts is outlined by itself, so that a doubtful double cannot take its pixels
        certain = float(self._config.get("finder_threshold", self.info.operating_threshold))
        counted = int((scores >= certain).sum())
        outlined = int((scores >= float(self._config.get("outlined", _OUTLINED)) * certain).sum())
        masks = masks_from_boxes(cell, boxes[:counted])
        if outlined > counted:
            masks += masks_from_boxes(cell, boxes[:outlined], start=counted)
        log_probs = np.log(np.clip(classes / np.maximum(classes.sum(1, keepdims=True), 1e-9), 1e-6, 1.0))
        crops = np.zeros((0, *CROP_SHAPE), np.uint8)
        if masks:
            scale = cell_scale(cell, masks[:counted] or masks)
            crops = np.stack([aligned_crop(cell, m, scale) for m in masks])
        blank = np.zeros((len(masks), EMBEDDING_DIM), np.float32)
        return Regions(boxes, scores, log_probs, np.zeros(len(masks)), masks, crops, blank, roi_features[: len(masks)])

    def named_regions(self, cell: npt.NDArray[np.uint8], cancel: CancelToken | None = None) -> Regions:
        """``regions``, with the naming network's word on the outlined ones."""
        regions = self.regions(cell)
        if cancel is not None:
            cancel.raise_if_cancelled()
        if regions.masks:
            regions.log_probs[: len(regions.masks)], regions.whole[:], regions.embeddings[:] = self._name(regions.crops)
        return regions

    def _rescore(self, regions: Regions) -> tuple[FloatArray, FloatArray]:
        """Scores (N,) and log probabilities (N, 24) after outline, name and the other regions were seen.

        The finder's and the naming network's own where the weights hold no second look.
        """
        scores, log_probs = regions.scores.copy(), regions.log_probs.copy()
        weights, k = self._config.get("rescoring"), len(regions.masks)
        if k == 0 or (weights is None and self._cell_context is None):
            return scores, log_probs
        if self._cell_context is not None:
            read = [torch.as_tensor(a, dtype=torch.float32, device=self._device) for a in regions.context_inputs()]
            with torch.inference_mode():
                odds, named = self._cell_context(*read)
                named = (named / float(self._config.get("context_temperature", 1.0))).log_softmax(1)
            new, log_probs[:k] = odds.sigmoid().cpu().double().numpy(), named.cpu().double().numpy()
        else:
            features = score_features(regions.boxes[:k], scores[:k], regions.whole, log_probs[:k], regions.masks)
            new = rescore(features, weights)
        # what was too faint to be outlined stays below what was
        scores[k:] *= float(new.min()) / max(float(scores[k - 1]), 1e-6)
        scores[:k] = new
        return scores, log_probs

    def _find(self, cell: npt.NDArray[np.uint8]) -> tuple[FloatArray, FloatArray, FloatArray, Float32Array]:
        """Boxes (N, 4) in ``cell`` pixels, settled scores (N,), the finder's classes (N, 24) and features (N, 512)."""
        factor = CHROMOSOME_WIDTH / _USUAL_WIDTH
        small = cv2.resize(cell, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        h, w = small.shape
        x = torch.from_numpy(small.astype(np.float32)).to(self._device)
        with torch.inference_mode(), autocast(self._device, self._settings.precision):
            seen = self._finder.find(x, self._views[0])
        boxes, scores = seen.boxes.float(), seen.scores.float()
        with torch.inference_mode():
            kept, values = self._suppressed(seen, boxes, scores)
        scale = np.array([cell.shape[1] / w, cell.shape[0] / h] * 2)
        return (
            boxes[kept].cpu().double().numpy() * scale,
            values.cpu().double().numpy(),
            seen.classes[kept].cpu().double().numpy(),
            seen.features[kept].float().cpu().numpy(),
        )

    def _suppressed(self, seen: FinderRegions, boxes: Tensor, scores: Tensor) -> tuple[Tensor, Tensor]:
        """Places and new scores of the regions that stay, by falling score: the neighbours' word, else Soft-NMS."""
        if self._learned_nms is None:
            sigma = float(self._config.get("soft_sigma", 0.5))
            return soft_nms(boxes, scores, sigma=sigma, min_score=_LOWEST, limit=_MOST)
        asked = candidates(boxes, scores)
        odds = self._learned_nms(boxes[asked], scores[asked], seen.classes[asked].float(), seen.features[asked].float())
        values, order = odds.sigmoid().sort(descending=True)
        enough = values[:_MOST] >= _LOWEST
        return asked[order[:_MOST][enough]], values[:_MOST][enough]

    def _name(self, crops: npt.NDArray[np.uint8]) -> tuple[FloatArray, FloatArray, Float32Array]:
        """Of straightened crops (N, 2, H, W): calibrated log probabilities (N, 24), log odds (N,) of being whole,
        embeddings (N, 256)."""
        x = torch.from_numpy(crops).to(self._device).float() / 255
        x = x.contiguous(memory_format=torch.channels_last)
        views = [x, x.flip(2), x.flip(3), x.flip(2, 3)][: self._views[1]]
        with torch.inference_mode(), autocast(self._device, self._settings.precision):
            seen = [self._classifier(v) for v in views]
        logits = torch.stack([logits for logits, _, _ in seen])
        probabilities = (logits / float(self._config.get("temperature", 1.0))).softmax(-1).mean(0)
        whole = torch.stack([w for _, _, w in seen]).mean(0)
        embeddings = torch.stack([e for _, e, _ in seen]).mean(0).float().cpu().numpy()
        return probabilities.clamp_min(1e-9).log().cpu().double().numpy(), whole.cpu().double().numpy(), embeddings

    def _orientation(self, crops: npt.NDArray[np.uint8], probabilities: FloatArray) -> FloatArray:
        """Probability (N,) that the upper end of each crop is p; NaN where it cannot be told."""
        out = np.full(len(crops), np.nan)
        for i, (crop, p) in enumerate(zip(crops, probabilities, strict=True)):
            profile = crop_profile(crop)
            if profile is not None:
                out[i] = upright_probability(profile, self._means, self._slopes, p)
        return out

    def _detection(
        self, i: int, boxes: FloatArray, scores: FloatArray, log_probs: FloatArray,
        labels: npt.NDArray[np.int64], own: npt.NDArray[np.int64], masks: Sequence[InstanceMask],
        upright: FloatArray, factor: float,
    ) -> Detection:  # fmt: skip
        """One detection in the image's own pixels, with its doubt and the reasons for it."""
        horizontal = Box.from_xyxy(*(float(v) / factor for v in boxes[i]))
        probabilities = np.exp(log_probs[i])  # given that it is a chromosome
        label, reasons = int(labels[i]), []
        confidence = float(probabilities[label])
        if confidence < 0.7:
            rival = next(int(c) for c in np.argsort(-probabilities) if c != label)
            reasons.append(f"{CLASSES[label].label} or {CLASSES[rival].label}")
        if labels[i] != own[i]:
            reasons.append("class changed by the cell")
        if scores[i] < 0.8:
            reasons.append("uncertain chromosome")
        box, polarity = horizontal, None
        axis: tuple[tuple[float, float], ...] = ()
        if i < len(masks):
            box, axis, polarity = _directed(masks[i], float(upright[i]), factor)
            if masks[i].confidence < 0.3:
                reasons.append("overlap")
            if polarity is not None and polarity < 0.8:
                reasons.append("direction uncertain")
        doubt = 1.0 - float(scores[i]) * confidence
        return Detection(
            box, float(scores[i]), label, horizontal, int(own[i]),
            tuple(float(p * scores[i]) for p in probabilities),
            polarity, doubt, axis, tuple(reasons),
        )  # fmt: skip


def _directed(
    mask: InstanceMask, upright: float, factor: float
) -> tuple[Box, tuple[tuple[float, float], ...], float | None]:
    """The mask's box and centre line in image pixels with p first, and the probability that this is so."""
    line = chromosome_axis(mask)
    known = np.isfinite(upright)
    if known and upright < 0.5:
        line = line[::-1]
    b = mask.box
    toward = line[0] - line[-1]
    angle = b.angle if float(np.dot(toward, b.p_direction)) >= 0 else b.angle + np.pi
    box = Box.rotated(b.cx / factor, b.cy / factor, b.w / factor, b.h / factor, angle)
    points = line[:: max(len(line) // 12, 1)]
    axis = tuple((float(x) / factor, float(y) / factor) for x, y in (*points, line[-1]))
    return box, axis, max(upright, 1 - upright) if known else None


def _resized(grey: npt.NDArray[np.uint8], factor: float) -> npt.NDArray[np.uint8]:
    if factor == 1.0:
        return grey
    return cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA).astype(np.uint8)


def usual_scale(grey: npt.NDArray[np.uint8], width: float | None = None) -> float:
    """The factor that brings chromosomes of (H, W) uint8 ``grey`` to the width the networks know.

    ``width`` in pixels is what was estimated, if it was. 1 where it is within a third of the usual
    one, since contraction varies from cell to cell.
    """
    width = estimate_width(grey) if width is None else width
    if width is None or 0.74 < width / _USUAL_WIDTH < 1.32:
        return 1.0
    return float(np.clip(_USUAL_WIDTH / width, 0.1, 4.0))


def load(weights: LoadedWeights, *, device: str, settings: Mapping[str, object]) -> KaryoViewEngine:
    """The engine with these weights; the factory that the registry calls."""
    return KaryoViewEngine(weights, device=device, settings=settings)

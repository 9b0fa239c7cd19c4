"""The default engine: preprocess → model → postprocess, in five stages.

1. *Find* (nets.finder): where chromosomes are, one class, at a fixed chromosome width; overlapping
   candidates settle among themselves which are chromosomes of their own (nets.learned_nms).
2. *Outline* (imaging.masks, imaging.aligned): the pixels and centre line of each found chromosome, its
   rotated box, and the chromosome cut out and straightened.
3. *Classify* (nets.classifier): the crops give the 24 class probabilities, and their profiles the end
   that is p (detectors.orientation).
4. *Rescore* (nets.cell_context, else detectors.rescoring): outline, class and the other regions of the
   cell say whether a region is one whole chromosome, and which.
5. *Assign* (core.assignment): soft quotas over the cell; a third copy costs, and is never forbidden.
   The networks' own class stays beside the cell's, and every change raises the doubt.

The networks are one module, nets.karyoview; what is known after each stage is in detectors.regions,
and what a reviewer is told of it is made in detectors.postprocess.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, Final, NamedTuple, Self, cast

import cv2
import numpy as np
import numpy.typing as npt

from karyoview.core.assignment import assign_classes
from karyoview.core.detection import Detection, Detections
from karyoview.core.image import MetaphaseImage
from karyoview.detectors.metaphase_check import FEWEST_CHROMOSOMES, refusal
from karyoview.detectors.nets.chromosome_size import factors_to_try, width_factor
from karyoview.detectors.nets.chromosome_width import READABLE_WIDTH, REFERENCE_WIDTH, estimate_width, size_note
from karyoview.detectors.network_sizes import CHROMOSOME_WIDTH, CROP_SHAPE, EMBEDDING_DIM
from karyoview.detectors.orientation import upright_probability
from karyoview.detectors.postprocess import count_note, detections_of
from karyoview.detectors.protocol import CancelToken
from karyoview.detectors.provenance import provenance_of
from karyoview.detectors.reading_settings import EFFORTS, Calibration, Effort, Settings
from karyoview.detectors.regions import (
    Candidates,
    ContextInputs,
    Decisions,
    Float32Array,
    FloatArray,
    Regions,
    with_lone_pieces,
)
from karyoview.detectors.rescoring import rescore
from karyoview.detectors.specialist import FEWEST_PIECES, lone_chromosomes
from karyoview.detectors.weights_reading import StoredWeights
from karyoview.imaging.aligned import CellScale, aligned_crop, cell_scale
from karyoview.imaging.connected_pieces import lone_pieces
from karyoview.imaging.direction import crop_profile, shipped_direction_net
from karyoview.imaging.masks import InstanceMask, masks_from_boxes
from karyoview.imaging.normalization import normalize

_CHROMOSOMES_OF_A_CELL: Final = 30.0  # a finder that is sure of so many sees a cell
_CLEARLY_MORE: Final = 1.25  # times as many chromosomes as at the likeliest size; by held-out cells laid out anew
_SMALL_FACTOR: Final = 0.34  # chromosomes so much wider are no clusters, and the picture as it is would be large


class FinderInput(NamedTuple):
    """A cell at the finder's scale, the factors (4,) to the cell's own pixels, and its lone pieces (P, 4) in those.

    ``image`` is of the kind that the reader's networks take, ``scaled`` the cell at the scales that the finder's views
    take in turn, and ``looked`` what they saw in views of it so far.
    """

    image: Any
    scaled: Sequence[Any]
    to_cell: FloatArray
    pieces: FloatArray
    looked: list[Any]


class Proposed(NamedTuple):
    """All regions of a cell in its own pixels, the places ``kept`` (K,) int64 of those that stay after suppression, and
    the new ``scores`` (K,) of these, falling."""

    regions: Candidates
    kept: npt.NDArray[np.int64]
    scores: FloatArray


class CellReader(ABC):
    """The stages of the default engine but for its networks, which a subclass runs; see the module.

    A subclass sets ``specialist`` (networks for cells of one look, or None), ``device``, ``note`` (a sentence of how
    its networks run, or ""), ``eight_bits`` (whether they are in 8 bits, for speed: a doubtful cell is then not read
    again) and ``shown`` (settings that every result names).
    """

    specialist: CellReader | None
    device: object
    note: str = ""
    eight_bits: bool = False
    shown: Mapping[str, object] = {}

    def __init__(self, weights: StoredWeights[Any], settings: Mapping[str, object]) -> None:
        self.info = weights.info
        self.config: Mapping[str, Any] = weights.card.get("config", {})
        self._settings = Settings.read(settings)
        self._calibration = Calibration.of_card(weights.card)
        self.effort = EFFORTS[self._settings.quality]
        """How often the networks look; a study may set another."""

    # what the networks say

    @abstractmethod
    def finder_input(self, image: Float32Array) -> Any:
        """(H, W) float32 ``image``, 0–255, as the finder takes it."""

    @abstractmethod
    def proposed(self, given: FinderInput, views: int) -> Proposed:
        """What the finder sees in a cell over its first ``views``, and what is left of it after suppression."""

    @abstractmethod
    def classify(
        self, crops: npt.NDArray[np.uint8], views: int | None = None
    ) -> tuple[FloatArray, FloatArray, Float32Array]:
        """Of straightened crops (N, 2, 192, 32): calibrated log probabilities (N, 24), log odds (N,) of being one
        whole chromosome, and embeddings (N, 256). ``views`` of each; None: as many as the effort says."""

    @abstractmethod
    def in_context(self, inputs: ContextInputs, temperature: float) -> tuple[FloatArray, FloatArray] | None:
        """Log odds (K,) and log probabilities (K, 24) of regions beside one another; None without such a network."""

    @abstractmethod
    def known_look(self, embeddings: Float32Array) -> bool | None:
        """Whether lone chromosomes' embeddings (N, 256) look like a specialist's; None where nothing can tell."""

    @abstractmethod
    def novelty_of(self, embeddings: Float32Array) -> float | None:
        """How far embeddings (N, 256) of a cell are from all that is known; None where nothing is known."""

    @abstractmethod
    def profiles(self) -> tuple[FloatArray, FloatArray]:
        """Mean profiles (24, 128) of p-up crops and slopes (24,); see detectors.orientation."""

    @property
    def threshold(self) -> float:
        """The score from which detections are given."""
        chosen = self._settings.threshold
        return self.info.operating_threshold if chosen is None else float(chosen)

    @property
    def finder_threshold(self) -> float:
        """The finder's own score from which its regions count."""
        return self._calibration.finder_threshold

    def predict(self, images: Sequence[MetaphaseImage], cancel: CancelToken | None = None) -> list[Detections]:
        """Detections for each image; see karyoview.detectors.protocol.Detector."""
        results = []
        for image in images:
            if cancel is not None:
                cancel.raise_if_cancelled()
            results.append(self._predict_one(image, cancel))
        return results

    def _predict_one(self, image: MetaphaseImage, cancel: CancelToken | None) -> Detections:
        began = time.perf_counter()
        grey, notes = normalize(image.to_uint8())
        if self.note:
            notes = [self.note, *notes]
        own = self.engine_for(grey)
        factor = own.scale_of(grey)
        items: list[Detection] = []
        metaphase, novelty = factor is not None, None
        if factor is None:
            notes.append(size_note(estimate_width(grey)))
        else:
            regions, decisions = own.read(_resized(grey, factor), cancel)
            novelty = own.novelty(regions)
            items = detections_of(regions, decisions, factor, self.threshold)
            counted = [d for d in items if d.score >= self.info.operating_threshold]
            if self._settings.check_metaphase:
                notes.append(reason := refusal(counted))
                metaphase = not reason
                items = items if metaphase else []
            else:
                notes.append(count_note(len(counted)))
        shown_settings = {
            name: value for name, value in asdict(self._settings).items() if name in ("quality", "joint_assignment")
        }
        if not self._settings.check_metaphase:
            shown_settings["check_metaphase"] = False
        shown_settings |= self.shown
        return Detections(
            image.name, (image.height, image.width), tuple(items),
            provenance_of(image, self.info, device=self.device, threshold=self.threshold, settings=shown_settings),
            time.perf_counter() - began, " ".join(note for note in notes if note), metaphase, novelty,
        )  # fmt: skip

    def read(self, cell: npt.NDArray[np.uint8], cancel: CancelToken | None = None) -> tuple[Regions, Decisions]:
        """The regions of (H, W) uint8 ``cell``, dark on light and of reference scale, and what was decided of them.

        A cell that leaves doubt when all of it was judged together is read once more, as the effort says; not in
        8 bits.
        """
        given = self.asked_of(cell)
        regions = self._named(cell, given, self.effort, cancel)
        decisions = self.decide(regions)
        again = None if self.eight_bits else self.effort.after(decisions.scores[: len(regions.masks)])
        if again is not None:
            regions = self._named(cell, given, again, cancel)
            decisions = self.decide(regions)
        return regions, decisions

    # preprocess

    def read_at_scale(self, grey: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        """(H, W) uint8 ``grey``, dark on light, at the scale at which it is read; as it is where it cannot be."""
        return _resized(grey, self.scale_of(grey) or 1.0)

    def engine_for(self, grey: npt.NDArray[np.uint8]) -> Self:
        """The reader whose networks read (H, W) uint8 ``grey``, dark on light: the specialist if it knows the look."""
        own = self.specialist
        return cast(Self, own) if own is not None and own.knows(grey) else self

    def knows(self, grey: npt.NDArray[np.uint8]) -> bool:
        """Whether the chromosomes that lie alone in (H, W) uint8 ``grey`` look like those that this specialist knows.

        True where too few lie alone to tell; a specialist's model has a router.
        """
        embeddings = self.lone_embeddings(grey)
        return embeddings is None or self.known_look(embeddings) is not False

    def lone_embeddings(self, grey: npt.NDArray[np.uint8]) -> Float32Array | None:
        """Embeddings (N, 256) of chromosomes that lie alone in (H, W) uint8 ``grey``, dark on light, or None."""
        cell = _resized(grey, usual_scale(grey))
        masks = lone_chromosomes(cell)
        if len(masks) < FEWEST_PIECES:
            return None
        scale = self.crop_scale(cell, masks)
        crops = np.stack([aligned_crop(cell, mask, scale) for mask in masks])
        return self.classify(crops, views=1)[2]  # a mean over many crops needs no second look at each

    def scale_of(self, grey: npt.NDArray[np.uint8]) -> float | None:
        """The factor at which (H, W) uint8 ``grey``, dark on light, is read; None where its chromosomes are too small.

        Clusters, halos and nuclei mislead what is measured. Where it is far from the reference the finder
        looks at several sizes, and the one in which it is sure of most chromosomes is taken; the one that the
        area of the cell asks for stays unless another shows clearly more, since what is too large falls to pieces.
        """
        if not self._calibration.scale_by_area:
            return self._scale_by_width(grey)
        factors = factors_to_try(grey)
        if not factors:
            return 1.0 if self._confidence_mass(grey, views=1) >= _CHROMOSOMES_OF_A_CELL else None
        if len(factors) == 1:
            return factors[0]
        sure = [self._confidence_mass(_resized(grey, factor), views=1) for factor in factors]
        best = int(np.argmax(sure))
        return factors[best] if sure[best] > _CLEARLY_MORE * sure[0] else factors[0]

    def _scale_by_width(self, grey: npt.NDArray[np.uint8]) -> float | None:
        width = estimate_width(grey)
        factor = usual_scale(grey, width)
        if factor == 1.0 or factor < _SMALL_FACTOR:
            return factor
        unscaled = self._confidence_mass(grey)
        if width is not None and width < READABLE_WIDTH:
            return 1.0 if unscaled >= _CHROMOSOMES_OF_A_CELL else None
        return 1.0 if unscaled >= self._confidence_mass(_resized(grey, factor)) else factor

    def _confidence_mass(self, cell: npt.NDArray[np.uint8], views: int | None = None) -> float:
        """How many chromosomes the finder is sure of in ``cell``: the sum of the scores that count."""
        scores = self.candidates(cell, views).scores
        return float(scores[scores >= self._calibration.finder_threshold].sum())

    def finder_image(self, cell: npt.NDArray[np.uint8], scale: float = 1.0) -> Float32Array:
        """(H, W) uint8 ``cell`` as float32 at ``scale`` times that which the finder was taught at."""
        factor = scale * CHROMOSOME_WIDTH / REFERENCE_WIDTH
        return cv2.resize(cell, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA).astype(np.float32)

    def asked_of(self, cell: npt.NDArray[np.uint8]) -> FinderInput:
        """What the finder is asked about (H, W) uint8 ``cell``."""
        small = self.finder_image(cell)
        to_cell = np.array([cell.shape[1] / small.shape[1], cell.shape[0] / small.shape[0]] * 2)
        pieces = lone_pieces(cell) if self._calibration.connected_pieces else np.zeros((0, 4))
        image = self.finder_input(small)
        scaled = [
            image if scale == 1.0 else self.finder_input(self.finder_image(cell, scale))
            for scale in self._calibration.view_scales
        ]
        return FinderInput(image, scaled, to_cell, pieces, [])

    def candidates(self, cell: npt.NDArray[np.uint8], views: int | None = None) -> Candidates:
        """What the finder sees in (H, W) uint8 ``cell``, dark on light and of reference scale, after suppression.

        Lone pieces that no region covers are raised to the finder's threshold, where the networks know such and the
        finder sees a metaphase.
        ``views`` are the finder's augmented views; None: as many as the settings ask for.
        """
        return self._suppressed(self.asked_of(cell), self.effort.views if views is None else views)

    def _suppressed(self, given: FinderInput, views: int) -> Candidates:
        found, kept, scores = self.proposed(given, views)
        candidates, pieces = found.take(kept, scores), given.pieces
        threshold = self._calibration.finder_threshold
        # debris and nuclei are lone pieces too, so these only count beside a metaphase that the finder sees
        if len(pieces) == 0 or int((candidates.scores >= threshold).sum()) < FEWEST_CHROMOSOMES:
            return candidates
        return with_lone_pieces(candidates, found, pieces, threshold, self._calibration.outlined * threshold)

    def regions(self, cell: npt.NDArray[np.uint8]) -> Regions:
        """The candidates of (H, W) uint8 ``cell``, outlined and straightened, not yet classified."""
        return self._outlined(cell, self.candidates(cell))

    def _outlined(self, cell: npt.NDArray[np.uint8], found: Candidates) -> Regions:
        # scores fall; what counts is outlined by itself, so that a doubtful double cannot take its pixels
        threshold = self._calibration.finder_threshold
        counted = int((found.scores >= threshold).sum())
        outlined = int((found.scores >= self._calibration.outlined * threshold).sum())
        masks = masks_from_boxes(cell, found.boxes[:outlined], counted=counted)
        shares = found.classes / np.maximum(found.classes.sum(1, keepdims=True), 1e-9)
        crops = np.zeros((0, *CROP_SHAPE), np.uint8)
        if masks:
            scale = self.crop_scale(cell, masks[:counted] or masks)
            crops = np.stack([aligned_crop(cell, m, scale) for m in masks])
        k = len(masks)
        return Regions(
            found.boxes, found.scores, np.log(np.clip(shares, 1e-6, 1.0)), whole=np.zeros(k), masks=masks,
            crops=crops, embeddings=np.zeros((k, EMBEDDING_DIM), np.float32), roi_features=found.roi_features[:k],
        )  # fmt: skip

    def crop_scale(self, cell: npt.NDArray[np.uint8], masks: Sequence[InstanceMask]) -> CellScale:
        """How crops of chromosomes of (H, W) uint8 ``cell`` are scaled, given the ``masks`` that count in it."""
        return cell_scale(cell, masks, self._calibration.crop_columns)

    def named_regions(self, cell: npt.NDArray[np.uint8], cancel: CancelToken | None = None) -> Regions:
        """:meth:`regions`, with what the classifier says of the outlined ones."""
        return self._named(cell, self.asked_of(cell), self.effort, cancel)

    def _named(
        self, cell: npt.NDArray[np.uint8], given: FinderInput, effort: Effort, cancel: CancelToken | None
    ) -> Regions:
        regions = self._outlined(cell, self._suppressed(given, effort.views))
        if cancel is not None:
            cancel.raise_if_cancelled()
        if not regions.masks:
            return regions
        log_probs, whole, embeddings = self.classify(regions.crops, effort.crop_views)
        rest = regions.log_probs[len(log_probs) :]
        return replace(regions, log_probs=np.concatenate([log_probs, rest]), whole=whole, embeddings=embeddings)

    def decide(self, regions: Regions) -> Decisions:
        """Scores, classes and directions of the regions, from all of the cell together."""
        scores, log_probs = self._rescore(regions)
        labels = log_probs.argmax(1)
        if self._settings.joint_assignment:
            counted = scores >= self.info.operating_threshold
            labels[counted] = assign_classes(log_probs[counted], self._calibration.copy_penalties)
        upright = self._orientation(regions.crops, np.exp(log_probs[: len(regions.masks)]))
        return Decisions(scores, log_probs, labels, regions.log_probs.argmax(1), upright)

    def _rescore(self, regions: Regions) -> tuple[FloatArray, FloatArray]:
        """Scores (N,) and log probabilities (N, 24) after outline, class and the other regions were seen.

        The finder's and the classifier's own where the weights hold nothing to rescore with.
        """
        scores, log_probs = regions.scores.copy(), regions.log_probs.copy()
        logistic, k = self._calibration.rescoring, len(regions.masks)
        if k == 0:
            return scores, log_probs
        if (found := self.in_context(regions.context_inputs(), self._context_temperature(regions))) is not None:
            odds, log_probs[:k] = found
            new = 1 / (1 + np.exp(-np.clip(odds + self._calibration.score_offset, -50, 50)))
        elif logistic is not None:
            new = rescore(regions.score_features(), logistic)
        else:
            return scores, log_probs
        # what was too faint to be outlined stays below what was
        scores[k:] *= float(new.min()) / max(float(scores[k - 1]), 1e-6)
        scores[:k] = new
        return scores, log_probs

    def novelty(self, regions: Regions) -> float | None:
        """How far the regions' look is from all that is known; see nets.appearance. None where nothing is known."""
        counted = regions.scores[: len(regions.masks)] >= self._calibration.finder_threshold
        return self.novelty_of(regions.embeddings[counted])

    def _context_temperature(self, regions: Regions) -> float:
        """What divides the context's logits: more where the look is new, so that doubt rises with it."""
        beyond = max((self.novelty(regions) or 0.0) - 1.0, 0.0)
        return self._calibration.context_temperature * (1.0 + self._calibration.novel_temperature * beyond)

    def _orientation(self, crops: npt.NDArray[np.uint8], probabilities: FloatArray) -> FloatArray:
        """Probability (N,) that the upper end of each crop is p; NaN where it cannot be told."""
        if (learnt := shipped_direction_net()) is not None:
            return learnt.upright_probabilities(list(crops), probabilities)
        means, slopes = self.profiles()
        out = np.full(len(crops), np.nan)
        for i, (crop, p) in enumerate(zip(crops, probabilities, strict=True)):
            if (profile := crop_profile(crop)) is not None:
                out[i] = upright_probability(profile, means, slopes, p)
        return out


def _resized(grey: npt.NDArray[np.uint8], factor: float) -> npt.NDArray[np.uint8]:
    if factor == 1.0:
        return grey
    return cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA).astype(np.uint8)


def usual_scale(grey: npt.NDArray[np.uint8], width: float | None = None) -> float:
    """The factor that brings chromosomes of (H, W) uint8 ``grey`` to the width the networks know.

    ``width`` in pixels is what was estimated, if it was; see :func:`width_factor`.
    """
    return width_factor(estimate_width(grey) if width is None else width)

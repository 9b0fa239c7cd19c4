"""The model of the default engine: its four networks and its orientation buffers, under the names of its weights.

What lies between the networks is none (outlines, straightened crops), so the model has a method for
each stage instead of one forward pass; karyoview_engine puts the stages together. Training wraps the
same module.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, Self

import torch
from torch import Tensor, nn

from karyoview.core.chromosome import CLASSES
from karyoview.core.detection import MIN_RANKED_SCORE
from karyoview.detectors.nets.appearance import Appearance
from karyoview.detectors.nets.cell_context import CellContext
from karyoview.detectors.nets.classifier import EMBEDDING_DIM, ChromosomeClassifier
from karyoview.detectors.nets.finder import Finder, FinderRegions
from karyoview.detectors.nets.init import Unfilled
from karyoview.detectors.nets.learned_nms import LearnedNMS, candidates
from karyoview.detectors.nets.nms import soft_nms
from karyoview.detectors.network_sizes import MAX_REGIONS
from karyoview.imaging.direction import BINS

if TYPE_CHECKING:
    from karyoview.detectors.weights import LoadedWeights

OPTIONAL = ("learned_nms", "cell_context", "appearance", "router")
"""The parts that weights of the default engine may lack."""


class Orientation(nn.Module):
    """What detectors.orientation compares profiles with: ``means`` (24, 128) and ``slopes`` (24,), float32 buffers."""

    means: Tensor
    slopes: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("means", torch.zeros(len(CLASSES), 2 * BINS))
        self.register_buffer("slopes", torch.zeros(len(CLASSES)))


class Classified(NamedTuple):
    """What the classifier says of N crops: ``probabilities`` (N, 24), log odds ``whole`` (N,), ``embeddings`` (N, 256).

    ``whole`` is of being one whole chromosome; all float32.
    """

    probabilities: Tensor
    whole: Tensor
    embeddings: Tensor


class KaryoViewModel(nn.Module):
    """Finder, classifier, orientation and, where the weights hold them, learned NMS, cell context and known looks.

    ``router`` tells a specialist's cells from others (detectors.specialist), linear in the mean embedding.
    ``KaryoViewModel()`` is the whole model at a random start; ``parts`` names which of :data:`OPTIONAL` it has, and
    with ``exported`` it lacks finder and classifier, which others run (detectors.exported_networks).
    """

    learned_nms: LearnedNMS | None
    cell_context: CellContext | None
    appearance: Appearance | None
    router: nn.Linear | None

    def __init__(self, parts: Iterable[str] = OPTIONAL, exported: bool = False) -> None:
        super().__init__()
        parts = frozenset(parts)
        if unknown := sorted(parts - set(OPTIONAL)):
            raise ValueError(f"{unknown[0]!r} is no optional part; there are {', '.join(OPTIONAL)}")
        if not exported:
            self.finder = Finder()
            self.classifier = ChromosomeClassifier()
        self.orientation = Orientation()
        self.learned_nms = LearnedNMS() if "learned_nms" in parts else None
        self.cell_context = CellContext() if "cell_context" in parts else None
        self.appearance = Appearance() if "appearance" in parts else None
        self.router = nn.Linear(EMBEDDING_DIM, 1) if "router" in parts else None

    @classmethod
    def for_tensors(cls, names: Iterable[str], exported: bool = False) -> Self:
        """The model, at a random start, that tensors of these names fill."""
        prefixes = {name.partition(".")[0] for name in names}
        return cls(prefixes & set(OPTIONAL), exported)

    @classmethod
    def from_weights(cls, weights: LoadedWeights, exported: bool = False) -> Self:
        """The model with these weights, on the CPU; raises EngineError where a tensor is missing or does not fit."""
        if exported:
            own = {k: v for k, v in weights.tensors.items() if not k.startswith(("finder.", "classifier."))}
            weights = replace(weights, tensors=own)
        with Unfilled():
            model = cls.for_tensors(weights.tensors, exported)
        weights.load_into(model)
        return model

    def suppress(self, found: FinderRegions, soft_sigma: float) -> tuple[Tensor, Tensor]:
        """Places (K,) int64 and new scores (K,) float32 of the regions that stay, by falling score.

        The learned NMS decides; without it Soft-NMS of width ``soft_sigma``.
        """
        boxes, scores = found.boxes.float(), found.scores.float()
        if self.learned_nms is None:
            return soft_nms(boxes, scores, sigma=soft_sigma, min_score=MIN_RANKED_SCORE, limit=MAX_REGIONS)
        kept = candidates(boxes, scores)
        odds = self.learned_nms(boxes[kept], scores[kept], found.classes[kept].float(), found.features[kept].float())
        values, order = odds.sigmoid().sort(descending=True)
        enough = values[:MAX_REGIONS] >= MIN_RANKED_SCORE
        return kept[order[:MAX_REGIONS][enough]], values[:MAX_REGIONS][enough]

    def classify(self, crops: Tensor, views: int = 1, temperature: float = 1.0) -> Classified:
        """Of straightened crops (N, 2, 192, 32) float in [0, 1], averaged over the first ``views`` of 4 reflections."""
        return averaged_views(self.classifier, crops, range(views), temperature)


def averaged_views(
    classifier: Callable[[Tensor], tuple[Tensor, ...]], crops: Tensor, views: Sequence[int], temperature: float
) -> Classified:
    """What a classifier says of crops (N, 2, 192, 32), averaged over these ``views`` of 4 reflections."""
    flips: tuple[tuple[int, ...], ...] = ((), (2,), (3,), (2, 3))
    logits, embeddings, whole = (
        torch.stack(parts)
        for parts in zip(*(classifier(crops.flip(flips[v]) if v else crops) for v in views), strict=True)
    )
    return Classified((logits / temperature).softmax(-1).mean(0), whole.mean(0), embeddings.mean(0))

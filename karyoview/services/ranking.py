"""Which cells to review first: those whose correction would teach an engine most.

The benefit of a cell is the corrections that it is expected to need, times how new its appearance is. Appearances
that were reviewed already, or were ranked higher, are no longer new, so that the first ten cells of the
list are not ten of a kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from karyoview.case.case import Case
from karyoview.core.annotation import ReviewState
from karyoview.core.detection import Detections
from karyoview.core.errors import KaryoViewError
from karyoview.core.image import MetaphaseImage
from karyoview.review.comparison import compare

FloatArray = npt.NDArray[np.float64]

KNOWN_SHARE: Final = 0.25
"""What correcting a cell of a known appearance is worth beside one of a new appearance."""
_SCALES: Final = (0.06, 0.06, 0.35, 0.12, 0.12)
"""A clear difference in each number of :func:`appearance_of`."""


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What is known of one cell before anybody looks at it.

    ``doubt`` and ``disagreement`` are expected corrections, from the engine's own doubts and from a
    second engine; ``appearance`` (5,) from :func:`appearance_of`.
    """

    image: str
    doubt: float
    disagreement: float
    appearance: FloatArray


@dataclass(frozen=True, slots=True)
class Ranked:
    """One cell of the list: ``benefit`` in corrections, ``novelty`` in [0, 1], and a reason in words."""

    image: str
    benefit: float
    doubt: float
    disagreement: float
    novelty: float
    reason: str


def expected_corrections(found: Detections, threshold: float) -> float:
    """Corrections that a result is expected to need: doubts of what is proposed, scores of what is not."""
    total = 0.0
    for item in found.items:
        if item.score >= threshold:
            total += 1.0 - item.score if item.doubt is None else item.doubt
        else:
            total += item.score
    return total


def differences(found: Detections, other: Detections) -> int:
    """Chromosomes that only one of two results has, or that they name differently."""
    outcome = compare(found, other)
    return len(outcome.only_first) + len(outcome.only_second) + len(outcome.other_class)


def appearance_of(image: MetaphaseImage, found: Detections) -> FloatArray:
    """The appearance of a cell (5,): background, contrast, log grain, log size of chromosomes, log width to length."""
    grey = image.to_uint8().astype(np.float64) / 255
    background = float(np.median(grey))
    contrast = background - float(np.percentile(grey, 2))
    grain = float(np.median(np.abs(np.diff(grey, axis=1)))) + 1e-3
    boxes = found.boxes()
    if not len(boxes):
        return np.array([background, contrast, np.log(grain), 0.0, 0.0])
    size = np.log(np.median(np.sqrt(boxes[:, 2] * boxes[:, 3])))
    slender = np.log(np.median(np.minimum(boxes[:, 2], boxes[:, 3]) / np.maximum(boxes[:, 2], boxes[:, 3])))
    return np.array([background, contrast, np.log(grain), size, slender])


def rank(candidates: Sequence[Evidence], reviewed: Sequence[FloatArray] = ()) -> list[Ranked]:
    """The cells in the order in which they are best reviewed; ``reviewed`` are looks already known."""
    if not candidates:
        return []
    appearances = np.stack([c.appearance for c in candidates]) / _SCALES
    need = np.array([c.doubt + c.disagreement for c in candidates])
    known = np.asarray(reviewed, np.float64).reshape(-1, len(_SCALES)) / _SCALES
    novelty = np.ones(len(candidates))
    for row in known:
        novelty = np.minimum(novelty, _distance(appearances, row))
    left = np.ones(len(candidates), bool)
    order: list[Ranked] = []
    while left.any():
        benefit = np.where(left, need * (KNOWN_SHARE + (1 - KNOWN_SHARE) * novelty), -1.0)
        best = int(benefit.argmax())
        item = candidates[best]
        reason = _reason(item, float(novelty[best]))
        order.append(
            Ranked(item.image, float(benefit[best]), item.doubt, item.disagreement, float(novelty[best]), reason)
        )
        left[best] = False
        novelty = np.minimum(novelty, _distance(appearances, appearances[best]))
    return order


def _distance(appearances: FloatArray, row: FloatArray) -> FloatArray:
    """How different looks are from one, 0 (the same) to 1 (another world)."""
    squared = ((appearances - row) ** 2).mean(1)
    return np.asarray(1.0 - np.exp(-squared), np.float64)


def _reason(item: Evidence, novelty: float) -> str:
    parts = [f"about {item.doubt + item.disagreement:.0f} corrections expected"]
    if item.disagreement >= 1:
        parts.append(f"engines differ on {item.disagreement:.0f}")
    if novelty > 0.5:
        parts.append("looks unlike the reviewed cells")
    return ", ".join(parts)


def rank_case(case: Case, engine: str, threshold: float, other: str = "", other_threshold: float = 0.5) -> list[Ranked]:
    """The unreviewed cells of a case in the order in which they teach most.

    Cells that ``engine`` was not asked about, or whose picture cannot be read, are left out.
    """
    candidates: list[Evidence] = []
    reviewed: list[FloatArray] = []
    for image, found, second, done in _results(case, engine, other):
        try:
            appearance = appearance_of(case.read_image(image), found.above(threshold))
        except KaryoViewError:
            continue
        if done:
            reviewed.append(appearance)
            continue
        differ = 0 if second is None else differences(found.above(threshold), second.above(other_threshold))
        candidates.append(Evidence(image, expected_corrections(found, threshold), float(differ), appearance))
    return rank(candidates, reviewed)


def _results(case: Case, engine: str, other: str) -> Iterator[tuple[str, Detections, Detections | None, bool]]:
    for cell in case.cells:
        if cell.missing or cell.state is ReviewState.SET_ASIDE:
            continue
        found = case.proposals(cell.image, engine)
        if found is not None:
            second = case.proposals(cell.image, other) if other else None
            yield cell.image, found, second, cell.state is ReviewState.REVIEWED

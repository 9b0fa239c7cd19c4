"""What one engine said about one image: frozen, with its provenance."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from karyoview.core.geometry import Box, boxes_to_array

MIN_RANKED_SCORE: Final = 0.001
"""Lowest score in [0, 1] that takes part in a ranking; average precision and MR⁻² read every detection above it."""
MIN_STORED_SCORE: Final = 0.05
"""Detections are kept from this score on, so that the threshold can move without asking again."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """Which program, weights and settings made a result, and for which state of the image.

    ``revision`` is the annotation's revision when the engine was asked; a result for an older
    revision than the current one is only a suggestion.
    """

    engine: str
    weights_hash: str = ""
    program_version: str = ""
    device: str = "cpu"
    threshold: float = 0.0
    image_sha256: str = ""
    revision: int = 0
    settings: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Detection:
    """One proposed chromosome.

    ``box`` is the rotated box where the engine gives one, else the horizontal box;
    ``horizontal`` the engine's own horizontal box beside a rotated one. ``score`` is in [0, 1].
    ``label`` is the proposed class index 0–23 or None for one-class engines, ``raw_label`` the
    network's own class before the cell decided together; ``probabilities`` 24 values or empty.
    ``polarity`` is the probability that the box is not turned by π, ``doubt`` in [0, 1] the
    expected need of correction, both None where unknown. ``axis`` is the centre line from p to q
    as (x, y) points and ``reasons`` short words for the doubt.
    """

    box: Box
    score: float
    label: int | None = None
    horizontal: Box | None = None
    raw_label: int | None = None
    probabilities: tuple[float, ...] = ()
    polarity: float | None = None
    doubt: float | None = None
    axis: tuple[tuple[float, float], ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def bounds(self) -> Box:
        """The horizontal box: the engine's own, else the bounds of the rotated box's capsule."""
        if self.horizontal is not None:
            return self.horizontal
        return self.box.capsule_bounds() if self.box.is_rotated else self.box


@dataclass(frozen=True, slots=True)
class Detections:
    """All of one engine's detections in one image, by falling score.

    ``size`` is (height, width) in pixels; ``seconds`` the time the engine took for it; ``note`` a
    sentence for the user (for example that no metaphase was found), empty when all is well.
    ``novelty`` says how far the cell's look is from all that the engine learnt from: above 1 it is new; None where
    that is unknown. ``metaphase`` is False where the engine sees none: there are no items then, and the note says why.
    """

    image: str
    size: tuple[int, int]
    items: tuple[Detection, ...] = ()
    provenance: Provenance = field(default_factory=lambda: Provenance(engine=""))
    seconds: float = 0.0
    note: str = ""
    metaphase: bool = True
    novelty: float | None = None

    def __len__(self) -> int:
        return len(self.items)

    def above(self, threshold: float) -> Detections:
        """The detections with score ≥ ``threshold``."""
        return replace(self, items=tuple(d for d in self.items if d.score >= threshold))

    def boxes(self) -> npt.NDArray[np.float64]:
        """Boxes as (N, 5) float64: cx, cy, w, h, angle."""
        return boxes_to_array([d.box for d in self.items])

    def bounds(self) -> npt.NDArray[np.float64]:
        """Horizontal boxes as (N, 4) float64: x1, y1, x2, y2 in pixels."""
        rows = [d.bounds.to_xyxy() for d in self.items]
        return np.asarray(rows, dtype=np.float64).reshape(-1, 4)

    def scores(self) -> npt.NDArray[np.float64]:
        """Scores, (N,) float64."""
        return np.asarray([d.score for d in self.items], dtype=np.float64)

    def labels(self) -> npt.NDArray[np.int64]:
        """Class indices, (N,) int64, −1 where the engine gives none."""
        return np.asarray([-1 if d.label is None else d.label for d in self.items], dtype=np.int64)

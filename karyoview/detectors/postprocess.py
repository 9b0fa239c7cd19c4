"""What a reviewer is told of the default engine's decisions: boxes in image pixels, doubt, and the reasons for it."""

from __future__ import annotations

from typing import Final

import numpy as np

from karyoview.core.chromosome import CLASSES
from karyoview.core.detection import Detection
from karyoview.core.geometry import Box
from karyoview.detectors.metaphase_check import FEWEST_CHROMOSOMES
from karyoview.detectors.regions import Decisions, FloatArray, Regions
from karyoview.imaging.aligned import chromosome_axis
from karyoview.imaging.masks import InstanceMask

_CERTAIN_CLASS: Final = 0.7  # probability of the class below which its rival is named
_CERTAIN_SCORE: Final = 0.8  # score below which it is said to be uncertain
_CERTAIN_MASK: Final = 0.3  # confidence of the outline below which it overlaps
_CERTAIN_DIRECTION: Final = 0.8  # probability of the direction below which it is said to be uncertain
_AXIS_POINTS: Final = 12

Axis = tuple[tuple[float, float], ...]


def detections_of(regions: Regions, decisions: Decisions, factor: float, threshold: float) -> list[Detection]:
    """Detections with score ≥ ``threshold``, by falling score, in pixels of the image that was scaled by ``factor``."""
    kept = np.flatnonzero(decisions.scores >= threshold)
    items = [_detection(int(i), regions, decisions, factor) for i in kept]
    return sorted(items, key=lambda d: -d.score)


def count_note(count: int) -> str:
    """A sentence where ``count`` detections that count are hardly a metaphase; else ""."""
    if count == 0:
        return "No metaphase was recognised in this picture."
    if count < FEWEST_CHROMOSOMES:
        return f"Only {count} chromosomes were found; is this a whole metaphase?"
    return ""


def class_reasons(probabilities: FloatArray, label: int, raw_label: int) -> list[str]:
    """Why the class ``label`` is doubtful, given (24,) probabilities and the networks' own ``raw_label``."""
    reasons = []
    if probabilities[label] < _CERTAIN_CLASS:
        rival = next(int(c) for c in np.argsort(-probabilities) if c != label)
        reasons.append(f"{CLASSES[label].label} or {CLASSES[rival].label}")
    if label != raw_label:
        reasons.append("class changed by the cell")
    return reasons


def _detection(i: int, regions: Regions, decisions: Decisions, factor: float) -> Detection:
    horizontal = Box.from_xyxy(*(float(v) / factor for v in regions.boxes[i]))
    score, label, raw_label = float(decisions.scores[i]), int(decisions.labels[i]), int(decisions.raw_labels[i])
    probabilities = np.exp(decisions.log_probs[i])  # given that it is a chromosome
    reasons = class_reasons(probabilities, label, raw_label)
    if score < _CERTAIN_SCORE:
        reasons.append("uncertain chromosome")
    box, polarity = horizontal, None
    axis: Axis = ()
    if i < len(regions.masks):
        box, axis, polarity = _directed(regions.masks[i], float(decisions.upright[i]), factor)
        if regions.masks[i].confidence < _CERTAIN_MASK:
            reasons.append("overlap")
        if polarity is not None and polarity < _CERTAIN_DIRECTION:
            reasons.append("direction uncertain")
    return Detection(
        box, score, label, horizontal, raw_label, tuple(float(p * score) for p in probabilities), polarity,
        doubt=1.0 - score * float(probabilities[label]), axis=axis, reasons=tuple(reasons),
    )  # fmt: skip


def _directed(mask: InstanceMask, upright: float, factor: float) -> tuple[Box, Axis, float | None]:
    """The mask's box and centre line in image pixels with p first, and the probability that this is so."""
    line = chromosome_axis(mask)
    known = np.isfinite(upright)
    if known and upright < 0.5:
        line = line[::-1]
    b = mask.box
    toward = line[0] - line[-1]
    angle = b.angle if float(np.dot(toward, b.p_direction)) >= 0 else b.angle + np.pi
    box = Box.rotated(b.cx / factor, b.cy / factor, b.w / factor, b.h / factor, angle)
    points = line[:: max(len(line) // _AXIS_POINTS, 1)]
    axis = tuple((float(x) / factor, float(y) / factor) for x, y in (*points, line[-1]))
    return box, axis, max(upright, 1 - upright) if known else None

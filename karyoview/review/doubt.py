"""What most needs a person's eyes in a cell, most urgent first.

A doubt about a chromosome is settled once a person accepted or changed that chromosome: then its
reason is still true, but somebody looked. Doubts about the cell as a whole (a missing homologue) are
never red, as a cell with 45 chromosomes may simply have 45.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from karyoview.core.annotation import Chromosome, ImageAnnotation, PredictedChromosome, ReviewedChromosome
from karyoview.core.chromosome import CLASSES, X_INDEX, Y_INDEX
from karyoview.core.detection import Detections
from karyoview.core.geometry import boxes_to_array, capsule_bounds, iou_rotated, iou_xyxy

LOW_SCORE = 0.5
MODEST_SCORE = 0.75
OVERLAP = 0.35
DUPLICATE = 0.65
OUTLIER = 1.45


class Level(IntEnum):
    """How urgent: red must be looked at before a cell is reviewed, amber should be."""

    AMBER = 1
    RED = 2


@dataclass(frozen=True, slots=True)
class Doubt:
    """One reason to look; ``chromosome`` is empty for a doubt about the whole cell."""

    level: Level
    reason: str
    chromosome: str = ""
    place: tuple[float, float] | None = None
    weight: float = 0.0


def doubts(
    annotation: ImageAnnotation,
    other: Detections | None = None,
    relative_length: Sequence[float] = (),
    sex_withheld: bool = False,
) -> list[Doubt]:
    """Open doubts of a cell, the most urgent first.

    ``other`` is a second engine's result on it; ``relative_length`` 24 expected lengths in any common
    unit (class order), without which sizes are not judged; ``sex_withheld`` names neither X nor Y.
    """
    found: list[Doubt] = []
    items = annotation.chromosomes
    for item in items:
        found += _own(item, sex_withheld)
    found += _overlaps(items, sex_withheld)
    found += _counts(annotation, sex_withheld)
    if len(relative_length) == len(CLASSES):
        found += _sizes(items, relative_length, sex_withheld)
    if other is not None:
        found += _disagreement(items, other, sex_withheld)
    settled = {c.id for c in items if isinstance(c, ReviewedChromosome) and not c.uncertain}
    open_ones = [d for d in found if not d.chromosome or d.chromosome not in settled]
    return sorted(open_ones, key=lambda d: (-d.level, -d.weight))


def red(found: Sequence[Doubt]) -> list[Doubt]:
    """The doubts that stand against marking the cell as reviewed."""
    return [d for d in found if d.level is Level.RED]


def worst_by_chromosome(found: Sequence[Doubt]) -> dict[str, Doubt]:
    """The most urgent doubt of each chromosome."""
    worst: dict[str, Doubt] = {}
    for doubt in found:
        if doubt.chromosome:
            worst.setdefault(doubt.chromosome, doubt)
    return worst


def _at(item: Chromosome, level: Level, reason: str, weight: float) -> Doubt:
    return Doubt(level, reason, item.id, item.box.centre, weight)


def _name(label: int | None, hidden: bool) -> str:
    if hidden and label in (X_INDEX, Y_INDEX):
        return "sex chromosome"
    return "?" if label is None else CLASSES[label].label


def _own(item: Chromosome, hidden: bool) -> list[Doubt]:
    if isinstance(item, ReviewedChromosome):
        return [_at(item, Level.AMBER, "marked as uncertain by a person", 0.5)] if item.uncertain else []
    if not isinstance(item, PredictedChromosome):
        return []
    found = []
    if item.own_label is not None and item.own_label != item.label:
        text = f"the network alone says {_name(item.own_label, hidden)}, "
        text += f"the cell as a whole {_name(item.label, hidden)}"
        found.append(_at(item, Level.AMBER, text, 0.8))
    worry = item.doubt if item.doubt is not None else 1.0 - item.score
    if worry > LOW_SCORE:
        found.append(_at(item, Level.RED, _because(f"unsure ({1 - worry:.0%})", item.reasons), worry))
    elif worry > 1 - MODEST_SCORE:
        found.append(_at(item, Level.AMBER, _because(f"not quite sure ({1 - worry:.0%})", item.reasons), worry))
    return found


def _because(text: str, reasons: Sequence[str]) -> str:
    return f"{text}: {', '.join(reasons)}" if reasons else text


def _overlaps(items: Sequence[Chromosome], hidden: bool) -> list[Doubt]:
    if len(items) < 2:
        return []
    rows = boxes_to_array([c.box for c in items])
    if all(c.box.is_rotated for c in items):
        overlap = iou_rotated(rows, rows)
    else:
        bounds = capsule_bounds(rows)
        overlap = iou_xyxy(bounds, bounds)
    found = []
    for i, j in np.argwhere(np.triu(overlap, 1) > OVERLAP):
        for a, b in ((items[i], items[j]), (items[j], items[i])):
            # Of a pair, the one nobody touched is asked about, and the less certain of two proposals.
            if a.is_human or (not b.is_human and _score(a) > _score(b)):
                continue
            twice = overlap[i, j] > DUPLICATE
            name = _name(b.label, hidden)
            text = f"perhaps the same chromosome as {name}" if twice else f"lies over {name}"
            found.append(_at(a, Level.RED if twice else Level.AMBER, text, float(overlap[i, j])))
    return found


def _score(item: Chromosome) -> float:
    return item.score if isinstance(item, PredictedChromosome) else 1.0


def _counts(annotation: ImageAnnotation, hidden: bool) -> list[Doubt]:
    """Classes with an odd number; on a cell where most chromosomes have a class."""
    items = annotation.chromosomes
    labelled = [c for c in items if c.label is not None]
    if not labelled or len(labelled) < len(items) / 2:
        return []
    found = [_at(c, Level.RED, "has no class", 0.6) for c in items if c.label is None]
    counts = annotation.counts()
    for label, number in enumerate(counts):
        if label in (X_INDEX, Y_INDEX):
            continue
        if number > 2:
            copies = sorted((c for c in labelled if c.label == label), key=_score)
            found.append(_at(copies[0], Level.RED, f"one of {number} copies of {_name(label, hidden)}", 0.9))
        elif number < 2:
            word = "no" if number == 0 else "only one"
            found.append(Doubt(Level.AMBER, f"{word} {_name(label, hidden)} in this cell", weight=0.4))
    x, y = counts[X_INDEX], counts[Y_INDEX]
    if (x, y) not in ((2, 0), (1, 1)):
        said = f"{x + y} sex chromosomes, an unusual set" if hidden else f"sex chromosomes: {x} X and {y} Y"
        found.append(Doubt(Level.AMBER, said, weight=0.4))
    return found


def _length(item: Chromosome) -> float:
    if len(item.axis) > 1:
        return float(sum(math.dist(a, b) for a, b in zip(item.axis, item.axis[1:], strict=False)))
    return max(item.box.w, item.box.h) if item.box.is_rotated else math.hypot(item.box.w, item.box.h) * 0.85


def _sizes(items: Sequence[Chromosome], relative_length: Sequence[float], hidden: bool) -> list[Doubt]:
    known = [(c, c.label) for c in items if c.label is not None and relative_length[c.label] > 0]
    if len(known) < 12:
        return []
    ratio = np.array([_length(c) / relative_length[label] for c, label in known])
    ratio /= np.median(ratio)
    return [
        _at(c, Level.AMBER, f"{'long' if r > 1 else 'short'} for a {_name(label, hidden)}", float(abs(np.log(r))))
        for (c, label), r in zip(known, ratio, strict=True)
        if r > OUTLIER or r < 1 / OUTLIER
    ]


def _disagreement(items: Sequence[Chromosome], other: Detections, hidden: bool) -> list[Doubt]:
    if not items:
        return []
    name = other.provenance.engine or "another engine"
    bounds = capsule_bounds(boxes_to_array([c.box for c in items]))
    overlap = iou_xyxy(bounds, other.bounds())
    labels = other.labels()
    found = []
    for item, row in zip(items, overlap, strict=True):
        if not len(row) or row.max() < 0.4:
            found.append(_at(item, Level.AMBER, f"not seen by {name}", 0.6))
        elif item.label is not None and labels[row.argmax()] >= 0 and labels[row.argmax()] != item.label:
            found.append(_at(item, Level.AMBER, f"{name} says {_name(int(labels[row.argmax()]), hidden)}", 0.7))
    for j in np.flatnonzero(overlap.max(0) < 0.4) if len(other) else ():
        found.append(Doubt(Level.AMBER, f"{name} sees a chromosome here", "", other.items[j].box.centre, 0.5))
    return found

"""What most needs a person's eyes in a cell, most urgent first.

A doubt about a chromosome is settled once a person accepted or changed that chromosome: then its
reason is still true, but somebody looked. Doubts about the cell as a whole (a missing homologue) are
never red, as a cell with 45 chromosomes may simply have 45.

A reason is kept as a form and what fills it, so that the window can say it in the user's language.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import partial, reduce
from typing import Final

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


def _T(context: str, text: str) -> str:  # noqa: N802 (the name by which texts for translators are found)
    return text


FORMS: Final = {
    "unsure": _T("Doubts", "unsure ({0})"),
    "not_quite": _T("Doubts", "not quite sure ({0})"),
    "because": _T("Doubts", "{0}: {1}"),
    "and": _T("Doubts", "{0}, {1}"),
    "uncertain": _T("Doubts", "marked as uncertain by a person"),
    "own_class": _T("Doubts", "the network alone says {0}, the cell as a whole {1}"),
    "same": _T("Doubts", "perhaps the same chromosome as {0}"),
    "over": _T("Doubts", "lies over {0}"),
    "no_class": _T("Doubts", "has no class"),
    "copies": _T("Doubts", "one of {0} copies of {1}"),
    "none": _T("Doubts", "no {0} in this cell"),
    "one": _T("Doubts", "only one {0} in this cell"),
    "sexes_hidden": _T("Doubts", "{0} sex chromosomes, an unusual set"),
    "sexes": _T("Doubts", "sex chromosomes: {0} X and {1} Y"),
    "long": _T("Doubts", "long for a {0}"),
    "short": _T("Doubts", "short for a {0}"),
    "unseen": _T("Doubts", "not seen by {0}"),
    "says": _T("Doubts", "{0} says {1}"),
    "sees": _T("Doubts", "{0} sees a chromosome here"),
    "sex": _T("Doubts", "sex chromosome"),
    "another": _T("Doubts", "another engine"),
    "either": _T("Doubts", "{0} or {1}"),
}
ENGINE_WORDS: Final = (
    _T("Doubts", "overlap"),
    _T("Doubts", "direction uncertain"),
    _T("Doubts", "uncertain chromosome"),
    _T("Doubts", "class changed by the cell"),
    _T("Doubts", "class not read in the karyogram"),
    _T("Doubts", "place in the cell uncertain"),
)
"""What engines and the import of karyograms give as reasons, beside ``13 or 14``."""
_EITHER = re.compile(r"(\d{1,2}|[XY]) or (\d{1,2}|[XY])")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence as a form with places ``{0}`` and what fills them; ``str`` gives it in English."""

    form: str
    values: tuple[str | Phrase, ...] = ()

    def __str__(self) -> str:
        return self.form.format(*self.values)


class Level(IntEnum):
    """How urgent: red must be looked at before a cell is reviewed, amber should be."""

    AMBER = 1
    RED = 2


@dataclass(frozen=True, slots=True)
class Doubt:
    """One reason to look; ``chromosome`` is empty for a doubt about the whole cell."""

    level: Level
    phrase: Phrase
    chromosome: str = ""
    place: tuple[float, float] | None = None
    weight: float = 0.0

    @property
    def reason(self) -> str:
        """What is said, in English."""
        return str(self.phrase)


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


def engine_reason(text: str, hidden: bool = False) -> Phrase:
    """What an engine gave as a reason, as a phrase; text of another form stays as it came.

    ``hidden`` lets ``X or 7`` name no sex chromosome.
    """
    if text in ENGINE_WORDS:
        return Phrase(text)
    if either := _EITHER.fullmatch(text):
        return _say("either", *(_shown(name, hidden) for name in either.groups()))
    return Phrase("{0}", (text,))


def _say(form: str, *values: str | int | Phrase) -> Phrase:
    return Phrase(FORMS[form], tuple(v if isinstance(v, Phrase) else str(v) for v in values))


def _at(item: Chromosome, level: Level, phrase: Phrase, weight: float) -> Doubt:
    return Doubt(level, phrase, item.id, item.box.centre, weight)


def _name(label: int | None, hidden: bool) -> str | Phrase:
    return "?" if label is None else _shown(CLASSES[label].label, hidden)


def _shown(name: str, hidden: bool) -> str | Phrase:
    return _say("sex") if hidden and name in ("X", "Y") else name


def _own(item: Chromosome, hidden: bool) -> list[Doubt]:
    if isinstance(item, ReviewedChromosome):
        return [_at(item, Level.AMBER, _say("uncertain"), 0.5)] if item.uncertain else []
    if not isinstance(item, PredictedChromosome):
        return []
    found = []
    if item.raw_label is not None and item.raw_label != item.label:
        phrase = _say("own_class", _name(item.raw_label, hidden), _name(item.label, hidden))
        found.append(_at(item, Level.AMBER, phrase, 0.8))
    worry = item.doubt if item.doubt is not None else 1.0 - item.score
    reasons = [engine_reason(r, hidden) for r in item.reasons]
    if worry > LOW_SCORE:
        found.append(_at(item, Level.RED, _because(_say("unsure", f"{1 - worry:.0%}"), reasons), worry))
    elif worry > 1 - MODEST_SCORE:
        found.append(_at(item, Level.AMBER, _because(_say("not_quite", f"{1 - worry:.0%}"), reasons), worry))
    return found


def _because(phrase: Phrase, reasons: Sequence[Phrase]) -> Phrase:
    return _say("because", phrase, reduce(partial(_say, "and"), reasons)) if reasons else phrase


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
            phrase = _say("same" if twice else "over", name)
            found.append(_at(a, Level.RED if twice else Level.AMBER, phrase, float(overlap[i, j])))
    return found


def _score(item: Chromosome) -> float:
    return item.score if isinstance(item, PredictedChromosome) else 1.0


def _counts(annotation: ImageAnnotation, hidden: bool) -> list[Doubt]:
    """Classes with an odd number; on a cell where most chromosomes have a class."""
    items = annotation.chromosomes
    labelled = [c for c in items if c.label is not None]
    if not labelled or len(labelled) < len(items) / 2:
        return []
    found = [_at(c, Level.RED, _say("no_class"), 0.6) for c in items if c.label is None]
    counts = annotation.counts()
    for label, number in enumerate(counts):
        if label in (X_INDEX, Y_INDEX):
            continue
        if number > 2:
            copies = sorted((c for c in labelled if c.label == label), key=_score)
            found.append(_at(copies[0], Level.RED, _say("copies", number, _name(label, hidden)), 0.9))
        elif number < 2:
            phrase = _say("none" if number == 0 else "one", _name(label, hidden))
            found.append(Doubt(Level.AMBER, phrase, weight=0.4))
    x, y = counts[X_INDEX], counts[Y_INDEX]
    if (x, y) not in ((2, 0), (1, 1)):
        phrase = _say("sexes_hidden", x + y) if hidden else _say("sexes", x, y)
        found.append(Doubt(Level.AMBER, phrase, weight=0.4))
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
        _at(c, Level.AMBER, _say("long" if r > 1 else "short", _name(label, hidden)), float(abs(np.log(r))))
        for (c, label), r in zip(known, ratio, strict=True)
        if r > OUTLIER or r < 1 / OUTLIER
    ]


def _disagreement(items: Sequence[Chromosome], other: Detections, hidden: bool) -> list[Doubt]:
    if not items:
        return []
    name = other.provenance.engine or _say("another")
    bounds = capsule_bounds(boxes_to_array([c.box for c in items]))
    overlap = iou_xyxy(bounds, other.bounds())
    labels = other.labels()
    found = []
    for item, row in zip(items, overlap, strict=True):
        if not len(row) or row.max() < 0.4:
            found.append(_at(item, Level.AMBER, _say("unseen", name), 0.6))
        elif item.label is not None and labels[row.argmax()] >= 0 and labels[row.argmax()] != item.label:
            found.append(_at(item, Level.AMBER, _say("says", name, _name(int(labels[row.argmax()]), hidden)), 0.7))
    for j in np.flatnonzero(overlap.max(0) < 0.4) if len(other) else ():
        found.append(Doubt(Level.AMBER, _say("sees", name), "", other.items[j].box.centre, 0.5))
    return found

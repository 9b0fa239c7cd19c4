"""What most needs a person's eyes in a cell, most urgent first.

An engine's doubt about a chromosome is settled once a person looked at that chromosome: then its reason is still
true, but somebody looked. What is unusual about the boxes themselves (no class, the same chromosome twice, a third
copy, another count than the other cells, nothing in the picture) stays open until a person answers it. An answer is
kept with the cell under the doubt's key, which holds the facts: once these are others, the doubt is open again.

A reason is kept as a form and what fills it, so that the window can say it in the user's language.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import partial, reduce
from typing import Any, Final

import numpy as np

from karyoview.core.annotation import Chromosome, ImageAnnotation, PredictedChromosome, ReviewedChromosome
from karyoview.core.chromosome import CLASSES, DIPLOID_COUNT, X_INDEX, Y_INDEX
from karyoview.core.detection import Detections
from karyoview.core.geometry import Box
from karyoview.core.karyogram import MARKERS, Karyogram
from karyoview.imaging.overlap import overlap, self_overlap
from karyoview.review.edits import new_finds
from karyoview.review.second_counts import second_counts

LOW_SCORE = 0.5
MODEST_SCORE = 0.75
OVERLAP = 0.35
DUPLICATE = 0.65
DUPLICATE_UPRIGHT = 0.8
"""Upright boxes of crossing chromosomes cover each other further: of 424 cells with true boxes 4 % have such a pair."""
OUTLIER = 1.45
SMALLEST, LARGEST, LARGEST_UPRIGHT = 0.1, 4.5, 7.0
"""Areas of boxes in medians of the cell's; those of 424 cells with true upright boxes lie between 0.15 and 6.2."""
ANSWERED: Final = "answered"
"""Key beside the chromosomes of a cell: who answered which doubt."""
CONTENTS: Final = "contents"
"""Key beside the chromosomes of a cell: what the picture shows in boxes that hold no chromosome."""
_FEW: Final = 4


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
    "unnamed": _T("Doubts", "{0} chromosomes have no class"),
    "few": _T("Doubts", "{0} classes have fewer than two copies"),
    "large": _T("Doubts", "too large for one chromosome"),
    "small": _T("Doubts", "too small for a chromosome"),
    "nothing": _T("Doubts", "the picture shows no chromosome in this box"),
    "nucleus": _T("Doubts", "this box lies on a nucleus"),
    "count": _T("Doubts", "{0} chromosomes, and not {1}"),
    "modal": _T("Doubts", "{0} chromosomes; the other cells have {1}"),
    "second": _T("Doubts", "{0} counted {1}, and {2} are boxed or marked"),
    "second_places": _T("Doubts", "{0} counted {1} too, but {2} boxes have no mark of theirs"),
    "missing": _T("Doubts", "its picture is no longer in the folder"),
    "replaced": _T("Doubts", "its picture is not the file that was worked on"),
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
    """One reason to look; ``chromosome`` is empty for a doubt about the whole cell.

    ``key`` names the doubt and its facts; one without a key is settled by looking at its chromosome.
    """

    level: Level
    phrase: Phrase
    chromosome: str = ""
    place: tuple[float, float] | None = None
    weight: float = 0.0
    key: str = ""

    @property
    def reason(self) -> str:
        """What is said, in English."""
        return str(self.phrase)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known of a cell beside its own annotation.

    ``modal`` are the most frequent numbers of the case's other reviewed cells, empty before two are reviewed;
    ``original`` is empty, ``missing``, or the SHA-256 of the file that lies where the original was.
    """

    modal: tuple[int, ...] = ()
    original: str = ""


def doubts(
    annotation: ImageAnnotation,
    other: Detections | None = None,
    relative_length: Sequence[float] = (),
    sex_withheld: bool = False,
    around: Surroundings | None = None,
) -> list[Doubt]:
    """Open doubts of a cell, the most urgent first.

    ``other`` is a second engine's result on it; ``relative_length`` 24 expected lengths in any common
    unit (class order), without which sizes are not judged; ``sex_withheld`` names neither X nor Y. What is ``around``
    the cell is only judged where it is told.
    """
    found: list[Doubt] = []
    items = annotation.chromosomes
    for item in items:
        found += _own(item, sex_withheld)
    found += _overlaps(annotation, sex_withheld)
    found += _counts(annotation, sex_withheld)
    found += _boxes(annotation)
    found += _second_counts(annotation)
    if around is not None:
        found += _surroundings(annotation, around)
    if len(relative_length) == len(CLASSES):
        found += _sizes(items, relative_length, sex_withheld)
    if other is not None:
        found += _disagreement(annotation, other, sex_withheld)
    settled = {c.id for c in items if isinstance(c, ReviewedChromosome) and c.looked_at and not c.uncertain}
    answers = annotation.extra.get(ANSWERED, {})
    open_ones = [d for d in found if (d.key not in answers if d.key else d.chromosome not in settled)]
    return sorted(open_ones, key=lambda d: (-d.level, -d.weight))


def answered(annotation: ImageAnnotation, keys: Iterable[str], person: str) -> ImageAnnotation:
    """The annotation with these doubts answered by ``person``."""
    old = annotation.extra.get(ANSWERED, {})
    new = {key: person for key in keys if key and key not in old}
    return replace(annotation, extra={**annotation.extra, ANSWERED: {**old, **new}}) if new else annotation


def with_contents(annotation: ImageAnnotation, found: Mapping[str, Any] | None) -> ImageAnnotation:
    """The annotation with what the picture shows in its boxes; as it is where that is not known (None) or the same."""
    if found is None or dict(found) == dict(annotation.extra.get(CONTENTS, {})):
        return annotation
    extra = {k: v for k, v in annotation.extra.items() if k != CONTENTS}
    return replace(annotation, extra={**extra, CONTENTS: dict(found)} if found else extra)


def keys_of(found: Iterable[Doubt], chromosomes: Iterable[str]) -> list[str]:
    """The keys of these chromosomes' doubts: what a person answers who looks at them."""
    wanted = set(chromosomes)
    return [d.key for d in found if d.key and d.chromosome in wanted]


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
    proposal = item
    if isinstance(item, ReviewedChromosome):
        if item.uncertain:
            return [_at(item, Level.AMBER, _say("uncertain"), 0.5)]
        if item.looked_at or item.proposal is None or item.label != item.proposal.label:
            return []
        proposal = item.proposal
    if not isinstance(proposal, PredictedChromosome):
        return []
    found = []
    if proposal.raw_label is not None and proposal.raw_label != proposal.label:
        phrase = _say("own_class", _name(proposal.raw_label, hidden), _name(proposal.label, hidden))
        found.append(_at(item, Level.AMBER, phrase, 0.8))
    worry = proposal.doubt if proposal.doubt is not None else 1.0 - proposal.score
    reasons = [engine_reason(r, hidden) for r in proposal.reasons]
    if worry > LOW_SCORE:
        found.append(_at(item, Level.RED, _because(_say("unsure", f"{1 - worry:.0%}"), reasons), worry))
    elif worry > 1 - MODEST_SCORE:
        found.append(_at(item, Level.AMBER, _because(_say("not_quite", f"{1 - worry:.0%}"), reasons), worry))
    return found


def _because(phrase: Phrase, reasons: Sequence[Phrase]) -> Phrase:
    return _say("because", phrase, reduce(partial(_say, "and"), reasons)) if reasons else phrase


def _overlaps(annotation: ImageAnnotation, hidden: bool) -> list[Doubt]:
    """Chromosomes that may be the same, whoever boxed them, and proposals that lie over another one."""
    items = annotation.chromosomes
    if len(items) < 2:
        return []
    covered = self_overlap(items, annotation.size)
    found = []
    for i, j in np.argwhere(np.triu(covered, 1) > OVERLAP):
        pair, much = (items[i], items[j]), float(covered[i, j])
        upright = not (pair[0].box.is_rotated or pair[1].box.is_rotated or (pair[0].mask and pair[1].mask))
        touched = all(c.is_human for c in pair)
        # Of a pair, the one nobody touched is asked about, and the less certain of two proposals.
        asked, beside = sorted(pair, key=lambda c: (c.is_human, _score(c)))
        if much > (DUPLICATE_UPRIGHT if upright and touched else DUPLICATE):
            doubt = _at(asked, Level.RED, _say("same", _name(beside.label, hidden)), much)
            found.append(replace(doubt, key=f"same:{':'.join(sorted(c.id for c in pair))}"))
        elif not asked.is_human:
            found.append(_at(asked, Level.AMBER, _say("over", _name(beside.label, hidden)), much))
    return found


def _score(item: Chromosome) -> float:
    return item.score if isinstance(item, PredictedChromosome) else 1.0


def _counts(annotation: ImageAnnotation, hidden: bool) -> list[Doubt]:
    """Boxes without a class, and, where most have one, classes with an odd number."""
    items = annotation.chromosomes
    markers = set(Karyogram.of(annotation).slots[MARKERS])
    unnamed = [c for c in items if c.label is None and c.id not in markers]
    labelled = [c for c in items if c.label is not None]
    if len(unnamed) > len(items) / 2:
        return [Doubt(Level.AMBER, _say("unnamed", len(unnamed)), weight=0.6, key=f"unnamed:{len(unnamed)}")]
    found = [replace(_at(c, Level.RED, _say("no_class"), 0.6), key=f"no_class:{c.id}") for c in unnamed]
    if not labelled:
        return found
    counts = annotation.counts()
    for label, number in enumerate(counts[:X_INDEX]):
        if number > 2:
            copies = sorted((c for c in labelled if c.label == label), key=lambda c: (c.is_human, _score(c)))
            doubt = _at(copies[0], Level.RED, _say("copies", number, _name(label, hidden)), 0.9)
            found.append(replace(doubt, key=f"copies:{label}:{number}"))
    few = [label for label, number in enumerate(counts[:X_INDEX]) if number < 2]
    if len(few) > _FEW:  # a cell that is only partly boxed would list dozens
        key = f"few:{':'.join(f'{label}.{counts[label]}' for label in few)}"
        found.append(Doubt(Level.AMBER, _say("few", len(few)), weight=0.4, key=key))
    else:
        for label in few:
            phrase = _say("none" if counts[label] == 0 else "one", _name(label, hidden))
            found.append(Doubt(Level.AMBER, phrase, weight=0.4, key=f"few:{label}:{counts[label]}"))
    x, y = counts[X_INDEX], counts[Y_INDEX]
    if (x, y) not in ((2, 0), (1, 1)):
        phrase = _say("sexes_hidden", x + y) if hidden else _say("sexes", x, y)
        found.append(Doubt(Level.AMBER, phrase, weight=0.4, key=f"sexes:{x}:{y}"))
    return found


def box_row(box: Box) -> list[float]:
    """A box as it is kept beside what was found in it: cx, cy, w, h in tenths of a pixel, the angle in hundredths."""
    return [round(box.cx, 1), round(box.cy, 1), round(box.w, 1), round(box.h, 1), round(box.angle, 2)]


def _boxes(annotation: ImageAnnotation) -> list[Doubt]:
    """Boxes in which the picture shows no chromosome, and boxes of a size that no chromosome of the cell has."""
    items = annotation.chromosomes
    kept = annotation.extra.get(CONTENTS, {})
    found = []
    for item in items:
        seen, row = kept.get(item.id, ("", ())) if isinstance(kept, Mapping) else ("", ())
        if seen in ("nothing", "nucleus") and list(row) == box_row(item.box):
            key = f"{seen}:{item.id}:{','.join(map(str, row))}"
            found.append(replace(_at(item, Level.RED, _say(seen), 0.95), key=key))
    if len(items) < 12:
        return found
    middle = float(np.median([c.box.area for c in items]))
    for item in items:
        share = item.box.area / middle
        largest = LARGEST if item.box.is_rotated else LARGEST_UPRIGHT
        if share > largest or share < SMALLEST:
            key = f"size:{item.id}:{item.box.w:.0f}x{item.box.h:.0f}"
            found.append(replace(_at(item, Level.RED, _say("large" if share > 1 else "small"), 0.7), key=key))
    return found


def _second_counts(annotation: ImageAnnotation) -> list[Doubt]:
    """Finished blind second counts that came to another number, or to the same at other places."""
    found = []
    total = annotation.total()
    for person, marks in second_counts(annotation).items():
        key = f"second:{person}:{len(marks)}:{total}"
        if len(marks) != total:
            found.append(Doubt(Level.RED, _say("second", person, len(marks), total), weight=0.9, key=key))
        elif apart := sum(not any(c.box.contains(x, y) for x, y in marks) for c in annotation.chromosomes):
            phrase = _say("second_places", person, total, apart)
            found.append(Doubt(Level.AMBER, phrase, weight=0.7, key=f"{key}:{apart}"))
    return found


def _surroundings(annotation: ImageAnnotation, around: Surroundings) -> list[Doubt]:
    found = []
    if around.original:
        form = "missing" if around.original == "missing" else "replaced"
        found.append(Doubt(Level.RED, _say(form), weight=1.0, key=f"original:{around.original}"))
    total, usual = annotation.total(), around.modal or (DIPLOID_COUNT,)
    if total and total not in usual:
        numbers = reduce(partial(_say, "and"), [Phrase("{0}", (str(n),)) for n in usual])
        phrase = _say("modal" if around.modal else "count", total, numbers)
        key = f"count:{total}:{','.join(map(str, usual))}"
        found.append(Doubt(Level.AMBER, phrase, weight=0.45, key=key))
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


def _disagreement(annotation: ImageAnnotation, other: Detections, hidden: bool) -> list[Doubt]:
    items = annotation.chromosomes
    if not items:
        return []
    name = other.provenance.engine or _say("another")
    covered = overlap(items, other.items, annotation.size)
    labels = other.labels()
    found = []
    for item, row in zip(items, covered, strict=True):
        if not len(row) or row.max() < 0.4:
            found.append(_at(item, Level.AMBER, _say("unseen", name), 0.6))
        elif item.label is not None and labels[row.argmax()] >= 0 and labels[row.argmax()] != item.label:
            found.append(_at(item, Level.AMBER, _say("says", name, _name(int(labels[row.argmax()]), hidden)), 0.7))
    # What can be taken over is what is missing: by one measure, so that no doubt stays where a box is.
    for j in new_finds(annotation, items, other, range(len(other)), also_dismissed=True):
        box = other.items[j].box
        key = f"sees:{other.provenance.engine}:{','.join(map(str, box_row(box)))}"
        found.append(Doubt(Level.AMBER, _say("sees", name), "", box.centre, 0.5, key))
    return found

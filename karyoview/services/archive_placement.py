"""What became of one pair of an archive: where each chromosome of the karyogram lies, or why nothing was found.

A pair's outcome is one JSON document of plain values, so that it can come back from any process or machine, is kept as
a file, and holds what a person said of each chromosome. Masks are run-length strings of the metaphase.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from karyoview.core.annotation import (
    Attribution,
    Chromosome,
    ImageAnnotation,
    PredictedChromosome,
    ReviewedChromosome,
    ReviewState,
)
from karyoview.core.chromosome import CLASSES
from karyoview.core.geometry import Box
from karyoview.core.runlength import encode_mask
from karyoview.detectors.protocol import Cancelled
from karyoview.imaging.karyogram_picture import KaryogramPictureError, Piece, read_print, upright
from karyoview.imaging.karyogram_placement import SURE, Placement, place_karyogram
from karyoview.imaging.masks import GreyArray
from karyoview.io.images import read_image, sha256_of
from karyoview.services.archive_pairs import ArchivePair
from karyoview.services.jobs import user_message
from karyoview.services.karyogram_import import read_order

VERSION: Final = 1
"""Of the placing: an outcome of another one is made anew, unless a person has looked at it."""
WHOLE: Final = 40
"""Chromosomes from which a karyogram may be that of a whole cell."""


@dataclass(frozen=True, slots=True)
class PlacedChromosome:
    """One chromosome of a karyogram: its class index 0–23 or None, and its place in the metaphase.

    ``box`` is the rotated box, None where no place was found; ``mask`` run-length; ``shown`` x, y, width, height in the
    karyogram as it was read. ``accepted`` is whether it counts as true, ``by`` who said so (empty: its confidence),
    ``removed`` whether a person took it out.
    """

    label: int | None
    box: tuple[float, float, float, float, float] | None
    mask: str
    shown: tuple[int, int, int, int]
    correlation: float = 0.0
    confidence: float = 0.0
    mirrored: bool = False
    accepted: bool = False
    by: str = ""
    relabelled: bool = False
    removed: bool = False

    @property
    def open(self) -> bool:
        """Whether a person still has to look at it."""
        return not self.accepted and not self.removed


@dataclass(frozen=True, slots=True)
class PairOutcome:
    """One pair: ``chromosomes`` in the karyogram's order, or ``reason``, a sentence, why there are none.

    ``size`` is the metaphase's (height, width), ``turns`` as of the KaryogramPrint. ``looked_at`` is whether a
    person said anything about it.
    """

    pair: ArchivePair
    size: tuple[int, int] = (0, 0)
    chromosomes: tuple[PlacedChromosome, ...] = ()
    reason: str = ""
    seconds: float = 0.0
    digests: tuple[str, str] = ("", "")
    looked_at: bool = False
    turns: int = 0
    version: int = VERSION

    @property
    def placed(self) -> int:
        """Chromosomes that have a place."""
        return sum(c.box is not None for c in self.chromosomes)

    @property
    def whole(self) -> bool:
        """Whether every chromosome of the karyogram is accepted or taken out, and there are as many as a cell has."""
        kept = [c for c in self.chromosomes if not c.removed]
        return len(kept) >= WHOLE and all(c.accepted and c.box is not None and c.label is not None for c in kept)

    @property
    def open(self) -> int:
        """Chromosomes that a person still has to look at."""
        return sum(c.open for c in self.chromosomes)

    def sentence(self) -> str:
        """The outcome for a person."""
        if self.reason:
            return f"{self.pair.name}: {self.reason}"
        total, text = len(self.chromosomes), ""
        if total < WHOLE:
            text = f"; the karyogram shows only {total}, so the cell is not whole"
        return f"{self.pair.name}: {self.placed} of {total} placed, {self.open} to look at{text}."

    def accept_above(self, confidence: float) -> PairOutcome:
        """Those accepted that have a class and at least this confidence, others open; a person's word stays."""
        changed = tuple(
            c if c.by or c.removed else replace(c, accepted=_acceptable(c) and c.confidence >= confidence)
            for c in self.chromosomes
        )
        return replace(self, chromosomes=changed)

    def accept(self, number: int, by: str) -> PairOutcome:
        """One chromosome accepted by a person; one without place or class stays open."""
        one = self.chromosomes[number]
        return self._with(number, replace(one, accepted=_acceptable(one), removed=False, by=by))

    def relabel(self, number: int, label: int, by: str) -> PairOutcome:
        """Another class for one chromosome, which is accepted with it."""
        one = replace(self.chromosomes[number], label=label, by=by, relabelled=True, removed=False)
        return self._with(number, replace(one, accepted=_acceptable(one)))

    def remove(self, number: int, by: str) -> PairOutcome:
        """One chromosome taken out: no part of the cell's truth."""
        return self._with(number, replace(self.chromosomes[number], removed=True, accepted=False, by=by))

    def _with(self, number: int, one: PlacedChromosome) -> PairOutcome:
        changed = tuple(one if k == number else c for k, c in enumerate(self.chromosomes))
        return replace(self, chromosomes=changed, looked_at=True)

    def to_document(self) -> dict[str, Any]:
        """Plain values for JSON."""
        rows = [
            {
                "label": None if c.label is None else CLASSES[c.label].label,
                "box": None if c.box is None else list(c.box),
                "mask": c.mask, "shown": list(c.shown), "correlation": round(c.correlation, 4),
                "confidence": round(c.confidence, 4), "mirrored": c.mirrored, "accepted": c.accepted, "by": c.by,
                "relabelled": c.relabelled, "removed": c.removed,
            }
            for c in self.chromosomes
        ]  # fmt: skip
        pair = self.pair
        return {
            "version": self.version, "metaphase": str(pair.metaphase), "karyogram": str(pair.karyogram),
            "how": pair.how, "case": pair.case, "order": pair.order, "size": list(self.size), "reason": self.reason,
            "seconds": round(self.seconds, 2), "digests": list(self.digests), "looked_at": self.looked_at,
            "turns": self.turns, "chromosomes": rows,
        }  # fmt: skip

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> PairOutcome:
        """What :meth:`to_document` wrote. Raises KeyError, TypeError or ValueError for anything else."""
        index = {c.label: c.index for c in CLASSES}
        chromosomes = tuple(
            PlacedChromosome(
                None if row["label"] is None else index[row["label"]],
                None if row["box"] is None else tuple(float(v) for v in row["box"]),  # type: ignore[arg-type]
                str(row["mask"]), tuple(int(v) for v in row["shown"]),  # type: ignore[arg-type]
                float(row["correlation"]), float(row["confidence"]), bool(row["mirrored"]), bool(row["accepted"]),
                str(row["by"]), bool(row["relabelled"]), bool(row["removed"]),
            )
            for row in document["chromosomes"]
        )  # fmt: skip
        pair = ArchivePair(
            Path(document["metaphase"]), Path(document["karyogram"]), document["how"], document["case"],
            document["order"],
        )  # fmt: skip
        height, width = document["size"]
        first, second = document["digests"]
        return cls(
            pair, (int(height), int(width)), chromosomes, str(document["reason"]), float(document["seconds"]),
            (str(first), str(second)), bool(document["looked_at"]), int(document["turns"]),
            int(document["version"]),
        )  # fmt: skip

    def annotation(self, present: ImageAnnotation) -> ImageAnnotation:
        """The cell's next annotation: accepted chromosomes as a person's work, open ones as proposals."""
        rows = [
            self._chromosome(number, one)
            for number, one in enumerate(self.chromosomes, 1)
            if one.box is not None and not one.removed
        ]
        origin = {
            "picture": self.pair.karyogram.name, "sha256": self.digests[1], "shown": len(self.chromosomes),
            "lowest_confidence": round(min((c.confidence for c in self.chromosomes if c.accepted), default=0.0), 3),
            "by": sorted({c.by for c in self.chromosomes if c.by}), "revision": present.revision + 1,
        }  # fmt: skip
        return replace(
            present, revision=present.revision + 1, size=self.size, chromosomes=tuple(rows),
            extra={**present.extra, "karyogram": origin},
            state=ReviewState.REVIEWED if self.whole else ReviewState.IN_REVIEW,
        )  # fmt: skip

    def _chromosome(self, number: int, one: PlacedChromosome) -> Chromosome:
        assert one.box is not None
        by = Attribution("import", self.pair.karyogram.name)
        labelled = Attribution("person", one.by) if one.relabelled else by
        common = {
            "id": f"k{number}", "box": Box.rotated(*one.box), "label": one.label, "box_by": by,
            "label_by": None if one.label is None else labelled, "polarity": 1.0, "mask": one.mask,
            "extra": {"karyogram": {"confidence": round(one.confidence, 3), "mirrored": one.mirrored}},
        }  # fmt: skip
        if one.accepted:
            return ReviewedChromosome(**common)  # type: ignore[arg-type]
        reason = "class not read in the karyogram" if one.label is None else "place in the cell uncertain"
        doubt = 1 - one.confidence
        return PredictedChromosome(**common, score=one.confidence, doubt=doubt, reasons=(reason,))  # type: ignore[arg-type]


def _acceptable(one: PlacedChromosome) -> bool:
    return one.box is not None and one.label is not None


def place_pair(pair: ArchivePair, progress: Callable[[float], None] | None = None) -> PairOutcome:
    """Place one karyogram on its metaphase; a pair that cannot be placed has its reason. Only Cancelled is raised."""
    begun = time.perf_counter()
    digests = ("", "")
    try:
        digests = (sha256_of(pair.metaphase), sha256_of(pair.karyogram))
        metaphase = read_image(pair.metaphase).to_uint8()
        shown = read_print(read_image(pair.karyogram).to_uint8(), read_order(pair.order))
        found = place_karyogram(shown.picture, shown.pieces, metaphase, progress)
    except KaryogramPictureError as error:
        reason = f"{pair.karyogram.name} was not placed: {error}"
        return PairOutcome(pair, reason=reason, seconds=time.perf_counter() - begun, digests=digests)
    except Cancelled:
        raise
    except Exception as error:
        seconds = time.perf_counter() - begun
        return PairOutcome(pair, reason=user_message(error), seconds=seconds, digests=digests)
    shape = (metaphase.shape[0], metaphase.shape[1])
    outcome = PairOutcome(
        pair, shape, _chromosomes(shown.pieces, found, shape), seconds=time.perf_counter() - begun, digests=digests,
        turns=shown.turns,
    )  # fmt: skip
    return outcome.accept_above(SURE)


def _chromosomes(
    pieces: Sequence[Piece], found: Sequence[Placement], shape: tuple[int, int]
) -> tuple[PlacedChromosome, ...]:
    places = {id(p.piece): p for p in found}
    rows = []
    for piece in pieces:
        h, w = piece.mask.shape
        shown = (piece.x, piece.y, w, h)
        place = places.get(id(piece))
        if place is None:
            rows.append(PlacedChromosome(piece.label, None, "", shown))
            continue
        b = place.box
        rows.append(
            PlacedChromosome(
                piece.label,
                (float(b.cx), float(b.cy), float(b.w), float(b.h), float(b.angle)),
                encode_mask(place.full_mask(shape)),
                shown,
                place.correlation,
                place.confidence,
                place.mirrored,
            )
        )
    return tuple(rows)


def shown_karyogram(outcome: PairOutcome) -> GreyArray:
    """The karyogram in whose pixels the outcome's ``shown`` are. Raises KaryoViewError."""
    picture = read_image(outcome.pair.karyogram).to_uint8()
    return picture if outcome.reason else upright(picture, outcome.turns)

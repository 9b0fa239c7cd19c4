"""Arrows and texts on the karyogram of a cell, each fixed to a chromosome so that it moves with it.

They are kept beside the chromosomes of an annotation and drawn on the board, in the report and in exports alike.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from karyoview.core.annotation import ImageAnnotation
from karyoview.core.errors import KaryoViewError

NOTES_KEY: Final = "karyogram_notes"
MOST_NOTES: Final = 100
LONGEST_TEXT: Final = 200
"""Letters of one note."""


@dataclass(frozen=True, slots=True)
class KaryogramNote:
    """An arrow, a text, or an arrow with its text.

    ``chromosome`` is what it belongs to, ``slot`` where that stood when it was made (it is drawn there once the
    chromosome is gone). ``x`` and ``y`` are a point of the picture on the chromosome, so that the note stays at its
    band however the chromosome is turned, mirrored or straightened; ``off_x``, ``off_y`` lead from there to what the
    arrow points at, ``dx``, ``dy`` from that to the text, or the arrow's tail, in pixels of the picture as the
    karyogram stands.
    """

    id: str
    chromosome: str
    slot: str
    x: float
    y: float
    off_x: float = 0.0
    off_y: float = 0.0
    dx: float = 0.0
    dy: float = 0.0
    text: str = ""
    arrow: bool = False

    def moved(self, dx: float, dy: float) -> KaryogramNote:
        """The note with its text, or the tail of its arrow, moved; what it points to stays."""
        return replace(self, dx=self.dx + dx, dy=self.dy + dy)


def notes_of(annotation: ImageAnnotation) -> tuple[KaryogramNote, ...]:
    """The notes of a cell; what cannot be read as one is left out."""
    stored = annotation.extra.get(NOTES_KEY)
    rows = stored if isinstance(stored, Sequence) and not isinstance(stored, str) else ()
    found = [_read(row) for row in rows if isinstance(row, Mapping)]
    return tuple(note for note in found if note is not None)


def with_notes(annotation: ImageAnnotation, notes: Iterable[KaryogramNote]) -> ImageAnnotation:
    """The annotation with these notes. Raises KaryoViewError for too many, or a text that is too long."""
    kept = tuple(notes)
    if len(kept) > MOST_NOTES:
        raise KaryoViewError(f"A karyogram holds {MOST_NOTES} arrows and texts at most; delete one that is not needed.")
    for note in kept:
        if len(note.text) > LONGEST_TEXT:
            raise KaryoViewError(
                f"A text on the karyogram has {LONGEST_TEXT} letters at most, not {len(note.text)}; shorten it."
            )
    extra = {key: value for key, value in annotation.extra.items() if key != NOTES_KEY}
    if kept:
        extra[NOTES_KEY] = [_stored(note) for note in kept]
    return replace(annotation, extra=extra)


_NUMBERS: Final = ("x", "y", "off_x", "off_y", "dx", "dy")
_WORDS: Final = ("id", "chromosome", "slot", "text")


def _stored(note: KaryogramNote) -> dict[str, Any]:
    row: dict[str, Any] = {"id": note.id, "chromosome": note.chromosome, "slot": note.slot}
    row |= {key: round(getattr(note, key), 2) for key in _NUMBERS if getattr(note, key) or key in "xy"}
    if note.text:
        row["text"] = note.text
    if note.arrow:
        row["arrow"] = True
    return row


def _read(row: Mapping[str, Any]) -> KaryogramNote | None:
    words = {key: row.get(key, "") for key in _WORDS}
    numbers = {key: row.get(key, 0.0) for key in _NUMBERS}
    if not all(isinstance(v, str) for v in words.values()) or not all(map(_is_number, numbers.values())):
        return None
    arrow = row.get("arrow") is True
    if not words["id"] or not (words["text"] or arrow):
        return None
    words["text"] = words["text"][:LONGEST_TEXT]
    note = KaryogramNote(words["id"], words["chromosome"], words["slot"], 0.0, 0.0, text=words["text"], arrow=arrow)
    places: dict[str, Any] = {key: float(value) for key, value in numbers.items()}
    return replace(note, **places)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)

"""The corrections meter: edits by kind and the seconds they took, per cell.

By hand a cell takes 46 clicks; an engine is worth its place only where this is far less. Nudging one
box several times in a row is one correction; a pause longer than ``IDLE`` seconds counts as ``IDLE``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from karyoview.core.annotation import ImageAnnotation

KEY: Final = "meter"
IDLE: Final = 30.0
CORRECTIONS: Final = ("add", "delete", "move", "resize", "rotate", "turn", "relabel", "split", "join", "suggestion")
SHAPING: Final = frozenset({"move", "resize", "rotate"})


@dataclass(frozen=True, slots=True)
class CorrectionCounts:
    """Corrections of one cell, one engine or one case."""

    kinds: Mapping[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    engine: str = ""

    @property
    def corrections(self) -> int:
        return sum(self.kinds.values())


class Meter:
    """Counts while a person works; ``clock`` gives seconds and can be replaced in tests."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last: dict[str, float] = {}
        self._shaping: tuple[str, str, tuple[str, ...]] | None = None

    def opened(self, image: str) -> None:
        """A person looks at this cell now; the time until the first edit counts from here."""
        self._last = {image: self._clock()}
        self._shaping = None

    def record(
        self, tally: CorrectionCounts, image: str, action: str, ids: tuple[str, ...], by: int = 1, engine: str = ""
    ) -> CorrectionCounts:
        """The tally after one more edit; ``by`` −1 takes one back (undo)."""
        now = self._clock()
        spent = min(now - self._last.get(image, now), IDLE)
        self._last[image] = now
        kinds = dict(tally.kinds)
        same = (image, action, ids)
        if action in CORRECTIONS and not (by > 0 and action in SHAPING and self._shaping == same):
            kinds[action] = max(kinds.get(action, 0) + by, 0)
            if not kinds[action]:
                del kinds[action]
        self._shaping = same if by > 0 else None
        return CorrectionCounts(kinds, round(tally.seconds + spent, 2), engine or tally.engine)


def corrections_of(annotation: ImageAnnotation) -> CorrectionCounts:
    """What is stored of a cell's corrections; an empty tally where nothing is."""
    stored = annotation.extra.get(KEY)
    if not isinstance(stored, Mapping):
        return CorrectionCounts()
    kinds = stored.get("kinds")
    counts = {str(k): int(v) for k, v in kinds.items()} if isinstance(kinds, Mapping) else {}
    return CorrectionCounts(counts, float(stored.get("seconds", 0.0)), str(stored.get("engine", "")))


def stored(tally: CorrectionCounts) -> dict[str, Any]:
    """The tally as plain values for the annotation file."""
    return {"kinds": dict(tally.kinds), "seconds": tally.seconds, "engine": tally.engine}


def total(tallies: Iterable[CorrectionCounts]) -> CorrectionCounts:
    """All tallies together."""
    kinds: dict[str, int] = {}
    seconds = 0.0
    for tally in tallies:
        seconds += tally.seconds
        for kind, number in tally.kinds.items():
            kinds[kind] = kinds.get(kind, 0) + number
    return CorrectionCounts(kinds, round(seconds, 2))

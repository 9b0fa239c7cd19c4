"""Where finished blind second counts are kept beside the chromosomes of a cell, and how they are read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from karyoview.core.annotation import ImageAnnotation

KEY: Final = "second_counts"


def second_counts(annotation: ImageAnnotation) -> dict[str, list[tuple[float, float]]]:
    """The marks (x, y in pixels) of each person who finished a second count of this cell."""
    kept = annotation.extra.get(KEY)
    found: dict[str, list[tuple[float, float]]] = {}
    for person, count in kept.items() if isinstance(kept, Mapping) else ():
        if isinstance(count, Mapping) and count.get("done") is True:
            marks = count.get("marks")
            points = marks if isinstance(marks, (list, tuple)) else ()
            found[str(person)] = [(float(p[0]), float(p[1])) for p in points if len(p) == 2]
    return found

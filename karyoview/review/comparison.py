"""Two opinions on one cell: where they agree, and what only one of them saw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from karyoview.core.detection import Detections
from karyoview.core.matching import match_one
from karyoview.imaging.overlap import overlap


@dataclass(frozen=True, slots=True)
class Comparison:
    """Indices into the two lists of detections: agreeing pairs, pairs of other class, and singles."""

    agree: tuple[tuple[int, int], ...]
    other_class: tuple[tuple[int, int], ...]
    only_first: tuple[int, ...]
    only_second: tuple[int, ...]

    def sentence(self, first: str, second: str) -> str:
        """The comparison in words."""
        return (
            f"{len(self.agree)} agree, {len(self.other_class)} differ in class, "
            f"{len(self.only_first)} only {first}, {len(self.only_second)} only {second}"
        )


def compare(first: Detections, second: Detections, iou: float = 0.5) -> Comparison:
    """Match two results one to one by their outlines, whatever kind of boxes each engine gives."""
    partner = match_one(overlap(first.items, second.items), first.scores(), iou)
    pairs = [(i, int(j)) for i, j in enumerate(partner) if j >= 0]
    a, b = first.labels(), second.labels()
    differ = [p for p in pairs if a[p[0]] >= 0 and b[p[1]] >= 0 and a[p[0]] != b[p[1]]]
    matched = np.zeros(len(second), bool)
    matched[[j for _, j in pairs]] = True
    return Comparison(
        agree=tuple(p for p in pairs if p not in set(differ)),
        other_class=tuple(differ),
        only_first=tuple(i for i, j in enumerate(partner) if j < 0),
        only_second=tuple(int(j) for j in np.flatnonzero(~matched)),
    )

"""Length and centromere against what the band tables let expect: soft plausibility, never a verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from karyoview.core.chromosome import CLASSES
from karyoview.imaging.ideogram import load_bands

LENGTH_SD: Final = 0.10  # share of the expected length: contraction differs within a cell
CENTROMERE_SD: Final = 0.045
FLAG_FROM: Final = 3.0

# Short arms of acrocentrics and Yq vary normally, so their lengths say less.
_VARIABLE: Final = frozenset({"13", "14", "15", "21", "22", "Y"})


@dataclass(frozen=True, slots=True)
class Plausibility:
    """One chromosome against its class: shares, deviations in SD, and short words where one is beyond 3 SD."""

    relative_length: float
    expected_length: float
    length_sd: float
    centromere_sd: float | None
    remarks: tuple[str, ...]


def check_lengths(
    lengths: Sequence[float], labels: Sequence[int | None], centromeres: Sequence[float | None] | None = None
) -> list[Plausibility | None]:
    """Each chromosome of a cell against its class; None for those without a class.

    ``lengths`` are along the axis in pixels; the cell's own scale is taken from all classed chromosomes
    (a robust median), so that contraction and magnification drop out. ``centromeres`` are shares from
    the p end.
    """
    table = load_bands(550)
    expected = [table.relative_length(CLASSES[k].label) if k is not None else 0.0 for k in labels]
    ratios = [length / e for length, e in zip(lengths, expected, strict=True) if e > 0 and length > 0]
    if not ratios:
        return [None] * len(lengths)
    unit = float(np.median(ratios))
    found: list[Plausibility | None] = []
    for i, (length, label) in enumerate(zip(lengths, labels, strict=True)):
        if label is None:
            found.append(None)
            continue
        name = CLASSES[label].label
        spread = LENGTH_SD * (1.6 if name in _VARIABLE else 1.0)
        deviation = (length / unit / expected[i] - 1.0) / spread
        place = centromeres[i] if centromeres is not None else None
        shift = None if place is None else (place - table.centromere_index(name)) / CENTROMERE_SD
        remarks = []
        if abs(deviation) > FLAG_FROM:
            remarks.append(f"{'long' if deviation > 0 else 'short'} for {name}")
        if shift is not None and abs(shift) > FLAG_FROM and name not in _VARIABLE:
            remarks.append(f"centromere unusual for {name}")
        found.append(Plausibility(length / unit, expected[i], deviation, shift, tuple(remarks)))
    return found

"""Labelled cells as they were drawn: at scale 1, with horizontal boxes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from karyotrain.data.dataset import load
from karyoview.core.metrics import ImageTruth

GreyArray = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """One labelled cell: ``pixels`` (H, W) uint8, ``boxes`` (N, 4) x1, y1, x2, y2 in px, ``labels`` (N,) 0–23."""

    name: str
    case: str
    pixels: GreyArray
    boxes: npt.NDArray[np.float64]
    labels: npt.NDArray[np.int64]

    def truth(self) -> ImageTruth:
        """The cell as truth for the metrics."""
        return ImageTruth(self.name, self.boxes, self.labels, self.case)


def labelled_cells(data: Path, split: str, limit: int | None) -> list[Cell]:
    """Cells of ``split`` as karyotrain.data.dataset reads them; ``fit`` for looking, ``val`` for figures that are
    reported."""
    return [
        Cell(s.name, s.case, s.pixels, s.boxes.astype(np.float64), s.labels) for s in load(data, split, limit=limit)
    ]

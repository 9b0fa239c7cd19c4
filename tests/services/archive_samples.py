"""A small archive: drawn cells and the karyograms that a program printed of them, one pair a patient."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from karyotrain.data.synthesis import make_cell
from karyotrain.data.synthesis.karyogram_print import LAYOUTS, PrintStyle, draw_karyogram
from karyotrain.data.synthesis.truth import SyntheticCell

STYLE = PrintStyle(enlargement=1.5, sharpening=0.2, mirrored=0.0, touching=0.0, tilt=2.0)


def write_pair(folder: Path, name: str, seed: int) -> SyntheticCell:
    """``NAME.A.png`` and ``NAME.K.png`` of a cell made from ``seed``; → the cell."""
    cell = make_cell("46,XY", seed)
    shown = draw_karyogram(cell, LAYOUTS["brackets, labels below"], STYLE, seed)
    folder.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(folder / f"{name}.A.png"), np.asarray(cell.image, np.uint8))
    cv2.imwrite(str(folder / f"{name}.K.png"), shown.picture)
    return cell

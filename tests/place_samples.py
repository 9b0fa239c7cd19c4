"""A small case folder and an edit in it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from karyoview.case.case import Case
from karyoview.core.annotation import ReviewedChromosome
from karyoview.core.geometry import Box


def draw_cells(folder: Path, count: int = 2, suffix: str = ".png") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        Image.fromarray(np.eye(20, dtype=np.uint8) * number).save(folder / f"cell{number}{suffix}")
    return folder


def add_box(case: Case, image: str = "cell0.png", x: float = 5.0) -> None:
    annotation = case.annotation(image)
    box = ReviewedChromosome(f"c{len(annotation.chromosomes)}", Box(x, 9, 4, 8))
    case.save_annotation(annotation.next_revision(chromosomes=(*annotation.chromosomes, box)), "add box")

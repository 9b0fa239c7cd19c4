"""Small pictures and edits for the tests of cases."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from karyoview.core.annotation import ImageAnnotation, ReviewedChromosome
from karyoview.core.geometry import Box


def draw(path: Path, grey: int) -> None:
    pixels = np.full((30, 40), 240, np.uint8)
    pixels[5:9, 6:20] = grey
    Image.fromarray(pixels).save(path)


def edit(annotation: ImageAnnotation, x: float = 5.0) -> ImageAnnotation:
    number = len(annotation.chromosomes) + 1
    return annotation.next_revision(
        chromosomes=(*annotation.chromosomes, ReviewedChromosome(f"c{number}", Box(x, 9, 4, 8)))
    )


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}

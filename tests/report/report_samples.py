"""Small cases with drawn cells, and the text of a PDF."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pypdfium2

from karyoview.case.case import Case
from karyoview.core.annotation import ReviewedChromosome, ReviewState
from karyoview.core.chromosome import expected_copies
from karyoview.core.geometry import Box

ANALYST, APPROVER = "the first passphrase", "the second passphrase"


def drawn(counts: tuple[int, ...], columns: int = 8) -> tuple[np.ndarray, tuple[ReviewedChromosome, ...]]:
    """A picture of rods, one for each chromosome, with dark bands."""
    labels = [k for k, n in enumerate(counts) for _ in range(n)]
    rows = -(-len(labels) // columns)
    pixels = np.full((60 * rows + 20, 40 * columns + 20), 225, np.uint8)
    items = []
    for number, label in enumerate(labels):
        cx, cy = 30 + 40 * (number % columns), 40 + 60 * (number // columns)
        length = 46 - label
        cv2.line(pixels, (cx, cy - length // 2), (cx, cy + length // 2), 120, 9)
        cv2.line(pixels, (cx, cy - length // 4), (cx, cy - length // 8), 60, 9)
        items.append(ReviewedChromosome(f"c{number}", Box.rotated(cx + 0.5, cy + 0.5, 11, length + 9, 0.0), label))
    return pixels, tuple(items)


def with_extra(sex: str, *extra: int) -> tuple[int, ...]:
    counts = list(expected_copies(sex))  # type: ignore[arg-type]
    for k in extra:
        counts[k] += 1
    return tuple(counts)


def make_case(folder: Path, cells: list[tuple[int, ...]]) -> Case:
    folder.mkdir()
    pictures = [drawn(counts) for counts in cells]
    for number, (pixels, _) in enumerate(pictures, start=1):
        cv2.imwrite(str(folder / f"m{number}.png"), pixels)
    case = Case.open(folder, user="ana")
    for number, (pixels, items) in enumerate(pictures, start=1):
        name = f"m{number}.png"
        image = case.read_image(name)
        old = case.annotation(name)
        new = replace(
            old, size=pixels.shape, chromosomes=items, state=ReviewState.REVIEWED, revision=1, image_sha256=image.sha256
        )
        case.save_annotation(new, "reviewed")
    return case


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = []
        for page in document:
            found = page.get_textpage()
            pages.append(found.get_text_range())
            found.close()
        return "\n".join(pages)
    finally:
        document.close()

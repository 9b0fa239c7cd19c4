"""``verify`` sees boxes that cannot be of the picture they stand beside; ``validate`` leaves such cells out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from karyoview.case.case import Case
from karyoview.case.verify import verify_case
from karyoview.core.annotation import ReviewedChromosome
from karyoview.core.geometry import Box
from karyoview.core.metrics import ImageTruth
from karyoview.services.validation import boxes_outside


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "case"
    place.mkdir()
    cv2.imwrite(str(place / "a.png"), np.full((100, 200), 230, np.uint8))
    return place


@pytest.mark.parametrize(
    ("size", "box", "words"),
    [
        ((100, 200), Box(100, 50, 20, 40), ""),
        ((200, 100), Box(50, 50, 20, 40), "the boxes were made for 100 × 200 pixels, the picture has 200 × 100"),
        ((100, 200), Box(300, 50, 20, 40), "1 box lies outside the picture"),
    ],
)
def test_verify_compares_boxes_with_the_picture(folder: Path, size: tuple[int, int], box: Box, words: str) -> None:
    with Case.open(folder, user="ana") as case:
        case.read_image("a.png")
        old = case.annotation("a.png")
        item = ReviewedChromosome("c1", box, 6)
        case.save_annotation(replace(old, size=size, chromosomes=(item,), revision=old.revision + 1), "drawn")
    report = verify_case(folder)
    assert report.ok == (not words)
    assert words in " ".join(report.problems)


def test_cells_with_boxes_outside_do_not_count_against_an_engine() -> None:
    inside = ImageTruth("a.png", np.array([[10.0, 10, 30, 50]]), np.array([6]))
    outside = ImageTruth("a.png", np.array([[10.0, 10, 30, 50], [210, 10, 230, 50]]), np.array([6, 6]))
    assert not boxes_outside(inside, 200, 100)
    assert boxes_outside(outside, 200, 100)
    assert boxes_outside(ImageTruth("a.png", np.array([[300.0, 20, 10, 30, 0.4]]), np.array([6])), 200, 100)

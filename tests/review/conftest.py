"""A session over two images."""

from __future__ import annotations

import pytest
from review_samples import SIZE, Disk

from karyoview.core.annotation import ImageAnnotation
from karyoview.review.session import ReviewSession


@pytest.fixture
def disk() -> Disk:
    return Disk()


@pytest.fixture
def session(disk: Disk) -> ReviewSession:
    made = ReviewSession([ImageAnnotation(i, SIZE) for i in ("a.png", "b.png")], disk.save, "ada")
    made.go_to("a.png")
    return made

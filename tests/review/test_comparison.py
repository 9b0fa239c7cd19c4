"""Two opinions on one cell."""

from __future__ import annotations

from karyoview.core.detection import Detection, Detections, Provenance
from karyoview.core.geometry import Box
from karyoview.review.comparison import compare


def opinion(*items: tuple[float, int | None], angle: float | None = None) -> Detections:
    boxes = [Box(x, 50, 10, 30) if angle is None else Box.rotated(x, 50, 10, 30, angle) for x, _ in items]
    found = [Detection(b, 0.9 - k / 10, label) for k, (b, (_, label)) in enumerate(zip(boxes, items, strict=True))]
    return Detections("a.png", (100, 400), tuple(found), Provenance("e"))


def test_pairs_are_told_by_their_classes_and_the_rest_is_single() -> None:
    found = compare(opinion((20, 1), (60, 2), (100, None), (300, 5)), opinion((61, 3), (21, 1), (101, 7), (200, 5)))
    assert found.agree == ((0, 1), (2, 2)), "a class that only one of them gives is no disagreement"
    assert found.other_class == ((1, 0),)
    assert (found.only_first, found.only_second) == ((3,), (3,))
    assert found.sentence("A", "B") == "2 agree, 1 differ in class, 1 only A, 1 only B"


def test_rotated_boxes_meet_rotated_ones_and_bounds_meet_horizontal_ones() -> None:
    turned = opinion((50, 1), angle=0.0)
    assert compare(turned, opinion((50, 1), angle=1.4)).agree == ()
    assert compare(turned, opinion((50, 1))).agree == ((0, 0),)


def test_an_empty_opinion_leaves_everything_single() -> None:
    found = compare(opinion((20, 1)), opinion())
    assert (found.agree, found.only_first, found.only_second) == ((), (0,), ())

"""The corrections meter."""

from __future__ import annotations

import pytest
from review_samples import SIZE, Disk, detections

from karyoview.core.annotation import ImageAnnotation
from karyoview.review import meter
from karyoview.review.session import ReviewSession


def test_the_meter_counts_corrections_not_nudges_and_forgets_long_pauses(disk: Disk) -> None:
    now = [100.0]
    session = ReviewSession([ImageAnnotation("a.png", SIZE)], disk.save, "ada", meter.Meter(lambda: now[0]))
    session.go_to("a.png")
    session.receive(detections(), 0.5)
    first, second = (c.id for c in session.annotation().chromosomes[:2])
    now[0] += 4
    for _ in range(5):
        session.reshape({first: session.annotation().chromosome(first).box.moved(1, 0)}, "move")
    now[0] += 600
    session.relabel([second], 7)
    session.accept([second])
    tally = session.tally("a.png")
    assert dict(tally.kinds) == {"move": 1, "relabel": 1}
    assert tally.seconds == pytest.approx(4 + meter.IDLE)
    assert tally.engine == "e"
    for left in ({"move": 1}, {"move": 1}, {"move": 1}, {"move": 1}, {"move": 1}, {}):
        session.undo()
        assert dict(session.tally("a.png").kinds) == left

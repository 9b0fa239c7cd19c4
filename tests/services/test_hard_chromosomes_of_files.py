"""Truths of made cells bring their centre lines along, so that hard chromosomes are counted apart."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from karyoview._resources import resource
from karyoview.core.metrics import ImagePrediction, evaluate
from karyoview.services.evaluate import read_truths

TRUTH: Path = resource("sample", "46XX", "truth.json")


def test_hard_groups_come_from_the_centre_lines_of_the_file() -> None:
    truths = read_truths(TRUTH, rotated=True).items
    assert all(len(t.axes) == len(t.boxes) > 0 for t in truths)
    long = [t.boxes[:, 2:4].max(1) >= 3 * t.boxes[:, 2:4].min(1) for t in truths]
    found = [
        ImagePrediction(t.image, t.boxes[~rows], np.full((~rows).sum(), -1), np.full((~rows).sum(), 0.9))
        for t, rows in zip(truths, long, strict=True)
    ]
    groups = evaluate(found, truths, resamples=0)["hard_recall"]
    assert groups["long"]["truths"] == sum(rows.sum() for rows in long)
    assert groups["long"]["recall"] < 0.2  # only where another box lies over it by half
    assert groups["crossing"]["truths"] > 0
    assert groups["bent"]["truths"] > 0
    assert 0.0 < groups["dense"]["recall"] < 1.0


def test_horizontal_truths_have_no_such_groups() -> None:
    truths = read_truths(TRUTH).items
    assert not any(t.axes for t in truths)
    assert "hard_recall" not in evaluate([], truths, resamples=0)

"""DeepCHM's groups of hard chromosomes, by boxes whose group can be said beforehand."""

from __future__ import annotations

import numpy as np
import pytest

from karyoview.core.hard_subsets import PAPER_WIDTH, hard_groups, lines_meet
from karyoview.core.metric_input import ImagePrediction, ImageTruth, MetricError
from karyoview.core.metrics import evaluate

BOXES = np.array(
    [
        [50.0, 50.0, 16.0, 40.0, 0.0],  # alone, short, straight
        [150.0, 50.0, 16.0, 60.0, 0.0],  # long, alone
        [250.0, 50.0, 16.0, 40.0, 0.0],  # crossed by the next one
        [250.0, 50.0, 40.0, 16.0, 0.0],
        [50.0, 150.0, 30.0, 40.0, 0.3],  # bent
    ]
)


def line(box: np.ndarray, bulge: float = 0.0) -> np.ndarray:
    """A centre line along the longer side, bulging across it by ``bulge`` px in the middle."""
    cx, cy, w, h, angle = box
    if w > h:
        h, angle = w, angle + np.pi / 2
    along = np.linspace(-0.45, 0.45, 25) * h
    across = bulge * np.sin(np.linspace(0, np.pi, 25))
    s, c = np.sin(angle), np.cos(angle)
    return np.stack([cx + s * along + c * across, cy - c * along + s * across], 1)


AXES = tuple(line(b, 9.0 if i == 4 else 0.0) for i, b in enumerate(BOXES))


def test_each_chromosome_is_in_its_group() -> None:
    found = hard_groups(BOXES, AXES)
    assert found["long"].tolist() == [False, True, False, False, False]
    assert found["crossing"].tolist() == [False, False, True, True, False]
    assert found["dense"].tolist() == [False, False, True, True, False]
    assert found["bent"].tolist() == [False, False, False, False, True]


def test_a_bend_is_measured_at_the_papers_scale() -> None:
    rows = np.array([[0.0, 0, 2 * PAPER_WIDTH, 80, 0.4]])
    flat, just, over = (hard_groups(rows, [line(rows[0], b)])["bent"][0] for b in (0.0, 4.5, 5.5))
    # a sine's mean is 2/π (0.61 over these points), and twice the paper's width halves it
    assert (flat, just, over) == (False, False, True)
    small = rows * [1, 1, 0.5, 0.5, 1]
    assert hard_groups(small, [line(small[0], 2.75)])["bent"][0]  # the same chromosome in half the pixels


def test_parallel_and_touching_lines() -> None:
    a = np.array([[0.0, 0], [10, 0]])
    assert not lines_meet(a, a + np.array([0, 1]))
    assert lines_meet(a, np.array([[5.0, -3], [5, 0], [5, 2]]))
    assert not lines_meet(a, np.zeros((0, 2)))
    assert lines_meet(np.array([[0.0, 0], [4, 4], [8, 0]]), np.array([[0.0, 3], [8, 3]]))


def test_recall_of_the_groups_and_the_share_beside_the_ap() -> None:
    truth = ImageTruth("a", BOXES, np.full(5, -1), axes=AXES)
    seen = BOXES[[0, 1, 2, 4]]
    report = evaluate([ImagePrediction("a", seen, np.full(4, -1), np.full(4, 0.9))], [truth], resamples=0)
    assert report["hard_recall"]["crossing"] == {"truths": 2, "recall": 0.5}
    assert report["hard_recall"]["bent"] == {"truths": 1, "recall": 1.0}
    text = report.table()
    assert "recall, crossing another            50.00 %  (2 chromosomes)" in text
    severe = report["severe_overlap"]["truths"]
    beside = [row for row in text.splitlines() if "AP50 (boxes" in row]
    assert len(beside) == 2
    assert all(f"({20 * severe:.1f} % of the chromosomes overlap severely)" in row for row in beside)


def test_without_centre_lines_there_are_no_groups() -> None:
    plain = ImageTruth("a", BOXES, np.full(5, -1))
    report = evaluate([], [plain], resamples=0)
    assert "hard_recall" not in report
    assert "bent" not in report.table()
    with pytest.raises(MetricError, match="5 boxes have 2 centre lines"):
        ImageTruth("a", BOXES, np.full(5, -1), axes=AXES[:2])

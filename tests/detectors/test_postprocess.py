"""From decisions to detections: what is given, in which order and pixels, and what a reviewer is told to doubt."""

from __future__ import annotations

import numpy as np
import pytest

from karyoview.detectors.postprocess import count_note, detections_of
from karyoview.detectors.regions import Decisions, Regions
from karyoview.imaging.masks import masks_from_boxes


def cell() -> tuple[np.ndarray, np.ndarray]:
    """Two upright bars on a light field, and their boxes."""
    field = np.full((120, 160), 228, np.uint8)
    boxes = np.array([[30.0, 20, 46, 100], [90.0, 30, 106, 90]])
    for x1, y1, x2, y2 in boxes.astype(int):
        field[y1:y2, x1:x2] = 80
    return field, boxes


def decided(upright: float = 0.9, label: int = 3) -> tuple[Regions, Decisions]:
    """Both bars, of which the first is outlined; the second is the surer one."""
    field, boxes = cell()
    masks = masks_from_boxes(field, boxes[:1])
    log_probs = np.log(np.full((2, 24), 0.1 / 23))
    log_probs[:, 3] = np.log(0.9)
    blank = np.zeros((1, 1), np.float32)
    regions = Regions(
        boxes, np.array([0.9, 0.8]), log_probs, np.zeros(1), masks, np.zeros((1, 2, 192, 32), np.uint8), blank, blank
    )
    scores, labels = np.array([0.6, 0.95]), np.array([label, 3])
    return regions, Decisions(scores, log_probs, labels, np.array([3, 3]), np.array([upright]))


def test_detections_come_by_falling_score_in_the_images_own_pixels() -> None:
    regions, decisions = decided()
    surest, outlined = detections_of(regions, decisions, factor=2.0, threshold=0.5)
    assert (surest.score, outlined.score) == (0.95, 0.6)
    assert surest.bounds.to_xyxy() == pytest.approx((45, 15, 53, 45))
    assert surest.polarity is None  # not outlined, so no direction
    assert outlined.box.h == pytest.approx(40, abs=4)
    assert outlined.axis
    assert sum(outlined.probabilities) == pytest.approx(0.6)
    assert outlined.doubt == pytest.approx(1 - 0.6 * 0.9)
    assert [d.score for d in detections_of(regions, decisions, 2.0, threshold=0.9)] == [0.95]


def test_the_box_and_the_axis_are_turned_where_the_lower_end_is_p() -> None:
    up, down = (detections_of(*decided(upright), factor=1.0, threshold=0.5)[1] for upright in (0.9, 0.1))
    assert (up.polarity, down.polarity) == (0.9, 0.9)
    np.testing.assert_allclose(np.dot(up.box.p_direction, down.box.p_direction), -1, atol=1e-6)
    assert up.axis[0][1] < up.axis[-1][1]
    assert down.axis[0][1] > down.axis[-1][1]
    unknown = detections_of(*decided(np.nan), factor=1.0, threshold=0.5)[1]
    assert unknown.polarity is None


def test_reasons_name_what_is_doubtful() -> None:
    regions, decisions = decided(upright=0.6, label=5)
    surest, doubtful = detections_of(regions, decisions, 1.0, 0.5)
    assert surest.reasons == ()
    assert {"class changed by the cell", "uncertain chromosome", "direction uncertain"} <= set(doubtful.reasons)
    assert doubtful.raw_label == 3


@pytest.mark.parametrize(("count", "word"), [(0, "No metaphase"), (3, "Only 3 chromosomes"), (46, "")])
def test_a_count_that_is_no_metaphase_is_told(count: int, word: str) -> None:
    note = count_note(count)
    assert word in note
    assert bool(note) == bool(word)

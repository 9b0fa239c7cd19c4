"""Every error has one kind, and without a kind only its errors are gone."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from karyotrain.data.cells import Cell
from karyotrain.studies.error_types import KINDS, errors_of, measure, without

from karyoview.core.detection import Detection, Detections
from karyoview.core.geometry import Box
from karyoview.core.image import MetaphaseImage
from karyoview.core.metrics import ImagePrediction, evaluate
from karyoview.detectors.protocol import CancelToken, EngineInfo

TRUTH = np.array([[100.0 * i, 0, 100 * i + 40, 80] for i in range(7)])
"""Found, misnamed, loose, scored low, suppressed, without a proposal, found twice."""
LABELS = np.arange(7)
BOXES = np.array([
    TRUTH[0], TRUTH[1], TRUTH[2] + [0, 0, 0, 120], TRUTH[3], TRUTH[6], TRUTH[6] + [4, 0, 4, 0], [900, 0, 940, 80],
])  # fmt: skip
SCORES = np.array([0.9, 0.9, 0.8, 0.3, 0.9, 0.7, 0.6])
NAMED = np.array([0, 9, 2, 3, 6, 6, 4])
REGIONS = np.concatenate([BOXES, TRUTH[4:5] + 2])
CELL = Cell("made", "made", np.zeros((100, 1000), np.uint8), TRUTH, LABELS)
FOUND = ImagePrediction("made", BOXES, NAMED, SCORES)


def test_each_error_has_its_kind() -> None:
    errors = errors_of(TRUTH, FOUND, 0.5, REGIONS)
    assert errors.missed == ("", "", "loose", "scored low", "suppressed", "no proposal", "")
    assert errors.box == (0, 1, 2, 3, -1, -1, 4)
    assert errors.false == ("", "", "loose", "", "", "duplicate", "background")


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_kind_its_one_correction_is_gone_and_no_other(kind: str) -> None:
    def corrections(found: ImagePrediction) -> dict[str, float]:
        report = evaluate([found], [CELL.truth()], score_threshold=0.5, resamples=0)
        return dict(report["corrections"])

    errors = errors_of(TRUTH, FOUND, 0.5, REGIONS)
    before, after = corrections(FOUND), corrections(without(kind, CELL, FOUND, errors))
    assert sum(before.values()) == 7
    assert sum(after.values()) == 6
    assert all(after[name] <= before[name] for name in before)


def test_all_kinds_together_leave_nothing() -> None:
    found = FOUND
    for kind in KINDS:
        found = without(kind, CELL, found, errors_of(TRUTH, found, 0.5, REGIONS))
    report = evaluate([found], [CELL.truth()], score_threshold=0.5, resamples=0)
    assert report["corrections_per_cell"] == 0


def test_a_field_without_chromosomes_and_one_without_boxes() -> None:
    none = np.zeros((0, 4))
    nothing = ImagePrediction("made", none, np.zeros(0, np.int64), np.zeros(0))
    assert errors_of(none, FOUND, 0.5, REGIONS).false.count("background") == 6
    assert errors_of(TRUTH[:2], nothing, 0.5, none).missed == ("no proposal", "no proposal")


class Counting:
    """An engine of one class that finds the boxes above."""

    def __init__(self, info: EngineInfo) -> None:
        self.info = info

    def predict(self, images: Sequence[MetaphaseImage], cancel: CancelToken | None = None) -> list[Detections]:
        items = tuple(
            Detection(Box.from_xyxy(*map(float, box)), float(score)) for box, score in zip(BOXES, SCORES, strict=True)
        )
        return [Detections(image.name, (100, 1000), items) for image in images]


def test_an_engine_without_classes_has_no_wrong_ones() -> None:
    info = EngineInfo("counting", "Counting", ("chromosome",), False, "", 0.5)
    rows = measure(Counting(info), [CELL, replace(CELL, name="other")], lambda cell: REGIONS, resamples=20)
    assert list(rows) == ["as it is", *(k for k in KINDS if k != "wrong class")]
    assert rows["as it is"]["corrections_per_cell"] == 6
    assert all(rows[k]["corrections_per_cell"] == 5 and rows[k]["per_cell"] == 1 for k in KINDS[1:])
    assert rows["loose"]["more_corrections"][0] == -1

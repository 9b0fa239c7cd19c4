"""A lone piece that the finder overlooked becomes a candidate that is judged like any other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from karyoview.detectors.karyoview_engine import KaryoViewEngine
from karyoview.detectors.regions import Candidates, with_lone_pieces
from karyoview.detectors.weights import load_weights
from karyoview.imaging.connected_pieces import lone_pieces


def candidates(*rows: tuple[float, float, float, float, float]) -> Candidates:
    """Rows of x1, y1, x2, y2, score; the first class and feature of row i are i + 1."""
    table = np.array(rows, dtype=np.float64).reshape(-1, 5)
    classes, features = np.zeros((len(table), 24)), np.zeros((len(table), 512), np.float32)
    classes[:, 0] = features[:, 0] = np.arange(1, len(table) + 1)
    return Candidates(table[:, :4], table[:, 4], classes, features)


KEPT = candidates((0, 0, 20, 60, 0.9), (100, 0, 120, 60, 0.01))
PROPOSED = candidates((0, 0, 20, 60, 0.9), (100, 0, 120, 60, 0.02), (205, 4, 224, 61, 0.001))


def test_what_is_covered_changes_nothing() -> None:
    same = with_lone_pieces(KEPT, PROPOSED, np.array([[1.0, 1, 21, 61]]), 0.3, 0.03)
    assert same.scores.tolist() == [0.9, 0.01]


def test_a_candidate_scored_too_low_is_raised_and_keeps_its_box() -> None:
    found = with_lone_pieces(KEPT, PROPOSED, np.array([[101.0, 1, 121, 61]]), 0.3, 0.03)
    assert found.scores.tolist() == [0.9, 0.3]
    assert found.boxes[1].tolist() == [100, 0, 120, 60]


def test_a_piece_without_a_candidate_becomes_one_with_the_features_of_the_likest_proposal() -> None:
    found = with_lone_pieces(KEPT, PROPOSED, np.array([[204.0, 3, 225, 62]]), 0.3, 0.03)
    assert found.scores.tolist() == [0.9, 0.3, 0.01]
    assert found.boxes[1].tolist() == [204, 3, 225, 62]
    assert found.roi_features[1, 0] == found.classes[1, 0] == 3


def test_a_piece_that_was_taken_apart_into_doubtful_parts_is_judged_whole_too() -> None:
    halves = candidates((1, 1, 39, 40, 0.12), (1, 50, 39, 89, 0.1))
    found = with_lone_pieces(halves, halves, np.array([[0.0, 0, 40, 90]]), 0.3, 0.03)
    assert found.scores.tolist() == [0.3, 0.12, 0.1]
    sure = candidates((1, 1, 39, 40, 0.8), (1, 50, 39, 89, 0.7))
    assert len(with_lone_pieces(sure, sure, np.array([[0.0, 0, 40, 90]]), 0.3, 0.03).boxes) == 2


def test_a_cell_in_which_nothing_was_proposed_stays_empty() -> None:
    none = candidates()
    assert len(with_lone_pieces(none, none, np.array([[0.0, 0, 20, 60]]), 0.3, 0.03).boxes) == 0


@pytest.mark.parametrize("score", [0.3, 0.95])
def test_scores_fall(score: float) -> None:
    found = with_lone_pieces(KEPT, PROPOSED, np.array([[204.0, 3, 225, 62], [101, 1, 121, 61]]), score, 0.03)
    assert (np.diff(found.scores) <= 0).all()


def test_lone_pieces_count_only_beside_a_metaphase_that_the_finder_sees(
    tmp_path: Path, untrained_engine: Callable[..., Path]
) -> None:
    field = np.full((300, 420), 235, np.uint8)
    for i in range(8):
        x, y = 40 + 90 * (i % 4), 40 + 120 * (i // 4)
        field[y : y + 60, x : x + 14] = 90
    path = untrained_engine(tmp_path, {"connected_pieces": True, "finder_threshold": 2.0}, "learned_nms")
    engine = KaryoViewEngine(load_weights(path), device="cpu", settings={})
    assert len(lone_pieces(field)) == 8
    assert engine.candidates(field).scores.max(initial=0.0) < 2.0

"""The second look: evidence from outlines and names, and its logistic fit."""

from __future__ import annotations

import numpy as np
import pytest

from karyoview.core.geometry import Box
from karyoview.detectors.rescoring import (
    CONTEXT_FEATURES,
    PAIR_FEATURES,
    SCORE_FEATURES,
    context_features,
    fit,
    pair_features,
    rescore,
    score_features,
)
from karyoview.imaging.masks import InstanceMask


def mask(x: int, y: int, w: int, h: int, confidence: float = 0.9) -> InstanceMask:
    box = Box.from_xyxy(x, y, x + w, y + h)
    return InstanceMask(np.ones((h, w), bool), x, y, confidence, True, True, box, np.zeros((0, 2)))


def log_probs(n: int, top: float = 0.9) -> np.ndarray:
    p = np.full((n, 24), (1 - top) / 23)
    p[:, 3] = top
    return np.log(p)


def test_evidence_of_overlaps_counts_against_the_weaker_region_only() -> None:
    masks = [mask(0, 0, 10, 40), mask(0, 20, 10, 40), mask(100, 100, 10, 40)]
    boxes = np.array([[0, 0, 10, 40], [0, 20, 10, 60], [100, 100, 110, 140]], float)
    seen = score_features(boxes, np.array([0.9, 0.8, 0.7]), np.array([2.0, -3.0, 0.5]), log_probs(3), masks)
    column = dict(zip(SCORE_FEATURES, seen.T, strict=True))
    np.testing.assert_allclose(column["mask overlap"], [0, 200 / 600, 0])
    np.testing.assert_allclose(column["covered"], [0, 0.5, 0])
    np.testing.assert_allclose(column["box overlap"], [0, 200 / 600, 0])
    np.testing.assert_allclose(column["whole"], [2, -3, 0.5])
    np.testing.assert_allclose(column["class"], np.log(0.9))
    np.testing.assert_allclose(column["score"], np.log(np.array([9, 4, 7 / 3])))


def test_no_region_gives_no_evidence() -> None:
    assert score_features(np.zeros((0, 4)), np.zeros(0), np.zeros(0), np.zeros((0, 24)), []).shape == (
        0,
        len(SCORE_FEATURES),
    )


def test_fit_finds_the_weights_that_made_the_labels() -> None:
    rng = np.random.default_rng(4)
    x = rng.normal(size=(40_000, len(SCORE_FEATURES)))
    true = np.array([0.3, 1.0, 0.8, 0.0, -0.5, -1.0, 0.2, 0.0])
    right = rng.random(len(x)) < rescore(x, true)
    np.testing.assert_allclose(fit(x, right, ridge=0.0), true, atol=0.06)


def test_what_tells_true_from_false_moves_the_score() -> None:
    rng = np.random.default_rng(5)
    x = np.zeros((2000, len(SCORE_FEATURES)))
    right = rng.random(2000) < 0.5
    x[:, 1] = np.where(right, 2.0, -2.0) + rng.normal(size=2000)
    scores = rescore(x, fit(x, right))
    assert scores[right].mean() > 0.9 > 0.1 > scores[~right].mean()


@pytest.mark.parametrize("extreme", [-1e6, 1e6])
def test_extreme_evidence_stays_a_probability(extreme: float) -> None:
    x = np.full((1, len(SCORE_FEATURES)), extreme)
    value = rescore(x, np.ones(8))
    assert 0.0 <= value[0] <= 1.0


def test_what_lies_between_two_regions_is_seen_from_each_side() -> None:
    masks = [mask(0, 0, 10, 40), mask(0, 20, 10, 80), mask(300, 300, 10, 40)]
    boxes = np.array([[0, 0, 10, 40], [0, 20, 10, 100], [300, 300, 310, 340]], float)
    scores = np.array([0.9, 0.5, 0.5])
    seen = dict(zip(PAIR_FEATURES, np.moveaxis(pair_features(boxes, scores, log_probs(3), masks), 2, 0), strict=True))
    assert seen["mask IoU"][0, 1] == seen["mask IoU"][1, 0] == pytest.approx(200 / 1000)
    assert (seen["covered by it"][0, 1], seen["covered by it"][1, 0]) == pytest.approx((0.5, 0.25))
    np.testing.assert_allclose(seen["covers it"], seen["covered by it"].T)
    assert seen["longer"][0, 1] == pytest.approx(np.log(2)) == -seen["longer"][1, 0]
    assert seen["surer"][1, 0] == pytest.approx(np.log(9) / 4)
    assert seen["box IoU"][0, 2] == seen["mask IoU"][0, 2] == 0
    assert seen["near"][0, 1] > 0.3 > 0.01 > seen["near"][0, 2]
    assert all((column.diagonal() == 0).all() for column in seen.values())


def test_like_classes_are_those_that_share_probability() -> None:
    named = np.log(np.clip(np.eye(24)[[3, 3, 7]], 1e-9, 1))
    masks = [mask(50 * i, 0, 10, 40) for i in range(3)]
    boxes = np.array([[50 * i, 0, 50 * i + 10, 40] for i in range(3)], float)
    alike = pair_features(boxes, np.full(3, 0.5), named, masks)[..., PAIR_FEATURES.index("like class")]
    assert alike[0, 1] == pytest.approx(1, abs=0.01)
    assert alike[0, 2] < 0.01


def test_standing_is_by_the_median_of_the_cell() -> None:
    masks = [mask(0, 0, 10, 40), mask(50, 0, 10, 80), mask(100, 0, 20, 40)]
    seen = dict(zip(CONTEXT_FEATURES, context_features(log_probs(3), masks).T, strict=True))
    np.testing.assert_allclose(seen["length"], [0, np.log(2), 0])
    np.testing.assert_allclose(seen["width"], [0, 0, np.log(2)])
    np.testing.assert_allclose(seen["area"], [-np.log(2), 0, 0])
    assert context_features(np.zeros((0, 24)), []).shape == (0, len(CONTEXT_FEATURES))
    flat = context_features(np.log(np.full((1, 24), 1 / 24)), masks[:1])
    assert flat[0, CONTEXT_FEATURES.index("entropy")] == pytest.approx(np.log(24))

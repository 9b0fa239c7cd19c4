from __future__ import annotations

import itertools

import numpy as np
import pytest

from karyoview.core.matching import (
    duplicates,
    fewest_removed,
    least_corrections,
    match_any,
    match_one,
    match_one_at,
    match_own_at,
)


def test_each_prediction_takes_its_best_free_truth_by_falling_score() -> None:
    iou = np.array([[0.6, 0.7], [0.55, 0.9], [0.8, 0.2]])
    # The second (score 0.9) takes truth 1; the first then has only truth 0 left; the third finds none free.
    assert match_one(iou, [0.8, 0.9, 0.7]).tolist() == [0, 1, -1]
    assert match_one(iou, [0.8, 0.9, 0.85]).tolist() == [-1, 1, 0]


def test_by_the_papers_rule_a_prediction_may_take_only_the_truth_it_overlaps_most() -> None:
    iou = np.array([[0.6, 0.7], [0.55, 0.9], [0.8, 0.2]])
    # The first overlaps truth 1 most, which the second has taken: false, though truth 0 was free for it.
    assert match_own_at(iou, [0.8, 0.9, 0.7], (0.5,))[0].tolist() == [-1, 1, 0]
    assert match_own_at(iou, [0.9, 0.8, 0.7], (0.5, 0.75)).tolist() == [[1, -1, 0], [-1, 1, 0]]
    assert match_own_at(np.zeros((2, 0)), [0.5, 0.4], (0.5,)).tolist() == [[-1, -1]]


def test_several_thresholds_in_one_pass_equal_one_pass_each() -> None:
    rng = np.random.default_rng(1)
    iou, scores = rng.random((30, 12)), rng.random(30)
    at_once = match_one_at(iou, scores, (0.3, 0.5, 0.9))
    for row, threshold in zip(at_once, (0.3, 0.5, 0.9), strict=True):
        assert row.tolist() == _plain_greedy(iou, scores, threshold)


def _plain_greedy(iou: np.ndarray, scores: np.ndarray, threshold: float) -> list[int]:
    taken: list[int] = [-1] * len(scores)
    for p in sorted(range(len(scores)), key=lambda i: -scores[i]):
        free = [t for t in range(iou.shape[1]) if t not in taken]
        if free and iou[p, best := max(free, key=lambda t: iou[p, t])] >= threshold:
            taken[p] = best
    return taken


def test_any_counts_duplicates_as_hits() -> None:
    hits, reached = match_any(np.array([[0.6, 0.0], [0.7, 0.0], [0.4, 0.3]]))
    assert hits.tolist() == [True, True, False]
    assert reached.tolist() == [True, False]


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0, 0)])
def test_nothing_to_match(shape: tuple[int, int]) -> None:
    iou = np.zeros(shape)
    assert match_one(iou, np.ones(shape[0])).tolist() == [-1] * shape[0]
    assert match_any(iou)[1].sum() == 0
    assert least_corrections(iou, [0] * shape[0], [0] * shape[1]).total == sum(shape)


@pytest.mark.parametrize(
    ("iou", "predicted", "truth", "expected"),
    [
        ([[0.9]], [3], [3], (0, 0, 0, 0)),
        ([[0.9]], [3], [4], (1, 0, 0, 0)),
        ([[0.3]], [3], [3], (0, 1, 0, 0)),
        ([[0.05]], [3], [3], (0, 0, 1, 1)),
        ([[0.3]], [3], [4], (0, 0, 1, 1)),  # redraw and relabel cost as much as a new box
        ([[0.9, 0.4]], [3], [3, 3], (0, 0, 0, 1)),
        ([[0.9], [0.8]], [3, 3], [3], (0, 0, 1, 0)),
        ([[0.9]], [-1], [4], (1, 0, 0, 0)),
        ([[0.9]], [3], [-1], (0, 0, 0, 0)),
    ],
)
def test_the_price_of_each_kind_of_correction(iou, predicted, truth, expected) -> None:
    work = least_corrections(np.array(iou, dtype=float), predicted, truth)
    assert (work.relabel, work.redraw, work.delete, work.add) == expected


def test_the_cheapest_pairing_is_found_where_the_best_overlap_is_not_it() -> None:
    # Two crossing chromosomes with swapped overlaps: taking the higher IoU would need two relabels.
    iou = np.array([[0.6, 0.7], [0.7, 0.6]])
    assert least_corrections(iou, [5, 9], [5, 9]).total == 0
    assert least_corrections(iou, [5, 5], [5, 5]).pairs.tolist() == [[0, 1], [1, 0]]


def test_least_corrections_against_every_pairing() -> None:
    rng = np.random.default_rng(0)
    for _ in range(60):
        p, t = rng.integers(0, 5, 2)
        iou, labels_p, labels_t = rng.random((p, t)), rng.integers(0, 2, p), rng.integers(0, 2, t)
        assert least_corrections(iou, labels_p, labels_t).total == _cheapest(iou, labels_p, labels_t)


def _cheapest(iou: np.ndarray, labels_p: np.ndarray, labels_t: np.ndarray) -> int:
    p, t = iou.shape
    best = p + t
    for count in range(1, min(p, t) + 1):
        for rows in itertools.combinations(range(p), count):
            for columns in itertools.permutations(range(t), count):
                pairs = list(zip(rows, columns, strict=True))
                if all(iou[pair] >= 0.1 for pair in pairs):
                    cost = sum(int(iou[a, b] < 0.5) + int(labels_p[a] != labels_t[b]) for a, b in pairs)
                    best = min(best, p + t - 2 * count + cost)
    return best


def test_fewest_removed_against_all_subsets() -> None:
    rng = np.random.default_rng(3)
    for _ in range(30):
        n = int(rng.integers(1, 8))
        clash = np.triu(rng.random((n, n)) < 0.35, 1)
        clash = clash | clash.T
        sets = (s for k in range(n + 1) for s in itertools.combinations(range(n), k))
        assert fewest_removed(clash) == n - max(len(s) for s in sets if not clash[np.ix_(s, s)].any())


def test_duplicates_are_named_once() -> None:
    iou = np.array([[1.0, 0.8, 0.1], [0.8, 1.0, 0.75], [0.1, 0.75, 1.0]])
    assert duplicates(iou).tolist() == [[0, 1], [1, 2]]

"""8 bits beside bf16: what a policy sees follows from what was asked, and the cheapest that keeps within is chosen."""

from __future__ import annotations

import numpy as np
import pytest
from karyotrain.data.cells import Cell
from karyotrain.studies import eight_bits
from karyotrain.studies.eight_bits import BEST, OneCell, cheapest, policies, ratio_with_interval

from karyoview.core.metrics import ImagePrediction

BOXES = np.array([[10.0, 10, 20, 40], [40, 10, 50, 40], [70, 10, 80, 40]])


def found(name: str, boxes: int, score: float = 0.99) -> ImagePrediction:
    return ImagePrediction(name, BOXES[:boxes], np.arange(boxes), np.full(boxes, score))


@pytest.fixture
def cells() -> list[Cell]:
    """Two cells of three chromosomes."""
    return [Cell(n, n, np.zeros((60, 90), np.uint8), BOXES, np.arange(3)) for n in "ab"]


def test_a_policy_sees_further_views_of_cells_in_doubt_only(cells: list[Cell]) -> None:
    # one view misses a box of the second cell, and leaves doubt there
    asked = [
        OneCell(found("a", 3), {v: found("a", 3) for v in (1, 2, 4, BEST)}, {1: 0, 2: 0, 4: 0}),
        OneCell(
            found("b", 3),
            {1: found("b", 2), **{v: found("b", 3) for v in (2, 4, BEST)}},
            {1: 3, 2: 0, 4: 0},
        ),
    ]
    rows = {(tuple(row["looks"]), row["cut"]): row for row in policies(cells, asked, 0.5) if not row["again"]}
    assert rows[(1, 4), 2]["views"] == 2.5
    assert rows[(1, 4), 2]["more"][0] == 0
    assert rows[(1, 4), 3]["views"] == 1
    assert rows[(1, 4), 3]["more"][0] == pytest.approx(0.5)
    best = cheapest(list(rows.values()))
    assert best is not None
    assert (best["looks"], best["views"]) == ([1, 2], 1.5)
    assert cheapest([row | {"more": [1.0, 0.5, 1.5]} for row in rows.values()]) is None


def test_a_cell_that_leaves_doubt_as_a_whole_is_read_with_the_best_effort() -> None:
    in_doubt = OneCell(found("a", 3), {1: found("a", 3, score=0.5), BEST: found("a", 3)}, {1: 0})
    assert in_doubt.chosen((1,), 0, reads_again=True) == BEST
    assert in_doubt.chosen((1,), 0) == 1
    sure = OneCell(found("a", 3), {1: found("a", 3)}, {1: 9})
    assert sure.chosen((1,), 0, reads_again=True) == 1


def test_a_ratio_has_an_interval_over_cells() -> None:
    ratio, low, high = ratio_with_interval(np.array([1.0, 2, 1, 2]), np.array([2.0, 2, 2, 2]))
    assert ratio == pytest.approx(0.75)
    assert low < ratio < high


def test_only_the_default_engine_has_8_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eight_bits, "load_everything", lambda *_, **__: object())
    arguments = type("A", (), {"engine": "deepacc", "weights": None})()
    with pytest.raises(eight_bits.KaryoViewError, match="deepacc has no networks in 8 bits"):
        eight_bits.engines(arguments)

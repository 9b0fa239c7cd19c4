"""Which cells first: doubts, disagreement and new looks; and a simulation that it beats random choice."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from karyoview.core.detection import Detection, Detections
from karyoview.core.geometry import Box
from karyoview.core.image import MetaphaseImage
from karyoview.services.ranking import Evidence, appearance_of, differences, expected_corrections, rank

PLAIN = np.array([0.85, 0.5, -4.0, 3.0, -1.2])


def result(scores: list[float], doubts: list[float | None] | None = None) -> Detections:
    doubts = doubts or [None] * len(scores)
    items = tuple(
        Detection(Box.from_xyxy(30 * k, 10, 30 * k + 20, 60), s, 0, doubt=d)
        for k, (s, d) in enumerate(zip(scores, doubts, strict=True))
    )
    return Detections("a", (100, 400), items)


def test_expected_corrections_come_from_doubts_and_from_what_was_left_out() -> None:
    np.testing.assert_allclose(expected_corrections(result([0.9, 0.8]), 0.5), 0.3)
    np.testing.assert_allclose(expected_corrections(result([0.9, 0.8], [0.5, 0.1]), 0.5), 0.6)
    np.testing.assert_allclose(expected_corrections(result([0.9, 0.4]), 0.5), 0.5)


def test_engines_that_differ_raise_the_benefit() -> None:
    first = result([0.9, 0.9, 0.9])
    other = replace(first, items=(replace(first.items[0], label=3), first.items[1]))
    assert differences(first, other) == 2
    same, unlike = Evidence("same", 1.0, 0.0, PLAIN), Evidence("unlike", 1.0, 2.0, PLAIN)
    order = rank([same, unlike])
    assert [r.image for r in order] == ["unlike", "same"]
    assert "engines differ on 2" in order[0].reason


def test_the_list_does_not_show_ten_of_a_kind() -> None:
    strange = PLAIN + np.array([-0.4, 0.3, 1.0, 0.4, 0.0])
    cells = [Evidence(f"a{i}", 10.0 + i, 0.0, PLAIN) for i in range(5)] + [Evidence("b", 8.0, 0.0, strange)]
    assert [r.image for r in rank(cells)][:2] == ["a4", "b"]
    assert rank(cells, [PLAIN])[0].image == "b"
    assert rank(cells, [PLAIN, strange])[0].image == "a4"
    assert rank([]) == []


def test_the_look_sees_light_contrast_grain_and_size() -> None:
    rng = np.random.default_rng(0)
    pixels = np.full((100, 400), 220, np.uint8)
    pixels[10:60, :20] = 80
    plain = appearance_of(MetaphaseImage(pixels), result([0.9]))
    faint = appearance_of(MetaphaseImage((165 + (pixels - 220.0) * 0.3).astype(np.uint8)), result([0.9]))
    grainy = appearance_of(MetaphaseImage((pixels + rng.integers(0, 30, pixels.shape)).astype(np.uint8)), result([0.9]))
    assert faint[0] < plain[0]
    assert faint[1] < plain[1]
    assert grainy[2] > plain[2] + 1
    assert appearance_of(MetaphaseImage(pixels), result([])).shape == (5,)


class World:
    """Synthetic cells of four looks. An engine errs little on the first look and much on the rare others;
    each corrected cell of a look lowers its errors there, and its doubts follow its errors with noise."""

    shares, first_errors = (0.7, 0.14, 0.1, 0.06), np.array([3.0, 12.0, 16.0, 20.0])

    def __init__(self, seed: int, cells: int = 150) -> None:
        self.rng = np.random.default_rng(seed)
        self.kind = self.rng.choice(4, cells, p=self.shares)
        centres = PLAIN + self.rng.normal(0, 1, (4, 5)) * [0.12, 0.12, 0.7, 0.25, 0.25]
        self.appearances = centres[self.kind] + self.rng.normal(0, 1, (cells, 5)) * [0.01, 0.01, 0.05, 0.02, 0.02]
        self.hard = self.rng.gamma(4.0, 0.25, cells)
        self.taught = np.zeros(4)

    def errors(self) -> np.ndarray:
        now = 1.0 + (self.first_errors - 1.0) * np.exp(-self.taught / 4.0)
        return now[self.kind] * self.hard

    def cells_until(self, target: float, ranked: bool) -> int:
        """Corrected cells until the mean error over the rest is at most ``target``; five between trainings."""
        open_ones = np.ones(len(self.kind), bool)
        done = 0
        while open_ones.any() and self.errors()[open_ones].mean() > target:
            left = np.flatnonzero(open_ones)
            if ranked:
                doubt = self.errors()[left] * self.rng.lognormal(0, 0.5, len(left))
                ranked = [Evidence(str(i), d, 0.0, self.appearances[i]) for i, d in zip(left, doubt, strict=True)]
                chosen = [int(r.image) for r in rank(ranked, list(self.appearances[~open_ones]))[:5]]
            else:
                chosen = self.rng.permutation(left)[:5].tolist()
            for i in chosen:
                open_ones[i] = False
                self.taught[self.kind[i]] += 1
                done += 1
        return done


def test_in_a_simulation_fewer_corrected_cells_reach_the_same_quality() -> None:
    ranked = np.array([World(s).cells_until(2.5, ranked=True) for s in range(20)])
    random = np.array([World(s).cells_until(2.5, ranked=False) for s in range(20)])
    print(f"cells until 2.5 errors a cell: ranked {ranked.mean():.1f}, random {random.mean():.1f}")
    assert ranked.mean() < 0.8 * random.mean()
    assert (ranked < random).mean() >= 0.8

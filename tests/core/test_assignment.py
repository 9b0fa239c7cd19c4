"""Assignment with soft quotas: the cell decides together, and no copy is forbidden."""

from __future__ import annotations

import numpy as np
import pytest

from karyoview.core.errors import KaryoViewError
from karyoview.core.karyogram import assign_classes


def noisy(truth: np.ndarray, lead: float, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=(len(truth), 24))
    scores[np.arange(len(truth)), truth] += lead
    return scores - np.log(np.exp(scores).sum(1, keepdims=True))


FEMALE = np.repeat(np.arange(23), 2)
MALE = np.r_[np.repeat(np.arange(22), 2), 22, 23]


@pytest.mark.parametrize("truth", [FEMALE, MALE], ids=["female", "male"])
def test_helps_where_single_decisions_err(truth: np.ndarray) -> None:
    single, jointly = [], []
    for seed in range(20):
        scores = noisy(truth, 2.2, seed)
        single.append((scores.argmax(1) == truth).mean())
        jointly.append((assign_classes(scores) == truth).mean())
    assert np.mean(jointly) > np.mean(single) + 0.02


@pytest.mark.parametrize("extra", [[20], [17], [12], [22], [23], [7, 7], [20, 20, 20]])
def test_trisomies_are_not_swallowed(extra: list[int]) -> None:
    truth = np.r_[MALE, extra]
    assert np.array_equal(assign_classes(noisy(truth, 9.0, 1)), truth)


def test_sex_can_be_given_and_nothing_is_forbidden() -> None:
    scores = np.full((2, 24), -20.0)
    scores[:, 22], scores[:, 23] = -0.8, -0.6
    assert sorted(assign_classes(scores, sex="female")) == [22, 22]
    assert sorted(assign_classes(scores, sex="male")) == [22, 23]
    certain = np.where(np.arange(24) == 5, 0.0, -np.inf) * np.ones((9, 1))
    assert (assign_classes(np.nan_to_num(certain, nan=0.0, neginf=-np.inf)) == 5).all()


def test_polyploid_empty_and_bad_input() -> None:
    assert len(assign_classes(noisy(np.tile(np.arange(24), 13)[:300], 3.0, 0))) == 300
    assert assign_classes(np.zeros((0, 24))).shape == (0,)
    with pytest.raises(KaryoViewError, match=r"shape \(N, 24\)"):
        assign_classes(np.zeros((3, 23)))
    with pytest.raises(KaryoViewError, match="must not fall"):
        assign_classes(np.zeros((3, 24)), copy_penalties=(1.0, 0.0))

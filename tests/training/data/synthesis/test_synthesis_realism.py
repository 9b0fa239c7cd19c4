"""The two-sample test: blind to chance, sharp for a difference, and fair about groups."""

from __future__ import annotations

import numpy as np
import pytest
from karyotrain.data.synthesis import SyntheticCell
from karyotrain.data.synthesis.library import PasteLibrary
from karyotrain.studies.realism import Sample, band_statistics, cell_statistics, compare, two_sample


def features(rng: np.random.Generator, count: int, shift: float) -> dict[str, np.ndarray]:
    x = rng.normal(0, 1, (count, 200))
    x[:, :10] += shift
    return {"2": x, "3": rng.normal(0, 1, (count, 100))}


def test_same_sets_are_not_told_apart_and_shifted_ones_are() -> None:
    rng = np.random.default_rng(0)
    groups = [str(i) for i in range(160)]
    same = two_sample(features(rng, 80, 0.0), features(rng, 80, 0.0), groups)
    far = two_sample(features(rng, 80, 0.0), features(rng, 80, 1.0), groups)
    assert same["strongest"] < 0.68
    assert far["C2"] > 0.85
    assert far["strongest"] == max(far["C2"], far["C3"])
    assert far["energy"] > 1.5 * same["energy"]


def test_a_group_never_helps_to_judge_itself() -> None:
    rng = np.random.default_rng(1)
    centres = rng.normal(0, 3, (20, 50))
    rows = np.repeat(centres, 8, axis=0) + rng.normal(0, 0.1, (160, 50))
    groups = np.repeat(np.arange(20), 8).astype(str).tolist()
    # Each group lies in one set only; what tells groups apart must not pass for a difference of sets.
    found = two_sample({"2": rows[:80]}, {"2": rows[80:]}, groups)
    leaking = two_sample({"2": rows[:80]}, {"2": rows[80:]}, [str(i) for i in range(160)])
    assert leaking["strongest"] > 0.95
    assert found["strongest"] < 0.85


def test_statistics_of_cells_and_pieces(cells: list[SyntheticCell], library: PasteLibrary) -> None:
    samples = [Sample(c.image, c.boxes(), str(i)) for i, c in enumerate(cells[:3])]
    found = cell_statistics(samples)
    assert len(found["box size (px)"]) == sum(len(c.truth) for c in cells[:3])
    assert np.median(found["grey inside"]) < np.median(found["grey outside"]) - 30
    grown = cell_statistics(samples, slack=4.0)
    assert np.median(grown["box size (px)"]) == pytest.approx(np.median(found["box size (px)"]) + 8, abs=2.5)
    bands = band_statistics(library, 60)
    assert 3 < np.median(bands["bands in ten widths"]) < 25
    same = compare(found, found)
    assert all(row["distance"] == 0 for row in same.values())

"""The curve of corrections over corrected cells: which cells it takes, and what another look is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from karyotrain.data.dataset import CellSet, load
from karyotrain.studies.domain_shift import appearance, in_two, repainted, strangest


@pytest.fixture(scope="module")
def cells(drawn_set: Path) -> CellSet:
    """Drawn cells, each a case of its own."""
    found = load(drawn_set, "all")
    return replace(found, samples=tuple(replace(s, case=f"case {n}") for n, s in enumerate(found)))


def test_cells_in_another_look_keep_their_chromosomes_and_leave_the_first_look(cells: CellSet) -> None:
    new = repainted(cells)

    assert [s.name for s in new] == [s.name for s in cells]
    for old, now in zip(cells, new, strict=True):
        np.testing.assert_array_equal(now.boxes, old.boxes)
        assert now.pixels.dtype == np.uint8
        assert now.pixels.shape == old.pixels.shape
    spread = np.stack([appearance(s.pixels) for s in cells]).std(0)
    moved = np.abs(np.mean([appearance(n.pixels) - appearance(o.pixels) for o, n in zip(cells, new, strict=True)], 0))
    assert (moved > spread).any()
    again = repainted(cells)
    np.testing.assert_array_equal(again[0].pixels, new[0].pixels)
    # a stronger change is softer and paler
    harder = [appearance(s.pixels) - appearance(n.pixels) for s, n in zip(repainted(cells, "soft"), new, strict=True)]
    assert (np.stack(harder)[:, [1, 3]] < 0).all()


def test_reversed_bands_change_places_inside_the_chromosomes_only(cells: CellSet) -> None:
    for old, new in zip(cells, repainted(cells, "reversed"), strict=True):
        before, after = old.pixels.astype(float), new.pixels.astype(float)
        ground = np.percentile(before, 80)
        dark = cv2.GaussianBlur(ground - before, (0, 0), 2.0)
        outside = cv2.dilate((dark > 5).astype(np.uint8), np.ones((9, 9))) == 0
        assert outside.mean() > 0.2
        assert np.abs(after - before)[outside].max() <= 3
        inside = cv2.erode((dark > 40).astype(np.uint8), np.ones((3, 3))) == 1
        assert np.corrcoef(before[inside], after[inside])[0, 1] < -0.3
        assert after[inside].mean() < ground - 20


def test_the_strangest_cells_are_those_of_the_case_that_looks_like_no_other(cells: CellSet) -> None:
    odd = repainted(cells[:1])[0]
    mixed = replace(cells, samples=(*cells[1:], replace(odd, case="odd")))

    assert strangest(mixed, 1).cases() == ("odd",)


def test_no_case_is_both_corrected_and_judged_on(cells: CellSet) -> None:
    teach, unseen = in_two(cells, 2, seed=0)

    assert len(unseen) == 2
    assert len(teach) + len(unseen) == len(cells)
    assert not set(teach.cases()) & set(unseen.cases())

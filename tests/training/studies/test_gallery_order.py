"""The study of the gallery's order: a good order is told from a bad one, and crowding from room."""

from __future__ import annotations

import numpy as np
import pytest
from karyotrain.studies.gallery_order import correlations, crowding, rank_correlation, say, thirds


def test_crowding_counts_pairs_and_the_covered_share() -> None:
    apart = np.array([[0.0, 0, 10, 10], [20, 0, 30, 10], [40, 0, 50, 10]])
    assert crowding(apart) == (0, 0.0)
    crossing = np.array([[0.0, 0, 10, 10], [5, 0, 15, 10], [40, 0, 50, 10]])
    pairs, share = crowding(crossing)
    assert (pairs, share) == (1, pytest.approx(100 / 300))
    assert crowding(crossing[:1]) == (0, 0.0)


def test_an_order_by_what_is_easy_is_near_minus_one_and_dice_are_near_zero() -> None:
    dice = np.random.default_rng(0)
    corrections = dice.poisson(3, 60).astype(float).tolist()
    measures = {"good": [-c + 0.1 * dice.random() for c in corrections], "dice": dice.random(60).tolist()}
    rows = correlations(measures, {"corrections": corrections}, draws=100)
    value, low, high = rows["good"]["corrections"]
    assert low <= value <= high < -0.9
    assert rows["dice"]["corrections"][1] < 0 < rows["dice"]["corrections"][2]
    assert rank_correlation([1.0] * 60, corrections) == 0.0
    best, middle, worst = thirds(measures["good"], corrections)
    assert best < middle < worst


def test_figures_are_printed_with_their_intervals() -> None:
    line = {
        "corrections": [-0.5, -0.7, -0.2],
        "overlapping pairs": [-0.6, -0.8, -0.3],
        "covered share": [0.0, 0.0, 0.0],
    }
    text = say({"cells": 40, "correlations": {"score": line}, "corrections by third": [1.0, 2.0, 4.0]})
    assert "| score | -0.50 [-0.70, -0.20] |" in text
    assert "best third 1.00, middle 2.00, worst 4.00" in text

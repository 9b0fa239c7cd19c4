"""Pieces that lie alone are candidates; nuclei, specks, clusters and what the edge cuts are not."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from karyoview.imaging.connected_pieces import lone_pieces, uncovered


@pytest.fixture
def field() -> np.ndarray:
    """A light field with nine bars 14 px wide and 40 to 72 px long, well apart."""
    image = np.full((360, 360), 235, np.uint8)
    for i in range(9):
        x, y = 40 + 110 * (i % 3), 40 + 110 * (i // 3)
        cv2.rectangle(image, (x, y), (x + 13, y + 39 + 4 * i), 90, -1)
    return image


def test_every_lone_chromosome_is_a_piece(field: np.ndarray) -> None:
    pieces = lone_pieces(field)
    assert len(pieces) == 9
    centres = (pieces[:, :2] + pieces[:, 2:]) / 2
    assert np.abs(centres[0] - [46.5, 59.5]).max() < 2


@pytest.mark.parametrize(
    ("draw", "what"),
    [
        (lambda f: cv2.circle(f, (318, 200), 36, 120, -1), "a nucleus"),
        (lambda f: cv2.circle(f, (100, 20), 3, 40, -1), "a speck"),
        (lambda f: cv2.rectangle(f, (0, 200), (13, 260), 90, -1), "cut by the edge"),
    ],
)
def test_other_dark_things_are_no_pieces(field: np.ndarray, draw: object, what: str) -> None:
    draw(field)  # type: ignore[operator]
    pieces = lone_pieces(field)
    assert len(pieces) == 9, what
    assert np.abs((pieces[:, 2] - pieces[:, 0]) - 16).max() < 4, what


def test_an_empty_field_has_no_pieces() -> None:
    assert len(lone_pieces(np.full((200, 300), 240, np.uint8))) == 0


def test_a_piece_is_covered_by_one_alike_or_by_several_inside_it() -> None:
    pieces = np.array([[0.0, 0, 20, 60], [100, 0, 160, 60], [200, 0, 220, 60]])
    boxes = np.array([[1.0, 2, 19, 58], [102, 2, 130, 58], [131, 2, 158, 58], [202, 2, 218, 20]])
    assert uncovered(pieces, boxes).tolist() == [False, False, True]
    assert uncovered(pieces, np.zeros((0, 4))).all()


def test_chromosomes_in_the_bay_of_a_bent_one_do_not_cover_it() -> None:
    bent, first, second = [0.0, 0, 90, 80], [30.0, 5, 50, 40], [60.0, 10, 85, 50]
    inside = np.array([first, second])
    assert uncovered(np.array([bent, first, second]), inside).tolist() == [True, False, False]
    assert uncovered(np.array([bent]), inside).tolist() == [False]


def test_parts_that_do_not_count_leave_a_piece_uncovered() -> None:
    piece, halves = np.array([[0.0, 0, 40, 90]]), np.array([[1.0, 1, 39, 40], [1, 50, 39, 89]])
    assert uncovered(piece, halves, np.array([True, True])).tolist() == [False]
    assert uncovered(piece, halves, np.array([True, False])).tolist() == [True]

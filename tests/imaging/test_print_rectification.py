"""Prints as scanners and cameras bring them: skewed, on their side, on a desk, unevenly lit, cut in half."""

from __future__ import annotations

from collections import Counter

import cv2
import numpy as np
import pytest
from test_karyogram_placement import printed

from karyoview.imaging.karyogram_picture import KaryogramPictureError, looks_like_karyogram, read_karyogram, read_print
from karyoview.imaging.karyogram_picture import upright as upright_again
from karyoview.imaging.label_reading import Word, label_lines
from karyoview.imaging.print_rectification import rectified

WHOLE = Counter(p.label for p in read_karyogram(printed(labels=True, brackets=True)))


def photographed(picture: np.ndarray, slant: float, cut: bool = False) -> np.ndarray:
    """The paper on a dark desk, seen at an angle and unevenly lit; ``cut`` hides a corner of it."""
    h, w = picture.shape
    before = np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32)
    after = np.array([[slant * w, 25], [(1 - slant) * w, 35], [0.98 * w, 0.97 * h], [0.02 * w, 0.96 * h]], np.float32)
    shown = cv2.warpPerspective(picture, cv2.getPerspectiveTransform(before, after), (w, h), borderValue=40.0)
    if cut:
        cv2.circle(shown, (round(0.97 * w), round(0.95 * h)), 330, 40, -1)
    x, y = np.meshgrid(np.linspace(0, 1, w), np.linspace(0, 1, h))
    return (shown * (0.95 - 0.2 * x - 0.1 * y)).astype(np.uint8)


def test_what_a_program_wrote_is_left_as_it_is() -> None:
    picture = printed(labels=True, brackets=True)
    assert rectified(picture) is picture
    assert rectified(255 - picture) is not None
    assert np.array_equal(rectified(255 - picture), 255 - picture)


@pytest.mark.parametrize("kind", ["skewed", "on its side", "upside down", "photographed", "grey, uneven, large"])
def test_scans_and_photographs_are_read_like_what_was_printed(kind: str) -> None:
    picture = printed(labels=True, brackets=True)
    if kind == "skewed":
        matrix = cv2.getRotationMatrix2D((500, 450), 2.5, 1.0)
        picture = cv2.warpAffine(picture, matrix, (1000, 900), borderValue=250.0)
    elif kind == "on its side":
        picture = np.rot90(picture).copy()
    elif kind == "upside down":
        picture = np.rot90(picture, 2).copy()
    elif kind == "photographed":
        picture = photographed(picture, 0.06)
    else:
        light = np.linspace(0.7, 1.0, 1000)[None]
        picture = cv2.resize((picture * light).astype(np.uint8), None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC)
    found = read_print(picture)
    assert Counter(p.label for p in found.pieces) == WHOLE
    assert np.array_equal(upright_again(picture, found.turns), found.picture)


def test_a_photograph_without_all_corners_is_refused_with_a_sentence() -> None:
    with pytest.raises(KaryogramPictureError, match="four corners of the paper cannot be seen"):
        read_print(photographed(printed(labels=True, brackets=True), 0.05, cut=True))


def test_half_a_page_gives_the_half_that_is_there() -> None:
    half = printed(labels=True, brackets=False)[:440]
    found = read_print(half)
    assert Counter(p.label for p in found.pieces) == Counter(dict.fromkeys(range(12), 2))


def test_two_karyograms_in_one_picture_are_refused_with_a_sentence() -> None:
    one = printed(labels=True, brackets=True)
    with pytest.raises(KaryogramPictureError, match="92 chromosomes and most labels twice, as of two cells"):
        read_print(np.concatenate([one, one]))


def test_labels_may_stand_under_each_chromosome() -> None:
    (line,) = label_lines([word(50, 4, likely=4), word(90, None, likely=4), word(150, None), word(190, 5, likely=5)])
    assert [w.label for w in line.words] == [4, 4, None, 5]


def test_a_karyogram_is_told_from_a_metaphase_by_its_looks() -> None:
    assert looks_like_karyogram(printed(labels=True, brackets=True))
    assert looks_like_karyogram(printed(labels=False, brackets=False, dark=True))
    rng = np.random.default_rng(0)
    field = np.full((700, 900), 230, np.uint8)
    for k in range(46):
        centre = (60 + 100 * (k % 8) + int(rng.integers(-25, 25)), 60 + 110 * (k // 8) + int(rng.integers(-35, 35)))
        cv2.ellipse(field, centre, (10, 22 + k % 20), float(rng.uniform(0, 180)), 0, 360, 80, -1)
    assert not looks_like_karyogram(field)
    assert not looks_like_karyogram(np.full((200, 200), 240, np.uint8))


def word(x: float, label: int | None, likely: int | None = None) -> Word:
    return Word(np.array([[x, 93.0, x + 8, 107.0]]), label, likely)


def test_an_unread_label_between_its_neighbours_is_known_and_a_snippet_is_none() -> None:
    snippet = Word(np.array([[350.0, 70.0, 354.0, 84.0]]))
    (line,) = label_lines([word(50, 5), word(150, None), word(250, 7), snippet])
    assert [w.label for w in line.words] == [5, 6, 7]
    assert line.label_at(160, 100) == 6
    assert line.label_at(400, 100) is None
    (line,) = label_lines([word(50, 5), word(150, None), word(250, 8)])
    assert [w.label for w in line.words] == [5, None, 8]  # one of two, and nobody knows which

"""The karyogram board without a window: reading order, drops, and the headline."""

from __future__ import annotations

import numpy as np
import pytest

from karyoview.core.annotation import ImageAnnotation, ReviewedChromosome
from karyoview.core.errors import KaryoViewError
from karyoview.core.geometry import Box
from karyoview.core.karyogram import MARKERS, TRAY
from karyoview.imaging.karyogram_look import KaryogramLook
from karyoview.review.board import BoardModel
from karyoview.review.session import ReviewSession
from karyoview.review.summary import headline

SIZE = (200, 300)


@pytest.fixture
def board() -> BoardModel:
    """Two of class 1, one of class 2, one without a class, cut out of a picture of dark bars."""
    items = tuple(
        ReviewedChromosome(f"c{k}", Box.rotated(40 + 60 * k, 100, 14, 60, 0.0), label)
        for k, label in enumerate((1, 0, 0, None))
    )
    pixels = np.full(SIZE, 230, np.uint8)
    for item in items:
        x1, y1, x2, y2 = (int(v) for v in item.box.bounds().to_xyxy())
        pixels[y1 + 4 : y2 - 4, x1 + 3 : x2 - 3] = 60
    session = ReviewSession([ImageAnnotation("a.png", SIZE, chromosomes=items)], lambda *_: None, "ada")
    session.go_to("a.png")
    model = BoardModel(session)
    model.take(BoardModel.cut(pixels, session.annotation(), KaryogramLook()))
    return model


def test_reading_order_goes_round_from_class_to_class(board: BoardModel) -> None:
    order = [board.next_id("", 1)]
    while (following := board.next_id(order[-1], 1)) != order[0]:
        order.append(following)
    assert [sorted(order[:2]), order[2:]] == [["c1", "c2"], ["c0", "c3"]]
    assert board.next_id(order[0], -1) == "c3"


def test_the_headline_tells_what_differs_from_two_of_each(board: BoardModel) -> None:
    assert board.headline() == "4  1 without class", "of a quarter nothing is known, so nothing is said of classes"
    board.move("c3", MARKERS)
    assert board.headline() == "4  22 classes odd +mar"
    assert board.headline() == headline(board.annotation).text, "board and window say the same"


def test_a_drop_lands_in_the_slot_below_and_is_one_step_back(board: BoardModel) -> None:
    placed = next(p for p in board.layout().placed if p.id == "c0")
    assert board.drop("c3", placed.x + 2, placed.y + 2) == "2"
    assert set(board.karyogram().slots["2"]) == {"c0", "c3"}
    assert board.follow()
    board.session.undo()
    assert board.karyogram().slots[TRAY] == ("c3",)
    with pytest.raises(KaryoViewError, match="There is no slot here"):
        board.drop("c3", -500.0, -500.0)


def test_strips_are_cut_anew_once_a_box_was_moved(board: BoardModel) -> None:
    board.session.relabel(["c0"], 4)
    assert board.follow(), "another class needs no other cut"
    board.session.reshape({"c0": board.annotation.chromosome("c0").box.moved(5.0, 0.0)})
    assert not board.follow()

"""Which cell, doubt or chromosome comes next, and in which order cells are listed."""

from __future__ import annotations

from karyoview.core.annotation import ReviewedChromosome, ReviewState
from karyoview.core.geometry import Box
from karyoview.review.doubt import Doubt, Level, Phrase
from karyoview.review.navigation import (
    DoubtWalk,
    by_benefit,
    by_doubt,
    cell_beside,
    chromosome_beside,
    first_cell,
    open_cell_after,
    open_cells,
)

IMAGES = ("a", "b", "c", "d")
STATES = {
    "a": ReviewState.REVIEWED, "b": ReviewState.NEW, "c": ReviewState.SET_ASIDE, "d": ReviewState.IN_REVIEW,
}  # fmt: skip


def state(image: str) -> ReviewState:
    return STATES[image]


def test_work_begins_at_the_first_open_cell_else_at_the_first() -> None:
    assert open_cells(IMAGES, state) == ["b", "d"]
    assert first_cell(IMAGES, state) == "b"
    assert first_cell(("a", "c"), state) == "a"
    assert first_cell((), state) == ""


def test_the_cell_beside_and_the_open_one_beside() -> None:
    assert [cell_beside(IMAGES, i, 1) for i in IMAGES] == ["b", "c", "d", None]
    assert [cell_beside(IMAGES, i, -1) for i in IMAGES] == [None, "a", "b", "c"]
    assert [cell_beside(IMAGES, i, 1, state) for i in IMAGES] == ["b", "d", "d", None]
    assert [cell_beside(IMAGES, i, -1, state) for i in IMAGES] == [None, None, "b", "b"]


def test_after_a_finished_cell_comes_the_next_open_one_then_those_before_it() -> None:
    assert open_cell_after(IMAGES, "b", state) == "d"
    assert open_cell_after(IMAGES, "d", state) == "b", "from the beginning, as the cell itself is no longer asked"
    assert open_cell_after(("a", "c"), "a", state) is None


def test_cells_by_doubt_and_by_benefit_end_with_those_that_are_done() -> None:
    doubts = {"a": (9, 9), "b": (0, 5), "c": (0, 0), "d": (1, 0)}
    assert by_doubt(IMAGES, state, doubts.__getitem__) == ["d", "b", "a", "c"]
    assert by_benefit(IMAGES, state, ["d", "gone"]) == ["d", "b", "a", "c"]


def test_chromosomes_follow_by_class_then_from_the_left_and_around() -> None:
    items = [
        ReviewedChromosome("x", Box(90, 5, 4, 9), 3), ReviewedChromosome("y", Box(10, 5, 4, 9), 3),
        ReviewedChromosome("z", Box(50, 5, 4, 9)), ReviewedChromosome("w", Box(50, 5, 4, 9), 0),
    ]  # fmt: skip

    def beside(selected: tuple[str, ...], by: int) -> str:
        found = chromosome_beside(items, selected, by)
        assert found is not None
        return found.id

    assert [beside((i,), 1) for i in "wyxz"] == list("yxzw")
    assert [beside((i,), -1) for i in "wyxz"] == list("zwyx")
    assert (beside((), 1), beside((), -1)) == ("w", "z")
    assert (beside(("gone",), 1), beside(("gone",), -1)) == ("w", "w")
    assert chromosome_beside([], (), 1) is None


def doubt(chromosome: str, place: tuple[float, float] | None) -> Doubt:
    return Doubt(Level.RED, Phrase("overlap"), chromosome, place)


def test_a_walk_stops_once_at_each_chromosome_and_place_and_goes_around() -> None:
    first, again, cell, whole = doubt("a", (1, 1)), doubt("a", (1, 1)), doubt("", (5, 5)), doubt("", None)
    walk, found = DoubtWalk(), [first, again, cell, whole]
    assert [walk.step(found, 1) for _ in range(3)] == [first, cell, first]
    assert walk.is_at(["a"])
    assert not walk.is_at(["a", "b"])
    assert walk.step(found, -1) == cell
    walk.reset()
    assert not walk.is_at(["a"])
    assert walk.step(found, -1) == cell, "backwards it begins at the last"
    assert walk.step([whole], 1) is None

"""A blind second count: who is asked for one, what it stores, and how it is compared."""

from __future__ import annotations

import pytest

from karyoview.core.annotation import ImageAnnotation, ReviewedChromosome, ReviewState
from karyoview.core.errors import KaryoViewError
from karyoview.core.geometry import Box
from karyoview.review.blind_count import KEY, BlindCount, BlindOutcome
from karyoview.review.session import ReviewSession


def session(person: str = "Bob") -> ReviewSession:
    """A cell of two boxes that Ann reviewed, and one that nobody did."""
    items = (ReviewedChromosome("a", Box(20, 20, 8, 20), 1), ReviewedChromosome("b", Box(60, 20, 8, 20), 2))
    first = ImageAnnotation("a.png", (80, 90), state=ReviewState.REVIEWED, chromosomes=items)
    made = ReviewSession([first, ImageAnnotation("b.png", (80, 90))], lambda *_: None, "Ann")
    made.set_state("a.png", ReviewState.IN_REVIEW)
    made.set_state("a.png", ReviewState.REVIEWED, confirmed=made.judge(made.annotation("a.png")))
    made.person = person
    made.go_to("a.png")
    return made


@pytest.mark.parametrize(
    ("person", "required", "due"), [("Bob", True, True), ("Ann", True, False), ("Bob", False, False)]
)
def test_a_colleague_is_asked_where_the_case_asks_for_it(person: str, required: bool, due: bool) -> None:
    work = session(person)
    blind = BlindCount(lambda: work, lambda: required)
    blind.enter("a.png")
    assert blind.active is due
    assert blind.hides("a.png") is due
    assert not blind.hides("b.png"), "nobody has counted it yet"


def test_a_case_that_cannot_be_written_asks_for_no_count() -> None:
    work = session()
    work.read_only_reason = "approved"
    blind = BlindCount(lambda: work, lambda: True)
    blind.enter("a.png")
    assert not blind.active


def test_marks_are_undoable_and_compared_with_the_first_count() -> None:
    work = session()
    blind = BlindCount(lambda: work, lambda: True)
    blind.enter("a.png")
    blind.mark(20, 22, 5)
    blind.mark(80, 70, 5)
    blind.mark(81, 71, 5)
    assert blind.marks() == [(20.0, 22.0)], "a click on a mark takes it away"
    work.undo()
    assert blind.marks() == [(20.0, 22.0), (80.0, 70.0)]
    work.redo()
    outcome = blind.finish()
    assert outcome == BlindOutcome(first=2, second=1, unmarked=1)
    assert not blind.active
    assert [(m.x, m.y) for m in blind.compared] == [(20.0, 22.0)]
    assert work.annotation().extra[KEY]["Bob"] == {"marks": [[20, 22]], "done": True}
    assert not blind.hides("a.png"), "it is done"
    blind.enter("b.png")
    assert blind.compared == ()


def test_it_can_be_started_and_left_by_hand() -> None:
    work = session("Ann")
    blind = BlindCount(lambda: work, lambda: False)
    assert blind.toggle()
    assert blind.hides("a.png")
    assert not blind.toggle()
    blind.toggle()
    blind.leave()
    assert not blind.active


def test_without_a_case_there_is_nothing_to_count() -> None:
    blind = BlindCount(lambda: None, lambda: True)
    blind.enter("a.png")
    assert not blind.active
    assert blind.marks() == []
    with pytest.raises(KaryoViewError, match="open a case"):
        blind.finish()

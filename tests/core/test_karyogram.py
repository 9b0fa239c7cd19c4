"""The karyogram: slots, moves, markers, tray; every move a new value, nothing lost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from karyoview.core.annotation import ImageAnnotation, ReviewedChromosome, ReviewState
from karyoview.core.errors import KaryoViewError
from karyoview.core.geometry import Box
from karyoview.core.karyogram import KEY, MARKERS, SLOTS, TRAY, Karyogram, karyogram_rows
from karyoview.review import karyogram_edits
from karyoview.review.session import ReviewSession


def cell(labels: list[int | None]) -> ImageAnnotation:
    items = (ReviewedChromosome(f"c{i}", Box.rotated(20 + 15 * i, 50, 10, 40, 0.1), k) for i, k in enumerate(labels))
    return ImageAnnotation("a.png", (100, 900), state=ReviewState.IN_REVIEW, chromosomes=tuple(items))


def test_rows_are_the_four_of_the_clinic_with_markers_last() -> None:
    rows = karyogram_rows()
    assert rows[0] == (("1", "2", "3"), ("4", "5"))
    assert rows[3] == (("19", "20"), ("21", "22"), ("X", "Y"), (MARKERS,))
    assert {s for row in rows for group in row for s in group} == set(SLOTS) - {TRAY}


def test_classes_fill_slots_and_the_rest_waits_in_the_tray() -> None:
    karyogram = Karyogram.of(cell([20, 20, 20, None]))
    assert karyogram.slots["21"] == ("c0", "c1", "c2")
    assert karyogram.slots[TRAY] == ("c3",)
    assert karyogram.counts()[20] == 3


@given(st.lists(st.tuples(st.integers(0, 7), st.sampled_from(SLOTS), st.integers(-1, 5)), max_size=20))
@settings(max_examples=60, deadline=None)
def test_no_series_of_moves_loses_or_doubles_a_chromosome(moves: list[tuple[int, str, int]]) -> None:
    karyogram = Karyogram.of(cell([0, 0, 1, 20, 20, 22, None, 5]))
    before = sorted(i for ids in karyogram.slots.values() for i in ids)
    for number, slot, position in moves:
        earlier = karyogram
        karyogram = karyogram.move(f"c{number}", slot, None if position < 0 else position)
        assert karyogram.slot_of(f"c{number}") == slot
        assert sorted(i for ids in karyogram.slots.values() for i in ids) == before
        assert sorted(i for ids in earlier.slots.values() for i in ids) == before


def test_what_is_stored_comes_back() -> None:
    annotation = cell([0, 0, 0, None, None, 3])
    karyogram = Karyogram.of(annotation).move("c2", "1", 0).move("c3", MARKERS).mirror("c5", confirmed=True)
    again = Karyogram.of(karyogram_edits.arrange(annotation, karyogram, "ana"))
    assert again == karyogram
    assert again.slots["1"] == ("c2", "c0", "c1")


def test_mirror_needs_confirmation_and_unknown_things_have_sentences() -> None:
    karyogram = Karyogram.of(cell([0]))
    with pytest.raises(KaryoViewError, match="confirm it"):
        karyogram.mirror("c0")
    with pytest.raises(KaryoViewError, match="no slot"):
        karyogram.move("c0", "23")
    with pytest.raises(KaryoViewError, match="deleted meanwhile"):
        karyogram.move("zz", "1")


def test_damaged_store_is_read_as_none() -> None:
    annotation = replace(cell([0, None]), extra={KEY: {"order": "?", "markers": 3, "mirrored": [None]}})
    assert Karyogram.of(annotation).slots[TRAY] == ("c1",)


def test_moves_are_single_undo_steps_of_the_session() -> None:
    saved: list[str] = []
    start = cell([0, 1, None])
    session = ReviewSession([start], lambda annotation, action, detail: saved.append(action), "ana")
    session.go_to("a.png")
    session.do(karyogram_edits.swap(session.annotation(), "c0", "c1", "ana"), "swap", ("c0", "c1"))
    assert [c.label for c in session.annotation().chromosomes] == [1, 0, None]
    assert session.annotation().chromosome("c0").label_by.name == "ana"
    session.do(karyogram_edits.move(session.annotation(), "c2", MARKERS, "ana"), "move", ("c2",))
    assert Karyogram.of(session.annotation()).slots[MARKERS] == ("c2",)
    session.undo()
    session.undo()
    assert [c.label for c in session.annotation().chromosomes] == [0, 1, None]
    assert Karyogram.of(session.annotation()) == Karyogram.of(start)
    assert saved == ["swap", "move", "undo move", "undo swap"]


def test_rotating_turns_the_box_about_its_centre() -> None:
    annotation = cell([0])
    turned = karyogram_edits.rotate(annotation, "c0", 90.0, "ana").chromosome("c0").box
    assert turned.centre == annotation.chromosome("c0").box.centre
    assert turned.angle == pytest.approx(0.1 + 1.5708, abs=1e-3)

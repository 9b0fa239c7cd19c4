"""Edits, history, late results and the corrections meter, without a window."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import pytest
from review_samples import Disk, detections

from karyoview.core.annotation import Attribution, ImageAnnotation, PredictedChromosome, ReviewedChromosome, ReviewState
from karyoview.core.errors import KaryoViewError
from karyoview.core.geometry import Box
from karyoview.review import edits, meter
from karyoview.review.commands import Change
from karyoview.review.doubt import doubts
from karyoview.review.session import Event, ReviewSession


def content(annotation: ImageAnnotation) -> tuple:
    extra = {k: v for k, v in annotation.extra.items() if k != meter.KEY}
    return annotation.chromosomes, annotation.count_marks, annotation.state, annotation.reason, extra


def test_undo_all_and_redo_all_over_two_images_lead_to_the_same_states(session: ReviewSession, disk: Disk) -> None:
    session.receive(detections(), 0.5)
    rng = random.Random(4)
    start = [content(session.annotation(i)) for i in session.images]
    for step in range(120):
        session.go_to(rng.choice(session.images))
        ids = [c.id for c in session.annotation().chromosomes]
        kind = rng.choice(("add", "move", "label", "delete", "accept", "turn", "split", "join", "mark", "state"))
        some = rng.sample(ids, min(2, len(ids)))
        if kind == "add" or len(some) < 2:
            session.add(Box.rotated(rng.uniform(20, 580), rng.uniform(20, 380), 20, 60, rng.uniform(-3, 3)))
        elif kind == "move":
            session.reshape({i: session.annotation().chromosome(i).box.moved(3, 2) for i in some})
        elif kind == "label":
            session.relabel(some, rng.randrange(24))
        elif kind == "delete":
            session.delete(some)
        elif kind == "accept":
            session.accept(some)
        elif kind == "turn":
            session.turn(some)
        elif kind == "split":
            box = session.annotation().chromosome(some[0]).box
            session.split(
                some[0],
                [(box.cx - 99, box.cy), (box.cx + 99, box.cy)]
                if abs(math.cos(box.angle)) > 0.5
                else [(box.cx, box.cy - 99), (box.cx, box.cy + 99)],
            )
        elif kind == "join":
            session.join(some)
        elif kind == "mark":
            session.mark(step, step, 1)
        else:
            session.set_state(session.current, ReviewState.SET_ASIDE, "blurred")
    end = [content(session.annotation(i)) for i in session.images]
    while session.undo() is not None:
        pass
    assert [content(session.annotation(i)) for i in session.images] == start
    while session.redo() is not None:
        pass
    assert [content(session.annotation(i)) for i in session.images] == end
    assert {i: content(a) for i, a in disk.files.items()} == dict(zip(session.images, end, strict=True))


def test_undo_travels_to_the_image_and_place_of_the_step(session: ReviewSession) -> None:
    events: list[Event] = []
    made = session.add(Box.rotated(100, 120, 20, 60, 0.4))
    session.go_to("b.png")
    session.subscribe(events.append)
    session.undo()
    assert session.current == "a.png"
    assert events[-1].travel
    assert events[-1].place == (100, 120)
    session.redo()
    assert session.selected == (made,)


def test_undo_leaves_alone_what_an_engine_proposed_since(session: ReviewSession) -> None:
    session.add(Box.rotated(300, 380, 10, 30, 0.0))
    session.undo()
    assert session.receive(detections(), 0.5)
    session.redo()
    kinds = [c.is_human for c in session.annotation().chromosomes]
    assert kinds.count(False) == 46
    assert kinds.count(True) == 1


def test_a_result_that_comes_late_is_only_a_suggestion(session: ReviewSession) -> None:
    asked_at = session.annotation().revision
    mine = session.add(detections().items[0].box)
    assert not session.receive(detections(revision=asked_at), 0.5)
    assert [c.id for c in session.annotation().chromosomes] == [mine]
    assert len(session.suggestions["a.png"]) == 45
    session.take_suggestions([0])
    assert len(session.annotation().chromosomes) == 2
    assert len(session.suggestions["a.png"]) == 44
    session.take_suggestions()
    assert len(session.annotation().chromosomes) == 46
    assert "a.png" not in session.suggestions
    session.undo()
    assert len(session.annotation().chromosomes) == 2


def test_asking_again_keeps_human_work_and_does_not_bring_back_what_was_deleted(session: ReviewSession) -> None:
    session.receive(detections(), 0.5)
    first, second = session.annotation().chromosomes[:2]
    session.relabel([first.id], 5)
    session.delete([second.id])
    session.receive(detections(revision=session.annotation().revision, engine="other"), 0.5, asked_here=True)
    now = session.annotation()
    assert len(now.chromosomes) == 45
    assert now.chromosome(first.id).label == 5
    assert all(c.box != second.box for c in now.chromosomes)


def test_the_threshold_moves_without_touching_human_work(session: ReviewSession) -> None:
    session.receive(detections(), 0.5)
    moved = session.annotation().chromosomes[-1]
    session.reshape({moved.id: moved.box.moved(2, 2)})
    session.rethreshold(detections(), 0.9)
    assert [c.is_human for c in session.annotation().chromosomes].count(False) == 10
    session.rethreshold(detections(), 0.5)
    assert len(session.annotation().chromosomes) == 46
    assert session.annotation().human()[0].box == moved.box.moved(2, 2)


def test_a_relabelled_chromosome_remembers_its_proposal(session: ReviewSession) -> None:
    session.receive(detections(), 0.5)
    old = session.annotation().chromosomes[3]
    session.relabel([old.id], 9)
    new = session.annotation().chromosome(old.id)
    assert isinstance(new, ReviewedChromosome)
    assert new.proposal == old
    assert new.label_by is not None
    assert new.label_by.name == "ada"


def test_turning_exchanges_the_arms_and_a_flat_horizontal_box_turns_about_its_long_side() -> None:
    box = Box.from_xywh(10, 10, 60, 20)
    turned = edits.directed(box).turned()
    assert turned.is_rotated
    assert (turned.w, turned.h) == (20, 60)
    assert turned.to_xyxy() == pytest.approx(box.to_xyxy())


def test_split_cuts_along_the_stroke_and_join_puts_it_together_again(session: ReviewSession) -> None:
    whole = Box.rotated(200, 200, 30, 120, 0.6)
    made = session.add(whole)
    s, c = math.sin(0.6), math.cos(0.6)
    session.split(made, [(200 - 40 * c, 200 - 40 * s), (200 + 40 * c, 200 + 40 * s)])
    parts = [x.box for x in session.annotation().chromosomes]
    assert [p.h for p in parts] == pytest.approx([60, 60], abs=1e-6)
    assert all(p.angle == pytest.approx(0.6) for p in parts)
    session.join([x.id for x in session.annotation().chromosomes])
    assert session.annotation().chromosomes[0].box.to_array() == pytest.approx(whole.to_array())


def test_a_stroke_beside_the_box_is_refused_with_a_sentence(session: ReviewSession) -> None:
    made = session.add(Box.rotated(200, 200, 30, 120, 0.0))
    with pytest.raises(KaryoViewError, match="does not cross"):
        session.split(made, [(300, 100), (300, 300)])
    assert len(session.history) == 1


def test_changing_a_reviewed_cell_opens_it_again(session: ReviewSession) -> None:
    made = session.add(Box.from_xywh(10, 10, 30, 40))
    session.set_state("a.png", ReviewState.REVIEWED, confirmed=session.judge(session.annotation("a.png")))
    session.relabel([made], 3)
    assert session.annotation().state is ReviewState.IN_REVIEW
    session.undo()
    assert session.annotation().state is ReviewState.REVIEWED


def test_setting_aside_needs_a_reason(session: ReviewSession) -> None:
    with pytest.raises(KaryoViewError, match="reason"):
        session.set_state("a.png", ReviewState.SET_ASIDE, "  ")


def test_a_read_only_case_takes_no_edit_and_says_why(session: ReviewSession) -> None:
    session.read_only_reason = "Eve has this case open on PC 7."
    with pytest.raises(KaryoViewError, match="Eve"):
        session.add(Box.from_xywh(1, 1, 5, 5))
    assert session.annotation().chromosomes == ()


def test_changes_say_what_to_redraw(session: ReviewSession) -> None:
    made = session.add(Box.from_xywh(10, 10, 30, 40))
    session.relabel([made], 1)
    assert session.history.next_undo is not None
    assert session.history.next_undo.change & Change.LABELS
    assert not session.history.next_undo.change & Change.BOXES


def test_a_reviewed_cell_has_no_proposals_left_and_undo_brings_them_back() -> None:
    box = Box.from_xyxy(10, 10, 30, 60)
    left = PredictedChromosome("p", box, 3, Attribution("engine", "e"), score=0.9)
    session = ReviewSession([ImageAnnotation("a.png", (100, 100), chromosomes=(left,))], lambda *a: None, "cyto")
    session.go_to("a.png")
    session.set_state("a.png", ReviewState.REVIEWED, confirmed=session.judge(session.annotation("a.png")))
    (accepted,) = session.annotation().human()
    assert (accepted.proposal, accepted.box, accepted.label) == (left, box, 3)
    assert session.tally("a.png").corrections == 0
    session.undo()
    assert session.annotation().chromosomes == (left,)


def test_suggestions_over_imported_upright_boxes_add_nothing(session: ReviewSession) -> None:
    slanted = [replace(d, box=replace(d.box, angle=0.8)) for d in detections().items]
    late = replace(detections(), items=tuple(slanted))
    for item in slanted[:45]:
        session.add(item.box.capsule_bounds())
    assert not session.receive(late, 0.5)
    assert [d.box for d in session.suggestions["a.png"].items] == [slanted[45].box], "only the one that is not boxed"
    assert session.take_suggestions() == 1
    assert session.annotation().total() == 46
    assert not any("same chromosome" in d.reason for d in doubts(session.annotation()))
    assert not session.receive(late, 0.5)
    assert "a.png" not in session.suggestions
    with pytest.raises(KaryoViewError, match="has a box already"):
        session.take(late, 3)


def test_a_suggestion_goes_once_its_chromosome_is_boxed(session: ReviewSession) -> None:
    mine = session.add(detections().items[0].box)
    session.receive(detections(revision=0), 0.5)
    assert len(session.suggestions["a.png"]) == 45
    session.add(detections().items[7].box.capsule_bounds())
    assert len(session.suggestions["a.png"]) == 44
    session.delete([mine])
    assert len(session.suggestions["a.png"]) == 44

"""Doubts and the headline of a cell."""

from __future__ import annotations

from dataclasses import replace

import pytest
from review_samples import SIZE, detections

from karyoview.core.annotation import ImageAnnotation, PredictedChromosome
from karyoview.core.detection import Detections, Provenance
from karyoview.core.geometry import Box
from karyoview.review import edits
from karyoview.review.doubt import Level, doubts, red
from karyoview.review.summary import headline


def predicted(cell: Detections) -> ImageAnnotation:
    return edits.propose(ImageAnnotation("a.png", SIZE), cell, 0.0)


def test_a_third_copy_a_duplicate_and_a_low_score_are_red() -> None:
    cell = detections(44)
    items = list(detections().items)
    items[0] = replace(items[0], score=0.3)
    items[10] = replace(items[10], label=8)
    items.append(replace(items[30], score=0.9))
    found = doubts(predicted(replace(cell, items=tuple(items))))
    reasons = [d.reason for d in red(found)]
    assert any("unsure (30%)" in r for r in reasons)
    assert any("copies of 9" in r for r in reasons)
    assert any("same chromosome" in r for r in reasons)
    assert any(d.reason == "only one 6 in this cell" and d.level is Level.AMBER for d in found)


def test_an_engine_s_reason_names_no_sex_chromosome_where_sex_is_withheld() -> None:
    cell = detections()
    unsure = replace(cell.items[0], doubt=0.8, reasons=("X or 7", "overlap"))
    annotation = predicted(replace(cell, items=(unsure, *cell.items[1:])))
    assert [d.reason for d in red(doubts(annotation))] == ["unsure (20%): X or 7, overlap"]
    assert [d.reason for d in red(doubts(annotation, sex_withheld=True))] == [
        "unsure (20%): sex chromosome or 7, overlap"
    ]


def test_doubts_of_a_chromosome_are_settled_when_a_person_accepts_it() -> None:
    cell = detections()
    unsure = predicted(replace(cell, items=(replace(cell.items[0], doubt=0.8), *cell.items[1:])))
    assert len(red(doubts(unsure))) == 1
    assert red(doubts(edits.accept(unsure, [unsure.chromosomes[0].id], "ada"))) == []


def test_a_chromosome_too_long_for_its_class_and_other_opinions_are_doubts() -> None:
    cell = detections()
    expected = [50.0 - i for i in range(24)]
    items = list(cell.items)
    items[40] = replace(items[40], box=replace(items[40].box, h=70))
    annotation = predicted(replace(cell, items=tuple(items)))
    assert any(d.reason == "long for a 21" for d in doubts(annotation, relative_length=expected))
    other = replace(cell, items=tuple(replace(d, label=3) if k == 0 else d for k, d in enumerate(cell.items[:-1])))
    reasons = [d.reason for d in doubts(annotation, other=replace(other, provenance=Provenance("two")))]
    assert "two says 4" in reasons
    assert "not seen by two" in reasons


@pytest.mark.parametrize(
    ("extra", "gone", "text"),
    [
        ((), (), "46"),
        ((20,), (), "47  +21"),
        ((), (4,), "45  −5"),
        ((23,), (), "47  XXY"),
        ((20, 20), (), "48  +21 +21"),
    ],
)
def test_the_headline_says_the_total_and_what_is_odd(extra: tuple[int, ...], gone: tuple[int, ...], text: str) -> None:
    labels = sorted([*range(22), *range(22), 22, 22, *extra])
    for label in gone:
        labels.remove(label)
    items = tuple(PredictedChromosome(str(k), Box.from_xywh(5 * k, 5, 4, 9), label) for k, label in enumerate(labels))
    assert headline(ImageAnnotation("a", chromosomes=items)).text == text


def test_withheld_sex_does_not_show_in_the_headline() -> None:
    labels = [*range(22), *range(22), 22, 22, 23]
    items = tuple(PredictedChromosome(str(k), Box.from_xywh(5 * k, 5, 4, 9), label) for k, label in enumerate(labels))
    assert headline(ImageAnnotation("a", chromosomes=items), sex_withheld=True).text == "47  3 sex"

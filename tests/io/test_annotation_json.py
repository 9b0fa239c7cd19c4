"""Annotations and proposals survive the way to disk and back, bit for bit."""

from __future__ import annotations

import contextlib
import json
import struct
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from karyoview.case.delta import apply_delta, difference
from karyoview.core.annotation import (
    Attribution,
    Chromosome,
    CountMark,
    ImageAnnotation,
    PredictedChromosome,
    ReviewedChromosome,
    ReviewState,
)
from karyoview.core.detection import Detection, Detections, Provenance
from karyoview.core.geometry import Box
from karyoview.io.annotation_json import (
    annotation_from_document,
    annotation_to_document,
    detections_from_document,
    detections_to_document,
)
from karyoview.io.documents import DocumentError, dump_document, parse_document

finite = st.floats(allow_nan=False, allow_infinity=False, width=64)
places = st.floats(-1e6, 1e6)
sides = st.floats(1e-6, 1e6)
texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
labels = st.none() | st.integers(0, 23)
given_by = st.builds(Attribution, st.sampled_from(["engine", "person", "import"]), texts)
boxes = st.builds(Box, places, places, sides, sides) | st.builds(
    Box.rotated, places, places, sides, sides, st.floats(-10, 10)
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | finite | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
extras = st.dictionaries(texts, json_values, max_size=3).map(MappingProxyType)
axes = st.lists(st.tuples(places, places), max_size=4).map(tuple)


def _common(ids: st.SearchStrategy[str]) -> dict[str, Any]:
    return {
        "id": ids,
        "box": boxes,
        "label": labels,
        "box_by": given_by,
        "label_by": st.none() | given_by,
        "polarity": st.none() | st.floats(0, 1),
        "axis": axes,
        "mask": texts,
        "extra": extras,
    }


predicted = st.builds(
    PredictedChromosome,
    **_common(texts),
    score=st.floats(0, 1),
    raw_label=labels,
    probabilities=st.just(()) | st.lists(st.floats(0, 1), min_size=24, max_size=24).map(tuple),
    doubt=st.none() | st.floats(0, 1),
    reasons=st.lists(texts.filter(bool), max_size=2).map(tuple),
)
reviewed = st.builds(ReviewedChromosome, **_common(texts), proposal=st.none() | predicted, uncertain=st.booleans())
chromosomes: st.SearchStrategy[list[Chromosome]] = st.lists(predicted | reviewed, max_size=4, unique_by=lambda c: c.id)
annotations = st.builds(
    ImageAnnotation,
    image=texts,
    size=st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)),
    image_sha256=texts,
    state=st.sampled_from(ReviewState),
    reason=texts.filter(bool),
    chromosomes=chromosomes.map(tuple),
    count_marks=st.lists(st.builds(CountMark, texts, places, places), max_size=3, unique_by=lambda m: m.id).map(tuple),
    revision=st.integers(0, 10**9),
    notes=texts,
    extra=extras,
)
detections = st.builds(
    Detections,
    image=texts,
    size=st.tuples(st.integers(0, 9999), st.integers(0, 9999)),
    items=st.lists(
        st.builds(
            Detection,
            box=boxes,
            score=st.floats(0, 1),
            label=labels,
            horizontal=st.none() | st.builds(Box, places, places, sides, sides),
            raw_label=labels,
            probabilities=st.lists(st.floats(0, 1), max_size=24).map(tuple),
            polarity=st.none() | st.floats(0, 1),
            doubt=st.none() | st.floats(0, 1),
            axis=axes,
            reasons=st.lists(texts, max_size=2).map(tuple),
        ),
        max_size=4,
    ).map(tuple),
    provenance=st.builds(
        Provenance,
        engine=texts,
        weights_hash=texts,
        program_version=texts,
        device=texts.filter(bool),
        threshold=st.floats(0, 1),
        image_sha256=texts,
        revision=st.integers(0, 10**6),
        settings=st.lists(st.tuples(texts, texts), max_size=3).map(tuple),
    ),
    seconds=st.floats(0, 1e6),
    note=texts,
)


@settings(max_examples=80, deadline=None)
@given(annotations)
def test_an_annotation_comes_back_as_it_was(annotation: ImageAnnotation) -> None:
    data = dump_document(annotation_to_document(annotation))
    back = annotation_from_document(parse_document(data, "x"), "x")
    assert back == annotation
    assert dump_document(annotation_to_document(back)) == data


@settings(max_examples=80, deadline=None)
@given(detections)
def test_proposals_come_back_as_they_were(found: Detections) -> None:
    data = dump_document(detections_to_document(found))
    assert detections_from_document(parse_document(data, "x"), "x") == found


@settings(max_examples=300)
@given(st.tuples(finite, finite, sides, sides))
def test_floats_keep_every_bit(values: tuple[float, float, float, float]) -> None:
    annotation = ImageAnnotation("a", chromosomes=(ReviewedChromosome("c", Box(*values)),))
    data = dump_document(annotation_to_document(annotation))
    box = annotation_from_document(parse_document(data, "x"), "x").chromosomes[0].box
    assert struct.pack("<4d", box.cx, box.cy, box.w, box.h) == struct.pack("<4d", *values)


@settings(max_examples=80, deadline=None)
@given(annotations, annotations)
def test_a_delta_leads_from_any_annotation_to_any_other(old: ImageAnnotation, new: ImageAnnotation) -> None:
    before, after = annotation_to_document(old), annotation_to_document(new)
    delta = json.loads(json.dumps(difference(before, after)))
    assert dump_document(apply_delta(before, delta)) == dump_document(after)
    assert difference(before, before) == {}


def test_a_delta_is_as_small_as_the_edit() -> None:
    chromosomes = tuple(ReviewedChromosome(f"c{i}", Box(i, 5, 3, 9)) for i in range(1, 47))
    old = annotation_to_document(ImageAnnotation("a", chromosomes=chromosomes))
    moved = (chromosomes[0], ReviewedChromosome("c2", Box(2, 6, 3, 9)), *chromosomes[3:], chromosomes[2])
    new = annotation_to_document(ImageAnnotation("a", chromosomes=moved))
    part = difference(old, new)["items"]["chromosomes"]
    assert part["change"] == {"c2": {"box": {"old": [2.0, 5.0, 3.0, 9.0], "new": [2.0, 6.0, 3.0, 9.0]}}}
    assert set(part) == {"change", "order"}
    assert part["order"][-1] == "c3"


def test_members_of_other_programs_stay_where_they_were() -> None:
    chromosome = {"id": "c1", "kind": "reviewed", "box": [1.0, 2.0, 3.0, 4.0], "future": [1, {"b": 2}]}
    document = {"schema": 2, "image": "a.png", "chromosomes": [chromosome], "colour": {"deep": [None, True]}}
    back = annotation_to_document(annotation_from_document(document, "x"))
    assert back["colour"] == {"deep": [None, True]}
    assert back["chromosomes"][0]["future"] == [1, {"b": 2}]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"schema": 99}, "newer KaryoView"),
        ({"schema": None}, "schema None"),
        ({"state": "finished"}, "finished"),
        ({"state": "set_aside"}, "needs a reason"),
        ({"chromosomes": [{"id": "a", "kind": "reviewed", "box": [1, 2, 3]}]}, "not 3"),
        ({"chromosomes": [{"id": "a", "kind": "reviewed", "box": [1, 2, -3, 4]}]}, "1: A box needs positive sides"),
        ({"chromosomes": [{"id": "a", "kind": "reviewed", "box": [1, 2, 3, "4"]}]}, "$.box[3]"),
        ({"chromosomes": [{"id": "a", "kind": "drawn", "box": [1, 2, 3, 4]}]}, "'drawn'"),
        ({"chromosomes": [{"id": "a", "kind": "reviewed", "box": [1, 2, 3, 4], "label": "Z9"}]}, "'Z9'"),
        ({"chromosomes": [{"id": "a", "kind": "reviewed", "box": [1, 2, 3, 4]}] * 2}, "two chromosomes"),
        ({"chromosomes": 7}, "$.chromosomes"),
        ({"size": [1, 2, 3]}, "$.size"),
    ],
)
def test_a_file_that_is_wrong_says_what_and_where(change: dict[str, Any], words: str) -> None:
    document = {"schema": 2, "image": "a.png", **change}
    with pytest.raises(DocumentError) as caught:
        annotation_from_document(document, "annotations/a.png.json")
    assert words in str(caught.value)
    assert "annotations/a.png.json" in str(caught.value)


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"{", b"null", b"\xff", b'{"a": NaN}', b'{"a": ' + b"[" * 100_000, b'{"a": 1%s}' % (b"0" * 5000)],
)
def test_what_is_no_document_is_refused_in_a_sentence(data: bytes) -> None:
    with pytest.raises(DocumentError, match="case\\.json"):
        parse_document(data, "case.json")


@settings(max_examples=200, deadline=None)
@given(annotations, st.data())
def test_mutated_files_are_read_or_refused_but_never_crash(annotation: ImageAnnotation, data: st.DataObject) -> None:
    raw = bytearray(dump_document(annotation_to_document(annotation)))
    for _ in range(data.draw(st.integers(1, 6))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(DocumentError):
        annotation_from_document(parse_document(bytes(raw), "x"), "x")


def test_numbers_that_are_none_are_never_written() -> None:
    annotation = ImageAnnotation("a", extra=MappingProxyType({"x": float("nan")}))
    with pytest.raises(DocumentError):
        dump_document(annotation_to_document(annotation))

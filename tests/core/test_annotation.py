"""Classes, annotations, detections and images: what they promise and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from karyoview.core.annotation import (
    CountMark,
    ImageAnnotation,
    PredictedChromosome,
    ReviewedChromosome,
    ReviewState,
)
from karyoview.core.chromosome import (
    CLASS_NAMES,
    CLASSES,
    DENVER_GROUPS,
    GROUP_COLOURS,
    KARYOGRAM_ROWS,
    X_INDEX,
    Y_INDEX,
    expected_copies,
    group_members,
    parse_class,
)
from karyoview.core.detection import Detection, Detections
from karyoview.core.errors import KaryoViewError
from karyoview.core.geometry import Box
from karyoview.core.image import MetaphaseImage

BOX = Box(10, 10, 4, 8)


def test_classes_are_the_24_in_order() -> None:
    assert [c.index for c in CLASSES] == list(range(24))
    assert CLASS_NAMES[:7] == ("A1", "A2", "A3", "B4", "B5", "C6", "C7")
    assert (CLASS_NAMES[X_INDEX], CLASS_NAMES[Y_INDEX]) == ("X", "Y")
    assert (CLASSES[X_INDEX].group, CLASSES[Y_INDEX].group) == ("C", "G")
    assert [len(group_members(g)) for g in DENVER_GROUPS] == [3, 2, 8, 3, 3, 2, 3]
    assert sorted(n for row in KARYOGRAM_ROWS for part in row for n in part) == sorted(c.label for c in CLASSES)
    assert tuple(GROUP_COLOURS) == DENVER_GROUPS


@given(st.integers(0, 23))
def test_every_way_to_write_a_class_is_read(index: int) -> None:
    known = CLASSES[index]
    for text in (known.name, known.label, known.name.lower(), f"chr{known.label}", f" {known.label} "):
        assert parse_class(text) is known
    if index < 9:
        assert parse_class(f"0{known.label}") is known


@pytest.mark.parametrize("text", ["", "23", "0", "A4", "chr", "mar", "XX", "1 2"])
def test_other_words_name_no_class(text: str) -> None:
    assert parse_class(text) is None


def test_normal_cells_have_46() -> None:
    assert sum(expected_copies("female")) == sum(expected_copies("male")) == 46
    assert expected_copies("male")[X_INDEX:] == (1, 1)


@given(st.lists(st.none() | st.integers(0, 23), max_size=60), st.integers(0, 5))
def test_counts_and_total(labels: list[int | None], marks: int) -> None:
    items = [ReviewedChromosome(f"c{k}", BOX, label) for k, label in enumerate(labels)]
    given_marks = tuple(CountMark(f"m{k}", k, k) for k in range(marks))
    annotation = ImageAnnotation("a.png", chromosomes=tuple(items), count_marks=given_marks)
    assert sum(annotation.counts()) == sum(label is not None for label in labels)
    assert annotation.total() == (len(labels) or marks)
    following = annotation.next_revision(chromosomes=tuple(items[1:]))
    assert following.revision == annotation.revision + 1
    assert annotation.chromosomes == tuple(items), "the old revision stays as it was"


def test_predicted_and_human_are_told_apart() -> None:
    mixed = ImageAnnotation("a.png", chromosomes=(PredictedChromosome("p", BOX), ReviewedChromosome("r", BOX)))
    assert [c.id for c in mixed.human()] == ["r"]
    assert mixed.chromosome("p").is_human is False
    with pytest.raises(KeyError):
        mixed.chromosome("q")


def test_annotations_refuse_shared_ids_and_reasons_left_out() -> None:
    with pytest.raises(KaryoViewError, match="'x'"):
        ImageAnnotation("a.png", chromosomes=(ReviewedChromosome("x", BOX), PredictedChromosome("x", BOX)))
    with pytest.raises(KaryoViewError, match="reason"):
        ImageAnnotation("a.png", state=ReviewState.SET_ASIDE)


def test_detections_by_threshold_and_as_arrays() -> None:
    turned = Box.rotated(20, 20, 4, 16, 0.5)
    found = Detections("a.png", (40, 40), (Detection(turned, 0.9, 3), Detection(BOX, 0.4)))
    assert len(found.above(0.4)) == 2
    assert len(found.above(0.41)) == 1
    assert found.boxes().shape == (2, 5)
    assert found.labels().tolist() == [3, -1]
    assert found.bounds()[0].tolist() == pytest.approx(turned.capsule_bounds().to_xyxy())
    assert found.bounds()[1].tolist() == [8, 6, 12, 14]
    assert Detections("a.png", (40, 40)).bounds().shape == (0, 4)


def test_images_are_one_channel_and_read_only() -> None:
    pixels = np.arange(12, dtype=np.uint16).reshape(3, 4) * 100
    image = MetaphaseImage(pixels, display_range=(0.0, 1100.0))
    assert (image.height, image.width) == (3, 4)
    shown = image.to_uint8()
    assert (shown.min(), shown.max()) == (0, 255)
    with pytest.raises(ValueError, match="read-only"):
        image.pixels[0, 0] = 1
    for wrong in (np.zeros((3, 4, 3), np.uint8), np.zeros((0, 4), np.uint8), np.zeros((3, 4), np.float32)):
        with pytest.raises(KaryoViewError):
            MetaphaseImage(wrong)

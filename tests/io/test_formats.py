"""Annotation formats: nothing is lost that was not listed, files are stable, and nothing read is trusted."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from format_samples import SIZE, bytes_of, cell, pictures, target
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from karyoview.core.annotation import (
    Attribution,
    Chromosome,
    CountMark,
    ImageAnnotation,
    PredictedChromosome,
    ReviewedChromosome,
    ReviewState,
)
from karyoview.core.geometry import Box, iou_matrix
from karyoview.core.runlength import encode_mask
from karyoview.io.formats import FORMATS, FormatError, losses, read_annotations, write_annotations

inside = st.floats(25, 95, allow_nan=False)
sides = st.floats(2.0, 24.0)
boxes = st.one_of(
    st.builds(Box, inside, inside, sides, sides),
    st.builds(
        lambda cx, cy, w, longer, a: Box.rotated(cx, cy, w, w + longer, a),
        inside,
        inside,
        sides,
        st.floats(0.5, 20.0),
        st.floats(-3.14, 3.14).filter(lambda a: abs(math.sin(2 * a)) > 0.01),
    ),
)
labels = st.none() | st.integers(0, 23)
chromosomes = st.one_of(
    st.builds(
        lambda box, label, uncertain: ReviewedChromosome("x", box, label, uncertain=uncertain),
        boxes,
        labels,
        st.booleans(),
    ),
    st.builds(
        lambda box, label, score: PredictedChromosome("x", box, label, score=score),
        boxes,
        labels,
        st.sampled_from([0.25, 0.5, 0.875]),
    ),
)


@pytest.mark.parametrize("fmt", FORMATS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(items=st.lists(chromosomes, max_size=5), other=st.lists(chromosomes, max_size=3))
def test_out_in_out_is_stable_and_loses_only_what_is_listed(
    fmt: str, tmp_path_factory: pytest.TempPathFactory, items: list[Chromosome], other: list[Chromosome]
) -> None:
    folder = tmp_path_factory.mktemp(fmt)
    images = pictures(folder / "images", "cell 1.png", "b.tif")
    before = [cell(items), cell(other, "b.tif")]
    write_annotations(before, target(folder, fmt), fmt)
    after = read_annotations(target(folder, fmt), fmt, images=images)
    again = target(folder, fmt).with_name("again")
    again.mkdir()
    write_annotations(after, target(again, fmt), fmt)
    assert bytes_of(target(folder, fmt)) == bytes_of(target(again, fmt))

    listed = " ".join(losses(before, fmt))
    by_name = {a.image: a for a in after}
    assert set(by_name) == {"cell 1.png", "b.tif"}
    for annotation in before:
        back = by_name[annotation.image]
        assert back.size == SIZE
        assert len(back.chromosomes) == len(annotation.chromosomes)
        for old, new in zip(annotation.chromosomes, back.chromosomes, strict=True):
            assert new.label == old.label
            if "rotated boxes" not in listed:
                assert new.box.is_rotated == old.box.is_rotated
                assert abs(math.remainder(new.box.angle - old.box.angle, math.tau)) < 1e-3
            overlap = iou_matrix([new.box], [old.box if "rotated boxes" not in listed else old.box.capsule_bounds()])
            assert overlap[0, 0] > 0.99
            if "scores" not in listed and isinstance(old, PredictedChromosome):
                assert isinstance(new, PredictedChromosome)
                assert new.score == pytest.approx(old.score)
            if "uncertain" not in listed and isinstance(old, ReviewedChromosome):
                assert isinstance(new, ReviewedChromosome)
                assert new.uncertain == old.uncertain


def rich() -> ImageAnnotation:
    mask = np.zeros(SIZE, bool)
    mask[10:30, 40:50] = True
    drawn = ReviewedChromosome(
        "a",
        Box.rotated(45, 20, 10, 20, 2.0),
        6,
        Attribution("person", "Ada"),
        Attribution("person", "Ada"),
        0.75,
        ((45.0, 10.0), (45.0, 30.0)),
        encode_mask(mask),
        uncertain=True,
        proposal=PredictedChromosome("a", Box(45, 20, 10, 20), score=0.5),
    )
    guessed = PredictedChromosome(
        "b", Box(158, 60, 12, 30), 22, score=0.5, probabilities=tuple([1 / 24] * 24), doubt=0.3
    )
    return ImageAnnotation(
        "a.png",
        SIZE,
        state=ReviewState.SET_ASIDE,
        reason="broken",
        chromosomes=(drawn, guessed),
        notes="hard",
        count_marks=(CountMark("m", 5, 5),),
    )


LOST = {
    "labelme": ["masks", "centre lines", "had proposed", "names of who", "count marks"],
    "coco": ["centre lines", "had proposed", "names of who", "states", "notes", "count marks"],
    "yolo": [
        "rotated",
        "uncertain",
        "direction",
        "masks",
        "centre",
        "proposed",
        "who",
        "states",
        "notes",
        "marks",
        "sizes",
        "edge",
    ],
    "yolo-obb": ["uncertain", "direction", "masks", "centre", "proposed", "who", "states", "notes", "marks", "sizes"],
    "dota": ["scores", "direction", "masks", "centre", "proposed", "who", "states", "notes", "marks", "sizes"],
    "voc": ["rotated", "scores", "direction", "masks", "centre", "proposed", "who", "states", "notes", "marks"],
    "cvat": ["direction", "masks", "centre", "proposed", "who", "states", "notes", "marks"],
}


@pytest.mark.parametrize("fmt", FORMATS)
def test_losses_are_listed(fmt: str, tmp_path: Path) -> None:
    listed = losses([rich()], fmt)
    for word in LOST[fmt]:
        assert any(word in phrase for phrase in listed), f"{word} in {listed}"
    assert len(listed) == len(LOST[fmt]), listed
    assert losses([cell([])], fmt) in ([], ["1 × sizes of images (kept by the pictures themselves)"])


def test_coco_and_labelme_keep_what_they_say(tmp_path: Path) -> None:
    before = rich()
    write_annotations([before], tmp_path / "a.json", "coco")
    (coco,) = read_annotations(tmp_path / "a.json", "coco")
    assert [c.mask for c in coco.chromosomes] == [c.mask for c in before.chromosomes]
    assert [c.polarity for c in coco.chromosomes] == [0.75, None]
    assert coco.chromosomes[0].box == before.chromosomes[0].box
    write_annotations([before], tmp_path / "lm", "labelme")
    (labelme,) = read_annotations(tmp_path / "lm", "labelme")
    assert (labelme.state, labelme.reason, labelme.notes) == (before.state, before.reason, before.notes)
    assert labelme.chromosomes[0].box_by == Attribution("import", "labelme")


def test_a_changed_box_is_written_as_changed(tmp_path: Path) -> None:
    images = pictures(tmp_path / "images", "a.png")
    for fmt in FORMATS:
        place = target(tmp_path, fmt)
        write_annotations([cell([ReviewedChromosome("x", Box.rotated(60, 60, 10, 30, 0.5), 3)], "a.png")], place, fmt)
        (found,) = read_annotations(place, fmt, images=images)
        moved = found.next_revision(chromosomes=tuple([replace(c, box=c.box.moved(7, -3)) for c in found.chromosomes]))
        write_annotations([moved], place, fmt, overwrite=True)
        (back,) = read_annotations(place, fmt, images=images)
        assert back.chromosomes[0].box.cx == pytest.approx(67, abs=0.01), fmt
        assert back.chromosomes[0].box.cy == pytest.approx(57, abs=0.01), fmt


def test_files_in_the_way_and_shared_names_are_refused(tmp_path: Path) -> None:
    write_annotations([cell([])], tmp_path / "a.json", "coco")
    with pytest.raises(FormatError, match="exists already"):
        write_annotations([cell([])], tmp_path / "a.json", "coco")
    with pytest.raises(FormatError, match="both become a"):
        write_annotations([cell([], "a.png"), cell([], "a.tif")], tmp_path / "voc", "voc")
    with pytest.raises(FormatError, match="no plain file name"):
        write_annotations([cell([], "../a.png")], tmp_path / "voc", "voc")
    with pytest.raises(FormatError, match="no format 'coko'"):
        read_annotations(tmp_path, "coko")
    assert not (tmp_path / "voc").exists()

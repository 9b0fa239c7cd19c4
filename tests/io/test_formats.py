"""Annotation formats: nothing is lost that was not listed, files are stable, and nothing read is trusted."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from karyoview.core.annotation import (
    Chromosome,
    CountMark,
    GivenBy,
    ImageAnnotation,
    PredictedChromosome,
    ReviewedChromosome,
    ReviewState,
)
from karyoview.core.chromosome import CLASS_NAMES
from karyoview.core.geometry import Box, iou_matrix
from karyoview.core.runlength import encode_mask
from karyoview.io.formats import FORMATS, FormatError, losses, read_annotations, write_annotations

SIZE = (120, 160)

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


def cell(items: Sequence[Chromosome], name: str = "cell 1.png", **members: object) -> ImageAnnotation:
    numbered = [replace(item, id=f"c{k}") for k, item in enumerate(items)]
    return ImageAnnotation(name, SIZE, state=ReviewState.IN_REVIEW, chromosomes=tuple(numbered), **members)


def pictures(folder: Path, *names: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name in names:
        Image.fromarray(np.full(SIZE, 230, np.uint8)).save(folder / name)
    return folder


def target(folder: Path, fmt: str) -> Path:
    return folder / ("all.json" if fmt == "coco" else f"out_{fmt}")


def bytes_of(path: Path) -> dict[str, bytes]:
    files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
    return {str(p.relative_to(path.parent)): p.read_bytes() for p in files}


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
        GivenBy("person", "Ada"),
        GivenBy("person", "Ada"),
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
    assert labelme.chromosomes[0].box_by == GivenBy("import", "labelme")


def test_a_changed_box_is_written_as_changed(tmp_path: Path) -> None:
    images = pictures(tmp_path / "images", "a.png")
    for fmt in FORMATS:
        place = target(tmp_path, fmt)
        write_annotations([cell([ReviewedChromosome("x", Box.rotated(60, 60, 10, 30, 0.5), 3)], "a.png")], place, fmt)
        (found,) = read_annotations(place, fmt, images=images)
        moved = found.with_chromosomes([replace(c, box=c.box.moved(7, -3)) for c in found.chromosomes])
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


# Files in the shape that other programs write.

LABELME = {
    "version": "5.4.1",
    "flags": {"checked": False},
    "shapes": [
        {
            "label": "chr7",
            "points": [[40.5, 20.0], [10.25, 80.75]],
            "group_id": None,
            "description": "",
            "shape_type": "rectangle",
            "flags": {},
            "mask": None,
        },
        {
            "label": "A1",
            "points": [[100, 20], [110, 20], [110, 60], [105, 75], [100, 60]],
            "group_id": 2,
            "description": "bent",
            "shape_type": "polygon",
            "flags": {},
            "mask": None,
        },
        {
            "label": "mar",
            "points": [[60, 60], [80, 80], [70, 90], [50, 70]],
            "group_id": None,
            "shape_type": "polygon",
            "flags": {},
        },
    ],
    "imagePath": "..\\scans\\meta 12.tif",
    "imageData": "aGVsbG8=",
    "imageHeight": 120,
    "imageWidth": 160,
}


def test_labelme_5(tmp_path: Path) -> None:
    (tmp_path / "meta 12.json").write_text(json.dumps(LABELME))
    (found,) = read_annotations(tmp_path, "labelme")
    assert found.image == "meta 12.tif"
    assert found.size == (120, 160)
    assert found.state is ReviewState.IN_REVIEW
    seven, one, marker = found.chromosomes
    assert seven.box == Box.from_xyxy(10.25, 20.0, 40.5, 80.75)
    assert CLASS_NAMES[seven.label] == "C7"
    assert one.box.is_rotated
    assert one.box.h > one.box.w
    assert marker.label is None
    assert (marker.box.w, marker.box.h) == pytest.approx((math.sqrt(200), math.sqrt(800)))
    write_annotations([found], tmp_path / "out", "labelme")
    written = json.loads((tmp_path / "out" / "meta 12.json").read_text())
    assert [s["label"] for s in written["shapes"]] == ["C7", "A1", "mar"]
    assert written["shapes"][1]["points"] == LABELME["shapes"][1]["points"], "an unchanged polygon stays what it was"
    assert written["imageData"] is None


def test_ultralytics_obb(tmp_path: Path) -> None:
    root = tmp_path / "set"
    (root / "labels" / "train").mkdir(parents=True)
    pictures(root / "images")
    pictures(root / "images" / "train", "m1.png", "m2.png")
    (root / "data.yaml").write_text(
        "# metaphases\npath: ../datasets/metaphases\ntrain: images/train  # relative\nval: images/val\n\n"
        "names:\n  0: A1 # the largest\n  1: 'Y'\n  2: chromosome\nnc: 3\n"
    )
    (root / "labels" / "train" / "m1.txt").write_text(
        "1 0.5 0.25 0.625 0.25 0.625 0.75 0.5 0.75\n2 0.1 0.2 0.3 0.3 0.28 0.4 0.08 0.3 0.91\n"
    )
    (root / "labels" / "train" / "m2.txt").write_text("")
    one, two = read_annotations(root, "yolo-obb")
    assert (one.image, two.image) == ("m1.png", "m2.png")
    assert two.chromosomes == ()
    y, guess = one.chromosomes
    assert CLASS_NAMES[y.label] == "Y"
    assert y.box == Box.from_xyxy(80, 30, 100, 90)
    assert isinstance(guess, PredictedChromosome)
    assert guess.score == 0.91
    assert guess.label is None
    assert guess.box.h > guess.box.w


def test_yolo_with_classes_txt_and_list_of_names(tmp_path: Path) -> None:
    pictures(tmp_path, "a.png")
    (tmp_path / "classes.txt").write_text("1\n2\nX\n")
    (tmp_path / "a.txt").write_text("2 0.5 0.5 0.25 0.5\n")
    (found,) = read_annotations(tmp_path, "yolo")
    assert found.chromosomes[0].box == Box(80, 60, 40, 60)
    assert CLASS_NAMES[found.chromosomes[0].label] == "X"
    (tmp_path / "classes.txt").unlink()
    (tmp_path / "data.yaml").write_text("nc: 3\nnames: ['A1', \"A2\", Y]\n")
    assert CLASS_NAMES[read_annotations(tmp_path, "yolo")[0].chromosomes[0].label] == "Y"
    (tmp_path / "data.yaml").unlink()
    with pytest.raises(FormatError, match=r"classes\.txt"):
        read_annotations(tmp_path, "yolo")


def test_cvat_coco(tmp_path: Path) -> None:
    document = {
        "licenses": [{"name": "", "id": 0, "url": ""}],
        "info": {"contributor": "", "date_created": "", "description": "", "url": "", "version": "", "year": ""},
        "categories": [{"id": 1, "name": "E16", "supercategory": ""}, {"id": 2, "name": "der", "supercategory": ""}],
        "images": [
            {
                "id": 1,
                "width": 160,
                "height": 120,
                "file_name": "train/m1.png",
                "license": 0,
                "flickr_url": "",
                "coco_url": "",
                "date_captured": 0,
            },
        ],
        "annotations": [
            {
                "id": 1,
                "image_id": 1,
                "category_id": 1,
                "segmentation": [],
                "area": 200.0,
                "bbox": [10.5, 20.0, 10.0, 20.0],
                "iscrowd": 0,
                "attributes": {"occluded": False, "rotation": 0.0},
            },
            {
                "id": 2,
                "image_id": 1,
                "category_id": 2,
                "segmentation": [[50, 50, 70, 50, 70, 60]],
                "area": 200.0,
                "bbox": [60.0, 70.0, 40.0, 10.0],
                "iscrowd": 0,
                "attributes": {"occluded": False, "rotation": 30.0},
            },
            {
                "id": 3,
                "image_id": 1,
                "category_id": 2,
                "segmentation": {"counts": [9, 3], "size": [120, 160]},
                "area": 3,
                "bbox": [0, 0, 3, 1],
                "iscrowd": 1,
            },
        ],
    }
    (tmp_path / "instances_default.json").write_text(json.dumps(document))
    (found,) = read_annotations(tmp_path / "instances_default.json", "coco")
    assert found.image == "m1.png"
    first, second = found.chromosomes
    assert first.box == Box.from_xywh(10.5, 20, 10, 20)
    assert second.label is None
    assert second.box.centre == (80, 75)
    assert (second.box.w, second.box.h) == (10, 40)
    assert second.box.angle == pytest.approx(math.radians(120))
    write_annotations([found], tmp_path / "out.json", "coco")
    assert {c["name"] for c in json.loads((tmp_path / "out.json").read_text())["categories"]} == {*CLASS_NAMES, "der"}


def test_dota_and_voc_as_their_tools_write_them(tmp_path: Path) -> None:
    (tmp_path / "P1.txt").write_text(
        "imagesource:GoogleEarth\ngsd:0.146343590398\n50.0 20.0 60.0 20.0 60.0 70.0 50.0 70.0 G21 0\n"
        "10 10 40 40 33 47 3 17 X 1\n"
    )
    (found,) = read_annotations(tmp_path / "P1.txt", "dota")
    assert found.chromosomes[0].box == Box.from_xyxy(50, 20, 60, 70)
    assert found.chromosomes[1].uncertain
    assert found.chromosomes[1].box.h > found.chromosomes[1].box.w
    (tmp_path / "m.xml").write_text(
        "<annotation>\n\t<folder>a</folder>\n\t<filename>m.jpg</filename>\n\t<path>/home/x/m.jpg</path>\n"
        "\t<size>\n\t\t<width>160</width>\n\t\t<height>120</height>\n\t\t<depth>3</depth>\n\t</size>\n\t<object>\n"
        "\t\t<name>D13</name>\n\t\t<pose>Unspecified</pose>\n\t\t<truncated>0</truncated>\n\t\t<difficult>1</difficult>\n"
        "\t\t<bndbox>\n\t\t\t<xmin>12</xmin>\n\t\t\t<ymin>5</ymin>\n\t\t\t<xmax>30</xmax>\n\t\t\t<ymax>55</ymax>\n"
        "\t\t</bndbox>\n\t</object>\n</annotation>\n"
    )
    (voc,) = read_annotations(tmp_path / "m.xml", "voc")
    assert (voc.image, voc.size) == ("m.jpg", (120, 160))
    assert voc.chromosomes[0].box == Box.from_xyxy(12, 5, 30, 55)
    assert voc.chromosomes[0].uncertain


BILLION_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;">]>'
    "<annotation><filename>&c;</filename></annotation>"
)
OUTSIDE = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]>'
    "<annotation><filename>&b;</filename></annotation>"
)
HOSTILE = {
    "voc": [
        BILLION_LAUGHS,
        OUTSIDE,
        "<annotation>" * 50_000,
        "<html/>",
        "",
        "\x00\xff",
        "<annotation><object><bndbox><xmin>nan</xmin><ymin>1</ymin><xmax>2</xmax><ymax>3</ymax></bndbox></object></annotation>",
    ],
    "labelme": [
        "[]",
        "{}",
        "[" * 100_000,
        '{"shapes": [{"points": [[1, NaN], [2, 3]], "shape_type": "rectangle"}]}',
        '{"imagePath": "..", "shapes": []}',
        '{"imagePath": "a.png", "shapes": "many"}',
        '{"imagePath": "a.png", "shapes": [{"points": [[1, 1e300], [2, 3]], "shape_type": "rectangle"}]}',
        '{"imagePath": "a.png", "shapes": [{"points": [[1, 1], [1, 3]], "shape_type": "rectangle"}]}',
        '{"imagePath": "a.png", "shapes": [' + ",".join(["{}"] * 10_001) + "]}",
    ],
    "coco": [
        "{}",
        '{"images": [], "categories": [], "annotations": [{"image_id": 1}]}',
        '{"images": [{"id": 1, "file_name": "a"}, {"id": 1, "file_name": "b"}], "categories": [], "annotations": []}',
        '{"images": [{"id": 1, "file_name": "a/b"}, {"id": 2, "file_name": "b"}], "categories": [], "annotations": []}',
        '{"images": [{"id": true, "file_name": "a"}], "categories": [], "annotations": []}',
        '{"images": [{"id": 1, "file_name": "x/.."}], "categories": [], "annotations": []}',
        '{"images": [{"id": 1, "file_name": "a", "width": 9, "height": 9}], "categories": [{"id": 1, "name": "A1"}],'
        '"annotations": [{"image_id": 1, "category_id": 1, "bbox": [1, 1, 2, 2],'
        '"segmentation": {"size": [9, 9], "counts": "ooooooooo"}}]}',
    ],
    "dota": ["1 2 3", "1 1 1 1 1 1 1 1 A1 0", "1 2 3 4 5 6 7 inf A1 0", "a b c d e f g h i j"],
    "yolo": [
        "0 0.5 0.5 0.1",
        "99 0.5 0.5 0.1 0.1",
        "-1 0.5 0.5 0.1 0.1",
        "0 50 50 10 10",
        "0 0.5 0.5 0 0.1",
        "٣ 0.5 0.5 1 1",
    ],
    "yolo-obb": ["0 0 0 0 0 0 0 0 0", "0 0.5 0.5 0.1 0.1", "0 1e9 0 0 0 0 0 0 0"],
}
SUFFIX = {"voc": ".xml", "labelme": ".json", "coco": ".json"}


@pytest.mark.parametrize("fmt", HOSTILE)
def test_hostile_files_give_one_sentence(fmt: str, tmp_path: Path) -> None:
    pictures(tmp_path, "a.png")
    (tmp_path / "classes.txt").write_text("A1\n")
    path = tmp_path / f"a{SUFFIX.get(fmt, '.txt')}"
    for text in HOSTILE[fmt]:
        path.write_text(text, encoding="latin-1" if "\xff" in text else "utf-8")
        with pytest.raises(FormatError) as caught:
            read_annotations(path, fmt)
        assert str(path) in str(caught.value), text[:80]
        assert "\n" not in str(caught.value)
        assert "hostname" not in str(caught.value)


def test_pictures_are_looked_for_in_their_folder_only(tmp_path: Path) -> None:
    pictures(tmp_path / "elsewhere", "a.png")
    folder = tmp_path / "set"
    folder.mkdir()
    (folder / "a.png").symlink_to(tmp_path / "elsewhere" / "a.png")
    (folder / "classes.txt").write_text("A1\n")
    (folder / "a.txt").write_text("0 0.5 0.5 0.1 0.1\n")
    with pytest.raises(FormatError, match="not found"):
        read_annotations(folder, "yolo")


def read_mutations(fmt: str, first: int, last: int, folder: Path) -> dict[str, int]:
    """Read mutated files of a format; counts of annotations and errors. Anything else fails."""
    images = pictures(folder / "images", "cell 1.png", "b.tif")
    items = [
        ReviewedChromosome("x", Box.rotated(60, 60, 10, 30, 0.5), 3),
        PredictedChromosome("y", Box(40, 40, 10, 30), None, score=0.5),
    ]
    place = target(folder, fmt)
    write_annotations([cell(items), cell(items[:1], "b.tif")], place, fmt)
    original = {p: p.read_bytes() for p in ([place] if place.is_file() else place.rglob("*")) if p.is_file()}
    outcome = {"read": 0, "refused": 0}
    words = [
        b"nan",
        b"-1",
        b"1e309",
        b"99999999999999999999",
        b"null",
        b"[]",
        b"{}",
        b'"',
        b"<a>",
        b"&amp;",
        b"../../x",
        b"\x00",
    ]
    for seed in range(first, last):
        rng = np.random.default_rng(seed)
        path = sorted(original)[seed % len(original)]
        data = bytearray(original[path])
        for _ in range(int(rng.integers(1, 6))):
            at, action = int(rng.integers(max(len(data), 1))), int(rng.integers(4))
            if action == 0 and data:
                data[at % len(data)] = int(rng.integers(256))
            elif action == 1:
                del data[at : at + int(rng.integers(1, 60))]
            elif action == 2:
                data[at:at] = words[int(rng.integers(len(words)))]
            else:
                data[at:at] = data[at : at + int(rng.integers(1, 60))]
        path.write_bytes(bytes(data))
        try:
            for annotation in read_annotations(place, fmt, images=images):
                assert Path(annotation.image).name == annotation.image, seed
            outcome["read"] += 1
        except FormatError as error:
            if "\n" in str(error):
                raise AssertionError(f"mutation {seed} of {fmt}: {error}") from error
            outcome["refused"] += 1
        except Exception as error:
            raise AssertionError(f"mutation {seed} of {fmt} raised {type(error).__name__}: {error}") from error
        path.write_bytes(original[path])
    return outcome


@pytest.mark.parametrize("fmt", FORMATS)
def test_mutated_files_are_read_or_refused(fmt: str, tmp_path: Path) -> None:
    outcome = read_mutations(fmt, 0, 300, tmp_path)
    assert min(outcome.values()) > 5, outcome


@pytest.mark.long
@pytest.mark.parametrize("fmt", FORMATS)
def test_many_mutated_files(fmt: str, tmp_path: Path) -> None:
    assert sum(read_mutations(fmt, 300, 6300, tmp_path).values()) == 6000

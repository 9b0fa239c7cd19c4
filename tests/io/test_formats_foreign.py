"""Annotation files in the shape that other programs write."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from format_samples import pictures

from karyoview.core.annotation import (
    PredictedChromosome,
    ReviewState,
)
from karyoview.core.chromosome import CLASS_NAMES
from karyoview.core.geometry import Box
from karyoview.io.formats import FormatError, read_annotations, write_annotations

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

"""Annotations from anywhere: against their pictures, by place, and the rest done where one thing is odd."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from karyoview.core.runlength import decode_mask
from karyoview.io.formats import FormatError, Remarks, misfits, read_annotations, write_annotations


def picture(path: Path, width: int = 200, height: int = 100, orientation: int = 1) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.fromarray(np.full((height, width), 230, np.uint8))
    exif = Image.Exif()
    if orientation != 1:
        exif[0x0112] = orientation
    image.save(path, exif=exif) if path.suffix == ".jpg" else image.save(path)
    return path


def labelme(path: Path, shapes: list[dict[str, Any]], image: str, width: int = 200, height: int = 100) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {"version": "5", "shapes": shapes, "imagePath": image, "imageHeight": height, "imageWidth": width}
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def rectangle(*corners: float, label: str = "7") -> dict[str, Any]:
    return {"label": label, "points": [list(corners[:2]), list(corners[2:])], "shape_type": "rectangle"}


@pytest.mark.parametrize(
    ("orientation", "box"),
    [(5, (10, 150, 60, 190)), (6, (40, 150, 90, 190)), (7, (40, 10, 90, 50)), (8, (10, 10, 60, 50))],
)
def test_boxes_from_before_the_exif_turn_are_turned(tmp_path: Path, orientation: int, box: tuple[int, ...]) -> None:
    picture(tmp_path / "a.jpg", orientation=orientation)
    remarks = Remarks()
    (found,) = read_annotations(
        labelme(tmp_path / "a.json", [rectangle(150, 10, 190, 60)], "a.jpg"), "labelme", remarks=remarks
    )
    assert found.size == (200, 100)
    assert found.chromosomes[0].box.to_xyxy() == box
    assert "turned" in remarks.changed[0]


@pytest.mark.parametrize("orientation", [5, 6, 7, 8])
def test_rotated_boxes_turn_as_their_corners_do(tmp_path: Path, orientation: int) -> None:
    picture(tmp_path / "a.jpg", orientation=orientation)
    corners = [[100.0, 20.0], [112.0, 29.0], [88.0, 61.0], [76.0, 52.0]]
    shape = {"label": "7", "points": corners, "shape_type": "polygon"}
    (found,) = read_annotations(labelme(tmp_path / "a.json", [shape], "a.jpg"), "labelme", remarks=Remarks())
    moved = {5: lambda x, y: (y, x), 6: lambda x, y: (100 - y, x), 7: lambda x, y: (100 - y, 200 - x),
             8: lambda x, y: (y, 200 - x)}[orientation]  # fmt: skip
    expected = sorted(moved(*c) for c in corners)
    assert np.allclose(sorted(map(tuple, found.chromosomes[0].box.corners())), expected)
    # The short arm stays where the first two corners were.
    top = found.chromosomes[0].box.corners()[:2].mean(0)
    assert np.allclose(top, np.mean([moved(*c) for c in corners[:2]], axis=0))


@pytest.mark.parametrize("factor", [0.5, 2, 3])
def test_boxes_of_another_size_are_scaled_with_a_word(tmp_path: Path, factor: float) -> None:
    picture(tmp_path / "a.png")
    shape = rectangle(*(v * factor for v in (150, 10, 190, 60)))
    path = labelme(tmp_path / "a.json", [shape], "a.png", int(200 * factor), int(100 * factor))
    remarks = Remarks()
    (found,) = read_annotations(path, "labelme", remarks=remarks)
    assert found.chromosomes[0].box.to_xyxy() == (150, 10, 190, 60)
    assert "scaled to 200 × 100" in remarks.changed[0]


def test_another_picture_is_refused_and_the_rest_is_read(tmp_path: Path) -> None:
    picture(tmp_path / "a.png")
    picture(tmp_path / "b.png")
    labelme(tmp_path / "a.json", [rectangle(1, 1, 20, 50)], "a.png", 300, 100)
    labelme(tmp_path / "b.json", [rectangle(1, 1, 20, 50), rectangle(300, 1, 320, 50)], "b.png")
    remarks = Remarks()
    (found,) = read_annotations(tmp_path, "labelme", remarks=remarks)
    assert (found.image, len(found.chromosomes)) == ("b.png", 1)
    assert ["300 × 100" in t or "outside the picture" in t for t in remarks.left_out] == [True, True]
    with pytest.raises(FormatError, match="300 × 100"):
        read_annotations(tmp_path / "a.json", "labelme")


def test_misfits_are_seen_without_changing_anything(tmp_path: Path) -> None:
    (found,) = read_annotations(labelme(tmp_path / "a.json", [rectangle(150, 10, 190, 60)], "a.png"), "labelme")
    assert misfits(found, (100, 200)) == []
    assert len(misfits(found, (50, 100))) == 2


def test_one_odd_object_stops_nothing_in_any_format(tmp_path: Path) -> None:
    picture(tmp_path / "images" / "a.png")
    images = tmp_path / "images"
    labelme(tmp_path / "lm" / "a.json", [rectangle(1, 1, 20, 50), {"label": "x", "points": [[5, 5]],
            "shape_type": "point"}], "a.png")  # fmt: skip
    (tmp_path / "lm" / "broken.JSON").write_text("{")
    boxes = "<bndbox><xmin>{}</xmin><ymin>10</ymin><xmax>30</xmax><ymax>60</ymax></bndbox>"
    objects = "".join(f"<object><name>3</name>{boxes.format(x)}</object>" for x in (10, 30))
    (tmp_path / "voc").mkdir()
    (tmp_path / "voc" / "a.XML").write_text(f"<annotation><filename>a.png</filename>{objects}</annotation>")
    (tmp_path / "yolo" / "labels").mkdir(parents=True)
    (tmp_path / "yolo" / "data.yaml").write_text("names: [A1, A2]\n")
    (tmp_path / "yolo" / "labels" / "a.TXT").write_text("0 0.5 0.5 0.1 0.2\n7 0.5 0.5 0.1 0.2\n")
    (tmp_path / "dota").mkdir()
    (tmp_path / "dota" / "a.txt").write_text("1 2 3\n10 10 30 10 30 60 10 60 A1 0\n")
    (tmp_path / "c.xml").write_text(
        '<annotations><image id="0" name="a.png" width="200" height="100"><points label="3" points="1,1"/>'
        '<box label="3" xtl="10" ytl="10" xbr="30" ybr="60"/></image></annotations>'
    )
    for fmt, path, number in (("labelme", "lm", 2), ("voc", "voc", 1), ("yolo", "yolo", 1), ("dota", "dota", 1),
                              ("cvat", "c.xml", 1)):  # fmt: skip
        remarks = Remarks()
        (found,) = read_annotations(tmp_path / path, fmt, images=images, remarks=remarks)
        assert len(found.chromosomes) == 1, fmt
        assert len(remarks.left_out) == number, (fmt, remarks.left_out)
        with pytest.raises(FormatError):
            read_annotations(tmp_path / path, fmt, images=images)


def coco(**change: Any) -> dict[str, Any]:
    document: dict[str, Any] = {
        "images": [{"id": 1, "file_name": "a.png", "height": 100, "width": 200}],
        "categories": [{"id": 3, "name": "7"}],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 3, "bbox": [10, 10, 20, 50], "iscrowd": 0}],
    }
    return document | change


def read_coco(tmp_path: Path, document: object) -> tuple[list[Any], Remarks]:
    remarks = Remarks()
    path = tmp_path / "c.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return read_annotations(path, "coco", remarks=remarks), remarks


def test_coco_of_other_programs(tmp_path: Path) -> None:
    row = coco()["annotations"][0]
    for key in (3.0, "3"):
        (found,), remarks = read_coco(tmp_path, coco(annotations=[row | {"category_id": key}]))
        assert (len(found.chromosomes), remarks.left_out) == (1, [])
    names = coco(images=[{"id": "x", "file_name": "a.png"}], annotations=[row | {"image_id": "x"}])
    assert len(read_coco(tmp_path, names)[0][0].chromosomes) == 1
    odd = [row, row | {"category_id": 9}, row | {"bbox": [1, 1, 0, 9]}, row | {"iscrowd": 1}]
    (found,), remarks = read_coco(tmp_path, coco(annotations=odd))
    assert len(found.chromosomes) == 1
    assert (len(remarks.left_out), len(remarks.changed)) == (2, 1)
    assert "crowd" in remarks.changed[0]


def test_coco_masks_and_turned_outlines(tmp_path: Path) -> None:
    row = coco()["annotations"][0]
    runs = {"size": [100, 200], "counts": [1010, 50, 18940]}
    (found,), _ = read_coco(tmp_path, coco(annotations=[row | {"segmentation": runs}]))
    mask = decode_mask(found.chromosomes[0].mask, (100, 200))
    assert mask.sum() == 50
    assert mask[10:60, 10].all()
    turned = [[100, 20, 110, 30, 70, 70, 60, 60]]
    (found,), remarks = read_coco(tmp_path, coco(annotations=[row | {"segmentation": turned}]))
    box = found.chromosomes[0].box
    assert math.isclose(box.h, math.hypot(40, 40))
    assert remarks.changed == []
    (found,), remarks = read_coco(
        tmp_path, coco(annotations=[row | {"segmentation": [[1, 1, 9, 1, 9, 9, 5, 12, 1, 9]]}])
    )
    assert not found.chromosomes[0].box.is_rotated
    assert "outline of 5 points" in remarks.changed[0]


def test_coco_pictures_of_one_name_in_two_folders(tmp_path: Path) -> None:
    images = [{"id": k, "file_name": f"s{k}/a.png"} for k in (1, 2)]
    for k in (1, 2):
        picture(tmp_path / "images" / f"s{k}" / "a.png", 100 * k)
    rows = [coco()["annotations"][0] | {"image_id": k} for k in (1, 2)]
    path = tmp_path / "c.json"
    path.write_text(json.dumps(coco(images=images, annotations=rows)), encoding="utf-8")
    found = read_annotations(path, "coco", images=tmp_path / "images", remarks=Remarks())
    assert [a.size for a in found] == [(100, 100), (100, 200)]
    remarks = Remarks()
    assert len(write_annotations(found, tmp_path / "out", "labelme", remarks=remarks)) == 1
    assert "would both become" in remarks.left_out[0]
    with pytest.raises(FormatError, match="list of results"):
        read_coco(tmp_path, [{"image_id": 1, "bbox": [1, 2, 3, 4], "score": 0.5}])


def test_parallel_folders_come_before_the_stem(tmp_path: Path) -> None:
    (tmp_path / "data.yaml").write_text("names: [A1]\n")
    for place, width in (("train", 100), ("val", 400)):
        picture(tmp_path / "images" / place / "a.png", width)
        (tmp_path / "labels" / place).mkdir(parents=True)
        (tmp_path / "labels" / place / "a.txt").write_text("0 0.5 0.5 0.1 0.2\n")
    found = read_annotations(tmp_path, "yolo")
    assert [a.size for a in found] == [(100, 100), (100, 400)]
    (tmp_path / "labels" / "train" / "a.txt").rename(tmp_path / "labels" / "a.txt")
    remarks = Remarks()
    assert len(read_annotations(tmp_path, "yolo", remarks=remarks)) == 1
    assert "train" in remarks.left_out[0]
    assert "val" in remarks.left_out[0]


def test_values_beyond_what_is_allowed_are_told(tmp_path: Path) -> None:
    picture(tmp_path / "images" / "a.png")
    (tmp_path / "classes.txt").write_text("A1\n")
    (tmp_path / "a.txt").write_text("0 0.5 1.02 0.1 0.2\n0 0.5 0.5 0.1 0.2 1.5\n")
    remarks = Remarks()
    (found,) = read_annotations(tmp_path / "a.txt", "yolo", images=tmp_path / "images", remarks=remarks)
    assert len(found.chromosomes) == 2
    assert ["between 0 and 1" in t or "taken as 1" in t for t in remarks.changed] == [True, True]


def test_rotated_boxes_of_rolabelimg_and_cvat(tmp_path: Path) -> None:
    turned = "<robndbox><cx>80</cx><cy>50</cy><w>{}</w><h>{}</h><angle>{}</angle></robndbox>"
    objects = "".join(
        f"<object><name>13</name>{turned.format(*v)}</object>"
        for v in ((20, 60, 0.6), (60, 20, 0.6 - math.pi / 2), (0, 9, 0))
    )
    (tmp_path / "r.xml").write_text(f"<annotation><filename>a.png</filename>{objects}</annotation>")
    remarks = Remarks()
    (found,) = read_annotations(tmp_path / "r.xml", "voc", remarks=remarks)
    first, second = (c.box.to_array() for c in found.chromosomes)
    assert np.allclose(first, (80, 50, 20, 60, 0.6))
    assert np.allclose(first, second)
    assert len(remarks.left_out) == 1
    (tmp_path / "c.xml").write_text(
        '<annotations><image id="0" name="x/a.png" width="200" height="100">'
        '<box label="13" xtl="70" ytl="20" xbr="90" ybr="80" rotation="30"/></image></annotations>'
    )
    (found,) = read_annotations(tmp_path / "c.xml", "cvat")
    assert np.allclose(found.chromosomes[0].box.to_array(), (80, 50, 20, 60, math.radians(30)))

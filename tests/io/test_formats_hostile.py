"""Annotation files that lie, lead elsewhere or are broken: one sentence each, and nothing else happens."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from format_samples import cell, pictures, target

from karyoview.core.annotation import (
    PredictedChromosome,
    ReviewedChromosome,
)
from karyoview.core.geometry import Box
from karyoview.io.formats import FORMATS, FormatError, read_annotations, write_annotations

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
    outcome = read_mutations(fmt, 0, 400, tmp_path)
    assert min(outcome.values()) > 5, outcome


@pytest.mark.long
@pytest.mark.parametrize("fmt", FORMATS)
def test_many_mutated_files(fmt: str, tmp_path: Path) -> None:
    assert sum(read_mutations(fmt, 300, 6300, tmp_path).values()) == 6000

"""COCO detection: one JSON file for all images.

``bbox`` is the horizontal box, of a rotated one the bounds of its capsule; a rotated box has besides
``rotated_box`` [cx, cy, w, h, angle] in KaryoView's convention and its corners as ``segmentation``. CVAT's
``attributes.rotation`` (degrees clockwise about the middle of ``bbox``) is understood.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from karyoview.core.annotation import Chromosome, ImageAnnotation, PredictedChromosome, ReviewedChromosome
from karyoview.core.chromosome import CLASS_NAMES
from karyoview.core.errors import KaryoViewError
from karyoview.core.geometry import Box
from karyoview.core.runlength import decode_mask
from karyoview.io.formats import common
from karyoview.io.formats.common import Format, FormatError, Read

_NAME: Final = "coco"


def read(path: Path, images: Path | None) -> list[ImageAnnotation]:
    """A COCO file; annotations of crowds are left out."""
    document = common.as_object(common.read_json(path), str(path))
    names = {}
    for number, category in enumerate(common.as_list(document.get("categories"), f"{path}: categories"), 1):
        record = common.as_object(category, f"{path}, category {number}")
        names[_key(record.get("id"), f"{path}, category {number}")] = str(record.get("name", ""))[:100]
    listed = common.as_list(document.get("images"), f"{path}: images")
    common.check_count(len(listed), f"{path}: images", common.MAX_FILES)
    rows = common.as_list(document.get("annotations"), f"{path}: annotations")
    common.check_count(len(rows), f"{path}: annotations", common.MAX_ITEMS)

    found: dict[int, tuple[str, tuple[int, int]]] = {}
    taken: set[str] = set()
    for number, image in enumerate(listed, 1):
        where = f"{path}, image {number}"
        record = common.as_object(image, where)
        name = common.plain_name(record.get("file_name"), where)
        key = _key(record.get("id"), where)
        if name in taken or key in found:
            raise FormatError(f"{where}: the image {name!r} or its id is there twice; each image needs its own.")
        taken.add(name)
        size = (
            int(common.number(record.get("height") or 0, where)),
            int(common.number(record.get("width") or 0, where)),
        )
        found[key] = (name, size)

    items: dict[int, list[Read]] = defaultdict(list)
    for number, row in enumerate(rows, 1):
        where = f"{path}, annotation {number}"
        record = common.as_object(row, where)
        if record.get("iscrowd") == 1:
            continue
        key = _key(record.get("image_id"), where)
        if key not in found:
            raise FormatError(f"{where}: there is no image {key}.")
        items[key].append(_read_row(record, names, found[key][1], where))
        common.check_count(len(items[key]), f"{path}, image {found[key][0]}")
    return [common.make_annotation(name, size, items[key], _NAME) for key, (name, size) in found.items()]


def _key(value: object, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise FormatError(f"{where}: {str(value)[:40]!r} is no id; ids are whole numbers.")
    return value


def _read_row(row: Mapping[str, Any], names: Mapping[int, str], size: tuple[int, int], where: str) -> Read:
    numbers = [common.number(v, where) for v in common.as_list(row.get("bbox"), f"{where}: bbox")]
    if len(numbers) != 4:
        raise FormatError(f"{where}: bbox needs x, y, width and height.")
    box = horizontal = common.make_box(lambda: Box.from_xywh(*numbers), where)
    attributes = row.get("attributes")
    attributes = attributes if isinstance(attributes, dict) else {}
    turned, rotation = row.get("rotated_box"), attributes.get("rotation")
    if turned is not None:
        five = [common.number(v, where) for v in common.as_list(turned, f"{where}: rotated_box")]
        if len(five) != 5:
            raise FormatError(f"{where}: rotated_box needs cx, cy, w, h and angle.")
        box = common.make_box(lambda: Box.rotated(*five), where)
    elif rotation:
        angle = math.radians(common.number(rotation, f"{where}: rotation"))
        cx, cy, w, h = horizontal.cx, horizontal.cy, horizontal.w, horizontal.h
        box = Box.rotated(cx, cy, w, h, angle) if h >= w else Box.rotated(cx, cy, h, w, angle + math.pi / 2)
    category = _key(row.get("category_id"), where)
    if category not in names:
        raise FormatError(f"{where}: there is no category {category}.")
    score, polarity = row.get("score"), row.get("polarity")
    return Read(
        box,
        names[category] or common.NO_CLASS,
        None if score is None else common.number(score, f"{where}: score"),
        attributes.get("uncertain") is True,
        None if polarity is None else common.number(polarity, f"{where}: polarity"),
        _mask(row.get("segmentation"), size, where),
        common.keep_geometry(
            _NAME, box, {"bbox": numbers, "rotated_box": list(turned) if turned is not None else None}
        ),
    )


def _mask(segmentation: object, size: tuple[int, int], where: str) -> str:
    """The run-length string of a mask in COCO's compressed form; polygons are outlines of boxes and give none."""
    if not isinstance(segmentation, dict):
        return ""
    text, written = segmentation.get("counts"), segmentation.get("size")
    if not isinstance(text, str):
        return ""
    if written != list(size):
        raise FormatError(f"{where}: its mask is not of the image's size.")
    try:
        decode_mask(text, size)
    except KaryoViewError as error:
        raise FormatError(f"{where}: {error}") from error
    return text


def write(annotations: Sequence[ImageAnnotation]) -> dict[str, bytes]:
    """One file; categories 1–24 are the classes in order, more follow for other names."""
    others = sorted({common.label_text(c) for a in annotations for c in a.chromosomes if c.label is None})
    names = [*CLASS_NAMES, *others]
    ids = {name: number for number, name in enumerate(names, 1)}
    images: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    for image_id, annotation in enumerate(annotations, 1):
        height, width = annotation.size
        images.append({"id": image_id, "file_name": annotation.image, "width": width, "height": height})
        for item in annotation.chromosomes:
            head = {"id": len(rows) + 1, "image_id": image_id, "category_id": ids[common.label_text(item)]}
            rows.append(head | _row(item, annotation.size))
    document = {
        "info": {"description": "KaryoView"},
        "images": images,
        "categories": [{"id": ids[name], "name": name, "supercategory": "chromosome"} for name in names],
        "annotations": rows,
    }
    lines = ",\n".join(f" {common.dump_json(k, None).decode().strip()}: {_lines(v)}" for k, v in document.items())
    return {"": f"{{\n{lines}\n}}\n".encode()}


def _lines(value: object) -> str:
    """One object a line, so that a difference between two files can be read."""
    if isinstance(value, list) and value:
        return "[\n  " + ",\n  ".join(common.dump_json(v, None).decode().strip() for v in value) + "\n ]"
    return common.dump_json(value, None).decode().strip()


def _row(item: Chromosome, size: tuple[int, int]) -> dict[str, Any]:
    kept = common.kept_geometry(_NAME, item)
    if kept is None:
        x1, y1, x2, y2 = item.box.capsule_bounds().to_xyxy()
        kept = {
            "bbox": [x1, y1, x2 - x1, y2 - y1],
            "rotated_box": item.box.to_array().tolist() if item.box.is_rotated else None,
        }
    row: dict[str, Any] = {"bbox": kept["bbox"], "area": kept["bbox"][2] * kept["bbox"][3], "iscrowd": 0}
    if item.mask:
        row["segmentation"] = {"size": list(size), "counts": item.mask}
    elif item.box.is_rotated:
        row["segmentation"] = [[v for point in item.box.corners().tolist() for v in point]]
    if kept["rotated_box"] is not None:
        row["rotated_box"] = kept["rotated_box"]
    elif item.box.is_rotated:
        row["rotated_box"] = item.box.to_array().tolist()
    if isinstance(item, PredictedChromosome):
        row["score"] = item.score
    if item.polarity is not None:
        row["polarity"] = item.polarity
    if isinstance(item, ReviewedChromosome) and item.uncertain:
        row["attributes"] = {"uncertain": True}
    return row


FORMAT: Final = Format(
    _NAME,
    "COCO",
    frozenset(
        {
            "class",
            "none",
            "rotated",
            "direction",
            "score",
            "uncertain",
            "polarity",
            "mask",
            "size",
            "corners",
            "outside",
        }
    ),
    read,
    write,
)

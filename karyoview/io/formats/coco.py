"""COCO detection: one JSON file for all images.

``bbox`` is the horizontal box, of a rotated one the bounds of its capsule; a rotated box has besides
``rotated_box`` [cx, cy, w, h, angle] in KaryoView's convention and its corners as ``segmentation``. CVAT's
``attributes.rotation`` (degrees clockwise about the middle of ``bbox``) is understood.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final

import numpy as np

from karyoview.core.annotation import Chromosome, ImageAnnotation, PredictedChromosome, ReviewedChromosome
from karyoview.core.chromosome import CLASS_NAMES
from karyoview.core.errors import KaryoViewError
from karyoview.core.geometry import Box
from karyoview.core.runlength import decode_mask, encode_mask
from karyoview.io._samples import MAX_PIXELS
from karyoview.io.formats import common
from karyoview.io.formats.common import Format, FormatError, Read
from karyoview.io.formats.remarks import attempt, is_collecting, tell

_NAME: Final = "coco"


_Id = int | str


def read(path: Path, images: Path | None) -> list[ImageAnnotation]:
    """A COCO file; annotations of crowds are left out."""
    content = common.read_json(path)
    if isinstance(content, list):
        raise FormatError(
            f"{path} is a list of results without images and categories; give the file of the pictures as well, merged."
        )
    document = common.as_object(content, str(path))
    names = {}
    for number, category in enumerate(common.as_list(document.get("categories"), f"{path}: categories"), 1):
        record = common.as_object(category, f"{path}, category {number}")
        names[_key(record.get("id"), f"{path}, category {number}")] = str(record.get("name", ""))[:100]
    listed = common.as_list(document.get("images"), f"{path}: images")
    common.check_count(len(listed), f"{path}: images", common.MAX_FILES)
    rows = common.as_list(document.get("annotations"), f"{path}: annotations")
    common.check_count(len(rows), f"{path}: annotations", common.MAX_ITEMS)
    found = _images(listed, path)

    items: dict[_Id, list[Read]] = defaultdict(list)
    for number, row in enumerate(rows, 1):
        taken = attempt(lambda r=row, n=number: _read_annotation(r, names, found, f"{path}, annotation {n}"))  # type: ignore[misc]
        if taken is not None:
            key, item = taken
            items[key].append(item)
            common.check_count(len(items[key]), f"{path}, image {found[key].name}")
    return [
        common.make_annotation(image.name, image.size, items[key], _NAME, folder=image.folder)
        for key, image in found.items()
    ]


@dataclass(frozen=True, slots=True)
class _Image:
    name: str
    folder: str
    size: tuple[int, int]


def _images(listed: Sequence[object], path: Path) -> dict[_Id, _Image]:
    """The images by id; two of one name are told apart by their folders."""
    found: dict[_Id, _Image] = {}
    names: set[str] = set()
    places: set[tuple[str, str]] = set()

    def read_one(image: object, where: str) -> None:
        record = common.as_object(image, where)
        written = record.get("file_name")
        name = common.plain_name(written, where)
        folder = PurePosixPath(str(written).replace("\\", "/")).parent.as_posix()
        folder = "" if folder == "." else folder
        key = _key(record.get("id"), where)
        if key in found or (folder, name) in places or (name in names and not is_collecting()):
            raise FormatError(f"{where}: the image {name!r} or its id is there twice; each image needs its own.")
        height, width = (int(common.number(record.get(k) or 0, where)) for k in ("height", "width"))
        names.add(name)
        places.add((folder, name))
        found[key] = _Image(name, folder, (height, width))

    for number, image in enumerate(listed, 1):
        attempt(lambda i=image, n=number: read_one(i, f"{path}, image {n}"))  # type: ignore[misc]
    return found


def _read_annotation(
    row: object, names: Mapping[_Id, str], found: Mapping[_Id, _Image], where: str
) -> tuple[_Id, Read] | None:
    record = common.as_object(row, where)
    if record.get("iscrowd") == 1:
        tell(f"{where}: it marks a crowd and was not taken.")
        return None
    key = _key(record.get("image_id"), where)
    if key not in found:
        raise FormatError(f"{where}: there is no image {key}.")
    return key, _read_row(record, names, found[key].size, where)


def _key(value: object, where: str) -> _Id:
    """An id as a whole number or a text; 3.0 and "3" are 3."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    if isinstance(value, str) and 0 < len(value) <= 200:
        return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else value
    if isinstance(value, bool) or not isinstance(value, int):
        raise FormatError(f"{where}: {str(value)[:40]!r} is no id; ids are whole numbers or texts.")
    return value


def _read_row(row: Mapping[str, Any], names: Mapping[_Id, str], size: tuple[int, int], where: str) -> Read:
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
    elif outline := _outline(row.get("segmentation")):
        box = _outlined(outline, horizontal, where)
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


def _outline(segmentation: object) -> list[float]:
    """The one polygon of a segmentation; empty where there is none or several."""
    if isinstance(segmentation, list) and len(segmentation) == 1 and isinstance(segmentation[0], list):
        return list(segmentation[0])
    return []


def _outlined(outline: Sequence[object], horizontal: Box, where: str) -> Box:
    """The rotated box where the polygon is a turned rectangle, else the horizontal one with a word about it."""
    numbers = [common.number(v, f"{where}: segmentation") for v in outline]
    points = list(zip(numbers[::2], numbers[1::2], strict=False))
    if len(points) == 5 and points[0] == points[-1]:
        points = points[:4]
    if len(points) != 4:
        tell(f"{where}: of its outline of {len(points)} points the box was taken.")
        return horizontal
    (x1, y1), (x2, y2), (x3, y3), (x4, y4) = points
    closes = math.hypot(x1 + x3 - x2 - x4, y1 + y3 - y2 - y4)
    long = max(math.dist(points[0], points[1]), math.dist(points[1], points[2]), 1e-9)
    diagonals = abs(math.dist(points[0], points[2]) - math.dist(points[1], points[3]))
    if closes > 0.05 * long or diagonals > 0.05 * long:
        tell(f"{where}: of its outline of 4 points the box was taken.")
        return horizontal
    if len({x1, x2, x3, x4}) == 2 and len({y1, y2, y3, y4}) == 2:
        return horizontal
    return common.quad_box(points, where)


def _mask(segmentation: object, size: tuple[int, int], where: str) -> str:
    """The run-length string of a mask, from COCO's compressed form or its list of counts; polygons give none."""
    if not isinstance(segmentation, dict):
        if isinstance(segmentation, list) and len(segmentation) > 1:
            tell(f"{where}: of its {len(segmentation)} outlines the box was taken.")
        return ""
    counts, written = segmentation.get("counts"), segmentation.get("size")
    if counts is None:
        return ""
    if written != list(size) and size != (0, 0):
        raise FormatError(f"{where}: its mask is not of the image's size.")
    shape = size if size != (0, 0) else _mask_size(written, where)
    if isinstance(counts, list):
        return _from_counts(counts, shape, where)
    if not isinstance(counts, str):
        raise FormatError(f"{where}: the counts of its mask are neither a text nor a list.")
    try:
        decode_mask(counts, shape)
    except KaryoViewError as error:
        raise FormatError(f"{where}: {error}") from error
    return counts


def _mask_size(written: object, where: str) -> tuple[int, int]:
    if isinstance(written, list) and len(written) == 2:
        height, width = (int(common.number(v, where)) for v in written)
        if 0 < height * width <= MAX_PIXELS:
            return height, width
    raise FormatError(f"{where}: its mask has no size.")


def _from_counts(counts: Sequence[object], size: tuple[int, int], where: str) -> str:
    """A mask of runs of off and on, column by column, as the compressed text."""
    if not all(isinstance(n, int) and not isinstance(n, bool) and n >= 0 for n in counts):
        raise FormatError(f"{where}: the counts of its mask are not whole numbers.")
    runs = np.asarray(counts, dtype=np.int64)
    if size[0] * size[1] > MAX_PIXELS or int(runs.sum()) != size[0] * size[1]:
        raise FormatError(f"{where}: the counts of its mask do not make the image's size.")
    flat = np.repeat(np.arange(len(runs)) % 2 == 1, runs)
    return encode_mask(flat.reshape(size[1], size[0]).T)


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

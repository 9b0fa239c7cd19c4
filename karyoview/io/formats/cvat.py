"""CVAT for images (1.1): one XML file, boxes that may be rotated, polygons of their corners.

A rotation is in degrees clockwise about the middle of the box. Of masks and longer outlines the box is taken.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any, Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from karyoview.core.annotation import Chromosome, ImageAnnotation, PredictedChromosome, ReviewedChromosome
from karyoview.core.geometry import Box
from karyoview.io.formats import common
from karyoview.io.formats.common import Format, FormatError, Read
from karyoview.io.formats.remarks import attempt, tell
from karyoview.io.formats.voc import parse_xml

_NAME: Final = "cvat"
_CORNERS: Final = ("xtl", "ytl", "xbr", "ybr")


def read(path: Path, images: Path | None) -> list[ImageAnnotation]:
    """A CVAT file, or those of a folder."""
    found: list[ImageAnnotation] = []
    for file in common.list_files(path, ".xml"):
        found += attempt(lambda f=file: _read_file(f)) or []  # type: ignore[misc]
    return found


def _read_file(path: Path) -> list[ImageAnnotation]:
    root = parse_xml(path)
    if root.tag != "annotations":
        raise FormatError(
            f"{path}: expected <annotations>, found <{str(root.tag)[:40]}>; it is no CVAT file for images."
        )
    if root.find("track") is not None:
        raise FormatError(f"{path}: it is CVAT for video; export it as CVAT for images.")
    found = (
        attempt(lambda i=image, n=number: _read_image(i, f"{path}, image {n}"))  # type: ignore[misc]
        for number, image in enumerate(root.findall("image"), 1)
    )
    return [annotation for annotation in found if annotation is not None]


def _read_image(image: Any, where: str) -> ImageAnnotation:
    written = image.get("name")
    name = common.plain_name(written, where)
    folder = PurePosixPath(str(written).replace("\\", "/")).parent.as_posix()
    height, width = (int(common.number(image.get(key) or 0, where)) for key in ("height", "width"))
    shapes = list(image)
    common.check_count(len(shapes), where)
    items = []
    for number, shape in enumerate(shapes, 1):
        if shape.tag == "tag":
            continue
        item = attempt(lambda s=shape, n=number: _read_shape(s, f"{where}, object {n}"))  # type: ignore[misc]
        items += [] if item is None else [item]
    folder = "" if folder == "." else folder
    return common.make_annotation(name, (height, width), items, _NAME, folder=folder)


def _read_shape(shape: Any, where: str) -> Read:
    label = (shape.get("label") or "").strip() or common.NO_CLASS
    own = {a.get("name"): (a.text or "").strip() for a in shape.findall("attribute")}
    score = common.number(own["score"], f"{where}: score") if own.get("score") else None
    uncertain = own.get("uncertain", "").lower() in ("true", "1")
    if shape.tag == "box":
        words = [str(shape.get(key) or "") for key in _CORNERS]
        x1, y1, x2, y2 = (common.number(word, where) for word in words)
        if x2 <= x1 or y2 <= y1:
            raise FormatError(f"{where}: its corners enclose nothing.")
        degrees = common.number(shape.get("rotation") or 0, f"{where}: rotation")
        box = common.make_box(lambda: _box(x1, y1, x2, y2, degrees), where)
        kept = common.keep_geometry(_NAME, box, [*words, str(shape.get("rotation") or "")])
        return Read(box, label, score, uncertain, extra=kept)
    if shape.tag in ("polygon", "polyline"):
        points = _points(str(shape.get("points") or ""), where)
        if len(points) == 4:
            return Read(common.quad_box(points, where), label, score, uncertain)
        tell(f"{where}: of its outline of {len(points)} points the box around it was taken.")
        return Read(common.polygon_box(points, where), label, score, uncertain)
    if shape.tag == "mask":
        left, top, width, height = (common.number(shape.get(k), where) for k in ("left", "top", "width", "height"))
        tell(f"{where}: its mask was not taken; the box around it was.")
        return Read(common.make_box(lambda: Box.from_xywh(left, top, width, height), where), label, score, uncertain)
    raise FormatError(f"{where}: a {str(shape.tag)[:20]!r} is no box; draw a rectangle instead.")


def _box(x1: float, y1: float, x2: float, y2: float, degrees: float) -> Box:
    if not degrees % 360:
        return Box.from_xyxy(x1, y1, x2, y2)
    cx, cy, w, h = (x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1
    angle = math.radians(degrees)
    return Box.rotated(cx, cy, w, h, angle) if h >= w else Box.rotated(cx, cy, h, w, angle + math.pi / 2)


def _points(text: str, where: str) -> list[tuple[float, float]]:
    points = []
    for pair in text.split(";"):
        x, comma, y = pair.partition(",")
        if not comma:
            raise FormatError(f"{where}: a point needs x and y.")
        points.append((common.number(x, where), common.number(y, where)))
    if len(points) < 3:
        raise FormatError(f"{where}: its points enclose nothing.")
    return points


def write(annotations: Sequence[ImageAnnotation]) -> dict[str, bytes]:
    """``annotations.xml``; coordinates in hundredths of a pixel, rotations in thousandths of a degree."""
    root = Element("annotations")
    SubElement(root, "version").text = "1.1"
    for number, annotation in enumerate(annotations):
        height, width = annotation.size
        image = SubElement(
            root, "image", id=str(number), name=annotation.image, width=str(width), height=str(height)
        )  # fmt: skip
        for item in annotation.chromosomes:
            _write_shape(image, item)
    indent(root, "  ")
    return {"annotations.xml": bytes(tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"}


def _write_shape(image: Element, item: Chromosome) -> None:
    words = common.kept_geometry(_NAME, item)
    if words is None:
        box = item.box
        corners = (box.cx - box.w / 2, box.cy - box.h / 2, box.cx + box.w / 2, box.cy + box.h / 2)
        words = [f"{v:.4f}" for v in corners]
        words.append(f"{math.degrees(box.angle) % 360:.5f}" if box.is_rotated else "")
    label = "".join(c for c in common.label_text(item) if c.isprintable())
    shape = SubElement(image, "box", {"label": label, "occluded": "0", **dict(zip(_CORNERS, words, strict=False))})
    if words[4]:
        shape.set("rotation", words[4])
    shape.set("z_order", "0")
    if isinstance(item, PredictedChromosome):
        SubElement(shape, "attribute", name="score").text = f"{item.score:.6g}"
    if isinstance(item, ReviewedChromosome) and item.uncertain:
        SubElement(shape, "attribute", name="uncertain").text = "true"


FORMAT: Final = Format(
    _NAME,
    "CVAT",
    frozenset({"class", "none", "rotated", "direction", "score", "uncertain", "size", "outside"}),
    read,
    write,
)

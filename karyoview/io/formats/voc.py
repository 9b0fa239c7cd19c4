"""Pascal VOC: one XML file an image, horizontal boxes as corners in pixels, ``difficult`` for uncertain ones.

The rotated boxes (``robndbox``) that roLabelImg writes into the same files are read too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError, SubElement, indent, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from karyoview.core.annotation import Chromosome, ImageAnnotation, ReviewedChromosome
from karyoview.core.geometry import Box
from karyoview.io.formats import common
from karyoview.io.formats.common import Format, FormatError, Read
from karyoview.io.formats.remarks import attempt

_NAME: Final = "voc"
_CORNERS: Final = ("xmin", "ymin", "xmax", "ymax")


def read(path: Path, images: Path | None) -> list[ImageAnnotation]:
    """A VOC file or a folder of them (``Annotations`` where there is one)."""
    folder = path / "Annotations" if path.is_dir() and (path / "Annotations").is_dir() else path
    files = common.list_files(folder, ".xml")
    read_files = (attempt(lambda f=file: _read_one(f, folder)) for file in files)  # type: ignore[misc]
    return [annotation for annotation in read_files if annotation is not None]


def _read_one(path: Path, folder: Path) -> ImageAnnotation:
    root = parse_xml(path)
    if root.tag != "annotation":
        raise FormatError(f"{path}: expected <annotation>, found <{str(root.tag)[:40]}>; it is no Pascal VOC file.")
    image = common.plain_name(root.findtext("filename") or f"{path.stem}.png", str(path))
    size = tuple(int(common.number(root.findtext(f"size/{key}") or 0, f"{path}: {key}")) for key in ("height", "width"))
    objects = root.findall("object")
    common.check_count(len(objects), str(path))
    items = common.each(objects, _read_object, f"{path}, object")
    return common.make_annotation(image, (size[0], size[1]), items, _NAME, folder=common.folder_of(path, folder))


def parse_xml(path: Path) -> Any:
    """The root of an XML file without entities; FormatError for anything else."""
    try:
        return fromstring(common.read_bytes(path), forbid_dtd=True)
    except DefusedXmlException as error:
        raise FormatError(f"{path} defines entities or a document type, which annotation files never do.") from error
    except (ParseError, ValueError, LookupError, RecursionError) as error:
        raise FormatError(f"{path} is not valid XML ({str(error)[:100]}); write it again.") from error


def _read_object(item: Any, where: str) -> Read:
    name = (item.findtext("name") or "").strip() or common.NO_CLASS
    uncertain = (item.findtext("difficult") or "0").strip() == "1"
    turned = item.find("robndbox")
    if turned is not None:
        return Read(_rotated(turned, where), name, uncertain=uncertain)
    corners = item.find("bndbox")
    if corners is None:
        raise FormatError(f"{where}: it has neither a bndbox nor a robndbox; draw a box there.")
    words = [str(corners.findtext(key) or "").strip() for key in _CORNERS]
    x1, y1, x2, y2 = (common.number(word, where) for word in words)
    if x2 <= x1 or y2 <= y1:
        raise FormatError(f"{where}: its corners enclose nothing.")
    box = common.make_box(lambda: Box.from_xyxy(x1, y1, x2, y2), where)
    return Read(box, name, uncertain=uncertain, extra=common.keep_geometry(_NAME, box, words))


def _rotated(turned: Any, where: str) -> Box:
    """A robndbox of roLabelImg: middle, sides and an angle clockwise, its longer side as the axis."""
    cx, cy, w, h, angle = (
        common.number(str(turned.findtext(key) or "").strip(), where) for key in ("cx", "cy", "w", "h", "angle")
    )
    if w <= 0 or h <= 0:
        raise FormatError(f"{where}: its sides enclose nothing.")
    if w > h:
        w, h, angle = h, w, angle + math.pi / 2
    return common.make_box(lambda: Box.rotated(cx, cy, w, h, angle), where)


def write(annotations: Sequence[ImageAnnotation]) -> dict[str, bytes]:
    """``Annotations/<image>.xml``; coordinates in hundredths of a pixel."""
    return {f"Annotations/{file}": _write_one(a) for file, a in common.file_per_image(annotations, ".xml").items()}


def _write_one(annotation: ImageAnnotation) -> bytes:
    root = Element("annotation")
    SubElement(root, "folder").text = "images"
    SubElement(root, "filename").text = annotation.image
    SubElement(SubElement(root, "source"), "database").text = "KaryoView"
    size = SubElement(root, "size")
    for key, value in (("width", annotation.size[1]), ("height", annotation.size[0]), ("depth", 1)):
        SubElement(size, key).text = str(value)
    SubElement(root, "segmented").text = "0"
    for item in annotation.chromosomes:
        _write_object(root, item)
    indent(root, "  ")
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _write_object(root: Element, item: Chromosome) -> None:
    record = SubElement(root, "object")
    SubElement(record, "name").text = "".join(c for c in common.label_text(item) if c.isprintable())
    SubElement(record, "pose").text = "Unspecified"
    SubElement(record, "truncated").text = "0"
    SubElement(record, "difficult").text = str(int(isinstance(item, ReviewedChromosome) and item.uncertain))
    words = common.kept_geometry(_NAME, item)
    if words is None:
        words = [f"{v:.2f}" for v in item.box.capsule_bounds().to_xyxy()]
    corners = SubElement(record, "bndbox")
    for key, word in zip(_CORNERS, words, strict=True):
        SubElement(corners, key).text = word


FORMAT: Final = Format(
    _NAME, "Pascal VOC", frozenset({"class", "none", "uncertain", "size", "corners", "outside"}), read, write
)

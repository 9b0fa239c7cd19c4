"""Pascal VOC: one XML file an image, horizontal boxes as corners in pixels, ``difficult`` for uncertain ones."""

from __future__ import annotations

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

_NAME: Final = "voc"
_CORNERS: Final = ("xmin", "ymin", "xmax", "ymax")


def read(path: Path, images: Path | None) -> list[ImageAnnotation]:
    """A VOC file or a folder of them (``Annotations`` where there is one)."""
    folder = path / "Annotations" if path.is_dir() and (path / "Annotations").is_dir() else path
    return [_read_one(file) for file in common.list_files(folder, ".xml")]


def _read_one(path: Path) -> ImageAnnotation:
    try:
        root = fromstring(common.read_bytes(path), forbid_dtd=True)
    except DefusedXmlException as error:
        raise FormatError(f"{path} defines entities or a document type, which annotation files never do.") from error
    except (ParseError, ValueError, LookupError, RecursionError) as error:
        raise FormatError(f"{path} is not valid XML ({str(error)[:100]}); write it again.") from error
    if root.tag != "annotation":
        raise FormatError(f"{path}: expected <annotation>, found <{str(root.tag)[:40]}>; it is no Pascal VOC file.")
    image = common.plain_name(root.findtext("filename") or f"{path.stem}.png", str(path))
    size = tuple(int(common.number(root.findtext(f"size/{key}") or 0, f"{path}: {key}")) for key in ("height", "width"))
    objects = root.findall("object")
    common.check_count(len(objects), str(path))
    items = [_read_object(item, f"{path}, object {number}") for number, item in enumerate(objects, 1)]
    return common.make_annotation(image, (size[0], size[1]), items, _NAME)


def _read_object(item: Any, where: str) -> Read:
    corners = item.find("bndbox")
    if corners is None:
        raise FormatError(f"{where}: it has no bndbox; Pascal VOC holds horizontal boxes only.")
    words = [str(corners.findtext(key) or "").strip() for key in _CORNERS]
    x1, y1, x2, y2 = (common.number(word, where) for word in words)
    if x2 <= x1 or y2 <= y1:
        raise FormatError(f"{where}: its corners enclose nothing.")
    box = common.make_box(lambda: Box.from_xyxy(x1, y1, x2, y2), where)
    uncertain = (item.findtext("difficult") or "0").strip() == "1"
    name = (item.findtext("name") or "").strip() or common.NO_CLASS
    return Read(box, name, uncertain=uncertain, extra=common.keep_geometry(_NAME, box, words))


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

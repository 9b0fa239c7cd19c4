"""COCO files of labelled cells, as the trainer and the generator write them and cut them to some of their images."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from karyotrain.data.errors import DataError
from karyoview.core.checked_json import read_json
from karyoview.core.chromosome import CLASS_NAMES
from karyoview.core.plain_files import NotPlainError

Row = dict[str, Any]
MAX_BYTES: Final = 2 << 30


def read_coco(path: Path) -> dict[str, Any]:
    """A COCO document; DataError where the file cannot be read or is none."""
    try:
        document: dict[str, Any] = read_json(path, MAX_BYTES)
        _check(document)
    except NotPlainError as error:
        raise DataError(f"{path}: not a COCO detection file (it is no file); choose another.") from error
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror or error}).") from error
    except (ValueError, AttributeError) as error:
        raise DataError(f"{path}: not a COCO detection file ({error}); export it again.") from error
    return document


def _check(document: Mapping[str, Any]) -> None:
    """ValueError where what is used of a document is not as it must be."""
    try:
        from karyotrain.data.coco_schema import check_coco
    except ImportError:  # a machine that only trains need not have msgspec
        if not {"images", "annotations"} <= document.keys():
            raise ValueError("no images or no annotations") from None
    else:
        check_coco(document)


def rows_by_image(document: Mapping[str, Any]) -> dict[Any, list[Row]]:
    """The annotations of each image's id, crowds left out."""
    found: dict[Any, list[Row]] = {}
    for row in document["annotations"]:
        if not row.get("iscrowd"):
            found.setdefault(row["image_id"], []).append(row)
    return found


def subset(document: Mapping[str, Any], wanted: Callable[[Row], bool]) -> dict[str, Any]:
    """The document with just the images that are ``wanted``, and their annotations."""
    images = [image for image in document["images"] if wanted(image)]
    kept = {image["id"] for image in images}
    return {**document, "images": images, "annotations": [a for a in document["annotations"] if a["image_id"] in kept]}


class CocoDocument:
    """A COCO document that grows image by image; ids are 1, 2, … and category 0 is a chromosome without class."""

    def __init__(self, **members: Any) -> None:
        self.members = members
        self.images: list[Row] = []
        self.annotations: list[Row] = []

    def add_image(self, name: str, size: tuple[int, int], **members: Any) -> None:
        """An image of ``size`` (height, width); boxes that are added next are its own."""
        row = {"id": len(self.images) + 1, "file_name": name, "width": size[1], "height": size[0]}
        self.images.append(row | members)

    def add_box(self, box: Iterable[float], label: int | None, **members: Any) -> None:
        """One chromosome: its horizontal ``box`` x1, y1, x2, y2 and class index 0–23 (None or −1: unknown)."""
        x1, y1, x2, y2 = (float(v) for v in box)
        row: Row = {"id": len(self.annotations) + 1, "image_id": len(self.images), "iscrowd": 0}
        row |= {"category_id": 0 if label is None else label + 1, "bbox": [x1, y1, x2 - x1, y2 - y1]}
        self.annotations.append(row | members)

    def to_dict(self) -> dict[str, Any]:
        """The whole document."""
        categories = [{"id": 0, "name": "chromosome"}, *({"id": i + 1, "name": n} for i, n in enumerate(CLASS_NAMES))]
        found = {"images": self.images, "annotations": self.annotations, "categories": categories}
        return {**self.members, **found}

"""COCO files of labelled cells, as the trainer and the generator write them and cut them to some of their images."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec

from karyotrain.data.errors import DataError
from karyoview.core.checked_json import read_json
from karyoview.core.chromosome import CLASS_NAMES
from karyoview.core.plain_files import NotPlainError

Row = dict[str, Any]
Id = int | float | str

Coordinate = Annotated[float, msgspec.Meta(ge=-1e6, le=1e6)]

MAX_BYTES: Final = 2 << 30


class _Image(msgspec.Struct):
    id: Id
    file_name: str
    width: Annotated[float, msgspec.Meta(ge=0, le=3e4)] | None = None
    height: Annotated[float, msgspec.Meta(ge=0, le=3e4)] | None = None


class _Category(msgspec.Struct):
    id: int
    name: str


class _Annotation(msgspec.Struct):
    image_id: Id
    category_id: Id | None = None
    iscrowd: bool | int | None = None
    bbox: tuple[Coordinate, Coordinate, Coordinate, Coordinate] | None = None
    rotated_box: list[Coordinate] | None = None
    axis: list[tuple[Coordinate, Coordinate]] | None = None

    def __post_init__(self) -> None:
        if self.rotated_box and len(self.rotated_box) != 5:
            raise ValueError("a rotated box is cx, cy, w, h and angle")


class _Coco(msgspec.Struct):
    """What is used of a file; everything beside is left as it is."""

    images: list[_Image]
    annotations: list[_Annotation]
    categories: list[_Category] = []
    scale: Annotated[float, msgspec.Meta(gt=0.01, le=100)] = 1.0


def read_coco(path: Path) -> dict[str, Any]:
    """A COCO document; DataError where the file cannot be read or is none."""
    try:
        document: dict[str, Any] = read_json(path, MAX_BYTES)
        msgspec.convert(document, _Coco)
    except NotPlainError as error:
        raise DataError(f"{path}: not a COCO detection file (it is no file); choose another.") from error
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror or error}).") from error
    except (ValueError, msgspec.ValidationError) as error:
        raise DataError(f"{path}: not a COCO detection file ({error}); export it again.") from error
    return document


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

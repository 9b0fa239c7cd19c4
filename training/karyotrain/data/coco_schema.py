"""What is used of a COCO file, and of which kinds and sizes it may be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

Id = int | float | str
Coordinate = Annotated[float, msgspec.Meta(ge=-1e6, le=1e6)]


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


def check_coco(document: Mapping[str, Any]) -> None:
    """ValueError (msgspec.ValidationError is one) where a document is not as it must be."""
    msgspec.convert(document, _Coco)

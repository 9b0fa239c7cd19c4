"""LabelMe (5 and later): one JSON file an image, rectangles and polygons.

A horizontal box is a ``rectangle``, a rotated one a ``polygon`` of its corners from p-left on. What
LabelMe has no word for stands under the key ``karyoview``, which LabelMe keeps. ``imageData`` is never
written and never read.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from karyoview.core.annotation import Chromosome, ImageAnnotation, PredictedChromosome, ReviewedChromosome, ReviewState
from karyoview.core.errors import KaryoViewError
from karyoview.core.geometry import Box
from karyoview.io.formats import common
from karyoview.io.formats.common import Format, FormatError, Read
from karyoview.io.formats.remarks import attempt, tell

_NAME: Final = "labelme"
_VERSION: Final = "5.5.0"


def read(path: Path, images: Path | None) -> list[ImageAnnotation]:
    """A LabelMe file, or all of a folder (JSON files of other kinds in it are errors)."""
    files = common.list_files(path, ".json")
    if path.is_dir():
        files = [f for f in files if "karyoview" not in f.relative_to(path).parts[:-1]]
    read_files = (attempt(lambda f=file: _read_one(f, path)) for file in files)  # type: ignore[misc]
    return [annotation for annotation in read_files if annotation is not None]


def _read_one(path: Path, root: Path) -> ImageAnnotation:
    document = common.as_object(common.read_json(path), str(path))
    shapes = common.as_list(document.get("shapes"), f"{path}: shapes")
    common.check_count(len(shapes), str(path))
    image = common.plain_name(document.get("imagePath") or f"{path.stem}.png", str(path))
    size = tuple(int(common.number(document.get(k) or 0, f"{path}: {k}")) for k in ("imageHeight", "imageWidth"))
    own = document.get("karyoview")
    own = own if isinstance(own, dict) else {}
    items = common.each(shapes, _read_shape, f"{path}, shape")
    try:
        return common.make_annotation(
            image,
            (size[0], size[1]),
            items,
            _NAME,
            state=ReviewState(own["state"]) if own.get("state") in set(ReviewState) else None,
            reason=str(own.get("reason", "")),
            notes=str(own.get("notes", "")),
            folder=common.folder_of(path, root),
        )
    except FormatError:
        raise
    except KaryoViewError as error:
        raise FormatError(f"{path}: {error}") from error


def _read_shape(shape: object, where: str) -> Read:
    record = common.as_object(shape, where)
    points = []
    for point in common.as_list(record.get("points"), f"{where}: points")[: common.MAX_ITEMS_PER_IMAGE]:
        if not isinstance(point, list) or len(point) != 2:
            raise FormatError(f"{where}: a point needs x and y.")
        points.append((common.number(point[0], where), common.number(point[1], where)))
    kind = record.get("shape_type", "polygon")
    if kind == "rectangle" and len(points) in (2, 4):
        (x1, y1), (x2, y2) = points[0], points[2 if len(points) == 4 else 1]
        box = common.make_box(lambda: Box.from_xyxy(x1, y1, x2, y2), where)
    elif kind in ("polygon", "oriented_rectangle", "rotation") and len(points) == 4:
        box = common.quad_box(points, where)
    elif kind in ("polygon", "linestrip") and len(points) > 2:
        box = common.polygon_box(points, where)
    else:
        raise FormatError(f"{where}: a {str(kind)[:20]!r} of {len(points)} points is no box; draw a rectangle instead.")
    own = record.get("karyoview")
    own = own if isinstance(own, dict) else {}
    if record.get("mask"):
        tell(f"{where}: its mask was not taken; the box around it was.")
    elif len(points) > 4:
        tell(f"{where}: of its outline of {len(points)} points the box around it was taken.")
    score = own.get("score", record.get("score"))
    polarity = own.get("polarity")
    return Read(
        box,
        str(record.get("label", "")) or common.NO_CLASS,
        None if score is None else common.number(score, f"{where}: score"),
        own.get("uncertain") is True,
        None if polarity is None else common.number(polarity, f"{where}: polarity"),
        extra=common.keep_geometry(_NAME, box, {"points": [list(p) for p in points], "shape_type": kind}),
    )


def write(annotations: Sequence[ImageAnnotation]) -> dict[str, bytes]:
    """``<image>.json`` for each image."""
    return {file: _write_one(a) for file, a in common.file_per_image(annotations, ".json").items()}


def _write_one(annotation: ImageAnnotation) -> bytes:
    own: dict[str, Any] = {"state": str(annotation.state)}
    own |= {key: getattr(annotation, key) for key in ("reason", "notes") if getattr(annotation, key)}
    return common.dump_json(
        {
            "version": _VERSION,
            "flags": {},
            "shapes": [_write_shape(item) for item in annotation.chromosomes],
            "imagePath": annotation.image,
            "imageData": None,
            "imageHeight": annotation.size[0],
            "imageWidth": annotation.size[1],
            "karyoview": own,
        }
    )


def _write_shape(item: Chromosome) -> dict[str, Any]:
    kept = common.kept_geometry(_NAME, item)
    if kept is None:
        rows = item.box.corners().tolist()
        kept = {"points": rows, "shape_type": "polygon"}
        if not item.box.is_rotated:
            x1, y1, x2, y2 = item.box.to_xyxy()
            kept = {"points": [[x1, y1], [x2, y2]], "shape_type": "rectangle"}
    own: dict[str, Any] = {}
    if isinstance(item, PredictedChromosome):
        own["score"] = item.score
    if isinstance(item, ReviewedChromosome) and item.uncertain:
        own["uncertain"] = True
    if item.polarity is not None:
        own["polarity"] = item.polarity
    shape = {"label": common.label_text(item), "points": kept["points"], "group_id": None, "description": ""}
    return shape | {"shape_type": kept["shape_type"], "flags": {}, "mask": None} | ({"karyoview": own} if own else {})


FORMAT: Final = Format(
    _NAME,
    "LabelMe",
    frozenset(
        {"class", "none", "rotated", "direction", "score", "uncertain", "polarity", "state", "notes", "size", "outside"}
    ),
    read,
    write,
)

"""Masks, centre lines and rotated boxes for chromosomes that have only horizontal boxes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from karyoview.case.case import Case
from karyoview.core.annotation import Chromosome, ImageAnnotation
from karyoview.core.chromosome import CLASSES
from karyoview.core.errors import KaryoViewError
from karyoview.core.image import MetaphaseImage
from karyoview.core.runlength import encode_mask
from karyoview.imaging.masks import InstanceMask, masks_from_boxes
from karyoview.io.formats import read_annotations
from karyoview.io.images import read_image


@dataclass(frozen=True, slots=True, eq=False)
class Outlined:
    """One image with what was found in it: ``masks`` belong to ``annotation.chromosomes``, in order."""

    annotation: ImageAnnotation
    image: MetaphaseImage
    masks: tuple[InstanceMask, ...]


def outline(annotation: ImageAnnotation, image: MetaphaseImage) -> Outlined:
    """Masks for all boxes of one image; the boxes decide together, so none may be left out."""
    boxes = [c.box.capsule_bounds().to_xyxy() for c in annotation.chromosomes]
    return Outlined(annotation, image, tuple(masks_from_boxes(image.to_uint8(), boxes)))


def outlines_of_case(case: Case) -> Iterator[Outlined]:
    """Every cell of a case that has a box, as a person left it."""
    for cell in case.cells:
        annotation = case.annotation(cell.image)
        if annotation.chromosomes:
            yield outline(annotation, case.read_image(cell.image))


def outlines_of_coco(path: Path, images: Path) -> Iterator[Outlined]:
    """Every image of a COCO file that has a box; ``images`` is the folder of the pictures."""
    for annotation in read_annotations(path, "coco", images=images):
        if annotation.chromosomes:
            yield outline(annotation, read_image(images / annotation.image))


def completed(found: Outlined) -> ImageAnnotation:
    """The annotation with masks and centre lines where they are certain and nobody drew one; boxes stay as they are."""
    height, width = found.image.height, found.image.width

    def complete(item: Chromosome, mask: InstanceMask) -> Chromosome:
        if item.mask or not mask.certain:
            return item
        axis = item.axis or tuple((float(x), float(y)) for x, y in mask.axis)
        return replace(item, mask=encode_mask(mask.full(height, width)), axis=axis)

    items = tuple(complete(c, m) for c, m in zip(found.annotation.chromosomes, found.masks, strict=True))
    return replace(found.annotation, chromosomes=items)


def save_in_case(case: Case, found: Outlined) -> int:
    """Store the new masks of one image in its case, as one recorded edit; → how many."""
    after = completed(found)
    new = sum(a.mask != b.mask for a, b in zip(after.chromosomes, found.annotation.chromosomes, strict=True))
    if new:
        case.save_annotation(after.next_revision(), "masks found inside the boxes", {"masks": new})
    return new


def coco_document(found: Sequence[Outlined], case: str) -> dict[str, Any]:
    """COCO with ``segmentation``, ``rotated_box``, ``axis`` of certain masks, and ``mask_confidence`` of all.

    Directions are not known: ``polarity_known`` is false unless a person gave the rotated box.
    Training ignores the places of the uncertain ones.
    """
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for number, one in enumerate(found, 1):
        height, width = one.image.height, one.image.width
        images.append({"id": number, "file_name": one.annotation.image, "width": width, "height": height, "case": case})
        for item, mask in zip(one.annotation.chromosomes, one.masks, strict=True):
            row = _row(item, mask, (height, width))
            annotations.append({"id": len(annotations) + 1, "image_id": number, **row})
    unnamed = [{"id": 0, "name": "chromosome"}] if any(a["category_id"] == 0 for a in annotations) else []
    categories = unnamed + [{"id": c.index + 1, "name": c.name, "supercategory": "chromosome"} for c in CLASSES]
    return {"images": images, "annotations": annotations, "categories": categories}


def _row(item: Chromosome, mask: InstanceMask, size: tuple[int, int]) -> Mapping[str, Any]:
    x1, y1, x2, y2 = item.box.capsule_bounds().to_xyxy()
    row: dict[str, Any] = {
        "category_id": 0 if item.label is None else item.label + 1,
        "bbox": [x1, y1, x2 - x1, y2 - y1],
        "area": int(mask.mask.sum()),
        "iscrowd": 0,
        "mask_confidence": round(mask.confidence, 3),
        "isolated": mask.isolated,
    }
    if item.box.is_rotated or mask.certain:
        box = item.box if item.box.is_rotated else mask.box
        row["rotated_box"] = [round(float(v), 4) for v in box.to_array()]
        row["polarity_known"] = item.box.is_rotated
    if item.mask or mask.certain:
        row["segmentation"] = {"size": list(size), "counts": item.mask or encode_mask(mask.full(*size))}
        row["axis"] = [[round(float(x), 2), round(float(y), 2)] for x, y in (item.axis or mask.axis)]
    return row


def check_source(path: Path) -> Callable[[], Iterator[Outlined]] | None:
    """How to read a COCO file, None for the folder of a case; raises KaryoViewError for anything else."""
    if path.is_dir():
        return None
    if path.suffix.lower() != ".json" or not path.is_file():
        raise KaryoViewError(f"{path} is neither a case folder nor a COCO file; give one of these.")
    beside = path.parent / "images"
    images = beside if beside.is_dir() else path.parent
    return lambda: outlines_of_coco(path, images)

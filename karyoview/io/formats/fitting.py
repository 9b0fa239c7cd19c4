"""Annotations brought to their pictures: turned where they were made before an EXIF turn, scaled where the picture was
another size, and objects outside the picture left out.
"""

from __future__ import annotations

import math
from dataclasses import replace

from karyoview.core.annotation import Chromosome, ImageAnnotation
from karyoview.core.geometry import Box
from karyoview.io.formats.common import FormatError
from karyoview.io.formats.remarks import leave_out, tell

Size = tuple[int, int]
_SAME_SHAPE = 0.01  # relative difference of the two scales up to which a picture counts as the same one, resized
_LEAST_INSIDE = 0.1  # share of a box that has to lie in the picture


def fit_to_picture(annotation: ImageAnnotation, size: Size, orientation: int = 1) -> ImageAnnotation:
    """The annotation for an upright picture of ``size`` (height, width), and a word where it had to be changed.

    ``orientation`` is the EXIF orientation (1–8) by which the file's pixels were turned upright. Raises FormatError
    where the stated size cannot be this picture's.
    """
    stated = annotation.size
    if 0 in size:
        return annotation
    if stated == (0, 0):
        annotation = replace(annotation, size=size)
    elif stated != size:
        annotation = _changed(annotation, stated, size, orientation)
    return _inside(annotation, size)


def misfits(annotation: ImageAnnotation, size: Size) -> list[str]:
    """What does not fit a picture of ``size``, one phrase each: another stated size, boxes outside. Changes nothing."""
    found = []
    if annotation.size not in ((0, 0), size):
        found.append(
            f"the boxes were made for {annotation.size[1]} × {annotation.size[0]} pixels, the picture has "
            f"{size[1]} × {size[0]}"
        )
    outside = sum(_share_inside(c.box, size) < _LEAST_INSIDE for c in annotation.chromosomes)
    if outside:
        found.append(f"{outside} box{'es lie' if outside > 1 else ' lies'} outside the picture")
    return found


def _changed(annotation: ImageAnnotation, stated: Size, size: Size, orientation: int) -> ImageAnnotation:
    if stated == size[::-1] and orientation in (5, 6, 7, 8):
        tell(
            f"{annotation.image}: its boxes were made before the picture was turned upright "
            f"({stated[1]} × {stated[0]} pixels); they were turned with it."
        )
        items = tuple(_moved(c, _turned(c.box, stated, orientation)) for c in annotation.chromosomes)
        return _of_size(annotation, items, size)
    across, down = size[1] / stated[1] if stated[1] else 0.0, size[0] / stated[0] if stated[0] else 0.0
    # A picture that was resized is rounded to whole pixels, which matters where it is small.
    slack = _SAME_SHAPE + 1 / min(*size, *stated) if min(*size, *stated) else 0.0
    if across <= 0 or down <= 0 or abs(across / down - 1) > slack:
        raise FormatError(
            f"{annotation.image}: its boxes were made for a picture of {stated[1]} × {stated[0]} pixels, and this one "
            f"has {size[1]} × {size[0]}; find the picture that was annotated."
        )
    tell(
        f"{annotation.image}: its boxes were made for {stated[1]} × {stated[0]} pixels and were scaled to "
        f"{size[1]} × {size[0]}."
    )
    factor = math.sqrt(across * down)
    items = tuple(_moved(c, _scaled(c.box, across, down, factor)) for c in annotation.chromosomes)
    return _of_size(annotation, items, size)


def _of_size(annotation: ImageAnnotation, items: tuple[Chromosome, ...], size: Size) -> ImageAnnotation:
    masks = sum(bool(c.mask) for c in annotation.chromosomes)
    if masks:
        tell(f"{annotation.image}: {masks} masks were left out, since they are of the other size.")
    return replace(annotation, size=size, chromosomes=items)


def _moved(item: Chromosome, box: Box) -> Chromosome:
    return replace(item, box=box, mask="", axis=())


def _scaled(box: Box, across: float, down: float, factor: float) -> Box:
    if box.is_rotated:
        return Box.rotated(box.cx * across, box.cy * down, box.w * factor, box.h * factor, box.angle)
    return Box(box.cx * across, box.cy * down, box.w * across, box.h * down)


def _turned(box: Box, stated: Size, orientation: int) -> Box:
    """A box of the stored picture on the upright one (orientations 5 to 8, which exchange width and height)."""
    height, width = stated
    x, y = box.cx, box.cy
    place = {5: (y, x), 6: (height - y, x), 7: (height - y, width - x), 8: (y, width - x)}[orientation]
    if not box.is_rotated:
        return Box(*place, box.h, box.w)
    from karyoview.core.geometry import box_from_corners

    corners = [_point((float(u), float(v)), stated, orientation) for u, v in box.corners()]
    if orientation in (5, 7):
        # A mirrored picture exchanges left and right of the axis; the p end stays first.
        corners = [corners[1], corners[0], corners[3], corners[2]]
    return box_from_corners(corners)


def _point(point: tuple[float, float], stated: Size, orientation: int) -> tuple[float, float]:
    height, width = stated
    x, y = point
    return {5: (y, x), 6: (height - y, x), 7: (height - y, width - x), 8: (y, width - x)}[orientation]


def _inside(annotation: ImageAnnotation, size: Size) -> ImageAnnotation:
    """Without the objects that lie (nearly) wholly outside the picture, each said."""
    kept = []
    for number, item in enumerate(annotation.chromosomes, 1):
        if _share_inside(item.box, size) >= _LEAST_INSIDE:
            kept.append(item)
        else:
            where = f"{annotation.image}, object {number}"
            leave_out(FormatError(f"{where}: it lies outside the picture of {size[1]} × {size[0]} pixels."))
    return annotation if len(kept) == len(annotation.chromosomes) else replace(annotation, chromosomes=tuple(kept))


def _share_inside(box: Box, size: Size) -> float:
    x1, y1, x2, y2 = box.capsule_bounds().to_xyxy()
    area = (x2 - x1) * (y2 - y1)
    wide = min(x2, size[1]) - max(x1, 0.0)
    tall = min(y2, size[0]) - max(y1, 0.0)
    return max(wide, 0.0) * max(tall, 0.0) / area if area > 0 else 0.0

"""Cutting chromosomes out: a mask and a centre line for each box, rotated or not, of one cell.

Rotated boxes say which of two crossing chromosomes is meant, horizontal ones leave it to the centre
lines of :mod:`karyoview.imaging.masks`; whose pixels are whose then says the network of
:mod:`karyoview.imaging.ownership`. Pixels where chromosomes cross belong to both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from karyoview.core.annotation import Chromosome
from karyoview.core.errors import KaryoViewError
from karyoview.core.geometry import Box, boxes_to_array, capsule_bounds, corners, iou_rotated
from karyoview.core.runlength import decode_mask
from karyoview.imaging.axis import FloatArray, centre_line, extended_line, line_length
from karyoview.imaging.masks import BoolArray, GreyArray, InstanceMask, find_foreground, masks_from_boxes
from karyoview.imaging.normalization import dark_on_light
from karyoview.imaging.ownership import own_masks, shipped_net

_GROW = 1.15  # a person's box is rarely exact; the foreground decides the outline
_STRAIGHT = 1.65  # widths of a typical chromosome up to which a box holds a straight one and nothing else
_ROUND = 1.15  # how far beyond its box a strip's rounded ends and sides may reach
_CROSSING = 0.2  # sine of the angle from which two boxes cross and do not lie side by side
_SHARED = 0.85  # share of both widths within which crossing chromosomes both have their pixels
_STUB = 1.05  # widths from its axis beyond which a mask holds a piece of a neighbour
_LEAST_STUB = 0.02  # share of a mask that is worth cutting off
_FLANK = 0.65  # widths from its axis to which it is cut back beside such a piece
_NOTHING = np.zeros((1, 1), dtype=np.bool_)
_AGREE = 0.5  # IoU with the given box from which the centre lines' choice is believed


def cut_out(image: GreyArray, boxes: Sequence[Box]) -> list[InstanceMask]:
    """One mask for each box, its axis running from the p end to the q end of the box.

    ``image`` is (H, W) uint8; one that is bright on dark is read inverted. The masks keep the boxes as given; a box
    over empty ground gets its capsule with confidence 0, so that nothing is lost. A horizontal box wider than
    high has its axis along x.
    """
    if not boxes:
        return []
    grey, _ = dark_on_light(image)
    rows = boxes_to_array(boxes)
    rotated = np.array([b.is_rotated for b in boxes])
    bounds = np.where(rotated[:, None], capsule_bounds(rows), [b.to_xyxy() for b in boxes])
    front = find_foreground(grey, bounds)
    net = shipped_net()
    if net is None or not rotated.all():
        # the centre lines tell which of two crossing chromosomes an upright box means
        found = masks_from_boxes(grey, bounds)
        rows = np.where(rotated[:, None], rows, [m.box.to_array() for m in found])
    else:
        found = [_cropped(_NOTHING, b) for b in boxes]
    owned = {} if net is None else own_masks(front, rows, net)
    parted = []
    for i, box in enumerate(boxes):
        if i in owned:
            mask, x, y, sure = owned[i]
            parted.append(replace(found[i], mask=mask, x=x, y=y, confidence=max(sure, found[i].confidence)))
        else:
            parted.append(_within(front.mask, front.width, i, rows, found[i]) if box.is_rotated else found[i])
    whole = [_finished(mask, box, front.width) for mask, box in zip(parted, boxes, strict=True)]
    return [without_stubs(mask, box, front.width) for mask, box in zip(whole, boxes, strict=True)]


def masks_of(image: GreyArray, chromosomes: Sequence[Chromosome]) -> list[InstanceMask]:
    """The masks of an annotation's chromosomes: those a person or an engine stored, the others cut out."""
    found = cut_out(image, [c.box for c in chromosomes])
    height, width = image.shape
    result = []
    for mask, item in zip(found, chromosomes, strict=True):
        if item.mask:
            try:
                whole = decode_mask(item.mask, (height, width))
            except KaryoViewError:
                result.append(mask)
                continue
            if whole.any():
                mask = _finished(replace(_cropped(whole, mask.box), confidence=1.0), item.box, _width_of(whole))
        if len(item.axis) > 1 and not item.box.is_rotated:
            # a stored line is as rough as the outline it was found with; what it knows is which end is p
            way = np.subtract(item.axis[0], item.axis[-1])
            if float((mask.axis[0] - mask.axis[-1]) @ way) < 0:
                mask = replace(mask, axis=np.ascontiguousarray(mask.axis[::-1]))
        result.append(mask)
    return result


def paint(mask: BoolArray, stroke: Sequence[tuple[float, float]], radius: float, add: bool = True) -> BoolArray:
    """A mask (H, W) with a brush stroke (x, y points) added or taken away."""
    canvas = np.zeros(mask.shape, dtype=np.uint8)
    points = np.rint(np.asarray(stroke, dtype=np.float64)).astype(np.int32).reshape(-1, 1, 2)
    cv2.polylines(canvas, [points], False, 1, max(round(2 * radius), 1))
    for x, y in points[:, 0]:
        cv2.circle(canvas, (int(x), int(y)), max(round(radius), 1), 1, -1)
    return np.asarray(mask | (canvas > 0) if add else mask & (canvas == 0), dtype=bool)


def split_mask(mask: BoolArray, stroke: Sequence[tuple[float, float]]) -> tuple[BoolArray, BoolArray]:
    """Both sides of a mask (H, W) along the line from the first to the last point of a stroke.

    Raises KaryoViewError when the stroke leaves nothing on one side.
    """
    points = np.asarray(stroke, dtype=np.float64).reshape(-1, 2)
    if len(points) >= 2:
        (x1, y1), (x2, y2) = points[0], points[-1]
        yy, xx = np.mgrid[: mask.shape[0], : mask.shape[1]]
        side = (x2 - x1) * (yy - y1) - (y2 - y1) * (xx - x1) > 0
        first, second = mask & side, mask & ~side
        if first.any() and second.any():
            return np.asarray(first, dtype=bool), np.asarray(second, dtype=bool)
    raise KaryoViewError("The stroke does not cross the chromosome; draw it from one side to the other.")


def _within(front: BoolArray, width: float, i: int, rows: FloatArray, found: InstanceMask) -> InstanceMask:
    """The mask of rotated box ``i``: a narrow box's own strip, else the centre lines' choice where it fits the box."""
    height, full = front.shape
    grown = rows[i].copy()
    grown[2:4] = grown[2:4] * _GROW + 2.0
    agree = float(iou_rotated(found.box.to_array()[None], rows[i : i + 1])[0, 0])
    if min(rows[i, 2], rows[i, 3]) > _STRAIGHT * width:
        inside = _polygon(grown, (height, full))
        whole = found.full(height, full) & inside
        if agree >= _AGREE and whole.sum() >= 0.3 * (front & _polygon(rows[i], (height, full))).sum():
            return replace(_cropped(whole, found.box), axis=found.axis, confidence=max(found.confidence, agree))
    x1, y1, x2, y2 = _bounds(grown, (height, full))
    mask = _strip(front, width, i, rows, grown, (x1, y1, x2, y2))
    if mask.sum() < 4:
        return replace(_cropped(_capsule(rows[i], (height, full)), found.box), axis=np.zeros((0, 2)), confidence=0.0)
    count, labels = cv2.connectedComponents(mask.astype(np.uint8))
    sizes = np.bincount(labels.ravel(), minlength=count)[1:]
    part = _cropped(labels == 1 + int(np.argmax(sizes)), found.box)
    sure = max(found.confidence, agree) if agree >= _AGREE else min(found.confidence, 0.5)
    axis = found.axis if agree >= _AGREE else np.zeros((0, 2))
    return replace(part, x=part.x + x1, y=part.y + y1, axis=axis, confidence=sure)


def _strip(
    front: BoolArray, width: float, i: int, rows: FloatArray, grown: FloatArray, crop: tuple[int, int, int, int]
) -> BoolArray:
    """The foreground in the strip of box ``i`` within a crop: half of what lies between boxes, all where they cross.

    Distances count in widths of the own box, so that a broad chromosome is not narrowed by a slender neighbour.
    """
    x1, y1, x2, y2 = crop
    own = _axis_distance(rows[i], (y2 - y1, x2 - x1), (x1, y1))
    breadth = max(min(rows[i, 2], rows[i, 3]), 0.6 * width)
    mask = front[y1:y2, x1:x2] & (own <= _ROUND * breadth / 2)
    reach = np.hypot(*(rows[:, :2] - rows[i, :2]).T) < (np.hypot(*grown[2:4]) + np.hypot(*rows[:, 2:4].T)) / 2
    for j in np.flatnonzero(reach):
        if j == i or not iou_rotated(grown[None], rows[j : j + 1])[0, 0]:
            continue
        theirs = _axis_distance(rows[j], mask.shape, (x1, y1))
        other = max(min(rows[j, 2], rows[j, 3]), 0.6 * width)
        shared = np.zeros_like(mask)
        if abs(np.sin(rows[i, 4] - rows[j, 4])) > _CROSSING:
            shared = (own <= _SHARED * breadth / 2) & (theirs <= _SHARED * other / 2)
        mask &= (own / breadth <= theirs / other) | shared
    return np.asarray(mask, dtype=np.bool_)


def _finished(mask: InstanceMask, box: Box, width: float) -> InstanceMask:
    """The mask with the box as given, and an axis from p to q that reaches both ends; ``width`` is a typical one."""
    kept = box if box.is_rotated else mask.box
    straight = _box_line(kept if kept.is_rotated else box)
    line = np.asarray(mask.axis, dtype=np.float64).reshape(-1, 2)
    if line_length(line) < 0.6 * max(mask.box.h, mask.box.w):
        # a narrow box holds one that is nearly straight: its middle is found from the box's own axis
        line = straight if min(kept.w, kept.h) <= _STRAIGHT * width else np.zeros((0, 2))
    corner = np.array([mask.x, mask.y], dtype=np.float64)
    if mask.confidence > 0.0:
        line = centre_line(mask.mask, line - corner if len(line) else None) + corner
    # The medial axis of a short, plump chromosome tilts towards its corners; a drawn box knows better.
    plump = box.is_rotated and line_length(line) ** 2 < 2.2 * float(mask.mask.sum())
    if len(line) < 2 or mask.confidence == 0.0 or plump:
        line = extended_line(straight - corner, mask.mask) + corner
    if (line[0] - line[-1]) @ _p_of(box) < 0:
        line = line[::-1]
    return replace(mask, box=kept, axis=np.ascontiguousarray(line))


def without_stubs(mask: InstanceMask, box: Box, width: float) -> InstanceMask:
    """The mask without what stands out beside its axis: arms of a neighbour, the rim of a nucleus."""
    length = line_length(mask.axis)
    area = int(mask.mask.sum())
    if mask.confidence == 0.0 or length**2 < 2.2 * area:
        return mask
    breadth = area / length
    beside = mask.mask & ~_band(mask, 2 * _STUB * breadth)
    if beside.sum() < max(_LEAST_STUB * area, 3.0):
        return mask
    size = 2 * round((_STUB - _FLANK) * breadth + 1) + 1
    about = cv2.dilate(beside.astype(np.uint8), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))) > 0
    kept = mask.mask & ~(about & ~_band(mask, 2 * _FLANK * breadth))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(kept.astype(np.uint8), connectivity=8)
    if len(stats) < 2:
        return mask
    best = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    left, top, wide, high, _ = (int(v) for v in stats[best])
    crop = np.ascontiguousarray(labels[top : top + high, left : left + wide] == best)
    return _finished(replace(mask, mask=crop, x=mask.x + left, y=mask.y + top), box, width)


def _band(mask: InstanceMask, breadth: float) -> BoolArray:
    """The pixels of a mask's crop within half a breadth of its axis."""
    canvas = np.zeros(mask.mask.shape, np.uint8)
    points = np.rint((mask.axis - [mask.x + 0.5, mask.y + 0.5]) * 16).astype(np.int32).reshape(-1, 1, 2)
    cv2.polylines(canvas, [points], False, 1, max(round(breadth), 1), cv2.LINE_8, 4)
    return np.asarray(canvas > 0, dtype=np.bool_)


def _width_of(whole: BoolArray) -> float:
    """Twice the greatest distance of a mask's pixels to its edge."""
    return 2.0 * float(cv2.distanceTransform(whole.astype(np.uint8), cv2.DIST_L2, 3).max())


def _p_of(box: Box) -> FloatArray:
    """Direction to the p end; a horizontal box has none and takes up, or left where it is wider than high."""
    if not box.is_rotated:
        return np.array([-1.0, 0.0]) if box.w > box.h else np.array([0.0, -1.0])
    return np.array(box.p_direction)


def _box_line(box: Box) -> FloatArray:
    half = _p_of(box) * (box.h if box.is_rotated else max(box.w, box.h)) / 2
    centre = np.array(box.centre)
    return np.stack([centre + half, centre, centre - half])


def _cropped(whole: BoolArray, box: Box) -> InstanceMask:
    ys, xs = np.nonzero(whole)
    if len(ys) == 0:
        return InstanceMask(np.zeros((1, 1), dtype=bool), 0, 0, 0.0, False, False, box, np.zeros((0, 2)))
    x1, y1 = int(xs.min()), int(ys.min())
    crop = whole[y1 : ys.max() + 1, x1 : xs.max() + 1]
    return InstanceMask(np.ascontiguousarray(crop), x1, y1, 0.5, False, False, box, np.zeros((0, 2)))


def _polygon(row: FloatArray, shape: tuple[int, int]) -> BoolArray:
    canvas = np.zeros(shape, dtype=np.uint8)
    cv2.fillPoly(canvas, [np.rint(corners(row[None])[0] - 0.5).astype(np.int32)], 1)
    return np.asarray(canvas > 0, dtype=np.bool_)


def _capsule(row: FloatArray, shape: tuple[int, int]) -> BoolArray:
    return np.asarray(_axis_distance(row, shape) <= max(min(row[2], row[3]) / 2, 1.0), dtype=np.bool_)


def _bounds(row: FloatArray, shape: tuple[int, int]) -> tuple[int, int, int, int]:
    """Whole pixels x1, y1, x2, y2 around a rotated box, within the image and at least one pixel."""
    points = corners(row[None])[0]
    x1, y1 = (int(np.clip(np.floor(points[:, k].min()), 0, shape[1 - k] - 1)) for k in (0, 1))
    x2, y2 = (int(np.clip(np.ceil(points[:, k].max()) + 1, 1, shape[1 - k])) for k in (0, 1))
    return x1, y1, max(x2, x1 + 1), max(y2, y1 + 1)


def _axis_distance(
    row: FloatArray, shape: tuple[int, ...], corner: tuple[int, int] = (0, 0)
) -> npt.NDArray[np.float64]:
    """Distance of every pixel's centre to the axis of a rotated box, its half width left off at both ends.

    ``shape`` (height, width) of the crop whose left upper pixel is ``corner``.
    """
    xx = np.arange(shape[1])[None] + corner[0] + 0.5
    yy = np.arange(shape[0])[:, None] + corner[1] + 0.5
    s, c = np.sin(row[4]), np.cos(row[4])
    dx, dy = xx - row[0], yy - row[1]
    along, across = -dx * s + dy * c, dx * c + dy * s
    beyond = np.clip(np.abs(along) - max(row[3] - row[2], 0.0) / 2, 0.0, None)
    return np.asarray(np.hypot(across, beyond))

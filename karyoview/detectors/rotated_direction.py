"""Which end of a rotated box is p, for engines that name no classes: over all classes that its bands allow.

A box is cut along the centre line of the chromosome's mask where one is found that fits the box, else
along the box itself. How likely each class is, :mod:`karyoview.detectors.orientation` says by the band profile, and
:mod:`karyoview.imaging.direction` which end of each class is p; without its weights the profile says that too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from karyoview.core.geometry import Box, boxes_to_array, capsule_bounds, iou_rotated
from karyoview.detectors.orientation import ClassFree
from karyoview.imaging.aligned import aligned_crop, axis_length, cell_scale, chromosome_axis
from karyoview.imaging.direction import crop_profile, shipped_direction_net
from karyoview.imaging.masks import InstanceMask, find_foreground, masks_from_boxes

_FITS: Final = 0.5
_TRUSTED: Final = 0.3
_MANY: Final = 20
"""Chromosomes from which on their median length is the cell's, not that of the part that is seen."""

FloatArray = npt.NDArray[np.float64]


def p_probabilities(
    grey: npt.NDArray[np.uint8], boxes: Sequence[Box], reliable: npt.NDArray[np.bool_], known: ClassFree
) -> FloatArray:
    """Probability (N,) that the end which each box calls p is p; 0.5 where nothing can be told.

    ``grey`` (H, W) uint8 with dark chromosomes; ``boxes`` rotated, in its pixels. Only ``reliable`` (N,)
    ones are outlined together and set the cell's median length; the others are cut straight.
    """
    probabilities = np.full(len(boxes), 0.5)
    if len(boxes) == 0:
        return probabilities
    masks = _masks(grey, boxes, reliable)
    sure = [m for m, own in zip(masks, reliable, strict=True) if own] or masks
    scale = cell_scale(grey, sure)
    usual = float(np.median([_length(m) for m in sure])) if len(sure) >= _MANY else None
    learnt = shipped_direction_net()
    for k, (mask, box) in enumerate(zip(masks, boxes, strict=True)):
        crop = aligned_crop(grey, mask, scale)
        profile, length = crop_profile(crop), _length(mask) / usual if usual else None
        if profile is None:
            continue
        if learnt is None:
            upper = known.upright_probability(profile, length)
        else:
            upper = float(learnt.upright_probabilities([crop], known.classes(profile, length)[None])[0])
        line = chromosome_axis(mask)
        probabilities[k] = upper if float(np.dot(line[0] - line[-1], box.p_direction)) >= 0 else 1.0 - upper
    return probabilities


def _masks(grey: npt.NDArray[np.uint8], boxes: Sequence[Box], reliable: npt.NDArray[np.bool_]) -> list[InstanceMask]:
    """A mask for each box: its outline where that fits the box, else what is dark inside the box."""
    height, width = grey.shape
    limit = np.array([width, height, width, height], dtype=np.float64)
    rows = boxes_to_array(boxes)
    bounds = np.clip(capsule_bounds(rows), 0, limit)
    room = (bounds[:, 2:] - bounds[:, :2] >= 4).all(1)
    outlined_rows = np.flatnonzero(reliable & room)
    outlined = masks_from_boxes(grey, bounds[outlined_rows]) if len(outlined_rows) else []
    by_box = dict(zip(outlined_rows.tolist(), outlined, strict=True))
    dark = find_foreground(grey, bounds[room] if room.any() else None).mask
    found = []
    for k, box in enumerate(boxes):
        mask = by_box.get(k)
        fits = mask is not None and mask.confidence >= _TRUSTED
        if mask is None or not fits or float(iou_rotated(boxes_to_array([mask.box]), rows[k : k + 1])[0, 0]) < _FITS:
            mask = _straight(box, dark)
        found.append(mask)
    return found


def _straight(box: Box, dark: npt.NDArray[np.bool_]) -> InstanceMask:
    """What is dark in a rotated box, with the box's own axis."""
    corners = np.asarray(box.corners(), dtype=np.float64)
    x, y = (int(v) for v in np.floor(corners.min(0)))
    w, h = (int(v) + 2 for v in np.ceil(corners.max(0) - (x, y)))
    inside = np.zeros((h, w), np.uint8)
    cv2.fillConvexPoly(inside, np.rint(corners - (x, y)).astype(np.int32), 1)
    own = np.zeros((h, w), np.bool_)
    top, left = max(-y, 0), max(-x, 0)
    bottom, right = min(h, dark.shape[0] - y), min(w, dark.shape[1] - x)
    if bottom > top and right > left:
        own[top:bottom, left:right] = dark[y + top : y + bottom, x + left : x + right]
    mask = inside.astype(np.bool_)
    if (mask & own).sum() >= 4:
        mask = mask & own
    # what lies outside the picture has no pixels to read
    mask = mask[top : max(bottom, top + 1), left : max(right, left + 1)]
    x, y = x + left, y + top
    return InstanceMask(mask, x, y, 0.0, False, False, box, np.zeros((0, 2)))


def _length(mask: InstanceMask) -> float:
    return max(axis_length(chromosome_axis(mask)), 1.0)

"""How good masks inside boxes are where the truth is known: IoU of masks and boxes, by certainty and overlap."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from karyoview.core.geometry import Box, boxes_to_array, intersection_xyxy, iou_rotated
from karyoview.imaging.masks import InstanceMask, boxes_of, masks_from_boxes

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]


def measure_masks(
    image: npt.NDArray[np.uint8], boxes: FloatArray, truths: Sequence[BoolArray], rotated: Sequence[Box]
) -> FloatArray:
    """One row a chromosome: mask IoU, rotated IoU, confidence, certain, isolated, Σ IoG with the other boxes.

    ``image`` (H, W) uint8, ``boxes`` (N, 4) xyxy, ``truths`` N masks (H, W), ``rotated`` the true boxes.
    """
    found = masks_from_boxes(image, boxes)
    height, width = image.shape
    mask_iou = []
    for one, truth in zip(found, truths, strict=True):
        full = one.full(height, width)
        mask_iou.append(float((full & truth).sum() / max((full | truth).sum(), 1)))
    box_iou = np.diag(iou_rotated(boxes_of(found), boxes_to_array(rotated)))
    common = intersection_xyxy(boxes, boxes)
    area = np.maximum(np.diag(common), 1e-9)
    overlap = (common.sum(1) - area) / area
    facts = np.array([(m.confidence, m.certain, m.isolated) for m in found], dtype=np.float64).reshape(-1, 3)
    return np.concatenate([np.stack([mask_iou, box_iou], 1), facts, overlap[:, None]], 1)


def print_quality(rows: Sequence[FloatArray], severe: float) -> str:
    """A small table of :func:`measure_masks` results; ``severe`` is the cells' share of severely overlapped boxes."""
    table = np.concatenate(rows)
    parts = [
        ("all", np.ones(len(table), dtype=bool)),
        ("certain", table[:, 3] > 0),
        ("isolated", table[:, 4] > 0),
        ("Σ IoG < 0.5", table[:, 5] < 0.5),
        ("Σ IoG ≥ 0.5", table[:, 5] >= 0.5),
        ("Σ IoG ≥ 1", table[:, 5] >= 1.0),
    ]
    lines = [
        f"{len(rows)} pasted cells, severe overlap {100 * severe:.1f} %",
        "part         share  mask IoU  ≥ 0.7  box IoU  ≥ 0.5",
    ]
    for name, part in parts:
        if part.any():
            own = table[part]
            lines.append(
                f"{name:12s} {part.mean():5.2f}  {own[:, 0].mean():8.3f}  {(own[:, 0] >= 0.7).mean():5.3f}"
                f"  {own[:, 1].mean():7.3f}  {(own[:, 1] >= 0.5).mean():5.3f}"
            )
    return "\n".join(lines)


def boundary_agreement(
    found: InstanceMask, truth: BoolArray, offset: tuple[int, int], reach: float = 1.5
) -> tuple[float, float]:
    """IoU of a mask with the true one (h, w), whose left upper pixel is ``offset`` (x, y), and the F of their outlines
    within ``reach`` pixels."""
    x, y = min(found.x, offset[0]) - 2, min(found.y, offset[1]) - 2
    right = max(found.x + found.mask.shape[1], offset[0] + truth.shape[1]) + 2
    bottom = max(found.y + found.mask.shape[0], offset[1] + truth.shape[0]) + 2
    both = np.zeros((2, bottom - y, right - x), np.uint8)
    for canvas, mask, left, top in ((both[0], found.mask, found.x, found.y), (both[1], truth, *offset)):
        canvas[top - y : top - y + mask.shape[0], left - x : left - x + mask.shape[1]] = mask
    iou = float((both[0] & both[1]).sum() / max(int((both[0] | both[1]).sum()), 1))
    rims = [canvas - cv2.erode(canvas, np.ones((3, 3), np.uint8)) for canvas in both]
    away = [cv2.distanceTransform((1 - rim).astype(np.uint8), cv2.DIST_L2, 5) for rim in rims]
    if not rims[0].any() or not rims[1].any():
        return iou, 0.0
    precision = float((away[1][rims[0] > 0] <= reach).mean())
    recall = float((away[0][rims[1] > 0] <= reach).mean())
    return iou, 2 * precision * recall / max(precision + recall, 1e-9)

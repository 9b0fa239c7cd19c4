"""How good masks inside boxes are where the truth is known: IoU of masks and boxes, by certainty and overlap."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from karyoview.core.geometry import Box, boxes_to_array, intersection_xyxy, iou_rotated
from karyoview.imaging.masks import boxes_of, masks_from_boxes

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

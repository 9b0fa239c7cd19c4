"""The chromosomes that detectors find hardest, as DeepCHM groups them (its Fig. 9), and how many overlap severely."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from karyoview.core.geometry import iou_rotated
from karyoview.core.matching import BoolArray, FloatArray

PAPER_WIDTH: Final = 8.0
"""Median chromosome width in the paper's inputs, px: bends are measured in its pixels."""

GROUPS: Final[Mapping[str, str]] = {
    "bent": "recall, bent (v >= 1.5)",
    "long": "recall, long (r >= 3)",
    "crossing": "recall, crossing another",
    "dense": "recall, dense (u <= 0.95)",
}


def hard_groups(boxes: FloatArray, axes: Sequence[FloatArray]) -> dict[str, BoolArray]:
    """Which truths of one image belong to each of :data:`GROUPS`, (N,) bool each.

    ``boxes`` (N, 5) in pixels; ``axes`` the centre lines (K, 2), one a box. Bend v is the mean distance
    of the centre line from the box's axis, at the paper's scale; r is the longer over the shorter side; one
    crosses where its centre line meets another's; density u is 1 / Σ IoU with all boxes, itself included.
    """
    count = len(boxes)
    short, long = boxes[:, 2:4].min(1, initial=np.inf), boxes[:, 2:4].max(1, initial=0.0)
    crossing = np.zeros(count, dtype=np.bool_)
    for i in range(count):
        for j in range(i):
            if not (crossing[i] and crossing[j]) and lines_meet(axes[i], axes[j]):
                crossing[[i, j]] = True
    scale = PAPER_WIDTH / max(float(np.median(short)), 1.0) if count else 1.0
    bends = np.array([_bend(line, box) for line, box in zip(axes, boxes, strict=True)]).reshape(-1) * scale
    shared = iou_rotated(boxes, boxes).sum(1) if count else np.zeros(0)
    return {
        "bent": bends >= 1.5,
        "long": long >= 3.0 * np.maximum(short, 1e-9),
        "crossing": crossing,
        "dense": 1.0 / np.maximum(shared, 1.0) <= 0.95,
    }


def _bend(line: FloatArray, box: FloatArray) -> float:
    """Mean distance in pixels of a centre line from the longer axis of its box (Eq. 9)."""
    if not len(line):
        return 0.0
    across = box[4] if box[3] >= box[2] else box[4] + np.pi / 2
    return float(np.abs((line - box[:2]) @ [np.cos(across), np.sin(across)]).mean())


def lines_meet(a: FloatArray, b: FloatArray) -> bool:
    """Whether two polylines (K, 2) have a point in common."""
    if len(a) < 2 or len(b) < 2 or (a.max(0) < b.min(0)).any() or (b.max(0) < a.min(0)).any():
        return False
    p, r = a[:-1, None], np.diff(a, axis=0)[:, None]
    q, s = b[None, :-1], np.diff(b, axis=0)[None]
    turn = r[..., 0] * s[..., 1] - r[..., 1] * s[..., 0]
    apart = q - p
    solvable = np.where(np.abs(turn) > 1e-12, turn, np.inf)  # parallel pieces meet in their neighbours or not at all
    t = (apart[..., 0] * s[..., 1] - apart[..., 1] * s[..., 0]) / solvable
    u = (apart[..., 0] * r[..., 1] - apart[..., 1] * r[..., 0]) / solvable
    crosses = np.isfinite(solvable) & (t >= 0) & (t <= 1) & (u >= 0) & (u <= 1)
    return bool(crosses.any())


def group_recalls(found: Sequence[Mapping[str, tuple[int, int]]]) -> dict[str, dict[str, float | int | None]]:
    """Truths and recall of each group, from (truths, of them reached) of every image."""
    report: dict[str, dict[str, float | int | None]] = {}
    for name in GROUPS:
        rows = [image[name] for image in found if name in image]
        if rows:
            total, reached = (sum(row[k] for row in rows) for k in (0, 1))
            report[name] = {"truths": total, "recall": reached / total if total else None}
    return report


def severe_share(report: Mapping[str, Any]) -> float:
    """The share 0–1 of a report's truths that overlap severely; no AP of dense cells can be read without it."""
    return float(report["severe_overlap"]["truths"] / max(report["truths"], 1))


def hard_lines(report: Mapping[str, Any]) -> list[str]:
    """The lines that a printed report has on groups, and on how many of its chromosomes overlap severely."""
    lines = []
    for name, part in report.get("hard_recall", {}).items():
        if part["recall"] is not None:
            lines.append(f"  {GROUPS[name]:<34}{100 * part['recall']:7.2f} %  ({part['truths']} chromosomes)")
    severe = report["severe_overlap"]
    text = f"{100 * severe_share(report):7.2f} % of the chromosomes"
    if severe["recall"] is not None:
        text += f"; recall {100 * severe['recall']:.2f} %, F1 {100 * severe['f1']:.2f} % there"
    lines.append(f"  {'severe overlap (sum of IoG >= 0.5)':<34}{text}")
    return lines

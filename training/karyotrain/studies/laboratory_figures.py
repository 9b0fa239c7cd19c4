"""Figures of one laboratory's cells, and the table of all laboratories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from karyotrain.data.cells import Cell
from karyoview.core.matching import least_corrections, match_one
from karyoview.core.metric_input import iou_of
from karyoview.core.metrics import CALIBRATION_BINS, ImagePrediction, ImageTruth, evaluate

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
Row = Mapping[str, Any]

FOUND_IOU: Final = 0.5
RESAMPLES: Final = 2000
HEAD: Final = (
    "cells of", "cells", "found %", "class right %", "corrections a cell [95 %]", "false boxes a cell", "boxes a cell",
    "ECE %",
)  # fmt: skip


def figures_with_truth(predictions: Sequence[ImagePrediction], cells: Sequence[Cell], threshold: float) -> Row:
    """The figures of cells whose truth is known, boxes counted from the score ``threshold`` on.

    ``found`` and ``class_right`` (of the found) are shares; ``corrections`` and ``false_boxes`` are means over
    cells; ``interval`` is the 95 % interval of the corrections over cells drawn with replacement (None for one
    cell), ``spread`` their standard deviation; ``class_ece`` see :func:`class_calibration_error`.
    """
    truths = [cell.truth() for cell in cells]
    shown = [p.keep(p.scores >= threshold) for p in predictions]
    report = evaluate(shown, truths, score_threshold=threshold, resamples=0)
    corrections = np.array([cell["corrections"] for cell in report["per_image"]], np.float64)
    return {
        "cells": len(cells),
        "chromosomes": report["truths"],
        "found": report["recall"],
        "class_right": report.get("class_accuracy"),
        "corrections": float(corrections.mean()),
        "interval": interval_over_cells(corrections),
        "spread": float(corrections.std()),
        "false_boxes": report["mfps"],
        "boxes": [len(p.boxes) for p in shown] if len(cells) == 1 else None,
        "class_ece": class_calibration_error(*class_confidences(shown, truths)),
    }


def figures_of_counts(predictions: Sequence[ImagePrediction], threshold: float, expected: int | None) -> Row:
    """Boxes on fields without truth; ``expected`` chromosomes lie in each, None where it is not known.

    On fields of which nothing is expected (0) every box is a false one.
    """
    counts = [int((p.scores >= threshold).sum()) for p in predictions]
    row: dict[str, Any] = {"cells": len(counts), "boxes": counts, "expected": expected}
    return row | {"false_boxes": float(np.mean(counts))} if expected == 0 else row


def figures_of_people(pairs: Sequence[tuple[FloatArray, FloatArray]]) -> Row:
    """Box edits a cell between two annotators; a pair holds their boxes (N, 4) and (M, 4) of one cell."""
    edits = np.array(
        [
            least_corrections(iou_of(a, b), np.zeros(len(a), np.int64), np.zeros(len(b), np.int64)).total
            for a, b in pairs
        ],
        np.float64,
    )
    return {
        "cells": len(edits), "corrections": float(edits.mean()), "interval": interval_over_cells(edits),
        "spread": float(edits.std()),
    }  # fmt: skip


def interval_over_cells(values: FloatArray, seed: int = 0) -> list[float] | None:
    """The 95 % interval [low, high] of the mean of ``values`` (N,) by bootstrap over cells; None below two cells."""
    if len(values) < 2:
        return None
    draws = np.random.default_rng(seed).integers(0, len(values), (RESAMPLES, len(values)))
    low, high = np.quantile(values[draws].mean(1), (0.025, 0.975))
    return [float(low), float(high)]


def class_confidences(
    predictions: Sequence[ImagePrediction], truths: Sequence[ImageTruth]
) -> tuple[FloatArray, BoolArray]:
    """Probability (K,) that the engine gave the class it proposed, and whether it is right, of all found chromosomes.

    Both are empty for an engine that gives no probabilities; they are brought to a sum of 1 over the 24 classes.
    """
    confidences, right = [np.zeros(0)], [np.zeros(0, np.bool_)]
    for found, truth in zip(predictions, truths, strict=True):
        if found.probabilities is None:
            continue
        taken = match_one(iou_of(found.boxes, truth.boxes), found.scores, FOUND_IOU)
        rows = np.flatnonzero((taken >= 0) & (found.labels >= 0))
        own = found.probabilities[rows, found.labels[rows]]
        confidences.append(own / np.maximum(found.probabilities[rows].sum(1), 1e-12))
        right.append(found.labels[rows] == truth.labels[taken[rows]])
    return np.concatenate(confidences), np.concatenate(right)


def class_calibration_error(confidence: FloatArray, right: BoolArray) -> float | None:
    """Expected calibration error in 15 equal bins of ``confidence`` (N,) in [0, 1]; None where nothing is given."""
    if not len(confidence):
        return None
    place = np.minimum((confidence * CALIBRATION_BINS).astype(np.int64), CALIBRATION_BINS - 1)
    inside = [place == k for k in range(CALIBRATION_BINS)]
    return float(sum(abs(confidence[own].mean() - right[own].mean()) * own.mean() for own in inside if own.any()))


def as_lines(rows: Mapping[str, Row]) -> list[tuple[str, ...]]:
    """The table's cells as shown, the head first; a dash where a row has no such figure."""
    return [HEAD, *((name, *_shown(row)) for name, row in rows.items())]


def _shown(row: Row) -> tuple[str, ...]:
    def number(key: str, scale: float, places: int) -> str:
        value = row.get(key)
        return "–" if value is None else f"{scale * value:.{places}f}"

    corrections, interval = number("corrections", 1, 2), row.get("interval")
    if interval is not None:
        corrections += f" [{interval[0]:.2f}, {interval[1]:.2f}]"
    counts = ", ".join(map(str, row.get("boxes") or ())) or "–"
    if row.get("expected"):
        counts += f" of {row['expected']}"
    return (
        str(row["cells"]), number("found", 100, 2), number("class_right", 100, 2), corrections,
        number("false_boxes", 1, 2), counts, number("class_ece", 100, 1),
    )  # fmt: skip


def as_markdown(rows: Mapping[str, Row]) -> str:
    """The table in Markdown."""
    head, *lines = as_lines(rows)
    return "\n".join("| " + " | ".join(line) + " |" for line in [head, ("---",) * len(head), *lines])


def as_text(rows: Mapping[str, Row]) -> str:
    """The table in aligned columns."""
    lines = as_lines(rows)
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEAD))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def differences(measured: Mapping[str, Row], known: Mapping[str, Row], within: float, corrections: float) -> list[str]:
    """A sentence for each figure of ``known`` that was not measured again.

    Shares may differ by ``within`` points of 100, corrections and false boxes by ``corrections`` a cell, counts by
    one box. Where fewer cells were measured only the corrections are compared, and may differ by three standard
    errors more.
    """
    summary = []
    for name, new in measured.items():
        old = known.get(name)
        if old is None:
            summary.append(f"{name}: the card holds no such row")
            continue
        same = new["cells"] == old["cells"]
        slack = 0.0 if same else 3 * float(old.get("spread") or 0) / max(new["cells"], 1) ** 0.5
        limits = {"corrections": corrections + slack}
        if same:
            limits |= dict.fromkeys(("found", "class_right", "class_ece"), within / 100) | {"false_boxes": corrections}
        for key, limit in limits.items():
            before, now = old.get(key), new.get(key)
            if before is not None and (now is None or abs(now - before) > limit):
                shown = "nothing" if now is None else f"{now:.4g}"
                summary.append(f"{name}, {key}: the card says {before:.4g}, measured {shown}")
        before, now = old.get("boxes") or [], new.get("boxes") or []
        if same and (len(before) != len(now) or any(abs(a - b) > 1 for a, b in zip(before, now, strict=True))):
            summary.append(f"{name}, boxes: the card says {before}, measured {now}")
    return summary

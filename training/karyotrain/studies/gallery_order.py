"""Whether the gallery lists first what is quickly done: ``python -m karyotrain.studies.gallery_order --data FOLDER``.

``--cells`` cells of ``--split`` are judged from their picture alone, as the gallery does, and read by an engine.
Printed is Spearman's rank correlation of the score, and of each part of it, with the corrections that the engine's
proposals need against the truth, with the pairs of true boxes that overlap, and with the share of the true boxes' area
that lies in another box. Corrections in the best, middle and worst third of the order follow. Intervals are 95 % over
cells drawn anew. An order as a person's has a correlation near -1 with all three; 0 is that of dice.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.stats import spearmanr

from karyotrain.data.cells import Cell, labelled_cells
from karyotrain.studies.common import judge, publish, study_parser
from karyotrain.trainer.command import use_threads
from karyoview.core.geometry import intersection_xyxy
from karyoview.core.image import MetaphaseImage
from karyoview.core.metrics import ImagePrediction
from karyoview.detectors.protocol import Detector
from karyoview.detectors.registry import load_engine
from karyoview.imaging.metaphase_quality import MetaphaseQuality, metaphase_quality

FloatArray = npt.NDArray[np.float64]

MEASURES: Final = ("score", "lone", "heaped", "sharpness", "contrast", "room")
HARDSHIPS: Final = ("corrections", "overlapping pairs", "covered share")


def crowding(boxes: FloatArray) -> tuple[int, float]:
    """Pairs of boxes (N, 4) x1, y1, x2, y2 that overlap, and the share of their area that lies in another box, 0–1."""
    if len(boxes) < 2:
        return 0, 0.0
    shared = intersection_xyxy(boxes, boxes)
    np.fill_diagonal(shared, 0.0)
    area = np.clip(boxes[:, 2:] - boxes[:, :2], 0.0, None).prod(-1)
    covered = np.minimum(shared.sum(1), area)
    return int((np.triu(shared) > 0).sum()), float(covered.sum() / max(area.sum(), 1e-9))


def rank_correlation(first: Sequence[float], second: Sequence[float]) -> float:
    """Spearman's, -1–1; 0 where one of them does not vary."""
    varied = min(np.ptp(first), np.ptp(second)) > 0
    return float(spearmanr(first, second).statistic) if varied else 0.0


def correlations(
    measures: Mapping[str, Sequence[float]], hardships: Mapping[str, Sequence[float]], draws: int = 1000, seed: int = 31
) -> dict[str, dict[str, list[float]]]:
    """Of each measure with each hardship: rank correlation and its interval."""
    dice = np.random.default_rng(seed)
    number = len(next(iter(hardships.values())))
    drawn = dice.integers(0, number, (draws, number))
    rows: dict[str, dict[str, list[float]]] = {}
    for name, values in measures.items():
        rows[name] = {}
        for kind, hard in hardships.items():
            a, b = np.asarray(values, np.float64), np.asarray(hard, np.float64)
            spread = np.percentile([rank_correlation(a[d].tolist(), b[d].tolist()) for d in drawn], (2.5, 97.5))
            rows[name][kind] = [rank_correlation(values, hard), *map(float, spread)]
    return rows


def thirds(score: Sequence[float], corrections: Sequence[float]) -> list[float]:
    """Mean corrections a cell in the best, middle and worst third of the order."""
    order = np.argsort(-np.asarray(score), kind="stable")
    return [float(np.mean(np.asarray(corrections)[part])) for part in np.array_split(order, 3)]


def study(engine: Detector, cells: Sequence[Cell]) -> dict[str, Any]:
    """Rank correlations and thirds over these cells."""
    threshold = engine.info.operating_threshold
    qualities: list[MetaphaseQuality] = []
    predictions = []
    for number, cell in enumerate(cells, start=1):
        qualities.append(metaphase_quality(cell.pixels))
        found = engine.predict([MetaphaseImage(cell.pixels, cell.name)])[0]
        predictions.append(ImagePrediction(cell.name, found.bounds(), found.labels(), found.scores()))
        print(f"[{number}/{len(cells)}] {cell.name}", flush=True)
    report = judge(predictions, cells, threshold, resamples=0)
    corrections = {row["image"]: float(row["corrections"]) for row in report["per_image"]}
    crowded = [crowding(c.boxes) for c in cells]
    hardships = {
        "corrections": [corrections[c.name] for c in cells], "overlapping pairs": [float(p) for p, _ in crowded],
        "covered share": [s for _, s in crowded],
    }  # fmt: skip
    measures = {name: [float(getattr(q, name)) for q in qualities] for name in MEASURES}
    return {
        "cells": len(cells), "correlations": correlations(measures, hardships),
        "corrections by third": thirds(measures["score"], hardships["corrections"]),
    }  # fmt: skip


def say(rows: Mapping[str, Any]) -> str:
    """The figures as a table and a sentence."""
    lines = [f"{rows['cells']} cells", "| by | " + " | ".join(HARDSHIPS) + " |", "|---" * (1 + len(HARDSHIPS)) + "|"]
    for name, line in rows["correlations"].items():
        shown = [f"{value:+.2f} [{low:+.2f}, {high:+.2f}]" for value, low, high in (line[k] for k in HARDSHIPS)]
        lines.append(f"| {name} | " + " | ".join(shown) + " |")
    best, middle, worst = rows["corrections by third"]
    lines.append(f"corrections a cell: best third {best:.2f}, middle {middle:.2f}, worst {worst:.2f}")
    return "\n".join(lines)


def main() -> None:
    parser = study_parser(__doc__)
    parser.add_argument("--cells", type=int, default=40)
    parser.add_argument("--seed", type=int, default=31, help="of the lot")
    parser.set_defaults(split="fit")
    arguments = parser.parse_args()
    use_threads(arguments.threads)
    engine = load_engine(arguments.engine, device=arguments.device, weights=arguments.weights)
    known = labelled_cells(arguments.data, arguments.split, arguments.limit)
    rows = study(engine, random.Random(arguments.seed).sample(known, min(arguments.cells, len(known))))
    print(say(rows))
    publish("gallery_order", rows, arguments, engine)


if __name__ == "__main__":
    main()

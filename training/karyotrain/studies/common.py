"""What every study shares: cells, an engine asked over them, rows of figures as a table, a place in the card."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt
import torch

from karyotrain.data.dataset import CellSet, load
from karyoview.core.detection import MIN_RANKED_SCORE
from karyoview.core.image import MetaphaseImage
from karyoview.core.metrics import ImagePrediction, ImageTruth, Report, evaluate, paired_difference
from karyoview.detectors.cards import card_path
from karyoview.detectors.protocol import Detector
from karyoview.detectors.registry import find_engines, load_engine
from karyoview.io.atomic import write_atomic

GreyArray = npt.NDArray[np.uint8]

FIGURES: Final = ("corrections_per_cell", "f1", "aer", "wcr", "ap50", "map50", "class_accuracy")
_HEADS: Final = {
    "corrections_per_cell": "corrections", "f1": "F1 %", "aer": "AER %", "wcr": "WCR %", "ap50": "AP50 %",
    "map50": "mAP50 %", "class_accuracy": "class %",
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """One labelled cell: ``pixels`` (H, W) uint8, ``boxes`` (N, 4) x1, y1, x2, y2 in px, ``labels`` (N,) 0–23."""

    name: str
    case: str
    pixels: GreyArray
    boxes: npt.NDArray[np.float64]
    labels: npt.NDArray[np.int64]

    def truth(self) -> ImageTruth:
        """The cell as truth for the metrics."""
        return ImageTruth(self.name, self.boxes, self.labels, self.case)


def labelled_cells(data: Path, split: str, limit: int | None) -> list[Cell]:
    """Cells of ``split`` as karyotrain.data.dataset reads them; ``fit`` for looking, ``val`` for figures that are
    reported."""
    found: CellSet = load(data, split, limit=limit)
    return [Cell(s.name, s.case, s.pixels, s.boxes.astype(np.float64), s.labels) for s in found]


def load_everything(name: str, weights: Path | None, device: str, **settings: object) -> Detector:
    """An engine by name or by its file, giving every score that a figure needs."""
    return load_engine(name, device=device, weights=weights, settings={"threshold": MIN_RANKED_SCORE, **settings})


def ask(engine: Detector, cells: Iterable[Cell]) -> tuple[list[ImagePrediction], list[str]]:
    """What an engine says about cells, and its notes on them."""
    found = [engine.predict([MetaphaseImage(c.pixels, c.name)])[0] for c in cells]
    return [ImagePrediction.from_detections(f) for f in found], [f.note for f in found]


def judge(
    predictions: Sequence[ImagePrediction], cells: Sequence[Cell], threshold: float, resamples: int = 500
) -> Report:
    """The report of core.metrics on these cells."""
    return evaluate(predictions, [c.truth() for c in cells], score_threshold=threshold, resamples=resamples)


def row(report: Report, baseline: Report | None = None) -> dict[str, Any]:
    """The figures of one line; with ``baseline`` how many corrections a cell more, paired over cells."""
    line: dict[str, Any] = {"cells": report["images"], **{k: report.get(k) for k in FIGURES}}
    if baseline is not None:
        change = paired_difference(baseline, report)
        line["more_corrections"] = [change["mean"], change["low"], change["high"]]
    return line


def as_table(rows: Mapping[str, Mapping[str, Any]], first: str) -> str:
    """Rows of :func:`row` as a Markdown table, shares in per cent; a row with only a ``note`` says why."""
    lines = [[first, "cells", *_HEADS.values(), "more corrections [95 %]"]]
    for name, line in rows.items():
        if "note" in line:
            lines.append([name, str(line.get("cells", "")), line["note"], *[""] * len(FIGURES)])
            continue
        values = [line.get(k) for k in FIGURES]
        shown = [
            "–" if v is None else f"{v:.2f}" if k == "corrections_per_cell" else f"{100 * v:.2f}"
            for k, v in zip(FIGURES, values, strict=True)
        ]
        change = line.get("more_corrections")
        last = "" if change is None else f"{change[0]:+.2f} [{change[1]:+.2f}, {change[2]:+.2f}]"
        lines.append([name, str(line["cells"]), *shown, last])
    rule = ["---"] * len(lines[0])
    return "\n".join("| " + " | ".join(line) + " |" for line in [lines[0], rule, *lines[1:]])


def wilson(hits: int, of: int, z: float = 1.96) -> tuple[float, float]:
    """95 % interval of a share by Wilson's formula; (0, 1) where nothing was counted."""
    if of == 0:
        return 0.0, 1.0
    share, step = hits / of, z * z / of
    middle, half = share + step / 2, z * float(np.sqrt((share * (1 - share) + step / 4) / of))
    return max((middle - half) / (1 + step), 0.0), min((middle + half) / (1 + step), 1.0)


def share(hits: int, of: int) -> str:
    """``hits of n = x % [interval]`` for people."""
    low, high = wilson(hits, of)
    return f"{hits} of {of}" + (f" = {100 * hits / of:.1f} % [{100 * low:.1f}, {100 * high:.1f}]" if of else "")


def study_parser(about: str | None) -> argparse.ArgumentParser:
    """The options that all studies have."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", default="karyoview", help="name of an engine on this machine")
    parser.add_argument("--weights", type=Path, help="its weights file, where it is not an installed one")
    parser.add_argument("--data", type=Path, required=True, help="labelled cells, as the trainer reads them")
    parser.add_argument("--split", default="fit", choices=("fit", "val"), help="val only for what is reported")
    parser.add_argument("--limit", type=int, help="so many cells of the split")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--threads", type=int, default=0, help="of the processor; 0: as many as there are")
    parser.add_argument("--output", type=Path, help="write the rows as JSON here")
    parser.add_argument("--card", action="store_true", help="put the rows into the engine's card, under 'studies'")
    return parser


def use_threads(count: int) -> None:
    """Hold torch and OpenCV to so many threads (0: leave them)."""
    if count:
        torch.set_num_threads(count)
        cv2.setNumThreads(count)


_TOLD: Final = ("split", "limit", "cells", "fields")


def publish(name: str, rows: Mapping[str, Any], arguments: argparse.Namespace, engine: Detector) -> dict[str, Any]:
    """The study as JSON with what made it; written to ``--output`` and, with ``--card``, into the card."""
    document = {
        "engine": engine.info.name, "weights_hash": engine.info.weights_hash, "split": arguments.split,
        "command": f"python -m karyotrain.studies.{name} --engine {arguments.engine} --data {arguments.data.name}"
        + "".join(f" --{k} {v}" for k in _TOLD if (v := getattr(arguments, k, None)) is not None),
        "rows": rows,
    }  # fmt: skip
    if arguments.output is not None:
        write_atomic(arguments.output, json.dumps(document, indent=1, ensure_ascii=False).encode() + b"\n")
    if arguments.card:
        weights = arguments.weights or find_engines()[0][arguments.engine]
        put_into_card(weights, name, {k: v for k, v in document.items() if k != "engine"})
    return document


def put_into_card(weights: Path, name: str, study: Mapping[str, Any]) -> None:
    """Write one study under ``studies`` of the card beside ``weights``."""
    path = card_path(weights)
    card = json.loads(path.read_text(encoding="utf-8"))
    card.setdefault("studies", {})[name] = dict(study)
    write_atomic(path, json.dumps(card, indent=2, ensure_ascii=False).encode() + b"\n")

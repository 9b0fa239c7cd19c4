"""What every study shares: cells, an engine asked over them, rows of figures as a table, a place in the notes."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from karyotrain.data.cells import Cell
from karyotrain.studies.notes import put_into_notes
from karyoview.core.metrics import ImagePrediction, Report, evaluate, paired_difference
from karyoview.detectors.cards import read_card
from karyoview.detectors.engine_spec import ENGINES
from karyoview.detectors.folders import shipped_weights_folder
from karyoview.detectors.protocol import Detector
from karyoview.io.atomic import write_atomic

GreyArray = npt.NDArray[np.uint8]

FIGURES: Final = ("corrections_per_cell", "f1", "aer", "wcr", "ap50", "map50", "class_accuracy")
_HEADS: Final = {
    "corrections_per_cell": "corrections", "f1": "F1 %", "aer": "AER %", "wcr": "WCR %", "ap50": "AP50 %",
    "map50": "mAP50 %", "class_accuracy": "class %",
}  # fmt: skip


def shipped_cards(folder: Path | None = None) -> dict[str, dict[str, Any]]:
    """Cards of the engines that come with KaryoView, the default one first."""
    folder = folder or shipped_weights_folder()
    found = {p.name.removesuffix(".card.json"): read_card(p) for p in sorted(folder.glob("*.card.json"))}
    return {kind: found[kind] for kind in ENGINES if kind in found}


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
    parser.add_argument(
        "--split", default="calibration", choices=("calibration", "fit", "val"), help="val only for reports"
    )
    parser.add_argument("--limit", type=int, help="so many cells of the split")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--threads", type=int, default=0, help="of the processor; 0: as many as there are")
    parser.add_argument("--output", type=Path, help="write the rows as JSON here")
    parser.add_argument("--note", action="store_true", help="put the rows into the engine's notes in training/studies")
    return parser


_OPTIONS: Final = ("split", "limit", "cells", "fields")


def publish(name: str, rows: Mapping[str, Any], arguments: argparse.Namespace, engine: Detector) -> dict[str, Any]:
    """The study as JSON with what made it; written to ``--output`` and, with ``--note``, into the notes."""
    document = {
        "engine": engine.info.name, "weights_hash": engine.info.weights_hash, "split": arguments.split,
        "command": f"python -m karyotrain.studies.{name} --engine {arguments.engine} --data {arguments.data.name}"
        + "".join(f" --{k} {v}" for k in _OPTIONS if (v := getattr(arguments, k, None)) is not None),
        "rows": rows,
    }  # fmt: skip
    if arguments.output is not None:
        write_atomic(arguments.output, json.dumps(document, indent=1, ensure_ascii=False).encode() + b"\n")
    if arguments.note:
        put_into_notes(engine.info.name, name, {k: v for k, v in document.items() if k != "engine"})
    return document

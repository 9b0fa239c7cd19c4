"""Measure shipped weights on real, drawn and pasted cells, and write the figures into their card.

``python -m karyotrain.engines.measure resources/weights/NAME.safetensors --data FOLDER [--pasted CASE]``. What the
card held from its training (cells held back there) moves to ``metrics["fit"]``; nothing is fitted here.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from karyotrain.data.cells import Cell
from karyotrain.data.dataset import Sample, load
from karyoview._resources import resource
from karyoview.core.detection import MIN_RANKED_SCORE
from karyoview.core.image import MetaphaseImage
from karyoview.core.metrics import ImagePrediction, Report, evaluate
from karyoview.detectors.cards import card_path, read_card
from karyoview.detectors.protocol import Detector
from karyoview.detectors.registry import as_in_card, load_engine
from karyoview.io.atomic import write_atomic


def figures(report: Mapping[str, Any]) -> dict[str, Any]:
    """The numbers of a report that a card keeps."""
    nested = ("corrections", "severe_overlap", "calibration")
    return {k: v for k, v in report.items() if isinstance(v, int | float | bool | str) or k in nested}


def load_everything(name: str, weights: Path | None, device: str, **settings: object) -> Detector:
    """An engine by name or by its file, giving every score that a figure needs."""
    everything = {"threshold": MIN_RANKED_SCORE, **as_in_card(name), **settings}
    return load_engine(name, device=device, weights=weights, settings=everything)


def ask(
    engine: Detector, cells: Iterable[Cell | Sample], rotated: bool = False
) -> tuple[list[ImagePrediction], list[str]]:
    """What an engine says about cells, and its notes on them."""
    found = [engine.predict([MetaphaseImage(c.pixels, c.name)])[0] for c in cells]
    return [ImagePrediction.from_detections(f, rotated=rotated) for f in found], [f.note for f in found]


def report_on(engine: Detector, cells: Sequence[Sample], rotated: bool = False) -> Report:
    """The report of an engine on labelled cells at scale 1, cut at its operating threshold."""
    named = len(engine.info.classes) > 1
    truths = [cell.truth(rotated) for cell in cells]
    if not named:
        truths = [replace(truth, labels=truth.labels * 0 - 1) for truth in truths]
    return evaluate(ask(engine, cells, rotated)[0], truths, score_threshold=engine.info.operating_threshold)


def drawn_cells() -> list[Sample]:
    """All cells of the two sample cases."""
    return [
        replace(cell, name=f"{sample}-{cell.name}")
        for sample in ("46XX", "47XY+21")
        for cell in load(resource("sample", sample), "all")
    ]


def write_metrics(weights: Path, metrics: dict[str, Any]) -> None:
    """Put figures into the card of ``weights``; those of its training are kept under ``fit``."""
    path = card_path(weights)
    card = read_card(path)
    old = card.get("metrics") or {}
    kept = {"fit": old} if "corrections_per_cell" in old else dict(old)
    card["metrics"] = kept | metrics
    write_atomic(path, json.dumps(card, indent=2, ensure_ascii=False).encode() + b"\n")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure one engine; see the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights", type=Path)
    parser.add_argument("--data", type=Path, help="folder with val.json; its val cells are measured")
    parser.add_argument("--pasted", type=Path, help="case with exact truth; rotated engines are measured by skew IoU")
    parser.add_argument("--limit", type=int)
    args = parser.parse_args(arguments)
    kind = read_card(card_path(args.weights))["engine"]
    engine = load_everything(kind, args.weights, "auto")
    sets: list[tuple[str, Sequence[Sample], bool]] = [("drawn sample cases", drawn_cells(), False)]
    if args.data:
        sets.insert(0, (f"{args.data.name}/val", load(args.data, "val", limit=args.limit), False))
    if args.pasted:
        sets.append(("pasted val cells", load(args.pasted, "all", limit=args.limit), engine.info.rotated))
    metrics = {}
    for name, cells, rotated in sets:
        report = report_on(engine, cells, rotated)
        print(report.table(f"{kind} on {name}"), flush=True)
        metrics[name] = figures(report)
    write_metrics(args.weights, metrics)


if __name__ == "__main__":
    main()

"""Whether a third copy is found and named as well as two: ``python -m karyotrain.studies.trisomy --data FOLDER``.

Nothing is trained here (karyotrain.studies.folds trains five small engines for it). The listed numerical
abnormalities are judged only where finder and naming did not learn from them: in ``val`` and in the held-back ``fit``
cases, most of which taught the network of the cell. They are few, so cells of ``--split`` also get one more isolated
homologue of 13, 18, 21, X or Y, a real one from another case of that split, and are compared with
themselves without it. Counts come with n and a 95 % interval.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from karyotrain.data.cells import Cell, labelled_cells
from karyotrain.data.coco import read_coco
from karyotrain.data.dataset import calibration_cases
from karyotrain.data.third_copies import EXTRA, EXTRA_LABELS, Pasted, library_of, pasted_cells
from karyotrain.engines.measure import ask, load_everything
from karyotrain.studies.common import publish, share, study_parser
from karyotrain.trainer.command import use_threads
from karyoview.core.chromosome import CLASSES, parse_class
from karyoview.core.geometry import iou_xyxy
from karyoview.core.matching import match_one
from karyoview.core.metrics import ImagePrediction
from karyoview.detectors.protocol import Detector


@dataclass(frozen=True, slots=True)
class ClassCount:
    """What an engine made of one class of a cell: whether the ``marked`` chromosome was found and named, whether it
    counted as many of the class as there are, and how many of the class were found and named."""

    found: bool
    named: bool
    counted: bool
    right: int
    of: int


def inspect(predicted: ImagePrediction, cell: Cell, label: int, cut: float, marked: int | None = None) -> ClassCount:
    """Judge one class of a cell at the operating threshold; ``marked`` is the row of the chromosome in question."""
    kept = predicted.keep(predicted.scores >= cut)
    taken = match_one(iou_xyxy(kept.boxes, cell.boxes), kept.scores, 0.5)
    of_class = np.flatnonzero(cell.labels == label)
    name = {int(t): int(kept.labels[p]) for p, t in enumerate(taken) if t >= 0}
    right = sum(name.get(int(t)) == label for t in of_class)
    counted = int((kept.labels == label).sum()) == len(of_class)
    found = marked in name if marked is not None else bool(right)
    named = name.get(marked) == label if marked is not None else bool(right)
    return ClassCount(found, named, counted, right, len(of_class))


def listed_cells(data: Path) -> tuple[list[Cell], dict[str, str]]:
    """The listed numerical abnormalities of ``val`` and the fit cases, and what is said of each."""
    with (data / "cases.csv").open(encoding="utf-8") as stream:
        listed = {r["image"]: r for r in csv.DictReader(stream) if r["abnormality"] == "number"}
    document = read_coco(data / "train.json")
    held_back = calibration_cases(i["case"] for i in document["images"])
    kept = {k: r for k, r in listed.items() if r["split"] == "val" or r["case"] in held_back}
    cells = [
        c for split in ("calibration", "val") for c in labelled_cells(data, split, None) if Path(c.name).stem in kept
    ]
    return cells, {k: r["description"] for k, r in kept.items()}


def study_listed(engine: Detector, data: Path) -> dict[str, Any]:
    """Figures over the listed cells: classes with more or fewer than two copies, counted right or not."""
    cells, described = listed_cells(data)
    cut = engine.info.operating_threshold
    rows = []
    for predicted, cell in zip(ask(engine, cells)[0], cells, strict=True):
        kept = predicted.keep(predicted.scores >= cut)
        known = parse_class(described[Path(cell.name).stem].upper())
        row: dict[str, Any] = {
            "image": cell.name, "described": described[Path(cell.name).stem], "truths": len(cell.labels),
            "count_right": len(kept.labels) == len(cell.labels),
        }  # fmt: skip
        if known is not None:
            seen = inspect(predicted, cell, known.index, cut)
            row |= {"class": known.label, "copies": seen.of, "named": seen.right, "class_counted": seen.counted}
        rows.append(row)
    return {"cells": rows}


def study_pasted(engine: Detector, made: Sequence[Pasted]) -> dict[str, Any]:
    """Sums over pasted cells and the same cells without the paste: found, named, class counted, copies named."""
    cut = engine.info.operating_threshold
    after = [
        inspect(p, m.cell, m.label, cut, m.place)
        for p, m in zip(ask(engine, [m.cell for m in made])[0], made, strict=True)
    ]
    before = [
        inspect(p, m.before, m.label, cut) for p, m in zip(ask(engine, [m.before for m in made])[0], made, strict=True)
    ]
    rows: dict[str, Any] = {}
    for name in ("all", *EXTRA):
        mine = [i for i, m in enumerate(made) if name in ("all", CLASSES[m.label].label)]
        rows[name] = {
            "cells": len(mine),
            "extra_found": sum(after[i].found for i in mine),
            "extra_named": sum(after[i].named for i in mine),
            "class_counted_with": sum(after[i].counted for i in mine),
            "class_counted_without": sum(before[i].counted for i in mine),
            "named_with": [sum(after[i].right for i in mine), sum(after[i].of for i in mine)],
            "named_without": [sum(before[i].right for i in mine), sum(before[i].of for i in mine)],
            "difference": paired([after[i].counted for i in mine], [before[i].counted for i in mine]),
        }
    return rows


def paired(after: Sequence[bool], before: Sequence[bool]) -> list[float]:
    """Mean of ``after`` less ``before`` and its 95 % interval over cells (bootstrap); zeros for no cell."""
    change = np.asarray(after, float) - np.asarray(before, float)
    if not len(change):
        return [0.0, 0.0, 0.0]
    draws = np.random.default_rng(0).integers(0, len(change), (2000, len(change)))
    low, high = np.quantile(change[draws].mean(1), (0.025, 0.975))
    return [float(change.mean()), float(low), float(high)]


def say(rows: Mapping[str, Any]) -> str:
    """The sums as sentences, each with n and its interval."""
    lines = []
    for name, r in rows.items():
        n = r["cells"]
        lines.append(f"third copy of {name}: found {share(r['extra_found'], n)}; named {share(r['extra_named'], n)}")
        lines.append(
            f"  copies of the class counted right: {share(r['class_counted_with'], n)}; without the extra one "
            f"{share(r['class_counted_without'], n)}"
        )
        d = r["difference"]
        lines.append(f"  difference {100 * d[0]:+.1f} points [{100 * d[1]:+.1f}, {100 * d[2]:+.1f}]")
        lines.append(
            f"  chromosomes of the class named: {share(*r['named_with'])}; without {share(*r['named_without'])}"
        )
    return "\n".join(lines)


def main() -> None:
    parser = study_parser(__doc__)
    parser.add_argument("--cells", type=int, default=200, help="pasted cells")
    parser.add_argument("--library", type=Path, help="keep the cut chromosomes in this folder (they are real ones)")
    arguments = parser.parse_args()
    use_threads(arguments.threads)
    engine = load_everything(arguments.engine, arguments.weights, arguments.device)
    print(
        "Only cells that finder and naming did not learn from are judged; karyotrain.studies.folds trains for others."
    )
    listed = study_listed(engine, arguments.data)
    counted = [r["class_counted"] for r in listed["cells"] if "class_counted" in r]
    print(f"listed abnormal cells of the fit cases and val: {len(listed['cells'])}")
    print(f"  the class concerned counted right: {share(sum(counted), len(counted))}")
    print(
        f"  cells with the right count: {share(sum(r['count_right'] for r in listed['cells']), len(listed['cells']))}"
    )
    cells = labelled_cells(arguments.data, arguments.split, arguments.limit)
    with tempfile.TemporaryDirectory() as passing:
        folder = arguments.library or Path(passing)
        library = library_of(arguments.data, arguments.split, cells, folder)
        made, refused = pasted_cells(cells, library, EXTRA_LABELS, arguments.cells)
    print(f"{len(made)} cells of {arguments.split} with one more; {refused} had no room or no piece for it")
    rows = study_pasted(engine, made)
    print(say(rows))
    publish("trisomy", {"listed": listed["cells"], "pasted": rows, "no_room": refused}, arguments, engine)


if __name__ == "__main__":
    main()

"""Are abnormal counts told as well as normal ones? ``python -m karyotrain.studies.folds --data … --output FOLDER``.

The listed numerical abnormalities of the training cases are parted by case into five folds. For each fold the
finder and the naming network are trained anew, at one small budget, on all cases but those of the fold and the
``fit`` cases (see karyotrain.studies.learning_curve); the engine is then asked about the fold's abnormal cells, and
about
normal ``fit`` cells, which it did not learn from either. The class in question is compared with the same class in
the normal cells. A finished fold is kept, so that a stopped study goes on.

Among thousands of normal cells a short training meets hardly an abnormal one. With ``--common FINDER NAMER`` both
networks first take so many steps on all cases that are not listed; each fold goes on from there, on the abnormal
cells of the other folds and about as many normal ones (``--normal``).
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from karyotrain.data.cells import labelled_cells
from karyotrain.data.coco import read_coco
from karyotrain.data.dataset import calibration_cases
from karyotrain.data.errors import DataError
from karyotrain.engines.measure import ask, load_everything
from karyotrain.studies.common import share
from karyotrain.studies.learning_curve import (
    TrainingBudget,
    add_budget,
    budget_of,
    publish_trained,
    set_of_cases,
    train_row,
)
from karyotrain.studies.trisomy import inspect
from karyoview.core.chromosome import CLASSES, parse_class
from karyoview.io.atomic import write_atomic

FOLDS: Final = 5


def abnormal_images(data: Path) -> dict[str, list[dict[str, str]]]:
    """Rows of cases.csv with a numerical abnormality in the training images, by case.

    Some do not say which chromosome: of those the count alone can be judged.
    """
    found: dict[str, list[dict[str, str]]] = {}
    with (data / "cases.csv").open(encoding="utf-8") as stream:
        for r in csv.DictReader(stream):
            if r["abnormality"] == "number" and r["split"] == "train":
                found.setdefault(r["case"], []).append(r)
    return found


def parted(cases: Mapping[str, Sequence[object]], folds: int = FOLDS) -> list[list[str]]:
    """The cases in ``folds`` groups of about as many images each; a case is never parted."""
    groups: list[list[str]] = [[] for _ in range(folds)]
    for case in sorted(cases, key=lambda c: (-len(cases[c]), c)):
        min(groups, key=lambda g: sum(len(cases[c]) for c in g)).append(case)
    return groups


def judge_fold(
    weights: Path, data: Path, held: Path, listed: Mapping[str, str], controls: slice
) -> dict[str, list[dict[str, Any]]]:
    """What one fold's engine makes of the ``listed`` images (stem → class) and of the normal fit cells in ``controls``.

    Of each image: its count right or not, and for each class of interest copies, copies named and counted right;
    ``class`` is None where a listed image does not name one.
    """
    engine = load_everything("karyoview", weights, "auto")
    cut = engine.info.operating_threshold
    abnormal = [c for c in labelled_cells(held, "all", None) if Path(c.name).stem in listed]
    # only cells with the usual 46, so that a class is compared with two copies of it
    normal = [c for c in labelled_cells(data, "calibration", None) if len(c.labels) == len(CLASSES) * 2 - 2][controls]
    out: dict[str, list[dict[str, Any]]] = {"abnormal": [], "normal": []}
    of_interest = sorted({n for n in listed.values() if parse_class(n) is not None})
    for kind, cells in (("abnormal", abnormal), ("normal", normal)):
        for predicted, cell in zip(ask(engine, cells)[0], cells, strict=True):
            count = len(predicted.keep(predicted.scores >= cut).labels)
            for name in [listed[Path(cell.name).stem]] if kind == "abnormal" else of_interest:
                row: dict[str, Any] = {
                    "image": cell.name,
                    "case": cell.case,
                    "class": None,
                    "count_right": count == len(cell.labels),
                }
                if (known := parse_class(name)) is not None:
                    seen = inspect(predicted, cell, known.index, cut)
                    row |= {"class": known.label, "copies": seen.of, "named": seen.right, "class_counted": seen.counted}
                out[kind].append(row)
    return out


def compared(rows: Mapping[str, Sequence[Mapping[str, Any]]], resamples: int = 2000) -> dict[str, Any]:
    """Sums over all folds; the class counted right in abnormal cells less in normal ones, the same class for the same.

    The interval comes from drawing cases: cells of one case are alike.
    """
    abnormal, normal = rows["abnormal"], rows["normal"]
    usual = {}
    named = [r for r in abnormal if r["class"] is not None]
    for name in {r["class"] for r in named}:
        mine = [r["class_counted"] for r in normal if r["class"] == name]
        usual[name] = float(np.mean(mine)) if mine else 0.0
    change: dict[str, list[float]] = {}
    for r in named:
        change.setdefault(r["case"], []).append(float(r["class_counted"]) - usual[r["class"]])
    rng, cases = np.random.default_rng(0), list(change.values())
    draws = [np.concatenate([cases[i] for i in rng.integers(0, len(cases), len(cases))]) for _ in range(resamples)]
    low, high = np.quantile([d.mean() for d in draws], (0.025, 0.975))

    def sums(which: Sequence[Mapping[str, Any]]) -> dict[str, int]:
        once = {r["image"]: r["count_right"] for r in which}
        classed = [r for r in which if r["class"] is not None]
        return {
            "class_counted": sum(r["class_counted"] for r in classed), "rows": len(classed),
            "named": sum(r["named"] for r in classed), "copies": sum(r["copies"] for r in classed),
            "count_right": sum(once.values()), "cells": len(once),
        }  # fmt: skip

    mean = float(np.concatenate(cases).mean())
    return {
        "abnormal": sums(abnormal), "normal": sums(normal), "usual": usual, "cases": len(cases),
        "difference": [mean, float(low), float(high)],
    }  # fmt: skip


def common_start(
    data: Path, output: Path, cases: Collection[str], budget: TrainingBudget, steps: Sequence[int]
) -> TrainingBudget:
    """Train both stages in ``output/common`` on ``cases`` for ``steps`` of finder and namer; → the folds' budget."""
    run = output / "common"
    if not (run / "karyoview.safetensors").is_file():
        own = set_of_cases(data, cases, output / "set-common")
        train_row(data, own, run, (), replace(budget, finder_steps=steps[0], namer_steps=steps[1]), mixed=False)
    return replace(budget, start=run)


def some_normal(data: Path, cases: Collection[str], count: int) -> set[str]:
    """So many of ``cases`` drawn at random, the same ones each time, that their images are ``count`` or just more."""
    document = read_coco(data / "train.json")
    each = dict.fromkeys(sorted(cases), 0)
    for i in document["images"]:
        if i["case"] in each:
            each[i["case"]] += 1
    names, chosen, images = list(each), set(), 0
    for place in np.random.default_rng(31).permutation(len(names)):
        if images >= count:
            break
        chosen.add(names[place])
        images += each[names[place]]
    return chosen


def study(
    data: Path,
    output: Path,
    budget: TrainingBudget,
    controls: int = 20,
    folds: int = FOLDS,
    common: Sequence[int] | None = None,
    normal: int = 40,
) -> dict[str, Any]:
    """All folds, each kept as ``fold.json`` in its folder once it is done; → :func:`compared`'s sums and the rows.

    ``common`` are steps of both stages before the folds part, on cases that are not listed; a fold then learns from
    the other folds' cases and ``normal`` cells. Raises DataError where fewer cases than ``folds`` are listed.
    """
    listed = abnormal_images(data)
    if len(listed) < folds:
        raise DataError(
            f"{data / 'cases.csv'}: {len(listed)} cases with a numerical abnormality; give {folds} or more."
        )
    document = read_coco(data / "train.json")
    every = {i["case"] for i in document["images"]}
    learning = every - calibration_cases(i["case"] for i in document["images"])
    beside = learning - set(listed)
    if common is not None:
        budget = common_start(data, output, beside, budget, common)
        learning = (learning & set(listed)) | some_normal(data, beside, normal)
    rows: dict[str, list[dict[str, Any]]] = {"abnormal": [], "normal": []}
    for number, group in enumerate(parted(listed, folds)):
        run = output / f"fold-{number}"
        kept = run / "fold.json"
        if not kept.is_file():
            own = set_of_cases(data, learning - set(group), output / f"set-{number}")
            held = set_of_cases(data, group, output / f"held-{number}")
            weights = train_row(data, own, run, (), budget, mixed=False)
            classes = {Path(r["image"]).stem: r["description"].upper() for c in group for r in listed[c]}
            first = (budget.fitted or 0) + number * controls
            found = judge_fold(weights, data, held, classes, slice(first, first + controls))
            write_atomic(kept, json.dumps(found, indent=1).encode() + b"\n")
        done = json.loads(kept.read_text(encoding="utf-8"))
        for kind, lines in rows.items():
            lines += [{**r, "fold": number} for r in done[kind]]
        print(f"fold {number}: {len(done['abnormal'])} abnormal cells", flush=True)
    return {**compared(rows), "listed": rows["abnormal"]}


def say(found: Mapping[str, Any]) -> str:
    """The sums as sentences, each with n and its interval."""
    lines = []
    for kind in ("abnormal", "normal"):
        s = found[kind]
        lines.append(f"{kind} cells: the class counted right {share(s['class_counted'], s['rows'])}")
        lines.append(f"  copies of it named {share(s['named'], s['copies'])}")
        lines.append(f"  whole count right {share(s['count_right'], s['cells'])}")
    d = found["difference"]
    lines.append(
        f"difference for the same classes {100 * d[0]:+.1f} points [{100 * d[1]:+.1f}, {100 * d[2]:+.1f}], "
        f"interval over {found['cases']} cases"
    )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True, help="folder of the study; the same one goes on")
    parser.add_argument("--controls", type=int, default=20, help="normal cells that each fold is asked about")
    parser.add_argument(
        "--common", type=int, nargs=2, metavar=("FINDER", "NAMER"), help="steps before the folds part, see above"
    )
    parser.add_argument("--normal", type=int, default=40, help="normal cells that each fold learns from after those")
    add_budget(parser)
    a = parser.parse_args()
    found = study(a.data, a.output, budget_of(a), a.controls, FOLDS, a.common, a.normal)
    print(say(found))
    publish_trained("folds", {"rows": found}, a)


if __name__ == "__main__":
    main()

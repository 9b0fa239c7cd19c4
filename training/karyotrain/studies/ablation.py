"""A whole ablation table: every row with equal steps and several seeds, then one table with the spread.

Rows that differ only in suppression share the weights of the row they name. Finished runs are kept,
so that a table that was stopped goes on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import torch

from karyotrain.data.dataset import CellSet, load
from karyotrain.engines.detection import train, with_options
from karyotrain.engines.evaluate import evaluate_network
from karyotrain.engines.network import at_data_scale
from karyotrain.engines.networks import build
from karyotrain.engines.recipe import BudgetName, Recipe, RecipeError, find_recipe, folder_of, table_rows, with_budget
from karyotrain.trainer.checkpoint import SMALL, load_start, read_state, write_json
from karyotrain.trainer.loop import Options
from karyoview.detectors.devices import choose_device


def run_table(
    table: str,
    data: Sequence[Path],
    output: Path,
    options: Options,
    budget: BudgetName,
    seeds: int,
    changes: Mapping[str, Any],
    stream: TextIO | None = None,
) -> str:
    """Train and judge all rows of ``table`` on the ``val`` split of ``data``; → the table as text.

    ``changes`` (of recipe fields; None: as written) hold for every row, so that all have equal steps.
    ``options.minutes`` is the limit of one run. Figures are also in ``table.json``.
    """
    names = table_rows(table)
    table = find_recipe(names[0]).table
    unknown = {find_recipe(n).weights_of for n in names} - {"", *names}
    if unknown:
        raise RecipeError(f"The table {table} needs the row {unknown.pop()}, which is not in it.")
    rows: dict[str, list[dict[str, Any]]] = {}
    # Rows that train come first, so that the others find their weights.
    for name in sorted(names, key=lambda n: (find_recipe(n).weights_of != "", n)):
        for seed in range(seeds):
            recipe = replace(with_options(with_budget(find_recipe(name), budget), **changes), seed=seed)
            folder = output / folder_of(name) / f"seed-{seed}"
            if not (folder / "val.json").is_file():
                trained = folder
                if recipe.weights_of:
                    trained = output / folder_of(recipe.weights_of) / f"seed-{seed}"
                else:
                    train(recipe, data, folder, options, stream=stream)
                folder.mkdir(parents=True, exist_ok=True)
                write_json(folder / "val.json", judge(recipe, trained, data, options))
            rows.setdefault(name, []).append(json.loads((folder / "val.json").read_text()))
    summary = {n: _summary(find_recipe(n), rows[n]) for n in names}
    write_json(output / "table.json", {"table": table, "budget": budget, "seeds": seeds, "rows": summary})
    return format_table(table, summary, seeds)


def judge(recipe: Recipe, trained: Path, data: Sequence[Path], options: Options) -> dict[str, Any]:
    """The report of the weights in ``trained`` under ``recipe``'s suppression, on ``val``.

    Counting figures are taken at score 0.5; in DeepCHM's tables (rule ``any``) at the cut chosen on the held-back
    cases, for each detector its own.
    """
    network, _ = build(recipe.replace(init="random"))
    load_start(trained / SMALL, network.model)
    at_data_scale(network, recipe.chromosome_width is not None)
    device = choose_device(options.device)
    network.model.to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    arguments = dict(recipe.evaluation)
    if arguments.get("rule") == "any":
        arguments["score_threshold"] = float(read_state(trained / SMALL)["threshold"])
    parts = [
        load(p, "val", scale=network.data_scale, width=recipe.chromosome_width, limit=recipe.eval_images) for p in data
    ]
    cells: CellSet = sum(parts[1:], parts[0])
    report = evaluate_network(
        network, cells, device, precision=options.precision, arguments=arguments, thresholds=recipe.thresholds
    )
    return {k: v for k, v in report.items() if k not in ("per_image", "calibration", "confusion")}


def figure(report: Mapping[str, Any], key: str) -> float:
    """A paper's figure in a report, in per cent (``mfps``: a count); NaN where it does not exist."""
    if key.startswith("severe_"):
        value = report["severe_overlap"][key.removeprefix("severe_")]
    elif key.startswith("mean_"):
        value = float(np.mean([part[key.removeprefix("mean_")] for part in report["at_iou"].values()]))
    else:
        value = report.get(key)
    if value is None:
        return float("nan")
    return float(value) * (1 if key == "mfps" else 100)


def _summary(recipe: Recipe, reports: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    keys = [*recipe.paper, "corrections_per_cell_with_class", "corrections_per_cell"]
    figures = {}
    for key in keys:
        values = [figure(r, key) / (100 if key.startswith("corrections") else 1) for r in reports]
        if not np.isnan(values).all():
            spread = float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
            figures[key] = {"mean": float(np.mean(values)), "sd": spread}
    return {"title": recipe.title, "figures": figures, "paper": dict(recipe.paper)}


def format_table(table: str, summary: Mapping[str, Mapping[str, Any]], seeds: int) -> str:
    """Rows with mean ± standard deviation over seeds, the paper's figure in brackets."""
    keys = list(dict.fromkeys(k for row in summary.values() for k in row["figures"]))
    width = max(len(row["title"]) for row in summary.values()) + 2
    lines = [f"{table}, {seeds} seeds, val", " " * width + "".join(f"{k:>34}" for k in keys)]
    for row in summary.values():
        cells = []
        for key in keys:
            found = row["figures"].get(key)
            paper = f" ({row['paper'][key]:g})" if key in row["paper"] else ""
            cells.append(f"{found['mean']:.2f} ± {found['sd']:.2f}{paper}" if found else "-")
        lines.append(f"{row['title']:<{width}}" + "".join(f"{c:>34}" for c in cells))
    return "\n".join(lines)

"""What five corrected cells bring at another laboratory, and what they cost at home.

``python -m karyotrain.studies.new_laboratory --engine FILE --data FOLDER --output RUN`` fine-tunes an engine as the
program plans it on a few cells of one laboratory and judges it on others of the same: the two whole fields of one
laboratory on each other, five cells laid out from crops on others, and five drawn cells of a new look on others. Each
tuned engine is judged at home as well, on cells of unseen patients of the hospital that the engine learnt from.
Rows that are done are kept in RUN, so a stopped command goes on. FOLDER holds ``labs/`` and ``taichung/``.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np

from karyotrain.data.cells import Cell
from karyotrain.data.dataset import CellSet, Sample, load
from karyotrain.engines.detection import train, with_options
from karyotrain.engines.finetune import fine_tuning, keep_start
from karyotrain.studies.domain_shift import drawn_cells, judge, write_cells
from karyotrain.studies.laboratories import HOSPITAL, TOUCHING, data_folder, fields, laid_out
from karyotrain.trainer.command import use_threads
from karyotrain.trainer.loop import Options
from karyoview.core.metrics import Report, paired_difference

TAUGHT: Final = 5
HOME: Final = "home"
_KEYS: Final = ("corrections_per_cell", "count_error", "class_accuracy", "corrections", "images", "truths", "per_image")


@dataclass(frozen=True, slots=True)
class Trial:
    """The cells that teach and, of the same laboratory, those that are judged; from the data folder."""

    cells: Callable[[Path], tuple[CellSet, CellSet]]


def field_pair(teach: str, judged: str, data: Path) -> tuple[CellSet, CellSet]:
    """Two whole fields of one laboratory: one teaches, the other is judged."""
    return _cell_set(fields([teach], data, None)), _cell_set(fields([judged], data, None))


def crops_of(lab: str, judged: int, data: Path) -> tuple[CellSet, CellSet]:
    """Five cells laid out touching from a laboratory's crops, and ``judged`` others."""
    cells = laid_out(lab, TOUCHING, False, data, TAUGHT + judged)
    return _cell_set(cells[:TAUGHT]), _cell_set(cells[TAUGHT:])


def drawn(judged: int, data: Path) -> tuple[CellSet, CellSet]:
    """Five drawn cells of a look that the engine does not know, and ``judged`` others."""
    cells = drawn_cells(TAUGHT + judged, 0)
    return cells[:TAUGHT], cells[TAUGHT:]


TRIALS: Final[Mapping[str, Trial]] = {
    "tv1 → tv2": Trial(partial(field_pair, "tv1.A", "tv2.A")),
    "tv2 → tv1": Trial(partial(field_pair, "tv2.A", "tv1.A")),
    "xu, touching: 5 → 40": Trial(partial(crops_of, "xu", 40)),
    "drawn, a new look: 5 → 20": Trial(partial(drawn, 20)),
}


def _cell_set(cells: Sequence[Cell]) -> CellSet:
    """Labelled cells as a data set; what is known are horizontal boxes and classes."""
    samples = []
    for cell in cells:
        boxes = cell.boxes.astype(np.float32)
        centres, sides = (boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]
        upright, unknown = np.concatenate([centres, sides, 0 * boxes[:, :1]], 1), np.zeros(len(boxes), bool)
        samples.append(
            Sample(f"{cell.name}.png", cell.case, cell.pixels, boxes, cell.labels, upright, unknown, unknown)
        )
    return CellSet(tuple(samples), "cells")


def measure(
    weights: Path, data: Path, output: Path, names: Sequence[str], home: int, steps: int | None, device: str
) -> dict[str, dict[str, Any]]:
    """The rows of the table by trial; each is printed and kept in ``output`` when it is done."""
    at_home = load(data / HOSPITAL.split("/")[0], "val").subsample(home)
    home_before = _kept(output / "home before.json", lambda: judge(weights, at_home, device))
    print(f"at home, {home} cells, before: {home_before['corrections_per_cell']:.2f}", flush=True)
    rows = {}
    for number, name in enumerate(names):
        teach, judged = TRIALS[name].cells(data)
        folder = output / str(list(TRIALS).index(name))
        run = folder / "run"
        before = _kept(folder / "before.json", partial(judge, weights, judged, device))
        tuned = run / "weights" / weights.name
        if not tuned.is_file():
            set_folder = write_cells(teach, run / "set")
            recipe = with_options(fine_tuning(weights), steps=steps)
            options = Options(device=device, start=keep_start(weights, run), evaluations=0, threads=1)
            tuned = Path(train(recipe, [set_folder], run, options)["weights"])
        after = _kept(folder / "after.json", partial(judge, tuned, judged, device))
        home_after = _kept(folder / "home after.json", partial(judge, tuned, at_home, device))
        rows[name] = row_of(len(teach), before, after, home_before, home_after)
        print(("" if number else HEAD + "\n") + as_line(name, rows[name]), flush=True)
    return rows


HEAD: Final = "| taught → judged | cells that taught | judged | before | after | fewer [95 %] | at home more [95 %] |"


def row_of(taught: int, before: Report, after: Report, home_before: Report, home_after: Report) -> dict[str, Any]:
    """Corrections a cell before and after, their paired difference, and that at home."""
    return {
        "taught": taught, "judged": before["images"], "before": before["corrections_per_cell"],
        "after": after["corrections_per_cell"], "difference": _difference(before, after),
        HOME: {
            "before": home_before["corrections_per_cell"], "after": home_after["corrections_per_cell"],
            "difference": _difference(home_before, home_after),
        },
    }  # fmt: skip


def _difference(before: Report, after: Report) -> dict[str, Any]:
    """Paired difference after − before with its interval; of a single cell without one."""
    if before["images"] > 1:
        found = paired_difference(before, after)
        return {key: found[key] for key in ("mean", "low", "high")}
    return {"mean": after["corrections_per_cell"] - before["corrections_per_cell"], "low": None, "high": None}


def as_line(name: str, row: Mapping[str, Any]) -> str:
    """A row of the table in Markdown."""

    def shown(difference: Mapping[str, Any], sign: int) -> str:
        text = f"{sign * difference['mean']:+.2f}"
        if difference["low"] is None:
            return text
        low, high = sorted((sign * difference["low"], sign * difference["high"]))
        return f"{text} [{low:+.2f}, {high:+.2f}]"

    cells = (
        name, str(row["taught"]), str(row["judged"]), f"{row['before']:.2f}", f"{row['after']:.2f}",
        shown(row["difference"], -1), shown(row[HOME]["difference"], 1),
    )  # fmt: skip
    return "| " + " | ".join(cells) + " |"


def _kept(path: Path, make: Callable[[], Report]) -> Report:
    """The report in ``path``, made and written first where it is not there."""
    if not path.is_file():
        report = make()
        path.parent.mkdir(parents=True, exist_ok=True)
        chosen = {key: report[key] for key in _KEYS if report.get(key) is not None}
        path.write_text(json.dumps(chosen, default=float), encoding="utf-8")
    kept: Report = json.loads(path.read_text(encoding="utf-8"))
    return kept


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print the table; see the module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", type=Path, required=True, metavar="FILE", help="weights to begin from")
    parser.add_argument("--data", type=Path, help="folder that holds labs/ and taichung/; else KARYOVIEW_DATA")
    parser.add_argument("--trials", nargs="+", choices=tuple(TRIALS), default=tuple(TRIALS), help="only these rows")
    parser.add_argument("--home", type=int, default=60, help="cells judged at home")
    parser.add_argument("--steps", type=int, help="steps of two cells, instead of the recipe's")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--output", type=Path, required=True)
    args = parser.parse_args(arguments)
    use_threads(args.threads)
    measure(args.engine, data_folder(args.data), args.output, args.trials, args.home, args.steps, args.device)


if __name__ == "__main__":
    main()

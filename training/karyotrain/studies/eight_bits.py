"""The default engine in 8 bits beside itself in bf16: ``python -m karyotrain.studies.eight_bits --data FOLDER``.

On each cell the engine is asked with bf16 as shipped, and in 8 bits with one, two and four views of the finder and with
effort "best"; what a policy (views looked at first, further ones where more candidates than a cut are doubtful, and
"best" where the whole cell leaves doubt, or not) gives and costs follows from these. Policies are chosen on
``--split fit``: the one with the fewest views whose corrections are at most ``ALLOWED`` more, by the mean over the
cells. ``--split val`` measures the shipped efforts only, once. Time is that of the processor, of both engines in turn
on the same cells. Needs ``karyoview weights export``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from karyotrain.data.cells import Cell, labelled_cells
from karyotrain.engines.measure import load_everything
from karyotrain.studies.common import judge, publish, study_parser
from karyotrain.trainer.command import use_threads
from karyoview.core.errors import KaryoViewError
from karyoview.core.image import MetaphaseImage
from karyoview.core.metrics import ImagePrediction, Report, paired_difference
from karyoview.detectors.cell_reading import CellReader
from karyoview.detectors.reading_settings import EFFORTS, doubts
from karyoview.imaging.normalization import normalize

ALLOWED: Final = 0.05
"""Corrections a cell that 8 bits may cost on average."""
LOOKS: Final = ((1,), (1, 2), (1, 4), (1, 2, 4), (2,), (2, 4), (4,))
VIEWS: Final = (1, 2, 4)
BEST: Final = EFFORTS["best"].views
CUTS: Final = (0, 1, 2, 3, 4, 6, 8, 12)


@dataclass(frozen=True, slots=True)
class OneCell:
    """What was found in one cell by bf16, and in 8 bits by number of views, with the candidates in doubt then.

    ``by_views`` of :data:`BEST` is what the effort "best" finds.
    """

    reference: ImagePrediction
    by_views: dict[int, ImagePrediction]
    doubts: dict[int, int]

    def chosen(self, looks: Sequence[int], cut: int, reads_again: bool = False) -> int:
        """How many views a policy sees of this cell; the last read is that in so many."""
        first = next((v for v in looks[:-1] if self.doubts[v] <= cut), looks[-1])
        again = EFFORTS["balanced"].after(self.by_views[first].scores) if reads_again else None
        return first if again is None else again.views


def engines(arguments: Any) -> tuple[CellReader, CellReader]:
    """The default engine in bf16 and in 8 bits; KaryoViewError for another."""
    found = [
        load_everything(arguments.engine, arguments.weights, "cpu", precision=precision)
        for precision in ("bf16", "int8")
    ]
    if not (isinstance(found[0], CellReader) and isinstance(found[1], CellReader)):
        raise KaryoViewError(f"{arguments.engine} has no networks in 8 bits; name the default engine.")
    return found[0], found[1]


def ask_all(full: CellReader, eight: CellReader, cell: Cell) -> OneCell:
    """Both engines on one cell; the same set of networks reads it every time."""
    image = MetaphaseImage(cell.pixels, cell.name)
    grey = normalize(image.to_uint8())[0]
    reader = eight.engine_for(grey)
    scaled, shipped = reader.read_at_scale(grey), reader.effort
    by_views, in_doubt = {}, {}
    for views in VIEWS:
        reader.effort = replace(shipped, views=views, again=None)
        by_views[views] = ImagePrediction.from_detections(reader.predict([image])[0])
        in_doubt[views] = doubts(reader.candidates(scaled, views).scores)
    reader.effort = EFFORTS["best"]
    by_views[BEST] = ImagePrediction.from_detections(reader.predict([image])[0])
    reader.effort = shipped
    return OneCell(ImagePrediction.from_detections(full.predict([image])[0]), by_views, in_doubt)


def policies(cells: Sequence[Cell], asked: Sequence[OneCell], threshold: float) -> list[dict[str, Any]]:
    """One row a policy: looks, cut, whether it reads again, views seen a cell, corrections more than bf16 with their
    interval."""
    reference = judge([a.reference for a in asked], cells, threshold, 0)
    rows = []
    for looks, again in product(LOOKS, (False, True)):
        for cut in CUTS if len(looks) > 1 else (0,):
            seen = [a.chosen(looks, cut, again) for a in asked]
            report = judge([a.by_views[v] for a, v in zip(asked, seen, strict=True)], cells, threshold, 0)
            change = paired_difference(reference, report)
            rows.append(
                {"looks": list(looks), "cut": cut, "again": again, "views": float(np.mean(seen))}
                | {**corrections(reference, report), "more": [change["mean"], change["low"], change["high"]]}
            )
    return rows


def corrections(reference: Report, report: Report) -> dict[str, float]:
    """Corrections a cell by bf16 and in 8 bits."""
    return {"bf16": float(reference["corrections_per_cell"]), "int8": float(report["corrections_per_cell"])}


def cheapest(rows: Sequence[dict[str, Any]], allowed: float = ALLOWED) -> dict[str, Any] | None:
    """The policy that looks at the fewest views of those that cost at most ``allowed`` corrections; None without."""
    within = [row for row in rows if row["more"][0] <= allowed]
    return min(within, key=lambda row: (row["views"], row["more"][0]), default=None)


def timed(run: Callable[[], Any]) -> tuple[Any, float]:
    """What ``run`` gives, and its processor time in seconds."""
    begun = time.process_time()
    return run(), time.process_time() - begun


def as_shipped(full: CellReader, eight: CellReader, cells: Sequence[Cell]) -> dict[str, Any]:
    """Corrections and processor time of both engines as they are shipped, cell by cell in turn."""
    found: dict[str, list[ImagePrediction]] = {"bf16": [], "int8": []}
    seconds: dict[str, list[float]] = {"bf16": [], "int8": []}
    for cell in cells:
        image = MetaphaseImage(cell.pixels, cell.name)
        for name, engine in (("int8", eight), ("bf16", full)):
            detections, took = timed(partial(engine.predict, [image]))
            found[name].append(ImagePrediction.from_detections(detections[0]))
            seconds[name].append(took)
    cut = full.info.operating_threshold
    reports = {name: judge(predictions, cells, cut, 0) for name, predictions in found.items()}
    change = paired_difference(reports["bf16"], reports["int8"])
    return {
        "cells": len(cells), **corrections(reports["bf16"], reports["int8"]),
        "more": [change["mean"], change["low"], change["high"]],
        "seconds": {name: float(np.mean(values)) for name, values in seconds.items()},
        "time_ratio": ratio_with_interval(np.array(seconds["int8"]), np.array(seconds["bf16"])),
    }  # fmt: skip


def ratio_with_interval(top: npt.NDArray[np.float64], bottom: npt.NDArray[np.float64]) -> list[float]:
    """Sum of ``top`` by that of ``bottom``, both (N,) of the same cells, with its 95 % interval over cells."""
    draws = np.random.default_rng(0).integers(0, len(top), (2000, len(top)))
    low, high = np.quantile(top[draws].sum(1) / bottom[draws].sum(1), (0.025, 0.975))
    return [float(top.sum() / bottom.sum()), float(low), float(high)]


def policy_name(row: dict[str, Any]) -> str:
    """Which policy a row of :func:`policies` is of."""
    return f"looks {row['looks']}, cut {row['cut']}{', read again' if row['again'] else ''}"


def shown(row: dict[str, Any]) -> str:
    """A row of :func:`policies` or :func:`as_shipped` for people."""
    more = "{:+.2f} [{:+.2f}, {:+.2f}]".format(*row["more"])
    return f"bf16 {row['bf16']:.2f}, 8 bits {row['int8']:.2f} corrections a cell, {more} more"


def main() -> None:
    """Choose a policy on fit cells, or measure the shipped one on val cells; see the module."""
    arguments = study_parser(__doc__).parse_args()
    use_threads(arguments.threads)
    cells = labelled_cells(arguments.data, arguments.split, arguments.limit)
    full, eight = engines(arguments)
    print(f"{len(cells)} cells of {arguments.split}; shipped: {EFFORTS['balanced'].views} views", flush=True)
    rows: dict[str, Any]
    if arguments.split == "val":
        rows = {"as shipped": as_shipped(full, eight, cells)}
        row = rows["as shipped"]
        print(shown(row))
        print("processor time a cell: 8 bits {int8:.2f} s, bf16 {bf16:.2f} s".format(**row["seconds"]), end=", ")
        print("ratio {:.2f} [{:.2f}, {:.2f}]".format(*row["time_ratio"]))
    else:
        asked = []
        for cell in cells:
            asked.append(ask_all(full, eight, cell))
            print(f"{len(asked)} of {len(cells)}", flush=True)
        table = policies(cells, asked, full.info.operating_threshold)
        for row in table:
            print(f"{policy_name(row)}: {row['views']:.2f} views a cell, {shown(row)}")
        best = cheapest(table)
        print("No policy keeps within." if best is None else f"chosen: {policy_name(best)}")
        rows = {policy_name(row): row for row in table}
    publish("eight_bits", rows, arguments, eight)


if __name__ == "__main__":
    main()

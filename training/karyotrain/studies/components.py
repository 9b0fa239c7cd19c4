"""What each part of the default engine is worth: ``python -m karyotrain.studies.components --data FOLDER``.

Nothing is trained. The shipped engine is judged with one part at a time switched off or turned up, on the
same cells, and each row is compared with the shipped setting cell by cell (paired bootstrap over cells).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from karyotrain.data.cells import Cell, labelled_cells
from karyotrain.engines.measure import ask
from karyotrain.studies.common import as_table, judge, publish, row, study_parser
from karyotrain.trainer.command import use_threads
from karyoview.core.detection import MIN_RANKED_SCORE
from karyoview.core.metrics import best_f1_threshold
from karyoview.detectors.karyoview_engine import KaryoViewEngine
from karyoview.detectors.reading_settings import EFFORTS
from karyoview.detectors.registry import find_engines
from karyoview.detectors.weights import LoadedWeights, load_weights


@dataclass(frozen=True, slots=True)
class Variant:
    """One row: ``views`` of the naming network and of the finder, whether ``neighbours`` suppress (else Soft-NMS),
    whether soft quotas hold for the cell ``together``, whether regions get a ``second_look``, and whether that is
    the network that sees the whole cell as ``context`` (else a logistic fit). ``again``: a cell that leaves doubt is
    read once more."""

    views: int = 2
    finder_views: int = 4
    neighbours: bool = True
    joint_assignment: bool = True
    second_look: bool = True
    context: bool = True
    again: bool = True


VARIANTS: Final = {
    "as shipped (balanced)": Variant(),
    "without soft quotas": Variant(joint_assignment=False),
    "without the second look": Variant(second_look=False),
    "second look by logistic fit": Variant(context=False),
    "without both": Variant(joint_assignment=False, second_look=False),
    "Soft-NMS instead of the neighbours, no second look": Variant(neighbours=False, second_look=False),
    "no cell read again": Variant(again=False),
    "naming: 1 view, none again": Variant(views=1, again=False),
    "naming: 4 views, none again": Variant(views=4, again=False),
    "finder: 1 view, none again": Variant(finder_views=1, again=False),
    "finder: 2 views, none again": Variant(finder_views=2, again=False),
    "1 view each (fast)": Variant(views=1, finder_views=1, again=False),
    "8 and 4 views (best)": Variant(views=4, finder_views=8, again=False),
}


class VariedEngine(KaryoViewEngine):
    """The default engine whose stages take their number of views each on its own."""

    def __init__(self, weights: LoadedWeights, variant: Variant, device: str) -> None:
        card = dict(weights.card)
        if not variant.second_look:
            # without the second look the scores are the finder's own, and so is their threshold
            card["config"] = {k: v for k, v in card.get("config", {}).items() if k != "rescoring"}
            card["operating_threshold"] = card["config"].get("finder_threshold", card["operating_threshold"])
        settings = {"threshold": MIN_RANKED_SCORE, "joint_assignment": variant.joint_assignment}
        super().__init__(replace(weights, card=card), device=device, settings=settings)
        self.effort = replace(EFFORTS["balanced"], views=variant.finder_views, crop_views=variant.views)
        if not variant.again:
            self.effort = replace(self.effort, again=None)
        if not variant.neighbours:
            self.model.learned_nms = None
        if not (variant.context and variant.second_look):
            self.model.cell_context = None


def measure(
    weights: LoadedWeights, cells: list[Cell], device: str, resamples: int = 500
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Rows by name, the shipped setting first; each has the threshold that it was judged at."""
    shipped = None
    for name, variant in VARIANTS.items():
        if not variant.second_look and weights.card.get("config", {}).get("rescoring") is None:
            yield name, {"note": "these weights have no second look", "cells": 0}
            continue
        engine = VariedEngine(weights, variant, device)
        found = ask(engine, cells)[0]
        cut = engine.info.operating_threshold
        if not (variant.neighbours and variant.context):
            # no threshold was fitted for these scores: the best on these very cells favours them a little
            cut = float(best_f1_threshold(found, [c.truth() for c in cells])[0])
        report = judge(found, cells, cut, resamples)
        line = row(report, shipped) | {"threshold": cut}
        if shipped is None:
            shipped = report
        else:
            # what the part is worth should not hang on a threshold that was fitted with it
            line["best_f1"] = best_f1_threshold(found, [c.truth() for c in cells])[1]
        yield name, line


def main() -> None:
    parser = study_parser(__doc__)
    arguments = parser.parse_args()
    use_threads(arguments.threads)
    path: Path = arguments.weights or find_engines()[0]["karyoview"]
    weights = load_weights(path)
    cells = labelled_cells(arguments.data, arguments.split, arguments.limit)
    print(f"{path.name} on {len(cells)} cells of {arguments.split}")
    rows: dict[str, Any] = {}
    for name, line in measure(weights, cells, arguments.device):
        rows[name] = line
        summary = line.get("note") or f"{line['corrections_per_cell']:.2f} corrections a cell"
        print(f"{name}: {summary}", flush=True)
    print(as_table(rows, "default engine"))
    publish("components", rows, arguments, VariedEngine(weights, Variant(), arguments.device))


if __name__ == "__main__":
    main()

"""What drawn cells alone teach: a finder that never saw a real cell, measured on real ones.

Train it with ``python -m karyotrain.engines.train_finder --data DRAWN --extra DRAWN… --share 0.7 --output RUN`` from
cases of ``karyoview synthesize``; then ``python -m karyotrain.studies.synthetic_only --finder RUN --data FOLDER``.
Its threshold is chosen on the drawn sample cases, so that nothing at all comes from real cells.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from karyotrain.data.dataset import Sample, load
from karyotrain.engines.measure import drawn_cells, figures
from karyotrain.engines.train_learned_nms import load_finder, unsuppressed_regions
from karyoview.core.metrics import ImagePrediction, ImageTruth, Report, best_f1_threshold, evaluate
from karyoview.detectors.nets.finder import Finder
from karyoview.detectors.nets.nms import soft_nms
from karyoview.io.atomic import write_atomic

SIGMA = 0.3


def find(finder: Finder, cells: Iterable[Sample], views: int = 1) -> tuple[list[ImagePrediction], list[ImageTruth]]:
    """What a finder with Soft-NMS says about cells at scale 1, and their truth without classes."""
    found, truths = [], []
    for cell in cells:
        seen, back = unsuppressed_regions(finder, cell.pixels, views)
        kept, scores = soft_nms(seen.boxes.float(), seen.scores.float(), sigma=SIGMA)
        boxes = seen.boxes[kept].double().numpy() * back
        found.append(ImagePrediction(cell.name, boxes, np.full(len(kept), -1), scores.double().numpy()))
        truth = cell.truth()
        truths.append(replace(truth, labels=np.full(len(truth.boxes), -1)))
    return found, truths


def study(finder: Finder, real: Iterable[Sample]) -> tuple[float, Report, Report]:
    """The threshold of best F1 on the drawn sample cases, and the reports on these and on ``real`` cells."""
    found, truths = find(finder, drawn_cells())
    threshold = float(best_f1_threshold(found, truths)[0])
    drawn = evaluate(found, truths, score_threshold=threshold)
    return threshold, drawn, evaluate(*find(finder, real), score_threshold=threshold)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print both tables; ``--card`` keeps them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--finder", type=Path, required=True, help="run of karyotrain.engines.train_finder on drawn cells alone"
    )
    parser.add_argument("--data", type=Path, required=True, help="real labelled cells; their val cells are asked")
    parser.add_argument("--split", default="val")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--card", type=Path, help="JSON file for what was trained and found")
    args = parser.parse_args(arguments)
    threshold, drawn, real = study(load_finder(args.finder), load(args.data, args.split, limit=args.limit))
    print(drawn.table("drawn sample cases"))
    print(real.table(f"{args.data.name}/{args.split}, real"))
    if args.card:
        state: dict[str, Any] = json.loads((args.finder / "last.json").read_text())
        card = {
            "what": "finder trained on drawn cells alone (ImageNet start), Soft-NMS, one look",
            "training": state, "threshold": threshold, "threshold_from": "drawn sample cases",
            "metrics": {"drawn sample cases": figures(drawn), f"{args.data.name}/{args.split}": figures(real)},
        }  # fmt: skip
        write_atomic(args.card, json.dumps(card, indent=2).encode() + b"\n")


if __name__ == "__main__":
    main()

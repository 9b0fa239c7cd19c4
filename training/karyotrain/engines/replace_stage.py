"""Give a default engine newly taught networks of any stage, or fit it anew; all else stays.

``python -m karyotrain.engines.replace_stage --begin FILE --neighbours RUN --output FOLDER`` writes the engine that
karyotrain.engines.train_cell_context looks through next: with those neighbours, and without a network of the cell.
``--context RUN`` (and ``--data FOLDER``) then adds that network and fits threshold, temperature and prices
on the first ``--fit-limit`` fit cells; several runs that began alike give the mean of their weights (model soups,
Wortsman et al. 2022). ``--data`` alone fits these anew, where the engine reads otherwise than
it did. ``--finder RUN`` and ``--namer RUN`` take networks that were trained further: what reads from them is kept,
to be taught further too. Figures are measured by karyotrain.engines.measure.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from karyotrain.data.dataset import Sample, load
from karyotrain.engines.assembly import STAGES, decide_together, put_stage, write
from karyoview.detectors.weights import load_weights

_DROPPED = ("weights", "metrics", "studies")


@dataclass(frozen=True, slots=True)
class Runs:
    """Training runs whose networks go into an engine; None leaves a stage as it is.

    Of several runs of the network of the cell (``context``) the mean of the weights is taken.
    """

    finder: Path | None = None
    namer: Path | None = None
    neighbours: Path | None = None
    context: tuple[Path, ...] = ()


def replace_stages(begin: Path, output: Path, runs: Runs, cells: Sequence[Sample] = ()) -> Path:
    """The engine in ``begin`` with the stages of ``runs``, written below ``output``; → its file.

    The network of the cell was taught what neighbours say, so new neighbours alone leave it out. ``cells``
    are those that threshold, temperature and prices are fitted on where there is one. Figures and studies of
    the old engine are dropped from the card, what its other stages were trained with is kept.
    """
    weights = load_weights(begin)
    tensors, card = dict(weights.tensors), {k: v for k, v in weights.card.items() if k not in _DROPPED}
    training: dict[str, Any] = dict(card.get("training", {}))
    for stage, run in (("finder", runs.finder), ("namer", runs.namer), ("neighbours", runs.neighbours)):
        if run is not None:
            put_stage(stage, [run], tensors, training)
    if runs.neighbours is not None:
        tensors = {k: v for k, v in tensors.items() if not k.startswith(STAGES["context"][0])}
        card["config"] = {k: v for k, v in card["config"].items() if k not in ("context_temperature", "outlined")}
    path = output / "karyoview.safetensors"
    output.mkdir(parents=True, exist_ok=True)
    if runs.context:
        penalties = card["config"].get("copy_penalties", (0.0, 0.0, 1.5, 3.0))
        settings = put_stage("context", runs.context, tensors, training)
        card["config"] = {**settings, "copy_penalties": penalties}
    elif cells:
        card["config"] = {k: v for k, v in card["config"].items() if k != "context_temperature"}
    card["training"] = training
    if cells:
        training["fit"] = decide_together(path, tensors, card, cells)
    return write(path, tensors, card)


def main(arguments: Sequence[str] | None = None) -> None:
    """Renew one engine; see the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--begin", type=Path, required=True, help="weights of a default engine")
    add("--finder", type=Path, help="run of engines.train_finder that began as this engine's finder")
    add("--namer", type=Path, help="run of engines.train_classifier that began as this engine's")
    add("--neighbours", type=Path, help="run of engines.train_learned_nms")
    add("--context", type=Path, nargs="+", help="runs of engines.train_cell_context on that engine")
    add("--data", type=Path, help="folder with fit cases, to fit on")
    add("--fit-limit", type=int, default=60)
    add("--output", type=Path, required=True)
    args = parser.parse_args(arguments)
    if args.context is not None and args.data is None:
        parser.error("--context needs --data, whose fit cells the threshold is fitted on")
    if args.data is not None and args.context is None and args.neighbours is not None:
        parser.error("with new neighbours the network of the cell is taught anew before anything is fitted")
    # the first fit cells: the others taught both networks
    cells = load(args.data, "calibration")[: args.fit_limit] if args.data is not None else ()
    runs = Runs(args.finder, args.namer, args.neighbours, tuple(args.context or ()))
    print(replace_stages(args.begin, args.output, runs, cells))


if __name__ == "__main__":
    main()

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

import torch

from karyotrain.data.dataset import Sample, load
from karyotrain.engines.assembly import TRUNK, decide_together, read_stage
from karyotrain.trainer.weight_averaging import mean_of
from karyoview.detectors.weights import load_weights, save_weights

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


def averaged_stage(runs: Sequence[Path], prefix: str) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
    """The mean of the weights of ``runs``, and the state of the first with those of the others beside it."""
    read = [read_stage(run, prefix) for run in runs]
    state = read[0][1]
    if len(read) > 1:
        state = {**state, "averaged_with": [{k: v for k, v in s.items() if k != "config"} for _, s in read[1:]]}
    return mean_of([tensors for tensors, _ in read]), state


def renew(begin: Path, output: Path, runs: Runs, cells: Sequence[Sample] = ()) -> Path:
    """The engine in ``begin`` with the stages of ``runs``, written below ``output``; → its file.

    The network of the cell was taught what neighbours say, so new neighbours alone leave it out. ``cells``
    are those that threshold, temperature and prices are fitted on where there is one. Figures and studies of
    the old engine are dropped from the card, what its other stages were trained with is kept.
    """
    weights = load_weights(begin)
    tensors, card = dict(weights.tensors), {k: v for k, v in weights.card.items() if k not in _DROPPED}
    stages: dict[str, Any] = dict(card.get("training", {}))
    for run, stage, network, command in (
        (runs.finder, "finder", "finder.", "train_finder"),
        (runs.namer, "namer", "classifier.", "train_classifier"),
    ):
        if run is not None:
            learned, state = read_stage(run, network)
            tensors = {k: v for k, v in tensors.items() if not k.startswith(network)} | learned
            stages[stage] = {"command": f"python -m karyotrain.engines.{command}", **state}
    if runs.neighbours is not None:
        tensors = {k: v for k, v in tensors.items() if not k.startswith(("learned_nms.", "cell_context."))}
        learned, state = read_stage(runs.neighbours, "learned_nms.")
        tensors |= learned
        stages["neighbours"] = {"command": "python -m karyotrain.engines.train_learned_nms", **state}
        card["config"] = {k: v for k, v in card["config"].items() if k not in ("context_temperature", "outlined")}
    path = output / "karyoview.safetensors"
    output.mkdir(parents=True, exist_ok=True)
    if runs.context:
        tensors = {k: v for k, v in tensors.items() if not k.startswith("cell_context.")}
        learned, state = averaged_stage(runs.context, "cell_context.")
        tensors |= learned
        card["config"] = {
            **state.pop("config"),
            "copy_penalties": card["config"].get("copy_penalties", (0.0, 0.0, 1.5, 3.0)),
        }
        stages["context"] = {"command": "python -m karyotrain.engines.train_cell_context", **state}
    elif cells:
        card["config"] = {k: v for k, v in card["config"].items() if k != "context_temperature"}
    card["training"] = stages
    if cells:
        stages["fit"] = decide_together(path, tensors, card, cells)
    return save_weights(path, tensors, card, precision="fp16", trunk_prefix=TRUNK)


def main(arguments: Sequence[str] | None = None) -> None:
    """Renew one engine; see the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--begin", type=Path, required=True, help="weights of a default engine")
    parser.add_argument(
        "--finder", type=Path, help="run of karyotrain.engines.train_finder that began as this engine's finder"
    )
    parser.add_argument(
        "--namer", type=Path, help="run of karyotrain.engines.train_classifier that began as this engine's"
    )
    parser.add_argument("--neighbours", type=Path, help="run of karyotrain.engines.train_learned_nms")
    parser.add_argument(
        "--context", type=Path, nargs="+", help="runs of karyotrain.engines.train_cell_context on that engine"
    )
    parser.add_argument("--data", type=Path, help="folder with fit cases, to fit on")
    parser.add_argument("--fit-limit", type=int, default=60)
    parser.add_argument("--output", type=Path, required=True)
    args = parser.parse_args(arguments)
    if args.context is not None and args.data is None:
        parser.error("--context needs --data, whose fit cells the threshold is fitted on")
    if args.data is not None and args.context is None and args.neighbours is not None:
        parser.error("with new neighbours the network of the cell is taught anew before anything is fitted")
    # the first fit cells: the others taught both networks
    cells = load(args.data, "calibration")[: args.fit_limit] if args.data is not None else ()
    runs = Runs(args.finder, args.namer, args.neighbours, tuple(args.context or ()))
    print(renew(args.begin, args.output, runs, cells))


if __name__ == "__main__":
    main()

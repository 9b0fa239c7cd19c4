"""Train the network that judges and names the regions of a cell together (nets.cell_context).

``python -m karyotrain.engines.train_cell_context --data FOLDER --engine FILE --output FOLDER``: the engine, up to
that network, looks once at ``--cells`` training cells, at ``--third`` further ones with a third copy pasted in
(karyotrain.data.third_copies) and at the fit cases after the first ``--spare``, with ``--workers`` processes; what it
saw is kept in the output and shown again and again. ``--kept`` takes what its finder saw before
(karyotrain.engines.feature_cache). ``--relaid`` with ``--straight`` adds so many cells laid out anew from the crops of
several laboratories, each in one look, ``--drawn`` ones of the generator, and ``--empty`` fields without a metaphase;
``--looks`` shows every second training cell as another camera and software would. F1, classes and corrections on the
spare cells are printed with the network and without, and on cells laid out anew from held-out ones.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from karyotrain.data.cells import Cell as LabelledCell
from karyotrain.data.dataset import Sample, load
from karyotrain.data.third_copies import EXTRA_LABELS, library_of, pasted_cells
from karyotrain.engines.feature_cache import as_engine_reads, chosen, remembering
from karyotrain.engines.teaching_cells import Cells, CellSets, add_cell_arguments, checked, made_cells, shown_cells
from karyotrain.trainer import per_cell_trainer
from karyotrain.trainer.command import averaged, run_command, run_parser, use_threads
from karyotrain.trainer.per_cell_trainer import PerCellTask
from karyotrain.trainer.schedule import Optimisation, Schedule
from karyoview.core.assignment import assign_classes
from karyoview.core.chromosome import CLASSES
from karyoview.core.geometry import iou_xyxy
from karyoview.core.matching import match_one
from karyoview.core.metrics import ImagePrediction, ImageTruth, best_f1_threshold, evaluate
from karyoview.detectors.karyoview_engine import KaryoViewEngine
from karyoview.detectors.nets.cell_context import CellContext
from karyoview.detectors.regions import ContextInputs
from karyoview.detectors.weights import load_weights

Cell = dict[str, torch.Tensor]
HOW: Final = replace(
    per_cell_trainer.HOW,
    schedule=Schedule("cosine", warmup=200, gamma=0.0, longest_warmup=1.0, whole_steps=True),
)
OUTLINED = 0.1
"""Regions down to this share of the finder's threshold are judged: far more than it would count by itself."""
THIRD = (*range(len(CLASSES)), *EXTRA_LABELS * 2)
"""Classes of the third copies that teach, in turn: all, and those of EXTRA twice more."""
_COPY_PENALTIES = (0.0, 0.0, 1.5, 3.0)
_NAMES = ContextInputs._fields
_EARLIER = {"own": "node_features", "felt": "roi_features", "between": "pair_features"}
"""What kept cells of earlier versions call their inputs."""


def engine_of(path: Path) -> KaryoViewEngine:
    """The engine in ``path``, outlining down to OUTLINED."""
    weights = load_weights(path)
    config = {**weights.card.get("config", {}), "outlined": OUTLINED}
    return KaryoViewEngine(
        replace(weights, card={**weights.card, "config": config}), device="auto", settings={"precision": "bf16"}
    )


def collect(engine: KaryoViewEngine, cells: Iterable[Sample | LabelledCell]) -> list[Cell]:
    """What the engine knows of each cell's outlined regions, and ``overlap`` (N, T), ``truth`` and ``labels``.

    Each cell is normalized and scaled as the engine does it; boxes are in the pixels of the scaled cell.
    """
    found = []
    for cell in cells:
        pixels, factor = as_engine_reads(engine, cell.pixels)
        truth = factor * cell.boxes.astype(np.float64)
        seen = engine.named_regions(pixels)
        k = len(seen.masks)
        if k == 0:
            continue
        read = [torch.from_numpy(np.asarray(a)).half() for a in seen.context_inputs()]
        found.append(
            dict(zip(_NAMES, read, strict=True))
            | {
                "boxes": torch.from_numpy(seen.boxes[:k]),
                "overlap": torch.from_numpy(iou_xyxy(seen.boxes[:k], truth)),
                "truth": torch.from_numpy(truth),
                "labels": torch.from_numpy(np.asarray(cell.labels, np.int64)),
            }
        )
    return found


def ask(model: CellContext, cell: Mapping[str, torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
    """Log odds (N,) and log probabilities (N, 24) for one cell."""
    odds, named = model(*(cell[name].float() for name in _NAMES))
    return odds, named


def loss_of(model: CellContext, cell: Mapping[str, torch.Tensor], smoothing: float = 0.02) -> torch.Tensor:
    """Which regions stand for a chromosome, by the network's own order, and which class those have."""
    odds, named = ask(model, cell)
    matched = torch.from_numpy(match_one(cell["overlap"].numpy(), odds.detach().double().numpy(), 0.5))
    found = nn.functional.binary_cross_entropy_with_logits(odds, (matched >= 0).float())
    keep = matched >= 0
    if not keep.any():
        return found
    label = cell["labels"][matched[keep]]
    return found + 0.5 * nn.functional.cross_entropy(named[keep], label, label_smoothing=smoothing)


def _lessened(cell: Cell, rng: np.random.Generator) -> Cell:
    """The cell without a few of its regions and with noise on what was seen, so that no single one is trusted."""
    n = len(cell["node_features"])
    keep = torch.from_numpy(np.flatnonzero(rng.random(n) > 0.05))
    if len(keep) < 2:
        return cell
    less = {k: cell[k][keep] for k in ("node_features", "log_probs", "overlap")}
    less |= {k: nn.functional.dropout(cell[k][keep].float(), 0.3) for k in ("embeddings", "roi_features")}
    return cell | less | {"pair_features": cell["pair_features"][keep][:, keep]}


def task_of(
    cells: Sequence[Cell],
    epochs: int,
    how: Optimisation = HOW,
    seed: int = 0,
    begin: Mapping[str, torch.Tensor] | None = None,
    **more: Any,
) -> PerCellTask:
    """A network on ``cells``. ``begin`` are the tensors of one that goes on; without them it is new."""
    torch.manual_seed(seed)
    model = CellContext()
    if begin is not None:
        model.load_state_dict({k: v.float() for k, v in begin.items()})
    return PerCellTask(
        "cell_context", model, cells, lambda model, cell, rng: loss_of(model, _lessened(cell, rng)),
        epochs=epochs, how=how, seed=seed, **more,
    )  # fmt: skip


def judge(cells: Sequence[Cell], model: CellContext | None) -> dict[str, float]:
    """F1, class accuracy and corrections a cell at the best threshold; without ``model`` by finder and namer alone."""
    found, truths = [], []
    for number, cell in enumerate(cells):
        if model is None:
            odds, named = cell["node_features"][:, 0].float(), cell["log_probs"].float()
        else:
            with torch.no_grad():
                odds, named = ask(model, cell)
        found.append((cell["boxes"].numpy(), odds.sigmoid().double().numpy(), named.double().numpy()))
        truths.append(ImageTruth(f"{number}", cell["truth"].numpy(), cell["labels"].numpy()))

    def predictions_at(threshold: float) -> list[ImagePrediction]:
        predictions = []
        for t, (boxes, scores, named) in zip(truths, found, strict=True):
            labels, counted = named.argmax(1), scores >= threshold
            labels[counted] = assign_classes(named[counted], _COPY_PENALTIES)
            predictions.append(ImagePrediction(t.image, boxes, labels, scores))
        return predictions

    threshold, f1 = best_f1_threshold(predictions_at(0.5), truths)
    report = evaluate(predictions_at(threshold), truths, score_threshold=threshold)
    return {"f1": float(f1), "threshold": float(threshold), "class_accuracy": float(report["class_accuracy"] or 0.0),
            "corrections": float(report["corrections_per_cell"])}  # fmt: skip


def _task(args: argparse.Namespace) -> PerCellTask:
    """Looks at the cells, or reads what was seen of them, and the task that they make."""
    weights_hash = load_weights(args.engine).info.weights_hash
    observe = partial(_seen, args.engine, args.kept, args.workers)
    fit, train = load(args.data, "calibration", limit=args.limit), load(args.data, "train")
    further = [train[i] for i in chosen(train, args.cells + args.third)[args.cells :]]
    spare = observe(list(fit[: args.spare]))

    def seen(sets: CellSets) -> list[Cell]:
        # another engine, or other cells, see something else
        before = f"{args.output}/seen-by-{weights_hash[:8]}-"
        return [c for name, cells in sets.items() for c in _kept(Path(f"{before}{name}.safetensors"), observe, cells)]

    rest = seen({f"fit-{args.spare}-{len(fit)}": lambda: list(fit[args.spare :]), **shown_cells(args, train)})
    pieces, name = args.output / "pieces", f"third-{args.cells}-{len(further)}"
    pasted = seen({name: lambda: _with_a_third(args.data, further, pieces, args.workers)}) if further else []
    relaid = seen(made_cells(args))
    rest += pasted + relaid
    held = {name: seen({name: cells}) for name, cells in made_cells(args, held=True).items()}
    known = load_weights(args.begin).tensors if args.begin is not None else {}
    begin = {k.removeprefix("cell_context."): v for k, v in known.items() if k.startswith("cell_context.")}
    # the temperature after this network belongs to the network before it, if the engine had one
    config = {k: v for k, v in engine_of(args.engine).config.items() if k != "context_temperature"}

    def figures(model: CellContext) -> dict[str, Any]:
        return {
            "cells": len(rest), "third": len(pasted), "relaid": len(relaid), "epochs": args.epochs,
            "lr": args.lr, "seed": args.seed,
            "config": config, "spare": judge(spare, model), "spare_without": judge(spare, None),
            "seen": judge(rest[:60], model),
        } | {name.split("-")[0] + "_held": judge(cells, model) for name, cells in held.items()}  # fmt: skip

    how = averaged(replace(HOW, lr=args.lr), args)
    return task_of(rest, args.epochs, how, args.seed, begin or None, figures=figures)


def main(arguments: Sequence[str] | None = None) -> int:
    """Train the network of the cell; see the module."""
    parser = run_parser(__doc__, precision="fp32")
    add_cell_arguments(parser, cells=900)
    parser.add_argument("--engine", type=Path, required=True, help="weights of the default engine")
    parser.add_argument("--third", type=int, default=0, help="further training cells, each with a third copy pasted in")
    parser.add_argument("--workers", type=int, default=1, help="processes that look, of one thread each if several")
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--lr", type=float, default=HOW.lr)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--begin", type=Path, help="weights of an engine whose network of the cell is taught further")
    args = checked(parser, arguments)
    args.output.mkdir(parents=True, exist_ok=True)
    return run_command(lambda: _task(args), args)


def _kept(path: Path, observe: Callable[[Cells], list[Cell]], cells: Callable[[], Cells]) -> list[Cell]:
    """What was collected before and kept in ``path``, or is collected now: looking is what takes long."""
    if path.is_file():
        found: dict[int, Cell] = {}
        for key, value in load_file(str(path)).items():
            number, name = key.split(".")
            found.setdefault(int(number), {})[_EARLIER.get(name, name)] = value
        return [found[i] for i in sorted(found)]
    seen = observe(cells())
    save_file({f"{i}.{k}": v.contiguous() for i, cell in enumerate(seen) for k, v in cell.items()}, str(path))
    return seen


def _with_a_third(data: Path, cells: Sequence[Sample], folder: Path, workers: int) -> list[LabelledCell]:
    """The cells with one more chromosome; every class in turn, those of viable trisomies three times as often."""
    plain = [LabelledCell(c.name, c.case, c.pixels, c.boxes.astype(np.float64), c.labels) for c in cells]
    made, refused = pasted_cells(plain, library_of(data, "train", plain, folder, workers), THIRD)
    print(f"{len(made)} training cells with a third copy; {refused} had no room or no piece for it", flush=True)
    return [m.cell for m in made]


def _seen(weights: Path, kept: Path | None, workers: int, cells: Sequence[Sample | LabelledCell]) -> list[Cell]:
    """What the engine knows of the cells, in their order; see :func:`collect`."""
    if workers <= 1:
        return _look(weights, kept, cells)
    parts = [cells[i::workers] for i in range(workers)]
    with ProcessPoolExecutor(workers, get_context("spawn"), use_threads, (1,)) as pool:
        found = list(pool.map(partial(_look, weights, kept), parts))
    turns = range(max(map(len, found), default=0))
    return [part[i] for i in turns for part in found if i < len(part)]


def _look(weights: Path, kept: Path | None, cells: Sequence[Sample | LabelledCell]) -> list[Cell]:
    return collect(remembering(engine_of(weights), kept), cells)


if __name__ == "__main__":
    raise SystemExit(main())

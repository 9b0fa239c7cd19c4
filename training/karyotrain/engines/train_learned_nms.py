"""Train the learned suppression (nets.learned_nms) on cells that the finder never saw.

``python -m karyotrain.engines.train_learned_nms --data FOLDER --finder RUN --output FOLDER`` (or ``--engine FILE`` for
the finder of a default engine, which looks at cells of its own scale): candidates of the
``fit`` cases after the first ``--spare`` (which fit thresholds later) are found once, and then shown
again and again, and with them ``--cells`` of the finder's own training cells, ``--looks`` every second one in another
look, ``--relaid`` cells laid out anew from ``--straight``, ``--drawn`` ones and ``--empty`` fields. ``--kept`` takes
what karyotrain.engines.feature_cache kept. ``--begin FILE`` goes on from the network of an engine. (A finder that is
surer of training cells than of new ones would teach too much trust: compare ``f1_soft_nms`` with ``f1_soft_nms_seen``.)
F1 on the spare cells is printed with the network and with the best width of Soft-NMS.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from karyotrain.data.cells import Cell
from karyotrain.data.dataset import Sample, load
from karyotrain.engines.feature_cache import as_engine_reads, remembering
from karyotrain.engines.teaching_cells import add_cell_arguments, checked, made_cells, shown_cells
from karyotrain.engines.train_finder import SCALE
from karyotrain.trainer import per_cell_trainer
from karyotrain.trainer.checkpoint import LAST, read_network
from karyotrain.trainer.command import averaged, run_command, run_parser
from karyotrain.trainer.per_cell_trainer import PerCellTask
from karyotrain.trainer.schedule import Optimisation
from karyoview.core.geometry import iou_xyxy
from karyoview.core.matching import match_one
from karyoview.core.metrics import ImagePrediction, ImageTruth, best_f1_threshold
from karyoview.detectors.devices import autocast
from karyoview.detectors.karyoview_engine import Finds, KaryoViewEngine
from karyoview.detectors.nets.finder import Finder, FinderRegions
from karyoview.detectors.nets.learned_nms import LearnedNMS, candidates
from karyoview.detectors.nets.nms import soft_nms
from karyoview.detectors.weights import load_weights

Candidates = dict[str, torch.Tensor]
HOW: Final = replace(per_cell_trainer.HOW, lr=2e-3)
SIGMAS = (0.2, 0.3, 0.4)
_VIEWS: Final = 4


def load_finder(run: Path) -> Finder:
    """The finder of a training run, ready to find."""
    finder = Finder()
    finder.load_state_dict(read_network(run / LAST), strict=False)
    return finder.eval().to(memory_format=torch.channels_last)


Look = Callable[[npt.NDArray[np.uint8]], tuple[FinderRegions, npt.NDArray[np.float64]]]
"""What a finder sees in a picture, unsuppressed, and the factors (4,) from its pixels to the picture's."""


@torch.no_grad()
def unsuppressed_regions(
    finder: Finds, pixels: npt.NDArray[np.uint8], views: int
) -> tuple[FinderRegions, npt.NDArray[np.float64]]:
    """What a finder sees in a cell's (H, W) ``pixels`` at scale 1, unsuppressed, and the factors (4,) to them."""
    small = cv2.resize(pixels, None, fx=SCALE, fy=SCALE, interpolation=cv2.INTER_AREA)
    with autocast(torch.device("cpu"), "bf16"):
        seen = finder.find(torch.from_numpy(small.astype(np.float32)), views)
    return seen, np.array([pixels.shape[1] / small.shape[1], pixels.shape[0] / small.shape[0]] * 2)


def look_of(engine: KaryoViewEngine) -> Look:
    """How the finder of a whole engine looks: normalized pixels at the scale of the cell, lone pieces proposed."""

    def seen_by_engine(pixels: npt.NDArray[np.uint8]) -> tuple[FinderRegions, npt.NDArray[np.float64]]:
        read, factor = as_engine_reads(engine, pixels)
        found, to_cell, _ = engine.found(read)
        return found, to_cell / factor

    return seen_by_engine


def collect(look: Look, cells: Iterable[Sample | Cell]) -> list[Candidates]:
    """Candidates of each cell and its ``truth`` (T, 4) xyxy in the finder's pixels, their IoU ``overlap`` (N, T)."""
    found = []
    for cell in cells:
        seen, back = look(cell.pixels)
        chosen = candidates(seen.boxes.float(), seen.scores.float())
        if not len(chosen):
            continue
        boxes = seen.boxes[chosen].float()
        truth = cell.boxes.astype(np.float64) / back
        overlap = iou_xyxy(boxes.double().numpy() * back, truth * back)
        found.append(
            {
                "boxes": boxes, "scores": seen.scores[chosen].float(), "classes": seen.classes[chosen].float(),
                "features": seen.features[chosen].float(), "overlap": torch.from_numpy(overlap).float(),
                "truth": torch.from_numpy(truth),
            }
        )  # fmt: skip
    return found


def wanted(overlap: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
    """1 for the candidate that stands for a chromosome, by the network's own order; 0 for all others (N,)."""
    matched = match_one(overlap.double().numpy(), scores.double().numpy(), 0.5)
    return torch.from_numpy((matched >= 0).astype(np.float32))


def ask(model: LearnedNMS, cell: Candidates) -> torch.Tensor:
    """The network's log odds (N,) for one cell's candidates."""
    out: torch.Tensor = model(cell["boxes"], cell["scores"], cell["classes"], cell["features"])
    return out


def best_f1(scores: Sequence[torch.Tensor], cells: Sequence[Candidates]) -> tuple[float, float]:
    """Best F1 over all thresholds at IoU 0.5, and the threshold."""
    found, truths = [], []
    for number, (s, cell) in enumerate(zip(scores, cells, strict=True)):
        boxes, truth = cell["boxes"].double().numpy(), cell["truth"].numpy()
        found.append(ImagePrediction(f"{number}", boxes, np.full(len(boxes), -1), s.double().numpy()))
        truths.append(ImageTruth(f"{number}", truth, np.full(len(truth), -1)))
    threshold, f1 = best_f1_threshold(found, truths)
    return float(f1), float(threshold)


def soft_scores(cell: Candidates, sigma: float) -> torch.Tensor:
    """Scores (N,) of a cell's candidates after Soft-NMS: what the network is compared with."""
    kept, values = soft_nms(cell["boxes"], cell["scores"], sigma=sigma, min_score=0.0, limit=len(cell["scores"]))
    scores = torch.zeros_like(cell["scores"])
    scores[kept] = values
    return scores


def loss_of(model: LearnedNMS, cell: Candidates, _: np.random.Generator) -> torch.Tensor:
    """Which candidates stand for a chromosome."""
    # features differ from slide to slide: a little noise keeps single ones from being trusted
    odds = ask(model, cell | {"features": nn.functional.dropout(cell["features"], 0.2)})
    return nn.functional.binary_cross_entropy_with_logits(odds, wanted(cell["overlap"], odds.detach()))


def task_of(
    cells: Sequence[Candidates],
    epochs: int,
    how: Optimisation = HOW,
    seed: int = 0,
    begin: Mapping[str, torch.Tensor] | None = None,
    **more: Any,
) -> PerCellTask:
    """A network on ``cells``. ``begin`` are the tensors of one that goes on; without them it is new."""
    torch.manual_seed(seed)
    model = LearnedNMS()
    if begin:
        model.load_state_dict({k: v.float() for k, v in begin.items()})
    return PerCellTask("learned_nms", model, cells, loss_of, epochs=epochs, how=how, seed=seed, **more)


def _soft_f1(cells: Sequence[Candidates]) -> float:
    """Best F1 of Soft-NMS over its widths and thresholds."""
    return max(best_f1([soft_scores(c, sigma) for c in cells], cells)[0] for sigma in SIGMAS)


def _task(args: argparse.Namespace) -> PerCellTask:
    """Looks at the cells, and the task that they make."""
    look_at: Look
    if args.engine is not None:
        look_at = look_of(
            remembering(
                KaryoViewEngine(load_weights(args.engine), device="cpu", settings={"precision": "bf16"}), args.kept
            )
        )
    else:
        look_at = partial(unsuppressed_regions, load_finder(args.finder), views=_VIEWS)
    fit = list(load(args.data, "calibration", limit=args.limit))
    spare, rest = collect(look_at, fit[: args.spare]), collect(look_at, fit[args.spare :])
    soft = _soft_f1(spare)
    seen_before = [
        c for cells in shown_cells(args, load(args.data, "train")).values() for c in collect(look_at, cells())
    ]
    soft_seen = _soft_f1(seen_before) if seen_before else None
    rest += seen_before
    for made in made_cells(args).values():
        rest += collect(look_at, made())
    tensors = load_weights(args.begin).tensors if args.begin is not None else {}
    begin = {k.removeprefix("learned_nms."): v for k, v in tensors.items() if k.startswith("learned_nms.")}

    @torch.no_grad()
    def figures(model: LearnedNMS) -> dict[str, Any]:
        f1, threshold = best_f1([ask(model, c).sigmoid() for c in spare], spare)
        seen, _ = best_f1([ask(model, c).sigmoid() for c in rest], rest)
        return {
            "cells": len(rest), "epochs": args.epochs, "threshold": threshold, "f1_spare": f1, "f1_soft_nms": soft,
            "f1_soft_nms_seen": soft_seen, "f1_seen": seen,
        }  # fmt: skip

    return task_of(rest, args.epochs, averaged(replace(HOW, lr=args.lr), args), begin=begin, figures=figures)


def main(arguments: Sequence[str] | None = None) -> int:
    """Train the learned suppression; see the module."""
    parser = run_parser(__doc__, precision="fp32")
    add_cell_arguments(parser, cells=0)
    parser.add_argument("--finder", type=Path, help="run of karyotrain.engines.train_finder")
    parser.add_argument("--engine", type=Path, help="weights of a default engine, whose finder is taken instead")
    parser.add_argument("--begin", type=Path, help="weights of an engine whose learned suppression is taught further")
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--lr", type=float, default=HOW.lr)
    args = checked(parser, arguments)
    if (args.finder is None) == (args.engine is None):
        parser.error("give either --finder RUN or --engine FILE")
    return run_command(lambda: _task(args), args)


if __name__ == "__main__":
    raise SystemExit(main())

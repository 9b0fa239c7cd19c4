"""A network in training against labelled cells: the same metrics as everywhere, at any moment of a run."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import torch
from torch import nn

from karyotrain.data.dataset import CellSet
from karyotrain.engines.network import Network
from karyoview.core.geometry import capsule_bounds
from karyoview.core.metrics import ImagePrediction, ImageTruth, Report, best_f1_threshold, evaluate

CURVE: Final = (
    "corrections_per_cell_with_class", "corrections_per_cell", "wcr", "aer", "aer_paper", "f1", "ap50", "ap50_95",
    "map50", "mapmax", "class_accuracy",
)  # fmt: skip
"""The figures that a run writes while it goes on."""


def predict_cells(
    network: Network,
    cells: CellSet,
    device: torch.device,
    *,
    model: nn.Module | None = None,
    precision: str = "bf16",
    deadline: float | None = None,
) -> tuple[list[ImageTruth], list[ImagePrediction], list[ImagePrediction] | None]:
    """Truths, predictions and, for naming engines, predictions with every class score.

    Rotated boxes are compared as such where the truth has them, else by their capsules' bounds.
    After ``deadline`` (seconds of time.monotonic) no further cell is begun; at least two are done.
    """
    model = network.model if model is None else model
    rotated = network.kind.rotated and all(bool(s.rotated_valid.all()) for s in cells)
    truths: list[ImageTruth] = []
    found: list[ImagePrediction] = []
    ranked: list[ImagePrediction] | None = [] if network.needs_all_class_scores else None
    with network.inference_session(model, device, precision):
        for sample in cells:
            if deadline is not None and len(truths) >= 2 and time.monotonic() > deadline:
                break
            truth = sample.truth(rotated)
            if not network.kind.names_classes:
                truth = replace(truth, labels=truth.labels * 0 - 1)
            truths.append(truth)
            prediction = network.predict(sample, device, precision, model)
            if network.kind.rotated and not rotated:
                prediction = replace(prediction, boxes=capsule_bounds(prediction.boxes))
            found.append(prediction)
            if ranked is not None:
                with network.every_class(model):
                    ranked.append(network.predict(sample, device, precision, model))
    return truths, found, ranked


def evaluate_network(
    network: Network,
    cells: CellSet,
    device: torch.device,
    *,
    choose_threshold: bool = False,
    arguments: Mapping[str, Any] | None = None,
    thresholds: Sequence[float] = (),
    resamples: int = 1000,
    **asked: Any,
) -> Report:
    """The report of ``core.metrics.evaluate`` with ``arguments``; ``asked`` are further ones of :func:`predict_cells`.

    ``choose_threshold`` takes the score cut of best F1 (only on cells held back for it). For each of
    ``thresholds`` WCR and AER at that IoU are added under ``at_iou`` (DeepACE, table 3).
    """
    truths, found, ranked = predict_cells(network, cells, device, **asked)
    settings = dict(arguments or {})
    if choose_threshold:
        settings["score_threshold"] = best_f1_threshold(found, truths)[0]
    report = evaluate(found, truths, ranked=ranked, resamples=resamples, **settings)
    if thresholds:
        report["at_iou"] = {
            f"{t:g}": {k: part[k] for k in ("wcr", "aer")}
            for t in thresholds
            for part in [evaluate(found, truths, resamples=0, **{**settings, "iou": t})]
        }
    return report


def headline(report: Mapping[str, Any]) -> dict[str, float]:
    """The few figures of a report that a curve shows."""
    return {k: round(float(report[k]), 5) for k in CURVE if report.get(k) is not None}

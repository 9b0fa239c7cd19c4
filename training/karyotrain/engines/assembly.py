"""Put the default engine together from its trained stages, and fit what is fitted, on the ``fit`` cases.

``python -m karyotrain.engines.assembly --data FOLDER --finder RUN --namer RUN --output FOLDER`` writes
``karyoview.safetensors`` and its card: the second look, thresholds, temperature and prices are chosen on ``fit``,
figures are measured on ``val``.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch
from scipy.special import log_softmax

from karyotrain.data.dataset import Sample
from karyotrain.data.dataset import load as load_cells
from karyotrain.engines.export import CITATIONS
from karyotrain.engines.measure import ask, drawn_cells, figures
from karyotrain.engines.orientation import learn
from karyotrain.trainer.checkpoint import LAST, READABLE, read_network
from karyotrain.trainer.loop import REPORT
from karyotrain.trainer.weight_averaging import mean_of
from karyoview.core.assignment import COPY_PENALTIES, assign_classes
from karyoview.core.chromosome import CLASS_NAMES
from karyoview.core.detection import MIN_RANKED_SCORE
from karyoview.core.geometry import iou_xyxy
from karyoview.core.matching import match_one
from karyoview.core.metrics import ImagePrediction, ImageTruth, Report, best_f1_threshold, evaluate
from karyoview.detectors.karyoview_engine import load
from karyoview.detectors.rescoring import FloatArray, fit, score_features
from karyoview.detectors.weights import load_weights, save_weights
from karyoview.detectors.weights_reading import current_name

SIGMA: Final = 0.2
"""Width of Soft-NMS where no learned suppression is."""
STAGES: Final = {
    "finder": ("finder.", "train_finder"), "namer": ("classifier.", "train_classifier"),
    "neighbours": ("learned_nms.", "train_learned_nms"), "context": ("cell_context.", "train_cell_context"),
}  # fmt: skip
"""Of each stage the prefix of its tensors and the module of karyotrain.engines that trains it."""
write = partial(save_weights, precision="fp16", trunk_prefix="finder.backbone.body.")
"""Writes an engine's tensors and card; its trunk is a file that other engines share."""


def read_stage(run: Path, prefix: str) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
    """Tensors of a training run under ``prefix``, and what a card says of it: steps, losses and last figures."""
    tensors = {current_name(prefix + k): v for k, v in read_network(run / LAST).items()}
    state: dict[str, Any] = json.loads((run / READABLE).read_text(encoding="utf-8"))
    if "recipe" not in state:  # of an earlier version's trainer, which noted just this
        return tensors, state
    report = run / REPORT
    figures = json.loads(report.read_text(encoding="utf-8")) if report.is_file() else {}
    return tensors, {"step": state["step"], "losses": state["losses"], **figures}


def put_stage(
    stage: str, runs: Sequence[Path], tensors: dict[str, torch.Tensor], training: dict[str, Any]
) -> dict[str, Any]:
    """Put the network of ``runs`` into an engine's ``tensors``, and what its card says of them into ``training``.

    Of several runs the mean of the weights is taken. → the engine's settings that the first one was taught with.
    """
    prefix, module = STAGES[stage]
    found = [read_stage(run, prefix) for run in runs]
    for name in [name for name in tensors if name.startswith(prefix)]:
        del tensors[name]
    tensors |= mean_of([taught for taught, _ in found])
    settings: dict[str, Any] = found[0][1].get("config", {})
    first, *others = ({k: v for k, v in state.items() if k != "config"} for _, state in found)
    averaged = {"averaged_with": others} if others else {}
    training[stage] = {"command": f"python -m karyotrain.engines.{module}", **first, **averaged}
    return settings


def truths_of(cells: Iterable[Sample]) -> list[ImageTruth]:
    """The expert boxes and classes of cells at scale 1."""
    return [cell.truth() for cell in cells]


def predict(path: Path, cells: Iterable[Sample], settings: Mapping[str, object]) -> list[ImagePrediction]:
    """What the engine in ``path`` says about cells, all scores."""
    engine = load(load_weights(path), device="auto", settings={"threshold": MIN_RANKED_SCORE, **settings})
    return ask(engine, cells)[0]


def look_again(path: Path, cells: Sequence[Sample], quality: str = "fast") -> tuple[FloatArray, npt.NDArray[np.bool_]]:
    """Evidence (N, 7) of every outlined region of the cells, and whether it is a chromosome of the truth."""
    engine = load(load_weights(path), device="auto", settings={"quality": quality})
    rows, right = [], []
    for cell in cells:
        seen = engine.named_regions(cell.pixels)
        k = len(seen.masks)
        rows.append(score_features(seen.boxes[:k], seen.scores[:k], seen.whole, seen.log_probs[:k], seen.masks))
        overlap = iou_xyxy(seen.boxes[:k], cell.boxes.astype(np.float64))
        right.append(match_one(overlap, seen.scores[:k], 0.5) >= 0)
    return np.concatenate(rows), np.concatenate(right)


def fit_naming(
    predictions: Sequence[ImagePrediction], truths: Sequence[ImageTruth], threshold: float
) -> dict[str, Any]:
    """Temperature of least log loss, and the prices of further copies of best accuracy, on matched boxes.

    Where nothing is matched, as by an engine of a few steps, nothing is fitted: temperature 1 and the usual prices.
    """
    cells: list[tuple[np.ndarray, np.ndarray]] = []
    for p, t in zip(predictions, truths, strict=True):
        keep = p.scores >= threshold
        if p.probabilities is None or not keep.any():
            continue
        matched = match_one(iou_xyxy(p.boxes[keep], t.boxes), p.scores[keep], 0.5)
        conditional = p.probabilities[keep] / p.probabilities[keep].sum(1, keepdims=True)
        label = np.where(matched >= 0, t.labels[np.maximum(matched, 0)], -1)
        cells.append((np.log(np.clip(conditional, 1e-9, 1)), label))
    if not any((label >= 0).any() for _, label in cells):
        return {"temperature": 1.0, "copy_penalties": COPY_PENALTIES, "fit_own_accuracy": None, "fit_accuracy": {}}
    logits, labels = np.concatenate([c[0] for c in cells]), np.concatenate([c[1] for c in cells])
    logits, labels = logits[labels >= 0], labels[labels >= 0]

    def log_loss(temperature: float) -> float:
        return float(-log_softmax(logits / temperature, 1)[np.arange(len(logits)), labels].mean())

    temperature = min(np.arange(0.5, 2.01, 0.05), key=log_loss)

    def accuracy(price: float) -> float:
        right = total = 0
        for z, label in cells:
            found = assign_classes(log_softmax(z / temperature, 1), (0.0, 0.0, price, 2 * price))
            right, total = right + int((found == label)[label >= 0].sum()), total + int((label >= 0).sum())
        return right / max(total, 1)

    # a dearer third copy would suit a set of normal cells, and swallow trisomies
    prices = {p: accuracy(p) for p in (0.5, 1.0, 1.5)}
    best = max(prices, key=lambda p: (round(prices[p], 4), -p))
    return {"temperature": round(float(temperature), 3), "copy_penalties": (0.0, 0.0, best, 2 * best),
            "fit_own_accuracy": float((logits.argmax(1) == labels).mean()), "fit_accuracy": prices}  # fmt: skip


def measure_drawn(path: Path, threshold: float) -> dict[str, Any]:
    """Figures on the two sample cases that the generator drew; all cells of both."""
    cells = drawn_cells()
    report = evaluate(predict(path, cells, {}), truths_of(cells), score_threshold=threshold)
    print(report.table("karyoview on the drawn sample cases"))
    return figures(report)


def _decide_alone(
    path: Path, tensors: dict[str, torch.Tensor], card: dict[str, Any], cells: Sequence[Sample]
) -> dict[str, Any]:
    """Fit the logistic second look, thresholds, temperature and prices into ``card``; → what naming was fitted to."""
    truths = truths_of(cells)

    def found(quality: str) -> tuple[list[ImagePrediction], float, float]:
        """What is found, and threshold and F1 where that is best."""
        write(path, tensors, card)
        predictions = predict(path, cells, {"quality": quality, "joint_assignment": False})
        return predictions, *best_f1_threshold(predictions, truths)

    def second_look(quality: str) -> list[ImagePrediction]:
        """What is found once the second look is fitted."""
        write(path, tensors, card)
        card["config"]["rescoring"] = [round(float(w), 5) for w in fit(*look_again(path, cells, quality))]
        predictions, threshold, f1 = found(quality)
        card["operating_threshold"] = round(threshold, 4)
        print(f"{quality}: F1 {100 * f1:.2f} % at {threshold:.3f} on {len(cells)} fit cells", flush=True)
        return predictions

    card["config"] = {"temperature": 1.0, "copy_penalties": [0.0, 0.0, 1.0, 2.0], "soft_sigma": SIGMA}
    card["operating_threshold"] = 0.2
    card["config"]["finder_threshold"] = round(found("fast")[1], 4)
    naming = fit_naming(second_look("fast"), truths, card["operating_threshold"])
    print(json.dumps(naming), flush=True)
    card["config"] |= {"temperature": naming["temperature"], "copy_penalties": list(naming["copy_penalties"])}
    # sharper classes and averaged views change the evidence, so the second look is fitted once more
    second_look("balanced")
    return naming


def decide_together(
    path: Path, tensors: dict[str, torch.Tensor], card: dict[str, Any], cells: Sequence[Sample]
) -> dict[str, Any]:
    """Fit threshold, temperature and prices of the cell's network into ``card``; → what naming was fitted to."""
    truths = truths_of(cells)
    card["operating_threshold"] = 0.2
    write(path, tensors, card)
    predictions = predict(path, cells, {"joint_assignment": False})
    threshold, f1 = best_f1_threshold(predictions, truths)
    print(f"the cell together: F1 {100 * f1:.2f} % at {threshold:.3f}, on {len(cells)} fit cells", flush=True)
    naming = fit_naming(predictions, truths, threshold)
    print(json.dumps(naming), flush=True)
    card["config"] |= {"context_temperature": naming["temperature"], "copy_penalties": list(naming["copy_penalties"])}
    card["operating_threshold"] = round(threshold, 4)
    return naming


def build(
    data: Path, finder: Path, namer: Path, crops: Path, output: Path, fit_limit: int | None, val_limit: int | None,
    machine: str, neighbours: Path | None = None, context: Path | None = None,
) -> Report:  # fmt: skip
    """Write the engine and its card into ``output`` and return its figures on ``val``.

    ``neighbours``: run of karyotrain.engines.train_learned_nms; without it Soft-NMS suppresses.
    ``context``: run of karyotrain.engines.train_cell_context, which was taught what an engine saw that was built
    without it; that engine's thresholds are kept. Without it the second look is a logistic fit.
    """
    tensors: dict[str, torch.Tensor] = {}
    training: dict[str, Any] = {}
    for stage, taught in (("finder", finder), ("namer", namer), ("neighbours", neighbours)):
        if taught is not None:
            put_stage(stage, [taught], tensors, training)
    means, slopes, orientation = learn(crops)
    tensors |= {
        "orientation.means": torch.from_numpy(means).float(),
        "orientation.slopes": torch.from_numpy(slopes).float(),
    }
    card: dict[str, Any] = {
        "engine": "karyoview", "name": "karyoview", "title": "KaryoView", "classes": list(CLASS_NAMES), "rotated": True,
        "data": {
            "trained_on": f"{data.name} train less the fit cases; orientation from all train cases",
            "citation": CITATIONS["taichung"],
        },
    }  # fmt: skip
    output.mkdir(parents=True, exist_ok=True)
    path = output / "karyoview.safetensors"
    # the first ones: the others taught the neighbours (karyotrain.engines.train_learned_nms)
    cells = load_cells(data, "calibration")[:fit_limit]
    if context is not None:
        card["config"] = put_stage("context", [context], tensors, training)
        naming = decide_together(path, tensors, card, cells)
    else:
        naming = _decide_alone(path, tensors, card, cells)
    card["data"]["fitted_on"] = f"{len(cells)} images of the fit cases"
    val = load_cells(data, "val", limit=val_limit)
    write(path, tensors, card)
    report = evaluate(predict(path, val, {}), truths_of(val), score_threshold=card["operating_threshold"])
    print(report.table("karyoview on val"))
    drawn = measure_drawn(path, card["operating_threshold"])
    card["metrics"] = {"taichung/val": figures(report), "drawn sample cases": drawn}
    card["training"] = {**training, "machine": machine, "fit": naming, "orientation": orientation}
    write(path, tensors, card)
    return report


def main() -> None:
    """Build an engine; the options are the arguments of :func:`build`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--finder", type=Path, required=True)
    parser.add_argument("--namer", type=Path, required=True)
    parser.add_argument("--crops", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--fit-limit", type=int)
    parser.add_argument("--val-limit", type=int)
    parser.add_argument("--machine", required=True, help="what the stages were trained on, for the card")
    parser.add_argument("--neighbours", type=Path, help="run of engines.train_learned_nms; without it Soft-NMS")
    parser.add_argument("--context", type=Path, help="run of engines.train_cell_context; without it a logistic fit")
    build(**vars(parser.parse_args()))


if __name__ == "__main__":
    main()

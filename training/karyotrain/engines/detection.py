"""Training of an engine by a recipe: its network on labelled cells, judged by its errors, and made an engine again.

Beside what every run leaves (trainer.loop) its folder holds ``run.json``, ``small.safetensors`` (network only, half
precision) and ``weights/`` with the engine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final, TextIO

import torch
from torch import Tensor, nn

from karyotrain.data import loader
from karyotrain.data.augment import NONE, PRESETS
from karyotrain.data.dataset import CellSet, load
from karyotrain.data.errors import DataError
from karyotrain.engines.evaluate import evaluate_network, headline
from karyotrain.engines.export import make_card, split_file
from karyotrain.engines.lineage import lineage
from karyotrain.engines.network import at_data_scale
from karyotrain.engines.networks import build
from karyotrain.engines.recipe import Recipe, RecipeError, recipe_from_dict
from karyotrain.trainer import checkpoint
from karyotrain.trainer.loop import USUAL, Evaluation, Options, State, Task, TrainingError, run_task
from karyoview.detectors.weights import save_weights
from karyoview.io.documents import DocumentError, read_document

RUN: Final = "run.json"


def train(
    recipe: Recipe,
    data: Sequence[Path],
    output: Path,
    options: Options = USUAL,
    *,
    stream: TextIO | None = None,
    listener: Callable[[dict[str, Any]], None] | None = None,
) -> dict[str, Any]:
    """Train a recipe on labelled cells; goes on where an earlier run in ``output`` stopped.

    Returns the last event: ``done`` with the headline figures and the path of the weights, or ``cancelled``; see
    trainer.loop.run_task for what it raises.
    """
    paths, output = [Path(d) for d in data], Path(output)
    return run_task(
        lambda: DetectionTask(recipe, paths, output, options), output, options, stream=stream, listener=listener
    )


def read_run(output: Path) -> tuple[Recipe, list[Path], Options]:
    """Recipe, data and options of the run in ``output``; TrainingError when there is none."""
    try:
        values = read_document(output / RUN)
        options = {**values["options"]}
        for key in ("start", "backbone"):
            options[key] = Path(options[key]) if options[key] else None
        return recipe_from_dict(values["recipe"]), [Path(p) for p in values["data"]], Options(**options)
    except (OSError, DocumentError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise TrainingError(f"{output} holds no run that can go on ({error}); start one with --recipe.") from error


def with_options(recipe: Recipe, **changes: Any) -> Recipe:
    """The recipe with the changes that are given (None: as it was)."""
    return replace(recipe, **{k: v for k, v in changes.items() if v is not None})


class DetectionTask(Task[loader.Micro]):
    """One engine's network, the cells that teach it, and those held back, on which it is judged."""

    def __init__(self, recipe: Recipe, data: Sequence[Path], output: Path, options: Options) -> None:
        if recipe.batch % recipe.micro:
            raise TrainingError(f"A batch of {recipe.batch} is no multiple of micro = {recipe.micro}; change one.")
        self.settings, self.output, self.options = recipe, output, options
        self.network, self.started = build(recipe, backbone=options.backbone)
        if options.start is not None:
            self.started = self.network.begin_from(options.start)
        self.model = self.network.model
        self.lineage = lineage(data, options.start)
        self.cells, self.held_back = self._load(data)
        self.odds = loader.odds_of(self.cells, recipe.crowded)
        at_data_scale(self.network, recipe.chromosome_width is not None)
        self.steps, self.micros = recipe.total_steps(len(self.cells)), recipe.batch // recipe.micro
        self.how = replace(recipe, schedule=recipe.schedule.over(len(self.cells) / recipe.batch))
        self.recipe, self.data = recipe.to_dict(), _fingerprint(self.cells)
        self.sources = [d.name for d in data]
        self.folders = [str(d.resolve()) for d in data]

    def _load(self, paths: Sequence[Path]) -> tuple[CellSet, CellSet | None]:
        kind, recipe = self.network.kind, self.settings
        size: dict[str, Any] = {"scale": self.network.data_scale, "width": recipe.chromosome_width}
        parts = [load(p, "train", limit=recipe.images, outlines=kind.rotated, **size) for p in paths]
        classes = kind.names_classes and not kind.partial
        cells = sum(parts[1:], parts[0]).with_boxes(classes=classes, rotated=kind.rotated)
        if not len(cells):
            need = "a class for every box" if kind.names_classes else "rotated boxes" if kind.rotated else "boxes"
            raise TrainingError(f"No cell in {', '.join(map(str, paths))} has {need}, as {kind.title} needs.")
        held = []
        for p in paths:
            try:
                held.append(load(p, "calibration", limit=recipe.eval_images, **size))
            except DataError:
                continue  # a handful of cases, or one synthetic case: all are needed for training
        return cells, sum(held[1:], held[0]).with_boxes(classes=kind.names_classes) if held else None

    def earlier(self, recipe: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            return recipe_from_dict(recipe).to_dict()
        except RecipeError:
            return {}

    def about(self) -> dict[str, Any]:
        return {
            "recipe": self.settings.name, "engine": self.settings.engine, "images": len(self.cells),
            "held_back": len(self.held_back or ()),
        }  # fmt: skip

    def prepare(self, output: Path, stopped: Callable[[], bool]) -> bool:
        options = {k: str(v) if isinstance(v, Path) else v for k, v in asdict(self.options).items()}
        if self.first:
            checkpoint.write_json(output / RUN, {"recipe": self.recipe, "data": self.folders, "options": options})
        prepared = self.network.prepare(self.cells, output, stopped, str(self.device))
        if prepared is not None:
            self.prepared = prepared
        return prepared is not None

    def batch(self, step: int, part: int) -> loader.Micro:
        recipe = self.settings
        change = NONE if self.network.changes_cells else PRESETS[recipe.augmentation]
        first = step * recipe.batch + part * recipe.micro
        return loader.micro_batch(self.prepared, change, recipe.seed, first, recipe.micro, self.odds)

    def loss(self, model: nn.Module, batch: loader.Micro) -> dict[str, Tensor]:
        images, targets = self.network.batch(batch.samples, batch.seeds, self.device)
        torch.manual_seed(batch.seeds[0])
        losses: dict[str, Tensor] = model(images, targets)
        return losses

    def tensors(self, batch: loader.Micro) -> tuple[dict[str, Tensor], list[str]]:
        images, targets = self.network.batch(batch.samples, batch.seeds, self.device)
        found = {f"image.{i}": v for i, v in enumerate(images)}
        for i, target in enumerate(targets):
            found |= {f"{k}.{i}": v for k, v in target.items() if isinstance(v, Tensor)}
        return found, [s.name for s in batch.samples]

    def evaluate(self, model: nn.Module, final: bool, deadline: float | None) -> Evaluation | None:
        if not self.held_back:
            return None
        report = evaluate_network(
            self.network, self.held_back, self.device, model=model, precision=self.precision,
            deadline=deadline, choose_threshold=True, arguments=dict(self.settings.evaluation),
            thresholds=self.settings.thresholds if final else (), resamples=200 if final else 0,
        )  # fmt: skip
        figure = float(report.get("corrections_per_cell_with_class", report["corrections_per_cell"]))
        shown = {"images": report["images"], **headline(report)}
        return Evaluation(report, shown, figure, float(report["score_threshold"]))

    def finish(self, model: nn.Module, output: Path, state: State, report: Mapping[str, Any] | None) -> dict[str, Any]:
        if report is None:
            state.threshold = self.lineage.threshold if state.best_step < 0 else state.threshold
            cut = self.network.calibrate_threshold(self.cells, self.device, self.precision, model)
            state.threshold = state.threshold if cut is None else cut
        checkpoint.save_small(output / checkpoint.SMALL, model, state.to_dict())
        card = make_card(
            self.network, self.settings, report=report, device=self.device, progress=state.to_dict(),
            stages=self.lineage.stages, data={
                "sources": self.sources, **self.cells.statistics(), "held_back_images": len(self.held_back or ()),
                **self.lineage.to_dict(),
            },
        )  # fmt: skip
        path = output / "weights" / f"{self.options.name or self.settings.engine}.safetensors"
        save_weights(path, self.network.tensors(model), self.network.describe(card), trunk_prefix=self.network.trunk)
        pieces = [p.name for p in split_file(path)] if self.options.pieces else []
        return {"weights": str(path), "pieces": pieces, **(headline(report) if report else {})}


def _fingerprint(cells: CellSet) -> str:
    """What the cells are, so that a run is not continued on others."""
    digest = hashlib.sha256()
    for s in cells:
        digest.update(s.name.encode() + s.boxes.tobytes() + s.labels.tobytes())
    return digest.hexdigest()

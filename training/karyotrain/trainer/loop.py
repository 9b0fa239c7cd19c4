"""The training loop: one for all engines, one process or several, exact after a kill.

A run lives in its folder: ``run.json``, ``progress.jsonl``, ``last.safetensors`` (everything to go
on), ``best.safetensors`` and ``small.safetensors`` (network only, half precision), ``report.json`` and
``weights/`` with the engine. Starting it again in the same folder goes on where it stopped.
"""

from __future__ import annotations

import copy
import hashlib
import json
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final, TextIO

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from karyotrain.data import loader
from karyotrain.data.augment import NONE, PRESETS
from karyotrain.data.dataset import CellSet, DataError, load
from karyotrain.engines.networks import at_data_scale, build
from karyotrain.engines.recipe import Recipe, recipe_from_dict, renamed
from karyotrain.trainer import checkpoint, distributed
from karyotrain.trainer.evaluate import evaluate_network, headline
from karyotrain.trainer.export import export, make_card, split_file, write_json
from karyotrain.trainer.lineage import lineage
from karyotrain.trainer.progress import Control, Progress
from karyoview.core.errors import KaryoViewError
from karyoview.detectors.devices import autocast

BEST: Final = "best.safetensors"
RUN: Final = "run.json"
_CALIBRATE: Final = 12  # steps after which the speed is known
_REPLAN: Final = 50


class TrainingError(KaryoViewError):
    """A run that cannot start or go on; the last checkpoint is kept."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a run is done, apart from what is trained.

    ``minutes`` is the time for everything in this call (None: until the recipe's steps are done); a
    run that cannot finish its steps in it gets as many as fit, so that the rate falls to its end.
    ``start`` is a weights file to begin from, ``backbone`` a file for the backbone only. ``pieces``
    cuts the exported weights into parts of less than 16 MiB. ``evaluations`` in the run, besides the last.
    """

    device: str = "auto"
    precision: str = "bf16"
    minutes: float | None = None
    start: Path | None = None
    backbone: Path | None = None
    threads: int = 2
    checkpoint_seconds: float = 180.0
    log_every: int = 10
    evaluations: int = 3
    pieces: bool = False
    name: str = ""


@dataclass(slots=True)
class _State:
    """Everything of a run that changes and is not a tensor."""

    step: int = 0
    total: int = 0
    seconds: float = 0.0
    threshold: float = 0.5
    best: float = math.inf
    best_step: int = -1
    planned: bool = False
    started_from: str = ""
    recipe: dict[str, Any] = field(default_factory=dict)
    data: str = ""

    def to_dict(self) -> dict[str, Any]:
        return {k: (None if v is math.inf else v) for k, v in ((k, getattr(self, k)) for k in self.__slots__)}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> _State:
        return cls(**{**values, "best": math.inf if values["best"] is None else values["best"]})


def _plain(options: Options) -> dict[str, Any]:
    return {k: str(v) if isinstance(v, Path) else v for k, v in asdict(options).items()}


def read_run(output: Path) -> tuple[Recipe, list[Path], Options]:
    """Recipe, data and options of the run in ``output``; TrainingError when there is none."""
    try:
        values = json.loads((output / RUN).read_text(encoding="utf-8"))
        options = {**values["options"]}
        for key in ("start", "backbone"):
            options[key] = Path(options[key]) if options[key] else None
        return recipe_from_dict(values["recipe"]), [Path(p) for p in values["data"]], Options(**options)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TrainingError(f"{output} holds no run that can go on ({error}); start one with --recipe.") from error


def train(
    recipe: Recipe,
    data: Sequence[Path],
    output: Path,
    options: Options = Options(),
    *,
    stream: TextIO | None = None,
    listener: Callable[[dict[str, Any]], None] | None = None,
) -> dict[str, Any]:
    """Train a recipe on labelled cells; goes on where an earlier run in ``output`` stopped.

    Returns the last event: ``done`` with the headline figures and the path of the weights, or
    ``cancelled``. Raises TrainingError when the loss is not finite, memory or disk is full, or the
    folder holds another run; the message says what to do, and the checkpoint stays.
    """
    output = Path(output)
    output.mkdir(parents=True, exist_ok=True)
    with distributed.world(options.device) as world:
        progress = Progress(output, stream, listener) if world.first else _silent
        control = Control(output)
        try:
            with control.signals():
                return _Run(recipe, [Path(d) for d in data], output, options, world, progress, control).go()
        except torch.OutOfMemoryError as error:
            raise _told(progress, "The device has too little memory; train with fewer images at once.") from error
        except MemoryError as error:
            raise _told(progress, "There is not enough memory for the images; train on fewer of them.") from error
        except RuntimeError as error:
            if "allocate memory" not in str(error):  # torch's own words on a processor
                raise
            raise _told(progress, "There is not enough memory; train with fewer images at once.") from error
        except OSError as error:
            raise _told(progress, f"{output}: {error.strerror or error}; the last checkpoint is kept.") from error
        except KaryoViewError as error:
            progress("error", message=str(error))
            raise
        finally:
            if isinstance(progress, Progress):
                progress.close()


def _silent(event: str, **values: Any) -> None:
    """Progress of the processes that do not write."""


def _told(progress: Callable[..., None], message: str) -> TrainingError:
    progress("error", message=message)
    return TrainingError(message)


class _Run:
    """One call of :func:`train`."""

    def __init__(
        self,
        recipe: Recipe,
        data: Sequence[Path],
        output: Path,
        options: Options,
        world: distributed.World,
        progress: Callable[..., None],
        control: Control,
    ) -> None:
        self.began = time.monotonic()
        self.recipe, self.output, self.options, self.world = recipe, output, options, world
        self.progress, self.control = progress, control
        if recipe.batch % recipe.micro:
            raise TrainingError(f"A batch of {recipe.batch} is no multiple of micro = {recipe.micro}; change one.")
        self.network, started = build(recipe, backbone=options.backbone)
        if options.start is not None:
            started = self.network.begin_from(options.start)
        self.lineage = lineage(data, options.start)
        self.cells, self.held_back = self._data(data)
        at_data_scale(self.network, recipe.chromosome_width is not None)
        self.network.model.to(device=world.device, memory_format=torch.channels_last)
        self.average = copy.deepcopy(self.network.model).requires_grad_(False) if recipe.ema else None
        self.optimiser = _optimiser(recipe, self.network.model)
        self.state = _State(
            total=recipe.total_steps(len(self.cells)),
            threshold=self.lineage.threshold,
            started_from=started,
            recipe=recipe.to_dict(),
            data=_fingerprint(self.cells),
        )
        self._resume()
        self.sources = [d.name for d in data]
        if world.first:
            paths = [str(d.resolve()) for d in data]
            write_json(output / RUN, {"recipe": recipe.to_dict(), "data": paths, "options": _plain(options)})

    def _data(self, paths: Sequence[Path]) -> tuple[CellSet, CellSet | None]:
        kind, recipe = self.network.kind, self.recipe
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
                held.append(load(p, "fit", limit=recipe.eval_images, **size))
            except DataError:
                continue  # a handful of cases, or one synthetic case: all are needed for training
        return cells, sum(held[1:], held[0]).with_boxes(classes=kind.names_classes) if held else None

    def _resume(self) -> None:
        path = self.output / checkpoint.LAST
        if not path.is_file():
            return
        saved = _State.from_dict(checkpoint.read_state(path))
        now, before = json.loads(json.dumps(self.state.recipe)), renamed(saved.recipe)
        if changed := sorted(k for k in now if before.get(k) != now[k]):
            names = ", ".join(changed)
            raise TrainingError(f"{self.output} holds a run of another recipe ({names} differ); use another folder.")
        if saved.data != self.state.data:
            raise TrainingError(f"{self.output} holds a run on other cells; start from its weights in another folder.")
        checkpoint.load_checkpoint(self.output, self.network.model, self.optimiser, self.average)
        self.state = saved

    def go(self) -> dict[str, Any]:
        state, options = self.state, self.options
        self.progress(
            "start", recipe=self.recipe.name, engine=self.recipe.engine, step=state.step, total=state.total,
            images=len(self.cells), held_back=len(self.held_back or ()), started=state.started_from,
            device=self.world.device.type, processes=self.world.size, parameters=_count(self.network.model),
        )  # fmt: skip
        ready = self.network.prepare(
            self.cells,
            self.output,
            lambda: self.world.first and self.control.wish() == "cancel",
            str(self.world.device),
        )
        if self.world.agree(ready is None) or ready is None:  # the first process decides
            return self._cancelled()
        model = distributed.shared(self.network.model, self.world)
        model.train()
        change = NONE if self.network.changes_cells else PRESETS[self.recipe.augmentation]
        batches = loader.steps(
            ready, change, seed=self.recipe.seed, batch=self.recipe.batch,
            micro=self.recipe.micro, share=self.world.share(self.recipe.batch // self.recipe.micro), start=state.step,
            threads=options.threads,
        )  # fmt: skip
        first, saved_at, spent = state.step, time.monotonic(), state.seconds
        self.loop_began = self.clock_from = time.monotonic()
        try:
            while state.step < state.total:
                ending = self._wish()
                if ending:
                    break
                losses = self._step(model, next(batches))
                state.step += 1
                state.seconds = spent + time.monotonic() - self.began
                self._plan(first)
                if state.step % options.log_every == 0 or state.step == state.total:
                    self._log(losses, first)
                if self._due(state.step, first):
                    self._evaluate(final=False)
                if time.monotonic() - saved_at > options.checkpoint_seconds:
                    self._save()
                    saved_at = time.monotonic()
            else:
                ending = ""
        finally:
            batches.close()
        self._save()
        return self._cancelled() if ending == "cancel" else self._finish()

    def _cancelled(self) -> dict[str, Any]:
        event = {"event": "cancelled", "step": self.state.step, "total": self.state.total}
        self.progress(**event)
        return event

    def _step(self, model: nn.Module, micros: Sequence[loader.Micro]) -> dict[str, float]:
        """One optimiser step; → the mean of each loss over the step."""
        recipe, state = self.recipe, self.state
        factor = recipe.schedule.factor(state.step, state.total)
        for group in self.optimiser.param_groups:
            group["lr"] = recipe.lr * factor
        self.optimiser.zero_grad(set_to_none=True)
        sums: dict[str, float] = {}
        for number, micro in enumerate(micros, 1):
            images, targets = self.network.batch(micro.samples, micro.seeds, self.world.device)
            torch.manual_seed(micro.seeds[0])
            with distributed.synchronised(model, last=number == len(micros)):
                with autocast(self.world.device, self.options.precision):
                    losses = model(images, targets)
                total = sum(losses.values())
                if not bool(torch.isfinite(total)):
                    raise self._not_finite(images, targets, micro, losses)
                (total / len(micros)).backward()
            for name, value in losses.items():
                sums[name] = sums.get(name, 0.0) + float(value.detach()) / len(micros)
        parameters = [p for p in self.network.model.parameters() if p.grad is not None]
        norm = nn.utils.clip_grad_norm_(parameters, recipe.clip_norm or math.inf)
        if not bool(torch.isfinite(norm)):
            raise self._not_finite(images, targets, micros[-1], {"gradient_norm": norm})
        self.optimiser.step()
        if self.average is not None and recipe.ema:
            _move_average(self.average, self.network.model, min(recipe.ema, (1 + state.step) / (10 + state.step)))
        return sums

    def _not_finite(
        self, images: list[Tensor], targets: list[dict[str, Any]], micro: loader.Micro, losses: dict[str, Tensor]
    ) -> TrainingError:
        """Save the batch at fault, so that it can be looked at, and the error that ends the run."""
        values = {k: float(v.detach()) for k, v in losses.items()}
        tensors = {f"image.{i}": v.cpu().contiguous() for i, v in enumerate(images)}
        for i, target in enumerate(targets):
            tensors |= {f"{k}.{i}": v.cpu().contiguous() for k, v in target.items() if isinstance(v, Tensor)}
        names = [s.name for s in micro.samples]
        path = self.output / f"nonfinite-{self.state.step}.safetensors"
        save_file(tensors, str(path), metadata={"images": json.dumps(names), "losses": json.dumps(values)})
        bad = next(k for k, v in values.items() if not math.isfinite(v)) if values else "loss"
        return TrainingError(
            f"Training stopped at step {self.state.step}: {bad} is not finite on {', '.join(names)}. "
            f"The batch was saved as {path.name}; lower the learning rate or check the boxes of these images."
        )

    def _wish(self) -> str:
        """``cancel``, ``time`` when it is up, else empty; waits while paused. All processes agree."""
        wish = self.control.wish() if self.world.first else "run"
        if self.world.agree(wish == "pause"):
            self._save()
            self.progress("paused", step=self.state.step)
            before = time.monotonic()
            wish = self.control.wait_while_paused() if self.world.first else "run"
            paused = time.monotonic() - before  # not counted as work
            self.began, self.loop_began, self.clock_from = (
                t + paused for t in (self.began, self.loop_began, self.clock_from)
            )
            self.progress("resumed", step=self.state.step)
        late = self.options.minutes is not None and self._left() <= 0
        return ("", "time", "cancel")[self.world.agree(2 if wish == "cancel" else 1 if late else 0)]

    def _left(self) -> float:
        """Seconds left for training, less a share that is kept for the last evaluation and the export."""
        minutes = self.options.minutes or 0.0
        reserve = min(max(0.12 * 60 * minutes, 5.0), 90.0)
        return self.began + 60 * minutes - reserve - time.monotonic()

    def _plan(self, first: int) -> None:
        """With a time limit, shorten the run to what fits, so that the rate reaches the end of its schedule.

        Done once the speed is known, and again when the machine turned out clearly slower. The length
        is part of the checkpoint, so a run that goes on keeps it.
        """
        state, now = self.state, time.monotonic()
        done = state.step - first
        if self.options.minutes is None:
            return
        if done == 1:
            self.clock_from = now
        if done < _CALIBRATE or (done - _CALIBRATE) % _REPLAN:
            return
        speed = (now - self.clock_from) / (done - 1)
        evaluations = 1 + 0.15 * (self.options.evaluations > 0)
        fits = state.step + int(self._left() / (speed * evaluations))
        total = self.world.agree(max(min(state.total, fits), state.step + 1))
        if not state.planned or total < 0.9 * state.total:
            state.total, state.planned = total, True
            self.progress("planned", total=total, seconds_per_step=round(speed, 4))

    def _due(self, step: int, first: int) -> bool:
        state, parts = self.state, self.options.evaluations + 1
        if step - first < _CALIBRATE or step >= state.total:
            return False
        return any(step == round(state.total * i / parts) for i in range(1, parts))

    def _log(self, losses: dict[str, float], first: int) -> None:
        state = self.state
        losses = self.world.mean(losses)
        speed = (time.monotonic() - self.loop_began) / max(state.step - first, 1)
        self.progress(
            "step", step=state.step, total=state.total, loss=round(sum(losses.values()), 5),
            losses={k: round(v, 5) for k, v in losses.items()}, lr=self.optimiser.param_groups[0]["lr"],
            seconds_per_step=round(speed, 4), seconds_left=round(speed * (state.total - state.step), 1),
        )  # fmt: skip

    def _evaluate(self, *, final: bool) -> dict[str, Any] | None:
        """Figures on the cells held back; keeps the best network. Only the first process works."""
        if self.held_back is None or not len(self.held_back):
            return None
        report = None
        if self.world.first:
            share = 0.5 if final else 0.1
            deadline = None
            if self.options.minutes is not None:
                deadline = time.monotonic() + share * max(self.began + 60 * self.options.minutes - time.monotonic(), 0)
            model = self.average or self.network.model
            report = evaluate_network(
                self.network, self.held_back, self.world.device, model=model, precision=self.options.precision,
                deadline=deadline, choose_threshold=True, arguments=dict(self.recipe.evaluation),
                thresholds=self.recipe.thresholds if final else (), resamples=200 if final else 0,
            )  # fmt: skip
            figure = report.get("corrections_per_cell_with_class", report["corrections_per_cell"])
            if figure <= self.state.best:
                self.state.best, self.state.best_step = float(figure), self.state.step
                self.state.threshold = float(report["score_threshold"])
                checkpoint.save_small(self.output, model, self.state.to_dict())
                (self.output / checkpoint.SMALL).replace(self.output / BEST)
            self.progress("evaluation", step=self.state.step, images=report["images"], **headline(report))
        self.world.agree(0)
        return report

    def _save(self) -> None:
        if self.world.first:
            checkpoint.save_checkpoint(
                self.output, self.network.model, self.optimiser, self.state.to_dict(), self.average
            )
            self.progress("checkpoint", step=self.state.step)

    def _finish(self) -> dict[str, Any]:
        report = self._evaluate(final=True)
        event: dict[str, Any] = {"event": "done", "step": self.state.step}
        if not self.world.first:
            return event
        model = self.average or self.network.model
        if report is None:
            cut = self.network.calibrate_threshold(self.cells, self.world.device, self.options.precision, model)
            self.state.threshold = self.state.threshold if cut is None else cut
        else:
            write_json(self.output / "report.json", report)
            if self.state.best_step != self.state.step:
                checkpoint.load_start(self.output / BEST, model)
        checkpoint.save_small(self.output, model, self.state.to_dict())
        card = make_card(
            self.network, self.recipe, report=report, device=self.world.device, progress=self.state.to_dict(),
            data={
                "sources": self.sources, **self.cells.statistics(), "held_back_images": len(self.held_back or ()),
                **self.lineage.to_dict(),
            },
        )  # fmt: skip
        name = self.options.name or self.recipe.engine
        path = self.output / "weights" / f"{name}.safetensors"
        export(path, model, self.network.describe(card), trunk=self.network.trunk)
        pieces = [p.name for p in split_file(path)] if self.options.pieces else []
        event |= {"weights": str(path), "pieces": pieces, **(headline(report) if report else {})}
        self.progress(**event)
        return event


def _optimiser(recipe: Recipe, model: nn.Module) -> torch.optim.Optimizer:
    parameters = [p for p in model.parameters() if p.requires_grad]
    if recipe.optimiser == "adam":
        return torch.optim.Adam(parameters, lr=recipe.lr, weight_decay=recipe.weight_decay)
    return torch.optim.SGD(parameters, lr=recipe.lr, momentum=recipe.momentum, weight_decay=recipe.weight_decay)


@torch.no_grad()
def _move_average(average: nn.Module, model: nn.Module, decay: float) -> None:
    """Parameters that learn move towards the model's; buffers (frozen statistics, counters) are the model's."""
    # what is at rest is left alone to the bit (an average of two −0 is +0): a trunk's file is shared by its hash
    pairs = [p for p in zip(average.parameters(), model.parameters(), strict=True) if p[1].requires_grad]
    torch._foreach_lerp_([a for a, _ in pairs], [p for _, p in pairs], 1 - decay)
    for mean, value in zip(average.buffers(), model.buffers(), strict=True):
        mean.copy_(value)


def _fingerprint(cells: CellSet) -> str:
    """What the cells are, so that a run is not continued on others."""
    digest = hashlib.sha256()
    for s in cells:
        digest.update(s.name.encode() + s.boxes.tobytes() + s.labels.tobytes())
    return digest.hexdigest()


def _count(model: nn.Module) -> int:
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def with_options(recipe: Recipe, **changes: Any) -> Recipe:
    """The recipe with the changes that are given (None: as it was)."""
    return replace(recipe, **{k: v for k, v in changes.items() if v is not None})

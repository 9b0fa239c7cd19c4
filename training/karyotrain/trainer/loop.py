"""The training loop: one for everything that is trained, in one process or several, exact after a kill.

What is trained is a :class:`Task`. A run lives in its folder: ``progress.jsonl``, ``last.safetensors`` (everything to
go on), ``best.safetensors`` (network only, where the task tells which is best), ``report.json`` (its last evaluation)
and what the task leaves there. Starting it again in the same folder goes on where it stopped.
"""

from __future__ import annotations

import copy
import ctypes
import json
import math
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Generic, Protocol, TextIO, TypeVar

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from karyotrain.data import loader
from karyotrain.trainer import checkpoint, distributed
from karyotrain.trainer.progress import Control, Progress
from karyotrain.trainer.schedule import Optimisation
from karyotrain.trainer.weight_averaging import decay_after, move_average
from karyoview.core.errors import KaryoViewError
from karyoview.detectors.devices import autocast

BEST: Final = "best.safetensors"
REPORT: Final = "report.json"
_CALIBRATE: Final = 12  # steps after which the speed is known
_REPLAN: Final = 50
_SMOOTHING: Final = 0.98  # of the losses that are noted
_TRIM_THRESHOLD: Final = -1  # M_TRIM_THRESHOLD of mallopt(3)

Batch = TypeVar("Batch")


_SAVING = 20.0


class TrainingError(KaryoViewError):
    """A run that cannot start or go on; the last checkpoint is kept."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a run is done, apart from what is trained.

    ``minutes`` is the time for everything in this call (None: until all steps are done); a run that cannot finish its
    steps in it gets as many as fit, so that the rate falls to its end. ``start`` is a weights file to begin from,
    ``backbone`` a file for the backbone only. ``threads`` make batches. ``evaluations`` in the run, besides the last.
    ``pieces`` cuts exported weights into parts of less than 16 MiB, ``name`` is what they are called.
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


USUAL: Final = Options()


@dataclass(slots=True)
class State:
    """Everything of a run that changes and is not a tensor.

    ``recipe`` and ``data`` say what the run is of, ``averaged`` how many steps are in the moving average, ``losses``
    are smoothed over steps. ``best`` is the smallest figure of an evaluation so far, at ``best_step``; ``threshold``
    the score cut that went with it.
    """

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
    averaged: int = 0
    losses: dict[str, float] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {k: (None if v is math.inf else v) for k, v in ((k, getattr(self, k)) for k in self.__slots__)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any], path: Path) -> State:
        """What :meth:`to_dict` gave; TrainingError where another version's trainer wrote ``path``."""
        try:
            best = math.inf if values["best"] is None else values["best"]
            return cls(**{"averaged": values["step"], **values, "best": best})
        except (KeyError, TypeError) as error:
            raise TrainingError(
                f"{path} is of an earlier version's trainer and cannot go on; begin from its weights "
                f"(--start {path.name}) in another folder."
            ) from error


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a task found about its network: the whole ``report``, the few figures of a curve, and which is best.

    ``figure`` is small for a good network (None: the last one is taken); ``threshold`` the score cut it was found at.
    """

    report: Mapping[str, Any]
    headline: Mapping[str, Any]
    figure: float | None = None
    threshold: float = 0.5


class Task(Protocol[Batch]):
    """What is trained: its network, its batches, its loss, and how it is judged.

    ``micros`` parts of a step go through the network one after the other. ``recipe`` and ``data`` say what the run is
    of: a folder that holds another one is refused, or with ``overwrites`` begun anew. ``device``, ``precision`` and
    ``first`` (this process is the one that writes) are set by the loop.
    """

    model: nn.Module
    how: Optimisation
    steps: int
    recipe: Mapping[str, Any]
    data: str
    started: str = "from a random start"
    micros: int = 1
    overwrites: bool = False
    device: torch.device = torch.device("cpu")
    precision: str = "bf16"
    first: bool = True

    def batch(self, step: int, part: int) -> Batch:
        """What part ``part`` of ``step`` is taught with: a function of these alone, made in another thread."""
        ...

    def loss(self, model: nn.Module, batch: Batch) -> dict[str, Tensor]:
        """Named scalar losses of ``model`` (which shares gradients with other processes), whose sum is made small."""
        ...

    def evaluate(self, model: nn.Module, final: bool, deadline: float | None) -> Evaluation | None:
        """Figures on what did not teach; None where there is nothing. At ``deadline`` (time.monotonic) it ends."""
        return None

    def about(self) -> dict[str, Any]:
        """What the first event of the run says besides its steps."""
        return {}

    def prepare(self, output: Path, stopped: Callable[[], bool]) -> bool:
        """Whatever has to be done once before the first step; false when ``stopped`` said so."""
        return True

    def groups(self) -> list[dict[str, Any]]:
        """The parameters that learn, as an optimiser takes them; ``rate`` multiplies a group's learning rate."""
        return [{"params": [p for p in self.model.parameters() if p.requires_grad]}]

    def earlier(self, recipe: Mapping[str, Any]) -> Mapping[str, Any]:
        """The recipe of a stored run as this version writes it."""
        return recipe

    def tensors(self, batch: Batch) -> tuple[dict[str, Tensor], list[str]]:
        """A batch as tensors, and the names of its images, to be looked at where its loss is not finite."""
        return {}, []

    def finish(self, model: nn.Module, output: Path, state: State, report: Mapping[str, Any] | None) -> dict[str, Any]:
        """What a whole run leaves in ``output``; → what its last event says."""
        return {}


def give_memory_back() -> bool:
    """Have glibc give what is freed back to the system at once; → whether there is a glibc.

    Pictures of ever other sizes make it take large blocks from its heap, where small ones that stay keep them: a
    run grew by tens of megabytes a step until it was killed.
    """
    try:
        return bool(ctypes.CDLL(None).mallopt(_TRIM_THRESHOLD, 0))
    except (OSError, AttributeError, TypeError):
        return False


def run_task(
    make: Callable[[], Task[Any]],
    output: Path,
    options: Options = USUAL,
    *,
    stream: TextIO | None = None,
    listener: Callable[[dict[str, Any]], None] | None = None,
) -> dict[str, Any]:
    """Train what ``make`` gives; goes on where an earlier run in ``output`` stopped.

    Returns the last event: ``done`` with what the task says of its end, or ``cancelled``. Raises TrainingError when
    the loss is not finite, memory or disk is full, or the folder holds another run; the message says what to do, and
    the checkpoint stays.
    """
    output.mkdir(parents=True, exist_ok=True)
    give_memory_back()
    with distributed.world(options.device) as world:
        progress = Progress(output, stream, listener) if world.first else _silent
        control = Control(output)
        try:
            with control.signals(), _reported(progress, output):
                began = time.monotonic()
                return _Run(make(), output, options, world, progress, control, began).go()
        finally:
            if isinstance(progress, Progress):
                progress.close()


def _silent(event: str, **values: Any) -> None:
    """Progress of the processes that do not write."""


@contextmanager
def _reported(progress: Callable[..., None], output: Path) -> Any:
    """Turn what can go wrong in a run into a sentence that is also an event."""
    cause: Exception
    try:
        yield
    except torch.OutOfMemoryError as error:
        message, cause = "The device has too little memory; train with fewer images at once.", error
    except MemoryError as error:
        message, cause = "There is not enough memory for the images; train on fewer of them.", error
    except RuntimeError as error:
        if "allocate memory" not in str(error):  # torch's own words on a processor
            raise
        message, cause = "There is not enough memory; train with fewer images at once.", error
    except OSError as error:
        message, cause = f"{output}: {error.strerror or error}; the last checkpoint is kept.", error
    except KaryoViewError as error:
        progress("error", message=str(error))
        raise
    else:
        return
    progress("error", message=message)
    raise TrainingError(message) from cause


class _Run(Generic[Batch]):
    """One call of :func:`run_task`."""

    def __init__(
        self,
        task: Task[Batch],
        output: Path,
        options: Options,
        world: distributed.World,
        progress: Callable[..., None],
        control: Control,
        began: float,
    ) -> None:
        self.task, self.output, self.options, self.world = task, output, options, world
        self.progress, self.control, self.began = progress, control, began
        task.device, task.precision, task.first = world.device, options.precision, world.first
        self.model = task.model
        self.model.to(device=world.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.average = copy.deepcopy(self.model).requires_grad_(False) if task.how.ema else None
        self.optimiser = task.how.build(task.groups())
        self.state = State(total=task.steps, started_from=task.started, recipe=dict(task.recipe), data=task.data)
        self.saving = 0.0  # seconds that the last checkpoint took
        self._resume()

    def _resume(self) -> None:
        path = self.output / checkpoint.LAST
        if not path.is_file():
            return
        try:
            saved = State.from_dict(checkpoint.read_state(path), path)
            self._check_same(saved)
        except KaryoViewError:
            if self.task.overwrites:
                return
            raise
        checkpoint.load_checkpoint(self.output, self.model, self.optimiser, self.average)
        saved.recipe, saved.total = self.state.recipe, saved.total if saved.planned else self.state.total
        self.state = saved

    def _check_same(self, saved: State) -> None:
        """Raises TrainingError where the stored run is of another recipe or of other cells."""
        now, before = json.loads(json.dumps(self.state.recipe)), json.loads(json.dumps(self.task.earlier(saved.recipe)))
        if changed := sorted(k for k in now if before.get(k) != now[k]):
            names = ", ".join(changed)
            raise TrainingError(f"{self.output} holds a run of another recipe ({names} differ); use another folder.")
        if saved.data != self.state.data:
            raise TrainingError(f"{self.output} holds a run on other cells; start from its weights in another folder.")

    def go(self) -> dict[str, Any]:
        """Prepare, train until the end, the time or the person says so, evaluate and finish; → the last event."""
        state, task, world = self.state, self.task, self.world
        self.progress(
            "start", **task.about(), step=state.step, total=state.total, started=state.started_from,
            device=world.device.type, processes=world.size,
            parameters=sum(p.numel() for p in self.model.parameters() if p.requires_grad),
        )  # fmt: skip
        prepared = task.prepare(self.output, lambda: world.first and self.control.request() == "cancel")
        if world.agree(not prepared) or not prepared:  # the first process decides
            return self._cancelled()
        share = world.share(task.micros)
        batches = loader.ahead(task.batch, share, start=state.step, threads=self.options.threads)
        try:
            ending = self._steps(distributed.shared(self.model, world), batches)
        finally:
            batches.close()
        self._save()
        return self._cancelled() if ending == "cancel" else self._finish()

    def _steps(self, model: nn.Module, batches: Any) -> str:
        """Steps until all are done or something ends them; → what, as :meth:`_wish` says it."""
        state, first, spent = self.state, self.state.step, self.state.seconds
        model.train()
        saved_at = self.loop_began = self.clock_from = time.monotonic()
        while state.step < state.total:
            if ending := self._wish():
                return ending
            losses = self._step(model, next(batches))
            state.step += 1
            state.seconds = spent + time.monotonic() - self.began
            self._plan(first)
            if state.step % self.options.log_every == 0 or state.step == state.total:
                self._log(losses, first)
            if self._due(state.step, first):
                self._evaluate(final=False)
                model.train()
            since = time.monotonic() - saved_at
            # Saving may take a twentieth of the time: where steps are long, a kill loses none or few of them.
            if since > min(self.options.checkpoint_seconds, _SAVING * self.saving):
                self._save()
                saved_at = time.monotonic()
        return ""

    def _cancelled(self) -> dict[str, Any]:
        event = {"event": "cancelled", "step": self.state.step, "total": self.state.total}
        self.progress(**event)
        return event

    def _step(self, model: nn.Module, micros: Sequence[Batch]) -> dict[str, float]:
        """One optimiser step; → the mean of each loss over the step."""
        how, state = self.task.how, self.state
        how.set_rate(self.optimiser, state.step, state.total)
        self.optimiser.zero_grad(set_to_none=True)
        sums: dict[str, float] = {}
        for number, micro in enumerate(micros, 1):
            with distributed.synchronised(model, last=number == len(micros)):
                with autocast(self.world.device, self.options.precision):
                    losses = self.task.loss(model, micro)
                total: Tensor = sum(losses.values(), start=torch.zeros((), device=self.world.device))
                if not bool(torch.isfinite(total)):
                    raise self._not_finite(micro, losses)
                (total / len(micros)).backward()
            for name, value in losses.items():
                sums[name] = sums.get(name, 0.0) + float(value.detach()) / len(micros)
        norm = nn.utils.clip_grad_norm_(
            [p for p in self.model.parameters() if p.grad is not None], how.clip_norm or math.inf
        )
        if not bool(torch.isfinite(norm)):
            raise self._not_finite(micros[-1], {"gradient_norm": norm})
        self.optimiser.step()
        if self.average is not None and how.ema and state.step >= how.ema_from * state.total:
            first = how.ema_from > 0 and not state.averaged
            move_average(self.average, self.model, 0.0 if first else decay_after(state.averaged, how.ema))
            state.averaged += 1
        kept = decay_after(state.step, _SMOOTHING)
        state.losses = {k: kept * state.losses.get(k, v) + (1 - kept) * v for k, v in sums.items()}
        return sums

    @property
    def _best_weights(self) -> nn.Module:
        """The moving average once it has begun, else the network itself."""
        return self.average if self.average is not None and self.state.averaged else self.model

    def _not_finite(self, batch: Batch, losses: Mapping[str, Tensor]) -> TrainingError:
        """Save the batch at fault, so that it can be looked at, and the error that ends the run."""
        values = {k: float(v.detach()) for k, v in losses.items()}
        bad = next((k for k, v in values.items() if not math.isfinite(v)), "loss")
        tensors, names = self.task.tensors(batch)
        message = f"Training stopped at step {self.state.step}: {bad} is not finite"
        if not tensors:
            return TrainingError(f"{message}; lower the learning rate or check what it was taught with.")
        path = self.output / f"nonfinite-{self.state.step}.safetensors"
        own = {k: v.cpu().contiguous() for k, v in tensors.items()}
        save_file(own, str(path), metadata={"images": json.dumps(names), "losses": json.dumps(values)})
        return TrainingError(
            f"{message} on {', '.join(names)}. "
            f"The batch was saved as {path.name}; lower the learning rate or check the boxes of these images."
        )

    def _wish(self) -> str:
        """``cancel``, ``time`` when it is up, else empty; waits while paused. All processes agree."""
        request = self.control.request() if self.world.first else "run"
        if self.world.agree(request == "pause"):
            self._save()
            self.progress("paused", step=self.state.step)
            before = time.monotonic()
            request = self.control.wait_while_paused() if self.world.first else "run"
            paused = time.monotonic() - before  # not counted as work
            self.began, self.loop_began, self.clock_from = (
                t + paused for t in (self.began, self.loop_began, self.clock_from)
            )
            self.progress("resumed", step=self.state.step)
        late = self.options.minutes is not None and self._left() <= 0
        return ("", "time", "cancel")[self.world.agree(2 if request == "cancel" else 1 if late else 0)]

    def _left(self) -> float:
        """Seconds left for training, less a share that is kept for the last evaluation and what follows it."""
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

    def _evaluate(self, *, final: bool) -> Evaluation | None:
        """What the task finds; keeps the best network. Only the first process works."""
        found = None
        if self.world.first:
            deadline = None
            if self.options.minutes is not None:
                left = max(self.began + 60 * self.options.minutes - time.monotonic(), 0)
                deadline = time.monotonic() + (0.5 if final else 0.1) * left
            found = self.task.evaluate(self._best_weights, final, deadline)
        if found is not None:
            if found.figure is not None and found.figure <= self.state.best:
                self.state.best, self.state.best_step = float(found.figure), self.state.step
                self.state.threshold = found.threshold
                checkpoint.save_small(self.output / BEST, self._best_weights, self.state.to_dict())
            self.progress("evaluation", step=self.state.step, **found.headline)
        self.world.agree(0)
        return found

    def _save(self) -> None:
        began = time.monotonic()
        if self.world.first:
            average = self.average if self.state.averaged else None
            checkpoint.save_checkpoint(self.output, self.model, self.optimiser, self.state.to_dict(), average)
            self.progress("checkpoint", step=self.state.step)
        self.saving = time.monotonic() - began

    def _finish(self) -> dict[str, Any]:
        found = self._evaluate(final=True)
        event: dict[str, Any] = {"event": "done", "step": self.state.step}
        if not self.world.first:
            return event
        model = self._best_weights
        if found is not None:
            checkpoint.write_json(self.output / REPORT, found.report)
            if found.figure is not None and self.state.best_step != self.state.step:
                checkpoint.load_start(self.output / BEST, model)
        event |= self.task.finish(model, self.output, self.state, None if found is None else found.report)
        self.progress(**event)
        return event

"""Teach a small network one cell a step: what the learned suppression and the network of the cell share."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor, nn

from karyotrain.data.loader import image_seed, place
from karyotrain.trainer.loop import Evaluation, Options, State, Task, run_task
from karyotrain.trainer.schedule import Optimisation, Schedule

Cell = Mapping[str, Tensor]
HOW: Final = Optimisation(
    "adamw", lr=1e-3, weight_decay=0.05, clip_norm=1.0,
    schedule=Schedule("cosine", warmup=100, gamma=0.0, longest_warmup=1.0, whole_steps=True),
)  # fmt: skip


class PerCellTask(Task[tuple[Cell, int]]):
    """``model`` over ``cells`` for ``epochs``, one cell a step, in an order that ``seed`` names.

    ``loss_of(model, cell, generator)`` is a scalar tensor; ``figures(model)`` what is told at the end (None: nothing).
    ``name`` and ``settings`` say which stage the run is of. What takes long is to look at the cells, so a run of other
    settings in the same folder begins anew.
    """

    overwrites = True

    def __init__(
        self,
        name: str,
        model: nn.Module,
        cells: Sequence[Cell],
        loss_of: Callable[[Any, Any, np.random.Generator], Tensor],
        *,
        epochs: int,
        how: Optimisation = HOW,
        seed: int = 0,
        figures: Callable[[Any], Mapping[str, Any]] | None = None,
        settings: Mapping[str, Any] = {},
    ) -> None:
        self.model, self.cells, self.how, self.seed = model, cells, how, seed
        self.steps = epochs * len(cells)
        self.loss_of, self.figures = loss_of, figures
        self.recipe = {"stage": name, "epochs": epochs, "lr": how.lr, "seed": seed, **settings}
        sizes = ",".join(str(len(next(iter(cell.values())))) for cell in cells)
        self.data = f"{len(cells)} cells, {hashlib.sha256(sizes.encode()).hexdigest()[:12]}"

    def batch(self, step: int, part: int) -> tuple[Cell, int]:
        return self.cells[place(len(self.cells), step, (self.seed, 3))], image_seed(self.seed, step)

    def loss(self, model: nn.Module, batch: tuple[Cell, int]) -> dict[str, Tensor]:
        cell, seed = batch
        torch.manual_seed(seed)
        return {"loss": self.loss_of(model, cell, np.random.default_rng(seed))}

    def evaluate(self, model: nn.Module, final: bool, deadline: float | None) -> Evaluation | None:
        if self.figures is None or not final:
            return None
        report = self.figures(model.eval())
        return Evaluation(report, report)

    def finish(self, model: nn.Module, output: Path, state: State, report: Mapping[str, Any] | None) -> dict[str, Any]:
        self.model = model.eval()
        return dict(report or {})


def teach(task: PerCellTask, output: Path) -> Any:
    """Train a task in ``output`` on the processor; → its network, ready to be asked."""
    run_task(lambda: task, output, Options(device="cpu", precision="fp32", threads=1, log_every=100))
    return task.model

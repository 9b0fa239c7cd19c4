"""One process or several (torchrun): who am I, and how gradients and decisions are shared.

``torchrun --nproc_per_node 2 -m karyotrain …`` starts each process with its rank in the environment;
gradients are averaged by DistributedDataParallel (nccl on GPUs, gloo on processors). Batch
normalisation is frozen in every engine and random draws are seeded per image, so that two processes
compute the step of one.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

from karyoview.core.errors import KaryoViewError
from karyoview.detectors.devices import choose_device


class DistributedError(KaryoViewError):
    """Processes that cannot share one training."""


@dataclass(frozen=True, slots=True)
class World:
    """This process among ``size``; ``first`` is the one that writes, evaluates and decides."""

    rank: int
    size: int
    device: torch.device

    @property
    def first(self) -> bool:
        return self.rank == 0

    def agree(self, value: int) -> int:
        """The first process's ``value``, in all of them."""
        if self.size == 1:
            return value
        shared = torch.tensor([value], dtype=torch.int64, device=self.device)
        dist.broadcast(shared, 0)
        return int(shared.item())

    def mean(self, values: dict[str, float]) -> dict[str, float]:
        """The mean of each value over the processes that have it."""
        if self.size == 1:
            return values
        everywhere: list[dict[str, float]] = [{}] * self.size
        dist.all_gather_object(everywhere, values)
        columns = {k: [v[k] for v in everywhere if k in v] for k in sorted({k for v in everywhere for k in v})}
        return {k: sum(column) / len(column) for k, column in columns.items()}

    def share(self, micros: int) -> range:
        """Which of ``micros`` micro-batches of a step are this process's; DistributedError unless all get as many."""
        if micros % self.size:
            raise DistributedError(
                f"{micros} micro-batches cannot be shared evenly by {self.size} processes; "
                f"make batch / micro a multiple of that."
            )
        return range(self.rank, micros, self.size)


@contextlib.contextmanager
def world(device: str = "auto") -> Iterator[World]:
    """The processes that torchrun started, or this one alone; leaves the group at the end."""
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        yield World(0, 1, choose_device(device))
        return
    local = int(os.environ.get("LOCAL_RANK", "0"))
    chosen = choose_device(device)
    if chosen.type == "cuda":
        chosen = choose_device(f"cuda:{local}")
        torch.cuda.set_device(chosen)
    dist.init_process_group("nccl" if chosen.type == "cuda" else "gloo")
    try:
        yield World(dist.get_rank(), dist.get_world_size(), chosen)
    finally:
        dist.destroy_process_group()


def shared(model: nn.Module, own: World) -> nn.Module:
    """``model`` with gradients averaged over the processes; itself where there is one."""
    if own.size == 1:
        return model
    # A step without overlaps or positives leaves a branch without gradient, in one process or all.
    return DistributedDataParallel(model, find_unused_parameters=True, broadcast_buffers=False)


@contextlib.contextmanager
def synchronised(model: nn.Module, last: bool) -> Iterator[None]:
    """Average gradients only in the ``last`` of several backward passes."""
    if last or not isinstance(model, DistributedDataParallel):
        yield
        return
    with model.no_sync():
        yield

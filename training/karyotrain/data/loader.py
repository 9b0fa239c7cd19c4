"""Batches as a function of the step alone: which cells, how changed, under which seed.

Nothing here has a state that would have to be saved: step 412 of a run is the same after a kill, in
another number of threads, and however its images are spread over processes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from karyotrain.data.augment import Augmentation
from karyotrain.data.dataset import CellSet, Sample


@dataclass(frozen=True, slots=True, eq=False)
class Micro:
    """The images that go through the network at once, and a seed for each."""

    samples: tuple[Sample, ...]
    seeds: tuple[int, ...]


def place(cells: int, position: int, seed: int) -> int:
    """Index of the cell at ``position`` of an endless shuffled sequence, each epoch in its own order."""
    epoch, offset = divmod(position, cells)
    return int(np.random.default_rng((seed, 3, epoch)).permutation(cells)[offset])


def image_seed(seed: int, position: int) -> int:
    """The seed of whatever is drawn for the image at ``position``, in 0 … 2³¹ − 1."""
    return int(np.random.SeedSequence((seed, 5, position)).generate_state(1)[0] >> 1)


def micro_batch(cells: CellSet, change: Augmentation, seed: int, first: int, count: int) -> Micro:
    """The ``count`` changed cells from position ``first`` on."""
    positions = range(first, first + count)
    samples = [change(cells[place(len(cells), p, seed)], np.random.default_rng((seed, 7, p))) for p in positions]
    return Micro(tuple(samples), tuple(image_seed(seed, p) for p in positions))


def steps(
    cells: CellSet,
    change: Augmentation,
    *,
    seed: int,
    batch: int,
    micro: int,
    share: range,
    start: int = 0,
    threads: int = 2,
    ahead: int = 4,
) -> Iterator[list[Micro]]:
    """For each step from ``start`` on, this process's micro-batches; made ``ahead`` steps before they are needed.

    ``share`` are the indices, among the ``batch / micro`` micro-batches of a step, that are this
    process's. Close the generator to end its threads.
    """
    pool = ThreadPoolExecutor(threads, thread_name_prefix="cells")
    waiting: deque[list[Future[Micro]]] = deque()
    step = start
    try:
        while True:
            while len(waiting) < ahead:
                firsts = [(step * batch) + micro * i for i in share]
                waiting.append([pool.submit(micro_batch, cells, change, seed, f, micro) for f in firsts])
                step += 1
            yield [future.result() for future in waiting.popleft()]
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
